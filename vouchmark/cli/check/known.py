"""What does a reader know already? The options of `vouchmark check` about known media."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.common import fail
from vouchmark.report import Exit

if TYPE_CHECKING:
    from provenance.hashes.index.index import KnownMedia

known_options: Final = click.option(
    "--index", type=click.Path(path_type=Path), help="Look it up in your index of known media (vouchmark index)."
)


def named_index(options: dict[str, Any], stack: ExitStack) -> KnownMedia | None:
    """The index that the options name; it stays open as long as the stack.

    Raises:
        click.exceptions.Exit: there is no such index, or it cannot be used.
    """
    return None if options["index"] is None else stack.enter_context(open_index(options["index"]))


def open_index(path: Path) -> KnownMedia:
    """An index, open for reading.

    Raises:
        click.exceptions.Exit: with 2 where there is none or it is something else, with 4 where it is damaged.
    """
    from provenance.hashes.errors import DamagedIndexError, KnownIndexError
    from provenance.hashes.index.index import KnownMedia

    try:
        return KnownMedia(path)
    except KnownIndexError as error:
        code = Exit.ERROR if isinstance(error, DamagedIndexError) else Exit.USAGE
        fail(f"the index {path} cannot be used: {error}", hint=error.hint, code=code)
    except OSError as error:
        fail(f"the index {path} cannot be read: {error.strerror}", code=Exit.ERROR)
