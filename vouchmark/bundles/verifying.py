"""Is a bundle what was closed, does its check come out the same again, and what follows by the reader's own lists?

Three questions, and none answers another. Digests, seal and stamp say that nothing was altered since. Running the check
again with the bundle's own inputs says that its reports are what those inputs give. What may be concluded, and the exit
code, comes from a third: the same files by the lists, policy and issuers of whoever verifies.
"""

from __future__ import annotations

import datetime as dt
import hmac
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from provenance.asset import Limits
from provenance.credentials.errors import CredentialsError
from provenance.credentials.trust.view import view_of
from vouchmark.bundles import differences, running, tool
from vouchmark.bundles.bag import layout
from vouchmark.bundles.bag.errors import BundleError
from vouchmark.bundles.bag.model import Bundle, FileRow, InputsRow
from vouchmark.bundles.bag.opening import Opened, opened
from vouchmark.bundles.hands import custody, receipts, sealing, stamping
from vouchmark.bundles.inputs.asked import Asked, asked_from, vouch_from, with_limits, written
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import make_settings
from vouchmark.lines.facts import instant
from vouchmark.render import json as report_json
from vouchmark.report import Exit, Outcome, Report, ReportError, Status, exit_code, overall_exit

if TYPE_CHECKING:
    from provenance.workers.pool import Pool


Lines: TypeAlias = "list[tuple[custody.Entry, str]]"
"""Those of a custody log, each with its digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    code: str
    """`bundle.files`, `bundle.digest`, `bundle.seal`, `bundle.stamp`, `bundle.custody`, `bundle.again`, …"""
    status: Status
    words: str
    """One sentence."""
    details: tuple[str, ...] = ()
    """What it rests on, line by line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One file, by the bundle's lists and by the reader's."""

    row: FileRow
    theirs: Report | None
    """As the report in the bundle says; None where that is none."""
    yours: Report
    """By the lists of whoever verifies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What came of it."""

    digest: str
    bundle: Bundle | None
    checks: tuple[Check, ...]
    files: tuple[Answered, ...]
    inputs_differ: tuple[str, ...]
    """Which inputs of the reader's are other ones than the bundle's."""
    exit: Exit
    entries: tuple[custody.Entry, ...] = ()
    """The lines of custody."""

    @property
    def is_altered(self) -> bool:
        """Whether anything was altered, or is not what the reader expected."""
        return any(check.status is Status.FAIL for check in self.checks)

    def status_of(self, code: str) -> Status | None:
        """The status of the check with that code; None where there is none."""
        return next((one.status for one in self.checks if one.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the reader knows of a bundle from elsewhere."""

    digest: str = ""
    """The one that was mailed or published."""
    keys: tuple[bytes, ...] = ()
    """Public keys in PEM, one of which has to have sealed it."""
    receipts: tuple[bytes, ...] = ()
    """Receipts that the reader has from elsewhere: a log that lacks the line of one was cut."""
    pictures: bool = False
    """Whether the reader's own reports are to bring small pictures, for a page."""
    fail_on: Outcome | None = None
    """The outcome of the reader's policy from which on the exit code is 1."""


def verify(
    place: Path,
    yours: Asked,
    expected: Expected | None = None,
    *,
    pool: Pool | None = None,
    seconds: float = math.inf,
) -> Verified:
    """Look at a bundle in every way.

    Args:
        place: a folder or a ZIP.
        yours: the lists, policy and options of whoever verifies; these decide the exit code.
        expected: what they know of it from elsewhere.
        pool: where to parse; None parses in this process.
        seconds: for writing one report down.

    Raises:
        NoBundleError: there is none.
        BundleError: it cannot be read, or a key of the reader's is none.
        OSError: the system could not read it.
        ProvenanceError, VouchmarkError, zk.errors.ZkError: as `check`, for what is the reader's.
    """
    with opened(place) as bag:
        return verify_opened(bag, yours, expected or Expected(), pool=pool, seconds=seconds)


