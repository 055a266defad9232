"""`vouchmark app`: how does somebody ask who has a browser and types no commands?"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from vouchmark.cli.common import fail
from vouchmark.report import Exit

NEEDED: Final = ("starlette", "uvicorn", "python_multipart")


@click.command(short_help="Open a page on this machine, for files dropped on it.")
@click.option("--no-browser", is_flag=True, help="Start no browser; say which file opens the page.")
def app(no_browser: bool) -> None:
    """Open a page in your browser: check files, and see whom you trust.

    It listens on 127.0.0.1 alone, and answers the page alone that it has opened. Nothing leaves this machine, but for
    the lists of signers where you ask for them. Close the page, and the command ends. Exit codes: 0 ended, 4 a package
    is missing, or it cannot listen.
    """
    _refuse_without_packages()
    from provenance.files.home import default_home
    from vouchmark.app.running import run

    def ready(address: str, file: Path) -> None:
        click.echo(f"listening on {address}; close the page, or press Ctrl-C, to end", err=True)
        if no_browser:
            click.echo(f"open this file in a browser on this machine: {file}", err=True)

    try:
        run(default_home(), browser=not no_browser, ready=ready)
    except OSError as error:
        fail(f"the page cannot be served: {error.strerror}", hint="run: vouchmark doctor", code=Exit.ERROR)


def _refuse_without_packages() -> None:
    from importlib.util import find_spec

    for module in NEEDED:
        if find_spec(module) is None:
            fail(
                f"the page needs the package {module}, which is not installed",
                hint="run: pip install 'vouchmark[app]'",
                code=Exit.ERROR,
            )
