"""Are templates, inputs and answers on training merged so that nothing which is signed hides anything else?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.support.attacks import CAMERA, LISTED, PASS, UNKNOWN, examine
from tests.support.authority import picture
from tests.support.media.crafting import Draft, actions, bind
from tests.vouchmark.test_ai_carriers import IPTC, MADE, PLAIN, TRAINED, signed_metadata
from tests.vouchmark.test_ai_carriers import found as findings
from vouchmark.report import Finding, Line

TEMPLATED: Final[Mapping[str, dict[str, Any]]] = {
    "a description": {"description": "AI Generated Image"},
    "a parameter": {"templateParameters": {"com.adobe.digitalSourceType": TRAINED}},
    "a program": {"softwareAgent": {"name": "Midjourney"}},
    "a program by its index": {"softwareAgentIndex": 0},
    "a source type": {"digitalSourceType": TRAINED},
}


def templated(*templates: dict[str, Any], act: dict[str, Any]) -> dict[str, Finding]:
    content = {"actions": [MADE, act], "templates": list(templates), "softwareAgents": [{"name": "Midjourney"}]}
    return findings([("c2pa.actions.v2", content)])


@pytest.mark.parametrize("name", list(TEMPLATED))
@pytest.mark.parametrize("of", ["c2pa.edited", "*"])
def test_every_part_of_a_template_counts_where_the_action_has_none(name: str, of: str) -> None:
    codes = templated({"action": of} | TEMPLATED[name], act={"action": "c2pa.edited"})
    assert {"ai.edited", "ai.used"} & set(codes)


@pytest.mark.parametrize("name", list(TEMPLATED))
def test_no_later_template_and_no_earlier_one_hides_another(name: str) -> None:
    plain = {"action": "c2pa.edited", "description": "brighter", "softwareAgent": {"name": "Darkroom"}}
    plain["digitalSourceType"] = IPTC + "humanEdits"
    loud = {"action": "c2pa.edited"} | TEMPLATED[name]
    for templates in ((plain, loud), (loud, plain)):
        assert {"ai.edited", "ai.used"} & set(templated(*templates, act={"action": "c2pa.edited"}))


@pytest.mark.parametrize("name", list(TEMPLATED))
def test_an_actions_own_value_replaces_a_templates(name: str) -> None:
    own = {
        "action": "c2pa.edited", "description": "brighter", "softwareAgent": {"name": "Darkroom"},
        "digitalSourceType": IPTC + "humanEdits", "parameters": {"com.adobe.digitalSourceType": IPTC + "humanEdits"},
    }  # fmt: skip
    assert not {"ai.edited", "ai.used"} & set(templated({"action": "c2pa.edited"} | TEMPLATED[name], act=own))


def test_a_template_counts_for_related_actions_of_its_name() -> None:
    act = {"action": "c2pa.edited", "related": [{"action": "c2pa.color_adjustments"}]}
    assert "ai.edited" in templated({"action": "c2pa.color_adjustments", "digitalSourceType": TRAINED}, act=act)


@pytest.mark.parametrize("written", [[TRAINED], {"@id": TRAINED}, 7])
def test_a_source_type_that_is_no_text_is_no_silence(written: Any) -> None:
    codes = findings([actions(PLAIN | {"digitalSourceType": written})])
    assert "ai.cut" in codes
    assert codes["ai.cut"].status is UNKNOWN


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("c2pa.types.generator.prompt", "a prompt for generating"),
        ("c2pa.types.generator.seed", "a seed for generating"),
        ("c2pa.types.generator", "a generator"),
        ("c2pa.types.model.onnx", "a model of AI"),
        ("c2pa.types.tensorflow.hubmodule", "a model of AI"),
        ("c2pa.types.savedmodel", "a model of AI"),
    ],
)
@pytest.mark.parametrize("label", ["c2pa.ingredient.v3", "c2pa.ingredient.v2"])
def test_prompts_and_models_that_went_into_it_are_told_as_what_they_are(label: str, kind: str, words: str) -> None:
    field = "dataTypes" if label.endswith("v3") else "data_types"
    content = {"relationship": "inputTo", "dc:title": "thing", "dc:format": "text/plain", field: [{"type": kind}]}
    told = findings([actions(MADE), (label, content)])["ai.used"]
    assert told.statement == f"The signer declares that {words} went into it (“thing”)."


class TestTraining:
    ALLOWED: Final = {"entries": {"cawg.ai_training": {"use": "allowed"}}}

    def test_the_stricter_of_two_answers_is_told_with_the_contradiction(self) -> None:
        refused = {"entries": {"c2pa.ai_training": {"use": "NotAllowed"}}}
        codes = findings([actions(MADE), ("c2pa.training-mining", refused), ("cawg.training-mining", self.ALLOWED)])
        assert codes["ai.training"].statement == "The signer forbids the training of AI."
        assert codes["ai.training.contradiction"].statement == (
            "The signer says two things about the training of AI; the stricter counts."
        )

    def test_what_plus_prohibits_altogether_contradicts_what_allows_training(self) -> None:
        plus = signed_metadata(plus_DataMining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED")
        codes = findings([actions(MADE), ("cawg.training-mining", self.ALLOWED), plus])
        assert "ai.training.contradiction" in codes

    def test_an_answer_in_an_unknown_word_is_told_and_allows_nothing(self) -> None:
        strange = {"entries": {"cawg.ai_training": {"use": "perhaps"}}}
        codes = findings([actions(MADE), ("cawg.training-mining", strange)])
        assert "ai.training" not in codes
        assert "“ai_training: perhaps”" in codes["ai.unread"].statement

    def test_what_is_only_passed_on_contradicts_nothing(self) -> None:
        refused = ("cawg.training-mining", {"entries": {"cawg.ai_training": {"use": "notAllowed"}}})
        allowed = ("cawg.training-mining__1", self.ALLOWED)
        passed_on = Draft(signer=CAMERA, assertions=[refused]).references()
        draft = Draft(signer=CAMERA, assertions=[actions(MADE), allowed], undeclared=[refused])
        draft.claim = {"gathered_assertions": passed_on}
        told = examine(bind(draft, picture()), LISTED).evidence[Line.AI].findings
        training = [one for one in told if one.code.startswith("ai.training")]
        assert [(one.code, one.status) for one in training] == [("ai.training", PASS), ("ai.training", UNKNOWN)]
        assert training[0].statement == "The signer allows the training of AI."


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("Iptc4xmpExt_DigitalSourceType", {"@value": TRAINED}, "ai.generated"),
        ("Iptc4xmpExt_DigitalSourceType", {"@id": TRAINED}, "ai.generated"),
        ("Iptc4xmpExt_DigitalSourceType", {"en": TRAINED}, "ai.cut"),
        ("Iptc4xmpExt_AISystemUsed", 7, "ai.cut"),
        ("@graph", [{"digitalSourceType": TRAINED}], "ai.cut"),
    ],
)
def test_no_form_of_signed_metadata_is_passed_over(field: str, value: Any, code: str) -> None:
    assert code in findings([actions(PLAIN), signed_metadata(**{field: value})])


def test_a_parameter_for_a_source_type_that_is_no_text_is_no_silence() -> None:
    act = {"action": "c2pa.edited", "parameters": {"com.adobe.digitalSourceType": {"is": TRAINED}}}
    assert "ai.cut" in findings([actions(PLAIN, act)])
