"""Do the vectors of the specification hold by its words alone, and is what the library makes today what it says?"""

import ast
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.specification import reading
from tests.specification.make_vectors import vectors
from tests.specification.reading import Refused
from zk.errors import ZkError
from zk.profile.exchange import EnrolmentRequest, EnrolmentResponse
from zk.profile.personhood import IssuerInfo, Vouch
from zk.profile.words import word_list

PAGES = Path(__file__).parents[2] / "docs" / "specification"
BINDING = {"kind": "file", "digest": hashlib.sha256(b"photo").digest()}


@pytest.fixture(scope="module", params=["published", "made now"])
def given(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    if request.param == "made now":
        return vectors(tmp_path_factory.mktemp("vectors"))
    published: dict[str, Any] = json.loads((PAGES / "personhood-vectors.json").read_text("utf-8"))
    return published


def test_the_reading_shares_no_code_with_the_library() -> None:
    tree = ast.parse(Path(reading.__file__).read_text("utf-8"))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in imported if name.split(".")[0] in ("zk", "vouchmark", "provenance", "tests")]


def test_issuer_and_code(given: dict[str, Any]) -> None:
    info = reading.issuer(given["issuer_json"])
    assert IssuerInfo.from_json(given["issuer_json"].encode()).id.hex() == info["id"]
    with pytest.raises(Refused):
        reading.issuer(given["issuer_json"].replace("Harbour", "Harbor"))
    public, code_id = reading.code(given["code"]["text"])
    assert (public.hex(), code_id.hex()) == (given["code"]["public_key"], given["code"]["id"])


def test_request_and_words(given: dict[str, Any]) -> None:
    info, asked = reading.issuer(given["issuer_json"]), given["request"]
    octets, key = bytes.fromhex(asked["octets"]), bytes.fromhex(given["code"]["public_key"])
    reading.request(octets, info, key)
    assert hashlib.sha256(octets).hexdigest() == asked["digest"]
    assert reading.words(bytes.fromhex(asked["digest"]), list(word_list())) == asked["words"]
    assert EnrolmentRequest.decode(octets).encode() == octets
    for position in (40, 300, len(octets) // 2, len(octets) - 70):
        changed = octets[:position] + bytes([octets[position] ^ 1]) + octets[position + 1 :]
        with pytest.raises((Refused, KeyError, ValueError)):
            reading.request(changed, info, key)


def test_response(given: dict[str, Any]) -> None:
    info, told = reading.issuer(given["issuer_json"]), given["response"]
    octets, digest = bytes.fromhex(told["octets"]), bytes.fromhex(given["request"]["digest"])
    secrets = {
        name: ([int(nym, 16) for nym in told[f"{name}_nyms"]], int(told[f"{name}_blind"], 16))
        for name in ("lasting", "epochal")
    }
    reading.response(octets, info, digest, secrets)
    assert EnrolmentResponse.decode(octets).encode() == octets
    nyms, blind = secrets["epochal"]
    with pytest.raises(Refused, match="class epoch"):
        reading.response(octets, info, digest, {**secrets, "epochal": (nyms, blind + 1)})


def test_vouches(given: dict[str, Any]) -> None:
    info = reading.issuer(given["issuer_json"])
    said = [reading.vouch(bytes.fromhex(each), info, BINDING) for each in given["vouches"]]
    assert [each["class"] for each in said] == ["lasting", "lasting", "epoch"]
    assert len({each["pseudonym"] for each in said}) == 3
    octets = bytes.fromhex(given["vouches"][0])
    assert Vouch.decode(octets).encode() == octets
    with pytest.raises(Refused, match="other media"):
        reading.vouch(octets, info, {**BINDING, "digest": bytes(32)})
    for name, change in (("level", 2), ("epoch", "2026-12"), ("scope", "public:other"), ("slot", 1)):
        with pytest.raises((Refused, KeyError, ValueError)):
            reading.vouch(reading.encode({**reading.members_of(octets), name: change}), info, BINDING)


def test_a_seal_and_no_vouch_for_a_file_that_is_a_statement(given: dict[str, Any]) -> None:
    info, sealed = reading.issuer(given["issuer_json"]), given["seal"]
    octets, kind, payload = bytes.fromhex(sealed["vouch"]), sealed["payload_type"], sealed["payload"].encode()
    assert reading.seal(octets, info, kind, payload)["class"] == "epoch"
    assert Vouch.decode(octets).encode() == octets
    for other in ((kind + "x", payload), (kind, payload + b" ")):
        with pytest.raises(Refused, match="other media"):
            reading.seal(octets, info, *other)
    with pytest.raises(Refused, match="other media"):
        reading.seal(bytes.fromhex(given["vouches"][0]), info, kind, payload)
    encoded = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    for file in (payload, encoded):
        with pytest.raises(Refused, match="other media"):
            reading.vouch(octets, info, {"kind": "file", "digest": hashlib.sha256(file).digest()})


@pytest.mark.parametrize(
    "octets",
    [b"\xbf\xff", b"\xa2\x61b\x01\x61a\x02", b"\xa1\x61a\x18\x01", b"\xa2\x61a\x01\x61a\x01", b"\x01\x01", b""],
)
def test_both_refuse_what_is_not_deterministic(octets: bytes) -> None:
    with pytest.raises((Refused, ValueError)):
        reading.decode(octets)
    with pytest.raises(ZkError):
        Vouch.decode(octets)


def test_the_page_names_every_member_that_is_written(given: dict[str, Any]) -> None:
    page = (PAGES / "personhood.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_]+)`", page))
    written: set[str] = set()
    for octets in (given["request"]["octets"], given["response"]["octets"], *given["vouches"], given["seal"]["vouch"]):
        written |= set(reading.members_of(bytes.fromhex(octets)))
    written |= set(json.loads(given["issuer_json"]))
    assert written <= named
