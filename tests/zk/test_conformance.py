"""Does the conformance run pass the official fixtures, and does it notice and name what it should?"""

import json
import os
from pathlib import Path

import pytest

from tests.zk.mocked_random import SEED, seeded_random_scalars
from zk import conformance
from zk.bbs.ciphersuite import BLS12_381_SHA_256, BLS12_381_SHAKE_256

CORPUS = os.environ.get("VOUCHMARK_CORPUS")
VECTORS = Path(CORPUS or ".") / "vectors"
SLOW = os.environ.get("VOUCHMARK_SLOW") == "1"
FILES = sorted(conformance.fixture_files(VECTORS)) if CORPUS else []

corpus = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS, reason="VOUCHMARK_CORPUS is not set: no official fixtures"),
]

# BBS draft, "Hash to Scalar Test Vectors" of BLS12-381-SHA-256.
H2S = {
    "caseName": "Hash to scalar output",
    "message": "9872ad089e452c7b6e283dfac2a80d58e8d0ff71cc4d5e310a1debdda4a45f02",
    "dst": (BLS12_381_SHA_256.api_id + b"H2S_").hex(),
    "scalar": "0f90cbee27beb214e6545becb8404640d3612da5d6758dffeccd77ed7169807c",
}


def folder(tmp_path, **files):
    """Write fixture files for the SHA-256 suite."""
    place = tmp_path / "bls12-381-sha-256"
    place.mkdir()
    for name, content in files.items():
        (place / f"{name}.json").write_text(content if isinstance(content, str) else json.dumps(content))
    return tmp_path


def sample(files):
    """One of each folder: what the slow engine runs by default."""
    return sorted({path.parent: path for path in files}.values())


class TestOfficialFixtures:
    """The corpus, file by file."""

    pytestmark = corpus

    @pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(VECTORS)))
    def test_arkworks_gives_what_the_fixture_says(self, path):
        assert conformance.run_file(path, "arkworks") is None

    @pytest.mark.parametrize("path", FILES if SLOW else sample(FILES), ids=lambda path: str(path.relative_to(VECTORS)))
    def test_py_ecc_gives_what_the_fixture_says(self, path):
        assert conformance.run_file(path, "py_ecc") is None

    def test_all_files_are_there(self):
        counts = {
            name: len([p for p in FILES if name in p.parts])
            for name in ("bbs", "blind-bbs", "bbs-pseudonym", "rfc9380")
        }
        # With a messages.json each, 61, 33 and 45 files; two of the ten of RFC 9380 are about G2.
        assert counts == {"bbs": 60, "blind-bbs": 32, "bbs-pseudonym": 44, "rfc9380": 8}

    def test_a_changed_proof_fails(self, tmp_path):
        fixture = json.loads((VECTORS / "bbs/bls12-381-sha-256/proof/proof003.json").read_text())
        changed = "0" if fixture["proof"][-1] != "0" else "1"
        fixture["proof"] = fixture["proof"][:-1] + changed
        path = folder(tmp_path, proof003=fixture) / "bls12-381-sha-256" / "proof003.json"
        assert "does not verify" in conformance.run_file(path, "arkworks")

    def test_a_verdict_turned_round_fails(self, tmp_path):
        fixture = json.loads((VECTORS / "bbs/bls12-381-sha-256/signature/signature001.json").read_text())
        fixture["result"]["valid"] = False
        path = folder(tmp_path, signature001=fixture) / "bls12-381-sha-256" / "signature001.json"
        assert "accepted, expected a refusal" in conformance.run_file(path, "arkworks")

    @pytest.mark.parametrize("suite_name", ["sha", "shake"])
    def test_the_published_scalars_are_the_mocked_generators(self, suite_name):
        """The fixtures' scalars, which the conformance run takes as they are, come from the seed as the draft says."""
        suite = {"sha": BLS12_381_SHA_256, "shake": BLS12_381_SHAKE_256}[suite_name]
        checked = 0
        for path in FILES:
            fixture = json.loads(path.read_text())
            if f"bls12-381-{suite_name}-256" not in path.parts or "proof" not in fixture:
                continue
            if "bbs" in path.parts and not fixture["result"]["valid"]:
                continue
            seed = fixture.get("mockRngParameters", {}).get("SEED", SEED.decode()).encode()
            published = conformance._proof_scalars(fixture)
            dst = fixture.get("mockRngParameters", {}).get("proof", {}).get("DST")
            tag = dst.encode() if dst else suite.api_id + b"MOCK_RANDOM_SCALARS_DST_"
            assert seeded_random_scalars(seed, tag, len(published), suite=suite) == published, path
            checked += 1
        assert checked >= 5 + 8 + 11


def test_passes_a_right_fixture_and_ends_with_the_sum(tmp_path, capsys):
    assert conformance.main([str(folder(tmp_path, h2s=H2S))]) == 0
    assert capsys.readouterr().out == "2 passed, 0 failed\n"


def test_fails_a_wrong_fixture_and_says_which(tmp_path, capsys):
    wrong = {**H2S, "scalar": "0" * 64}
    assert conformance.main([str(folder(tmp_path, h2s=wrong)), "--backend", "arkworks"]) == 1
    out = capsys.readouterr().out.splitlines()
    assert out == ["failed on arkworks: bls12-381-sha-256/h2s.json: Mismatch: scalar differs", "0 passed, 1 failed"]


def test_names_files_it_does_not_know(tmp_path, capsys):
    place = folder(tmp_path, h2s=H2S, other={"some": "thing"}, broken="{", list="[1]", big=" " * (1 << 21))
    (place / "elsewhere.json").write_text(json.dumps(H2S))
    assert conformance.main([str(place), "--backend", "arkworks"]) == 0
    out = capsys.readouterr().out.splitlines()
    assert set(out) == {
        "unknown: bls12-381-sha-256/other.json",
        "unknown (not JSON): bls12-381-sha-256/broken.json",
        "unknown: bls12-381-sha-256/list.json",
        "unknown (too large): bls12-381-sha-256/big.json",
        "unknown: elsewhere.json",
        "1 passed, 0 failed",
    }
    assert out[-1] == "1 passed, 0 failed"


def test_a_folder_without_fixtures_is_no_success(tmp_path, capsys):
    assert conformance.main([str(tmp_path)]) == 1
    assert capsys.readouterr().out == "0 passed, 0 failed\n"


def test_a_fixture_without_a_field_fails_and_does_not_stop_the_run(tmp_path, capsys):
    half = {"proverNyms": ["01"], "signature": "", "result": {}}
    assert conformance.main([str(folder(tmp_path, a=half, h2s=H2S)), "--backend", "arkworks"]) == 1
    out = capsys.readouterr().out.splitlines()
    assert "KeyError" in out[0]
    assert out[-1] == "1 passed, 1 failed"


def test_refuses_a_path_that_is_no_folder(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        conformance.main([str(tmp_path / "missing")])
    assert stop.value.code == 2
    assert "not a folder" in capsys.readouterr().err
