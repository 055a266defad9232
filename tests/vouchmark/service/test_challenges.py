"""Is a challenge answered once, in time, by whoever asked for it, and a voice counted once, on however many servers?"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.people.private_postgres import PostgresMissingError, private_postgres
from tests.vouchmark import people
from tests.vouchmark.service.server import Server, Told, needs_service, running
from vouchmark.service import tokens
from zk.errors import EncodingError, StorageError
from zk.storage import challenges
from zk.storage.challenges import ChallengeError, open_challenges
from zk.storage.ledger import open_ledger

REPORT: Final = "application/vnd.vouchmark.report+json"
CLIENTS: Final = 64
CONFIG: Final = """
ledger = "{ledger}"
[server]
rate = 1000000
workers = 1
waiting = 128
uploads = 512
[issuers]
club = "issuer.json"
[defaults]
issuers = ["club"]
scopes = ["public:review/cafe-harbour"]
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    try:
        with private_postgres() as url:
            yield url
    except PostgresMissingError as error:
        pytest.skip(str(error))


def config(folder: Path, ledger: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "issuer.json").write_bytes(people.CLUB.info.to_json())
    return CONFIG.format(ledger=ledger)


def at_once(work: Callable[[int], Any], count: int) -> list[Any]:
    """What so many threads get that begin at the same moment."""
    ready, found = threading.Barrier(count), [None] * count

    def one(number: int) -> None:
        ready.wait()
        found[number] = work(number)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def answer(server: Server, nonce: str, vouch: bytes, media: bytes = people.PLAIN, **headers: str) -> Told:
    headers = {"Accept": REPORT} | headers
    return server.send(("file", "a.jpg", media), ("vouch", "v", vouch), query=f"?challenge={nonce}", **headers)


def voice(told: Told) -> tuple[str, str]:
    """(code, status) of the vouch in a report."""
    finding = told.json["evidence"]["person"]["findings"][0]
    return finding["code"], finding["status"]


