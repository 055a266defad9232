"""What does the first line of a report say? The worst or most telling fact first.

Clauses, each of which stands alone: at most three of them are joined, and none says what another has said.
"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_UNREAD: Final = {
    "not-found": "there is no such file",
    "no-permission": "you may not read it",
    "folder": "it is a folder",
    "too-many-pixels": "the picture announces more pixels than the limit (--max-pixels)",
    "missing": "there is no such file",
    "denied": "you may not read it",
    "not-a-file": "it is not a file",
    "address": "it is an address, and nothing is fetched without --online",
    "not-fetched": "it could not be fetched",
    "too-large": "it is over the size limit (--max-size)",
    "empty": "it is empty",
    "changed-meanwhile": "it was changed while it was read",
    "read-failed": "the system failed while it was read",
    "time-limit": "it is over the time limit (--time-limit)",
    "memory-limit": "it is over the memory limit (--memory-limit)",
    "crash": "the program that reads it crashed",
    "io": "the system failed while it was read",
    "too-deep": "its parts are nested deeper than anything real",
    "prerelease": "its Content Credentials are of a draft that can no longer be checked",
}
"""Stable reasons for which a file could not be read."""

_SIGNED: Final = {
    "official": ("signed by {name}, certified under the official C2PA list", "signer.official stands on the line"),
    "interim": ("signed by {name}, certified under the frozen interim list", "signer.interim stands on the line"),
    "yours": ("signed by {name}, certified under your own list", "signer.yours stands on the line"),
    "said": ("signed by {name}, certified under a list that is {label}", "the label is the reader's word"),
    "bundled": ("signed by {name}, on a dated list that came with the software", "signer.bundled stands on the line"),
    "iptc": ("signed by {name}, on IPTC's list of verified news publishers", "signer.publisher stands on the line"),
    "publisher": ("signed by {name}, on your own list of news publishers", "signer.publisher, by the reader's list"),
    "publisher.said": ("signed by {name}, on a list of news publishers ({label})", "the label is the reader's word"),
    "unknown": ("unknown signer using the name {name:quoted}", "signer.unknown decides the line"),
    "listed": ("signed under the name {name:quoted}, which only an engine finds on your list", "signer.listed"),
    "expired": (
        "signed under the name {name:quoted}, with an expired certificate and no trusted date",
        "signer.expired decides the line, and no trusted time is there",
    ),
    "expired.stamped": (
        "signed under the name {name:quoted}; by the only trusted date, {time}, its certificate had expired",
        "signer.expired, at the time of a trusted stamp",
    ),
    "expired.authority": (
        "signed under the name {name:quoted}; a certificate above it was not valid",
        "signer.expired, and the certificate outside its dates is one above",
    ),
    "not_yet_valid": (
        "signed under the name {name:quoted}, with a certificate that is not valid yet",
        "signer.not_yet_valid, and no trusted time is there",
    ),
    "not_yet_valid.stamped": (
        "signed under the name {name:quoted}; on the only trusted date, {time}, its certificate was not valid yet",
        "signer.not_yet_valid, at the time of a trusted stamp",
    ),
    "distrusted": ("signed under the name {name:quoted}, which you distrust", "signer.distrusted"),
    "revoked": ("signed under the name {name:quoted}, whose certificate was revoked", "signer.revoked"),
    "irregular": (
        "signed under the name {name:quoted}, with a certificate that breaks the rules",
        "signer.profile.violated",
    ),
    "assurance": ("its signer claims a higher assurance level than its product has", "signer.assurance.exceeded"),
    "signal": ("its signer states an origin that its product may not state", "signer.signal.disallowed"),
    "refused": ("its signer is not to be relied on", "the signer's line fails for another reason"),
    "unestablished": ("signed, and by whom is not established", "the signer's line has no name"),
    "unlooked": ("signed, and by whom was not looked at", "the signer's line was not asked for"),
}
"""Who signed, and under which facts; each also with what is unchanged since."""

_AI: Final = {
    "ai.generated": "AI-generated",
    "ai.generator": "made with an AI generator",
    "ai.edited": "partly AI-generated or edited with AI",
    "ai.used": "made with the use of AI",
}
"""What is declared about AI, by the finding's code."""


