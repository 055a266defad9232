"""Are ISCC soft bindings in Content Credentials recomputed, compared, and told as what they are?"""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageOps

from provenance.hashes.fingerprint import Fingerprint
from provenance.hashes.index.entry import Code
from provenance.hashes.iscc import ALGORITHM, agreements, image_code
from provenance.hashes.pictures.pixels import decode
from provenance.workers.pool import Pool
from tests.support.authority import NOW, created, definition, make_root, make_signer, sign, store_of
from vouchmark import check
from vouchmark.demo.pictures import harbour
from vouchmark.examination.examine import examine_all
from vouchmark.examination.settings import make_settings
from vouchmark.known.soft_bindings import ISCC, SoftBinding, check_softly
from vouchmark.report import Line, Report, Status

SIGNER = make_signer(make_root())
OTHER = "ISCC:EEAYA7YYB57RYGDP"


def picture(image: Image.Image | None = None) -> bytes:
    target = io.BytesIO()
    (image or harbour().convert("RGB").resize((480, 360))).save(target, "JPEG", quality=90)
    return target.getvalue()


def bound(value: Any, *, data: bytes | None = None, algorithm: str = ISCC, scope: Any = None) -> bytes:
    """A signed picture whose signer wrote down that value."""
    manifest = definition(created("digitalCapture"))
    content = {"alg": algorithm, "blocks": [{"scope": scope or {}, "value": value}]}
    manifest["assertions"].append({"label": "c2pa.soft-binding", "data": content})
    return sign(SIGNER, data or picture(), manifest=manifest)


def look(data: bytes, **options: Any) -> Report:
    return check(data, trust=store_of(), at=NOW, in_process=True, **options)


def own_code(bits: int = 64) -> str:
    return image_code(decode(picture(), "image/jpeg"), bits=bits)


@pytest.mark.parametrize("bits", [64, 128, 256])
def test_a_code_that_fits_passes_whatever_its_length(bits: int) -> None:
    line = look(bound(own_code(bits))).evidence[Line.KNOWN]
    assert line.status is Status.PASS
    [finding] = line.findings
    assert (finding.code, finding.root) == ("known.soft.agrees", "perceptual-hash")
    assert (finding.detail["distance"], finding.detail["bits"]) == (0, 64)
    assert finding.statement.endswith("A soft binding binds no byte.")


def test_a_code_of_another_picture_is_told_as_that() -> None:
    report = look(bound(OTHER))
    line = report.evidence[Line.KNOWN]
    assert (line.status, line.findings[0].code) == (Status.UNKNOWN, "known.soft.differs")
    assert line.summary == "It does not look like its signed fingerprint."
    assert report.evidence[Line.INTEGRITY].status is Status.PASS, "the bytes are those that were signed all the same"


def test_every_worker_comes_to_the_same(tmp_path: Any) -> None:
    data = bound(own_code())
    with Pool(workers=1) as pool:
        [report] = examine_all([data, data][:1], make_settings(trust=store_of(), at=NOW), pool=pool)
    assert report.evidence[Line.KNOWN] == look(data).evidence[Line.KNOWN]


@pytest.mark.parametrize(
    ("value", "scope", "why"),
    [
        ("no code", None, "its value is no ISCC"),
        ("ISCC:" + "A" * 4000, None, "its value is no ISCC"),
        ("", None, "its value is no ISCC"),
        (7, None, "its value is no ISCC"),
        ("ISCC:GAAUKCM3KXCMGSHQ", None, "it holds no code of the content that can be recomputed here"),
        (OTHER, {"timespan": {"start": 0, "end": 5}}, "it speaks of a part of the file"),
    ],
)
def test_says_why_a_soft_binding_could_not_be_compared(value: Any, scope: Any, why: str) -> None:
    report = look(bound(value, scope=scope))
    assert report.evidence[Line.KNOWN].status is Status.SKIPPED
    assert why in [gap.why for gap in report.not_checked if gap.what == "the signed ISCC soft binding"]


def test_other_algorithms_are_named_and_not_judged() -> None:
    report = look(bound("x", algorithm="com.example.watermark.1"))
    gaps = {gap.what: gap.why for gap in report.not_checked}
    assert gaps["the soft binding “com.example.watermark.1”"] == "only its maker can recompute it"


def test_a_binding_that_somebody_changed_is_not_believed() -> None:
    data = bound(own_code())
    place = data.index(own_code().encode())
    changed = data[: place + 8] + bytes([data[place + 8] ^ 1]) + data[place + 9 :]
    report = look(changed)
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    assert report.evidence[Line.KNOWN].findings == ()


def test_nothing_is_looked_at_where_nobody_asks() -> None:
    report = look(bound(own_code()), only=["integrity"])
    assert report.evidence[Line.KNOWN].findings == ()


def test_units_are_compared_by_the_bits_that_both_have() -> None:
    code, mirrored = own_code(256), image_code(decode(picture(ImageOps.mirror(harbour())), "image/jpeg"))
    [same] = agreements(code, own_code(64))
    assert (same.kind, same.bits, same.distance) == ("content-image", 64, 0)
    assert agreements(code, mirrored)[0].distance > 6
    with pytest.raises(ValueError, match="at most 512"):
        agreements("A" * 513, code)


def test_a_file_that_could_not_be_looked_at_is_told_with_the_reason() -> None:
    binding = SoftBinding(label="c2pa.soft-binding", algorithm=ISCC, value=OTHER, is_whole=True)
    [checked] = check_softly([binding], Fingerprint(reason="time-limit"))
    assert (checked.reason, checked.agrees) == ("time-limit", False)
    [checked] = check_softly([binding], Fingerprint(codes=(Code(algorithm="iscc", rule="r", value=OTHER),)))
    assert (checked.distance, checked.agrees) == (0, True)


def test_the_name_of_the_algorithm_is_one() -> None:
    assert ISCC == ALGORITHM
