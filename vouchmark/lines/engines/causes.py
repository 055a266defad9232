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
from vouchmark.wording.model import Fact, Phrase

CLOCK: Final = frozenset(
    {"signingCredential.expired", "claimSignature.outsideValidity", "claimSignature.insideValidity"}
)
"""Codes that an engine derives from the wall clock."""
UNTRUSTED: Final = "signingCredential.untrusted"
"""Also said by the first engine of a certificate that has run out by the wall clock, whoever vouches for it."""
MOST_CODES: Final = 3
"""Codes that a sentence names; all stand in the findings of the engines."""

KNOWN: Final = (
    ("cawg.", "engines.why.identity"),
    ("claim.hardBindings.missing", "engines.why.binding"),
    ("assertion.required.missing", "engines.why.required"),
)
"""Differences between the two engines that were traced to their cause: how codes begin, and the phrase for it."""
_STORE: Final = "/c2pa/"


def of_state(facts: Facts, first: Reading, second: Reading, states: Mapping[str, str]) -> Phrase:
    """Why one engine calls the whole Invalid and the other does not; with their answers on that, by name."""
    invalid, other = (first, second) if states[first.engine] == str(State.INVALID) else (second, first)
    own = _timeless(invalid) - _timeless(other) - {UNTRUSTED}
    traced = next((phrase for prefix, phrase in KNOWN if any(name.startswith(prefix) for name in own)), "")
    if traced:
        return {"id": traced}
    if own:
        return {"id": "engines.why.reports", "engine": invalid.engine, "codes": codes_of(own)}
    return _dates(facts, invalid) or {"id": "engines.why.uncoded", "engine": invalid.engine}


def codes_of(codes: Iterable[str]) -> list[Fact]:
    """An engine's codes, as a sentence names them."""
    names = sorted(set(codes))
    rest = len(names) - MOST_CODES
    more: list[Fact] = [{"id": "list.more.number", "number": rest}] if rest > 0 else []
    return [*names[:MOST_CODES], *more]


def _active(reading: Reading) -> tuple[ValidationCode, ...]:
    """An engine's codes about the active manifest, else all that it gives."""
    return reading.codes if reading.store is None else (reading.store.active.codes or reading.codes)


def of_answers(first: Reading, second: Reading, differ: Iterable[str]) -> Phrase:
    """Which codes lie under different answers on the bytes or the signature; empty where none does."""
    questions = tuple(differ)
    found: list[tuple[str, list[Fact]]] = []
    for reading in (first, second):
        failed = failures(_active(reading))
        about = {code.code for code in failed for question in questions if _is_about(code.code, question)}
        found += [(reading.engine, codes_of(about))] if about else []
    if len(found) == 2:
        (engine, codes), (other, others) = found
        return {"id": "engines.why.both_report", "engine": engine, "codes": codes, "other": other, "others": others}
    return {"id": "engines.why.reports", "engine": found[0][0], "codes": found[0][1]} if found else {}


def _is_about(code: str, question: str) -> bool:
    if question == "bytes":
        return code.startswith("assertion.") and "Hash." in code
    return question == "signature" and code.startswith("claimSignature.") and code not in CLOCK


_PRESENCE: Final = {
    Outcome.ABSENT: "engines.why.none",
    Outcome.FOUND: "engines.why.reads",
    Outcome.REMOTE: "engines.why.remote",
    Outcome.UNSUPPORTED: "engines.says.unsupported",
    Outcome.UNPARSABLE: "engines.why.unparsable",
}


def of_presence(first: Reading, second: Reading) -> Phrase:
    """What each makes of the file, where one finds Content Credentials and the other does not."""
    reads, finds = ({"id": _PRESENCE.get(one.outcome, "engines.why.silent")} for one in (first, second))
    return {
        "id": "engines.why.presence",
        "first": first.engine,
        "reads": reads,
        "second": second.engine,
        "finds": finds,
    }


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


def _dates(facts: Facts, reading: Reading) -> Phrase:
    """Whose certificate was not valid, at which moment, by the dates in it; empty where none was."""
    late = out_of_date(facts, reading)
    if not late or reading.store is None:
        return {}
    manifest = late[0]
    whose = "" if manifest is reading.store.active else ".earlier"
    certificate = manifest.signer.certificate if manifest.signer else None
    start = certificate.not_before if certificate else None
    stamp = _believed(facts, manifest)
    word = "early" if start is not None and (stamp or facts.at) < start else "late"
    if stamp is None:
        return {"id": f"engines.why.{word}{whose}"}
    return {"id": f"engines.why.{word}.stamped{whose}", "day": day(stamp), "engine": reading.engine}


def _believed(facts: Facts, manifest: Manifest) -> dt.datetime | None:
    """The time of the stamp that the engine took for trusted."""
    codes = facts.codes_of(manifest)
    if manifest.timestamp is None or not has(codes, "timeStamp.validated") or not has(codes, "timeStamp.trusted"):
        return None
    return manifest.timestamp.time
