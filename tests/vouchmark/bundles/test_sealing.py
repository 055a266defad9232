"""Do seals and stamps hold for programs that are not ours, and for nothing but the bundle that they were made for?"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.credentials.signing.time_stamping import TimeStampFetchError
from provenance.credentials.trust.formats import ListKind
from tests.support.authority import make_root, make_signer
from tests.support.tsa import serving
from tests.vouchmark.bundles import cases
from vouchmark.bundles import tool
from vouchmark.bundles.bag import layout
from vouchmark.bundles.hands import sealing
from vouchmark.bundles.hands.sealing import Key, Sealer, SealKeyError
from vouchmark.bundles.inputs.asked import Asked
from vouchmark.bundles.inputs.lists import TrustFiles, run_file
from vouchmark.bundles.verifying import Expected, verify
from vouchmark.report import Exit, Status


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """`case`, sealed by `ed25519.key` and stamped by an authority that is OpenSSL; `other.key` is somebody else's."""
    folder = tmp_path_factory.mktemp("sealed")
    with pytest.MonkeyPatch.context() as patch, cases.authority(folder / "tsa") as address:
        patch.setattr(tool, "wheel", lambda: b"the program")
        seal = Sealer(key=cases.new_key(folder), authority=address)
        made = cases.made(folder, "plain.jpg", seal=seal)
        assert made.sealed_by == seal.key.id
        assert made.stamped is not None
        yield folder


@pytest.fixture
def case(world: Path, tmp_path: Path) -> Path:
    shutil.copytree(world / "case", tmp_path / "case")
    return tmp_path / "case"


def ours(world: Path) -> Asked:
    """A reader whose list names the authority, now: it stamps by the clock."""
    stamps = run_file(world / "tsa" / "tsa-root.pem", ListKind.TSA)
    return Asked(trust=TrustFiles(files=(stamps,)), only=("integrity",), engines=("c2pa-rs",))


def keyed(world: Path, name: str = "ed25519") -> Expected:
    return Expected(keys=((world / f"{name}.pub").read_bytes(),))


def told(case: Path, asked: Asked, expected: Expected) -> tuple[Status | None, Status | None, Exit]:
    found = verify(case, asked, expected)
    return found.status_of("bundle.seal"), found.status_of("bundle.stamp"), found.exit


def test_both_hold_for_a_reader_who_knows_the_key_and_the_authority(world: Path, case: Path) -> None:
    assert told(case, ours(world), keyed(world))[:2] == (Status.PASS, Status.PASS)


def test_without_a_key_the_seal_is_by_a_key_unknown_to_the_reader(world: Path, case: Path) -> None:
    found = verify(case, Asked(only=("integrity",)))
    words = next(one.words for one in found.checks if one.code == "bundle.seal")
    assert words == f"Sealed by key {cases.Key.load((world / 'ed25519.key').read_bytes()).id}, unknown to you."
    assert found.status_of("bundle.stamp") is Status.UNKNOWN


class TestOthers:
    def test_openssl_verifies_the_stamp(self, world: Path, case: Path) -> None:
        words = ("ts", "-verify", "-data", layout.SEAL, "-in", layout.STAMP, "-CAfile", world / "tsa" / "tsa-root.pem")
        assert "Verification: OK" in cases.run(cases.needs("openssl"), *words, cwd=case)

    def test_openssl_verifies_the_seal(self, case: Path, tmp_path: Path) -> None:
        envelope = json.loads((case / layout.SEAL).read_text())
        content, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"].encode()
        (tmp_path / "pae").write_bytes(b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(content), content))
        (tmp_path / "sig").write_bytes(base64.b64decode(envelope["signatures"][0]["sig"]))
        words = ("-verify", "-rawin", "-pubin", "-inkey", case / layout.SEAL_KEY, "-in", tmp_path / "pae")
        said = cases.run(cases.needs("openssl"), "pkeyutl", *words, "-sigfile", tmp_path / "sig")
        assert "Signature Verified Successfully" in said

    @pytest.mark.parametrize("kind", ["ed25519", "EC"])
    def test_securesystemslib_verifies_the_seal_and_finds_the_digests_of_sha256sum(
        self, kind: str, world: Path, tmp_path: Path
    ) -> None:
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
        from securesystemslib.dsse import Envelope
        from securesystemslib.signer import SSlibKey

        digests = {"data/a": "1" * 64, "data/b": "2" * 64}
        key = cases.new_key(tmp_path, kind)
        sealed = Sealer(key=key).seal(digests, bag="3" * 64, head="4" * 64)
        envelope = Envelope.from_dict(json.loads(sealed.files[layout.SEAL]))
        public = load_pem_public_key(sealed.files[layout.SEAL_KEY])
        assert envelope.verify([SSlibKey.from_crypto(public, keyid=key.id)], 1)  # type: ignore[arg-type]
        statement = json.loads(envelope.payload)
        assert statement["_type"] == "https://in-toto.io/Statement/v1"
        assert {one["name"]: one["digest"]["sha256"] for one in statement["subject"]} == digests

    def test_the_sealed_digests_are_those_that_sha256sum_gives(self, case: Path) -> None:
        statement = json.loads(base64.b64decode(json.loads((case / layout.SEAL).read_text())["payload"]))
        for one in statement["subject"]:
            assert cases.run(cases.needs("sha256sum"), one["name"], cwd=case).split()[0] == one["digest"]["sha256"]


