"""Why do two engines differ: by which code, and where the cause was traced, by which rule?

An engine judges by the wall clock which certificates have run out; a report must not, so that such codes count only
where the certificate was not valid at the report's own time, or at the time that the engine took from a stamp.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

from provenance.credentials.engines.model import Manifest, Outcome, Reading, State, ValidationCode
from vouchmark.lines.facts import Facts, day, failures, has
from vouchmark.render.words import listed

CLOCK: Final = frozenset(
    {"signingCredential.expired", "claimSignature.outsideValidity", "claimSignature.insideValidity"}
)
"""Codes that an engine derives from the wall clock."""
UNTRUSTED: Final = "signingCredential.untrusted"
"""Also said by the first engine of a certificate that has run out by the wall clock, whoever vouches for it."""
MOST_CODES: Final = 3
"""Codes that a sentence names; all stand in the findings of the engines."""

KNOWN: Final = (
    ("cawg.", "an identity assertion does not hold, which one engine counts against the whole file"),
    ("claim.hardBindings.missing", "one engine does not know this older form of hard binding"),
    ("assertion.required.missing", "one engine demands an assertion that the other does not"),
)
"""Differences between the two engines that were traced to their cause."""
_INVALID: Final = "which one engine counts as invalid"
_STORE: Final = "/c2pa/"


def of_state(facts: Facts, first: Reading, second: Reading, states: Mapping[str, str]) -> str:
    """Why one engine calls the whole Invalid and the other does not; with their answers on that, by name."""
    invalid, other = (first, second) if states[first.engine] == str(State.INVALID) else (second, first)
    own = _timeless(invalid) - _timeless(other) - {UNTRUSTED}
    traced = next((words for prefix, words in KNOWN if any(name.startswith(prefix) for name in own)), "")
    if traced or own:
        return traced or reports(invalid.engine, own)
    return _dates(facts, invalid) or f"{invalid.engine} names no code for it"


def reports(engine: str, codes: Iterable[str]) -> str:
    """An engine's codes, as a sentence names them."""
    names = sorted(set(codes))
    rest = len(names) - MOST_CODES
    shown = names[:MOST_CODES] + ([f"{rest} more"] if rest > 0 else [])
    return f"{engine} reports {listed(shown)}"


def _active(reading: Reading) -> tuple[ValidationCode, ...]:
    """An engine's codes about the active manifest, else all that it gives."""
    return reading.codes if reading.store is None else (reading.store.active.codes or reading.codes)


def of_answers(first: Reading, second: Reading, differ: Iterable[str]) -> str:
    """Which codes lie under different answers on the bytes or the signature; empty where none does."""
    found = []
    for reading in (first, second):
        codes = _active(reading)
        about = {code.code for code in failures(codes) for question in differ if _is_about(code.code, question)}
        found += [reports(reading.engine, about)] if about else []
    return ", ".join(found)


def _is_about(code: str, question: str) -> bool:
    if question == "bytes":
        return code.startswith("assertion.") and "Hash." in code
    return question == "signature" and code.startswith("claimSignature.") and code not in CLOCK


def of_presence(first: Reading, second: Reading) -> str:
    """What each makes of the file, where one finds Content Credentials and the other does not."""
    words = {
        Outcome.ABSENT: "finds none",
        Outcome.FOUND: "reads them",
        Outcome.REMOTE: "finds only an address of some kept elsewhere",
        Outcome.UNSUPPORTED: "does not read this type of file",
        Outcome.UNPARSABLE: "cannot parse them",
    }
    return ", ".join(f"{one.engine} {words.get(one.outcome, 'gives no answer')}" for one in (first, second))


def out_of_date(facts: Facts, reading: Reading) -> tuple[Manifest, ...]:
    """Manifests of which an engine says that their certificate was not valid, and it was not at the time that counts.

    The active one first. Where it names none of the store's, nothing follows.
    """
    if reading.store is None:
        return ()
    said = {_label(code.url) for code in failures(reading.codes) if code.code in CLOCK}
    said |= {reading.store.active.label for code in failures(reading.store.active.codes) if code.code in CLOCK}
    return tuple(one for one in reading.store.manifests if one.label in said and facts.expired(one))


def _timeless(reading: Reading) -> set[str]:
    """The codes of an engine's failures, without those that the wall clock decides."""
    return {code.code for code in failures(reading.codes)} - CLOCK


def _label(url: str) -> str:
    """The manifest that a JUMBF URI leads into; empty where it names none."""
    _, _, path = url.partition(_STORE)
    return path.partition("/")[0]


def _dates(facts: Facts, reading: Reading) -> str:
    """Whose certificate was not valid, at which moment, by the dates in it; empty where none was."""
    late = out_of_date(facts, reading)
    if not late or reading.store is None:
        return ""
    manifest = late[0]
    whose = "the certificate" if manifest is reading.store.active else "the certificate of an earlier version or a part"
    certificate = manifest.signer.certificate if manifest.signer else None
    start = certificate.not_before if certificate else None
    stamp = _believed(facts, manifest)
    is_early = start is not None and (stamp or facts.at) < start
    if stamp is None:
        return f"{whose} {'is not valid yet' if is_early else 'has expired'}, {_INVALID}"
    where = f"before {whose} was valid" if is_early else f"after the expiry of {whose}"
    return f"a time stamp of {day(stamp)}, which {reading.engine} believes, lies {where}"


def _believed(facts: Facts, manifest: Manifest) -> dt.datetime | None:
    """The time of the stamp that the engine took for trusted."""
    codes = facts.codes_of(manifest)
    if manifest.timestamp is None or not has(codes, "timeStamp.validated") or not has(codes, "timeStamp.trusted"):
        return None
    return manifest.timestamp.time
