"""Who may ask? Tokens of which only digests are kept, their scopes, limits and end."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import stat
from pathlib import Path
from typing import Final

import pytest

from tests.support import command
from tests.support.command import Command
from tests.vouchmark.service.server import needs_service, running, wait_for
from vouchmark.cli.serve import command as serve_command
from vouchmark.cli.serve import token as token_command
from vouchmark.service import config as told
from vouchmark.service import tokens
from vouchmark.service.config import Config, ConfigError

PLAIN: Final = command.media()["plain.jpg"]
TODAY: Final = dt.date(2026, 11, 30)
CONFIG: Final = '[server]\ntokens = "tokens.json"\nreload = 0.2\nrate = 100000\n'


def test_the_command_knows_the_same_bounds() -> None:
    assert token_command.SCOPES == tokens.SCOPES
    assert (serve_command.MAX_PORT, serve_command.MAX_WORKERS) == (told.MAX_PORT, told.MAX_WORKERS)


class TestKept:
    def test_a_digest_is_kept_and_the_token_is_not(self, tmp_path: Path) -> None:
        path = tmp_path / "tokens.json"
        secret = tokens.add(path, "press", scopes=["check"], today=TODAY, rate=60, max_size=5, days=30)
        text = path.read_text()
        assert secret not in text
        assert hashlib.sha256(secret.encode()).hexdigest() in text
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        (kept,) = tokens.read(path)
        assert (kept.name, kept.scopes, kept.rate, kept.max_size) == ("press", ("check",), 60, 5)
        assert kept.expires == dt.date(2026, 12, 30)

    def test_it_counts_until_its_last_day_and_for_nothing_like_it(self, tmp_path: Path) -> None:
        path = tmp_path / "tokens.json"
        secret = tokens.add(path, "press", scopes=["check"], today=TODAY, days=1)
        door = tokens.Doorkeeper(tokens.read(path))
        header = f"Bearer {secret}"
        assert door.find(header, today=TODAY) is not None
        assert door.find(header.replace("Bearer", "bearer"), today=TODAY) is not None
        assert door.find(header, today=TODAY + dt.timedelta(days=1)) is None
        for wrong in (None, "", "Bearer", secret, f"Basic {secret}", header + "x", header[:-1], header.swapcase()):
            assert door.find(wrong, today=TODAY) is None, wrong

    def test_a_file_that_others_read_or_that_is_damaged_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "tokens.json"
        tokens.add(path, "press", scopes=["check"], today=TODAY)
        whole = path.read_text()
        path.chmod(0o644)
        with pytest.raises(tokens.TokenError, match="open to others"):
            tokens.read(path)
        path.chmod(0o600)
        for damaged in ("", "{}", whole.replace('"check"', '"all"'), whole.replace('"made"', '"mad"'), "[1]", "null"):
            path.write_text(damaged)
            with pytest.raises(tokens.TokenError, match="damaged"):
                tokens.read(path)


class TestCommand:
    def test_tokens_are_made_listed_and_revoked(self, tmp_path: Path) -> None:
        run = Command(folder=tmp_path, home=tmp_path / "home")
        (tmp_path / "serve.toml").write_text(CONFIG)
        made = run("serve", "token", "add", "press", "--config", "serve.toml", "--rate", "60")
        assert made.code == 0
        assert made.stdout.startswith("vmt_")
        assert run("serve", "token", "add", "press", "--config", "serve.toml").said[0] == 2
        assert run("serve", "token", "list", "--tokens", "tokens.json").stdout.startswith("press: check, made ")
        assert run("serve", "token", "revoke", "press", "--config", "serve.toml").stdout == "press: revoked\n"
        assert run("serve", "token", "revoke", "press", "--config", "serve.toml").said == (
            2,
            "error: there is no token 'press'",
        )
        assert run("serve", "token", "add", "press").said[1] == "error: nobody says where tokens are kept"

    @pytest.mark.parametrize(
        ("config", "words"),
        [
            ("[server]\nprot = 1", "server.prot: not known"),
            ("[server]\nport = '1'", "server.port: got str, expected int"),
            ("[server]\nport = 70000", "server.port: got 70000"),
            ("[server]\nhost = '0.0.0.0'", "where others reach it, without tokens"),
            ("[server]\nproxies = ['x']", "is no address"),
            ("[server]\nhosts = ['*']", "server.hosts"),
            ("[defaults]\npolicy = 'x'", "defaults.policy: 'x' is not configured"),
            ("[policies]\n'../x' = 'y'", "expected a name"),
            ("[policies]\nx = 'y.toml'", "policies.x"),
            ("[lists]\nx = { signers = ['y.pem'] }", "lists.x"),
            ("[indexes]\nx = 'y'", "indexes.x"),
            ("[issuers]\nx = 'y'", "issuers.x"),
            ("ledger = 'mysql://x/y'", "not supported"),
            ("x = ", "no TOML"),
        ],
    )
    def test_a_mistake_in_the_configuration_is_one_clear_line(self, tmp_path: Path, config: str, words: str) -> None:
        run = Command(folder=tmp_path, home=tmp_path / "home")
        (tmp_path / "serve.toml").write_text(config)
        done = run("serve", "--config", "serve.toml", "--port", "0")
        assert done.code in (2, 4)
        assert words in done.stderr.splitlines()[0]

    def test_the_whole_configuration_can_be_printed_and_is_understood(self, tmp_path: Path) -> None:
        run = Command(folder=tmp_path, home=tmp_path / "home")
        text = run("serve", "--print-config").stdout
        assert Config.parse(text, base=tmp_path).server == told.Server()

    def test_a_missing_file_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="cannot read"):
            Config.load(tmp_path / "none.toml")


@needs_service
class TestAsked:
    def test_without_a_token_nothing_is_answered_where_there_are_any(self, tmp_path: Path) -> None:
        tokens_file = tmp_path / "tokens.json"
        today = dt.datetime.now(dt.UTC).date()
        secret = tokens.add(tokens_file, "press", scopes=["check"], today=today)
        numbers = tokens.add(tokens_file, "numbers", scopes=["metrics"], today=today)
        small = tokens.add(tokens_file, "small", scopes=["check"], today=today, max_size=1, rate=12)
        with running(tmp_path, CONFIG) as server:
            for path in ("/v1/policies", "/v1/lists", "/metrics"):
                told_ = server.get(path)
                assert (told_.status, told_.problem) == (401, "unauthorized")
                assert told_.headers["www-authenticate"].startswith("Bearer")
            assert server.check(PLAIN).problem == "unauthorized"
            assert server.check(PLAIN, Authorization=f"Bearer {secret}x").problem == "unauthorized"
            assert server.get("/v1/version").status == server.get("/livez").status == 200
            assert server.check(PLAIN, Authorization=f"Bearer {secret}").status == 200
            assert server.get("/metrics", Authorization=f"Bearer {secret}").problem == "forbidden"
            assert server.get("/metrics", Authorization=f"Bearer {numbers}").status == 200
            assert server.check(PLAIN, Authorization=f"Bearer {numbers}").problem == "forbidden"
            assert (
                server.post("/v1/challenges", {"scope": "public:media"}, Authorization=f"Bearer {secret}").problem
                == "forbidden"
            )
            assert server.check(bytes(2 * 2**20), Authorization=f"Bearer {small}").problem == "too-large"
            late = server.check(PLAIN, Authorization=f"Bearer {small}")
            assert (late.status, late.problem, int(late.headers["retry-after"]) in (4, 5)) == (429, "rate", True)
            tokens.revoke(tokens_file, "press")
            wait_for(
                lambda: server.check(PLAIN, Authorization=f"Bearer {secret}").status == 401, what="it counts still"
            )
            assert secret not in server.log
            assert json.loads(tokens_file.read_text())

    def test_guesses_are_counted_like_everything_else(self, tmp_path: Path) -> None:
        tokens.add(tmp_path / "tokens.json", "press", scopes=["check"], today=TODAY)
        with running(tmp_path, '[server]\ntokens = "tokens.json"\nrate = 20\n') as server:
            told_ = [server.get("/v1/lists", Authorization=f"Bearer vmt_{n:043}").status for n in range(5)]
            assert told_ == [401, 401, 429, 429, 429]
