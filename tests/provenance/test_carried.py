"""Is every embedded vouch found, and does it count only where its place in the verified history allows it?"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, Final

import cbor2
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.credentials.cose import parse_sign1
from provenance.credentials.history import carried
from provenance.credentials.history.carried import (
    CarriedAssertion,
    CarriedState,
    read_content,
)
from provenance.credentials.own_check import OwnCheck
from provenance.credentials.store.jumbf import Assertion, parse_store
from tests.support.authority import (
    DAY,
    NOW,
    Identity,
    change_pixels,
    make_root,
    make_signer,
    manifest_store,
    picture,
    transplant,
    with_manifest_store,
)
from tests.support.media.crafting import (
    Draft,
    actions,
    bind,
    box,
    link_to,
    make_authority,
    manifests,
    opening,
    sha256,
    stamper,
    store,
    superbox,
)
from tests.support.media.vouched import (
    CAMERA,
    LABELS,
    PLATFORM,
    TSA,
    base,
    content_of,
    edited,
    examine,
    update,
    vouched,
    vouching,
)
from vouchmark.vouching.assertion import VOUCHES
from zk.profile import personhood

VOUCH, OTHER = b"a vouch " * 40, b"another vouch " * 40


def only(found: OwnCheck) -> CarriedAssertion:
    (vouch,) = found.carried
    return vouch


# What counts, and for what.


def test_a_vouch_in_an_update_counts_for_the_file() -> None:
    found = examine(vouched(VOUCH))
    assert only(found) == CarriedAssertion(
        carrier=LABELS[1],
        state=CarriedState.PLACED,
        octets=VOUCH,
        updated=LABELS[0],
        updated_digest=found.manifest_digests[LABELS[0]],
        for_manifest=LABELS[0],
        reaches_file=True,
        depth=0,
    )
    assert found.bound == LABELS[0]
    assert found.more_carried == 0
    assert found.coverage is not None
    assert found.coverage.is_whole


def test_a_file_without_a_vouch_has_none() -> None:
    assert examine(base()[0]).carried == ()
    assert examine(picture()).carried == ()


def test_several_people_vouch_one_after_the_other_each_for_what_they_saw() -> None:
    found = examine(vouched(VOUCH, OTHER, VOUCH))
    assert [(one.carrier, one.updated, one.octets) for one in found.carried] == [
        (LABELS[3], LABELS[2], VOUCH),
        (LABELS[2], LABELS[1], OTHER),
        (LABELS[1], LABELS[0], VOUCH),
    ]
    assert {one.for_manifest for one in found.carried} == {LABELS[0]} == {found.bound}
    assert all(one.reaches_file and one.may_count for one in found.carried)
    assert [one.depth for one in found.carried] == [0, 1, 2]
    assert [one.updated_digest for one in found.carried] == [found.manifest_digests[LABELS[n]] for n in (2, 1, 0)]


@pytest.mark.parametrize("relationship", ["parentOf", "componentOf", "inputTo"])
def test_across_an_edit_a_vouch_counts_for_the_earlier_version_alone(relationship: str) -> None:
    _, below = base()
    carrier = update(below, LABELS[1], LABELS[0], vouching(VOUCH))
    found = examine(edited(below, carrier, parent=carrier, parent_label=LABELS[1], relationship=relationship))
    vouch = only(found)
    assert (vouch.state, vouch.for_manifest, vouch.reaches_file) == (CarriedState.PLACED, LABELS[0], False)
    assert found.bound == LABELS[20]
    assert vouch.depth == 1


def test_a_vouch_for_the_edit_counts_beside_one_for_what_was_edited() -> None:
    _, below = base()
    carrier = update(below, LABELS[1], LABELS[0], vouching(VOUCH))
    media = edited(below, carrier, parent=carrier, parent_label=LABELS[1])
    raw = manifest_store(media)
    edit = manifests(raw)[-1]
    last = update(edit, LABELS[21], LABELS[20], vouching(OTHER))
    found = examine(with_manifest_store(media, store(below, carrier, edit, last)))
    assert [(one.octets, one.for_manifest, one.reaches_file) for one in found.carried] == [
        (OTHER, LABELS[20], True),
        (VOUCH, LABELS[0], False),
    ]


def test_who_signs_the_update_plays_no_part() -> None:
    expired = make_signer(make_root(), start=NOW - 9 * DAY, end=NOW - 8 * DAY)
    media, below = base()
    carrier = update(below, LABELS[1], LABELS[0], vouching(VOUCH), signer=expired)
    found = examine(with_manifest_store(media, store(below, carrier)))
    assert only(found).may_count
    assert found.signer is not None
    assert found.signer.certificate is not None
    assert found.signer.certificate.subject["O"] == "Test Camera"


# What never counts, and why.


def state(*manifests: bytes, media: bytes | None = None) -> tuple[CarriedState, OwnCheck]:
    found = examine(with_manifest_store(media or base()[0], store(*manifests)))
    vouch = only(found)
    told = (vouch.updated, vouch.updated_digest, vouch.for_manifest, vouch.reaches_file, vouch.stamped)
    assert told == ("", "", "", False, None)
    return vouch.state, found


def test_a_vouch_in_a_standard_manifest_never_counts() -> None:
    media, below = base(LABELS[0], vouching(VOUCH))
    assert state(below, media=media)[0] is CarriedState.NOT_UPDATE


def test_a_vouch_whose_statement_was_changed_afterwards_never_counts() -> None:
    data = vouched(VOUCH)
    raw = manifest_store(data)
    text = content_of(VOUCH)["vouch"].encode()
    other = content_of(VOUCH[:-1] + b"!")["vouch"].encode()
    changed = examine(with_manifest_store(data, raw.replace(text, other)))
    assert only(changed).state is CarriedState.BROKEN
    assert not only(changed).may_count


def test_a_vouch_that_no_claim_names_never_counts() -> None:
    media, below = base()
    carrier = update(below, LABELS[1], LABELS[0], undeclared=[vouching(VOUCH)])
    assert state(below, carrier, media=media)[0] is CarriedState.BROKEN


def test_a_vouch_under_a_signature_that_does_not_hold_never_counts() -> None:
    media, below = base()
    carrier = update(
        below, LABELS[1], LABELS[0], vouching(VOUCH), claim_after=lambda claim: claim.replace(b"Test", b"Fest")
    )
    assert state(below, carrier, media=media)[0] is CarriedState.BROKEN


def test_a_vouch_below_a_broken_update_never_counts() -> None:
    media, below = base()
    carrier = update(below, LABELS[1], LABELS[0], vouching(VOUCH))
    broken = update(carrier, LABELS[2], LABELS[1], claim_after=lambda claim: claim.replace(b"Test", b"Fest"))
    assert state(below, carrier, broken, media=media)[0] is CarriedState.BROKEN


def test_a_vouch_in_a_manifest_that_nothing_refers_to_never_counts() -> None:
    media, below = base()
    stray = update(below, LABELS[1], LABELS[0], vouching(VOUCH))
    found = examine(with_manifest_store(media, store(stray, below)))
    assert found.active == LABELS[0]
    assert (only(found).state, only(found).carrier) == (CarriedState.UNREFERENCED, LABELS[1])


def test_a_vouch_under_a_name_that_two_manifests_carry_never_counts() -> None:
    media, below = base()
    one = update(below, LABELS[1], LABELS[0], vouching(VOUCH))
    two = update(below, LABELS[1], LABELS[0], vouching(OTHER))
    last = update(one, LABELS[2], LABELS[1])
    found = examine(with_manifest_store(media, store(below, one, two, last)))
    assert [vouch.state for vouch in found.carried] == [CarriedState.UNREFERENCED] * 2


LINKS: Final[Sequence[tuple[str, Any]]] = [
    ("a-changed-digest", lambda below: link_to(below + b"\0", LABELS[0])),
    ("a-missing-manifest", lambda below: link_to(below, LABELS[5])),
    ("a-component", lambda below: link_to(below, LABELS[0], relationship="componentOf")),
    ("no-manifest", lambda _: {"relationship": "parentOf", "dc:title": "before"}),
    (
        "a-parent-recorded-as-changed",
        lambda below: link_to(
            below,
            LABELS[0],
            validationResults={
                "activeManifest": {
                    "success": [],
                    "informational": [],
                    "failure": [{"code": "assertion.dataHash.mismatch", "url": "self#jumbf=c2pa.assertions/x"}],
                }
            },
        ),
    ),
]


@pytest.mark.parametrize(("name", "link"), LINKS, ids=[name for name, _ in LINKS])
def test_a_vouch_over_a_parent_that_is_not_verified_never_counts(name: str, link: Any) -> None:
    media, below = base()
    carrier = update(below, LABELS[1], LABELS[0], vouching(VOUCH), link=link(below))
    # An update whose one ingredient is no parent breaks the rules by its shape already.
    expected = CarriedState.BROKEN if name == "a-component" else CarriedState.PARENT
    assert state(below, carrier, media=media)[0] is expected


def test_a_vouch_over_a_broken_parent_never_counts() -> None:
    media, below = base()
    broken = bytearray(below)
    place = below.index(b"digitalCapture")
    broken[place] ^= 1
    carrier = update(bytes(broken), LABELS[1], LABELS[0], vouching(VOUCH))
    assert state(bytes(broken), carrier, media=media)[0] is CarriedState.PARENT


def test_a_vouch_in_an_update_of_two_manifests_never_counts() -> None:
    media, below = base()
    _, other = base(LABELS[9])
    second = ("c2pa.ingredient.v3__1", link_to(other, LABELS[9], relationship="componentOf"))
    carrier = update(below, LABELS[1], LABELS[0], vouching(VOUCH), second)
    assert state(below, other, carrier, media=media)[0] is CarriedState.BROKEN


def test_updates_that_lead_to_no_hard_binding_carry_no_vouch_that_counts() -> None:
    lost = Draft(
        signer=PLATFORM, label=LABELS[3], kind=b"c2um", assertions=[actions({"action": "c2pa.opened"})]
    ).build()
    carrier = update(lost, LABELS[4], LABELS[3], vouching(VOUCH))
    assert state(lost, carrier)[0] is CarriedState.PARENT


def test_two_vouches_in_one_manifest_never_count() -> None:
    media, below = base()
    second = (f"{VOUCHES.label}__1", content_of(OTHER))
    carrier = update(below, LABELS[1], LABELS[0], vouching(VOUCH), second)
    verdict, found = state(below, carrier, media=media)
    assert verdict is CarriedState.SEVERAL
    assert only(found).octets == b""
    again = update(below, LABELS[1], LABELS[0], vouching(VOUCH), vouching(OTHER))
    assert state(below, again, media=media)[0] is CarriedState.BROKEN


def test_re_ordered_vouches_never_count() -> None:
    data = vouched(VOUCH, OTHER)
    raw = manifest_store(data)
    one, two = content_of(VOUCH)["vouch"].encode(), content_of(OTHER)["vouch"].encode()
    media, below = base()
    first = update(below, LABELS[1], LABELS[0], vouching(VOUCH))
    second = update(first, LABELS[2], LABELS[1], vouching(OTHER))
    assert one in raw
    assert two in raw
    found = examine(with_manifest_store(media, store(below, second, first)))
    # The first is active now, and nothing leads to the second: it is shown, and does not count.
    assert [(vouch.octets, vouch.state) for vouch in found.carried] == [
        (VOUCH, CarriedState.PLACED),
        (OTHER, CarriedState.UNREFERENCED),
    ]
    swapped_first = update(below, LABELS[2], LABELS[0], vouching(OTHER))
    swapped = update(swapped_first, LABELS[1], LABELS[2], vouching(VOUCH))
    found = examine(with_manifest_store(media, store(below, swapped_first, swapped)))
    # Signed anew in another order each names another manifest than it did, and fails its binding.
    assert [vouch.updated for vouch in found.carried] == [LABELS[2], LABELS[0]]


def test_a_transplanted_vouch_is_about_bytes_that_are_not_there() -> None:
    found = examine(transplant(vouched(VOUCH), picture(shade=90)))
    assert only(found).reaches_file
    assert found.coverage is not None
    assert not found.coverage.is_whole


def test_changed_pixels_under_a_vouch_are_said_by_the_coverage() -> None:
    found = examine(change_pixels(vouched(VOUCH)))
    assert found.coverage is not None
    assert not found.coverage.is_whole


def test_stripping_the_update_leaves_the_file_from_before() -> None:
    media, below = base()
    assert examine(with_manifest_store(media, store(below))).carried == ()
    assert with_manifest_store(vouched(VOUCH), store(below)) == media


# The one form of the assertion.


def assertion(content: Any, *, kind: str = "cbor") -> Assertion:
    data = content if isinstance(content, bytes) else cbor2.dumps(content)
    return Assertion(label=VOUCHES.label, kind=kind, content=memoryview(data), data=memoryview(data))


TEXT: Final = base64.b64encode(VOUCH).decode()


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"vouch": ""},
        {"vouch": VOUCH},
        {"vouch": list(VOUCH)},
        {"vouch": TEXT, "more": 1},
        {"Vouch": TEXT},
        {"vouch": TEXT + "\n"},
        {"vouch": " " + TEXT},
        {"vouch": base64.urlsafe_b64encode(b"\xff" * 30).decode()},
        {"vouch": base64.b64encode(b"1234").decode().rstrip("=")},
        {"vouch": "MTIzNB=="},
        {"vouch": "ä"},
        [TEXT],
        TEXT,
        None,
        b"",
        b"\xff\xff",
        cbor2.dumps({"vouch": TEXT}) + b"\0",
    ],
)
def test_refuses_every_other_form(content: Any) -> None:
    assert read_content(assertion(content), VOUCHES) == (CarriedState.MALFORMED, b"")


def test_refuses_json_and_embedded_files() -> None:
    for kind in ("json", "embedded", "uuid"):
        assert read_content(assertion({"vouch": TEXT}, kind=kind), VOUCHES) == (CarriedState.MALFORMED, b"")


@pytest.mark.parametrize("size", [VOUCHES.max_octets, VOUCHES.max_octets + 1, 10 * VOUCHES.max_octets])
def test_refuses_a_vouch_that_is_too_large(size: int) -> None:
    expected = (CarriedState.PLACED, bytes(size)) if size <= VOUCHES.max_octets else (CarriedState.TOO_LARGE, b"")
    assert read_content(assertion(content_of(bytes(size))), VOUCHES) == expected


def test_an_oversize_vouch_in_a_file_is_called_that() -> None:
    media, below = base()
    carrier = update(below, LABELS[1], LABELS[0], vouching(bytes(VOUCHES.max_octets + 1)))
    assert state(below, carrier, media=media)[0] is CarriedState.TOO_LARGE


def test_the_bound_is_the_personhood_profiles() -> None:
    assert VOUCHES.max_octets == personhood.MAX_VOUCH_OCTETS


@given(st.binary(min_size=1, max_size=VOUCHES.max_octets))
def test_what_is_written_is_read(octets: bytes) -> None:
    assert read_content(assertion(content_of(octets)), VOUCHES) == (CarriedState.PLACED, octets)


@given(st.binary(max_size=200))
def test_any_octets_give_an_outcome(octets: bytes) -> None:
    state, found = read_content(assertion(octets), VOUCHES)
    assert (state is CarriedState.PLACED) == bool(found)


def test_more_vouches_than_the_bound_are_said_to_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(carried, "MAX_CARRIED", 3)
    media, below = base()
    carrier = update(below, LABELS[1], LABELS[0], vouching(VOUCH))
    strays = [update(below, label, LABELS[0], vouching(OTHER)) for label in LABELS[5:10]]
    found = examine(with_manifest_store(media, store(*strays, below, carrier)))
    assert found.more_carried == 3
    # What may count is never cut off for what may not.
    assert [vouch.may_count for vouch in found.carried] == [True, False, False]


def test_a_check_with_vouches_goes_through_the_wire() -> None:
    found = examine(vouched(VOUCH, OTHER)).without_bytes()
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=OwnCheck).carried == found.carried
    assert [vouch.octets for vouch in found.carried] == [OTHER, VOUCH]


# The time that a stamp over the carrier proves.


def stamped(signer: Identity = PLATFORM, **cose: Any) -> CarriedAssertion:
    media, below = base()
    cose = {"stamp": stamper(TSA, NOW - 60 * DAY)} | cose
    carrier = update(below, LABELS[1], LABELS[0], vouching(VOUCH), signer=signer, cose=cose)
    return only(examine(with_manifest_store(media, store(below, carrier))))


@pytest.mark.parametrize("version", [1, 2])
def test_a_trusted_stamp_over_the_carrier_is_the_vouchs_time(version: int) -> None:
    assert stamped(stamp_version=version).stamped == NOW - 60 * DAY


def test_a_stamp_by_an_unlisted_authority_or_over_other_bytes_is_no_time() -> None:
    unlisted = make_authority(make_root("Else", start=NOW - 900 * DAY), start=NOW - 900 * DAY)
    assert stamped(stamp=stamper(unlisted, NOW - 60 * DAY)).stamped is None
    assert stamped(stamp=stamper(TSA, NOW - 60 * DAY, imprint=sha256(b"else"))).stamped is None
    assert stamped(stamp=None).stamped is None


def test_an_old_stamp_over_a_signature_that_was_given_a_new_key_is_no_time() -> None:
    """Only where the stamped header holds the certificate does a stamp over the signature bind the claim."""
    loose = {"header": {1: -7}, "unprotected": {33: list(PLATFORM.chain)}}
    assert stamped(**loose, stamp_version=1).stamped == NOW - 60 * DAY
    assert stamped(**loose).may_count
    assert stamped(**loose).stamped is None


def test_a_stamp_that_a_later_update_keeps_is_the_vouchs_time_as_well() -> None:
    media, below = base()
    carrier = update(below, LABELS[1], LABELS[0], vouching(VOUCH))
    sign1 = parse_sign1(parse_store(store(carrier)).active.signature)
    structure = cbor2.dumps(["CounterSignature", sign1.protected, b"", cbor2.dumps(sign1.signature)])
    kept = ("c2pa.time-stamp", {LABELS[1]: stamper(TSA, NOW - 60 * DAY)(structure)})
    last = update(carrier, LABELS[2], LABELS[1], kept)
    found = examine(with_manifest_store(media, store(below, carrier, last)))
    assert (only(found).carrier, only(found).stamped) == (LABELS[1], NOW - 60 * DAY)


def test_a_stamp_over_the_vouched_manifest_is_not_one_over_the_vouch() -> None:
    media = bind(
        Draft(signer=CAMERA, label=LABELS[0], assertions=[actions()], cose={"stamp": stamper(TSA, NOW - 60 * DAY)}),
        picture(),
    )
    raw = manifest_store(media)
    below = manifests(raw)[-1]
    carrier = update(below, LABELS[1], LABELS[0], vouching(VOUCH))
    found = examine(with_manifest_store(media, store(below, carrier)))
    assert found.signer is not None
    assert found.signer.stamp.is_trusted
    assert only(found).stamped is None


def test_a_json_box_of_that_name_is_reported_and_not_believed() -> None:
    media, below = base()
    named = ("c2pa.ingredient.v3", link_to(below, LABELS[0]))
    draft = Draft(signer=PLATFORM, label=LABELS[1], kind=b"c2um", assertions=[opening(named), named])
    boxes, *rest = draft.parts()
    extra = superbox(b"json", VOUCHES.label, box(b"json", b'{"vouch":"AAAA"}'))
    inside = boxes[8:] + extra
    carrier = superbox(b"c2um", LABELS[1], box(b"jumb", inside), *rest)
    assert state(below, carrier, media=media)[0] is CarriedState.BROKEN


# Whatever is done to the bytes.

WHOLE: Final = vouched(VOUCH, OTHER)


def honest(data: bytes) -> None:
    """What is found to speak of the file is what was put in, or the file is seen to be another."""
    found = examine(data)
    holds = found.coverage is not None and found.coverage.is_whole
    for vouch in found.carried:
        if holds and vouch.reaches_file:
            assert vouch.octets in (VOUCH, OTHER)
            assert vouch.updated_digest == found.manifest_digests[vouch.updated]
            assert vouch.updated == {VOUCH: LABELS[0], OTHER: LABELS[1]}[vouch.octets]
        if not vouch.may_count:
            assert not vouch.reaches_file
            assert vouch.stamped is None


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_no_changed_byte_makes_another_vouch(place: int, change: int) -> None:
    honest(WHOLE[:place] + bytes([WHOLE[place] ^ change]) + WHOLE[place + 1 :])


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)), st.binary(max_size=40))
def test_no_cut_or_insertion_makes_another_vouch(one: int, two: int, between: bytes) -> None:
    honest(WHOLE[: min(one, two)] + between + WHOLE[max(one, two) :])


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(3)), st.lists(st.integers(0, 2), max_size=2))
def test_no_order_or_repetition_of_the_manifests_makes_another_vouch(order: list[int], more: list[int]) -> None:
    from tests.support.authority import jumbf_boxes

    raw = manifest_store(WHOLE)
    ((_, start, end),) = jumbf_boxes(raw)
    parts = [raw[low - 8 : high] for kind, low, high in jumbf_boxes(raw, start, end) if kind == b"jumb"]
    honest(with_manifest_store(WHOLE, store(*(parts[number] for number in [*order, *more]))))
