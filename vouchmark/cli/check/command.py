"""`vouchmark check`: what do these files prove?"""

from __future__ import annotations

import math
import os
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from vouchmark.cli.check.claim import claim_options, what_is_claimed
from vouchmark.cli.check.folders import are_folders, compare_folders
from vouchmark.cli.check.fragments import fragment_options, read_fragments
from vouchmark.cli.check.help import GroupedHelp, help_all_option
from vouchmark.cli.check.known import known_options, named_index
from vouchmark.cli.check.original import original_options, read_original
from vouchmark.cli.check.pages import Output
from vouchmark.cli.check.person import person_errors, person_options, who_counts
from vouchmark.cli.check.policy import policy_options
from vouchmark.cli.check.running import identity, is_one, refuse_pages, run
from vouchmark.cli.check.saved import compare_saved, saved_options
from vouchmark.cli.common import Instant, Times, fail, fail_usage, printable, standard_input
from vouchmark.codes.exits import CHECKED
from vouchmark.examination.opening.addresses import host_of, is_address
from vouchmark.report import Exit, Line, Outcome, overall_exit

if TYPE_CHECKING:
    from provenance.asset import Limits
    from provenance.hashes.index.index import KnownMedia
    from provenance.workers.pool import Pool
    from vouchmark.examination.settings import Settings
    from vouchmark.options import Overrides

FORMATS: Final = ("text", "json", "jsonl", "csv", "html", "crjson", "disclosure")
SORTED_BY: Final = ("worst", "name")
"""As in vouchmark.cli.check.sorting, which this must not import to show its help (a test compares)."""
ENGINE_NAMES: Final = ("c2pa-rs", "encypher-c2pa")
LINE_NAMES: Final = tuple(line.value for line in Line)
OUTCOME_NAMES: Final = tuple(outcome.value for outcome in Outcome)
"""The values: given the enums, click would ask for their members' names in capitals."""
MIB: Final = 1024 * 1024
MOST: Final = 1_000_000
"""MiB or millions of pixels: a tebibyte and a million megapixels; more would not fit the numbers on the way."""
COPIES: Final = 3
"""How many times an engine that takes nothing but bytes holds a file, with room for what it makes of it."""
MAX_JOBS: Final = 64
"""Worker processes; more than a large machine has cores helps nobody."""
_READ: Final = ("policy", "trust", "tsa_trust", "manifest", "fragment", "original", "vouch", "issuer", "ledger")
"""Options that name files, beside the inputs."""
MAX_SIDECAR: Final = 64 * MIB
"""Bytes of a manifest store given by hand; real ones stay below 20 MiB."""

_EXITS: Final = "\n".join(f"  {code}  {words}" for code, words in CHECKED.items())
EPILOG: Final = f"""\b
Exit codes, the same in every format:
{_EXITS}

Without --require, integrity and signer are required; where --fail-on is given then, the verdict alone decides: 0
below that outcome, 1 from it on, whatever the lines say. Options marked * can be repeated. Every option has an
environment variable of its long name, such as VOUCHMARK_CHECK_MAX_SIZE; several values are separated by spaces,
several files by '{os.pathsep}'.
"""


class Seconds(click.FloatRange):
    """A number of seconds; not a number is no number."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As click does; NaN would pass every comparison with a bound."""
        if math.isnan(number := super().convert(value, param, ctx)):
            self.fail(f"got {value}, expected a number", param, ctx)
        return number


