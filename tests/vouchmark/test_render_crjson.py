"""Is crJSON shaped as published, plain text for every terminal, and the same for the same inputs?"""

from __future__ import annotations

import json
from typing import Any, Final

import jsonschema
import pytest

from tests.support.attacks import CAMERA, NOW, examine
from tests.support.authority import append_bytes, definition, picture, sign
from tests.support.corpus import media, needs_corpus
from tests.support.media.crafting import signed
from tests.support.media.histories import earlier, edited
from tests.vouchmark.samples import HOSTILE, report
from vouchmark.codes.specification import SPECIFICATION, Kind
from vouchmark.render import crjson
from vouchmark.report import CrJson

TEXT: Final = {"type": "string"}
NAME: Final = {
    "type": "object",
    "properties": dict.fromkeys(("C", "ST", "L", "O", "OU", "CN", "E", "2.5.4.97"), TEXT),
    "additionalProperties": False,
}
CERTIFICATE: Final = {
    "type": "object",
    "required": ["serialNumber", "issuer", "subject", "validity"],
    "properties": {"serialNumber": TEXT, "issuer": NAME, "subject": NAME},
}
CODES: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["code"],
        "properties": {"code": TEXT, "url": TEXT, "explanation": TEXT},
        "additionalProperties": False,
    },
}
REFERENCES: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["url", "hash"],
        "properties": {"url": TEXT, "hash": {"type": "string", "pattern": "^b64'"}, "alg": TEXT},
        "additionalProperties": False,
    },
}
RESULTS: Final = {
    "type": "object",
    "required": ["success", "informational", "failure", "specVersion", "validationTime"],
    "properties": {
        "success": CODES,
        "informational": CODES,
        "failure": CODES,
        "specVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        "validationTime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
    },
    "additionalProperties": False,
}
CLAIM: Final = {
    "type": "object",
    "required": ["instanceID", "claim_generator_info", "signature", "created_assertions"],
    "properties": {
        **dict.fromkeys(("instanceID", "signature", "dc:title", "alg", "alg_soft", "specVersion"), TEXT),
        "claim_generator_info": {"type": "object", "required": ["name"]},
        "created_assertions": {**REFERENCES, "minItems": 1},
        "gathered_assertions": REFERENCES,
        "redacted_assertions": {"type": "array", "items": TEXT},
        "metadata": {"type": "object"},
    },
    "additionalProperties": False,
}
DOCUMENT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["@context", "manifests", "jsonGenerator"],
    "properties": {
        "jsonGenerator": {
            "type": "object",
            "required": ["name", "version"],
            "properties": {"name": TEXT, "version": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"}},
        },
        "manifests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["label", "assertions", "signature", "validationResults", "claim.v2"],
                "properties": {
                    "label": TEXT,
                    "assertions": {"type": "object"},
                    "claim.v2": CLAIM,
                    "signature": {
                        "type": "object",
                        "required": ["algorithm", "certificateInfo"],
                        "properties": {
                            "algorithm": TEXT,
                            "certificateInfo": CERTIFICATE,
                            "timeStampInfo": {
                                "type": "object",
                                "required": ["timestamp", "certificateInfo"],
                                "properties": {"timestamp": TEXT, "certificateInfo": CERTIFICATE},
                            },
                        },
                        "additionalProperties": False,
                    },
                    "validationResults": RESULTS,
                },
                "additionalProperties": False,
            },
        },
    },
}
"""What C2PA's published crJSON schema requires of a document with version 2 claims, contents of assertions aside."""


def document(data: bytes) -> Any:
    return json.loads(crjson.dumps(examine(data, crjson=True)))


@pytest.mark.parametrize(
    "data",
    [
        sign(CAMERA),
        append_bytes(sign(CAMERA)),
        edited(parent := earlier().build(), before=(parent,)),
        signed(CAMERA),
        picture(),
        b"",
    ],
    ids=["signed", "altered", "edited", "crafted", "plain", "empty"],
)
def test_a_document_has_the_published_shape(data: bytes) -> None:
    jsonschema.Draft202012Validator(DOCUMENT).validate(document(data))


def test_the_same_inputs_give_the_same_bytes_in_and_out_of_a_process() -> None:
    data = edited(parent := earlier().build(), before=(parent,))
    first = crjson.dumps(examine(data, crjson=True))
    assert crjson.dumps(examine(data, crjson=True)) == first
    assert crjson.dumps(examine(data, crjson=True, in_process=False)) == first
    assert NOW.strftime("%Y-%m-%dT%H:%M:%SZ") in first


def test_no_sign_of_a_file_reaches_a_terminal_or_a_page() -> None:
    data = sign(CAMERA, manifest=definition(title=HOSTILE))
    text = crjson.dumps(examine(data, crjson=True))
    assert text.isascii()
    assert not {"\x1b", "\0", "\r", "<", ">", "&"} & set(text)
    assert json.loads(text)["manifests"][0]["claim.v2"]["dc:title"] == HOSTILE


def test_a_report_that_was_made_without_crjson_says_so() -> None:
    about = crjson.to_dict(report())["vouchmark"]
    assert about["problem"] == "not-asked-for"
    assert about["status"]["integrity"] == "skipped"


def test_a_file_that_was_not_read_is_a_record_with_a_reason() -> None:
    assert document(b"")["vouchmark"]["problem"] == "unreadable"
    plain = document(picture())
    assert (plain["manifests"], plain["vouchmark"]["problem"]) == ([], "absent")


@needs_corpus
@pytest.mark.corpus
def test_every_code_of_real_files_is_the_specifications_and_of_the_kind_that_it_gives() -> None:
    seen = set()
    for row in media():
        for manifest in (examine(row.path, crjson=True).crjson or CrJson()).manifests:
            results: Any = manifest["validationResults"]
            seen |= {(entry["code"], kind) for kind in Kind for entry in results[kind.value]}
    assert len(seen) > 30
    for code, kind in seen:
        assert code in SPECIFICATION, code
        assert SPECIFICATION[code][0] == kind, (code, kind)