def _signed() -> tuple[Sentence, ...]:
    found = []
    for word, (text, when) in _SIGNED.items():
        found += [
            Sentence(f"headline.signed.{word}", f"{text}; unchanged since", f"Integrity passes, and {when}."),
            Sentence(
                f"headline.signed.{word}.but",
                f"{text}; unchanged since, but for its {{parts:listed}}, which the signature does not cover",
                f"The same, and metadata is left out of the signature; {when}.",
            ),
        ]
    return tuple(found)


def _declared() -> tuple[Sentence, ...]:
    found = []
    for code, what in _AI.items():
        own = "The file's own signer declares it of the whole, by a statement that holds"
        found += [
            Sentence(
                f"headline.{code}.listed", f"declared as {what} by {{name}}; unchanged since", f"{own}; a list vouches."
            ),
            Sentence(
                f"headline.{code}.unknown",
                f"declared as {what}, under the name {{name:quoted}} (an unknown signer)",
                f"{own}; no list vouches for the name.",
            ),
            Sentence(
                f"headline.{code}.expired",
                f"declared as {what}, under the name {{name:quoted}} (certificate expired, signing date unconfirmed)",
                f"{own}; the certificate is out of date.",
            ),
            Sentence(f"headline.{code}.own", f"declared as {what} by its signer", f"{own}; beside another clause."),
            Sentence(
                f"headline.{code}.passed_on",
                f"its signer passes on, as somebody else's word, that it is {what}",
                "The statement is among the gathered ones, which are not the signer's own.",
            ),
            Sentence(
                f"headline.{code}.earlier",
                f"the earlier file that its signer names is declared as {what}",
                "The signer of an ancestor declares it of the ancestor.",
            ),
            Sentence(
                f"headline.{code}.earlier.unknown",
                f"the earlier file that its signer names is declared as {what}, by an unknown signer",
                "The same, and no list vouches for that signer.",
            ),
            Sentence(
                f"headline.{code}.part",
                f"something used in it is declared as {what}",
                "It is declared of a component.",
            ),
            Sentence(
                f"headline.{code}.part.unknown",
                f"something used in it is declared as {what}, by an unknown signer",
                "The same, and no list vouches for that signer.",
            ),
            Sentence(
                f"headline.{code}.input",
                f"something that went into it is declared as {what}",
                "It is declared of an input.",
            ),
            Sentence(
                f"headline.{code}.input.unknown",
                f"something that went into it is declared as {what}, by an unknown signer",
                "The same, and no list vouches for that signer.",
            ),
        ]
    return tuple(found)


_ON: Final = {
    "presence": "whether there are Content Credentials",
    "bytes": "whether it was changed",
    "signature": "whether the signature is valid",
}
"""What verifiers can differ on that touches the answer itself."""
_FORMATS: Final = {
    "matroska": "Matroska video",
    "webm": "WebM video",
    "flash": "Flash video",
    "windows-media": "Windows Media video",
    "bmp": "BMP",
    "jpeg-2000": "JPEG 2000",
    "psd": "Photoshop (PSD)",
    "aiff": "AIFF",
    "text": "plain text",
    "html": "HTML",
}
"""Types that are not supported, as people know them."""


def _removed() -> tuple[Sentence, ...]:
    return tuple(
        Sentence(
            f"headline.removed{of}{nobody}{more}",
            f"removed{words} by {who}: {{what:phrase}}{also}",
            f"{when}{by}{too}",
        )
        for of, words, when in (
            ("", "", "A later signer removed a statement of this file."),
            (".earlier", " from an earlier version", "A later signer removed a statement of an earlier version."),
        )
        for nobody, who, by in (
            ("", "{who:signer}, who signed later", ""),
            (".nobody", "a later signer", " Who that is is not known."),
        )
        for more, also, too in (("", "", ""), (".more", ", and more", " Other kinds of statements are gone too."))
    )


