"""What is said of when it was signed, and of other times that are stated? The time line.

A time stamp is a signature of its own; what the signer's own clock says is the signer's word; metadata is nobody's.
"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_DOUBTS: Final = {
    "unlisted": (
        "an authority not on a list you use ({who:phrase})",
        "The token verifies, and no list that the reader uses vouches for its authority.",
    ),
    "distrusted": (
        "an authority that you distrust, itself or above it ({who:phrase})",
        "The reader's own entry names the authority or a certificate above it.",
    ),
    "weak": (
        "an authority on a list you use ({who:phrase}), whose certificate rests on a key or a digest that is too weak",
        "A list vouches for the authority, and its path has a weak key or digest.",
    ),
    "outside": (
        "an authority on a list you use ({who:phrase}), whose certificate was not valid then",
        "A list vouches for the authority, and its certificate's dates do not hold the time.",
    ),
    "outside.above": (
        "an authority on a list you use ({who:phrase}), and a certificate above it was not valid then",
        "The same of a certificate on its path.",
    ),
    "later": (
        "an authority on a list you use ({who:phrase}); that is later than the time of judging, {at}",
        "A list vouches for the authority, and the time lies after the time of judging.",
    ),
    "loose": (
        "an authority on a list you use ({who:phrase}); the signature does not cover its key, so it could be another's",
        "A list vouches for the authority, and the token has no attribute that ties the certificate to it.",
    ),
}
"""Why a stamp that holds is not believed."""
_FLAWS: Final = {
    "unfit": (
        "There is a time stamp, and it does not fit this signature: it shows no time.",
        "The token's digest is another one.",
    ),
    "unreadable": ("There is a time stamp that cannot be read: it shows no time.", "The token breaks its form."),
    "unsupported": (
        "There is a time stamp of a kind that is not read here: it shows no time.",
        "The token's algorithm or form is not read.",
    ),
    "several": (
        "There are several time stamps where there may be one: they show no time.",
        "More than one token stands where one may.",
    ),
    "no-certificate": (
        "There is a time stamp that does not show by whose certificate it was made: it shows no time.",
        "The token has no certificate.",
    ),
    "broken": (
        "There is a time stamp whose own signature does not hold: it shows no time.",
        "The token's signature does not verify.",
    ),
}
"""Why a stamp shows no time at all."""
_BOUND: Final = {
    "": ("It", "a later update of it", "this file's manifest"),
    ".earlier": ("An earlier version", "the version that was made from it", "an ancestor"),
    ".part": ("Something used in it", "what was made from that", "a component"),
    ".input": ("Something that went into it", "what was made from that", "an input"),
    ".update": ("An update", "what was made above it", "an update"),
}
"""What was signed, seen from this file, and after what."""
_ABOUT: Final = {
    "": ("It is signed that it", "the content's own manifest"),
    ".earlier": ("It is signed of an earlier version that it", "an ancestor"),
    ".part": ("It is signed of something used in it that it", "a component"),
    ".input": ("It is signed of something that went into it that it", "an input"),
    ".update": ("A later update says that it", "an update above the content"),
}
"""Of what a time is signed."""
_VALID: Final = {
    "stamped.inside": (
        "The signer's certificate was valid at the time of the time stamp, {day} (it runs from {start} to {end}).",
        "A trusted time stamp proves a time within the certificate's dates.",
    ),
    "stamped.outside": (
        "The signer's certificate was not valid at the time of the time stamp, {day} (it runs from {start} to {end}).",
        "A trusted time stamp proves a time outside the certificate's dates.",
    ),
    "inside": (
        "The signer's certificate is valid at the time of this report, {day} (it runs from {start} to {end}); no "
        "trusted time says whether it was when it signed.",
        "No trusted time, and the time of judging lies within the certificate's dates.",
    ),
    "outside": (
        "The signer's certificate is not valid at the time of this report, {day} (it runs from {start} to {end}); no "
        "trusted time says whether it was when it signed.",
        "No trusted time, and the time of judging lies outside the certificate's dates.",
    ),
}
"""Whether the signer's certificate was valid at the moment that counts."""


