"""Whose word counts for what? Every speaker, every statement, every line: the table of authority, written out.

Written down before the code. A row is a speaker; a column is a statement; an entry says what the line comes to that the
statement is about. Every other line has to stay as it is without the statement.
"""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.credentials.certificates.chain import fingerprint
from provenance.credentials.trust.distrust import DistrustEntry
from tests.support.attacks import CAMERA, LISTED, ROOT, examine, other, said
from tests.support.authority import DAY, NOW, Identity, make_signer, manifest_store, picture, with_manifest_store
from tests.support.media.crafting import Draft, actions, bind, link_to, manifests, opening, store
from vouchmark.report import Finding, Line, Report, Status

SOURCE: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
HERE: Final = "59.33,18.07"
"""The place that the reader is told."""
THEN: Final = "2026-01-02"
"""The time that the reader is told."""


def exif(**values: str) -> str:
    """Signed metadata as JSON-LD."""
    named = {f"exif:{name}": value for name, value in values.items()}
    return json.dumps({"@context": {"exif": "http://ns.adobe.com/exif/1.0/"}, **named})


STATEMENTS: Final[dict[str, tuple[dict[str, Any] | None, tuple[str, Any] | None]]] = {
    "generated": ({"action": "c2pa.edited", "digitalSourceType": SOURCE + "trainedAlgorithmicMedia"}, None),
    "people": ({"action": "c2pa.edited", "digitalSourceType": SOURCE + "humanEdits"}, None),
    "disclosed": (None, ("c2pa.ai-disclosure", {"modelType": "c2pa.types.model", "modelName": "Any"})),
    "reserved": (None, ("cawg.training-mining", {"entries": {"cawg.ai_training": {"use": "notAllowed"}}})),
    "unread": (None, ("com.example.genai", {"anything": 1})),
    "near": (None, ("c2pa.location", {"latitude": 59.3293, "longitude": 18.0686})),
    "far": (None, ("c2pa.location", {"latitude": 48.8566, "longitude": 2.3522})),
    "town": (None, ("c2pa.location", {"address": {"addressLocality": "Paris", "addressCountry": "FR"}})),
    "then": (None, ("c2pa.metadata", exif(DateTimeOriginal="2026-01-02T10:00:00Z"))),
    "otherwise": (None, ("c2pa.metadata", exif(DateTimeOriginal="2020-05-05T10:00:00Z"))),
    "future": (None, ("c2pa.metadata", exif(DateTimeOriginal="2099-01-01T00:00:00Z"))),
    "nothing": (None, None),
}
"""Each statement as an action beside the first one, or as an assertion."""

