"""How are people counted, how many voices can one have, and among how many do they hide?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from vouchmark.lines.facts import Draft
from vouchmark.lines.person.facts import Judged
from vouchmark.lines.person.names import issuer_names
from vouchmark.render.safe import plain
from vouchmark.report import Json, Root, Status
from vouchmark.wording.catalogue import say, together
from vouchmark.wording.model import Said

if TYPE_CHECKING:
    from zk.verifier.voices import People, Voice, VoiceCount

SOURCE: Final = "vouchmark personhood check"


def called_by_themselves(judged: Iterable[Judged]) -> dict[bytes, Said]:
    """What to call the issuers of vouches that hold, where the reader's own list is not at hand."""
    from zk.verifier.voices import Voice

    voices = [one.result for one in judged if isinstance(one.result, Voice)]
    infos = {voice.issuer.id: voice.issuer.name for voice in voices}
    names = issuer_names((issuer.hex(), name) for issuer, name in infos.items())
    return {issuer: names[issuer.hex(), name] for issuer, name in infos.items()}


def bound(counted: People, voices: Iterable[Voice], *, slots: int) -> Draft:
    """How many voices one person can have: said in every report that counts any."""
    issuers = {voice.issuer.id: voice.issuer for voice in voices if voice.counted}
    resets = sum(issuer.resets for issuer in issuers.values())
    used = max(min(slots, issuer.slots) for issuer in issuers.values())
    told = say("person.bound", issuers=len(issuers), slots=used, resets=resets)
    return Draft(
        code="person.bound",
        status=Status.ABSENT,
        statement=together(told, _hidden(voices)),
        source=SOURCE,
        root=Root.PERSONHOOD_PROOF,
        subject="people",
        detail={
            "at_least": counted.at_least,
            "issuers": len(issuers),
            "slots": used,
            "resets": resets,
            "groups": [_group_detail(group) for group in counted.counts],
        },
    )


def _hidden(voices: Iterable[Voice]) -> Said:
    """Among how many whoever vouched hides: what they could know before they did."""
    crowds = [crowd(voice) for voice in voices if voice.counted]
    if None in crowds:
        return say("person.crowd.unknown")
    least = min(crowd for crowd in crowds if crowd is not None)
    return say("person.crowd", number=least)


def crowd(voice: Voice) -> int | None:
    """Among how many the speaker hides, by an issuer.json of the credential's epoch or of the one before."""
    issuer, vouch = voice.issuer, voice.vouch
    return issuer.crowd(vouch.epoch, vouch.level, at=issuer.epoch_length.epoch_bounds(vouch.epoch)[0])


def _group_detail(group: VoiceCount) -> Json:
    return {
        "issuer": group.issuer.hex(),
        "issuer_name": plain(group.issuer_name),
        "class": group.credential_class.value,
        "scope": group.scope,
        "period": group.period,
        "slot": group.slot,
        "voices": group.voices,
        "new": group.new,
    }