_SHOWN: Final = {
    "": ("Signed {by} {{day}}", ""),
    ".legacy": (
        "Its statements existed {by} {{day}}",
        " The stamp is of a version 1 claim, and covers the claim alone.",
    ),
    ".other_bytes": (
        "The credentials, which are for other bytes, were signed {by} {{day}}",
        " The digest of the bytes is not the signed one.",
    ),
    ".legacy.other_bytes": (
        "Its statements, which are of other bytes, existed {by} {{day}}",
        " The digest of the bytes is not the signed one. The stamp is of a version 1 claim, and covers that alone.",
    ),
}
"""What a stamp shows, by what it covers and what the credentials belong to; a stamp that is kept shows a latest day."""
_TRUSTED: Final = {
    "": (
        "on",
        "says {name}, a time-stamping authority on a list you use.",
        "The token verifies over what it stamps, and a list that the reader uses vouches for its authority.",
    ),
    ".interim": (
        "on",
        "says {name}, a time-stamping authority on the interim list, frozen on 2026-01-01.",
        "As time.trusted, by the interim list.",
    ),
    ".said": (
        "on",
        "says {name}, a time-stamping authority on a list ({label}).",
        "As time.trusted; what kind of list it is rests on the reader's word alone.",
    ),
    ".nameless": (
        "on",
        "says a time-stamping authority without a name, on a list you use.",
        "As time.trusted, and the authority's certificate has no name that can be read.",
    ),
    ".kept": (
        "by",
        "says {name}, whose time stamp a later update keeps.",
        "As time.trusted, and an update above the content holds the stamp: it was signed by then.",
    ),
}
"""Who is believed on a time, and by which list."""


def _stamps() -> tuple[Sentence, ...]:
    found = []
    for form, (shown, also) in _SHOWN.items():
        on, by = shown.format(by="on"), shown.format(by="by")
        found += [
            Sentence(f"time.trusted{word}{form}", f"{by if how == 'by' else on}, {text}", f"{when}{also}")
            for word, (how, text, when) in _TRUSTED.items()
        ]
        for word, (text, when) in _DOUBTS.items():
            found += [
                Sentence(f"time.{word}{form}", f"{on}, says a time stamp by {text}.", f"{when}{also}"),
                Sentence(
                    f"time.{word}.kept{form}",
                    f"{by}, says a time stamp that a later update keeps, by {text}.",
                    f"{when} An update above the content holds the stamp.{also}",
                ),
            ]
        found.append(
            Sentence(
                f"time.unlisted.engine{form}",
                f"{on}, says a time stamp by {{who:phrase}}; our own check could not read it.",
                f"The first engine reads a stamp, and our own check is missing.{also}",
            )
        )
    return tuple(found)


