"""Does signing give files that are trusted under the signer's own list alone? And do the tools of the tests work?"""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import c2pa
import pytest
from PIL import Image

from provenance.credentials.errors import UnsupportedCredentialsError
from provenance.credentials.signing.c2pa_sign import ALGORITHMS, SigningError, SigningKey, sign_media
from provenance.credentials.trust.lists import ListKind
from provenance.credentials.trust.settings import DEFAULT_EKU_OIDS, EKU_C2PA_CLAIM_SIGNING, TrustSettings
from tests.support import authority as made

MEDIA = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF"}


def read(
    data: bytes, trust: TrustSettings | None = None, *, media_type: str = "image/jpeg"
) -> tuple[str, set[str], Any]:
    """State, failure codes of the active manifest and the whole JSON."""
    settings = {
        "core": {"allowed_network_hosts": []},
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
        "trust": (trust or TrustSettings()).to_engine(),
    }
    context = c2pa.Context.from_dict(settings)
    with context, c2pa.Reader(media_type, io.BytesIO(data), context=context) as reader:
        value = json.loads(reader.json())
        state = reader.get_validation_state()
    failures = value["validation_results"]["activeManifest"]["failure"]
    return str(state), {entry["code"] for entry in failures}, value


@pytest.fixture(scope="module")
def root() -> made.Identity:
    return made.make_root()


@pytest.fixture(scope="module")
def signer(root: made.Identity) -> made.Identity:
    return made.make_signer(root)


@pytest.fixture(scope="module")
def listed(root: made.Identity) -> TrustSettings:
    return made.store_of(made.list_of(root)).settings()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_signs_with_every_algorithm_that_c2pa_allows(
    algorithm: str, root: made.Identity, listed: TrustSettings
) -> None:
    signed = made.sign(made.make_signer(root, algorithm=algorithm))
    assert read(signed, listed)[0] == "Trusted"
    assert read(signed)[:2] == ("Valid", {"signingCredential.untrusted"})


@pytest.mark.parametrize("media_type", MEDIA)
def test_signs_pictures_whose_pixels_stay_as_they_were(
    media_type: str, signer: made.Identity, listed: TrustSettings
) -> None:
    plain = made.picture(MEDIA[media_type])
    signed = made.sign(signer, plain, media_type=media_type)
    assert read(signed, listed, media_type=media_type)[0] == "Trusted"
    with Image.open(io.BytesIO(plain)) as before, Image.open(io.BytesIO(signed)) as after:
        assert before.tobytes() == after.tobytes()