# ~ stands for ai.inherited., + for ai.part.: what is said of another file never passes for this one.
# Who, then per statement: code of the finding, its status, and that of its line (Pass, Unknown, Fail, Absent).
TABLE: Final = """
who           generated     people        disclosed     reserved        unread
content       ai.edited PP  ai.human PP   ai.used PP    ai.training PP  ai.unread UP
gathered      ai.edited UP  ai.human UP   ai.used UP    ai.training UP  ai.unread UP
update        ai.update AP  ai.update AP  ai.update AP  ai.update AP    ai.update AP
same-update   ai.update AP  ai.update AP  ai.update AP  ai.update AP    ai.update AP
parent        ~edited UP    ~human AP     ~used UP      ai.training AP  ~unread UP
unlisted      ~edited UP    ~human UP     ~used UP      ai.training UP  ~unread UP
expired       ~edited UP    ~human UP     ~used UP      ai.training UP  ~unread UP
distrusted    ~edited UP    ~human UP     ~used UP      ai.training UP  ~unread UP
part          +edited UP    +human AP     +used UP      ai.training AP  +unread UP
stranger-part +edited UP    +human UP     +used UP      ai.training UP  +unread UP
input         +edited UP    +human AP     +used UP      ai.training AP  +unread UP
unreached     - -P          - -P          - -P          - -P            - -P
"""
CLAIMS: Final = """
who           near                   far                         town
content       claim.place.agrees PP  claim.place.contradicts FF  claim.place.named UU
gathered      claim.place.agrees UU  claim.place.contradicts UU  claim.place.named UU
update        claim.update AA        claim.update AA             - -A
same-update   claim.update AA        claim.update AA             - -A
parent        claim.place.agrees PP  claim.place.contradicts FF  claim.place.named UU
unlisted      claim.place.agrees UU  claim.place.contradicts UU  claim.place.named UU
expired       claim.place.agrees UU  claim.place.contradicts UU  claim.place.named UU
distrusted    claim.place.agrees UU  claim.place.contradicts UU  claim.place.named UU
part          - -A                   - -A                        - -A
stranger-part - -A                   - -A                        - -A
input         - -A                   - -A                        - -A
unreached     - -A                   - -A                        - -A
"""
TIMES: Final = """
who           then                  otherwise                  future
content       claim.time.agrees PP  claim.time.contradicts FF  claim.time.future UU
gathered      claim.time.agrees UU  claim.time.contradicts UU  claim.time.future UU
update        claim.update AA       claim.update AA            claim.update AA
same-update   claim.update AA       claim.update AA            claim.update AA
parent        claim.time.agrees PP  claim.time.contradicts FF  claim.time.future UU
unlisted      claim.time.agrees UU  claim.time.contradicts UU  claim.time.future UU
expired       claim.time.agrees UU  claim.time.contradicts UU  claim.time.future UU
distrusted    claim.time.agrees UU  claim.time.contradicts UU  claim.time.future UU
part          - -A                  - -A                       - -A
stranger-part - -A                  - -A                       - -A
input         - -A                  - -A                       - -A
unreached     - -A                  - -A                       - -A
"""
OF: Final = {
    "content": "this file",
    "gathered": "this file",
    "update": "update",
    "same-update": "update",
    "parent": "earlier file",
    "unlisted": "earlier file",
    "expired": "earlier file",
    "distrusted": "earlier file",
    "part": "part",
    "stranger-part": "part",
    "input": "input",
}
"""Of what each of them speaks, as the finding's detail says it."""

EDITOR: Final = make_signer(ROOT, organization="Other Camera")
STRANGER: Final = other("Somebody Ltd")
LATE: Final = make_signer(ROOT, organization="Late Camera", start=NOW - 9 * DAY, end=NOW - 8 * DAY)
GUILTY: Final = make_signer(ROOT, organization="Guilty Camera")
TRUST: Final = replace(LISTED, distrust=(DistrustEntry(sha256=fingerprint(GUILTY.der), reason="leaked"),))
LABEL: Final = "urn:c2pa:00000000-0000-4000-8000-0000000000{:02x}"
SIGNERS: Final = {"unlisted": STRANGER, "expired": LATE, "distrusted": GUILTY, "stranger-part": STRANGER}
RELATIONS: Final = {"part": "componentOf", "stranger-part": "componentOf", "input": "inputTo"}
BINDING: Final = ("c2pa.hash.data", {"alg": "sha256", "hash": bytes(32), "pad": b"", "exclusions": []})
MADE: Final = {"action": "c2pa.created", "digitalSourceType": SOURCE + "compositeCapture"}


LETTERS: Final = {"P": "pass", "U": "unknown", "F": "fail", "A": "absent", "-": ""}


def rows(table: str) -> dict[tuple[str, str], tuple[str, str, str]]:
    head, *lines = [line.split() for line in table.strip().splitlines()]
    return {
        (who, statement): (
            cells[2 * at].replace("~", "ai.inherited.").replace("+", "ai.part."),
            LETTERS[cells[2 * at + 1][0]],
            LETTERS[cells[2 * at + 1][1]],
        )
        for who, *cells in lines
        for at, statement in enumerate(head[1:])
    }


WANTED: Final = {
    **{key: (Line.AI, *entry) for key, entry in rows(TABLE).items()},
    **{key: (Line.CLAIM, *entry) for key, entry in [*rows(CLAIMS).items(), *rows(TIMES).items()]},
}
EVERYWHERE: Final = (Line.INTEGRITY, Line.SIGNER, Line.TIME, Line.HISTORY, Line.AI, Line.CLAIM)


