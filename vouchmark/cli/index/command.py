"""`vouchmark index`: which media does a reader know already?"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

import click

from vouchmark.cli.check.known import open_index
from vouchmark.cli.common import fail, fail_usage, progress, standard_input, standard_output
from vouchmark.cli.placing import output_text
from vouchmark.render.safe import plain
from vouchmark.report import Exit

if TYPE_CHECKING:
    from provenance.hashes.index.recorder import Recorder
    from provenance.workers.pool import Pool
    from vouchmark.examination.settings import Settings

MIB: Final = 1024 * 1024
BATCH: Final = 64
"""Files after which what was found is put on disk; a run that is cut off loses no more."""
BATCH_ROWS: Final = 200_000
"""Hashes of a list that are put on disk together: some 60 MB of memory."""
MAX_JOBS: Final = 256
FORMATS: Final = ("csv", "json")
"""As in provenance.hashes.index.exchange, which this must not import to show its help (a test compares)."""

_index_option: Final = click.option(
    "--index",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    help="Your index, a folder; 'add' and 'import' make it.",
)
_json_option: Final = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
MAX_LABEL: Final = 1000
"""Characters; as in provenance.hashes.index.entry, which this must not import to show its help (a test compares)."""


def _label(_: click.Context, __: click.Parameter, value: str) -> str:
    """A label that an index can keep."""
    if len(value) > MAX_LABEL:
        raise click.BadParameter(f"got {len(value)} characters, expected at most {MAX_LABEL}")
    # What the shell handed over in no encoding cannot be written either.
    return value.encode("utf-8", "replace").decode()


_label_option: Final = click.option(
    "--label", default="", metavar="TEXT", callback=_label, help="How to call all of them."
)


@click.group(short_help="Keep an index of media that you know.")
def index() -> None:
    """Keep an index of media that you know, and look files up in it.

    It stays on this machine. A file is recognised by its digest, a picture also by what it looks like: mirrored,
    turned, resized, recompressed or framed. Exit codes: 0 done or found, 2 usage or not an index, 3 nothing found, 4
    could not be read or written, or is damaged.
    """


@index.command(short_help="Remember files.")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|FOLDER…", type=click.Path(path_type=Path))
@_index_option
@_label_option
@click.option("--no-thumbnail", is_flag=True, help="Keep no small picture; then pixels cannot be compared later.")
@click.option("--jobs", type=click.IntRange(1, MAX_JOBS), default=1, show_default=True, help="Worker processes.")
@_json_option
def add(inputs: tuple[Path, ...], folder: Path, label: str, no_thumbnail: bool, jobs: int, as_json: bool) -> None:
    """Remember files: digest, hashes, a small picture, what their Content Credentials say, vouches beside them."""
    from provenance.asset import walk

    missing = [str(path) for path in inputs if not path.exists()]
    if missing:
        fail_usage(f"there is no file {missing[0]}", hint="check the name; quote names with spaces")
    own, digests = folder.resolve(), set[bytes]()
    counts = {"added": 0, "known": 0, "unreadable": 0, "without_look": 0}
    with ExitStack() as stack:
        recorder = stack.enter_context(_recorder(folder))
        known = stack.enter_context(open_index(folder))
        files = (path for path in walk(inputs) if own not in path.resolve().parents and not _is_vouch(path))
        pool, settings = _examiners(stack, jobs)
        from vouchmark.examination.examine import examine_to_keep
        from vouchmark.known.keeping import entry_of

        for kept in progress(examine_to_keep(files, settings, pool=pool), quiet=False):
            if not kept.sha256:
                counts["unreadable"] += 1
                click.echo(f"{plain(kept.report.media.name)}: could not be read", err=True)
            elif kept.sha256 in digests or known.exact(kept.sha256):
                counts["known"] += 1
            else:
                digests.add(kept.sha256)
                entry, bits = entry_of(kept, label=label, with_thumbnail=not no_thumbnail)
                with _disk(folder):
                    recorder.add(entry, bits)
                    if recorder.pending >= BATCH:
                        recorder.commit()
                counts["added"] += 1
                counts["without_look"] += not bits
        with _disk(folder):
            recorder.commit()
    lines = [f"{counts['added']} added, {counts['known']} were there already, {counts['unreadable']} could not be read"]
    if counts["without_look"]:
        lines.append(f"{counts['without_look']} can be recognised byte for byte only: no picture, or one too plain")
    _tell(lines, counts, as_json=as_json)
    sys.exit(int(Exit.ERROR if counts["unreadable"] else Exit.OK))


@index.command(short_help="Look a file up.")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path))
@_index_option
@click.option(
    "--radius", type=click.IntRange(0, 64), default=31, show_default=True, help="Bits that may differ of 256."
)
@_json_option
def search(inputs: tuple[Path, ...], folder: Path, radius: int, as_json: bool) -> None:
    """Look files up by digest and by what they look like. Similarity binds nothing: a match is a lead."""
    from provenance.asset import walk

    with ExitStack() as stack:
        known = stack.enter_context(open_index(folder))
        pool, settings = _examiners(stack, 1)
        from vouchmark.cli.index.words import found_dict, found_lines
        from vouchmark.examination.examine import examine_to_keep
        from vouchmark.known.lookup import KnownSettings, look_up

        codes, shown = set(), []
        for kept in examine_to_keep(walk(inputs), settings, pool=pool):
            name = kept.report.media.name
            if not kept.sha256:
                click.echo(f"{plain(name)}: could not be read", err=True)
                codes.add(Exit.ERROR)
                continue
            found = look_up(kept.sha256.hex(), kept.fingerprint, KnownSettings(index=known, radius=radius))
            if found.trouble:
                fail(f"the index {folder} cannot be searched: {found.trouble}", code=Exit.ERROR)
            codes.add(Exit.OK if found.exact or found.near else Exit.INCONCLUSIVE)
            shown.append(found_dict(name, found))
            if not as_json:
                click.echo("\n".join(found_lines(name, found)))
    if as_json:
        click.echo(json.dumps(shown, ensure_ascii=True, indent=2))
    sys.exit(int(next((code for code in (Exit.ERROR, Exit.INCONCLUSIVE) if code in codes), Exit.OK)))


@index.command()
@_index_option
@click.option("--entries", is_flag=True, help="Name every entry.")
@click.option("--verify", is_flag=True, help="Look at every byte of it.")
@_json_option
def show(folder: Path, entries: bool, verify: bool, as_json: bool) -> None:
    """Say what an index holds."""
    from provenance.hashes.errors import KnownIndexError
    from vouchmark.cli.index.words import counted, entry_dict, entry_line

    with open_index(folder) as known:
        size = sum((folder / part.file).stat().st_size for part in known.listing.parts)
        facts: dict[str, Any] = {"name": known.name, "generation": known.listing.generation, "sha256": known.sha256}
        facts |= {"entries": known.entries, "hashes": known.hashes, "parts": len(known.listing.parts), "bytes": size}
        number, hashes = counted(known.entries, "entry"), counted(known.hashes, "perceptual hash")
        lines = [f"{plain(known.name)}: {number} with {hashes}, {size / MIB:.1f} MiB"]
        lines.append(f"generation {facts['generation']}, SHA-256 {known.sha256}")
        try:
            if verify:
                known.verify()
                facts["verified"] = True
                lines.append("every byte is what was written")
            if entries:
                facts["list"] = [entry_dict(entry) for entry, _ in known.every()]
                lines += [entry_line(one) for one in facts["list"]]
        except KnownIndexError as error:
            fail(f"the index {folder} is damaged: {error}", hint=error.hint, code=Exit.ERROR)
    _tell(lines, facts, as_json=as_json)


@index.command()
@_index_option
@click.option("--format", "form", type=click.Choice(FORMATS), default="csv", show_default=True, help="What to write.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, allow_dash=True), help="Write there; stdout by default."
)
def export(folder: Path, form: str, output: Path | None) -> None:
    """Write the PDQ hashes of an index for others: CSV, or JSON as threat exchanges have it."""
    from provenance.hashes.errors import KnownIndexError
    from provenance.hashes.index.exchange import write_list
    from vouchmark.cli.index.words import counted

    with open_index(folder) as known:
        try:
            if output is None or str(output) == "-":
                write_list(known.every(), standard_output(), form=form)
            else:
                with output_text(output, newline="") as file:
                    count = write_list(known.every(), file, form=form)
                click.echo(f"{counted(count, 'hash')} written to {output}")
        except KnownIndexError as error:
            fail(f"the index {folder} is damaged: {error}", hint=error.hint, code=Exit.ERROR)


@index.command("import", short_help="Take a list of PDQ hashes.")
@click.argument("lists", nargs=-1, required=True, metavar="LIST…", type=click.Path(path_type=Path, allow_dash=True))
@_index_option
@_label_option
@click.option("--min-quality", type=click.IntRange(0, 100), default=50, show_default=True, help="Leave worse ones out.")
@_json_option
def import_(lists: tuple[Path, ...], folder: Path, label: str, min_quality: int, as_json: bool) -> None:
    """Take lists of PDQ hashes: CSV, JSON or JSON lines, as threat exchanges and hotlines write them.

    Other programs' hashes of one and the same picture can differ from ours by up to 42 bits, so that a list may miss
    what it should find. What it finds is a lead: hashes can be made alike on purpose.
    """
    from vouchmark.cli.index.words import counted

    if "-" in map(str, lists):
        standard_input()
    counts = {"added": 0, "other_kinds": 0, "low_quality": 0}
    with _recorder(folder) as recorder:
        for path in lists:
            with _opened(path) as file, _told(path, folder):
                _take(recorder, file, path.name, counts, label=label, min_quality=min_quality)
    lines = [
        f"{counted(counts['added'], 'hash')} added, {counts['other_kinds']} of other kinds passed over, "
        f"{counts['low_quality']} of low quality left out"
    ]
    _tell(lines, counts, as_json=as_json)


def _take(recorder: Recorder, file: TextIO, name: str, counts: dict[str, int], *, label: str, min_quality: int) -> None:
    """Put one list into the index; nothing of a list that is malformed further down, but for whole batches before."""
    from provenance.hashes.index.exchange import read_list

    for row in read_list(file):
        if row is None:
            counts["other_kinds"] += 1
        elif row.quality is not None and row.quality < min_quality:
            counts["low_quality"] += 1
        else:
            recorder.add(row.entry(source=name, label=label), [row.bits])
            counts["added"] += 1
            if recorder.pending >= BATCH_ROWS:
                recorder.commit()
    recorder.commit()


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    if str(path) == "-":
        yield standard_input()
        return
    try:
        file = path.open(encoding="utf-8", newline="")
    except OSError as error:
        fail_usage(f"the list {path} cannot be read: {error.strerror}", hint="lists are CSV, JSON or JSON lines")
    with file:
        yield file


@contextmanager
def _told(path: Path, folder: Path) -> Iterator[None]:
    """Say in words what is wrong with a list."""
    from provenance.hashes.errors import ExchangeError

    with _disk(folder):
        try:
            yield
        except ExchangeError as error:
            fail_usage(f"the list {path} cannot be taken: {error}", hint=error.hint)
        except UnicodeDecodeError:
            fail_usage(f"the list {path} is no text in UTF-8", hint="lists are CSV, JSON or JSON lines")


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    """Say in words why an index could not be written."""
    from provenance.hashes.errors import KnownIndexError

    try:
        yield
    except KnownIndexError as error:
        fail(f"the index {folder} cannot be written: {error}", hint=error.hint, code=Exit.ERROR)
    except OSError as error:
        fail(f"the index {folder} cannot be written: {error.strerror}", code=Exit.ERROR)


def _recorder(folder: Path) -> Recorder:
    """The index, open for writing."""
    from provenance.hashes.errors import DamagedIndexError, KnownIndexError
    from provenance.hashes.index.recorder import Recorder

    try:
        return Recorder(folder)
    except KnownIndexError as error:
        code = Exit.ERROR if isinstance(error, DamagedIndexError) else Exit.USAGE
        fail(f"the index {folder} cannot be used: {error}", hint=error.hint, code=code)
    except OSError as error:
        fail(f"the index {folder} cannot be written: {error.strerror}", code=Exit.ERROR)


def _examiners(stack: ExitStack, jobs: int) -> tuple[Pool, Settings]:
    """Worker processes, and what is asked of them."""
    from provenance.credentials.trust.lists import TrustListError
    from provenance.workers.pool import Pool
    from vouchmark.examination.settings import make_settings

    pool = stack.enter_context(Pool(jobs))
    try:
        return pool, make_settings(hashes=True)
    except TrustListError as error:
        fail(str(error), hint="run: vouchmark trust show", code=Exit.ERROR)


def _is_vouch(path: Path) -> bool:
    return path.name.endswith(".vouch")


def _tell(lines: list[str], facts: dict[str, Any], *, as_json: bool) -> None:
    click.echo(json.dumps(facts, ensure_ascii=True, indent=2) if as_json else "\n".join(lines))
