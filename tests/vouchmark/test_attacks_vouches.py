"""Can anybody make an embedded vouch say more than it does, or make it change what is said of the file?"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import cbor2
import pytest

from provenance.credentials.history.carried import CarriedState
from provenance.credentials.history.history import MAX_DEPTH
from provenance.credentials.own_check import OwnCheck, examine_own
from provenance.credentials.trust.distrust import DistrustEntry
from provenance.credentials.trust.lists import ListKind, TrustLists
from provenance.credentials.trust.view import view_of
from tests.support.authority import (
    DAY,
    NOW,
    Identity,
    change_pixels,
    list_of,
    make_root,
    make_signer,
    manifest_store,
    picture,
    sign,
    sign_edit,
    store_of,
    transplant,
    with_manifest_store,
)
from tests.support.corpus import media, needs_corpus, trust
from tests.support.hesitant import with_a_late_second_engine
from tests.support.media.crafting import (
    Draft,
    actions,
    bind,
    link_to,
    make_authority,
    manifests,
    stamper,
    store,
)
from tests.support.media.vouched import LABELS, content_of, update, vouching
from tests.support.people import world
from tests.vouchmark.people import (
    AT,
    CLUB,
    EPOCH,
    LAST_EPOCH,
    codes,
    issuer_json,
    manifest_binding,
    one,
    somebody,
    vouch,
)
from vouchmark import check
from vouchmark.examination.gather import facts_about as facts_of
from vouchmark.examination.settings import make_settings
from vouchmark.lines.person.line import misplaced
from vouchmark.report import Evidence, Line, Report, Status
from vouchmark.vouching.assertion import VOUCHES
from vouchmark.vouching.embedding import embed
from vouchmark.vouching.vouch import VouchError, binding_for
from zk.profile.personhood import EpochLength, Vouch
from zk.verifier import verifier

ROOT: Final = make_root()
CAMERA: Final = make_signer(ROOT)
PLATFORM: Final = make_signer(make_root("Platform CA"), organization="Harbour Platform")
ATTACKER: Final = make_signer(make_root("Own CA"), organization="Harbour Platform")
TIME_ROOT: Final = make_root("Time CA", start=NOW - 900 * DAY)
TSA: Final = make_authority(TIME_ROOT, start=NOW - 900 * DAY)
TRUST: Final = store_of(list_of(ROOT), list_of(TIME_ROOT, kind=ListKind.TSA))
PASS, FAIL, UNKNOWN, ABSENT = "pass", "fail", "unknown", "absent"
MEDIA_LINES: Final = (Line.INTEGRITY, Line.SIGNER, Line.TIME, Line.AI)


def look(data: bytes, *, trust: TrustLists = TRUST, **options: Any) -> Report:
    known = {"issuers": issuer_json(CLUB), "scopes": ["public:review/cafe-harbour"]}
    defaults = {"in_process": True, "at": AT, "trust": trust, "snapshot": False}
    return check(data, **defaults | known | options)


def person(data: bytes, **options: Any) -> Evidence:
    return look(data, **options).evidence[Line.PERSON]


def own(data: bytes) -> OwnCheck:
    return examine_own(data, "image/jpeg", None, trust=view_of(TRUST), at=NOW, carries=VOUCHES)


def vouch_for(data: bytes, by: world.Person | None = None, **more: Any) -> bytes:
    found = own(data)
    return vouch(manifest_binding(found.manifest_digests[found.active]), by=by, **more)


def put(data: bytes, octets: bytes, *, signer: Identity = PLATFORM) -> bytes:
    """Embed as the command does."""
    settings = make_settings(trust=TRUST, at=NOW, only=("integrity", "engines"))
    done = embed(data, octets, key=signer.signing_key(), settings=settings, pool=None)
    return done.embedded.data


def active(data: bytes) -> tuple[bytes, str]:
    """The active manifest's superbox, and its label."""
    raw = manifest_store(data)
    return manifests(raw)[-1], own(data).active


def forced(data: bytes, *more: tuple[str, Any], signer: Identity = ATTACKER, **options: Any) -> bytes:
    """An update over whatever the file carries, written byte by byte, with any assertions in it."""
    raw = manifest_store(data)
    below, label = active(data)
    number = len(own(data).manifest_digests) + 20
    carrier = update(below, LABELS[number], label, *more, signer=signer, **options)
    size = len(raw) + len(carrier)
    return with_manifest_store(data, size.to_bytes(4, "big") + raw[4:] + carrier)