def verify_opened(
    bag: Opened, yours: Asked, expected: Expected, *, pool: Pool | None = None, seconds: float = math.inf
) -> Verified:
    """The same of one that is open. Raises as `verify`."""
    now = yours.at or dt.datetime.now(dt.UTC)
    yours = replace(yours, at=now.astimezone(dt.UTC).replace(microsecond=0))
    log, lines = _custody(bag)
    checks = [
        _files(bag),
        *_container(bag),
        *_digest(bag, expected),
        *_seal(bag, expected, lines),
        _stamp(bag, yours),
        log,
        *_receipts(bag, expected, lines),
    ]
    checks.extend(_withheld(bag))
    answered: tuple[Answered, ...] = ()
    differ: tuple[str, ...] = ()
    if bag.is_whole and bag.bundle is not None:
        again, theirs = _again(bag, bag.bundle, yours.limits, pool, seconds)
        checks.append(again)
        answered = tuple(_answers(bag, bag.bundle, yours, theirs, expected, pool))
        differ = tuple(differences.of_inputs(bag.bundle.inputs, _inputs_of(yours, bag.bundle)))
    else:
        words = "The check was not run: what lies below data is not what was closed."
        checks.append(Check(code="bundle.again", status=Status.SKIPPED, words=words))
    return Verified(
        digest=bag.digest,
        bundle=bag.bundle,
        checks=tuple(checks),
        files=answered,
        inputs_differ=differ,
        exit=_exit(checks, answered, expected),
        entries=tuple(entry for entry, _ in lines),
    )


def _exit(checks: Iterable[Check], answered: tuple[Answered, ...], expected: Expected) -> Exit:
    """1 where anything was altered; else what the reader's own lists give."""
    from vouchmark.policies.policy import at_least_as_strong

    if any(check.status is Status.FAIL for check in checks):
        return Exit.FAILED
    codes = [exit_code(one.yours) for one in answered]
    verdicts = [one.yours.verdict for one in answered if one.yours.verdict is not None]
    reached = expected.fail_on is not None and any(
        at_least_as_strong(verdict.outcome, expected.fail_on) for verdict in verdicts
    )
    if reached:
        codes.append(Exit.FAILED)
    return overall_exit(codes)


def _files(bag: Opened) -> Check:
    details = tuple(f"{one.path}: {one.words}" for one in bag.troubles)
    if details:
        count = len({one.path for one in bag.troubles})
        words = f"{count} {'file is' if count == 1 else 'files are'} not as they were when it was closed."
        return Check(code="bundle.files", status=Status.FAIL, words=words, details=details)
    if bag.bundle is None:
        return Check(
            code="bundle.files", status=Status.FAIL, words="It does not say what it holds.", details=(layout.BUNDLE,)
        )
    words = f"All {len(bag.found)} files are there, each with the digest that it is listed with, and nothing else."
    return Check(code="bundle.files", status=Status.PASS, words=words)


def _container(bag: Opened) -> Iterator[Check]:
    if bag.container:
        yield Check(code="bundle.zip", status=Status.UNKNOWN, words=f"As a ZIP: {bag.container}.")


def _digest(bag: Opened, expected: Expected) -> Iterator[Check]:
    if not expected.digest:
        return
    wanted = expected.digest.strip().lower()
    same = bool(bag.digest) and hmac.compare_digest(bag.digest.encode(), wanted.encode())
    yield Check(
        code="bundle.digest",
        status=Status.PASS if same else Status.FAIL,
        words="Its digest is the one that you were given."
        if same
        else "Its digest is not the one that you were given: this is another bundle.",
        details=(f"{layout.MANIFEST}: {bag.digest or 'not there'}",),
    )