SENTENCES: Final[tuple[Sentence, ...]] = (
    *(
        Sentence(f"headline.unread.{reason}", f"could not be read: {why}", f"The reason is `{reason}`.")
        for reason, why in _UNREAD.items()
    ),
    Sentence("headline.unread", "could not be read: {why}", "Another reason, in the finding's words."),
    Sentence("headline.unchecked", "could not be checked: {why}", "An error of another kind, in the finding's words."),
    Sentence(
        "headline.changed.by",
        "does not match its credentials: changed after {name} signed, or taken from another file",
        "The digest is not the signed one, the signature is valid, and a list vouches for the name.",
    ),
    Sentence(
        "headline.changed",
        "does not match its credentials: changed after signing, or taken from another file",
        "The digest is not the signed one.",
    ),
    Sentence(
        "headline.changed.given",
        "the credentials that you gave do not match it: it was changed, or they are another file's",
        "The same; the store was given by the reader.",
    ),
    Sentence(
        "headline.changed.beside",
        "the credentials beside it do not match it: it was changed, or they are another file's",
        "The same; the store lies beside the file.",
    ),
    Sentence(
        "headline.signature",
        "its signature is not valid; nothing in it is signed",
        "The signature does not verify, or is missing.",
    ),
    Sentence(
        "headline.statements",
        "a signed statement in its credentials was altered, removed or added",
        "The signature is valid and an assertion is not the one that it names.",
    ),
    Sentence("headline.cut", "cut off after {amount}: not what was signed", "The file breaks off, and the hash fails."),
    Sentence(
        "headline.cut.unknown",
        "cut off after {amount}: what was in the rest cannot be told",
        "The file breaks off, and nothing could be compared.",
    ),
    Sentence(
        "headline.media_excluded",
        "part of the content is not signed and could be anything",
        "integrity.coverage.media_excluded.",
    ),
    Sentence("headline.stores", "two sets of credentials lie in it: none can be relied on", "Several stores."),
    Sentence(
        "headline.malformed",
        "its credentials were malformed by whoever made them, and show nothing",
        "integrity.malformed.",
    ),
    Sentence(
        "headline.malformed.update",
        "a later update of its credentials was malformed by whoever signed it, so they show nothing",
        "integrity.malformed, of updates alone.",
    ),
    Sentence("headline.unbound", "its credentials are not bound to this content", "integrity.unbound."),
    Sentence("headline.broken", "its credentials do not hold: {why}", "Another failure, in the finding's words."),
    Sentence(
        "headline.remote",
        "credentials are kept online at {host}; to fetch them, add --online",
        "The file names an address, and the network is off.",
    ),
    Sentence(
        "headline.remote.refused",
        "credentials are kept online at {host} and could not be had",
        "The file names an address, and asking there brought nothing.",
    ),
    Sentence(
        "headline.unsupported",
        "{format} is not supported; nothing was looked for",
        "No engine and no reading of ours reads this type.",
    ),
    Sentence(
        "headline.unsupported.unknown",
        "no type of file that is known here; nothing was looked for",
        "The content has no type that is recognised.",
    ),
    Sentence("headline.alone", "credentials without their media: there is nothing to compare", "A store by itself."),
    Sentence("headline.fragment", "one part of a video in pieces: nothing can be compared", "Fragments are missing."),
    Sentence(
        "headline.fragments.unused",
        "the fragments that you gave belong to nothing that is signed in it",
        "Fragments were given and the binding speaks of none.",
    ),
    Sentence(
        "headline.fragments",
        "only {given} of its {total} fragments given",
        "Some fragments of a stream are missing, the others match.",
    ),
    Sentence(
        "headline.unreached",
        "it holds credentials that no engine finds: cut off, or not its own",
        "A store lies where it has no place.",
    ),
    Sentence(
        "headline.unreached.found",
        "it holds credentials where the engines do not look, and they were not checked",
        "The same, and where they lie is known.",
    ),
    Sentence("headline.beside", "credentials lie beside it, and whose they are cannot be told", "A shared sidecar."),
    Sentence("headline.differs", "the credentials that were read are not those that lie in the file", "They differ."),
    Sentence(
        "headline.unconfirmed",
        "two computations of its digest disagree: whether it was changed cannot be told",
        "An engine contradicts our own digest.",
    ),
    Sentence(
        "headline.doubt", "whether it was changed cannot be told: {why}", "Another doubt, in its finding's words."
    ),
    Sentence("headline.rest", "the rest is unchanged since {who:signer} signed", "What is covered matches."),
    Sentence(
        "headline.given",
        "the part that was given is unchanged since {who:signer} signed",
        "Some fragments are missing.",
    ),
    Sentence("headline.given.nobody", "the part that was given is unchanged since it was signed", "Without a name."),
    Sentence("headline.rest.nobody", "the rest is unchanged since it was signed", "The same, without a name."),
    Sentence(
        "headline.wide",
        "more is left out of the signature than the credentials",
        "integrity.coverage.wide: parts that later rules want covered are not.",
    ),
    Sentence(
        "headline.length",
        "a later update changed the length field at its start, which is signed",
        "integrity.update.length.",
    ),
    Sentence(
        "headline.form",
        "its line ends or letter forms differ from what was signed, its words do not",
        "integrity.text.form.",
    ),
    Sentence(
        "headline.unseen",
        "it holds what a reader does not see, or takes for something else",
        "integrity.text.unseen.",
    ),
    Sentence(
        "headline.second_reading",
        "it can be read as another type of file too, and may show something else then",
        "integrity.second_reading.",
    ),
    Sentence("headline.name", "its name says another type of file than it is", "integrity.name."),
    Sentence("headline.trailing", "something after its end is not signed", "integrity.coverage.trailing_excluded."),
    Sentence("headline.other_parts", "other parts of the file are not signed", "integrity.coverage.other_excluded."),
    Sentence("headline.order", "the order in which it is shown is not signed", "integrity.coverage.order_excluded."),
    Sentence("headline.extent", "how much of it is signed could not be measured", "integrity.coverage.unknown."),
    Sentence("headline.shown", "something that decides how it is shown is not signed", "integrity.shown.excluded."),
    Sentence(
        "headline.test_key",
        "signed with a public test key: anybody could have made this",
        "signer.test_key: the key, or its authority's, is published.",
    ),
    *_signed(),
    *_declared(),
    Sentence(
        "headline.nothing",
        "nothing here proves where it comes from; that is true of most files",
        "No Content Credentials, and nothing else to tell.",
    ),
    Sentence(
        "headline.nothing.document",
        "no Content Credentials; whether the document is signed in another way was not looked at",
        "The same, in a PDF or an office document, whose own digital signatures are not read.",
    ),
    Sentence("headline.nothing.beside", "no Content Credentials", "The same beside another clause."),
    Sentence("headline.time", "the times it states cannot all be true", "The time line fails."),
    Sentence("headline.ai", "its statements about AI contradict each other", "The AI line fails."),
    Sentence("headline.person", "no proof of a person's vouch holds", "The person line fails."),
    Sentence("headline.claim", "what is said about it does not agree with what is signed", "The claim line fails."),
    Sentence(
        "headline.parent.broken",
        "the credentials of the earlier file that it names do not hold",
        "history.parent.broken.",
    ),
    Sentence(
        "headline.component.broken", "the credentials of something used in it do not hold", "history.component.broken."
    ),
    Sentence(
        "headline.input.broken", "the credentials of something that went into it do not hold", "history.input.broken."
    ),
    Sentence(
        "headline.parent.recorded",
        "its signer recorded that the credentials of the earlier file did not hold",
        "Every reason of history.parent.broken is a recorded one.",
    ),
    Sentence(
        "headline.component.recorded",
        "its signer recorded that the credentials of something used in it did not hold",
        "The same.",
    ),
    Sentence(
        "headline.input.recorded",
        "its signer recorded that the credentials of something in its making did not hold",
        "The same.",
    ),
    Sentence("headline.parent.missing", "the credentials of the earlier file that it names are missing", "Missing."),
    Sentence("headline.component.missing", "the credentials of something used in it are missing", "Missing."),
    Sentence("headline.input.missing", "the credentials of something that went into it are missing", "Missing."),
    Sentence(
        "headline.part_before.broken",
        "the credentials of an earlier version of something used in it do not hold",
        "The same.",
    ),
    Sentence(
        "headline.part_before.recorded",
        "its signer recorded that the credentials of an earlier version of something used in it did not hold",
        "The same, by what was recorded alone.",
    ),
    Sentence(
        "headline.part_before.missing",
        "the credentials of an earlier version of something used in it are missing",
        "Missing.",
    ),
    Sentence(
        "headline.input_before.broken",
        "the credentials of an earlier version of something that went into it do not hold",
        "The same.",
    ),
    Sentence(
        "headline.input_before.recorded",
        "its signer recorded that the credentials of an earlier version of something that went into it did not hold",
        "The same, by what was recorded alone.",
    ),
    Sentence(
        "headline.input_before.missing",
        "the credentials of an earlier version of something that went into it are missing",
        "Missing.",
    ),
    Sentence("headline.parent.revoked", "the signer of the earlier file had its certificate revoked", "Revoked."),
    Sentence("headline.parent.distrusted", "you distrust the signer of the earlier file that it names", "Distrusted."),
    Sentence("headline.parent.refused", "the signer of the earlier file is not to be relied on", "Another refusal."),
    Sentence(
        "headline.redaction.forbidden",
        "something was taken out of an earlier version that must stay in it",
        "history.redaction.forbidden.",
    ),
    Sentence("headline.history", "its history does not hold", "Another failure of the history line."),
    Sentence(
        "headline.parent.unlike",
        "it does not look like the earlier file that its signer names",
        "history.parent.unlike: registration was asked for and found no agreement.",
    ),
    Sentence(
        "headline.thumbnail.unlike",
        "it does not look like the picture that was signed with it",
        "integrity.thumbnail.unlike: registration was asked for and found no agreement.",
    ),
    Sentence(
        "headline.ancestor.listed",
        "its signer recorded that the certificate of the earlier file's signer was revoked",
        "history.parent.signer, by what the later signer recorded.",
    ),
    Sentence(
        "headline.ancestor.unlisted",
        "no list you use vouches for the signer of the earlier file that it names",
        "history.parent.signer, and the ancestor's signer is on no list.",
    ),
    Sentence(
        "headline.ancestor.expired",
        "the certificate of the earlier file's signer is out of date",
        "history.parent.signer, and the ancestor's certificate had expired.",
    ),
    Sentence(
        "headline.ancestor.not_yet_valid",
        "the certificate of the earlier file's signer is not valid yet",
        "history.parent.signer, and the ancestor's certificate was not valid yet.",
    ),
    Sentence(
        "headline.ancestor.public_test_key",
        "the earlier file that it names was signed with a public test key",
        "history.parent.signer, and the ancestor's key is public.",
    ),
    Sentence(
        "headline.ancestor.irregular_certificate",
        "the certificate of the earlier file's signer breaks the rules",
        "history.parent.signer, and the ancestor's certificate violates the profile.",
    ),
    Sentence(
        "headline.ancestor",
        "who signed the earlier file that it names is not established",
        "history.parent.signer, and the ancestor's signer cannot be judged.",
    ),
    *_removed(),
    *(Sentence(f"headline.on.{word}", text, f"They differ on {word}.") for word, text in _ON.items()),
    *(Sentence(f"headline.format.{word}", text, "The content is of that type.") for word, text in _FORMATS.items()),
    Sentence("headline.address", "an address", "The address names no host that can be read."),
    Sentence("headline.metadata", "metadata", "Metadata without a name is not covered."),
    Sentence("headline.metadata.other", "other metadata", "More kinds of metadata are not covered than are named."),
    Sentence("headline.misnamed", "its name says {named}, its content is {content}", "The two types differ."),
    Sentence("headline.rule", "its credentials break a rule of the specification", "integrity.rule."),
    Sentence(
        "headline.unread_by_one",
        "one of two verifiers cannot read it",
        "The other cannot parse it.",
    ),
    Sentence("headline.verifiers", "two verifiers disagree on {on:listed}", "engines.disagree on what touches this."),
    Sentence("headline.known.changed", "it differs from the {what}", "known.changed."),
    Sentence("headline.known.spliced", "it was put together from parts of the {what}", "known.spliced."),
    Sentence("headline.known.other", "it may be another than the {what}, or an edited one", "known.other."),
    Sentence("headline.known.same", "no region differs from the {what}", "known.same."),
    Sentence("headline.known.bytes", "it is the {what}, byte for byte", "known.same with the same digest."),
    Sentence("headline.known.excerpt", "it is a part of the {what}, or all of it", "known.excerpt."),
    Sentence("headline.known.uncompared", "it could not be compared with the {what}", "known.unaligned, uncompared."),
    Sentence("headline.known.exact", "the very same file is in your index", "known.exact."),
    Sentence("headline.known.near", "it looks like something in your index", "known.near; similarity binds nothing."),
    Sentence("headline.claim.agrees", "what is said about it agrees with what its signer states", "claim passes."),
    Sentence(
        "headline.claim.agrees.part",
        "part of what is said about it agrees with what its signer states",
        "claim passes, and something that was asked is not answered.",
    ),
    Sentence(
        "headline.claim.agrees.earlier",
        "what is said about it agrees with what the signer of an earlier version states",
        "claim passes by an ancestor's word alone.",
    ),
    Sentence(
        "headline.claim.agrees.earlier.part",
        "part of what is said about it agrees with what the signer of an earlier version states",
        "The same in part.",
    ),
    Sentence("headline.claim.none", "nothing in it tells whether what is said about it is so", "claim is absent."),
    Sentence(
        "headline.claim.unsigned.contradicts",
        "metadata that nobody signed contradicts what is said about it",
        "Only unsigned metadata contradicts.",
    ),
    Sentence(
        "headline.claim.unsigned.agrees",
        "only metadata that nobody signed agrees with what is said about it",
        "Only unsigned metadata agrees.",
    ),
    Sentence("headline.claim.apart", "{what}", "claim.place.apart or claim.time.apart; the finding's own sentence."),
    Sentence(
        "headline.person.vouched",
        "vouched for by somebody enrolled by {issuer}",
        "A vouch holds, and all that hold are by one issuer.",
    ),
    Sentence("headline.person.several", "vouched for by at least one person", "Vouches by several issuers hold."),
    Sentence("headline.person.against", "at least one person speaks against it", "person.against."),
    Sentence("headline.person.statement", "at least one person made a statement about it", "person.statement."),
    Sentence("headline.person.for", "at least one person made a statement for it", "A vouch holds and has a text."),
    Sentence(
        "headline.unsigned.ai.generated", "metadata that nobody signed says it was generated by AI", "Unsigned alone."
    ),
    Sentence(
        "headline.unsigned.ai.generator",
        "metadata that nobody signed has the marks of {system}, an AI generator",
        "Unsigned alone.",
    ),
    Sentence(
        "headline.unsigned.ai.edited",
        "metadata that nobody signed says it was partly generated or edited with AI",
        "Unsigned alone.",
    ),
    Sentence("headline.unsigned.ai.used", "metadata that nobody signed points to a use of AI", "Unsigned alone."),
    Sentence(
        "headline.unsigned.ai.possible",
        "metadata that nobody signed says that it may have been generated by AI",
        "Unsigned alone.",
    ),
    Sentence(
        "headline.covered.ai.generated",
        "its metadata, unlike its signer, says it was generated by AI",
        "The signature covers the metadata, which is still no statement of the signer's.",
    ),
    Sentence(
        "headline.covered.ai.generator",
        "its metadata, unlike its signer, has the marks of {system}, an AI generator",
        "The same.",
    ),
    Sentence(
        "headline.covered.ai.edited",
        "its metadata, unlike its signer, says it was partly generated or edited with AI",
        "The same.",
    ),
    Sentence("headline.covered.ai.used", "its metadata, unlike its signer, points to a use of AI", "The same."),
    Sentence(
        "headline.covered.ai.possible",
        "its metadata, unlike its signer, says that it may have been generated by AI",
        "The same.",
    ),
    Sentence("headline.only", "{line} only: {what}", "Integrity was not asked for; the worst line's own sentence."),
    Sentence("headline.none", "nothing was looked at", "No line was asked for."),
)
