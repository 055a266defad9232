"""Does no media line ever hear of a person, and no person line of the media but where a binding names a manifest?"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import authority as made
from tests.support import command
from tests.support.media.vouched import examine
from tests.vouchmark import people
from tests.vouchmark.people import (
    CLUB,
    LAST_EPOCH,
    OTHER_SCOPE,
    STRANGER,
    issuer_json,
    look,
    manifest_binding,
    somebody,
)
from vouchmark.report import Evidence, Line, Report, Status

MEDIA = ("plain.jpg", "signed.jpg", "altered.jpg", "generated.jpg", "edited.jpg", "bad-history.jpg")
KINDS = ("file", "manifest", "other media", "other scope", "stranger", "closed", "junk", "forged", "slot", "ever again")
BAD = ("junk", "forged", "closed", "other media", "stranger")
MEDIA_LINES = tuple(line for line in Line if line is not Line.PERSON)
NOBODY = made.store_of(made.list_of(made.make_root("Nobody's")))


@cache
def media(name: str) -> bytes:
    made_before = command.media()
    if name == "edited.jpg":
        return made.sign_edit(command.SIGNER, made_before["signed.jpg"], data=made.picture(shade=33))
    if name == "bad-history.jpg":
        return made.sign_edit(command.SIGNER, made_before["altered.jpg"], data=made.picture(shade=34))
    return made_before[name]


@cache
def _person() -> Any:
    return somebody()


@cache
def vouch(kind: str, name: str) -> bytes:
    """A vouch of that kind for that file, always the same."""
    data, person = media(name), _person()
    if kind == "junk":
        return b"junk"
    if kind == "manifest":
        found = examine(data)
        digest = found.manifest_digests.get(found.active, "00" * 32)
        return people.vouch(manifest_binding(digest), by=person, scope="public:manifest")
    if kind == "forged":
        return people.vouch(data, self_signed=True)
    more: dict[str, dict[str, Any]] = {
        "file": {"by": person},
        "other scope": {"by": person, "scope": OTHER_SCOPE},
        "stranger": {"by": somebody(STRANGER)},
        "closed": {"epoch": LAST_EPOCH},
        "slot": {"slot": 1, "by": person},
        "ever again": {"by": person, "statement": "Something else."},
    }
    return people.vouch(made.picture(shade=5) if kind == "other media" else data, **more.get(kind, {}))


def lines_of(report: Report) -> list[Evidence]:
    return [report.evidence[line] for line in MEDIA_LINES]


def gaps(report: Report) -> set[str]:
    """What was not checked, but for what the person line says of itself."""
    return {gap.what for gap in report.not_checked if not any(word in gap.what for word in ("vouch", "credential"))}


@st.composite
def readings(draw: st.DrawFn) -> dict[str, Any]:
    """What a reader may ask for that has to do with media."""
    return {
        "trust": draw(st.sampled_from([people.TRUST, NOBODY])),
        "engines": draw(st.sampled_from([("c2pa-rs",), ("c2pa-rs", "encypher-c2pa")])),
    }


@st.composite
def countings(draw: st.DrawFn) -> dict[str, Any]:
    """What a reader may ask for that has to do with persons."""
    scopes = ["public:review/cafe-harbour", "public:manifest", OTHER_SCOPE]
    return {
        "scopes": draw(st.lists(st.sampled_from(scopes), max_size=3, unique=True)),
        "issuers": issuer_json(*draw(st.lists(st.sampled_from([CLUB, STRANGER]), max_size=2, unique=True))),
        "slots": draw(st.integers(1, 3)),
        "nonce": draw(st.sampled_from([None, None, b"1"])),
    }


@given(st.sampled_from(MEDIA), st.lists(st.sampled_from(KINDS), max_size=5), readings(), countings())
@settings(max_examples=60, deadline=None)
def test_no_vouch_changes_a_media_line(
    name: str, kinds: list[str], reading: dict[str, Any], counting: dict[str, Any]
) -> None:
    without = look(media(name), **reading)
    with_them = look(media(name), vouches=[vouch(kind, name) for kind in kinds], **reading, **counting)
    assert lines_of(with_them) == lines_of(without)
    assert gaps(with_them) == gaps(without)
    assert with_them.media == without.media


@given(
    st.sampled_from(MEDIA),
    st.lists(st.sampled_from([kind for kind in KINDS if kind != "manifest"]), max_size=5),
    readings(),
    readings(),
    countings(),
)
@settings(max_examples=60, deadline=None)
def test_no_media_line_changes_what_is_bound_to_bytes(
    name: str, kinds: list[str], one: dict[str, Any], other: dict[str, Any], counting: dict[str, Any]
) -> None:
    vouches = [vouch(kind, name) for kind in kinds]
    first, second = (look(media(name), vouches=vouches, **reading, **counting) for reading in (one, other))
    assert first.evidence[Line.PERSON] == second.evidence[Line.PERSON]


@given(st.sampled_from(MEDIA), readings(), readings())
@settings(max_examples=30, deadline=None)
def test_what_is_bound_to_a_manifest_rests_on_the_bytes_and_on_no_list(
    name: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    options = {"vouches": [vouch("manifest", name)], "scopes": ["public:manifest"]}
    first, second = (look(media(name), **reading, **options) for reading in (one, other))
    assert first.evidence[Line.PERSON] == second.evidence[Line.PERSON]
    holds = first.evidence[Line.PERSON].status is Status.PASS
    assert holds == (name in ("signed.jpg", "generated.jpg", "edited.jpg", "bad-history.jpg"))


@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=8), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_one_person_never_reads_as_more_than_one(kinds: list[str], slots: int) -> None:
    mine = [kind for kind in kinds if kind not in BAD]
    said = look(
        media("signed.jpg"),
        vouches=[vouch(kind, "signed.jpg") for kind in mine],
        scopes=["public:review/cafe-harbour", "public:manifest", OTHER_SCOPE],
        slots=slots,
    ).evidence[Line.PERSON]
    counted = [finding.detail["at_least"] for finding in said.findings if finding.code == "person.bound"]
    assert counted in ([], [1])
    assert "2 people" not in said.summary


@given(st.lists(st.sampled_from(KINDS), max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_neither_order_nor_bad_company_changes_what_holds(kinds: list[str], random: Any) -> None:
    bad = [
        vouch(kind, "plain.jpg") for kind in kinds if kind in ("junk", "forged", "closed", "other media", "stranger")
    ]
    vouches = [vouch("file", "plain.jpg"), *bad]
    random.shuffle(vouches)
    alone = look(media("plain.jpg"), vouches=[vouch("file", "plain.jpg")]).evidence[Line.PERSON]
    among = look(media("plain.jpg"), vouches=vouches).evidence[Line.PERSON]
    assert (among.status, among.summary) == (alone.status, alone.summary) == (Status.PASS, alone.summary)
    held = [replace(finding, id="", subject="") for finding in among.findings if finding.status is Status.PASS]
    assert held == [replace(finding, id="", subject="") for finding in alone.findings if finding.status is Status.PASS]
