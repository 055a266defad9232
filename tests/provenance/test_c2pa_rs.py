"""Does the first engine read offline, with our lists alone, from its own library, and in words that stay the same?"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from provenance.credentials.engines import c2pa_rs, streams
from provenance.credentials.engines.model import Outcome, Reading, State
from provenance.credentials.trust.settings import TrustSettings
from tests.support import no_network
from tests.support.authority import (
    Identity,
    change_pixels,
    created,
    definition,
    make_root,
    make_signer,
    manifest_store,
    picture,
    remove_manifest,
    resign,
    sign,
    sign_edit,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def root() -> Identity:
    return make_root()


@pytest.fixture(scope="module")
def signer(root: Identity) -> Identity:
    return make_signer(root)


@pytest.fixture(scope="module")
def signed(signer: Identity) -> bytes:
    return sign(signer, thumbnail=True)


def trusting(*anchors: Identity, kind: str = "signer_anchors", **more: Any) -> TrustSettings:
    lists = tuple((f"list {number}", anchor.pem) for number, anchor in enumerate(anchors))
    return TrustSettings(**{kind: lists}, **more)  # type: ignore[arg-type]


def failures(reading: Reading) -> set[str]:
    return {code.code for code in reading.codes if code.kind == "failure"}


def test_a_signed_picture_is_read_whole(signed: bytes, signer: Identity) -> None:
    reading = c2pa_rs.read(signed, "image/jpeg")
    assert (reading.engine, reading.outcome, reading.state) == ("c2pa-rs", Outcome.FOUND, State.VALID)
    assert reading.store is not None
    active = reading.store.active
    assert active.claim_version == 2
    assert active.title == "test"
    assert active.claim_generator.startswith("Test/1")
    assert [action.action for action in active.actions] == ["c2pa.created"]
    assert active.signer is not None
    assert active.signer.certificate is not None
    assert active.signer.algorithm == signer.algorithm
    assert active.signer.certificate.subject["O"] == "Test Camera"
    assert active.signer.certificate.serial == f"{signer.certificate.serial_number:x}"
    assert active.signer.certificate.not_after == signer.certificate.not_valid_after_utc
    assert failures(reading) == {"signingCredential.untrusted"}


def test_the_whole_store_comes_with_it_byte_for_byte(signed: bytes) -> None:
    store = c2pa_rs.read(signed, "image/jpeg").store
    assert store is not None
    assert store.raw == manifest_store(signed)
    assert store.embedded


def test_a_store_over_the_limit_is_left_out(signed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(c2pa_rs, "MAX_STORE", 10)
    store = c2pa_rs.read(signed, "image/jpeg").store
    assert store is not None
    assert store.raw == b""


def test_an_edits_parent_is_an_ingredient_with_its_own_manifest(signed: bytes, signer: Identity) -> None:
    reading = c2pa_rs.read(sign_edit(signer, signed), "image/jpeg")
    assert reading.store is not None
    active, parent = reading.store.manifests
    (ingredient,) = active.ingredients
    assert (ingredient.relationship, ingredient.title, ingredient.manifest) == ("parentOf", "parent", parent.label)
    assert any(code.code == "ingredient.manifest.validated" for code in ingredient.live)
    assert {code.code for code in ingredient.recorded} >= {"claimSignature.validated"}
    assert set(ingredient.live) <= set(reading.codes)


def test_changed_pixels_are_a_mismatch_and_no_error(signed: bytes) -> None:
    reading = c2pa_rs.read(change_pixels(signed), "image/jpeg")
    assert reading.state is State.INVALID
    assert "assertion.dataHash.mismatch" in failures(reading)
    assert not any(code.io_error for code in reading.codes)


def test_the_same_bytes_give_the_same_reading(signed: bytes) -> None:
    assert c2pa_rs.read(signed, "image/jpeg") == c2pa_rs.read(signed, "image/jpeg")


@pytest.mark.parametrize(
    ("data", "media_type", "outcome", "reason"),
    [
        (picture(), "image/jpeg", Outcome.ABSENT, None),
        (picture("PNG"), "image/jpeg", Outcome.ABSENT, None),
        (b"words", "text/plain", Outcome.UNSUPPORTED, "type"),
        (b"", "image/jpeg", Outcome.UNSUPPORTED, "empty"),
        (b"\xff\xd8\xff", "image/jpeg", Outcome.UNPARSABLE, "asset"),
        (b"<svg", "image/svg+xml", Outcome.UNPARSABLE, "asset"),
        (b"\0\0\0\x18stypmsdh" + bytes(16), "video/iso.segment", Outcome.UNPARSABLE, "asset"),
    ],
)
def test_where_there_is_no_store_the_reason_is_a_stable_word(
    data: bytes, media_type: str, outcome: Outcome, reason: str
) -> None:
    reading = c2pa_rs.read(data, media_type)
    assert (reading.outcome, reading.reason, reading.state, reading.store) == (outcome, reason, None, None)
    assert reading.version == c2pa_rs.version()


@pytest.mark.parametrize(
    ("complaint", "outcome", "reason"),
    [
        ("ManifestNotFound: no JUMBF data found", Outcome.ABSENT, None),
        ("Other: prerelease content detected", Outcome.UNPARSABLE, "prerelease"),
        ("Io: out of memory", Outcome.ERROR, "memory-limit"),
        ("Io: Cannot allocate memory (os error 12)", Outcome.ERROR, "memory-limit"),
        ("Io: Resource temporarily unavailable (os error 11)", Outcome.ERROR, "io"),
        ("Other: asset could not be parsed: Bad BMFF Other: UntrackedPointer: 0x2", Outcome.ERROR, "io"),
        ("Verify: invalid JUMBF header", Outcome.UNPARSABLE, "store"),
        ("NotSupported: type is unsupported", Outcome.UNPARSABLE, "asset"),
        ("something of the next version", Outcome.UNPARSABLE, "store"),
        ("Verify: a label that says ManifestNotFound", Outcome.UNPARSABLE, "store"),
    ],
)
def test_every_complaint_has_a_stable_word(complaint: str, outcome: Outcome, reason: str) -> None:
    reading = c2pa_rs._refused(complaint, "image/jpeg")
    assert (reading.outcome, reading.reason) == (outcome, reason)


REMOTE = "https://credentials.example/manifest.c2pa"


@pytest.fixture(scope="module")
def remote_only(signed: bytes) -> bytes:
    """A picture that only names an address, by XMP as the specification has it (C2PA 2.4, section 11.5)."""
    xmp = (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f'xmlns:dcterms="http://purl.org/dc/terms/" dcterms:provenance="{REMOTE}"/></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    ).encode()
    payload = b"http://ns.adobe.com/xap/1.0/\0" + xmp
    plain = remove_manifest(signed)
    return plain[:2] + b"\xff\xe1" + (len(payload) + 2).to_bytes(2, "big") + payload + plain[2:]


def test_an_address_elsewhere_is_told_and_not_visited(remote_only: bytes) -> None:
    reading = c2pa_rs.read(remote_only, "image/jpeg")
    assert (reading.outcome, reading.remote_url, reading.state) == (Outcome.REMOTE, REMOTE, None)


def test_a_sidecar_is_read_in_place_of_what_the_file_holds(signed: bytes) -> None:
    sidecar, bare = manifest_store(signed), remove_manifest(signed)
    assert c2pa_rs.read(bare, "image/jpeg").outcome is Outcome.ABSENT
    reading = c2pa_rs.read(bare, "image/jpeg", sidecar=sidecar)
    assert reading.store is not None
    assert not reading.store.embedded
    assert reading.store.raw == sidecar


def test_a_sidecar_found_beside_the_file_does_not_displace_its_own_store(signed: bytes, signer: Identity) -> None:
    other = manifest_store(sign(signer, picture(shade=9)))
    given = c2pa_rs.read(signed, "image/jpeg", sidecar=other)
    found = c2pa_rs.read(signed, "image/jpeg", sidecar=other, sidecar_wins=False)
    assert given.state is State.INVALID
    assert found == c2pa_rs.read(signed, "image/jpeg")
    stripped = c2pa_rs.read(remove_manifest(signed), "image/jpeg", sidecar=manifest_store(signed), sidecar_wins=False)
    assert stripped.outcome is Outcome.FOUND


@pytest.mark.parametrize(("sidecar", "reason"), [(b"", "sidecar"), (b"noise", "store")])
def test_a_sidecar_that_is_none_is_not_taken_for_absent(signed: bytes, sidecar: bytes, reason: str) -> None:
    reading = c2pa_rs.read(remove_manifest(signed), "image/jpeg", sidecar=sidecar)
    assert (reading.outcome, reading.reason) == (Outcome.UNPARSABLE, reason)


# Each setting has its effect: the engine ignores what it does not know, without a word.


def test_a_listed_root_makes_it_trusted_and_only_as_a_root_of_signers(signed: bytes, root: Identity) -> None:
    assert c2pa_rs.read(signed, "image/jpeg", trust=trusting(root)).state is State.TRUSTED
    assert c2pa_rs.read(signed, "image/jpeg", trust=trusting(make_root("Another"))).state is State.VALID


def test_a_time_stamping_root_is_told_as_one(root: Identity) -> None:
    told = c2pa_rs.settings(trusting(root, kind="tsa_anchors"))
    assert [anchor["trust_kind"] for anchor in told["trust"]["anchors"]] == ["tsa"]
    told["trust"]["anchors"][0]["trust_kind"] = "other"
    with pytest.raises(c2pa_rs.load().C2paError, match="unknown variant"):
        c2pa_rs.load().Context.from_dict(told)


def test_an_allowed_leaf_makes_it_trusted_without_any_root(signed: bytes, signer: Identity) -> None:
    line = base64.b64encode(hashlib.sha256(signer.der).digest()).decode() + "\n"
    assert c2pa_rs.read(signed, "image/jpeg", trust=TrustSettings(allowed=line)).state is State.TRUSTED
    other = base64.b64encode(bytes(32)).decode() + "\n"
    assert c2pa_rs.read(signed, "image/jpeg", trust=TrustSettings(allowed=other)).state is State.VALID


def test_purposes_are_those_that_it_is_told(signed: bytes, root: Identity) -> None:
    assert c2pa_rs.read(signed, "image/jpeg", trust=trusting(root)).state is State.TRUSTED
    none_of_these = c2pa_rs.read(signed, "image/jpeg", trust=trusting(root, eku_oids=("1.3.6.1.5.5.7.3.9",)))
    assert none_of_these.state is State.INVALID


def test_manifests_unfold_to_the_bound_and_no_further() -> None:
    told = c2pa_rs.settings(None)
    told["core"]["max_decompressed_manifest_size_in_mb"] = "much"
    with pytest.raises(c2pa_rs.load().C2paError, match="expected usize"):
        c2pa_rs.load().Context.from_dict(told)


UNDER_FILTER = """
import io, json, sys
from provenance.credentials.engines import c2pa_rs, streams
told = c2pa_rs.settings(None)
for path in json.loads(sys.argv[1]):
    table, key = path
    del told[table][key]