@click.command(cls=GroupedHelp, short_help="Say what files prove, and who stands behind them.", epilog=EPILOG)
@click.argument("inputs", nargs=-1, metavar="FILE|FOLDER|-…", type=click.Path(readable=False))
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="What to write.")
@click.option(
    "-o",
    "--output",
    type=Output(dir_okay=False, readable=False, allow_dash=True, path_type=Path),
    metavar="FILE|FOLDER/",
    help="Write there, not to stdout: a file, or a folder of pages where it ends in /.",
)
@click.option("--sort", type=click.Choice(SORTED_BY), help="Write the worst answers first, or go by name.")
@click.option("--require", multiple=True, type=click.Choice(LINE_NAMES), help="* Lines that must pass for exit code 0.")
@click.option("--only", multiple=True, type=click.Choice(LINE_NAMES), help="* Check and require exactly these lines.")
@click.option("--policy", type=click.Path(path_type=Path), help="Your policy (TOML) in place of the built-in one.")
@policy_options
@saved_options
@click.option(
    "--fail-on", type=click.Choice(OUTCOME_NAMES), help="Exit 1 where the verdict is this or stronger, else 0."
)
@click.option("--at", type=Instant(), help="Judge expiry and lists at this time (RFC 3339); now by default.")
@click.option("--trust", multiple=True, type=click.Path(path_type=Path), help="* A list of signers for this run.")
@click.option(
    "--tsa-trust", multiple=True, type=click.Path(path_type=Path), help="* A list of time-stamping authorities."
)
@click.option(
    "--cawg-trust", multiple=True, type=click.Path(path_type=Path), help="* A list for attached identities (CAWG)."
)
@click.option("--no-default-trust", is_flag=True, help="Use only the lists given for this run.")
@click.option("--manifest", type=click.Path(path_type=Path), help="A manifest store (.c2pa) kept outside the file.")
@fragment_options
@click.option("--engine", multiple=True, type=click.Choice(ENGINE_NAMES), help="* Engines to ask; both by default.")
@click.option("--online", is_flag=True, help="Ask hosts that files name: remote manifests, revocation. Each is listed.")
@click.option("--in-process", is_flag=True, help="Parse without child processes or limits; for input that you trust.")
@click.option("--jobs", type=click.IntRange(1, MAX_JOBS), default=1, show_default=True, help="Worker processes.")
@click.option("--max-size", type=click.IntRange(1, MOST), default=512, show_default=True, help="Largest file, in MiB.")
@click.option(
    "--max-pixels", type=click.IntRange(1, MOST), default=256, show_default=True, help="Largest picture, in millions."
)
@click.option("--time-limit", type=Seconds(0.1, 3600), default=30, show_default=True, help="Seconds for one file.")
@click.option(
    "--memory-limit", type=click.IntRange(64, MOST), default=2048, show_default=True, help="MiB for one worker."
)
@claim_options
@person_options
@known_options
@original_options
@click.option(
    "-q", "--quiet", count=True, type=Times(), help="The answer alone, one line a file; twice: the outcome alone."
)
@click.option("-v", "--verbose", count=True, type=Times(), help="Every finding; twice: their details as well.")
@help_all_option
@click.pass_context
def check(ctx: click.Context, /, **options: Any) -> None:
    """Say what files prove, who stands behind them, and what follows.

    Reads files, whole folders, or standard input (-); with --online the file at an address (https://…), of which
    nothing is kept. Data goes to standard output, words about the run to standard error.
    """
    if options["from_reports"] is not None:
        compare_saved(ctx, options)
    if not options["inputs"]:
        raise click.MissingParameter(ctx=ctx, param=ctx.command.params[0])
    _refuse_contradictions(options)
    of_folders = are_folders(options)
    with ExitStack() as stack:
        pool = _start_pool(stack, options)
        persons = who_counts(options, stack, is_one=is_one(options["inputs"]))
        settings = _settings(options, persons, named_index(options, stack))
        if of_folders:
            ctx.exit(int(compare_folders(options, settings, pool)))
        with person_errors():
            codes = run(options, settings, pool)
    ctx.exit(int(overall_exit(codes)))


def _refuse_contradictions(options: dict[str, Any]) -> None:
    """What cannot be meant, before anything is read."""
    inputs: tuple[str, ...] = options["inputs"]
    if "" in inputs:
        fail_usage("got an empty name, expected a file", hint="an unset variable in a script leaves its place empty")
    if not options["online"] and (addresses := [name for name in inputs if is_address(name)]):
        host = printable(host_of(addresses[0])) or "there"
        fail_usage(
            f"{printable(addresses[0])} is an address, and nothing is fetched without --online",
            hint=f"--online fetches that one file from {host} and keeps nothing; or download it and name the file",
        )
    if inputs.count("-") > 1:
        fail_usage("standard input (-) was named twice, and can be read once")
    if "-" in inputs:
        standard_input()
    if options["manifest"] is not None and not is_one(inputs):
        fail_usage("--manifest was given with several files, and belongs to one", hint="run it once for each file")
    refuse_pages(options)
    _refuse_overwriting(options)


