"""What is wrong with a file that an engine cannot read: its Content Credentials, the file, or nothing that we see?

Malformed is said only of what our own reading finds so, with what. An engine that gives up on a file that we read to
its end confirms nothing and accuses nobody. Part of the integrity line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from provenance.credentials.engines.model import Outcome
from provenance.credentials.own_check import Problem
from provenance.reasons import Reason
from vouchmark.codes.specification import SPECIFICATION, Kind
from vouchmark.lines.facts import Facts, StoreOrigin
from vouchmark.lines.integrity import outside
from vouchmark.lines.integrity.own import REFUSED, refuses
from vouchmark.lines.integrity.rules import broken_rule
from vouchmark.render.safe import plain
from vouchmark.report import Json, Status
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Fact, Said

_CODE: Final = "integrity.unparsable"


class Told(NamedTuple):
    """What is said of such a file."""

    code: str
    status: Status
    statement: Said
    detail: Mapping[str, Json]


def told(facts: Facts) -> Told:
    """Why the first engine gives no account of a file, by our own reading of it."""
    reason = facts.first.reason
    given = facts.outside is not None and facts.outside.origin is StoreOrigin.GIVEN
    detail: dict[str, Json] = {
        "reason": str(reason or ""),
        "from": "given" if given else "",
        "engine": facts.first.engine,
    }
    if reason is Reason.PRERELEASE:
        return Told(_CODE, Status.ERROR, say("integrity.prerelease"), detail)
    if reason is Reason.SIDECAR:
        return Told(_CODE, Status.ERROR, outside.told(facts, "integrity.no_store"), detail)
    own = facts.own
    if own is None:
        statement = say("integrity.engine.refused.unlooked", **refuses(facts.first))
        return Told(_CODE, Status.ERROR, statement, detail)
    if own.problem in (Problem.MALFORMED, Problem.LIMIT):
        sentence = "malformed" if own.problem is Problem.MALFORMED else "limit"
        why = plain(own.why).removeprefix("got ")
        statement = outside.told(facts, f"integrity.{sentence}_store", why=why)
        return Told(_CODE, Status.ERROR, statement, detail | {"what": why})
    if not own.problem:
        return Told(_CODE, Status.ERROR, _faults(facts), detail)
    return _without_store(facts, detail)


def _without_store(facts: Facts, detail: Mapping[str, Json]) -> Told:
    """No Content Credentials are seen in the file: is it the file that is malformed?"""
    container = facts.own.container if facts.own is not None else None
    if container is None or not container.format or container.is_whole:
        return Told(REFUSED, Status.UNKNOWN, _refused(facts), detail)
    kind: Fact = {"id": f"format.{container.format.removeprefix('structured ')}"}
    if container.stops < 0:
        return Told(_CODE, Status.ERROR, say("integrity.malformed_file", format=kind), detail)
    statement = say("integrity.malformed_file.from", stops=f"{container.stops:,}", format=kind)
    return Told(_CODE, Status.ERROR, statement, {**detail, "stops": container.stops})


def is_only_refused(facts: Facts) -> bool:
    """Whether an engine gives up on a file in which nobody else sees Content Credentials, and nothing wrong."""
    own = facts.own
    if facts.first.outcome is not Outcome.UNPARSABLE or own is None or own.problem is not Problem.ABSENT:
        return False
    return not own.container.format or own.container.is_whole


def _refused(facts: Facts) -> Said:
    """That an engine gives up, and who looked besides and found nothing."""
    if facts.second is not None and facts.second.outcome is Outcome.ABSENT:
        return say("integrity.engine.refused.absent.both", **refuses(facts.first), other=facts.second.engine)
    return say("integrity.engine.refused.absent", **refuses(facts.first))


def _faults(facts: Facts) -> Said:
    """What of the manifests breaks the rules, by the specification's codes."""
    own = facts.own
    codes = dict.fromkeys(code for check in (own.checks.values() if own is not None else ()) for code in check.codes)
    # Without a claim there is no signature either: the cause first.
    known = [code for code in sorted(codes, key=_is_signature) if code in SPECIFICATION]
    first = next((code for code in known if SPECIFICATION[code][0] is Kind.FAILURE), "")
    if not first:
        return outside.told(facts, "integrity.unsigned_store")
    return outside.told(facts, "integrity.rule_store", rule=broken_rule(first))


def _is_signature(code: str) -> bool:
    return code.startswith("claimSignature.")
