"""Is the JSON Schema in the package the one that the code means, and is it a schema?"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from vouchmark import report, schema
from vouchmark.cli.explain import explain as command


def test_the_kept_file_is_what_the_code_generates() -> None:
    assert json.loads(schema.text()) == schema.generate()
    assert schema.text() == json.dumps(schema.generate(), indent=2, ensure_ascii=False) + "\n"


def test_it_is_a_schema_of_its_draft() -> None:
    jsonschema.Draft202012Validator.check_schema(schema.generate())


def test_every_object_but_free_tables_refuses_unknown_fields() -> None:
    generated = schema.generate()
    for described in (generated, *generated["$defs"].values()):
        if described.get("type") == "object":
            assert described["additionalProperties"] is False, described["title"]


@pytest.mark.parametrize(
    ("wire", "ours", "elsewhere"),
    [
        (schema.Media, report.Media, set()),
        (schema.Finding, report.Finding, set()),
        (schema.Evidence, report.Evidence, set()),
        (schema.PolicyName, report.PolicyName, set()),
        (schema.Verdict, report.Verdict, set()),
        (schema.NotChecked, report.NotChecked, set()),
        (schema.TrustList, report.TrustListInput, set()),
        (schema.Inputs, report.Inputs, set()),
        (schema.Report, report.Report, {"schema", "sha256", "required", "crjson", "pictures"}),
    ],
)
def test_structures_have_the_fields_of_the_reports_own_types(wire: Any, ours: Any, elsewhere: set[str]) -> None:
    fields = {field.name for field in dataclasses.fields(ours)}
    assert set(wire.__struct_fields__) ^ fields == elsewhere


def test_there_are_nine_lines() -> None:
    assert tuple(report.Line) == schema.LINES


def test_the_command_prints_the_kept_file() -> None:
    result = CliRunner().invoke(command, ["schema"])
    assert result.exit_code == 0
    assert result.output == schema.text()
