"""How is a bundle made: originals copied, looked at where they lie in it, with everything that decided?"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from provenance.asset import AssetError, Limits, open_asset
from provenance.files.sidecar import Sidecar, find_sidecar
from vouchmark import __version__
from vouchmark.bundles import running, tool
from vouchmark.bundles.bag import layout, manifests, readme
from vouchmark.bundles.bag.errors import BundleError, BundleExtraError
from vouchmark.bundles.bag.model import (
    AttachedRow,
    Bundle,
    FileRow,
    InputsRow,
    SidecarRow,
    UnusedRow,
    dumps,
)
from vouchmark.bundles.bag.staging import Stage, staged
from vouchmark.bundles.hands import custody
from vouchmark.bundles.inputs import answers as answering
from vouchmark.bundles.inputs.asked import Asked, vouch_rows, written
from vouchmark.examination.opening.sources import Found, Source, files
from vouchmark.lines.facts import instant
from vouchmark.vouching.files import Beside

if TYPE_CHECKING:
    from provenance.workers.pool import Pool
    from vouchmark.report import Report

SALT: Final = 32
"""Octets of what a file's digest is hidden with in a copy without it."""
MAX_WORDS: Final = 2_000
"""Characters of a source or a note."""
MAX_SAID: Final = 100
"""Sources and notes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """What the keeper says and adds: nothing of it is looked into, but what `bundle verify` knows."""

    by: str = ""
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    attached: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made."""

    place: Path
    digest: str
    """SHA-256 of the manifest: of everything below `data`."""
    reports: tuple[Report, ...]
    unpinned: tuple[str, ...]
    """Distributions of which no published digest is known."""
    sealed_by: str = ""
    """SHA-256 of the key that sealed it."""
    stamped: dt.datetime | None = None


@dataclass(slots=True)
class _Answers:
    """What stands before index and ledger: recorders in the first run, replays of them in the second."""

    index: answering.IndexRecorder | None = None
    ledger: answering.LedgerRecorder | None = None

    def rows(self) -> answering.Answers:
        return answering.Answers(
            index=None if self.index is None else self.index.row(),
            ledger=None if self.ledger is None else self.ledger.row(),
        )