engine = c2pa_rs.load()
context = engine.Context.from_dict(told)
try:
    engine.Reader("image/jpeg", io.BytesIO(sys.stdin.buffer.read()), context=context).json()
    print("read")
except engine.C2paError as error:
    print(error)
"""


def under_filter(data: bytes, *without: tuple[str, str]) -> subprocess.CompletedProcess[bytes]:
    """Read by our settings without some of them, in a process that dies at its first socket."""
    return subprocess.run(
        no_network.command([sys.executable, "-c", UNDER_FILTER, json.dumps(without)]),
        input=data,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HOME": "/nonexistent"},
    )


needs_filter = pytest.mark.skipif(bool(no_network.why_not()), reason=no_network.why_not() or "can be forbidden")
FETCH, HOSTS = ("verify", "remote_manifest_fetch"), ("core", "allowed_network_hosts")


@needs_filter
def test_no_socket_is_opened_for_an_address_elsewhere(remote_only: bytes) -> None:
    run = under_filter(remote_only)
    assert run.returncode == 0, run.stderr
    assert b"must fetch remote manifests" in run.stdout


@needs_filter
def test_either_setting_alone_keeps_it_at_home_and_without_both_it_goes_out(remote_only: bytes) -> None:
    assert under_filter(remote_only, FETCH).returncode == 0
    assert under_filter(remote_only, HOSTS).returncode == 0
    assert under_filter(remote_only, FETCH, HOSTS).returncode == -no_network.SIGNAL


# The engine's library comes from its package, wherever the process stands.


PLANTED = """
import ctypes, os, sys
from provenance.credentials.engines import c2pa_rs, streams
loaded = []
original = ctypes.CDLL.__init__
def note(self, name, *arguments, **options):
    loaded.append(str(name))
    original(self, name, *arguments, **options)