def _seal(bag: Opened, expected: Expected, lines: Lines) -> Iterator[Check]:
    known = [sealing.read_public(pem)[1] for pem in expected.keys]
    if not bag.has(layout.SEAL):
        if bag.has(layout.SEAL_KEY):
            yield Check(code="bundle.seal", status=Status.FAIL, words=f"{layout.SEAL} is missing, its key is there.")
        elif known:
            yield Check(
                code="bundle.seal", status=Status.FAIL, words="It has no seal, and you expected one by your key."
            )
        else:
            yield Check(code="bundle.seal", status=Status.ABSENT, words="It has no seal.")
        return
    try:
        by = _sealed_by(bag, lines)
    except (sealing.SealError, BundleError, UnicodeDecodeError) as error:
        if isinstance(error, BundleError) and not isinstance(error, sealing.SealKeyError) and bag.has(layout.SEAL_KEY):
            raise
        yield Check(
            code="bundle.seal", status=Status.FAIL, words=f"The seal does not hold: {error}.", details=(layout.SEAL,)
        )
        return
    if not known:
        yield Check(code="bundle.seal", status=Status.UNKNOWN, words=f"Sealed by key {by}, unknown to you.")
    elif by in known:
        yield Check(code="bundle.seal", status=Status.PASS, words=f"Sealed by your key {by}.")
    else:
        yield Check(
            code="bundle.seal", status=Status.FAIL, words=f"Sealed by key {by}, which is not the one that you named."
        )


def _sealed_by(bag: Opened, lines: Lines) -> str:
    """The id of the key whose seal holds over what is there. Raises SealError or BundleError."""
    if not bag.has(layout.SEAL_KEY):
        raise sealing.SealError(f"{layout.SEAL_KEY} is missing")
    public, key = sealing.read_public(bag.path(layout.SEAL_KEY).read_bytes())
    content = sealing.opened(bag.path(layout.SEAL).read_bytes(), sealing.PAYLOAD, public, key)
    there = {path: digest for path, digest in bag.found.items() if path.startswith("data/")}
    number = sealing.lines_of(content)
    entry, head = lines[number - 1] if 1 <= number <= len(lines) else (None, "")
    anew = sealing.statement(there, bag=bag.digest, head=head, lines=number)
    if entry is None or entry.bag != bag.digest or content != anew:
        raise sealing.SealError(_other(content, there))
    return key


def _other(content: bytes, there: dict[str, str]) -> str:
    """What a statement that is signed says otherwise, as far as it can be read."""
    import json

    try:
        subject = json.loads(content)["subject"]
        sealed = {one["name"]: one["digest"]["sha256"] for one in subject}
    except (ValueError, KeyError, TypeError, RecursionError):
        return "it was made for something else"
    differ = sorted(path for path in sealed.keys() | there.keys() if sealed.get(path) != there.get(path))
    if not differ:
        return "it was made for another manifest, or for lines of custody that are not there"
    more = f" and {len(differ) - 5} more" if len(differ) > 5 else ""
    return f"it was made for other files: {', '.join(map(str, differ[:5]))}{more}"


def _stamp(bag: Opened, yours: Asked) -> Check:
    if not bag.has(layout.STAMP):
        return Check(code="bundle.stamp", status=Status.ABSENT, words="It has no time stamp.")
    if not bag.has(layout.SEAL):
        return Check(
            code="bundle.stamp", status=Status.FAIL, words="It has a time stamp over a seal that is not there."
        )
    at = yours.at or dt.datetime.now(dt.UTC)
    try:
        when, label, name = stamping.assess(
            bag.path(layout.STAMP).read_bytes(),
            bag.path(layout.SEAL).read_bytes(),
            view_of(yours.trust.lists()),
            at=at,
        )
    except CredentialsError as error:
        words = f"The time stamp does not hold over this seal: {error}."
        return Check(code="bundle.stamp", status=Status.FAIL, words=words, details=(layout.STAMP,))
    if not label:
        words = f"An authority that none of your lists vouches for says that the seal was there on {instant(when)}."
        return Check(code="bundle.stamp", status=Status.UNKNOWN, words=words, details=(f"it uses the name “{name}”",))
    words = f"The seal was there on {instant(when)}, says an authority on your list ({label})."
    return Check(code="bundle.stamp", status=Status.PASS, words=words, details=(f"it uses the name “{name}”",))


