"""Does `vouchmark trust` keep, show, update and distrust as it says, and else give one clear line and a fit code?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from provenance.credentials.trust import fetch as trust_fetch
from provenance.credentials.trust.lists import TrustListFetchError, TrustLists
from provenance.credentials.trust.update import INTERIM, OFFICIAL, PUBLISHERS
from tests.support import authority as made
from tests.support.lists import lote, products_list
from vouchmark.cli import main

ROOT = made.make_root()
OTHER = made.make_root("Other Authority")
LEAF = made.make_signer(ROOT)
LEAF_HASH = hashlib.sha256(LEAF.der).hexdigest()

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `vouchmark trust …` with a home and a current folder of its own."""
    monkeypatch.setenv("VOUCHMARK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.pem").write_text(ROOT.pem)
    (tmp_path / "other.pem").write_text(OTHER.pem)
    (tmp_path / "leaf.pem").write_text(LEAF.pem)
    (tmp_path / "official.json").write_bytes(lote(ROOT))
    (tmp_path / "stamps.json").write_bytes(lote(OTHER, scheme="C2PA TSA Trust List"))
    (tmp_path / "products.json").write_bytes(products_list())
    (tmp_path / "store.cfg").write_text("// purposes\n1.3.6.1.4.1.62558.2.1\n")
    (tmp_path / "words.txt").write_text("no list\n")

    def go(*words: str) -> Result:
        result = CliRunner().invoke(main, ["trust", *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return go


def test_shows_that_nobody_vouches_for_anybody_yet(run: Run) -> None:
    result = run("show")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("No list of signers is kept")
    assert "vouchmark trust update" in result.stdout


def test_imports_and_shows(run: Run) -> None:
    digest = hashlib.sha256(ROOT.pem.encode()).hexdigest()
    result = run("import", "mine.pem", "--kind", "signer", "--at", "2026-11-01")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"mine: imported, your own list of signers, imported on 2026-11-01; its own date is unknown\n"
        f"  SHA-256 {digest}\n"
    )
    assert run("import", "mine.pem", "--kind", "signer").stdout.startswith("mine: unchanged")
    shown = run("show", "--at", "2026-11-21T10:00:00Z")
    assert shown.stdout == (
        f"mine: your own list of signers\n  1 anchor; imported on 2026-11-01; its own date is unknown\n"
        f"  SHA-256 {digest}\n"
    )
    assert "warning: old" not in shown.stdout
    assert "warning: old" in run("show", "--at", "2027-01-21").stdout


def test_takes_every_form_that_is_published(run: Run) -> None:
    for words in (
        ("official.json", "--as", "official"),
        ("stamps.json", "--as", "official"),
        ("products.json", "--as", "official"),
        ("store.cfg",),
        ("leaf.pem", "--kind", "signer", "--as", "interim", "--name", "interim-allowed", "--at", "2026-11-01"),
    ):
        result = run("import", *words)
        assert (result.exit_code, result.stderr) == (0, ""), words
    text = run("show", "--at", "2026-11-21").stdout
    for line in (
        "c2pa: list of signers (official, as you said)",
        "  1 anchor; dated 2026-08-05 (108 days old)",
        "  warning: old; see whether its publisher has a newer one",
        "c2pa-tsa: list of time-stamping authorities (official, as you said)",
        "interim-allowed: list of signers (interim, as you said)",
        "  1 leaf certificate; imported on 2026-11-01; its own date is unknown",
        "c2pa-products: list of conforming products (official, as you said)",
        "store: your own list of certificate purposes",
    ):
        assert line in text.splitlines(), line
    value = json.loads(run("show", "--format", "json", "--at", "2026-11-21").stdout)
    assert [(item["name"], item["kind"], item["label"], item["age_days"]) for item in value["lists"]] == [
        ("c2pa", "signer", "official, as you said", 108),
        ("c2pa-tsa", "tsa", "official, as you said", 108),
        ("interim-allowed", "signer", "interim, as you said", None),
    ]
    assert value["key_usages"] == ["1.3.6.1.4.1.62558.2.1"]
    assert value["sha256"] == TrustLists.load().digest


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("import", "none.pem", "--kind", "signer"), 2, "none.pem: no such file"),
        (("import", ".", "--kind", "signer"), 2, ".: not a regular file"),
        (("import", "words.txt", "--kind", "signer"), 2, "words.txt: no certificate in it"),
        (("import", "mine.pem"), 2, "mine.pem: the file does not say what it vouches for"),
        (("import", "stamps.json", "--kind", "signer"), 2, "is a list of kind tsa, not signer"),
        (("import", "mine.pem", "--kind", "signer", "--name", "../x"), 2, "got the name '../x'"),
        (("remove", "x"), 2, "there is no list named 'x'"),
        (("distrust", "--sha256", "12"), 2, "expected a SHA-256 of 64"),
        (("distrust", "--subject", "Maker"), 2, "expected an attribute such as O=… or CN=…"),
        (("distrust", "products.json"), 2, "products.json: expected certificates, got products"),
        (("distrust", "--remove"), 2, "no certificate and no name given"),
    ],
)
def test_says_in_one_line_what_is_wrong(words: tuple[str, ...], code: int, error: str, run: Run) -> None:
    result = run(*words)
    assert (result.exit_code, result.stdout) == (code, "")
    lines = result.stderr.splitlines()
    assert lines[0].startswith("error: ")
    assert error in lines[0]
    assert all(line.startswith("hint: ") for line in lines[1:])


