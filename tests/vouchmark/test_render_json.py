"""Is a report's JSON the same bytes for the same report, harmless, and read back strictly?"""

from __future__ import annotations

import hashlib
import json as stdlib_json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vouchmark import samples
from tests.vouchmark.any_report import reports
from vouchmark import schema
from vouchmark.policies.policy import Policy
from vouchmark.render import json
from vouchmark.report import Line, Report, ReportError

GALLERY = {name: Policy.default().applied(report) for name, report in samples.gallery().items()}
SCHEMA = jsonschema.Draft202012Validator(schema.generate())


def document(report: Report = GALLERY["signed"]) -> dict[str, Any]:
    """A report's JSON as Python values that a test may change."""
    changed: dict[str, Any] = stdlib_json.loads(json.dumps(report))
    return changed


def sealed(changed: dict[str, Any]) -> str:
    """JSON text with a digest that fits, as whoever changes a report can write it."""
    changed.pop("sha256", None)
    changed["sha256"] = hashlib.sha256(rfc8785.dumps(changed)).hexdigest()
    return stdlib_json.dumps(changed)


class TestWriting:
    def test_keys_stand_in_the_order_of_the_schema(self) -> None:
        written = json.to_dict(GALLERY["signed"])
        assert list(written) == ["schema", "media", "evidence", "verdict", "not_checked", "inputs", "sha256"]
        assert list(written["media"]) == ["name", "path", "type", "size", "sha256", "width", "height", "metadata"]  # type: ignore[arg-type]
        assert list(written["evidence"]) == list(Line)  # type: ignore[arg-type]
        assert list(written["inputs"]) == ["at", "tool", "engines", "trust_lists"]  # type: ignore[arg-type]
        assert list(written["verdict"]) == ["outcome", "labels", "reasons", "policy"]  # type: ignore[arg-type]

    def test_the_digest_is_of_the_canonical_form_without_itself(self) -> None:
        written = document()
        digest = written.pop("sha256")
        assert hashlib.sha256(rfc8785.dumps(written)).hexdigest() == digest

    def test_the_digest_does_not_depend_on_the_layout(self) -> None:
        report = GALLERY["laundered"]
        written = {stdlib_json.loads(text)["sha256"] for text in (json.dumps(report), json.dumps_line(report))}
        assert written == {json.to_dict(report)["sha256"]}

    def test_the_order_of_a_details_keys_changes_nothing(self) -> None:
        one = samples.signed(ai=[replace(samples.GENERATED, detail={"a": 1, "b": {"c": 2, "d": 3}})])
        two = samples.signed(ai=[replace(samples.GENERATED, detail={"b": {"d": 3, "c": 2}, "a": 1})])
        assert json.dumps(one) == json.dumps(two)

    @pytest.mark.parametrize("name", GALLERY)
    def test_every_sample_fits_the_schema_and_reads_back_the_same(self, name: str) -> None:
        text = json.dumps(GALLERY[name])
        SCHEMA.validate(stdlib_json.loads(text))
        assert json.dumps(json.loads(text)) == text

    def test_a_report_without_a_verdict_fits_the_schema(self) -> None:
        text = json.dumps(samples.signed())
        SCHEMA.validate(stdlib_json.loads(text))
        assert json.loads(text).verdict is None

    def test_required_lines_are_written_where_they_are_not_the_default(self) -> None:
        report = samples.report(required=(Line.AI,))
        assert json.to_dict(report)["inputs"]["options"] == {"require": ["ai"]}  # type: ignore[index,call-overload]
        assert json.loads(json.dumps(report)).required == (Line.AI,)
        assert "options" not in json.to_dict(samples.signed())["inputs"]  # type: ignore[operator]

    def test_only_stands_for_the_required_lines(self) -> None:
        base = samples.report(required=(Line.TIME,))
        report = replace(base, inputs=replace(base.inputs, options={"only": ["time"]}))
        assert json.loads(json.dumps(report)).required == (Line.TIME,)

    def test_one_line_has_no_line_break_whatever_the_media_says(self) -> None:
        assert "\n" not in json.dumps_line(GALLERY["hostile"])

    def test_carries_no_control_character_no_override_and_no_markup(self) -> None:
        for text in (json.dumps(GALLERY["hostile"]), json.dumps_line(GALLERY["hostile"])):
            assert not set(text) & set("\x1b\x00\r\u202e\u200b<>&")

    def test_markup_is_escaped_but_its_value_is_kept(self) -> None:
        text = json.dumps(samples.signed("<script>&.jpg"))
        assert "\\u003cscript\\u003e\\u0026.jpg" in text
        assert stdlib_json.loads(text)["media"]["name"] == "<script>&.jpg"

    @pytest.mark.parametrize(
        ("number", "written"),
        [
            (2**53 - 1, 2**53 - 1),
            (-(2**53) + 1, -(2**53) + 1),
            (2**53, str(2**53)),
            (-(2**200), str(-(2**200))),
            (float("nan"), "NaN"),
            (float("inf"), "Infinity"),
            (float("-inf"), "-Infinity"),
            (True, True),
            (1.5, 1.5),
        ],
    )
    def test_numbers_that_rfc_8785_cannot_write_become_strings(self, number: Any, written: Any) -> None:
        report = samples.signed(ai=[replace(samples.GENERATED, detail={"number": number})])
        detail = document(report)["evidence"]["ai"]["findings"][0]["detail"]
        assert detail == {"number": written}
        assert json.dumps(json.loads(json.dumps(report))) == json.dumps(report)

    def test_minus_zero_is_zero(self) -> None:
        report = samples.signed(ai=[replace(samples.GENERATED, detail={"number": -0.0})])
        assert '"number": 0.0' in json.dumps(report)

    def test_detail_that_is_nested_too_deeply_does_not_stop_the_report(self) -> None:
        nested: Any = "bottom"
        for _ in range(5000):
            nested = [nested]
        text = json.dumps(samples.signed(ai=[replace(samples.GENERATED, detail={"nested": nested})]))
        assert json.TOO_DEEP in text
        assert json.dumps(json.loads(text)) == text

    def test_keys_that_become_the_same_are_numbered_and_not_lost(self) -> None:
        detail = {"a\u00a0b": 1, "a b": 2, "a\u2003b": 3}
        report = samples.signed(ai=[replace(samples.GENERATED, detail=detail)])
        written = document(report)["evidence"]["ai"]["findings"][0]["detail"]
        assert written == {"a b": 2, "a b (2)": 1, "a b (3)": 3}

    def test_refuses_a_detail_that_is_no_json(self) -> None:
        with pytest.raises(TypeError, match="expected a JSON value"):
            json.dumps(samples.signed(ai=[replace(samples.GENERATED, detail={"bytes": b"x"})]))  # type: ignore[dict-item]

    def test_is_the_same_bytes_in_fresh_processes(self) -> None:
        program = (
            "import hashlib; from tests.vouchmark import samples; from vouchmark.render import json;"
            "print(hashlib.sha256(''.join(json.dumps(r) for r in samples.gallery().values()).encode()).hexdigest())"
        )
        root = Path(__file__).resolve().parents[2]
        digests = {
            subprocess.run(
                [sys.executable, "-c", program],
                check=True,
                capture_output=True,
                text=True,
                cwd=root,
                env={**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(root)},
            ).stdout
            for seed in range(3)
        }
        assert len(digests) == 1


