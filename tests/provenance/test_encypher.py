"""Does the second engine answer offline and silently, by its snapshot or our lists, at the time that it is told?"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from provenance.credentials.engines import encypher
from provenance.credentials.engines.model import Outcome, Reading, State
from provenance.credentials.trust.settings import TrustSettings
from tests.support import no_network
from tests.support.authority import (
    Identity,
    change_pixels,
    make_root,
    make_signer,
    manifest_store,
    picture,
    remove_manifest,
    sign,
    sign_edit,
)

ROOT = Path(__file__).parents[2]
NOW = dt.datetime.now(dt.UTC)


@pytest.fixture(scope="module")
def root() -> Identity:
    return make_root()


@pytest.fixture(scope="module")
def signer(root: Identity) -> Identity:
    return make_signer(root)


@pytest.fixture(scope="module")
def signed(signer: Identity) -> bytes:
    return sign(signer)


def failures(reading: Reading) -> set[str]:
    return {code.code for code in reading.codes if code.kind == "failure"}


def test_a_signed_picture_is_read_in_the_same_words_as_the_first_engines(signed: bytes) -> None:
    reading = encypher.read(signed, "image/jpeg", at=NOW)
    assert (reading.engine, reading.version, reading.outcome) == ("encypher-c2pa", "1.7.1", Outcome.FOUND)
    assert reading.state is State.VALID
    assert reading.store is not None
    active = reading.store.active
    assert (active.claim_version, active.title, active.is_update) == (2, "test", False)
    assert active.claim_generator.startswith("Test/1")
    assert [action.action for action in active.actions] == ["c2pa.created"]
    assert active.signer is not None
    assert active.signer.algorithm == "es256"
    assert failures(reading) == {"signingCredential.untrusted"}
    assert any(code.code == "assertion.dataHash.match" for code in active.codes)


def test_its_single_answers_are_kept(signed: bytes) -> None:
    answers = encypher.read(signed, "image/jpeg", at=NOW).answers
    assert answers["integrity"] == "valid"
    assert answers["signature"] == "valid"
    assert answers["hard_binding"] == "match"
    assert answers["trust"] == "not_valid_for_supplied_material"
    assert answers["trust_basis"] == "bundled_static_material"


def test_the_same_bytes_at_the_same_time_give_the_same_reading(signed: bytes) -> None:
    assert encypher.read(signed, "image/jpeg", at=NOW) == encypher.read(signed, "image/jpeg", at=NOW)


def test_changed_pixels_are_a_mismatch(signed: bytes) -> None:
    reading = encypher.read(change_pixels(signed), "image/jpeg", at=NOW)
    assert reading.state is State.INVALID
    assert reading.answers["hard_binding"] == "mismatch"
    assert "assertion.dataHash.mismatch" in failures(reading)


def test_an_edits_parent_is_an_ingredient_with_its_own_manifest(signed: bytes, signer: Identity) -> None:
    reading = encypher.read(sign_edit(signer, signed), "image/jpeg", at=NOW)
    assert reading.store is not None
    active, parent = reading.store.manifests
    (ingredient,) = active.ingredients
    assert (ingredient.relationship, ingredient.manifest) == ("parentOf", parent.label)
    assert ingredient.live


def test_validity_is_judged_at_the_time_that_it_is_told(signed: bytes, signer: Identity) -> None:
    after = signer.certificate.not_valid_after_utc + dt.timedelta(days=1)
    assert "claimSignature.outsideValidity" in failures(encypher.read(signed, "image/jpeg", at=after))
    assert "claimSignature.outsideValidity" not in failures(encypher.read(signed, "image/jpeg", at=NOW))


def test_the_readers_lists_replace_the_snapshot(signed: bytes, root: Identity) -> None:
    ours = TrustSettings(signer_anchors=(("ours", root.pem),))
    assert encypher.read(signed, "image/jpeg", at=NOW, trust=ours).state is State.TRUSTED
    nobodys = encypher.read(signed, "image/jpeg", at=NOW, trust=TrustSettings())
    assert nobodys.state is State.VALID
    assert nobodys.answers["trust_basis"] == "none"


@pytest.mark.parametrize(
    ("data", "media_type", "outcome", "reason"),
    [
        (picture(), "image/jpeg", Outcome.ABSENT, None),
        (b"", "image/jpeg", Outcome.UNSUPPORTED, "empty"),
        (b"noise", "image/jpeg", Outcome.UNPARSABLE, "asset"),
        (b"\0" * 64, "application/c2pa", Outcome.UNSUPPORTED, "type"),
        (b"\0" * 64, "application/octet-stream", Outcome.UNSUPPORTED, "type"),
    ],
)
def test_where_there_is_no_store_the_reason_is_a_stable_word(
    data: bytes, media_type: str, outcome: Outcome, reason: str
) -> None:
    reading = encypher.read(data, media_type, at=NOW)
    assert (reading.outcome, reading.reason, reading.state, reading.store) == (outcome, reason, None, None)


def test_a_sidecar_is_read_and_one_found_beside_the_file_does_not_displace_its_own_store(
    signed: bytes, signer: Identity
) -> None:
    bare, sidecar = remove_manifest(signed), manifest_store(signed)
    reading = encypher.read(bare, "image/jpeg", at=NOW, sidecar=sidecar)
    assert reading.store is not None
    assert not reading.store.embedded
    other = manifest_store(sign(signer, picture(shade=9)))
    assert encypher.read(signed, "image/jpeg", at=NOW, sidecar=other).state is State.INVALID
    found = encypher.read(signed, "image/jpeg", at=NOW, sidecar=other, sidecar_wins=False)
    assert found == encypher.read(signed, "image/jpeg", at=NOW)
    assert encypher.read(bare, "image/jpeg", at=NOW, sidecar=b"").outcome is Outcome.UNPARSABLE


def test_a_panic_in_the_engine_is_an_error(signed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    def panic(*_arguments: Any, **_options: Any) -> None:
        raise PanicException("called `Option::unwrap()` on a `None` value")

    monkeypatch.setattr(encypher.load(), "verify", panic)
    reading = encypher.read(signed, "image/jpeg", at=NOW)
    assert (reading.outcome, reading.reason) == (Outcome.ERROR, "panic")


def test_what_is_no_panic_is_not_swallowed(signed: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_arguments: Any, **_options: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(encypher.load(), "verify", interrupt)
    with pytest.raises(KeyboardInterrupt):
        encypher.read(signed, "image/jpeg", at=NOW)


def test_telemetry_and_online_checks_are_off_before_it_loads_whatever_the_environment_says(signed: bytes) -> None:
    code = """