def test_an_older_list_is_refused_with_a_code_of_its_own(run: Run, tmp_path: Path) -> None:
    run("import", "official.json", "--as", "official")
    (tmp_path / "older.json").write_bytes(lote(OTHER, issued="2026-01-01T00:00:00Z"))
    result = run("import", "older.json", "--as", "official")
    assert result.exit_code == 1
    assert "older than the list that is kept" in result.stderr
    assert "--force" in result.stderr
    assert run("import", "older.json", "--as", "official", "--force").exit_code == 0


def test_a_changed_list_is_an_error_until_it_is_imported_again(run: Run, tmp_path: Path) -> None:
    run("import", "mine.pem", "--kind", "signer")
    (kept,) = (tmp_path / "home" / "trust" / "lists").iterdir()
    kept.write_text(OTHER.pem)
    result = run("show")
    assert result.exit_code == 4
    assert "was changed since it was imported" in result.stderr
    assert "hint: import the list again" in result.stderr
    assert run("import", "mine.pem", "--kind", "signer").exit_code == 0
    assert run("show").exit_code == 0


def test_removes_a_list(run: Run) -> None:
    run("import", "mine.pem", "--kind", "tsa")
    assert run("remove", "mine").stdout == "mine: removed (your own list of time-stamping authorities)\n"
    assert TrustLists.load() == TrustLists.empty()


def test_distrusts_shows_and_takes_back(run: Run) -> None:
    assert run("distrust").stderr == "nobody is distrusted\n"
    result = run("distrust", "leaf.pem", "--subject", r"O=Maker\, Inc.,CN=Camera", "--reason", "keys\x1b[31m leaked")
    assert result.exit_code == 0
    assert f"distrusted: certificate {LEAF_HASH} (keys\\u001b[31m leaked)" in result.stdout
    assert "distrusted: subject CN=Camera, O=Maker, Inc." in result.stdout
    assert run("distrust", "leaf.pem").stderr == "nothing changed\n"
    assert run("distrust").stdout == result.stdout
    assert f"certificate {LEAF_HASH}" in run("show").stdout
    colons = ":".join(LEAF_HASH.upper()[start : start + 2] for start in range(0, 64, 2))
    assert run("distrust", "--sha256", colons, "--remove").stdout.startswith("no longer distrusted: certificate")
    assert len(TrustLists.load().distrust) == 1


PUBLISHED = {
    OFFICIAL[0].url: lote(ROOT),
    OFFICIAL[1].url: lote(OTHER, scheme="C2PA TSA Trust List"),
    OFFICIAL[2].url: products_list(),
    PUBLISHERS[0].url: LEAF.pem.encode(),
    INTERIM[0].url: OTHER.pem.encode(),
    INTERIM[1].url: LEAF.pem.encode(),
}


def serve(monkeypatch: pytest.MonkeyPatch, **changed: bytes | None) -> list[str]:
    """Answer downloads from memory; the addresses that were asked for."""
    asked: list[str] = []
    table = PUBLISHED | {item.url: changed[item.name] for item in OFFICIAL if item.name in changed}

    def fetch(url: str) -> bytes:
        asked.append(url)
        answer = table[url]
        if answer is None:
            raise TrustListFetchError(f"{url}: no route to host")
        return answer

    monkeypatch.setattr(trust_fetch, "fetch_https", fetch)
    return asked


def test_updates_the_official_lists_and_the_interim_ones_only_when_asked(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = serve(monkeypatch)
    result = run("update")
    assert (result.exit_code, result.stderr) == (0, "")
    assert asked == [item.url for item in (*OFFICIAL, *PUBLISHERS)]
    assert "iptc: imported, IPTC's list of news publishers, imported on 20" in result.stdout
    assert "c2pa: imported, official list of signers, dated 2026-08-05" in result.stdout
    assert "confirmed 20" in run("show").stdout
    asked.clear()
    result = run("update", "--interim")
    assert asked == list(PUBLISHED)
    assert "c2pa: unchanged" in result.stdout
    assert "interim-allowed: imported" in result.stdout


def test_an_update_that_fails_says_so_and_keeps_what_was_there(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch)
    run("update")
    before = TrustLists.load()
    serve(monkeypatch, c2pa=None)
    result = run("update")
    assert result.exit_code == 4
    assert result.stderr.startswith(f"error: c2pa: {OFFICIAL[0].url}: no route to host\n")
    assert "hint: kept lists stay as they were" in result.stderr
    serve(monkeypatch, c2pa=lote(OTHER, issued="2025-01-01T00:00:00Z"))
    assert run("update").exit_code == 1
    assert TrustLists.load() == before


def test_nothing_but_update_asks_the_network(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = serve(monkeypatch)
    for words in (("show",), ("import", "mine.pem", "--kind", "signer"), ("distrust", "leaf.pem"), ("remove", "mine")):
        run(*words)
    assert asked == []