def draft(who: str, statement: str, signer: Identity, label: str, first: dict[str, Any] | None = MADE) -> Draft:
    """A manifest that states it, with the first action in front where it has one."""
    act, assertion = STATEMENTS[statement]
    acts = [one for one in (first, act) if one]
    gathered = [actions(act)] if act and who == "gathered" else []
    if gathered:
        acts, gathered = [MADE], [("c2pa.actions.v2__1", gathered[0][1])]
    said_also = [assertion] if assertion else []
    created = [actions(*acts)] if acts else []
    passed_on = [*gathered, *said_also] if who == "gathered" else []
    draft = Draft(signer=signer, label=label, assertions=[*created, *(() if who == "gathered" else said_also)])
    if passed_on:
        references = Draft(signer=signer, label=label, assertions=passed_on).references()
        draft.claim, draft.undeclared = {"gathered_assertions": references}, passed_on
    return draft


@functools.cache
def file(who: str, statement: str) -> bytes:
    """The camera's picture in which somebody states something."""
    if who in ("content", "gathered"):
        return bind(draft(who, statement, CAMERA, LABEL.format(1)), picture())
    if who in ("update", "same-update"):
        return updated(bind(draft("", "nothing", CAMERA, LABEL.format(1)), picture()), who, statement)
    earlier = draft(who, statement, SIGNERS.get(who, EDITOR), LABEL.format(2))
    earlier.assertions.append(BINDING)
    below = earlier.build()
    if who == "unreached":
        return bind(draft("", "nothing", CAMERA, LABEL.format(1)), picture(), before=(below,))
    relation = RELATIONS.get(who, "parentOf")
    link = ("c2pa.ingredient.v3", link_to(below, LABEL.format(2), relationship=relation))
    begun = opening(link, MADE | {"action": "c2pa.converted"}) if relation == "parentOf" else actions(MADE)
    return bind(Draft(signer=CAMERA, label=LABEL.format(1), assertions=[begun, link]), picture(), before=(below,))


def updated(media: bytes, who: str, statement: str, number: int = 9) -> bytes:
    """The same with an update above it that states something."""
    below = manifests(manifest_store(media))
    bound = below[-1]
    label = LABEL.format(number - 1) if number > 9 else LABEL.format(1)
    link = ("c2pa.ingredient.v3", link_to(bound, label))
    act, assertion = STATEMENTS[statement]
    # An update may record few actions; metadata edits are among them.
    acts = [{**act, "action": "c2pa.edited.metadata"}] if act else []
    more = [assertion] if assertion else []
    signer = CAMERA if who == "same-update" else STRANGER
    above = Draft(
        signer=signer, label=LABEL.format(number), kind=b"c2um", assertions=[opening(link, *acts), link, *more]
    )
    return with_manifest_store(media, store(*below, above.build()))


@functools.cache
def report(who: str, statement: str) -> Report:
    asked = {"claim_time": THEN} if statement in ("then", "otherwise", "future") else {"claim_place": HERE}
    return examine(file(who, statement), TRUST, **asked)


def finding(found: Report, line: Line, code: str) -> Finding | None:
    return next((one for one in found.evidence[line].findings if one.code == code), None)


@pytest.mark.parametrize(("who", "statement"), list(WANTED))
def test_a_word_counts_on_its_line_for_what_its_speaker_may_speak_of(who: str, statement: str) -> None:
    line, code, status, of_line = WANTED[who, statement]
    found = report(who, statement)
    assert found.evidence[line].status == of_line
    if code == "-":
        without = report(who, "nothing")
        assert [one.code for one in found.evidence[line].findings if one.status is not Status.ABSENT] == [
            one.code for one in without.evidence[line].findings if one.status is not Status.ABSENT
        ]
        return
    told = finding(found, line, code)
    assert told is not None, [one.code for one in found.evidence[line].findings]
    assert told.status == status
    assert told.detail["of"] == OF[who]
    by = told.detail["by"]
    assert isinstance(by, dict)
    assert by["standing"] == {
        "unlisted": "unlisted", "stranger-part": "unlisted", "update": "unlisted", "expired": "expired",
        "distrusted": "distrusted",
    }.get(who, "listed")  # fmt: skip


OTHERS: Final = [
    (who, statement, line)
    for who, statement in WANTED
    for line in EVERYWHERE
    # What is said of a capture is told on the time line as well, without moving its status.
    if line is not WANTED[who, statement][0]
    and not (line is Line.TIME and statement in ("then", "otherwise", "future"))
]