SIGNED: Final = sign(CAMERA)
ANNA: Final = somebody()
ANNAS: Final = vouch_for(SIGNED, ANNA, statement="I was there.")
VOUCHED: Final = put(SIGNED, ANNAS)


def test_what_the_command_embeds_is_one_person_and_no_other_word() -> None:
    said = person(VOUCHED)
    assert codes(said) == [("person.voice.unchecked", PASS)]
    assert said.summary.startswith("1 person enrolled by “Harbour Press Club”")
    assert one(said).detail["where"] == "embedded"


# A vouch for one file is none for another.


def test_a_transplanted_store_brings_no_person_along() -> None:
    report = look(transplant(VOUCHED, picture(shade=90)))
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    assert codes(report.evidence[Line.PERSON]) == [("person.binding.mismatch", FAIL)]
    assert one(report.evidence[Line.PERSON]).detail["bound_to"] == "broken-credentials"


def test_a_transplanted_vouch_is_bound_to_other_media() -> None:
    other = sign(CAMERA, picture(shade=90))
    report = look(forced(other, vouching(ANNAS)))
    assert report.evidence[Line.INTEGRITY].status is Status.PASS
    assert codes(report.evidence[Line.PERSON]) == [("person.binding.mismatch", FAIL)]
    assert one(report.evidence[Line.PERSON]).detail["bound_to"] == "other-media"


def test_a_vouch_for_the_manifest_below_its_parent_is_said_to_be_in_the_wrong_place() -> None:
    said = person(forced(put(SIGNED, vouch_for(SIGNED)), vouching(ANNAS)))
    assert codes(said) == [("person.voice.unchecked", PASS), ("person.binding.mismatch", ABSENT)]
    wrong = next(finding for finding in said.findings if finding.code == "person.binding.mismatch")
    assert wrong.detail["bound_to"] == "another-manifest"
    assert wrong.statement.startswith("The vouch names another manifest of this file")
    bare = forced(forced(SIGNED), vouching(ANNAS))
    assert codes(person(bare)) == [("person.binding.mismatch", FAIL)]


def test_a_changed_file_under_an_update_brings_no_person_along() -> None:
    for data in (change_pixels(VOUCHED), forced(change_pixels(SIGNED), vouching(ANNAS))):
        report = look(data)
        assert report.evidence[Line.INTEGRITY].status is Status.FAIL
        assert report.evidence[Line.PERSON].status is Status.FAIL


def test_across_an_edit_it_is_about_the_earlier_version_alone_and_that_is_said() -> None:
    said = person(sign_edit(CAMERA, VOUCHED, data=picture(shade=90)))
    assert codes(said) == [("person.ancestor", UNKNOWN)]
    assert "made a statement for an earlier version" in said.summary
    assert "so that is not about this file" in said.summary


# What was signed and proved cannot be changed.


def test_a_statement_changed_in_the_file_is_no_vouch_any_more() -> None:
    raw = manifest_store(VOUCHED)
    text = content_of(ANNAS)["vouch"].encode()
    other = content_of(ANNAS.replace(b"I was there.", b"I was away!!"))["vouch"].encode()
    assert len(text) == len(other)
    assert text in raw
    report = look(with_manifest_store(VOUCHED, raw.replace(text, other)))
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    assert codes(report.evidence[Line.PERSON]) == [("person.vouch.misplaced", UNKNOWN)]
    assert one(report.evidence[Line.PERSON]).detail["reason"] == "broken"


def test_a_statement_changed_and_signed_anew_fails_its_proof() -> None:
    said = person(forced(SIGNED, vouching(ANNAS.replace(b"I was there.", b"I was away!!"))))
    assert codes(said) == [("person.proof.invalid", FAIL)]


def test_a_fabricated_vouch_fails_its_proof() -> None:
    forged = vouch_for(SIGNED, self_signed=True)
    assert codes(person(forced(SIGNED, vouching(forged)))) == [("person.proof.invalid", FAIL)]


@pytest.mark.parametrize(("field", "value"), [("level", 3), ("slot", 1), ("period", "2026-11")])
def test_a_vouch_that_claims_something_else_fails(field: str, value: Any) -> None:
    content = cbor2.loads(ANNAS) | {field: value}
    said = person(forced(SIGNED, vouching(cbor2.dumps(content, canonical=True))), slots=3)
    assert said.status is Status.FAIL


def test_re_ordered_vouches_lose_what_they_were_made_for() -> None:
    second = vouch_for(VOUCHED)
    both = put(VOUCHED, second)
    assert person(both).summary.startswith("2 people enrolled by")
    swapped = forced(forced(SIGNED, vouching(second)), vouching(ANNAS))
    said = person(swapped)
    assert {code for code, _ in codes(said)} == {"person.binding.mismatch"}
    assert said.status is Status.FAIL


