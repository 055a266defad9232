"""What does the first line say of the bytes and of whoever signed them?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from vouchmark.render.headline.clauses import Clause, Rank
from vouchmark.render.headline.declared import own_declaration
from vouchmark.render.safe import plain
from vouchmark.render.words import amount, sentence, with_status
from vouchmark.report import Finding, Line, Report, Status
from vouchmark.wording.catalogue import has, say
from vouchmark.wording.model import Fact, Said

MAX_METADATA: Final = 3
"""Kinds of metadata named in the answer."""
NAME_SHOWN: Final = 80
"""Code points of a signer's name in the answer."""

_BYTES: Final = ("Hash.mismatch", "Hash.unknownBox", "Hash.incorrectFileCount", "Hash.missingPart")
_SIGNATURE: Final = ("claimSignature.mismatch", "claimSignature.missing")
_RECORD: Final = (
    "assertion.hashedURI.mismatch",
    "assertion.missing",
    "assertion.undeclared",
    "hashedURI.mismatch",
    "hashedURI.missing",
)
_FAILURES: Final = {
    "integrity.coverage.media_excluded": "headline.media_excluded",
    "integrity.stores.multiple": "headline.stores",
    "integrity.malformed": "headline.malformed",
    "integrity.unbound": "headline.unbound",
}
"""Failures of the binding that are no change after signing."""
_UNKNOWNS: Final = {
    "integrity.store.alone": "headline.alone",
    "integrity.fragments.missing": "headline.fragment",
    "integrity.fragments.unused": "headline.fragments.unused",
    "integrity.store.unreached": "headline.unreached",
    "integrity.sidecar.unused": "headline.beside",
    "integrity.store.differs": "headline.differs",
    "integrity.unconfirmed": "headline.unconfirmed",
}
_FIRST: Final = {
    "integrity.coverage.wide": "headline.wide",
    "integrity.update.length": "headline.length",
    "integrity.text.form": "headline.form",
}
"""What explains why verifiers disagree, and so is told before that they do."""
_UNCOVERED: Final = {
    "integrity.coverage.trailing_excluded": "headline.trailing",
    "integrity.coverage.other_excluded": "headline.other_parts",
    "integrity.coverage.order_excluded": "headline.order",
    "integrity.coverage.unknown": "headline.extent",
    "integrity.shown.excluded": "headline.shown",
}
"""What is left out of the signature without being media."""
_BESIDES: Final = {
    "integrity.text.unseen": "headline.unseen",
    "integrity.second_reading": "headline.second_reading",
    "integrity.name": "headline.name",
    "integrity.thumbnail.unlike": "headline.thumbnail.unlike",
}
"""What else one may be shown than the signed file, all of which is as it was."""

_LISTS: Final = {
    "signer.official": "official",
    "signer.interim": "interim",
    "signer.yours": "yours",
    "signer.bundled": "bundled",
}
_REFUSED: Final = {
    "signer.distrusted": "distrusted",
    "signer.revoked": "revoked",
    "signer.profile.violated": "irregular",
    "signer.assurance.exceeded": "assurance",
    "signer.signal.disallowed": "signal",
}
AS_SAID: Final = ", as you said"
"""How a label ends that rests on the reader's word alone."""

_FORMATS: Final = {
    "video/x-matroska": "matroska",
    "video/webm": "webm",
    "video/x-flv": "flash",
    "video/x-ms-wmv": "windows-media",
    "image/bmp": "bmp",
    "image/jp2": "jpeg-2000",
    "image/vnd.adobe.photoshop": "psd",
    "audio/aiff": "aiff",
    "text/plain": "text",
    "text/html": "html",
}
"""Types that are not supported, by the last word of the id of what people call them."""
_NO_TYPE: Final = "application/octet-stream"


def base(report: Report) -> Iterator[Clause]:
    """What is said of the bytes and the signer; nothing where there are no Content Credentials."""
    match report.evidence[Line.INTEGRITY].status:
        case Status.ERROR:
            yield Clause(Rank.UNREAD, _error(report))
        case Status.FAIL:
            yield Clause(Rank.BYTES, _failure(report))
        case Status.UNKNOWN:
            yield from _unknown(report)
        case Status.PASS:
            if given := _given(report):
                yield Clause(Rank.DOUBT, given)
                yield _rest(report, "headline.given")
            else:
                yield _intact(report)


def lower(text: str) -> str:
    """A sentence within a longer one: with a small first letter, unless its first word is all capitals."""
    words = sentence(text)
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def _error(report: Report) -> Said:
    finding = next(with_status(report, Line.INTEGRITY, Status.ERROR), None)
    reason = f"headline.unread.{finding.detail.get('reason', '')}" if finding else ""
    if has(reason):
        return say(reason)
    words = lower(report.evidence[Line.INTEGRITY].summary)
    if finding is not None and finding.code == "integrity.unparsable":
        return say("headline.unread", why=lower(finding.statement))
    could_not = "the file could not be read: "
    if words.startswith(could_not):
        return say("headline.unread", why=words.removeprefix(could_not))
    return say("headline.unchecked", why=words)