def _custody(bag: Opened) -> tuple[Check, Lines]:
    """(what the log is worth, its lines with their digests)."""
    if not bag.has(layout.CUSTODY):
        return Check(code="bundle.custody", status=Status.FAIL, words="Its custody log is missing."), []
    try:
        lines = custody.read_log(bag.path(layout.CUSTODY).read_bytes())
    except custody.CustodyError as error:
        words = f"Its custody log does not hold: {error}."
        return Check(code="bundle.custody", status=Status.FAIL, words=words, details=(layout.CUSTODY,)), []
    if not lines:
        return Check(code="bundle.custody", status=Status.FAIL, words="Its custody log has no line."), []
    if lines[-1][0].bag != bag.digest:
        words = "Its custody log speaks of another bundle."
        return Check(code="bundle.custody", status=Status.FAIL, words=words, details=(layout.CUSTODY,)), lines
    count = f"{len(lines)} {'line' if len(lines) == 1 else 'lines'}"
    words = (
        f"Its custody log has {count}, each with the digest of the one before. "
        "Later lines, if there are any, are not in this copy."
    )
    return Check(code="bundle.custody", status=Status.PASS, words=words), lines


def _receipts(bag: Opened, expected: Expected, lines: Lines) -> Iterator[Check]:
    """What receivers countersigned: as far as it lies in the bundle, and as far as the reader has it from elsewhere."""
    inside = {path: bag.path(path).read_bytes() for path in sorted(bag.found) if layout.RECEIPT.fullmatch(path)}
    outside = {f"your receipt {number}": octets for number, octets in enumerate(expected.receipts, start=1)}
    wanted = {receipts.path_of(entry.n): entry.key for entry, _ in lines if entry.key}
    bad = [f"{path}: is missing" for path in sorted(wanted.keys() - inside.keys())]
    good: list[str] = []
    for path, octets in (inside | outside).items():
        try:
            receipt = receipts.read(octets)
        except sealing.SealError as error:
            bad.append(f"{path}: {error}")
            continue
        words = receipts.trouble(receipt, lines)
        if (
            not words
            and path in inside
            and (path != receipts.path_of(receipt.lines) or wanted.get(path) != receipt.key)
        ):
            words = f"is not the receipt that line {receipt.lines} names"
        if words:
            bad.append(f"{path}: {words}")
        else:
            good.append(f"line {receipt.lines}, by key {receipt.key}")
    if bad:
        words = "What receivers countersigned does not fit its custody log."
        yield Check(code="bundle.receipts", status=Status.FAIL, words=words, details=tuple(bad))
    elif good:
        words = "Receivers countersigned its custody log; whose the keys are is for you to know."
        yield Check(code="bundle.receipts", status=Status.PASS, words=words, details=tuple(good))


def _withheld(bag: Opened) -> Iterator[Check]:
    if bag.bundle is not None and bag.bundle.withheld:
        count = len(bag.bundle.withheld)
        words = f"{count} {'file is' if count == 1 else 'files are'} withheld from this copy, with all that shows them."
        details = tuple(f"file {row.number}: {row.digest}" for row in bag.bundle.withheld)
        yield Check(code="bundle.withheld", status=Status.UNKNOWN, words=words, details=details)


def _again(
    bag: Opened, bundle: Bundle, limits: Limits, pool: Pool | None, seconds: float
) -> tuple[Check, dict[int, Report]]:
    """Run the check again with the bundle's own inputs; (what came of it, the reports that lie in it)."""
    theirs: dict[int, Report] = {}
    for row in bundle.files:
        try:
            theirs[row.number] = report_json.loads(bag.read(layout.report_path(row.number, "json")))
        except (ReportError, BundleError):
            continue
    try:
        given = asked_from(bundle.inputs, bag.read)
        asked = with_limits(given, limits)
        found = _compared(bag, bundle, asked.options(), pool, seconds, theirs)
    except Exception as error:
        from vouchmark.examination.raised import ERRORS

        if not isinstance(error, ERRORS):
            raise
        words = f"It cannot be run again: {str(error)[:300]}."
        return Check(code="bundle.again", status=Status.UNKNOWN, words=words), theirs
    reasons = differences.of_versions(bundle.environment, tool.environment())
    if not found.other:
        words = "Run again with its own inputs, its reports come out byte for byte the same."
        more = f"Versions differ all the same: {'; '.join(reasons)}"
        same = Check(code="bundle.again", status=Status.PASS, words=words, details=(more,) if reasons else ())
        return same, theirs
    if asked.limits != given.limits:
        reasons.append("your limits for one file are lower than its maker's were")
    if bundle.withheld:
        reasons.append("files are withheld, with which it was run")
    if found.other.keys() <= found.stuck:
        reasons.append("what differs could not be looked at here as it was then: time, memory or a crash")
    count = sum(map(len, found.other.values()))
    reports = f"{count} {'report' if count == 1 else 'reports'}"
    details = (*reasons, *found.differ)
    if reasons:
        words = f"Run again with its own inputs, {reports} of it come out otherwise: why, and where, stands below."
        return Check(code="bundle.again", status=Status.UNKNOWN, words=words, details=details), theirs
    words = (
        f"Run again with its own inputs and the same versions, {reports} of it come out otherwise: they were altered."
    )
    return Check(code="bundle.again", status=Status.FAIL, words=words, details=details), theirs