def test_a_file_stripped_of_its_update_is_the_one_from_before() -> None:
    below = manifest_store(SIGNED)
    stripped = with_manifest_store(VOUCHED, below)
    assert stripped == SIGNED
    assert codes(person(stripped)) == [("person.absent", ABSENT)]


# One person stays one, whoever signs.


def test_a_vouch_that_others_put_in_again_is_the_same_voice() -> None:
    copied = forced(SIGNED, vouching(ANNAS))
    assert person(copied).summary == person(VOUCHED).summary
    twice = forced(VOUCHED, vouching(ANNAS))
    said = person(twice)
    assert said.summary.startswith("1 person enrolled by")
    assert codes(said)[0] == ("person.voice.unchecked", PASS)


def test_a_person_who_vouches_again_on_top_of_their_own_vouch_is_a_duplicate() -> None:
    again = vouch_for(VOUCHED, ANNA, statement="Once more.")
    said = person(forced(VOUCHED, vouching(again)))
    assert {code for code, _ in codes(said)} == {"person.duplicate"}
    assert said.status is Status.FAIL


# Places where no vouch counts.


def recorded_as_changed(below: bytes, label: str) -> dict[str, Any]:
    failure = {"code": "assertion.dataHash.mismatch", "url": f"self#jumbf=/c2pa/{label}/c2pa.assertions/c2pa.hash.data"}
    found = {"success": [], "informational": [], "failure": [failure]}
    return link_to(below, label, validationResults={"activeManifest": found})


def unverified(data: bytes) -> bytes:
    below, label = active(data)
    return forced(data, vouching(ANNAS), link=link_to(below + b"\0", label))


PLACES: Final[dict[str, tuple[Callable[[], bytes], str]]] = {
    "two-in-one": (lambda: forced(SIGNED, vouching(ANNAS), (f"{VOUCHES.label}__1", content_of(ANNAS))), "several"),
    "too-large": (lambda: forced(SIGNED, vouching(bytes(VOUCHES.max_octets + 1))), "too-large"),
    "another-form": (lambda: forced(SIGNED, (VOUCHES.label, {"vouch": ANNAS})), "malformed"),
    "an-unverified-parent": (lambda: unverified(SIGNED), "parent"),
    "a-parent-recorded-as-changed": (
        lambda: forced(SIGNED, vouching(ANNAS), link=recorded_as_changed(*active(SIGNED))),
        "parent",
    ),
    "a-standard-manifest": (
        lambda: bind(Draft(signer=CAMERA, assertions=[actions(), vouching(ANNAS)]), picture()),
        "not-update",
    ),
    "nobody-signed-it": (lambda: forced(SIGNED, undeclared=[vouching(ANNAS)]), "broken"),
    "a-forged-signature": (
        lambda: forced(SIGNED, vouching(ANNAS), claim_after=lambda claim: claim.replace(b"Test", b"Fest")),
        "broken",
    ),
    "nothing-refers-to-it": (lambda: _stray(), "unreferenced"),
    "further-down-than-is-looked-at": (lambda: piled(SIGNED, vouching(ANNAS)), "unreached"),
}


def piled(data: bytes, *more: tuple[str, Any]) -> bytes:
    """As many updates on each other that the lowest, which carries something, is not reached."""
    below, label = active(data)
    names = [f"urn:c2pa:00000000-0000-4000-8000-{number:012x}" for number in range(1000, 1000 + MAX_DEPTH + 2)]
    pile = [update(below, names[0], label, *more, signer=ATTACKER)]
    for under, name in itertools.pairwise(names):
        pile.append(update(pile[-1], name, under, signer=ATTACKER))
    return with_manifest_store(data, store(below, *pile))


def _stray() -> bytes:
    below, label = active(SIGNED)
    carrier = update(below, LABELS[30], label, vouching(ANNAS), signer=ATTACKER)
    return with_manifest_store(SIGNED, store(carrier, below))


@pytest.mark.parametrize("name", PLACES)
def test_in_a_place_where_none_counts_it_is_named_and_counts_for_nothing(name: str) -> None:
    build, reason = PLACES[name]
    said = person(build())
    assert codes(said) == [("person.vouch.misplaced", UNKNOWN)]
    assert one(said).detail["reason"] == reason
    assert said.status is Status.UNKNOWN
    none = ": none of them counts." if reason == "several" else ", so it counts for nothing."
    assert said.summary.endswith(none)