class TestReading:
    def test_gives_the_report_that_was_written(self) -> None:
        report = GALLERY["laundered"]
        assert json.loads(json.dumps(report)) == report
        assert json.loads(json.dumps_line(report).encode()) == report

    def test_refuses_one_changed_character(self) -> None:
        text = json.dumps(GALLERY["altered"]).replace('"fail"', '"pass"')
        with pytest.raises(ReportError, match="changed after it was written"):
            json.loads(text)

    @pytest.mark.parametrize(
        "path", [(), ("media",), ("evidence", "ai"), ("inputs",), ("verdict",), ("verdict", "policy")]
    )
    def test_refuses_a_field_that_the_schema_does_not_have(self, path: tuple[str, ...]) -> None:
        changed = document()
        place = changed
        for part in path:
            place = place[part]
        place["extra"] = 1
        with pytest.raises(ReportError, match="unknown field"):
            json.loads(sealed(changed))
        assert not SCHEMA.is_valid(changed)

    @pytest.mark.parametrize(
        "path", [("media", "name"), ("evidence", "claim"), ("inputs", "at"), ("verdict",), ("schema",)]
    )
    def test_refuses_a_missing_field(self, path: tuple[str, ...]) -> None:
        changed = document()
        place = changed
        for part in path[:-1]:
            place = place[part]
        del place[path[-1]]
        with pytest.raises(ReportError):
            json.loads(sealed(changed))
        assert not SCHEMA.is_valid(changed)

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (("schema",), "vouchmark.report/3"),
            (("media", "size"), -1),
            (("media", "size"), "7"),
            (("media", "size"), 1.5),
            (("media", "sha256"), "AB" * 32),
            (("evidence", "ai", "status"), "maybe"),
            (("evidence", "ai", "findings", 0, "root"), "hearsay"),
            (("evidence", "ai", "findings", 0, "code"), "no code"),
            (("evidence", "ai", "findings", 0, "detail"), []),
            (("verdict", "outcome"), "trust"),
            (("inputs", "at"), "yesterday"),
            (("inputs", "engines"), {"c2pa-rs": 1}),
        ],
    )
    def test_refuses_a_value_of_another_kind(self, path: tuple[Any, ...], value: Any) -> None:
        changed = document()
        place: Any = changed
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = value
        with pytest.raises(ReportError):
            json.loads(sealed(changed))
        assert not SCHEMA.is_valid(changed)

    def test_refuses_findings_out_of_their_numbers(self) -> None:
        changed = document()
        changed["evidence"]["ai"]["findings"][0]["id"] = "ai.2"
        with pytest.raises(ReportError, match=r"ai\.2"):
            json.loads(sealed(changed))

    def test_refuses_a_verdict_that_rests_on_nothing(self) -> None:
        changed = document()
        changed["verdict"]["reasons"] = ["claim.7"]
        with pytest.raises(ReportError, match=r"claim\.7"):
            json.loads(sealed(changed))

    @pytest.mark.parametrize("options", [{"require": "ai"}, {"require": ["soul"]}, {"only": [1]}])
    def test_refuses_required_lines_that_are_none(self, options: dict[str, Any]) -> None:
        changed = document()
        changed["inputs"]["options"] = options
        with pytest.raises(ReportError):
            json.loads(sealed(changed))

    def test_refuses_a_key_that_stands_twice(self) -> None:
        text = json.dumps(GALLERY["signed"]).replace('"schema":', '"schema": "vouchmark.report/2", "schema":', 1)
        with pytest.raises(ReportError, match="twice"):
            json.loads(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "null",
            "[]",
            "7",
            "{",
            '{"a": NaN}',
            '{"a": 1e999}',
            "[" * 100_000,
            '{"a":' * 100_000,
            '{"a": ' + "9" * 10_000 + "}",
            b"\xff\xfe",
            '"\ud800"',
            '{"schema": "vouchmark.report/2"} {}',
        ],
    )
    def test_refuses_what_is_no_report(self, text: str | bytes) -> None:
        with pytest.raises(ReportError):
            json.loads(text)

    def test_refuses_integers_that_other_readers_would_round(self) -> None:
        changed = document()
        changed["evidence"]["ai"]["findings"][0]["detail"] = {"n": 2**53 + 1}
        with pytest.raises(ReportError, match="RFC 8785"):
            json.loads(stdlib_json.dumps(changed))

    def test_refuses_half_of_a_surrogate_pair(self) -> None:
        text = json.dumps(GALLERY["signed"]).replace("harbour.jpg", "\\ud800.jpg", 1)
        with pytest.raises(ReportError, match="RFC 8785"):
            json.loads(text)

    def test_refuses_more_bytes_than_any_report_has(self) -> None:
        with pytest.raises(ReportError, match="expected at most"):
            json.loads(b" " * (json.MAX_BYTES + 1))

    def test_its_errors_carry_no_control_characters(self) -> None:
        changed = document()
        changed["\x1b[31m\n"] = 1
        with pytest.raises(ReportError) as caught:
            json.loads(sealed(changed))
        assert "\x1b" not in str(caught.value)
        assert "\n" not in str(caught.value)

    @given(reports())
    @settings(max_examples=150, deadline=None)
    def test_any_report_is_written_fits_the_schema_and_is_read_back(self, report: Report) -> None:
        text = json.dumps(report)
        SCHEMA.validate(stdlib_json.loads(text))
        again = json.loads(text)
        assert json.dumps(again) == text
        assert again.required == report.required

    @given(st.text(max_size=200) | st.binary(max_size=200))
    def test_any_text_is_refused_in_a_typed_way(self, text: str | bytes) -> None:
        with pytest.raises(ReportError):
            json.loads(text)

    @given(st.data())
    @settings(deadline=None)
    def test_any_changed_byte_is_refused_or_changes_nothing(self, data: st.DataObject) -> None:
        original = json.dumps_line(GALLERY["unknown"]).encode()
        place = data.draw(st.integers(0, len(original) - 1))
        changed = bytearray(original)
        changed[place] = data.draw(st.integers(0, 255))
        try:
            again = json.loads(bytes(changed))
        except ReportError:
            return
        assert json.dumps_line(again).encode() == original

    def test_its_structures_are_the_schemas(self) -> None:
        strict = msgspec.json.decode(json.dumps(GALLERY["signed"]), type=schema.Report)
        assert strict.schema == "vouchmark.report/2"