def test_signing_opens_no_socket(signer: made.Identity, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    assert made.sign(signer)


def test_an_intermediate_authority_is_sent_along(root: made.Identity, listed: TrustSettings) -> None:
    between = made.certify({"O": "Test", "CN": "Issuing"}, issuer=root, is_authority=True, path_length=0)
    signer = made.make_signer(between)
    assert len(signer.chain) == 2
    assert read(made.sign(signer), listed)[0] == "Trusted"
    assert read(made.sign(signer, chain=signer.chain[:1]), listed)[0] == "Valid"


def test_records_what_the_editor_saw_of_a_good_and_of_a_changed_parent(
    signer: made.Identity, listed: TrustSettings
) -> None:
    good = made.sign(signer)
    for parent, expected in ((good, set()), (made.change_pixels(good), {"assertion.dataHash.mismatch"})):
        state, failures, value = read(made.sign_edit(signer, parent, trust=listed), listed)
        assert (state, failures) == ("Trusted", set())
        (ingredient,) = value["manifests"][value["active_manifest"]]["ingredients"]
        recorded = ingredient["validation_results"]["activeManifest"]["failure"]
        assert {entry["code"] for entry in recorded} == expected


def test_refuses_an_unknown_algorithm_a_bad_definition_and_a_format_that_cannot_be_signed(
    signer: made.Identity,
) -> None:
    key = signer.signing_key()
    odd = SigningKey(algorithm="es256k", certificates=key.certificates, sign=key.sign)
    with pytest.raises(UnsupportedCredentialsError, match="es256k"):
        sign_media(made.picture(), media_type="image/jpeg", manifest=made.definition(), key=odd)
    with pytest.raises(UnsupportedCredentialsError, match="text/plain"):
        sign_media(b"words", media_type="text/plain", manifest=made.definition(), key=key)
    with pytest.raises(SigningError):
        sign_media(made.picture(), media_type="image/jpeg", manifest={"assertions": 1}, key=key)
    with pytest.raises(SigningError):
        sign_media(b"no picture", media_type="image/jpeg", manifest=made.definition(), key=key)


def test_a_key_shows_neither_its_function_nor_its_certificates(signer: made.Identity) -> None:
    assert repr(signer.signing_key()) == "SigningKey(algorithm='es256')"


# What the engine is told about trust: every key of its settings has an effect.


def test_a_leaf_certificate_on_the_allow_list_needs_no_anchor(signer: made.Identity) -> None:
    settings = made.store_of(made.list_of(signer)).settings()
    assert settings.signer_anchors == ()
    assert read(made.sign(signer), settings)[0] == "Trusted"


def test_a_root_for_time_stamps_is_told_apart_in_the_settings(root: made.Identity) -> None:
    settings = made.store_of(made.list_of(root, kind=ListKind.TSA)).settings()
    assert (settings.signer_anchors, settings.cawg_anchors) == ((), ())
    assert [entry["trust_kind"] for entry in settings.to_engine()["anchors"]] == ["tsa"]


def test_the_purposes_told_to_the_engine_decide(signer: made.Identity, listed: TrustSettings) -> None:
    others = tuple(oid for oid in DEFAULT_EKU_OIDS if oid != EKU_C2PA_CLAIM_SIGNING)
    narrowed = TrustSettings(signer_anchors=listed.signer_anchors, eku_oids=others)
    assert "signingCredential.invalid" in read(made.sign(signer), narrowed)[1]


# The tools of the tests do what they say.


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png"])
def test_surgery_changes_what_it_says_and_nothing_else(
    media_type: str, signer: made.Identity, listed: TrustSettings
) -> None:
    plain = made.picture(MEDIA[media_type])
    signed = made.sign(signer, plain, media_type=media_type)

    def state(data: bytes) -> tuple[str, set[str]]:
        return read(data, listed, media_type=media_type)[:2]

    assert made.remove_manifest(signed) == plain
    assert made.with_manifest_store(signed, made.manifest_store(signed)) == signed
    assert made.manifest_store(signed)[4:8] == b"jumb"
    mismatch = ("Invalid", {"assertion.dataHash.mismatch"})
    for changed in (
        made.change_pixels(signed),
        made.append_bytes(signed),
        made.add_xmp(signed),
        made.transplant(signed, made.picture(MEDIA[media_type], shade=90)),
    ):
        assert state(changed) == mismatch
        with Image.open(io.BytesIO(changed)) as image:
            image.load()
    with Image.open(io.BytesIO(made.change_pixels(signed))) as after, Image.open(io.BytesIO(signed)) as before:
        assert after.tobytes() != before.tobytes()


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({"end": made.NOW - made.DAY / 2}, "signingCredential.expired"),
    ({"purposes": (made.ANY_PURPOSE,)}, "signingCredential.invalid"),
    ({"purposes": None}, "signingCredential.invalid"),
    ({"usages": ("key_agreement",)}, "signingCredential.invalid"),
    ({"is_authority": True, "purposes": (made.CLAIM_SIGNING,)}, "signingCredential.invalid"),
    ({"authority_key_id": False}, "signingCredential.invalid"),
]


@pytest.mark.parametrize(("options", "expected"), FAULTS)
def test_a_file_is_signed_again_with_the_fault_that_was_asked_for(
    options: dict[str, Any], expected: str, root: made.Identity, signer: made.Identity, listed: TrustSettings
) -> None:
    faulty = made.make_signer(root, **options)
    state, failures, _ = read(made.resign(made.sign(signer), faulty), listed)
    if expected:
        assert expected in failures
        with pytest.raises(SigningError):
            made.sign(faulty)
    else:
        assert (state, failures) == ("Trusted", set())


def test_a_signature_over_another_claim_is_a_mismatch(signer: made.Identity, listed: TrustSettings) -> None:
    forged = made.resign(made.sign(signer), signer, claim=b"another")
    assert "claimSignature.mismatch" in read(forged, listed)[1]


def test_the_engine_alone_would_trust_an_authority_for_time_stamps_as_a_signer(
    root: made.Identity, signer: made.Identity, listed: TrustSettings
) -> None:
    # Its one list of purposes serves signers and time stamps alike: why `signer.py` looks for itself.
    stamper = made.make_signer(root, purposes=(made.TIME_STAMPING,))
    assert read(made.resign(made.sign(signer), stamper), listed)[0] == "Trusted"


def test_signing_never_loads_a_library_that_lies_in_the_current_folder(tmp_path: Path) -> None:
    for name in ("libc2pa_c.so", "libs/libc2pa_c.so", "artifacts/libc2pa_c.so"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"planted")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "vouchmark", "demo", "gallery", "-q"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "VOUCHMARK_HOME": str(tmp_path / "home"), "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "does not match its credentials" in done.stdout