SENTENCES: Final = (
    Sentence(
        "time.unbound",
        "No manifest is bound to the content, so no time is known either.",
        "No manifest has a hard binding.",
    ),
    Sentence(
        "time.unbound.cut",
        "The version that is bound to this content was not found, as there are more than are followed.",
        "Our bound on versions was reached before the bound manifest.",
    ),
    *_stamps(),
    *(Sentence(f"time.flaw.{word}", text, when) for word, (text, when) in _FLAWS.items()),
    Sentence(
        "time.flaw.outside",
        "There is a time stamp by an authority whose certificate was not valid then: it shows no time.",
        "The first engine says so, and our own check is missing.",
    ),
    Sentence(
        "time.none",
        "There is no time stamp; nothing shows when it was signed.",
        "No token, and the signer's own clock says nothing.",
    ),
    Sentence(
        "time.none.cut",
        "There is no time stamp, and not all that the signer says of times could be looked at ({cut:listed}).",
        "No token, and our bounds ended within what is stated.",
    ),
    Sentence(
        "time.none.engine",
        "A verifier finds no time stamp; our own check, which also reads what the signer says, could not be made.",
        "The first engine finds no token, and our own check is missing.",
    ),
    Sentence(
        "time.claimed",
        "There is no time stamp; only the signer's own clock says that it was signed on {day}.",
        "No token, and the signature's header has a time.",
    ),
    Sentence(
        "time.claimed.action",
        "There is no time stamp; only the signer's own clock says that it was {what:phrase} {when:phrase}.",
        "No token, no time in the signature's header, and an action has a time.",
    ),
    Sentence(
        "time.stamp.legacy",
        "The time stamp is of an older form: it shows that the statements existed then, not the signature.",
        "A token of a version 1 claim, which stamps the claim.",
    ),
    *(Sentence(f"time.certificate.{word}", text, when) for word, (text, when) in _VALID.items()),
    *(
        Sentence(
            f"time.impossible.signed{word}",
            f"{what} was signed on {{day}}, {{gap:phrase}} after {above} ({{limit}}): that cannot be.",
            f"A trusted stamp of {of} is later than that of the manifest above it, which covers its signature.",
        )
        for word, (what, above, of) in _BOUND.items()
    ),
    *(
        Sentence(
            f"time.impossible{word}{made}",
            f"{what} was {{what:phrase}} {{when:phrase}}, at least {{gap:phrase}} after {then} ({{limit}}): that "
            "cannot "
            "be.",
            f"A signed time of {of} is later than a trusted time of {by}.",
        )
        for word, (what, of) in _ABOUT.items()
        for made, then, by in (
            ("", "it was signed", "its own manifest"),
            (".made", "what was made from it was signed", "a manifest that was made from it"),
        )
    ),
    Sentence(
        "time.stated",
        "The signer says that it was {what:phrase} {when:phrase}.",
        "The content's own manifest is intact and states the time.",
    ),
    Sentence(
        "time.stated.passed_on",
        "Somebody whose word the signer passes on says that it was {what:phrase} {when:phrase}.",
        "The same, among the gathered statements, which are not the signer's own.",
    ),
    Sentence(
        "time.stated.update",
        "{who:signer}, who signed a later update, says that it was {what:phrase} {when:phrase}.",
        "An update above the content states the time; it is no part of the answer.",
    ),
    Sentence(
        "time.update.trusted",
        "A later update was signed on {day}, says a time-stamping authority on a list you use.",
        "A trusted stamp of an update above the content.",
    ),
    Sentence(
        "time.update.unlisted",
        "A later update was signed on {day}, says a time stamp by no authority on a list you use.",
        "A stamp of an update above the content that no list vouches for.",
    ),
    Sentence(
        "time.unsigned",
        "The file's own metadata ({field}), which anybody could have written, says that it was {what:phrase} "
        "{when:phrase}.",
        "Metadata states the time; that a signature covers its bytes does not make it the signer's statement.",
    ),
    Sentence(
        "time.gap.same",
        "That is about the time of its time stamp.",
        "Behind a stated time: a time stamp shows a time as well, and they differ by minutes at most.",
    ),
    Sentence(
        "time.gap.same.zone",
        "That is about the time of its time stamp, as far as its missing time zone tells.",
        "The same, and the stated time has no zone.",
    ),
    Sentence("time.gap.before", "That is {gap:phrase} before its time stamp.", "The stated time lies before."),
    Sentence("time.gap.after", "That is {gap:phrase} after its time stamp.", "The stated time lies after."),
    Sentence(
        "time.gap.before.least",
        "That is at least {gap:phrase} before its time stamp.",
        "The stated time lies before in every time zone.",
    ),
    Sentence(
        "time.gap.after.least",
        "That is at least {gap:phrase} after its time stamp.",
        "The stated time lies after in every time zone.",
    ),
    Sentence(
        "time.cut",
        "Not all that is signed of times could be looked at ({cut:listed}); the rest may contradict a trusted time.",
        "There is a trusted time, and our bounds ended within what is stated.",
    ),
    Sentence(
        "time.cut.metadata",
        "Not all of its metadata could be looked at ({cut:listed}); the rest may state times.",
        "Our bounds ended within the metadata, and nothing else states a time.",
    ),
    Sentence("authority.named", "{name:quoted}", "A time-stamping authority by the name in its certificate."),
    Sentence("authority.nameless", "it has no name that can be read", "The certificate has no name that can be read."),
    Sentence("when.day", "on {date}", "A day."),
    Sentence("when.month", "in {date}", "A month or a year."),
    Sentence("done.created", "created", "c2pa.created, or a field of creation."),
    Sentence("done.edited", "edited", "c2pa.edited."),
    Sentence("done.published", "published", "c2pa.published, or a field of publication."),
    Sentence("done.opened", "opened", "c2pa.opened."),
    Sentence("done.captured", "captured", "A field of capture."),
    Sentence("done.digitised", "digitised", "A field of digitising."),
    Sentence("done.position", "at the stated position", "A time of a satellite position."),
    Sentence("done.changed", "last changed", "A field of the last change."),
    Sentence("done.other", "there ({name:quoted})", "An action or field that is not known here."),
    Sentence("span.second", "{number} second", "One second."),
    Sentence("span.seconds", "{number} seconds", "Less than two minutes."),
    Sentence("span.minutes", "{number} minutes", "Less than two hours."),
    Sentence("span.hours", "{number} hours", "Less than two days."),
    Sentence("span.days", "{number} days", "Less than two years."),
    Sentence("span.years", "{number} years", "Two years or more."),
)