ctypes.CDLL.__init__ = note
print(c2pa_rs.version())
print([name for name in loaded if "c2pa" in name])
print(os.environ.get("C2PA_LIBRARY_NAME"))
"""


@pytest.mark.parametrize("variable", [None, "libevil.so"])
def test_a_library_planted_in_the_current_folder_is_not_loaded(tmp_path: Path, variable: str | None) -> None:
    for name in ("libc2pa_c.so", "libevil.so", "libs/libc2pa_c.so", "artifacts/libc2pa_c.so"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"not a library")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)} | ({"C2PA_LIBRARY_NAME": variable} if variable else {})
    run = subprocess.run(
        [sys.executable, "-P", "-c", PLANTED], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    version, loaded, left = run.stdout.splitlines()
    assert version == c2pa_rs.version()
    assert str(tmp_path) not in loaded
    assert "libs/libc2pa_c.so" in loaded
    assert left == str(variable)


# What the engine says where the media could not be read does not count.


class Failing(streams.Source):
    """Media that can be read for so many calls and then no more."""

    left = 0

    def readinto(self, buffer: Any, /) -> int:
        Failing.left -= 1
        if Failing.left < 0:
            self.failed = True
            raise MemoryError
        return io.BytesIO.readinto(self, buffer)


def test_a_read_that_fails_anywhere_is_an_error_and_never_changed_or_absent(
    signed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "Source", Failing)
    seen = set()
    for calls in range(200):
        Failing.left = calls
        reading = c2pa_rs.read(signed, "image/jpeg")
        seen.add((reading.outcome, reading.reason, reading.state))
        if Failing.left >= 0:
            break
    assert seen == {(Outcome.ERROR, "memory-limit", None), (Outcome.FOUND, None, State.VALID)}


def test_media_notice_when_they_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    source = streams.Source(b"media")
    assert source.readinto(bytearray(5)) == 5
    assert not source.failed

    class Broken(io.BytesIO):
        def readinto(self, buffer: Any, /) -> int:
            raise MemoryError

    class Combined(streams.Source, Broken):
        pass

    combined = Combined(b"media")
    with pytest.raises(MemoryError):
        combined.readinto(bytearray(5))
    assert combined.failed


def test_declared_source_types_are_kept_as_written(signer: Identity) -> None:
    data = sign(signer, manifest=definition(created("trainedAlgorithmicMedia")))
    store = c2pa_rs.read(data, "image/jpeg").store
    assert store is not None
    assert store.active.actions[0].digital_source_type == (
        "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    )


def test_versions_are_told() -> None:
    assert c2pa_rs.version().count(".") == 2
    assert c2pa_rs.binding_version().startswith("0.38.")


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", "GIF", "AVIF"])
def test_other_containers_are_read_too(signer: Identity, form: str) -> None:
    media_type = f"image/{form.lower()}"
    reading = c2pa_rs.read(sign(signer, picture(form), media_type=media_type), media_type)
    assert (reading.outcome, reading.state) == (Outcome.FOUND, State.VALID)


def test_an_expired_certificate_is_told_by_its_code(root: Identity, signer: Identity) -> None:
    past = dt.datetime.now(dt.UTC) - dt.timedelta(days=800)
    late = make_signer(root, start=past, end=past + dt.timedelta(days=365))
    # The engine signs with no expired certificate, so that only the signature's certificates are replaced.
    data = resign(sign(signer), late)
    reading = c2pa_rs.read(data, "image/jpeg", trust=trusting(root))
    assert "signingCredential.expired" in failures(reading)
    assert reading.state is State.INVALID
