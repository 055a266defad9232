"""What is said of what somebody says about place and time? The claim line.

Held against what signers state, and only where nothing is signed, against metadata, which anybody could have written.
"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_WHO: Final = {
    "": ("the signer", "The content's own signer states it"),
    ".earlier": ("the signer of an earlier version", "An ancestor's signer states it"),
    ".passed_on": ("somebody whose word the signer passes on", "It is among the content's gathered statements"),
    ".earlier.passed_on": (
        "somebody whose word the signer of an earlier version passes on",
        "It is among an ancestor's gathered statements",
    ),
}
"""Whose word it is, and when that is said."""


def _by_whom() -> tuple[Sentence, ...]:
    found = []
    for whose, (who, when) in _WHO.items():
        found += [
            Sentence(
                f"claim.place.agrees{whose}",
                f"It was taken {{away}} away, says {who}: that agrees with what is said.",
                f"{when}, and the distance is within the radius that was given.",
            ),
            Sentence(
                f"claim.place.agrees.error{whose}",
                f"It was taken {{away}} away, give or take {{error}}, says {who}: that agrees with what is said.",
                f"{when} with an error, and the distance is within radius and error.",
            ),
            Sentence(
                f"claim.place.contradicts{whose}",
                f"It was taken {{away}} away, says {who}: that contradicts what is said.",
                f"{when}, and the distance is over the radius that was given.",
            ),
            Sentence(
                f"claim.place.contradicts.error{whose}",
                f"It was taken {{away}} away, give or take {{error}}, says {who}: that contradicts what is said.",
                f"{when} with an error, and the distance is over radius and error.",
            ),
            Sentence(
                f"claim.place.named{whose}",
                f"It was taken in {{place:quoted}}, says {who}: without coordinates that cannot be compared here.",
                f"{when} as a name, and no position is signed.",
            ),
            Sentence(
                f"claim.place.named.beside{whose}",
                f"The place is also named, as {{place:quoted}}, by {who}.",
                f"{when} as a name, beside a position.",
            ),
            Sentence(
                f"claim.place.vague{whose}",
                f"A place is signed by {who}, give or take {{error}}: too vague to agree with anything.",
                f"{when} with an error of more than 1,000 km.",
            ),
            Sentence(
                f"claim.place.vague.unread{whose}",
                f"A place is signed by {who} with an error that cannot be read: too vague to agree with anything.",
                f"{when} with an error that is no number.",
            ),
            Sentence(
                f"claim.time.agrees{whose}",
                f"It was {{what:phrase}} {{when:phrase}}, says {who}: that agrees with {{said:quoted}}.",
                f"{when}, and the two times overlap or differ by minutes.",
            ),
            Sentence(
                f"claim.time.agrees.zone{whose}",
                f"It was {{what:phrase}} {{when:phrase}}, says {who}: that agrees with {{said:quoted}} (whatever the "
                "time "
                "zone).",
                f"{when}, and one of the two times has no zone.",
            ),
            Sentence(
                f"claim.time.before{whose}",
                f"It was {{what:phrase}} {{when:phrase}}, says {who}: {{gap:phrase}} before {{said:quoted}}, which "
                "contradicts what is said.",
                f"{when}, and it lies before.",
            ),
            Sentence(
                f"claim.time.before.zone{whose}",
                f"It was {{what:phrase}} {{when:phrase}}, says {who}: at least {{gap:phrase}} before {{said:quoted}} "
                "(whatever the time zone), which contradicts what is said.",
                f"{when}, it lies before, and one of the two times has no zone.",
            ),
            Sentence(
                f"claim.time.after{whose}",
                f"It was {{what:phrase}} {{when:phrase}}, says {who}: {{gap:phrase}} after {{said:quoted}}, which "
                "contradicts what is said.",
                f"{when}, and it lies after.",
            ),
            Sentence(
                f"claim.time.after.zone{whose}",
                f"It was {{what:phrase}} {{when:phrase}}, says {who}: at least {{gap:phrase}} after {{said:quoted}} "
                "(whatever the time zone), which contradicts what is said.",
                f"{when}, it lies after, and one of the two times has no zone.",
            ),
            Sentence(
                f"claim.time.future{whose}",
                f"It was {{what:phrase}} {{when:phrase}}, says {who}: that lies after the time of this report, so it "
                "agrees "
                "with nothing.",
                f"{when}, and it lies after the time of judging.",
            ),
        ]
    return tuple(found)


_METADATA: Final = (
    "No statement of its signer says when it was taken; its metadata ({field}), which anybody can write, says {date}"
)
"""How what metadata says of the time begins; whole sentences are made of it below."""


def _by_metadata() -> tuple[Sentence, ...]:
    own = "Nothing is signed of when it was taken, and metadata states a time"
    return (
        Sentence(
            "claim.unsigned.time.agrees",
            f"{_METADATA}: that agrees with {{said:quoted}}.",
            f"{own} that overlaps or differs by minutes.",
        ),
        Sentence(
            "claim.unsigned.time.agrees.zone",
            f"{_METADATA}: that agrees with {{said:quoted}} (whatever the time zone).",
            f"{own}, and one of the two times has no zone.",
        ),
        *(
            Sentence(
                f"claim.unsigned.time.{word}{zone}",
                f"{_METADATA}: {least}{{gap:phrase}} {word} {{said:quoted}}{zones}, which contradicts what is said.",
                f"{own} that lies {word}{'' if not zone else '; one of the two has no zone'}.",
            )
            for word in ("before", "after")
            for zone, least, zones in (("", "", ""), (".zone", "at least ", " (whatever the time zone)"))
        ),
        Sentence(
            "claim.unsigned.time.future",
            f"{_METADATA}: that lies after the time of this report, so it agrees with nothing.",
            f"{own} after the time of judging.",
        ),
    )


_SAID: Final = {
    "with": ("made or edited with AI", "It is said that AI was used"),
    "without": ("made without AI", "It is said that no AI was used"),
}
"""What somebody says of AI, and when that is said."""


def _of_ai() -> tuple[Sentence, ...]:
    found = []
    for word, (made, when) in _SAID.items():
        afterwards = "; whether AI was used afterwards is not declared" if word == "with" else ""
        found += [
            Sentence(
                f"claim.ai.none.{word}",
                "Nothing in it, signed or in its metadata, says whether AI was used: whether it was "
                f"{made}, as is said, cannot be told.",
                f"{when}, and no finding of the AI line speaks of it.",
            ),
            Sentence(
                f"claim.ai.agrees.{word}",
                f"That agrees with what is said, that it was {made}.",
                f"Behind a finding of the AI line. {when}, and the finding says the same.",
            ),
            Sentence(
                f"claim.ai.contradicts.{word}",
                f"That contradicts what is said, that it was {made}{afterwards}.",
                f"Behind a finding of the AI line. {when}, and the finding says otherwise.",
            ),
            Sentence(
                f"claim.ai.open.{word}",
                f"Whether this file was {made}, as is said, is left open by that.",
                f"Behind a finding of the AI line. {when}, and the finding decides neither.",
            ),
        ]
    return tuple(found)


SENTENCES: Final = (
    Sentence(
        "claim.unreadable",
        "What is signed about place and time could not be looked at.",
        "A store was found, and our own check of it is missing.",
    ),
    *_by_whom(),
    *_by_metadata(),
    *_of_ai(),
    Sentence(
        "claim.unsigned.place.agrees",
        "No statement of its signer says where it was taken; its metadata, which anybody can write, puts it {away} "
        "away: that "
        "agrees with what is said.",
        "Nothing is signed of the place, and metadata states one within the radius.",
    ),
    Sentence(
        "claim.unsigned.place.contradicts",
        "No statement of its signer says where it was taken; its metadata, which anybody can write, puts it {away} "
        "away: that "
        "contradicts what is said.",
        "Nothing is signed of the place, and metadata states one beyond the radius.",
    ),
    Sentence(
        "claim.place.none",
        "No statement of its signer says where it was taken, and its metadata does not either.",
        "Nothing is signed of the place, and no metadata states one.",
    ),
    Sentence(
        "claim.time.none",
        "No statement of its signer says when it was taken, and its metadata does not either.",
        "Nothing is signed of the time, and no metadata states one.",
    ),
    Sentence(
        "claim.time.none.signed",
        "No statement of its signer says when it was taken; that it was signed on {day} does not contradict what is "
        "said.",
        "The same, and a trusted time of signing lies behind what is said.",
    ),
    Sentence(
        "claim.time.signed_before",
        "A trusted time stamp says that it was signed on {day}, at least {gap:phrase} before {said:quoted}: that "
        "contradicts what is said.",
        "A trusted time of signing lies before what is said.",
    ),
    Sentence(
        "claim.time.signed_before.earlier",
        "A trusted time stamp says that an earlier version of it was signed on {day}, at least {gap:phrase} before "
        "{said:quoted}: that contradicts what is said.",
        "The same of an ancestor.",
    ),
    Sentence(
        "claim.time.there_before",
        "It is signed that it was {what:phrase} {when:phrase}, at least {gap:phrase} before {said:quoted}: that "
        "contradicts what is said.",
        "A signed time of digitising or of an action lies before what is said.",
    ),
    Sentence(
        "claim.time.there_before.earlier",
        "It is signed that an earlier version of it was {what:phrase} {when:phrase}, at least {gap:phrase} before "
        "{said:quoted}: that contradicts what is said.",
        "The same of an ancestor.",
    ),
    Sentence(
        "claim.but.unbound",
        "It is not established that this is about what you see.",
        "Behind a comparison: the bytes are not established as the signed ones.",
    ),
    Sentence(
        "claim.but.passed_on",
        "That is no statement of the signer's own.",
        "Behind a comparison: it is among the gathered statements.",
    ),
    Sentence(
        "claim.place.apart",
        "Two places are signed as where it was taken, {away} from each other.",
        "One signer states two positions further apart than their errors and 10 km.",
    ),
    Sentence(
        "claim.place.apart.named",
        "Two places are named as where it was taken: {first:quoted} and {second:quoted}.",
        "One signer names two places that have no part in common.",
    ),
    Sentence(
        "claim.time.apart",
        "Two times are signed as when it was made, {first:phrase} and {second:phrase}: {gap:phrase} from each other.",
        "One signer states two times of creation more than two days apart.",
    ),
    Sentence(
        "claim.statement.unreadable",
        "A signed statement ({where:quoted}) is no place and no time: {written:quoted}.",
        "A field of place or time cannot be read.",
    ),
    Sentence(
        "claim.statement.unreadable.place",
        "A place is signed that cannot be read ({where:quoted}: {written:quoted}).",
        "A field of latitude or longitude cannot be read, and a place is claimed.",
    ),
    Sentence(
        "claim.update.place",
        "{who:signer}, who signed a later update, says that it was taken {away} from the place that was given; an "
        "update counts for nothing here.",
        "An update above the content states a position.",
    ),
    Sentence(
        "claim.update.time",
        "{who:signer}, who signed a later update, says that it was {what:phrase} {when:phrase}; an update counts "
        "for "
        "nothing here.",
        "An update above the content states a time.",
    ),
    Sentence(
        "claim.cut",
        "Not all that is signed about places and times could be looked at ({cut:listed}); the rest may say otherwise.",
        "Our bounds ended within what is stated.",
    ),
    Sentence(
        "claim.cut.steps",
        "Not all earlier steps were looked at ({cut:listed}); the others may say where and when.",
        "Our own walk reached a bound.",
    ),
    Sentence(
        "claim.cut.metadata",
        "Not all of its metadata could be looked at ({cut:listed}); the rest may say where and when it was taken.",
        "Our bounds ended within the metadata, and nothing else states place or time.",
    ),
)
