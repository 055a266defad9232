"""How the tests call `vouchmark issuer` and `vouchmark wallet`: in this process, passphrase and cost by environment."""

import atexit
import json
import shutil
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from vouchmark.cli import main
from zk.storage import vault

NOVEMBER = "2026-11-10T09:30:00Z"
DECEMBER = "2026-12-03T18:00:00Z"
PASSPHRASE = "correct horse battery staple"
NAME = "Harbour Press Club"


_derive_once = cache(vault._derive)
"""The same key for the same passphrase, cost and salt, without scrypt's time; a test in processes does without this."""


@dataclass(frozen=True)
class Desk:
    """A folder in which commands are run."""

    home: Path

    def run(
        self, *arguments: str, code: int = 0, stdin: str | bytes | None = None, **environment: str | None
    ) -> Result:
        """Run a command; its exit code must be `code`. Paths below the desk are given by `path`."""
        env: dict[str, str | None] = {
            "VOUCHMARK_PASSPHRASE": PASSPHRASE,
            "VOUCHMARK_SCRYPT_COST": "15",
            "VOUCHMARK_HOME": str(self.home / "data"),
            "VOUCHMARK_WALLET": None,
            "VOUCHMARK_CODE": None,
            **environment,
        }
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(vault, "_derive", _derive_once)
            result = CliRunner().invoke(main, list(arguments), env=env, input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code == code, (result.exit_code, result.output)
        return result

    def json(self, *arguments: str, **keywords: Any) -> Any:
        """Run a command with --json and return what it wrote."""
        return json.loads(self.run(*arguments, "--json", **keywords).stdout)

    def path(self, name: str) -> str:
        """Return a path below the desk."""
        return str(self.home / name)

    def issuer(self) -> None:
        """Make the issuer `club`: a copy of one that was made by the command."""
        shutil.copytree(_made("club"), self.home / "club")

    def invite(self, *options: str, person: str = "ID-4711", at: str = NOVEMBER) -> str:
        """Return a code."""
        invitation = self.json("issuer", "invite", self.path("club"), "--person", person, "--at", at, *options)
        return str(invitation["code"])

    def request(self, given: str, *options: str, at: str = NOVEMBER, **keywords: Any) -> Result:
        """Ask for first credentials, into request.vmr."""
        published = self.path("club/issuer.json")
        arguments = ["--issuer", published, "--code", given, "-o", self.path("request.vmr"), "--at", at, *options]
        return self.run("wallet", "request", *arguments, **keywords)

    def approve(self, *options: str, at: str = NOVEMBER, **keywords: Any) -> Result:
        """Answer request.vmr, into response.vma."""
        arguments = [self.path("club"), self.path("request.vmr"), "-o", self.path("response.vma"), "--at", at, *options]
        return self.run("issuer", "approve", *arguments, **keywords)

    def accept(self, *options: str, at: str = NOVEMBER, **keywords: Any) -> Result:
        """Accept response.vma."""
        return self.run("wallet", "accept", self.path("response.vma"), "--at", at, *options, **keywords)

    def enrol(self, person: str = "ID-4711") -> None:
        """Do it all for one person."""
        shutil.copytree(_made("data"), self.home / "data", dirs_exist_ok=True)
        self.request(self.invite(person=person))
        self.approve()
        self.accept()


@cache
def _made(name: str) -> Path:
    """Return a folder as `issuer init` or `wallet init` makes it, once for all tests: scrypt is slow on purpose."""
    desk = Desk(Path(tempfile.mkdtemp(prefix="desk-")))
    atexit.register(shutil.rmtree, desk.home, ignore_errors=True)
    if name == "club":
        desk.run("issuer", "init", desk.path("club"), "--name", NAME, "--epoch", "month", "--at", NOVEMBER)
    else:
        desk.run("wallet", "init")
    return desk.home / name


def refusal(result: Result) -> tuple[str, str]:
    """Return the error and the hint, the only two lines that a refused command writes."""
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 2, lines
    assert lines[0].startswith("error: ")
    assert lines[1].startswith("hint: ")
    return lines[0], lines[1]
