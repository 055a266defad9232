"""What does a vouch show, and to whom? In words, before it is made and when somebody holds one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vouchmark.render.safe import plain, quoted
from vouchmark.render.scope import period_words
from vouchmark.report import Json

if TYPE_CHECKING:
    from vouchmark.vouching.vouch import Wish
    from zk.profile.issuer_info import IssuerInfo
    from zk.profile.personhood import Binding, PresentationHeader, Vouch

STATEMENT_SHOWN: Final = 1000
"""Code points of a statement; the profile's own bound is 1,000 octets."""


def binding_words(presentation: PresentationHeader) -> str:
    """To what it is bound."""
    digest = presentation.binding.digest.hex()
    if presentation.binding.kind == "file":
        return f"this file and no other, by its SHA-256 {digest}"
    if presentation.binding.kind == "seal":
        return f"a sealed statement, by the SHA-256 of its pre-authentication encoding {digest}, and to no file"
    return f"the Content Credentials of this file (manifest {digest}), and later updates of them that change no content"


def issuer_words(issuer: bytes, info: IssuerInfo | None) -> str:
    """The issuer by name where the reader knows it, else by number."""
    return f"{quoted(info.name)} ({issuer.hex()[:16]}…)" if info is not None else f"issuer {issuer.hex()}"


_STANDS: Final = {"for": "behind it", "against": "against it", "note": "neither behind it nor against it"}
"""A stance in words, by its value."""


def promise(
    wish: Wish, period: str, info: IssuerInfo, binding: Binding, *, crowd: int | None, hint: bool = False
) -> list[str]:
    """What a vouch will show, before it is made.

    Args:
        wish: what the person wants to say.
        period: in words.
        info: the issuer, as the wallet has it.
        binding: to what the vouch will be bound.
        crowd: how many hide together at least, where that is known (`IssuerInfo.crowd`).
        hint: whether the picture's perceptual hash goes into it.
    """
    bound = "its Content Credentials" if binding.kind == "c2pa-manifest" else "its bytes"
    lines = [
        f"You are about to vouch for this file ({bound}) in the scope {wish.scope}, {period}, as somebody enrolled by "
        f"{quoted(info.name)} ({info.id.hex()[:16]}…).",
        "Everybody who sees the vouch learns scope, issuer, class, epoch and level"
        + (f", that it is for {quoted(wish.audience)}" if wish.audience else "")
        + (f", that you stand {_STANDS[wish.stance]}" if wish.stance else "")
        + (f", and reads: {quoted(wish.statement, limit=STATEMENT_SHOWN)}" if wish.statement else "")
        + "; and that one person speaks only once there.",
        _what_goes_in(binding, hint=hint),
        _who_you_are(info, crowd),
        "It counts once: in this scope and period you cannot take it back or use it for another file or statement.",
    ]
    if wish.nonce is not None:
        lines[1] += " It answers a challenge: whoever gave that to you alone knows that it is you."
    if info.slots > 1:
        lines[-1] += f" The issuer gives {info.slots} slots; readers count slot 0 alone unless they say otherwise."
    return lines


def _what_goes_in(binding: Binding, *, hint: bool) -> str:
    """By what of the file the vouch can be found to belong to it."""
    digest = "the digest of its Content Credentials" if binding.kind == "c2pa-manifest" else "the file's digest"
    if not hint:
        return f"In it stands {digest}: whoever has the file can tell that the vouch is for it."
    return (
        f"In it stand {digest} and, unless you say --no-pdq, the picture's perceptual hash: whoever has the file, or a "
        "picture that looks like it, can tell that the vouch is for it."
    )


def _who_you_are(info: IssuerInfo, crowd: int | None) -> str:
    if crowd is None:
        return (
            "How many others have such a credential is not known from the issuer.json that your wallet has: assume "
            "that you are the only one, and that the issuer can tell who you are ('vouchmark wallet refresh' takes a "
            "newer one)."
        )
    if crowd <= 1:
        return (
            f"The issuer last published nobody else with such a credential (in {info.published_in}): then it can tell "
            "who you are, and so can whoever learns it from the issuer."
        )
    return (
        f"You hide among {crowd} to whom the issuer had given a credential with the same key, class, epoch and level "
        f"when it last published ({info.published_in}): which of them you are nobody learns from the vouch, not even "
        "the issuer, provided that it gave all of them the same issuer.json."
    )