def _failure(report: Report) -> Said:
    """Worst first: changed bytes, an invalid signature, a changed record, then what was wrong from the beginning."""
    if cut := _cut(report):
        return say("headline.cut", amount=cut)
    failed = [finding.code for finding in with_status(report, Line.INTEGRITY, Status.FAIL)]
    if any(code.startswith("assertion.") and code.endswith(_BYTES) for code in failed):
        return _changed(report)
    if any(code in _SIGNATURE for code in failed):
        return say("headline.signature")
    if any(code in _RECORD for code in failed):
        return say("headline.statements")
    malformed = [one for one in with_status(report, Line.INTEGRITY, Status.FAIL) if one.code == "integrity.malformed"]
    if malformed and all(one.detail.get("of") == "update" for one in malformed):
        return say("headline.malformed.update")
    for code, words in _FAILURES.items():
        if code in failed:
            return say(words)
    return say("headline.broken", why=lower(report.evidence[Line.INTEGRITY].summary))


def _changed(report: Report) -> Said:
    for finding in report.evidence[Line.INTEGRITY].findings:
        outside = f"headline.changed.{finding.detail.get('from', '')}"
        if finding.code == "integrity.store.outside" and has(outside):
            return say(outside)
    for finding in report.evidence[Line.SIGNER].findings:
        vouched = finding.code == "signer.other_bytes" and finding.detail.get("vouched") is True
        if vouched and (name := _name(finding)):
            return say("headline.changed.by", name=name)
    return say("headline.changed")


def _cut(report: Report) -> str:
    """After how much the file breaks off; empty where it does not."""
    for finding in report.evidence[Line.INTEGRITY].findings:
        if finding.code == "integrity.cut":
            present, announced = finding.detail.get("present"), finding.detail.get("announced", 0)
            if isinstance(present, int) and isinstance(announced, int):
                return amount(present, of=announced, at_least=finding.detail.get("at_least") is True)
            return say("amount.some")
    return ""


def _unknown(report: Report) -> Iterator[Clause]:
    if cut := _cut(report):
        yield Clause(Rank.BYTES, say("headline.cut.unknown", amount=cut))
        return
    doubts = {finding.code: finding for finding in reversed([*with_status(report, Line.INTEGRITY, Status.UNKNOWN)])}
    for table in (_FIRST, _UNKNOWNS):
        for code, words in table.items():
            if code in doubts:
                found = code == "integrity.store.unreached" and doubts[code].detail.get("found")
                yield Clause(Rank.DOUBT, say("headline.unreached.found" if found else words))
                if table is _FIRST:
                    yield _rest(report)
                return
    for code in ("integrity.remote", "integrity.unsupported"):
        if code in doubts:
            yield Clause(Rank.DOUBT, _remote(report, doubts[code]) if code.endswith("remote") else _type(report))
            return
    if doubts and doubts.keys() <= _BESIDES.keys():
        for code in doubts:
            yield Clause(Rank.DOUBT, say(_BESIDES[code]))
        yield _intact(report)
        return
    for code, words in _UNCOVERED.items():
        if code in doubts:
            yield Clause(Rank.DOUBT, say(words))
            yield _rest(report)
            return
    why = lower(report.evidence[Line.INTEGRITY].summary)
    yield Clause(Rank.DOUBT, say("headline.doubt", why=why))


def _remote(report: Report, finding: Finding) -> Said:
    """Where the Content Credentials are kept."""
    try:
        host = urlsplit(str(finding.detail.get("url", ""))).hostname or ""
    except ValueError:
        host = ""
    asked = "online" in report.inputs.options
    return say("headline.remote.refused" if asked else "headline.remote", host=plain(host) or say("headline.address"))


def _type(report: Report) -> Said:
    kind = report.media.type or _NO_TYPE
    if kind == _NO_TYPE:
        return say("headline.unsupported.unknown")
    called: Fact = {"id": f"headline.format.{_FORMATS[kind]}"} if kind in _FORMATS else kind
    return say("headline.unsupported", format=called)


def _rest(report: Report, words: str = "headline.rest") -> Clause:
    """Who signed the part that is as it was."""
    who = next((one for one in report.evidence[Line.SIGNER].findings if _name(one)), None)
    if who is None or report.evidence[Line.SIGNER].status not in (Status.PASS, Status.UNKNOWN):
        return Clause(Rank.SIGNED, say(f"{words}.nobody"))
    vouched = "yes" if report.evidence[Line.SIGNER].status is Status.PASS else ""
    return Clause(Rank.SIGNED, say(words, who={"name": _name(who), "vouched": vouched}))