def make(
    sources: Iterable[str | Path],
    place: Path,
    asked: Asked,
    *,
    keeper: Keeper | None = None,
    seal: Any = None,
    pool: Pool | None = None,
    seconds: float = math.inf,
) -> Made:
    """Make a bundle of some files, whole or not at all.

    Args:
        sources: paths; a folder stands for every file in it, as in `check`.
        place: where it appears; a ZIP where it ends in `.zip`.
        asked: what is asked of the files, and by whose lists.
        keeper: what its keeper says and adds.
        seal: who seals it (`vouchmark.bundles.hands.sealing.Sealer`); nobody where None.
        pool: where to parse; None parses in this process.
        seconds: for writing one report down.

    Raises:
        BundleError: it cannot be made as asked; nothing was left behind.
        OSError: the system refused, such as a full disk; nothing was left behind.
        ProvenanceError, VouchmarkError, zk.errors.ZkError: as `check`.
    """
    keeper = keeper or Keeper()
    _check_words(keeper)
    _require_bagit()
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    asked = replace(asked, at=(asked.at or now).astimezone(dt.UTC).replace(microsecond=0))
    asked.options()  # mistakes show before anything is copied
    with staged(place) as stage:
        rows = tuple(_copied(stage, number, found) for number, found in enumerate(_numbered(sources), start=1))
        if not rows:
            raise BundleError("there is no file in what you named", hint="name at least one file")
        told, spoke, answers = _looked_at(stage, rows, asked, pool, seconds)
        inputs, octets = written(asked, issuers_spoke=spoke)
        for path, data in octets.items():
            if path not in stage.payload:
                stage.put(path, data)
        if answers is not None:
            stage.put(layout.ANSWERS, answering.dumps(answers))
        bundle, unpinned = _described(stage, rows, inputs, keeper, made=instant(now))
        closed = close(stage, bundle, keeper=keeper, seal=seal, at=now)
    return Made(
        place=place,
        digest=closed.bag,
        reports=told,
        unpinned=tuple(unpinned),
        sealed_by=closed.sealed_by,
        stamped=closed.stamped,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What stands for a bundle that is closed."""

    bag: str
    sealed_by: str = ""
    stamped: dt.datetime | None = None


def close(stage: Stage, bundle: Bundle, *, keeper: Keeper, seal: Any, at: dt.datetime) -> Closed:
    """Write what stands outside the payload: manifest, information, custody, seal and stamp. Raises as `make`."""
    digest = stage.close_payload()
    octets, count = sum(size for _, size in stage.payload.values()), len(stage.payload)
    stage.put(layout.DECLARATION, layout.BAGIT)
    stage.put(layout.INFO, manifests.info(bundle, octets=octets, files=count))
    first = custody.Entry(
        n=1,
        before=custody.START,
        at=instant(at),
        bag=digest,
        tool=f"{tool.NAME} {__version__}",
        by=keeper.by,
        action="make",
    )
    line = custody.line_of(first)
    stage.put(layout.CUSTODY, line)
    closed = Closed(bag=digest) if seal is None else sealed(stage, seal, digest, [line])
    stage.close()
    is_a_bag(stage.folder)
    return closed


def sealed(stage: Stage, seal: Any, digest: str, log: list[bytes]) -> Closed:
    """Put a seal into a bundle whose payload stands, over its log so far. Raises as `make`."""
    digests = {path: one[0] for path, one in stage.payload.items()}
    done = seal.seal(digests, bag=digest, head=custody.digest(log[-1]), lines=len(log))
    for path, data in done.files.items():
        stage.put(path, data)
    return Closed(bag=digest, sealed_by=done.sealed_by, stamped=done.stamped)


def _numbered(sources: Iterable[str | Path]) -> Iterator[Source]:
    named = tuple(sources)
    for number, found in enumerate(files(named, several=len(named) > 1), start=1):
        if number > layout.MAX_FILES:
            raise BundleError(f"there are more than {layout.MAX_FILES} files", hint="make several bundles")
        yield found


def _copied(stage: Stage, number: int, found: Source) -> FileRow:
    """One original with its neighbours, in the bundle."""
    if isinstance(found, Found):
        path, below = found.path, _shown(found.below)
    elif isinstance(found, Path):
        path, below = found, None
    else:
        raise BundleError(f"{found!s}: no file on this machine", hint="download it, and name the file")
    folder, name = layout.file_folder(number), os.fsencode(path.name)
    plain = layout.plain_name(path.name)
    place = f"{folder}/{plain}"
    sha256 = stage.copy(path, place)
    vouches, more = Beside().find(path)
    rows, octets = vouch_rows(vouches, lambda one: f"{folder}/{plain}.{one:03}.vouch")
    for beside, data in octets.items():
        stage.put(beside, data)
    shown = name.decode("utf-8", "replace")
    return FileRow(
        number=number,
        name=shown,
        name_octets=None if shown.encode() == name else name.hex(),
        below=below,
        path=place,
        size=stage.payload[place][1],
        sha256=sha256,
        sidecar=_sidecar(stage, find_sidecar(path), f"{place}.c2pa"),
        vouches=rows,
        more_vouches=more,
    )


def _shown(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "replace")


def _sidecar(stage: Stage, found: Sidecar, place: str) -> SidecarRow:
    if found.data:
        stage.put(place, found.data)
    return SidecarRow(
        name=found.name,
        path=place if found.data else None,
        unused=tuple(UnusedRow(name=one.name, is_shared=one.is_shared) for one in found.unused),
    )


def _looked_at(
    stage: Stage, rows: tuple[FileRow, ...], asked: Asked, pool: Pool | None, seconds: float
) -> tuple[tuple[Report, ...], bool, answering.Answers | None]:
    """Make the reports, in the bundle; (they, whether issuers decided anything, what index and ledger answered)."""
    stand = _Answers(
        index=None if asked.known is None else answering.IndexRecorder(asked.known),
        ledger=None if asked.ledger is None else answering.LedgerRecorder(asked.ledger),
    )
    first = replace(asked, known=stand.index, ledger=stand.ledger)
    told: list[Report] = []
    for one in running.reports(rows, _held(stage, rows), first.options(), pool, seconds=seconds):
        told.append(one.report)
        for form, data in one.texts.items():
            stage.put(layout.report_path(one.row.number, form), data)
    answers = stand.rows() if stand.index is not None or stand.ledger is not None else None
    second = replayed(asked, answers)
    for row, data in running.crjsons(rows, _held(stage, rows), second.options(), pool, seconds=seconds):
        stage.put(layout.report_path(row.number, "crjson"), data)
    spoke = any("person" in report.inputs.options for report in told)
    return tuple(told), spoke or b"issuer" in asked.policy, answers


def replayed(asked: Asked, answers: answering.Answers | None) -> Asked:
    """The same with what was answered in the place of whoever answered."""
    if answers is None or asked.at is None:
        return asked
    return replace(
        asked,
        known=None if answers.index is None else answering.IndexReplay(answers.index),
        ledger=None if answers.ledger is None else answering.LedgerReplay(answers.ledger, at=asked.at),
    )


def _held(stage: Stage, rows: tuple[FileRow, ...]) -> Iterator[Any]:
    return (running.held(row, stage.path, lambda path: stage.path(path).read_bytes()) for row in rows)


def _described(
    stage: Stage, rows: tuple[FileRow, ...], inputs: InputsRow, keeper: Keeper, *, made: str
) -> tuple[Bundle, list[str]]:
    """Write the description, with the program and what it needs; (it, distributions of which no digest is known)."""
    environment = tool.environment()
    sha256 = stage.put(environment.wheel, tool.wheel())
    requirements, unpinned = tool.requirements(environment, wheel_sha256=sha256)
    stage.put(layout.REQUIREMENTS, requirements.encode())
    stage.put(layout.README, readme.TEXT.encode())
    bundle = Bundle(
        schema=layout.SCHEMA,
        made=made,
        files=rows,
        withheld=(),
        salts={str(row.number): secrets.token_bytes(SALT).hex() for row in rows},
        inputs=inputs,
        environment=environment,
        sources=keeper.sources,
        notes=keeper.notes,
        attached=tuple(_attached(stage, number, path) for number, path in enumerate(keeper.attached, start=1)),
    )
    stage.put(layout.BUNDLE, dumps(bundle))
    return bundle, unpinned


HEAD: Final = 1024 * 1024
"""Bytes of an attachment that are looked at to say what it is."""


def _attached(stage: Stage, number: int, path: Path) -> AttachedRow:
    """Something that another tool made, in the bundle."""
    place = layout.attached_path(number, path.name)
    sha256 = stage.copy(path, place)
    with stage.path(place).open("rb") as file:
        head = file.read(HEAD)
    try:
        media_type = open_asset(head, name=path.name, limits=Limits(bytes=HEAD)).media_type
    except AssetError:
        media_type = "application/octet-stream"
    return AttachedRow(
        name=_shown(path.name), path=place, sha256=sha256, size=stage.payload[place][1], media_type=media_type
    )


def salted(salt: str, sha256: str) -> str:
    """What a copy calls a file that is not in it: SHA-256 of the salt and the file's SHA-256, both as octets."""
    return hashlib.sha256(bytes.fromhex(salt) + bytes.fromhex(sha256)).hexdigest()


def _check_words(keeper: Keeper) -> None:
    said = (*keeper.sources, *keeper.notes, keeper.by)
    if len(said) > MAX_SAID or len(keeper.attached) > layout.MAX_ATTACHED:
        raise BundleError(f"got more than {MAX_SAID} sources and notes, or {layout.MAX_ATTACHED} attachments")
    for words in said:
        try:
            words.encode()
        except UnicodeEncodeError:
            raise BundleError("got words that are no text in UTF-8") from None
        if len(words) > MAX_WORDS:
            raise BundleError(f"got {len(words)} characters of words, expected at most {MAX_WORDS}")


def _require_bagit() -> None:
    try:
        import bagit  # noqa: F401
    except ImportError as error:
        raise BundleExtraError("bagit") from error


def is_a_bag(folder: Path) -> None:
    """Ask the library that others verify with whether it finds what it expects; it reads no payload again."""
    import logging

    import bagit

    logging.getLogger("bagit").setLevel(logging.CRITICAL)
    try:
        bagit.Bag(str(folder)).validate(completeness_only=True)
    except bagit.BagError as error:
        raise BundleError(
            f"the bundle is not what BagIt expects: {error}", hint="tell us; nothing was written"
        ) from error
