"""`vouchmark serve`: how does a platform ask, over HTTP?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from vouchmark.cli.common import fail, fail_usage
from vouchmark.cli.serve.token import config_option, token
from vouchmark.report import Exit

if TYPE_CHECKING:
    from vouchmark.service.config import Config

MAX_PORT: Final = 65_535
MAX_WORKERS: Final = 64
"""As in vouchmark.service.config, which this must not import to show its help (a test compares)."""


@click.group(short_help="Answer platforms over HTTP.", invoke_without_command=True)
@config_option
@click.option("--host", help="Listen on this address; else the file's, else 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, MAX_PORT), help="Listen on this port; 0 takes a free one.")
@click.option("--workers", type=click.IntRange(1, MAX_WORKERS), help="Processes that look at files.")
@click.option("--anonymous", is_flag=True, help="Answer without tokens, whoever asks.")
@click.option("--print-config", is_flag=True, help="Print a whole configuration with its defaults, and stop.")
@click.pass_context
def serve(ctx: click.Context, /, config: Path | None, print_config: bool, **options: Any) -> None:
    """Answer platforms over HTTP: POST /v1/check, and the rest of /openapi.json.

    Listens on 127.0.0.1 unless told otherwise; TLS is the matter of a proxy in front. SIGTERM ends it once what is in
    hand is answered, SIGHUP reads lists, policies, issuers, indexes and tokens again. Exit codes: 0 ended as told, 2 a
    file or option that cannot be used, 4 it cannot listen, or the ledger cannot be opened.
    """
    if ctx.invoked_subcommand is not None:
        return
    if print_config:
        click.echo(_printed(), nl=False)
        return
    _refuse_without_packages()
    # A flag that was not given leaves the file's word standing.
    given = {name: value for name, value in options.items() if value is not None and value is not False}
    settled = _settled(config, given)
    _run(settled)


serve.add_command(token)


def _refuse_without_packages() -> None:
    from importlib.util import find_spec

    for module in ("starlette", "uvicorn", "python_multipart", "prometheus_client"):
        if find_spec(module) is None:
            fail(
                f"the service needs the package {module}, which is not installed",
                hint="run: pip install 'vouchmark[serve]'",
                code=Exit.ERROR,
            )


def _settled(path: Path | None, options: dict[str, Any]) -> Config:
    from vouchmark.service.config import Config, ConfigError

    try:
        # What options say may be what makes the defaults usable: checked with them.
        found = Config() if path is None else Config.load(path)
        return found.with_server(**options)
    except ConfigError as error:
        fail_usage(str(error), hint=error.hint)


def _run(config: Config) -> None:
    from vouchmark.service.config import ConfigError
    from vouchmark.service.running import serve as run
    from zk.errors import ZkError

    def ready(address: str) -> None:
        click.echo(f"listening on {address}; Ctrl-C ends it", err=True)

    try:
        run(config, ready=ready)
    except ConfigError as error:
        fail_usage(str(error), hint=error.hint)
    except ZkError as error:
        fail(str(error), hint="nobody was answered", code=Exit.ERROR)
    except OSError as error:
        place = f"{config.server.host}:{config.server.port}"
        fail(f"cannot listen on {place}: {error.strerror}", hint="--port takes another one", code=Exit.ERROR)


def _printed() -> str:
    """Every value of `[server]` as TOML, as it is where nobody says otherwise."""
    from vouchmark.service.config import server_fields

    lines = ["[server]"]
    for name, value in server_fields().items():
        shown = _toml(value)
        lines.append(f"{name} = {shown}" if shown else f"# {name} = …")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    import json

    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(list(value) if isinstance(value, tuple) else value)