def test_more_updates_than_are_looked_at_are_doubt_and_no_failure_unless_the_bytes_were_changed() -> None:
    report = look(piled(SIGNED))
    assert report.evidence[Line.INTEGRITY].status is Status.UNKNOWN
    assert "more versions than are looked at" in report.evidence[Line.INTEGRITY].summary
    assert not [found for found in report.findings() if found.code == "history.unreferenced"]
    changed = look(change_pixels(piled(SIGNED)))
    assert changed.evidence[Line.INTEGRITY].status is Status.FAIL
    octets = vouch_for(piled(SIGNED))
    with pytest.raises(VouchError, match="more versions than are looked at"):
        put(piled(SIGNED), octets)


def test_every_such_place_has_words_of_its_own() -> None:
    reasons = {str(state) for state in CarriedState if state is not CarriedState.PLACED}
    assert reasons == {reason for _, reason in PLACES.values()} - {""}
    told = {misplaced(reason) for reason in reasons | {""}}
    assert len(told) == len(reasons) + 1


@pytest.mark.parametrize("name", ["too-large", "another-form", "two-in-one"])
def test_nobody_spoils_a_file_by_putting_a_bad_one_on_top(name: str) -> None:
    bad = {
        "too-large": (vouching(bytes(VOUCHES.max_octets + 1)),),
        "another-form": ((VOUCHES.label, {"vouch": b"junk"}),),
        "two-in-one": (vouching(ANNAS), (f"{VOUCHES.label}__1", content_of(ANNAS))),
    }[name]
    said = person(forced(VOUCHED, *bad))
    assert said.status is Status.PASS
    assert said.summary == person(VOUCHED).summary


# Whoever signs the update says nothing of the file.


SIGNERS: Final[dict[str, Identity]] = {
    "on-no-list": ATTACKER,
    "expired": make_signer(ROOT, organization="Old Platform", start=NOW - 9 * DAY, end=NOW - 8 * DAY),
    "listed": make_signer(ROOT, organization="Listed Platform"),
    "breaking-the-profile": make_signer(ROOT, organization="Odd Platform", purposes=("2.5.29.37.0",)),
}


def media_lines(report: Report) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """Status, sentence and findings of the lines on the media, but for the findings on the update itself."""
    return [
        (
            str(report.evidence[line].status),
            report.evidence[line].summary,
            [
                (finding.code, str(finding.status), finding.statement)
                for finding in report.evidence[line].findings
                if finding.code not in ("signer.update", "history.update", "history.update.recorded", "time.update")
            ],
        )
        for line in MEDIA_LINES
    ]


FILES: Final[dict[str, Callable[[], bytes]]] = {
    "by-a-listed-camera": lambda: SIGNED,
    "by-nobody-known": lambda: sign(make_signer(make_root("Unknown"), organization="Unknown")),
    "by-an-expired-camera": lambda: bind(
        Draft(signer=make_signer(ROOT, start=NOW - 9 * DAY, end=NOW - 8 * DAY), assertions=[actions()]), picture()
    ),
}


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("signer", SIGNERS)
def test_the_updates_signer_raises_and_lowers_nothing_of_the_file(file: str, signer: str) -> None:
    data = FILES[file]()
    before = look(data)
    after = look(forced(data, vouching(vouch_for(data)), signer=SIGNERS[signer]))
    assert media_lines(after) == media_lines(before)
    assert after.evidence[Line.PERSON].status is Status.PASS
    assert [f.status for f in after.evidence[Line.SIGNER].findings if f.code == "signer.update"] == [Status.ABSENT]


def test_a_distrusted_updates_signer_lowers_nothing_of_the_file() -> None:
    trust = replace(TRUST, distrust=(DistrustEntry(sha256=_fingerprint(ATTACKER), reason="leaked"),))
    before, after = look(SIGNED, trust=trust), look(forced(SIGNED, vouching(ANNAS)), trust=trust)
    assert media_lines(after) == media_lines(before)
    assert after.evidence[Line.PERSON].status is Status.PASS


def _fingerprint(signer: Identity) -> str:
    from provenance.credentials.certificates.chain import fingerprint

    return fingerprint(signer.der)


def test_a_time_stamp_over_the_update_is_not_one_over_the_file() -> None:
    this_epoch = EpochLength.MONTH.epoch_bounds(EPOCH)[0]
    stamped = forced(SIGNED, vouching(ANNAS), cose={"stamp": stamper(TSA, max(NOW - DAY, this_epoch))})
    report = look(stamped)
    assert media_lines(report) == media_lines(look(SIGNED))
    assert report.evidence[Line.TIME].status is Status.ABSENT
    assert one(report.evidence[Line.PERSON]).detail["time_basis"] == "stamped"