import os, sys
from provenance.credentials.engines import encypher
engine = encypher.load()
assert not engine.telemetry_enabled(), "telemetry"
seen = {}
verify = engine.verify
def note(*arguments, **options):
    seen.update(options)
    return verify(*arguments, **options)
engine.verify = note
encypher.read(sys.stdin.buffer.read(), "image/jpeg")
assert seen["online"] is False, "online"
print(os.environ["ENCYPHER_C2PA_TELEMETRY"], os.environ["ENCYPHER_C2PA_ONLINE"])
"""
    hostile = {"ENCYPHER_C2PA_TELEMETRY": "on", "ENCYPHER_C2PA_ONLINE": "on", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-c", code], input=signed, capture_output=True, check=False, env={**os.environ, **hostile}
    )
    assert run.stdout.decode().split() == ["off", "off"], run.stderr


@pytest.mark.skipif(bool(no_network.why_not()), reason=no_network.why_not() or "can be forbidden")
@pytest.mark.parametrize("broken", [False, True])
def test_no_socket_is_opened_for_good_or_broken_files(signed: bytes, broken: bool) -> None:
    code = (
        "import sys; from provenance.credentials.engines import encypher; "
        "print(encypher.read(sys.stdin.buffer.read(), 'image/jpeg').state.value)"
    )
    run = subprocess.run(
        no_network.command([sys.executable, "-c", code]),
        input=change_pixels(signed) if broken else signed,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "ENCYPHER_C2PA_TELEMETRY": "on"},
    )
    assert run.stdout.decode().strip() == ("Invalid" if broken else "Valid"), run


def test_the_snapshots_day_stands_beside_the_version_that_it_belongs_to() -> None:
    assert (encypher.version(), encypher.SNAPSHOT_DATED.isoformat()) == ("1.7.1", "2026-09-24")
