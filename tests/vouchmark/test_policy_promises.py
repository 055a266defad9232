"""Do the example policies keep what their first lines promise, on every file of the table of authority and more?"""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from provenance.credentials.trust.lists import TrustLists
from tests.support.attacks import CAMERA, LISTED, ROOT, examine
from tests.support.authority import DAY, NOW, change_pixels, created, picture, sign
from tests.support.media.crafting import Draft, actions, bind, make_authority, signed, stamper
from tests.support.media.metadata_files import png_with, text_chunk
from tests.vouchmark import samples, test_authority
from vouchmark import Policy
from vouchmark.cli import main
from vouchmark.policies.conditions import authority_of
from vouchmark.policies.words import explain
from vouchmark.report import Line, Outcome, Report, Root, Status

EXAMPLES = Path(__file__).parents[2] / "examples" / "policies"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.toml"))
AI = ("generated", "disclosed")
REFUSING = (Outcome.REVIEW, Outcome.BLOCK)


@functools.cache
def policy(name: str) -> Policy:
    if name == "default":
        return Policy.default()
    return Policy.load(EXAMPLES / f"{name}.toml")


def labels(name: str, report: Report) -> tuple[str, ...]:
    return policy(name).decide(report).labels


@pytest.mark.parametrize("name", NAMES)
def test_a_policy_says_what_it_promises(name: str) -> None:
    text = (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")
    assert "# What it promises" in text.split("name = ", 1)[0]


@pytest.mark.parametrize("name", [*NAMES, "default"])
@pytest.mark.parametrize("statement", AI)
@pytest.mark.parametrize(
    ("who", "label"),
    [
        ("content", "ai-edited"), ("gathered", "ai-edited"), ("parent", "ai-inherited"), ("unlisted", "ai-inherited"),
        ("expired", "ai-inherited"), ("distrusted", "ai-inherited"), ("part", "ai-in-part"),
        ("stranger-part", "ai-in-part"), ("input", "ai-in-part"),
    ],
)  # fmt: skip
def test_every_policy_labels_declared_ai_as_that_of_which_it_is_said(
    who: str, label: str, statement: str, name: str
) -> None:
    found = labels(name, test_authority.report(who, statement))
    assert [one for one in found if one.startswith("ai-")] == [label]


@pytest.mark.parametrize("name", [*NAMES, "default"])
@pytest.mark.parametrize("who", ["update", "same-update", "unreached"])
def test_no_policy_labels_what_is_not_said_of_the_picture(who: str, name: str) -> None:
    assert not [one for one in labels(name, test_authority.report(who, "generated")) if one.startswith("ai-")]


@pytest.mark.parametrize("name", ["moderation", "newsroom", "default"])
def test_a_source_type_that_is_not_known_is_labelled_as_not_understood(name: str) -> None:
    strange = created() | {"digitalSourceType": f"{test_authority.SOURCE}trainedAlgorithmicMedia?x=/digitalCapture"}
    report = examine(bind(Draft(signer=CAMERA, assertions=[actions(strange)]), picture()), LISTED)
    verdict = policy(name).decide(report)
    assert "ai-unknown" in verdict.labels
    assert verdict.outcome is not Outcome.ALLOW


@pytest.mark.parametrize("name", ["moderation", "newsroom", "default"])
def test_an_ancestor_whose_signer_is_refused_is_labelled_as_that_and_not_as_changed(name: str) -> None:
    verdict = policy(name).decide(test_authority.report("distrusted", "nothing"))
    assert verdict.outcome in REFUSING
    assert "distrusted-signer" in verdict.labels
    assert not {"history-broken", "altered-after-signing"} & set(verdict.labels)


@pytest.mark.parametrize("who", ["unlisted", "expired"])
@pytest.mark.parametrize("name", ["newsroom", "default"])
def test_an_ancestor_whose_signer_nobody_knows_is_labelled(name: str, who: str) -> None:
    verdict = policy(name).decide(test_authority.report(who, "nothing"))
    assert "unknown-ancestor" in verdict.labels
    assert verdict.outcome is not Outcome.ALLOW


@pytest.mark.parametrize("statement", ["far", "otherwise"])
@pytest.mark.parametrize("who", ["content", "parent"])
def test_the_newsroom_refuses_what_contradicts_what_is_signed(who: str, statement: str) -> None:
    verdict = policy("newsroom").decide(test_authority.report(who, statement))
    assert (verdict.outcome, "claim-contradicted" in verdict.labels) == (Outcome.BLOCK, True)


@functools.cache
def stamped(when: str = "", name: str = "c2pa.edited", **more: str) -> Report:
    """A listed camera's picture with a trusted time, in which an action bears another one."""
    clock = make_authority(ROOT)
    act = {"action": name, "when": when, **more} if when else None
    data = signed(
        CAMERA,
        assertions=[actions(created(), *([act] if act else []))],
        cose={"stamp": stamper(clock, NOW - DAY)},
    )
    from provenance.credentials.trust.lists import ListKind
    from tests.support.authority import list_of

    store = replace(LISTED, lists=(*LISTED.lists, list_of(ROOT, kind=ListKind.TSA)))
    return examine(data, store)


def test_the_newsroom_allows_the_intact_picture_of_a_listed_camera_at_a_proven_time() -> None:
    verdict = policy("newsroom").decide(stamped())
    assert (verdict.outcome, verdict.labels) == (Outcome.ALLOW, ("signer-recognised",))


def test_the_newsroom_refuses_impossible_times() -> None:
    verdict = policy("newsroom").decide(stamped("2099-01-01T00:00:00Z"))
    assert (verdict.outcome, "time-contradiction" in verdict.labels) == (Outcome.BLOCK, True)


@pytest.mark.parametrize("statement", AI)
@pytest.mark.parametrize("who", ["content", "gathered", "parent", "unlisted", "part", "stranger-part", "input"])
def test_the_newsroom_looks_at_every_declared_ai(who: str, statement: str) -> None:
    assert policy("newsroom").decide(test_authority.report(who, statement)).outcome in REFUSING


def malformed() -> Report:
    """A listed camera's manifest without the action that it must begin with: nobody changed it."""
    draft = Draft(signer=CAMERA, assertions=[actions({"action": "c2pa.edited"})])
    return examine(bind(draft, picture()), LISTED)


@pytest.mark.parametrize("name", ["moderation", "newsroom", "review-site"])
def test_what_its_own_maker_malformed_is_never_called_changed(name: str) -> None:
    report = malformed()
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    verdict = policy(name).decide(report)
    assert verdict.outcome in REFUSING
    assert "altered-after-signing" not in verdict.labels
    assert name == "review-site" or "malformed-credentials" in verdict.labels


@pytest.mark.parametrize("name", ["moderation", "newsroom"])
def test_what_was_changed_under_a_listed_signature_is_blocked_as_that(name: str) -> None:
    verdict = policy(name).decide(examine(change_pixels(sign(CAMERA)), LISTED))
    assert (verdict.outcome, "altered-after-signing" in verdict.labels) == (Outcome.BLOCK, True)


@pytest.mark.parametrize("name", NAMES)
def test_no_policy_passes_over_the_marks_of_a_generator(name: str) -> None:
    parameters = "a harbour\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 64x64, Model: sd"
    report = examine(png_with(text_chunk("parameters", parameters)), TrustLists.empty())
    assert "ai.generator" in {one.code for one in report.evidence[Line.AI].findings}
    assert any(label.startswith("ai-") for label in labels(name, report))


class TestAuthorities:
    def test_one_signer_with_two_roots_is_one(self) -> None:
        failing = samples.MISMATCH
        refused = replace(samples.GENERATED, code="signer.revoked", status=Status.FAIL, root=Root.CERTIFICATE)
        report = samples.signed(integrity=[failing], signer=[refused])
        assert {authority_of(one, report) for one in report.findings() if one.status is Status.FAIL} == {
            f"signer {Root.CLAIM_SIGNATURE}"
        }

    def test_a_signer_and_a_time_authority_are_two(self) -> None:
        late = replace(samples.GENERATED, code="time.order.impossible", status=Status.FAIL, root=Root.TIME_STAMP)
        report = samples.signed(integrity=[samples.MISMATCH], time=[late])
        assert len({authority_of(one, report) for one in report.findings() if one.status is Status.FAIL}) == 2

    def test_the_same_certificate_below_and_above_is_one(self) -> None:
        by = {"by": {"signer": "A", "standing": "listed", "certificate_sha256": "ab" * 32}}
        one = replace(samples.GENERATED, status=Status.FAIL, code="ai.contradiction", root=Root.INGREDIENT, detail=by)
        other = replace(one, root=Root.UPDATE)
        report = samples.signed(ai=[one, other])
        assert len({authority_of(found, report) for found in report.evidence[Line.AI].findings}) == 1


@pytest.mark.parametrize("name", NAMES)
def test_an_explanation_speaks_of_every_value_of_every_line_and_of_every_rule(name: str) -> None:
    text = "\n".join(explain(policy(name)))
    for line in Line:
        assert f"\n{line}:\n  pass: " in text
    for number, rule in enumerate(policy(name).rules, start=1):
        assert f"  {number}. {rule.name}: where " in text
        assert f"{rule.then.outcome}" in text


def test_an_explanation_is_true_of_a_lines_status_alone() -> None:
    text = "\n".join(explain(policy("newsroom")))
    claim = text.split("\nclaim:\n", 1)[1].split("\n\n", 1)[0]
    assert "  fail: block, labelled claim-contradicted" in claim
    report = test_authority.report("content", "far")
    assert report.evidence[Line.CLAIM].status is Status.FAIL
    assert policy("newsroom").decide(report).outcome is Outcome.BLOCK


class TestCommand:
    def test_explains_without_a_file(self) -> None:
        done = CliRunner().invoke(main, ["check", "--explain-policy", str(EXAMPLES / "moderation.toml")])
        assert done.exit_code == 0
        assert done.output.startswith("policy “moderation”: Label what is declared")

    def test_a_policy_that_cannot_be_read_is_one_error(self, tmp_path: Path) -> None:
        done = CliRunner().invoke(main, ["check", "--explain-policy", str(tmp_path / "none.toml")])
        assert done.exit_code == 2
        assert "Traceback" not in done.output

    def test_a_name_in_place_of_an_issuers_id_is_refused_with_a_hint(self, tmp_path: Path) -> None:
        path = tmp_path / "desk.toml"
        path.write_text(
            'otherwise = "allow"\n[[rules]]\nwhen = { people = { issuer = "0f3a9c77" } }\noutcome = "label"\n'
        )
        done = CliRunner().invoke(main, ["check", "--explain-policy", str(path)])
        assert done.exit_code == 2
        assert "vouchmark trust issuer show" in done.output