@dataclass(slots=True)
class _Compared:
    """What came out otherwise."""

    other: dict[int, list[str]] = field(default_factory=dict)
    """By file, the paths of its reports."""
    differ: list[str] = field(default_factory=list)
    """In what."""
    stuck: set[int] = field(default_factory=set)
    """Files that could not be looked at now, and could then."""

    def add(self, number: int, path: str, words: list[str], *, is_stuck: bool) -> None:
        """One report."""
        self.other.setdefault(number, []).append(path)
        self.differ += [f"{path}: {one}" for one in words]
        if is_stuck:
            self.stuck.add(number)


def _compared(
    bag: Opened,
    bundle: Bundle,
    options: Any,
    pool: Pool | None,
    seconds: float,
    theirs: dict[int, Report],
) -> _Compared:
    """Both runs again, and every report held against the one in the bundle."""
    found = _Compared()

    def held() -> Iterator[Any]:
        return (running.held(row, bag.path, bag.read) for row in bundle.files)

    for one in running.reports(bundle.files, held(), options, pool, seconds=seconds):
        before, number = theirs.get(one.row.number), one.row.number
        for form, text in one.texts.items():
            path = layout.report_path(number, form)
            if bag.read(path) == text:
                continue
            words = [f"{'no report' if form == 'json' else 'another page'}"]
            if form == "json" and before is not None:
                words = differences.of_reports(before, report_json.loads(text))
            found.add(number, path, words, is_stuck=before is not None and _stuck(before, one.report))
    for row, text in running.crjsons(bundle.files, held(), options, pool, seconds=seconds):
        path = layout.report_path(row.number, "crjson")
        if (old := bag.read(path)) != text:
            is_stuck = text.count(b'"error"') > old.count(b'"error"')
            found.add(row.number, path, ["another crJSON"], is_stuck=is_stuck)
    return found


def _stuck(before: Report, now: Report) -> bool:
    """Whether some line could not be looked at now, and could then."""
    lines = zip(before.evidence.values(), now.evidence.values(), strict=True)
    return any(new.status is Status.ERROR and old.status is not Status.ERROR for old, new in lines)


def _answers(
    bag: Opened, bundle: Bundle, yours: Asked, theirs: dict[int, Report], expected: Expected, pool: Pool | None
) -> Iterator[Answered]:
    """Each file by the reader's own lists; what was given by hand beside it is looked at as it lies there."""
    settings = make_settings(_with_given(yours, bag, bundle.inputs).options(), pictures=expected.pictures)
    held = (running.held(row, bag.path, bag.read) for row in bundle.files)
    for row, report in zip(bundle.files, examine_all(held, settings, pool=pool), strict=True):
        yield Answered(row=row, theirs=theirs.get(row.number), yours=report)


def _with_given(yours: Asked, bag: Opened, inputs: InputsRow) -> Asked:
    """The reader's own options, with the vouches and the manifest store that were given by hand for this file."""
    given = tuple(vouch_from(row, bag.read) for row in inputs.options.vouches)
    store = bag.read(layout.MANIFEST_STORE) if inputs.options.manifest else None
    return replace(yours, vouches=given, manifest=store)


def _inputs_of(yours: Asked, bundle: Bundle) -> InputsRow:
    """The reader's inputs as a bundle would describe them."""
    return written(yours, issuers_spoke=bool(bundle.inputs.issuers))[0]
