"""How is a bundle handed on: whole, or without some of its files and without anything that shows them?

A copy is a bundle of its own, with the log of custody so far and a line more. Without files it is another bundle, with
another digest: seal and stamp of the first one name the digests of all its files, and stay behind. What is withheld is
named by a digest with a salt, which only who has the whole bundle can compare.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from vouchmark import __version__
from vouchmark.bundles import running, tool
from vouchmark.bundles.bag import layout, manifests
from vouchmark.bundles.bag.errors import BundleError
from vouchmark.bundles.bag.model import Bundle, FileRow, WithheldRow, dumps, payload
from vouchmark.bundles.bag.opening import Opened, opened
from vouchmark.bundles.bag.staging import Stage, staged
from vouchmark.bundles.hands import custody
from vouchmark.bundles.inputs import answers as answering
from vouchmark.bundles.inputs.asked import asked_from
from vouchmark.bundles.making import Closed, is_a_bag, salted, sealed
from vouchmark.lines.facts import instant

if TYPE_CHECKING:
    from provenance.workers.pool import Pool

LEAST_NAME: Final = 5
"""Characters of a name that is looked for elsewhere: shorter ones stand in any text."""


class WithheldError(BundleError):
    """A file that cannot be withheld as asked: there is none of that name, or others speak of it."""

    hint = "name files by their numbers, as 'vouchmark bundle verify' shows them"


def copy(
    source: Path,
    place: Path,
    *,
    withhold: Iterable[str] = (),
    by: str = "",
    seal: Any = None,
    pool: Pool | None = None,
    seconds: float = math.inf,
) -> Closed:
    """Make a copy of a bundle, whole or not at all.

    Args:
        source: the bundle.
        place: where the copy appears; a ZIP where it ends in `.zip`.
        withhold: files that are left out, by number, or by name where only one is called so.
        by: who copies it, for the log.
        seal: who seals the copy (`vouchmark.bundles.hands.sealing.Sealer`); where None, a whole copy keeps its seal.
        pool: where to parse, for the answers of an index or a ledger that stay; None parses in this process.
        seconds: for writing one report down.

    Raises:
        BundleError: the bundle was altered, or a file cannot be withheld as asked.
        OSError: the system refused.
    """
    with opened(source) as bag, staged(place) as stage:
        bundle = bag.bundle
        if bundle is None or bag.troubles:
            hint = f"see: vouchmark bundle verify {source.name}" if layout.is_path(source.name) else None
            raise BundleError(f"{source}: is not what it was when it was closed, and is not copied", hint=hint)
        lines = _log(bag)
        left_out = _chosen(bundle, tuple(withhold))
        if left_out:
            _copy_without(bag, bundle, stage, left_out, pool, seconds)
        else:
            for path in sorted(bag.found):
                if path.startswith("data/"):
                    stage.copy(bag.path(path), path)
        return _close(bag, bundle, stage, lines, left_out, by=by, seal=seal)


def _log(bag: Opened) -> list[tuple[custody.Entry, str]]:
    try:
        lines = custody.read_log(bag.path(layout.CUSTODY).read_bytes())
    except custody.CustodyError as error:
        raise BundleError(f"its custody log does not hold: {error}") from error
    if not lines or lines[-1][0].bag != bag.digest:
        raise BundleError("its custody log speaks of another bundle")
    return lines


def _chosen(bundle: Bundle, words: tuple[str, ...]) -> tuple[FileRow, ...]:
    """The files that are to be withheld, in order."""
    found: dict[int, FileRow] = {}
    for word in words:
        named = [row for row in bundle.files if word == str(row.number)] or [
            row for row in bundle.files if word in (row.name, row.below)
        ]
        if len(named) != 1:
            have = f"{len(named)} files are" if named else "no file is"
            raise WithheldError(f"{have} called {word!r} in it")
        found[named[0].number] = named[0]
    if found and len(found) == len(bundle.files):
        raise WithheldError("nothing would be left", hint="hand on nothing, or leave a file in")
    return tuple(found[number] for number in sorted(found))


def _copy_without(
    bag: Opened, bundle: Bundle, stage: Stage, left_out: tuple[FileRow, ...], pool: Pool | None, seconds: float
) -> None:
    """Everything but what shows the files that are left out."""
    rest = _described_without(bundle, left_out)
    written = {layout.BUNDLE, layout.ANSWERS}
    for path in sorted(set(payload(rest)) - written):
        stage.copy(bag.path(path), path)
    if layout.ANSWERS in payload(rest):
        stage.put(layout.ANSWERS, answering.dumps(_answers_of(bag, bundle, rest, pool, seconds)))
    stage.put(layout.BUNDLE, dumps(rest))
    for row in left_out:
        if told := sorted(_tells(stage, row)):
            words = f"file {row.number} is named in {', '.join(told[:5])}"
            raise WithheldError(words, hint="withhold those files as well: whoever reads them learns of it")


def _described_without(bundle: Bundle, left_out: tuple[FileRow, ...]) -> Bundle:
    """The description of the rest: what speaks of all files together (words, attachments, what was given by hand for
    one of them) stays behind as well."""
    gone = {row.number for row in left_out}
    options = msgspec.structs.replace(bundle.inputs.options, manifest=False, vouches=())
    return msgspec.structs.replace(
        bundle,
        files=tuple(row for row in bundle.files if row.number not in gone),
        withheld=tuple(
            sorted(
                (
                    *bundle.withheld,
                    *(
                        WithheldRow(number=row.number, digest=salted(bundle.salts[str(row.number)], row.sha256))
                        for row in left_out
                    ),
                ),
                key=lambda row: row.number,
            )
        ),
        salts={number: salt for number, salt in bundle.salts.items() if int(number) not in gone},
        inputs=msgspec.structs.replace(bundle.inputs, options=options),
        sources=(),
        notes=(),
        attached=(),
    )


def _answers_of(bag: Opened, bundle: Bundle, rest: Bundle, pool: Pool | None, seconds: float) -> answering.Answers:
    """What index and ledger answered about the rest alone: asked again, of what the bundle holds."""
    asked = asked_from(bundle.inputs, bag.read)
    index = None if asked.known is None else answering.IndexRecorder(asked.known)
    ledger = None if asked.ledger is None else answering.LedgerRecorder(asked.ledger)
    asked = replace(asked, known=index, ledger=ledger, manifest=None, vouches=())
    held = [running.held(row, bag.path, bag.read) for row in rest.files]
    for _ in running.reports(rest.files, iter(held), asked.options(), pool, seconds=seconds):
        pass
    return answering.Answers(
        index=None if index is None else index.row(), ledger=None if ledger is None else ledger.row()
    )


def _tells(stage: Stage, row: FileRow) -> Iterator[str]:
    """What of the copy still names a file that is withheld: its digest anywhere, or its name in a report."""
    names = [name.encode() for name in {row.name, row.below or row.name} if len(name) >= LEAST_NAME]
    for path in stage.payload:
        if not path.startswith((layout.REPORTS, layout.INPUTS)) and path != layout.BUNDLE:
            continue
        octets = stage.path(path).read_bytes()
        is_report = path.startswith(layout.REPORTS)
        if row.sha256.encode() in octets or (is_report and any(name in octets for name in names)):
            yield path


def _close(
    bag: Opened,
    bundle: Bundle,
    stage: Stage,
    lines: list[tuple[custody.Entry, str]],
    left_out: tuple[FileRow, ...],
    *,
    by: str,
    seal: Any,
) -> Closed:
    """Manifest, log with a line more, receipts, and a seal: a new one, or the old one of a whole copy."""
    digest = stage.close_payload()
    octets, count = sum(size for _, size in stage.payload.values()), len(stage.payload)
    stage.put(layout.DECLARATION, layout.BAGIT)
    stage.put(layout.INFO, manifests.info(bundle, octets=octets, files=count))
    last, before = lines[-1]
    entry = custody.Entry(
        n=last.n + 1,
        before=before,
        at=instant(dt.datetime.now(dt.UTC)),
        action="copy",
        bag=digest,
        tool=f"{tool.NAME} {__version__}",
        by=by,
        copy_of=bag.digest,
        withheld=len(left_out),
    )
    log = [*(custody.line_of(one) for one, _ in lines), custody.line_of(entry)]
    stage.put(layout.CUSTODY, b"".join(log))
    for path in sorted(bag.found):
        if layout.RECEIPT.fullmatch(path):
            stage.put(path, bag.path(path).read_bytes())
    closed = Closed(bag=digest)
    if seal is not None:
        closed = sealed(stage, seal, digest, log)
    elif not left_out:
        for path in sorted(layout.PERHAPS & bag.found.keys()):
            stage.put(path, bag.path(path).read_bytes())
    stage.close()
    is_a_bag(stage.folder)
    return closed