def test_persons_change_no_line_on_the_media() -> None:
    for data in (VOUCHED, change_pixels(VOUCHED), forced(SIGNED, vouching(b"junk"))):
        assert media_lines(look(data)) == media_lines(look(data, issuers=[], scopes=[]))


def test_looking_at_proofs_ahead_changes_no_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a worker proofs are looked at before the rest is known; here they are not."""
    looked_at: list[Any] = []
    prove = verifier.prove_ahead
    monkeypatch.setattr(verifier, "prove_ahead", lambda *a, **k: looked_at.append(prove(*a, **k)) or looked_at[-1])
    files = [
        VOUCHED,
        change_pixels(VOUCHED),
        put(VOUCHED, vouch_for(VOUCHED)),
        forced(VOUCHED, vouching(ANNAS)),
        forced(SIGNED, vouching(ANNAS.replace(b"I was there.", b"I was away!!"))),
        forced(SIGNED, vouching(vouch_for(SIGNED, self_signed=True))),
        sign_edit(CAMERA, VOUCHED, data=picture(shade=90)),
    ]
    with_a_late_second_engine(monkeypatch)
    for data in files:
        for issuers in (issuer_json(CLUB), []):
            assert look(data, issuers=issuers, in_process=False) == look(data, issuers=issuers)
    assert len(looked_at) == len(files)


# The time that a stamp over the carrier proves.


THEN: Final = EpochLength.MONTH.epoch_bounds(LAST_EPOCH)[0] + dt.timedelta(days=3)


def late(**cose: Any) -> Evidence:
    """A vouch by a credential of last month, in an update with that signature box."""
    octets = vouch_for(SIGNED, epoch=LAST_EPOCH)
    assert Vouch.decode(octets).epoch == LAST_EPOCH
    return person(forced(SIGNED, vouching(octets), cose=cose))


def test_a_vouch_of_a_past_epoch_counts_where_a_trusted_stamp_shows_it_was_there_then() -> None:
    assert codes(late(stamp=stamper(TSA, THEN))) == [("person.voice.unchecked", PASS)]


def test_without_one_or_by_one_of_today_or_of_nobody_its_epoch_is_closed() -> None:
    unlisted = make_authority(make_root("Else", start=NOW - 900 * DAY), start=NOW - 900 * DAY)
    for cose in ({}, {"stamp": stamper(TSA, NOW)}, {"stamp": stamper(unlisted, THEN)}):
        assert codes(late(**cose)) == [("person.epoch.closed", FAIL)]


def test_an_old_stamp_with_a_key_that_nobody_signed_makes_no_vouch_old() -> None:
    loose = {"header": {1: -7}, "unprotected": {33: list(ATTACKER.chain)}}
    assert codes(late(stamp=stamper(TSA, THEN), **loose)) == [("person.epoch.closed", FAIL)]


# Real files.

REAL: Final = (".jpg", ".jpeg", ".png", ".avif", ".heif", ".jxl", ".mp4")
UNREADABLE: Final = "rs__cawgx509-malformed_cbor.jpg"
"""An identity in it cannot be read: once its manifest is an ancestor, the first engine calls the whole file malformed,
so that nothing is written."""
INTACT_AT_LEAST: Final = 40
"""Files of the corpus that can carry a vouch; the rest is broken, bare or of another type."""


@needs_corpus
@pytest.mark.corpus
def test_real_files_carry_a_vouch_and_nothing_else_of_them_is_said_otherwise() -> None:
    official = TrustLists.empty().with_run_lists(
        trust=[trust("C2PA-TRUST-LIST.pem")], tsa_trust=[trust("C2PA-TSA-TRUST-LIST.pem")]
    )
    carried = 0
    for path in (row.path for row in media()):
        if path.suffix not in REAL:
            continue
        data = path.read_bytes()
        before = look(data, trust=official)
        if before.evidence[Line.INTEGRITY].status is not Status.PASS:
            continue
        asset, facts = facts_of(path, make_settings(trust=official, at=AT), pool=None)
        octets = vouch(binding_for(asset, facts))
        if path.name == UNREADABLE:
            with pytest.raises(VouchError, match="the result would not hold"):
                put(data, octets)
            continue
        after = look(put(data, octets), trust=official)
        assert media_lines(after) == media_lines(before), path.name
        assert codes(after.evidence[Line.PERSON]) == [("person.voice.unchecked", PASS)], path.name
        carried += 1
    assert carried >= INTACT_AT_LEAST