def _intact(report: Report) -> Clause:
    """Unchanged: by whom, what the signer declares about AI, and what speaks against relying on it."""
    status = report.evidence[Line.SIGNER].status
    if status is Status.FAIL:
        return Clause(Rank.SIGNER, _refusal(report))
    if status is Status.PASS:
        signed, facts = _signed(report)
        return _telling(report, Rank.SIGNED, signed, facts, "listed")
    if status is Status.UNKNOWN:
        word, facts = _doubt(report)
        declared = {"unknown": "unknown", "expired": "expired"}.get(word, "")
        return _telling(report, Rank.UNKNOWN, word, facts, declared)
    return Clause(Rank.UNKNOWN, _with_parts(report, "unlooked", {}))


def _telling(report: Report, rank: Rank, word: str, facts: dict[str, Fact], declared: str) -> Clause:
    """The same with what the signer declares about AI, where that is more telling than who signed."""
    code = own_declaration(report)
    if code and declared and (name := facts.get("name")):
        return Clause(Rank.AI, say(f"headline.{code}.{declared}", name=name))
    return Clause(rank, _with_parts(report, word, facts))


def _with_parts(report: Report, word: str, facts: dict[str, Fact]) -> Said:
    parts = _left_out(report)
    return (
        say(f"headline.signed.{word}.but", parts=parts, **facts) if parts else say(f"headline.signed.{word}", **facts)
    )


def _signed(report: Report) -> tuple[str, dict[str, Fact]]:
    """Under which list the signer was recognised, and its name."""
    for finding in with_status(report, Line.SIGNER, Status.PASS):
        name, label = _name(finding) or "a signer", str(finding.detail.get("label", ""))
        if finding.code in _LISTS and label.endswith(AS_SAID):
            return "said", {"name": name, "label": label}
        if finding.code in _LISTS:
            return _LISTS[finding.code], {"name": name}
        if finding.code == "signer.publisher":
            label = str(finding.detail.get("publishers", ""))
            if label in ("iptc", "yours"):
                return {"iptc": "iptc", "yours": "publisher"}[label], {"name": name}
            return "publisher.said", {"name": name, "label": label}
    return "unestablished", {}


def _doubt(report: Report) -> tuple[str, dict[str, Fact]]:
    """Why the signer's name is only its own claim; of certificates that were not valid, whose and at which moment."""
    for finding in with_status(report, Line.SIGNER, Status.UNKNOWN):
        name, code = _name(finding), finding.code.removeprefix("signer.")
        if not name or code not in ("unknown", "listed", "expired", "not_yet_valid"):
            continue
        when = finding.detail.get("judged_at")
        is_stamped = finding.detail.get("judged_by") == "time-stamp" and isinstance(when, str)
        if code == "expired" and finding.detail.get("outside") == "authority":
            return "expired.authority", {"name": name}
        if code in ("expired", "not_yet_valid") and is_stamped:
            return f"{code}.stamped", {"name": name, "time": str(when)[:10]}
        return code, {"name": name}
    return "unestablished", {}


def _refusal(report: Report) -> Said:
    """Why not to rely on the signer."""
    for finding in with_status(report, Line.SIGNER, Status.FAIL):
        if finding.code == "signer.test_key":
            return say("headline.test_key")
        word, name = _REFUSED.get(finding.code, ""), _name(finding)
        if word in ("assurance", "signal"):
            return _with_parts(report, word, {})
        if word and name:
            return _with_parts(report, word, {"name": name})
    return _with_parts(report, "refused", {})


def _given(report: Report) -> Said | None:
    """That a video was given in part; None where all of it was."""
    for finding in with_status(report, Line.INTEGRITY, Status.PASS):
        total, missing = finding.detail.get("fragments"), finding.detail.get("fragments_missing")
        if isinstance(total, int) and isinstance(missing, int) and missing > 0:
            return say("headline.fragments", given=total - missing, total=total)
    return None


def _left_out(report: Report) -> list[str]:
    """Which metadata is outside the signature; empty where none is."""
    for finding in with_status(report, Line.INTEGRITY, Status.PASS, Status.UNKNOWN):
        if finding.code != "integrity.coverage.metadata_excluded":
            continue
        ranges = finding.detail.get("excluded")
        found = (
            {str(one["name"]) for one in ranges if isinstance(one, dict) and one.get("kind") == "metadata"}
            if isinstance(ranges, list)
            else set()
        )
        names = sorted(plain(name, limit=NAME_SHOWN) for name in found if name)
        return [*names[:MAX_METADATA], *([say("headline.metadata.other")] if len(names) > MAX_METADATA else [])] or [
            say("headline.metadata")
        ]
    return []


def _name(finding: Finding) -> str:
    name = finding.detail.get("name")
    return plain(name, limit=NAME_SHOWN) if isinstance(name, str) and name else ""