def explain(vouch: Vouch, info: IssuerInfo | None) -> list[str]:
    """Who learns what from a vouch, one thought a line. Nothing in it is verified."""
    said = vouch.presentation
    scope, period = str(vouch.scope), period_words(vouch.period)
    lines = [
        f"bound to  {binding_words(said)}",
        f"scope     {scope}, {period}, slot {vouch.slot}",
        f"by        somebody enrolled by {issuer_words(vouch.issuer, info)}",
        f"          class {vouch.credential_class}, epoch {vouch.epoch}, level {int(vouch.level)}",
    ]
    lines.append(f"stands    {_STANDS[said.effective_stance]}")
    if said.statement is not None:
        lines.append(f"saying    {quoted(said.statement, limit=STATEMENT_SHOWN)}")
    if said.audience is not None:
        lines.append(f"for       {quoted(said.audience)}")
    if said.nonce is not None:
        lines.append(f"answering the challenge {said.nonce.hex()}")
    if said.pdq is not None:
        lines.append("hint      the picture's perceptual hash, so that a recompressed copy can be recognised")
    return [*lines, *who_learns_what(vouch, info)]


def who_learns_what(vouch: Vouch, info: IssuerInfo | None) -> list[str]:
    """What others can and cannot conclude from it."""
    scope, period = str(vouch.scope), period_words(vouch.period)
    where = "for this file alone" if vouch.scope.is_media else f"in {scope}"
    lines = [
        "",
        f"Everybody who sees it learns all of the above, and that the same person speaks {where}, {period}, slot "
        f"{vouch.slot}, only once: two vouches there by one person can be told to be by one person.",
        _who_it_is(vouch, info),
        "In any other scope, period or slot nothing in the proof lets the same person be recognised. What they say, "
        "the file itself, and when and where it appears may tell more.",
    ]
    if vouch.presentation.nonce is not None:
        lines.append("Whoever set the challenge may know to whom they gave it.")
    return [*lines, "It does not show that the file shows what somebody says it shows."]


def _who_it_is(vouch: Vouch, info: IssuerInfo | None) -> str:
    crowd = _crowd(vouch, info)
    those = "those with this issuer, key, class, epoch and level"
    if crowd is None or info is None:
        return (
            f"It is by one of {those}; how many they are is not known here: assume that it is one, and that the issuer "
            "can tell who."
        )
    if crowd <= 1:
        return (
            f"The issuer last published {crowd} of {those} (in {info.published_in}): a set of one hides nobody, so it "
            "can tell who it is, and so can whoever learns it from the issuer."
        )
    return (
        "Nobody learns from it who it is, not even the issuer and all readers together: only that it is one of "
        f"{those}; the issuer last published {crowd} (in {info.published_in})."
    )


def _crowd(vouch: Vouch, info: IssuerInfo | None) -> int | None:
    """Among how many the speaker hides, as far as an issuer.json of the vouch's own epoch or the one before says."""
    if info is None:
        return None
    return info.crowd(vouch.epoch, vouch.level, at=info.epoch_length.epoch_bounds(vouch.epoch)[0])


def as_json(vouch: Vouch, info: IssuerInfo | None) -> dict[str, Json]:
    """The same for machines. Nothing in it is verified."""
    said = vouch.presentation
    return {
        "issuer": vouch.issuer.hex(),
        "issuer_name": None if info is None else plain(info.name),
        "class": vouch.credential_class.value,
        "epoch": vouch.epoch,
        "level": int(vouch.level),
        "scope": str(vouch.scope),
        "period": vouch.period,
        "slot": vouch.slot,
        "binding": {"kind": said.binding.kind.value, "digest": said.binding.digest.hex()},
        "stance": said.effective_stance.value,
        "statement": None if said.statement is None else plain(said.statement),
        "audience": None if said.audience is None else plain(said.audience),
        "nonce": None if said.nonce is None else said.nonce.hex(),
        "pdq": None if said.pdq is None else said.pdq.hex(),
        "suite": vouch.suite.name,
        "pseudonym": vouch.pseudonym.hex(),
        "holders": None if info is None else info.holders(vouch.credential_class, vouch.epoch, vouch.level),
        "crowd": _crowd(vouch, info),
    }