@pytest.mark.parametrize(("who", "statement", "line"), OTHERS)
def test_no_word_moves_another_line(who: str, statement: str, line: Line) -> None:
    found, without = report(who, statement), report(who, "nothing")
    assert found.evidence[line].status is without.evidence[line].status
    if line is not Line.CLAIM:
        assert found.evidence[line].summary == without.evidence[line].summary


@pytest.mark.parametrize(
    ("who", "history"),
    [
        ("content", ("history.none", "absent")),
        ("gathered", ("history.none", "absent")),
        ("update", ("history.none", "absent")),
        ("same-update", ("history.none", "absent")),
        ("parent", ("history.parent.intact", "pass")),
        ("unlisted", ("history.parent.signer", "unknown")),
        ("expired", ("history.parent.signer", "unknown")),
        ("distrusted", ("history.parent.signer", "fail")),
        ("part", ("history.component.intact", "pass")),
        ("stranger-part", ("history.component.signer", "unknown")),
        ("input", ("history.input.intact", "pass")),
        ("unreached", ("history.unreferenced", "unknown")),
    ],
)
def test_an_ancestors_signer_counts_for_the_history(who: str, history: tuple[str, str]) -> None:
    evidence = report(who, "nothing").evidence[Line.HISTORY]
    assert (evidence.findings[0].code, str(evidence.status)) == history


# What the first line says of AI, and the label, by speaker: `…` stands for what is declared.
SAYS: Final = {
    "content": ("declared as … by Test Camera (Camera 1); unchanged since", "ai-edited"),
    "gathered": ("its signer passes on, as somebody else's word, that it is …", "ai-edited"),
    "parent": ("the earlier file that its signer names is declared as …", "ai-inherited"),
    "unlisted": ("the earlier file that its signer names is declared as …, by an unknown signer", "ai-inherited"),
    "expired": ("the earlier file that its signer names is declared as …, by an unknown signer", "ai-inherited"),
    "distrusted": ("the earlier file that its signer names is declared as …, by an unknown signer", "ai-inherited"),
    "part": ("something used in it is declared as …", "ai-in-part"),
    "stranger-part": ("something used in it is declared as …, by an unknown signer", "ai-in-part"),
    "input": ("something that went into it is declared as …", "ai-in-part"),
}
DECLARED: Final = {"generated": "partly AI-generated or edited with AI", "disclosed": "made with the use of AI"}
AGREES: Final = {
    "content": "what is said about it agrees with what its signer states",
    "parent": "what is said about it agrees with what the signer of an earlier version states",
}
CONTRADICTED: Final = "what is said about it does not agree with what is signed"
SILENT: Final = "nothing in it tells whether what is said about it is so"
OF_CLAIMS: Final = (*AGREES.values(), CONTRADICTED, SILENT)
ANCESTRY: Final = {
    "unlisted": ("no list you use vouches for the signer of the earlier file that it names", "unknown-ancestor"),
    "expired": ("the certificate of the earlier file's signer is out of date", "unknown-ancestor"),
    "distrusted": ("you distrust the signer of the earlier file that it names", "distrusted-signer"),
}
BESIDE: Final = {"signer-recognised", "engines-disagree"}
"""Labels on which no statement bears."""


def first(who: str, statement: str) -> tuple[list[str], list[str]]:
    """(what the first line must say, the labels there must be), written down here for every entry of the table."""
    line, _, _, status = WANTED[who, statement]
    words, labels = [], []
    if who in ANCESTRY:
        words, labels = [ANCESTRY[who][0]], [ANCESTRY[who][1]]
    if statement in DECLARED and who in SAYS:
        said_of, label = SAYS[who]
        words, labels = [*words, said_of.replace("…", DECLARED[statement])], [*labels, label]
    if statement == "unread" and who in SAYS:
        labels = [*labels, "ai-unknown"]
    if line is Line.CLAIM and status == "pass":
        words = [*words, AGREES[who]]
    if line is Line.CLAIM and status == "fail":
        words, labels = [*words, CONTRADICTED], [*labels, "claim-contradicted"]
    if line is Line.CLAIM and status == "absent":
        words = [*words, SILENT]
    return words, labels


