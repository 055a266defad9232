"""Do both engines' states of every real file agree with what is documented, under each of the four trust settings?"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
import ssl

import pytest

from provenance.asset import open_asset
from provenance.credentials.engines import c2pa_rs, encypher
from provenance.credentials.engines.model import Kind, Outcome, Reading, State
from provenance.credentials.trust.settings import TrustSettings
from provenance.media_type import UNKNOWN
from tests.support.corpus import SETTINGS, Row, media, needs_corpus, trust

pytestmark = [needs_corpus, pytest.mark.corpus]

MEASURED = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
"""The day on which the index was measured."""

WORDS = {
    Outcome.ABSENT: "no manifest",
    Outcome.REMOTE: "remote only",
    Outcome.UNSUPPORTED: "unsupported type",
    Outcome.UNPARSABLE: "unparsable",
}
ROWS = pytest.mark.parametrize("row", media(), ids=lambda row: row.id)


def told(setting: str) -> TrustSettings:
    """The lists of a setting as the engine is told of them, read here by other means than the product's."""
    signers, authorities = SETTINGS[setting]
    leaves = [name for name in signers if "allowed" in name]
    return TrustSettings(
        signer_anchors=tuple((name, trust(name).read_text()) for name in signers if name not in leaves),
        tsa_anchors=tuple((name, trust(name).read_text()) for name in authorities),
        allowed="".join(map(hashes, leaves)),
    )


def hashes(name: str) -> str:
    found = re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", trust(name).read_text(), re.DOTALL)
    ders = (ssl.PEM_cert_to_DER_cert(pem) for pem in found)
    return "".join(base64.b64encode(hashlib.sha256(der).digest()).decode() + "\n" for der in ders)


def expired_since(reading: Reading) -> bool:
    """Whether a certificate of a manifest ran out after the index was measured: the engine looks at the clock."""
    manifests = reading.store.manifests if reading.store else ()
    ends = [m.signer.certificate.not_after for m in manifests if m.signer and m.signer.certificate]
    return any(end is not None and MEASURED < end < dt.datetime.now(dt.UTC) for end in ends)


@ROWS
@pytest.mark.parametrize("setting", list(SETTINGS))
def test_the_first_engines_state_is_the_documented_one(row: Row, setting: str) -> None:
    asset = open_asset(row.path)
    reading = c2pa_rs.read(asset.data, asset.media_type, trust=told(setting))
    found = str(reading.state) if reading.state else WORDS[reading.outcome]
    if found != row.columns[f"state {setting}"]:
        assert expired_since(reading), f"{found}, documented {row.columns[f'state {setting}']}"


@ROWS
def test_the_first_engines_failures_are_the_documented_ones(row: Row) -> None:
    asset = open_asset(row.path)
    reading = c2pa_rs.read(asset.data, asset.media_type)
    documented = set(filter(None, row.columns["failures none"].split(",")))
    active = reading.store.active.codes if reading.store else ()
    found = {code.code for code in active if code.kind is Kind.FAILURE}
    if not expired_since(reading):
        assert found == documented
    assert not any(code.io_error for code in reading.codes)


@ROWS
def test_the_second_engines_state_is_the_documented_one(row: Row) -> None:
    asset = open_asset(row.path)
    reading = encypher.read(asset.data, asset.media_type, at=MEASURED)
    documented = row.columns["state encypher-c2pa 1.7.1"]
    if documented.startswith("ValueError"):
        # The index was made from paths, where this engine raises over a type that it does not know.
        assert (reading.outcome, reading.state) == (Outcome.UNSUPPORTED, None)
    else:
        assert str(reading.state) == documented


@ROWS
def test_every_store_comes_whole_with_as_many_manifests_as_documented(row: Row) -> None:
    asset = open_asset(row.path)
    store = c2pa_rs.read(asset.data, asset.media_type).store
    if store is None:
        return
    if row.columns["n_manifests"]:
        assert len(store.manifests) == int(row.columns["n_manifests"])
    assert store.raw[4:8] == b"jumb"
    assert int.from_bytes(store.raw[:4], "big") == len(store.raw)
    signer = store.active.signer
    assert signer is not None
    assert signer.certificate is not None


def test_a_fragmented_video_holds_with_its_fragment_and_not_without() -> None:
    start, fragment = (open_asset(row.path).data for row in media() if row.id in ("rs__dashinit.mp4", "rs__dash1.m4s"))
    if b"ftyp" not in start[:16]:
        start, fragment = fragment, start
    alone, whole = (c2pa_rs.read(start, "video/mp4", fragments=given) for given in ((), (fragment,)))
    assert (alone.state, whole.state) == (State.INVALID, State.VALID)
    changed = bytearray(fragment)
    changed[-1] ^= 1
    assert c2pa_rs.read(start, "video/mp4", fragments=(bytes(changed),)).state is State.INVALID


@ROWS
def test_every_type_is_recognised_by_its_content(row: Row) -> None:
    asset = open_asset(row.path)
    assert asset.media_type != UNKNOWN
    assert asset.named_type is None
    assert open_asset(asset.data).media_type == asset.media_type