class TestBook:
    @pytest.mark.parametrize("where", ["sqlite", "postgres"])
    def test_one_of_many_uses_a_challenge(self, where: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
        place = str(tmp_path / "ledger.db") if where == "sqlite" else request.getfixturevalue("postgres")
        with open_challenges(place) as book:
            made = book.give(scope="public:media", audience="forum.example", owner="token x", seconds=60)

            def use(_: int) -> bool:
                try:
                    used = book.use(made.nonce, owner="token x")
                except ChallengeError:
                    return False
                assert used == made
                return True

            assert sum(at_once(use, 16)) == 1

    def test_it_is_over_after_its_time_and_nobody_elses(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        import sqlalchemy as sa

        from zk.storage.challenges_schema import CHALLENGES

        with open_challenges(tmp_path / "ledger.db") as book:
            made = book.give(scope="public:media", owner="a", seconds=60)
            for nonce, owner in ((made.nonce, "b"), (made.nonce, ""), (bytes(32), "a")):
                with pytest.raises(ChallengeError, match="was given to this caller"):
                    book.use(nonce, owner=owner)
            with book._connection("let it pass") as connection:
                connection.execute(sa.update(CHALLENGES).values(expires_at=CHALLENGES.c.expires_at - 61))
            with pytest.raises(ChallengeError, match="its time is over"):
                book.use(made.nonce, owner="a")
            monkeypatch.setattr(challenges, "KEPT_SECONDS", 0)
            book.give(scope="public:media", owner="a", seconds=60)
            with pytest.raises(ChallengeError, match="was given to this caller"):
                book.use(made.nonce, owner="a")

    def test_what_cannot_be_meant_is_refused(self, tmp_path: Path) -> None:
        with open_challenges(tmp_path / "ledger.db") as book:
            for wrong in ({"scope": "x" * 401}, {"scope": "x", "seconds": 0}, {"scope": "x", "seconds": 86_401}):
                with pytest.raises(EncodingError):
                    book.give(**{"seconds": 60} | wrong)  # type: ignore[arg-type]
            book._process += 1
            with pytest.raises(StorageError, match="another process"):
                book.ping()

    def test_it_lies_beside_the_ledger_which_stays_one(self, tmp_path: Path) -> None:
        with open_challenges(tmp_path / "ledger.db") as book:
            made = book.give(scope="public:media", seconds=60)
        with open_ledger(tmp_path / "ledger.db", read_only=True) as ledger:
            assert ledger.now() <= made.expires_at
        assert made.nonce not in (tmp_path / "ledger.db").read_bytes()
        with open_challenges(tmp_path / "ledger.db") as again:
            assert again.use(made.nonce) == made


@needs_service
class TestService:
    def test_a_vouch_answers_its_challenge_once(self, tmp_path: Path) -> None:
        with running(tmp_path, config(tmp_path, "ledger.db")) as server:
            asked = server.post("/v1/challenges", {"scope": people.CAFE, "audience": "forum.example"})
            assert asked.status == 201
            told = asked.json
            left = dt.datetime.fromisoformat(told["expires_at"]) - dt.datetime.now(dt.UTC)
            assert dt.timedelta(minutes=8) < left <= dt.timedelta(minutes=11)
            person = people.somebody()
            good = {"nonce": bytes.fromhex(told["nonce"]), "audience": "forum.example"}
            vouch = people.vouch(people.PLAIN, by=person, **good)
            assert server.send(("file", "a", people.PLAIN), query=f"?challenge={told['nonce']}").problem == "no-vouch"
            assert voice(answer(server, told["nonce"], vouch)) == ("person.voice.new", "pass")
            again = answer(server, told["nonce"], vouch)
            assert (again.status, again.problem) == (409, "challenge")
            assert answer(server, "0" * 64, vouch).problem == "challenge"

    @pytest.mark.parametrize(
        ("more", "code"),
        [
            ({"nonce": bytes(32)}, "person.nonce.mismatch"),
            ({"audience": "another.example"}, "person.audience.mismatch"),
            ({"scope": people.OTHER_SCOPE}, "person.voice.uncounted"),
        ],
    )
    def test_a_vouch_for_something_else_uses_it_up_and_counts_for_nothing(
        self, tmp_path: Path, more: dict[str, Any], code: str
    ) -> None:
        with running(tmp_path, config(tmp_path, "ledger.db")) as server:
            told = server.post("/v1/challenges", {"scope": people.CAFE, "audience": "forum.example"}).json
            good = {"nonce": bytes.fromhex(told["nonce"]), "audience": "forum.example"}
            wrong = people.vouch(people.PLAIN, **good | more)
            assert voice(answer(server, told["nonce"], wrong))[0] == code
            right = people.vouch(people.PLAIN, **good)
            assert answer(server, told["nonce"], right).problem == "challenge"

    def test_what_is_no_wish_for_a_challenge_is_refused(self, tmp_path: Path) -> None:
        with running(tmp_path, config(tmp_path, "ledger.db")) as server:
            for value, problem in (
                ({}, "malformed"),
                ({"scope": 1}, "malformed"),
                ({"scope": "x"}, "option"),
                ({"scope": people.CAFE, "audience": "x" * 201}, "option"),
                ({"scope": people.CAFE, "audience": "a\nb"}, "option"),
                ({"scope": people.CAFE, "nonce": "x"}, "malformed"),
                ([], "malformed"),
            ):
                assert server.post("/v1/challenges", value).problem == problem, value
            deep = b"[" * 8000
            told = server.ask("POST", "/v1/challenges", body=deep, headers=[("Content-Type", "application/json")])
            assert told.problem == "malformed"
            large = server.ask(
                "POST", "/v1/challenges", body=bytes(20_000), headers=[("Content-Type", "application/json")]
            )
            assert large.problem == "too-large"
        with running(tmp_path / "bare") as server:
            assert server.post("/v1/challenges", {"scope": people.CAFE}).problem == "option"

    def test_another_token_cannot_answer_in_ones_place(self, tmp_path: Path) -> None:
        today = dt.datetime.now(dt.UTC).date()
        one, two = (
            tokens.add(tmp_path / "tokens.json", name, scopes=["check", "challenges"], today=today)
            for name in ("a", "b")
        )
        text = config(tmp_path, "ledger.db").replace("[server]", '[server]\ntokens = "tokens.json"')
        with running(tmp_path, text) as server:
            told = server.post("/v1/challenges", {"scope": people.CAFE}, Authorization=f"Bearer {one}").json
            vouch = people.vouch(people.PLAIN, nonce=bytes.fromhex(told["nonce"]))
            assert answer(server, told["nonce"], vouch, Authorization=f"Bearer {two}").problem == "challenge"
            assert answer(server, told["nonce"], vouch, Authorization=f"Bearer {one}").status == 200

    def test_two_servers_on_one_database_under_many_clients_count_each_once(
        self, tmp_path: Path, postgres: str
    ) -> None:
        with ExitStack() as stack:
            servers = [
                stack.enter_context(running(tmp_path / name, config(tmp_path / name, postgres)))
                for name in ("one", "two")
            ]
            told = servers[0].post("/v1/challenges", {"scope": people.CAFE}).json
            person = people.somebody()
            vouch = people.vouch(people.PLAIN, by=person, nonce=bytes.fromhex(told["nonce"]))
            found = at_once(lambda n: answer(servers[n % 2], told["nonce"], vouch), CLIENTS)
            assert sorted(one.status for one in found) == [200] + [409] * (CLIENTS - 1)

            # One voice for two pictures, to both servers at the same moment: one of them was first, everywhere.
            other = people.somebody()
            pictures = [people.PLAIN, people.SIGNED]
            vouches = [people.vouch(one, by=other) for one in pictures]
            said = at_once(
                lambda n: voice(
                    servers[n % 2].send(
                        ("file", "a.jpg", pictures[n // 2 % 2]), ("vouch", "v", vouches[n // 2 % 2]), Accept=REPORT
                    )
                )[0],
                CLIENTS,
            )
            assert said.count("person.voice.new") == 1
            first = said.index("person.voice.new") // 2 % 2
            for number, code in enumerate(said):
                same = number // 2 % 2 == first
                assert code in (("person.voice.new", "person.voice.seen") if same else ("person.duplicate",)), code

    def test_a_database_that_is_gone_is_told_and_nothing_is_counted(self, tmp_path: Path) -> None:
        try:
            with private_postgres() as url, running(tmp_path, config(tmp_path, url)) as server:
                nonce = server.post("/v1/challenges", {"scope": people.CAFE}).json["nonce"]
                import signal
                import subprocess

                folder = url.partition("host=")[2]
                pid = int(Path(folder, "data", "postmaster.pid").read_text().split()[0])
                subprocess.run(["kill", f"-{int(signal.SIGQUIT)}", str(pid)], check=True)
                vouch = people.vouch(people.PLAIN)
                told = answer(server, nonce, vouch)
                assert (told.status, told.problem) == (503, "ledger")
                assert int(told.headers["retry-after"]) >= 1
                assert server.get("/readyz").problem == "ledger"
                assert server.get("/livez").status == 200
                assert url not in server.log
        except PostgresMissingError as error:
            pytest.skip(str(error))