def _refuse_overwriting(options: dict[str, Any]) -> None:
    """A report in the place of a photo would be a photo lost."""
    named = [*options["inputs"]]
    for option in _READ:
        named += options[option] if isinstance(options[option], tuple) else [options[option] or "-"]
    read = {identity(Path(name)) for name in named if str(name) != "-"} - {None}
    for option in ("output", "diff_out"):
        path = options[option]
        if isinstance(path, Path) and path.is_file() and identity(path) in read:
            fail_usage(
                f"{path}: would be written over, and is one of the files that are read", hint="name another file"
            )


def _start_pool(stack: ExitStack, options: dict[str, Any]) -> Pool | None:
    """Start the workers before anything else is imported here, so that they load their engines meanwhile."""
    if options["in_process"]:
        return None
    from provenance.workers.pool import Pool

    pool = Pool(options["jobs"], seconds=options["time_limit"], memory=options["memory_limit"] * MIB)
    return stack.enter_context(pool)


def _settings(options: dict[str, Any], persons: Overrides, known: KnownMedia | None) -> Settings:
    """Read what the reader owns: policy, lists, limits. A mistake there is a usage error."""
    from provenance.credentials.trust.lists import TrustListError, TrustLists
    from vouchmark.examination.settings import make_settings
    from vouchmark.options import with_overrides
    from vouchmark.policies.policy import Policy, PolicyError
    from vouchmark.report import REQUIRED

    try:
        policy = Policy.load(options["policy"]) if options["policy"] else Policy.default()
    except PolicyError as error:
        fail_usage(str(error), hint="see docs/policies.md, and 'vouchmark explain codes' for codes")
    try:
        store = TrustLists.empty() if options["no_default_trust"] else TrustLists.load()
    except TrustListError as error:
        hint = "run: vouchmark trust show; --no-default-trust leaves your kept lists out for one run"
        fail(str(error), hint=hint, code=Exit.ERROR)
    try:
        trust = store.with_run_lists(
            trust=options["trust"], tsa_trust=options["tsa_trust"], cawg_trust=options["cawg_trust"]
        )
    except TrustListError as error:
        fail_usage(str(error), hint="a list is a PEM file of certificates or a published list in JSON")
    try:
        return make_settings(
            with_overrides(with_overrides(**persons), **what_is_claimed(options)),
            policy=policy,
            trust=trust,
            at=options["at"],
            engines=options["engine"] or ENGINE_NAMES,
            only=options["only"],
            require=options["require"] or REQUIRED,
            limits=_limits(options),
            manifest=_sidecar(options["manifest"]),
            fragments=read_fragments(
                options["fragment"], one=is_one(options["inputs"]), limit=options["max_size"] * MIB
            ),
            snapshot=not options["no_default_trust"],
            known=known,
            original=read_original(options, is_one=is_one(options["inputs"])),
            online=options["online"],
            crjson=options["form"] == "crjson",
            compare_pictures=options["compare_pictures"],
            pictures=options["form"] == "html",
        )
    except PolicyError as error:
        fail_usage(str(error), hint="'vouchmark trust issuer show' names the issuers that you keep, and your petnames")


def _limits(options: dict[str, Any]) -> Limits:
    """How large files may be. Films are read through a window, and have no limit of their own where none is given."""
    from provenance.asset import LARGE, Limits

    most = options["max_size"] * MIB
    context = click.get_current_context()
    is_given = {
        name: context.get_parameter_source(name) is not ParameterSource.DEFAULT for name in ("max_size", "memory_limit")
    }
    return Limits(
        bytes=most,
        pixels=options["max_pixels"] * 1_000_000,
        film_bytes=most if is_given["max_size"] else None,
        second_bytes=max(LARGE, options["memory_limit"] * MIB // COPIES) if is_given["memory_limit"] else LARGE,
    )


def _sidecar(path: Path | None) -> bytes | None:
    if path is None:
        return None
    from provenance.asset import AssetError, Limits, open_asset

    try:
        return open_asset(path, limits=Limits(bytes=MAX_SIDECAR)).data
    except AssetError as error:
        fail_usage(f"the manifest store {path} cannot be read: {error}", hint=error.hint)
