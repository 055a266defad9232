"""What is said of people who vouch for it, speak against it or only say something? The person line.

A person is whoever an issuer enrolled; people are counted within one issuer, class, scope, period and slot.
"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_DEEDS: Final = {
    "for": ("vouches for", "The stance is for, without a text."),
    "for.said": ("made a statement for", "The stance is for, with a text."),
    "against": ("speaks against", "The stance is against, without a text."),
    "against.said": ("made a statement against", "The stance is against, with a text."),
    "note": ("took note of", "The stance is a note, without a text."),
    "note.said": ("made a statement about", "The stance is a note, with a text."),
}
"""What a person does, by stance and by whether they say something: a text is read out, and not judged."""
_LEDGER: Final = {
    "voice.new": ("The ledger had not met this voice before.", "Behind a voice: the ledger recorded it now."),
    "voice.seen": (
        "The ledger knows this voice, for the same file and statement.",
        "Behind a voice: the ledger had it, with the same binding.",
    ),
    "voice.unrecorded": (
        "The ledger was only read, and does not know this voice.",
        "Behind a voice: the ledger could not be written.",
    ),
}
"""What the ledger says of a voice."""
_ELSEWHERE: Final = {
    "ancestor": (
        "an earlier version",
        "It was edited since, so that is not about this file.",
        "It is bound to an intact earlier version, across an edit.",
    ),
    "component": (
        "something that was used in this file",
        "That is not about this file.",
        "It is bound to an intact component.",
    ),
    "bare": (
        "this file as it was before these Content Credentials were added",
        "That is not about them.",
        "It is bound to the file without its store.",
    ),
}
"""For what a person vouches, where that is not this file as it is now."""
_MISPLACED: Final = {
    "other": ("in a place where none counts", "another place"),
    "not-update": ("in a manifest that may have changed the content", "a manifest that is no update"),
    "broken": ("in a part of them that does not hold", "a manifest that is not intact"),
    "unreferenced": ("in a manifest that nothing refers to", "a manifest that no link leads to"),
    "unreached": ("further down than is looked at", "our bound on depth"),
    "parent": ("in an update of something that could not be verified", "a broken link below the update"),
}
"""Where the Content Credentials carry a vouch that counts for nothing."""
_REFUSED: Final = {
    "vouch.malformed": (
        "This is said to be a vouch, and is none, or is damaged.",
        "It breaks the form, or could not be read.",
    ),
    "vouch.unsupported": (
        "The vouch is made for another version of the profile, so it cannot be verified here.",
        "Its version is another one.",
    ),
    "issuer.unknown": (
        "The vouch is by an issuer that you do not trust, so nothing in it was verified.",
        "The reader has no issuer.json of that issuer.",
    ),
    "issuer.key.unknown": (
        "Your issuer.json names no key for the vouch's epoch; a later version of it may.",
        "The issuer's file has no key for the epoch at all.",
    ),
    "issuer.key.withdrawn": (
        "The issuer has withdrawn its key for the vouch's epoch, or never showed that it holds it.",
        "The issuer's file names a key for the epoch that does not count.",
    ),
    "epoch.closed": (
        "The credential's epoch was not open at the time that counts.",
        "The epoch is over, or has not begun.",
    ),
    "binding.mismatch": ("The vouch is bound to other media, not to this file.", "Its digest is none of this file's."),
    "binding.broken-credentials": (
        "The vouch is bound to Content Credentials that do not hold for this file.",
        "It is bound to a manifest in this file that does not hold.",
    ),
    "binding.not-measured": (
        "The vouch is bound to Content Credentials, and this file's could not be checked.",
        "It is bound to a manifest, and our own check is missing.",
    ),
    "binding.another-manifest": (
        "The vouch names another manifest of this file than the one that it was put over: whoever put it there had no "
        "leave to.",
        "An embedded vouch is bound to another manifest.",
    ),
    "binding.first-part": (
        "The vouch is bound to the bytes of the first part alone, not to the fragments given with it.",
        "A video in pieces, and the digest is that of the first part.",
    ),
    "nonce.mismatch": (
        "The vouch does not answer your challenge: it was made for something else, or is a copy.",
        "The reader demanded a nonce, and it has another or none.",
    ),
    "audience.mismatch": (
        "The vouch was made for somebody else.",
        "The reader demanded an audience, and it has another or none.",
    ),
    "proof.invalid": ("The proof does not hold: it was changed, or made up.", "The proof does not verify."),
    "proof.withdrawn": (
        "The proof does not hold with the issuer's present key for the vouch's epoch: made with a key that was "
        "withdrawn, changed, or made up.",
        "The proof does not verify, and the issuer has withdrawn a key of that epoch.",
    ),
    "duplicate": (
        "The same person used this voice for another file or statement, where only one counts.",
        "The ledger or the run has the same pseudonym with another binding.",
    ),
}
"""Why a vouch does not count."""


def _deeds() -> tuple[Sentence, ...]:
    found = []
    for word, (does, when) in _DEEDS.items():
        person = f"A person enrolled by {{issuer:phrase}} {does}"
        found += [
            Sentence(
                f"person.voice.{word}",
                f"{person} this file, for {{scope:phrase}}, one voice each {{period:phrase}}.",
                f"The vouch verifies and is bound to this file. {when}",
            ),
            Sentence(
                f"person.voice.uncounted.{word}",
                f"{person} this file, for {{scope:phrase}}, one voice each {{period:phrase}}; you did not name that "
                "scope, so it counts for nothing.",
                f"The same, and the reader does not count that scope. {when}",
            ),
            Sentence(
                f"person.lookalike.{word}",
                f"{person} a picture that by its own hint looks like this one (distance {{distance}} of 256), for "
                "{scope:phrase}, one voice each {period:phrase}; not for these bytes.",
                f"The vouch verifies, and is bound to another file that looks alike. {when}",
            ),
            *(
                Sentence(
                    f"person.{where}.{word}",
                    f"{person} {what}, for {{scope:phrase}}, one voice each {{period:phrase}}. {so}",
                    f"{why} {when}",
                )
                for where, (what, so, why) in _ELSEWHERE.items()
            ),
        ]
    return tuple(found)


SENTENCES: Final = (
    *_deeds(),
    *(Sentence(f"person.ledger.{word}", text, when) for word, (text, when) in _LEDGER.items()),
    Sentence("person.says", "They say: {words:quoted:300}", "Behind what a person does: the vouch has a text."),
    *(Sentence(f"person.{word}", text, when) for word, (text, when) in _REFUSED.items()),
    Sentence(
        "person.slot.exceeded",
        "The vouch uses slot {slot}, which you do not count (--slots).",
        "Its slot is over the number that the reader counts.",
    ),
    *(
        Sentence(
            f"person.misplaced.{word}",
            f"The Content Credentials carry a vouch {where}, so it counts for nothing.",
            f"An embedded vouch; {when}.",
        )
        for word, (where, when) in _MISPLACED.items()
    ),
    Sentence(
        "person.misplaced.several",
        "The Content Credentials carry more than one vouch in one manifest, where one may be: none of them counts.",
        "A manifest has several assertions with a vouch.",
    ),
    Sentence(
        "person.misplaced.malformed",
        "The Content Credentials carry a vouch that is not written as vouches are, so it counts for nothing.",
        "An assertion with the label of a vouch has another form.",
    ),
    Sentence(
        "person.misplaced.too-large",
        "The Content Credentials carry a vouch that is larger than any can be, so it counts for nothing.",
        "An assertion with the label of a vouch is over the bound.",
    ),
    Sentence("person.unreadable", "The file could not be read, so nothing can be bound to it.", "No bytes."),
    Sentence(
        "person.clock",
        "Nothing was judged or recorded: {why}.",
        "The ledger's clock and ours differ by more than is allowed.",
    ),
    Sentence("person.absent", "No vouch was found; that says nothing about the file.", "No vouch at all."),
    Sentence(
        "person.none",
        "None of {number} vouches counts.",
        "In front of the most serious finding: several vouches, and none holds.",
    ),
    Sentence(
        "person.group.one",
        "1 person enrolled by {issuer:phrase}, for {scope:phrase}, one voice each {period:phrase}.",
        "One vouch holds.",
    ),
    Sentence(
        "person.group",
        "{number} people enrolled by {issuer:phrase}, for {scope:phrase}, one voice each {period:phrase}.",
        "Several vouches hold, by one issuer, for one scope.",
    ),
    Sentence(
        "person.group.one.slot",
        "1 person enrolled by {issuer:phrase}, for {scope:phrase}, one voice each {period:phrase}, slot {slot}.",
        "The same in another slot than the first.",
    ),
    Sentence(
        "person.group.slot",
        "{number} people enrolled by {issuer:phrase}, for {scope:phrase}, one voice each {period:phrase}, slot {slot}.",
        "The same in another slot than the first.",
    ),
    Sentence(
        "person.groups.one",
        "At least 1 person, in {number} groups that may hold the same people.",
        "Vouches hold in several groups, of which the largest has one voice.",
    ),
    Sentence(
        "person.groups",
        "At least {least} people, in {number} groups that may hold the same people.",
        "Vouches hold in several groups; people are never added up over them.",
    ),
    Sentence("person.groups.more", "And {number} groups more.", "Behind the groups that are named."),
    Sentence("person.others.against.one", "1 person spoke against it.", "Beside voices that hold: stance against."),
    Sentence("person.others.against", "{number} people spoke against it.", "The same of several."),
    Sentence("person.others.noted.one", "1 person made a statement.", "Beside voices that hold: stance note."),
    Sentence("person.others.noted", "{number} people made a statement.", "The same of several."),
    Sentence(
        "person.bound",
        "People are counted within one issuer, class, scope, period and slot, and never added up across these. In a "
        "scope that counts for ever, one ledger sees at most people × issuers × slots × (1 + resets) voices: here "
        "{issuers} × {slots} × (1 + {resets}) for each.",
        "Beside voices that hold: how many voices one person can have.",
    ),
    Sentence(
        "person.crowd.unknown",
        "Among how many each of them hides is not known: assume one, whom the issuer can tell.",
        "The issuer's file does not say how many credentials have the same key, class, epoch and level.",
    ),
    Sentence(
        "person.crowd",
        "Each of them hides among {number} or more with the same key, class, epoch and level, as last published.",
        "The issuer's file says how many.",
    ),
    Sentence("issuer.called", "{petname}, which uses the name {name:quoted}", "The reader has a name for the issuer."),
    Sentence(
        "issuer.called.number",
        "{petname}, which uses the name {name:quoted} (issuer {number}…)",
        "The same, and others use a name like it.",
    ),
    Sentence("issuer.own", "{name:quoted}", "The issuer's own name."),
    Sentence("issuer.own.number", "{name:quoted} (issuer {number}…)", "The same, and others use a name like it."),
    Sentence("scope.name", "{scope}", "The scope as it is."),
    Sentence("scope.media", "{scope}… (this file alone)", "The scope is the media itself."),
    Sentence("scope.media.that", "{scope}… (that file alone)", "The same of another file."),
    Sentence("period.ever", "for ever", "Voices are counted once and for all."),
    Sentence("period.epoch", "in {period}", "Voices are counted in each epoch anew."),
)
