"""By whose lists and options are the files of a bundle looked at? What `make`, `verify` and `show` share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from vouchmark.cli.check.known import known_options, named_index
from vouchmark.cli.check.person import LONGEST_GRACE, MOST_SLOTS, who_counts
from vouchmark.cli.common import Instant, fail, fail_usage, with_options
from vouchmark.report import Exit, Line

if TYPE_CHECKING:
    from provenance.asset import Limits
    from provenance.workers.pool import Pool
    from vouchmark.bundles.inputs.asked import Asked
    from vouchmark.bundles.inputs.lists import TrustFiles

MIB: Final = 1024 * 1024
COPIES: Final = 3
"""As in vouchmark.cli.check.command."""
LINE_NAMES: Final = tuple(line.value for line in Line)
ENGINE_NAMES: Final = ("c2pa-rs", "encypher-c2pa")
_ABSENT: Final = {"vouch": (), "ledger": None, "nonce": None, "audience": None, "index": None}
"""Options that only `make` has."""

reader_options: Final = with_options(
    click.option("--policy", type=click.Path(path_type=Path), help="Your policy (TOML) in place of the built-in one."),
    click.option("--at", type=Instant(), help="Judge expiry and lists at this time (RFC 3339); now by default."),
    click.option("--trust", multiple=True, type=click.Path(path_type=Path), help="* A list of signers for this run."),
    click.option(
        "--tsa-trust", multiple=True, type=click.Path(path_type=Path), help="* A list of time-stamping authorities."
    ),
    click.option(
        "--cawg-trust", multiple=True, type=click.Path(path_type=Path), help="* A list for attached identities (CAWG)."
    ),
    click.option("--no-default-trust", is_flag=True, help="Use only the lists given for this run."),
    click.option("--require", multiple=True, type=click.Choice(LINE_NAMES), help="* Lines that must pass for 0."),
    click.option("--issuer", multiple=True, type=click.Path(path_type=Path), help="* An issuer.json for this run."),
    click.option("--scope", multiple=True, metavar="AUTHORITY:PATH", help="* Scopes in which persons are counted."),
    click.option(
        "--slots",
        type=click.IntRange(1, MOST_SLOTS),
        default=1,
        show_default=True,
        help="How many of an issuer's slots count.",
    ),
    click.option(
        "--grace",
        type=click.IntRange(0, LONGEST_GRACE),
        default=0,
        show_default=True,
        metavar="DAYS",
        help="Accept credentials so long after their epoch.",
    ),
    known_options,
)
"""Whose lists and policy count."""

running_options: Final = with_options(
    click.option("--in-process", is_flag=True, help="Parse without child processes or limits; for files you trust."),
    click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Worker processes."),
    click.option("--max-size", type=click.IntRange(1, 1_000_000), default=512, show_default=True, help="Largest MiB."),
    click.option(
        "--max-pixels", type=click.IntRange(1, 1_000_000), default=256, show_default=True, help="Largest, in millions."
    ),
    click.option(
        "--time-limit", type=click.FloatRange(0.1, 3600), default=30, show_default=True, help="Seconds for one file."
    ),
    click.option(
        "--memory-limit", type=click.IntRange(64, 1_000_000), default=2048, show_default=True, help="MiB for a worker."
    ),
)
"""How much one file may ask for."""


@contextmanager
def bundle_errors(*, code: Exit = Exit.ERROR) -> Iterator[None]:
    """Turn what cannot be done into one clear line with a hint.

    Args:
        code: of what cannot be read or written; what was asked wrongly is a usage error in any case.
    """
    try:
        yield
    except Exception as error:
        from vouchmark.examination.raised import ERRORS

        if not isinstance(error, ERRORS):
            raise
        from provenance.credentials.signing.time_stamping import TimeStampFetchError
        from provenance.errors import OptionError
        from vouchmark.bundles.bag.errors import BundleError, NoBundleError
        from vouchmark.policies.policy import PolicyError
        from zk.errors import StorageError

        is_usage = isinstance(error, BundleError | OptionError | PolicyError) and not isinstance(error, NoBundleError)
        if isinstance(error, TimeStampFetchError | StorageError):
            is_usage = False
        fail(str(error), hint=error.hint, code=Exit.USAGE if is_usage else code)


def start_pool(options: dict[str, Any], stack: ExitStack) -> Pool | None:
    """The workers in which files are parsed; None where that was asked for."""
    if options["in_process"]:
        return None
    from provenance.workers.pool import Pool

    pool = Pool(options["jobs"], seconds=options["time_limit"], memory=options["memory_limit"] * MIB)
    return stack.enter_context(pool)


def asked_of(options: dict[str, Any], stack: ExitStack, **more: Any) -> Asked:
    """What the options ask, with every mistake told before a file is looked at; `more` by the names of `Asked`."""
    from vouchmark.bundles.inputs.asked import Asked, policy_of
    from vouchmark.policies.policy import PolicyError
    from vouchmark.report import REQUIRED

    options = {**_ABSENT, **options}
    persons = who_counts(options, stack, is_one=bool(more.pop("is_one", True)))
    policy: dict[str, Any] = {}
    if options["policy"]:
        try:
            policy["policy"], policy["policy_name"] = policy_of(options["policy"])
        except PolicyError as error:
            fail_usage(str(error), hint="see docs/policies.md, and 'vouchmark explain codes' for codes")
    asked: dict[str, Any] = dict(persons)
    asked |= {"issuers": tuple(persons["issuers"] or ()), "vouches": tuple(persons["vouches"])}
    return Asked(
        at=options["at"],
        trust=_trust(options),
        require=options["require"] or REQUIRED,
        engines=options.get("engine") or ENGINE_NAMES,
        snapshot=not options["no_default_trust"],
        limits=_limits(options),
        known=named_index(options, stack),
        **policy,
        **asked,
        **more,
    )


def _trust(options: dict[str, Any]) -> TrustFiles:
    from provenance.credentials.trust.formats import ListKind
    from provenance.credentials.trust.lists import TrustListError
    from vouchmark.bundles.inputs.lists import TrustFiles, kept_files, run_file

    try:
        kept = TrustFiles() if options["no_default_trust"] else kept_files()
    except TrustListError as error:
        hint = "run: vouchmark trust show; --no-default-trust leaves your kept lists out for one run"
        fail(str(error), hint=hint, code=Exit.ERROR)
    kinds = (("trust", ListKind.SIGNER), ("tsa_trust", ListKind.TSA), ("cawg_trust", ListKind.CAWG))
    try:
        given = tuple(run_file(path, kind) for name, kind in kinds for path in options[name])
    except TrustListError as error:
        fail_usage(str(error), hint="a list is a PEM file of certificates or a published list in JSON")
    return TrustFiles(files=(*kept.files, *given), distrust=kept.distrust)


def _limits(options: dict[str, Any]) -> Limits:
    """As `check` has them: films have no limit of their own where none is given."""
    from provenance.asset import LARGE, Limits

    most, context = options["max_size"] * MIB, click.get_current_context()

    def is_given(name: str) -> bool:
        return context.get_parameter_source(name) is not ParameterSource.DEFAULT

    return Limits(
        bytes=most,
        pixels=options["max_pixels"] * 1_000_000,
        film_bytes=most if is_given("max_size") else None,
        second_bytes=max(LARGE, options["memory_limit"] * MIB // COPIES) if is_given("memory_limit") else LARGE,
    )


def read_small(path: Path, option: str, *, most: int) -> bytes:
    """The octets of a small file that an option names; leaves with a usage error where it cannot be read."""
    from provenance.asset import AssetError, Limits, open_asset

    try:
        return open_asset(path, limits=Limits(bytes=most)).data
    except AssetError as error:
        fail_usage(f"{option} {path}: {error}", hint=error.hint)


def is_one(inputs: tuple[str, ...]) -> bool:
    """Whether exactly one file is named."""
    return len(inputs) == 1 and not os.path.isdir(inputs[0])  # noqa: PTH112 - any text may stand there