class TestAttacks:
    def test_one_who_seals_anew_has_another_key_and_loses_the_stamp(
        self, world: Path, case: Path, tmp_path: Path
    ) -> None:
        (case / "data" / "files" / "0001" / "original.jpg").write_bytes(b"another")
        cases.described(case, lambda value: value["files"][0].update(size=7, sha256=_sha(b"another")))
        cases.closed_again(case)
        other = cases.new_key(tmp_path)
        sealed = Sealer(key=other).seal(
            _payload(case), bag=_sha((case / layout.MANIFEST).read_bytes()), head=_head(case)
        )
        for name, octets in sealed.files.items():
            (case / name).write_bytes(octets)
        cases.tags_again(case)
        assert told(case, ours(world), keyed(world)) == (Status.FAIL, Status.FAIL, Exit.FAILED)
        # Whoever knows no key learns only that it is unknown; the stamp does not come along.
        assert told(case, ours(world), Expected())[:2] == (Status.UNKNOWN, Status.FAIL)
        (case / layout.STAMP).unlink()
        cases.tags_again(case)
        assert told(case, ours(world), Expected())[:2] == (Status.UNKNOWN, Status.ABSENT)

    @pytest.mark.parametrize("what", ["payload", "custody", "manifest"])
    def test_a_seal_of_another_state_is_told(self, what: str, world: Path, case: Path) -> None:
        if what == "payload":
            (case / "data" / "README.txt").write_bytes(b"other words")
        if what == "custody":
            path = case / layout.CUSTODY
            path.write_bytes(path.read_bytes().replace(b'"tool": "vouchmark', b'"tool": "vouchmerk'))
        cases.closed_again(case, custody_too=what == "payload")
        if what == "manifest":
            (case / layout.SEAL_KEY).write_bytes(cases.new_key(case.parent, "EC").public_pem)
            cases.tags_again(case)
        seal, _, code = told(case, ours(world), keyed(world))
        assert (seal, code) == (Status.FAIL, Exit.FAILED)

    def test_a_seal_that_was_taken_away_is_missed_by_who_expects_one(self, world: Path, case: Path) -> None:
        for name in (layout.SEAL, layout.SEAL_KEY, layout.STAMP):
            (case / name).unlink()
        cases.tags_again(case)
        assert told(case, ours(world), Expected())[:2] == (Status.ABSENT, Status.ABSENT)
        assert told(case, ours(world), keyed(world))[::2] == (Status.FAIL, Exit.FAILED)

    def test_an_envelope_is_read_in_one_way_alone(self, world: Path) -> None:
        key = Key.load((world / "ed25519.key").read_bytes())
        public = sealing.read_public(key.public_pem)
        envelope = sealing.signed(b"x", sealing.PAYLOAD, key)
        assert sealing.opened(envelope, sealing.PAYLOAD, *public) == b"x"
        value = json.loads(envelope)
        forms = [
            envelope + b" ",
            envelope.replace(b'{"payload"', b'{"payload":"eQ==","payload"'),
            sealing.written(value | {"more": 1}),
            sealing.written(value | {"signatures": value["signatures"] * 2}),
            sealing.written(value | {"signatures": []}),
            sealing.written(value | {"payload": value["payload"].rstrip("=") + "=\n"}),
            sealing.written(value | {"payloadType": "text/plain"}),
            b"[]",
            b"{" * 10_000,
            b"",
        ]
        for form in forms:
            with pytest.raises(sealing.SealError):
                sealing.opened(form, sealing.PAYLOAD, *public)

    @pytest.mark.parametrize("how", ["others", "nonce", "refused", "junk", "redirect", "error"])
    def test_an_authority_that_answers_otherwise_leaves_no_bundle(self, how: str, world: Path, tmp_path: Path) -> None:
        import datetime as dt

        stamper = make_signer(make_root("Stamps"), purposes=("1.3.6.1.5.5.7.3.8",))
        with serving(stamper, dt.datetime.now(dt.UTC)) as authority:
            authority.how = how
            seal = Sealer(key=Key.load((world / "ed25519.key").read_bytes()), authority=authority.url)
            with pytest.raises(TimeStampFetchError):
                cases.made(tmp_path, "plain.jpg", seal=seal)
        assert not (tmp_path / "case").exists()


class TestKeys:
    def test_of_other_kinds_are_refused(self, tmp_path: Path) -> None:
        for kind, more in (("RSA", ()), ("EC", ("-pkeyopt", "ec_paramgen_curve:P-384"))):
            path = tmp_path / kind
            cases.run(cases.needs("openssl"), "genpkey", "-algorithm", kind, *more, "-out", path)
            with pytest.raises(SealKeyError, match="another kind"):
                Key.load(path.read_bytes())
        for octets in (b"", b"no key", bytes(100_000)):
            with pytest.raises(SealKeyError):
                Key.load(octets)
            with pytest.raises(SealKeyError):
                sealing.read_public(octets)

    def test_with_a_passphrase_are_opened_by_it_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "key"
        words = ("-algorithm", "ed25519", "-aes256", "-pass", "pass:right", "-out", path)
        cases.run(cases.needs("openssl"), "genpkey", *words)
        assert Key.load(path.read_bytes(), b"right").id
        for wrong in (b"wrong", None):
            with pytest.raises(SealKeyError, match="passphrase"):
                Key.load(path.read_bytes(), wrong)


def test_a_stamp_of_a_time_to_come_shows_nothing_yet(world: Path, case: Path) -> None:
    import datetime as dt

    before = replace(ours(world), at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert told(case, before, keyed(world))[1] is Status.UNKNOWN


def _sha(octets: bytes) -> str:
    import hashlib

    return hashlib.sha256(octets).hexdigest()


def _payload(case: Path) -> dict[str, str]:
    lines = (case / layout.MANIFEST).read_text().splitlines()
    return {line[66:]: line[:64] for line in lines}


def _head(case: Path) -> str:
    return _sha((case / layout.CUSTODY).read_bytes().splitlines(keepends=True)[0])