@pytest.mark.parametrize(("who", "statement"), list(WANTED))
def test_the_first_line_says_of_what_and_by_whom(who: str, statement: str) -> None:
    words, _ = first(who, statement)
    told = said(report(who, statement))
    for one in words:
        assert one in told, told
    if statement not in DECLARED or who not in SAYS:
        assert "AI" not in told
    if WANTED[who, statement][0] is Line.CLAIM:
        assert [one for one in OF_CLAIMS if one in told] == [one for one in OF_CLAIMS if one in words]


@pytest.mark.parametrize(("who", "statement"), list(WANTED))
def test_the_labels_are_those_of_the_statement_and_its_speaker(who: str, statement: str) -> None:
    verdict = report(who, statement).verdict
    assert verdict is not None
    assert set(verdict.labels) - BESIDE == set(first(who, statement)[1])


def about_content(found: Report) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Status, sentence and findings of the lines about the content, but for findings that name an update."""
    return [
        (
            str(found.evidence[line].status),
            found.evidence[line].summary,
            [(one.code, str(one.status)) for one in found.evidence[line].findings if not _names_update(one)],
        )
        for line in EVERYWHERE
    ]


def _names_update(one: Finding) -> bool:
    return (
        one.code in ("signer.update", "history.update", "history.update.recorded") or one.detail.get("of") == "update"
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([name for name in STATEMENTS if name != "people"]), min_size=1, max_size=4), st.data())
def test_no_number_of_strangers_updates_moves_any_line_about_the_content(
    stated: list[str], data: st.DataObject
) -> None:
    who = data.draw(st.sampled_from(["content", "parent", "part", "unlisted"]))
    asked = {"claim_place": HERE, "claim_time": THEN}
    media = file(who, data.draw(st.sampled_from(["nothing", "generated", "near", "far", "then"])))
    before = examine(media, TRUST, **asked)
    for number, statement in enumerate(stated, start=9):
        media = updated(media, data.draw(st.sampled_from(["update", "same-update"])), statement, number)
    after = examine(media, TRUST, **asked)
    assert about_content(after) == about_content(before)
    assert said(after) == said(before)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(STATEMENTS)), st.booleans()), min_size=1, max_size=4))
def test_no_number_of_parts_moves_what_is_said_of_the_whole(parts: list[tuple[str, bool]]) -> None:
    below, links = list[bytes](), list[tuple[str, Any]]()
    for number, (statement, listed) in enumerate(parts, start=2):
        part = draft("part", statement, EDITOR if listed else STRANGER, LABEL.format(number))
        part.assertions.append(BINDING)
        below.append(part.build())
        name = "c2pa.ingredient.v3" if number == 2 else f"c2pa.ingredient.v3__{number - 2}"
        links.append((name, link_to(below[-1], LABEL.format(number), relationship="componentOf")))
    content = Draft(signer=CAMERA, label=LABEL.format(1), assertions=[actions(MADE), *links])
    asked = {"claim_place": HERE, "claim_time": THEN}
    after = examine(bind(content, picture(), before=below), TRUST, **asked)
    before = examine(file("content", "nothing"), TRUST, **asked)
    for line in (Line.INTEGRITY, Line.SIGNER, Line.TIME, Line.AI, Line.CLAIM):
        whole = [
            (one.code, str(one.status))
            for one in after.evidence[line].findings
            if one.detail.get("of") not in ("part", "input")
        ]
        assert whole == [(one.code, str(one.status)) for one in before.evidence[line].findings], line
        assert after.evidence[line].status is before.evidence[line].status


@pytest.mark.parametrize("who", [*OF, "unreached"])
def test_every_finding_about_a_manifest_says_of_what_it_speaks_and_by_whom(who: str) -> None:
    found = report(who, "near")
    labels = {LABEL.format(number) for number in (1, 2, 9)}
    for line in EVERYWHERE:
        for one in found.evidence[line].findings:
            if one.subject in labels and one.code != "history.unreferenced":
                assert one.detail["of"] in set(OF.values()), one
                assert isinstance(one.detail["by"], dict), one
