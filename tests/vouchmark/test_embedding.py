"""Does a vouch get into a file only where it holds, is the file the same otherwise, and does it come out again?"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from provenance.asset import open_asset
from provenance.credentials.engines.model import Outcome, State
from provenance.credentials.history.carried import CarriedState
from provenance.credentials.trust.lists import ListKind, TrustLists
from tests.support.authority import (
    NOW,
    Identity,
    append_bytes,
    change_pixels,
    list_of,
    make_root,
    make_signer,
    manifest_store,
    picture,
    sign,
    sign_edit,
    store_of,
)
from tests.support.media.crafting import make_authority
from tests.support.media.forms import FORMS
from tests.support.people.world import Person, person
from tests.support.tsa import Authority, serving
from vouchmark.examination.gather import facts_about
from vouchmark.examination.settings import Settings, make_settings
from vouchmark.lines.facts import Facts
from vouchmark.vouching import updating as lower
from vouchmark.vouching.embedding import Done, StampError, embed, sign_first
from vouchmark.vouching.updating import SIGNABLE, UPDATABLE, EmbedError, Looked, confirm_vouch
from vouchmark.vouching.vouch import VouchError, binding_for
from zk.errors import ZkError
from zk.profile.personhood import Binding, BindingKind

ROOT: Final = make_root()
CAMERA: Final = make_signer(ROOT)
PLATFORM: Final = make_signer(make_root("Platform CA"), organization="Harbour Platform", common_name="Desk")
TIME_ROOT: Final = make_root("Time")
TRUST: Final = store_of(list_of(ROOT), list_of(TIME_ROOT, kind=ListKind.TSA))
ANNA: Final = person()


def settings(trust: TrustLists = TRUST) -> Settings:
    return make_settings(trust=trust, at=NOW, only=("integrity", "engines"))


def facts_of(data: bytes) -> Facts:
    return facts_about(data, settings(), pool=None)[1]


def vouch_for(data: bytes, who: Person = ANNA, **options: Any) -> bytes:
    """Somebody's vouch, as the wallet binds it."""
    asset, facts = facts_about(data, settings(), pool=None)
    return who.vouch(bound=binding_for(asset, facts), **options).encode()


def put(data: bytes, vouch: bytes | None = None, *, signer: Identity = PLATFORM, authority: str = "") -> Done:
    return embed(
        data,
        vouch_for(data) if vouch is None else vouch,
        key=signer.signing_key(),
        settings=settings(),
        pool=None,
        authority=authority,
    )


def signed(media_type: str = "image/jpeg", **options: Any) -> bytes:
    return sign(CAMERA, FORMS[media_type](), media_type=media_type, **options)


# What goes in comes out.


@pytest.mark.parametrize("media_type", UPDATABLE)
def test_five_people_vouch_one_after_the_other_in_every_type_that_allows_it(media_type: str) -> None:
    data = signed(media_type)
    before = facts_of(data)
    people = [person() for _ in range(5)]
    vouches = []
    for each in people:
        vouches.append(vouch_for(data, each))
        done = put(data, vouches[-1])
        assert done.engines_agree, done.engines
        data = done.embedded.data
    after = facts_of(data)
    assert after.own is not None
    assert before.own is not None
    assert [one.octets for one in after.own.carried] == vouches[::-1]
    assert all(one.reaches_file for one in after.own.carried)
    assert after.own.bound == before.own.bound == after.own.carried[-1].updated
    for reading in (after.first, after.second):
        assert reading is not None
        assert (reading.outcome, reading.state) == (Outcome.FOUND, State.VALID)


def test_the_list_of_types_is_that_of_the_media_that_the_tests_make() -> None:
    assert set(UPDATABLE) <= set(FORMS)
    assert set(SIGNABLE) < set(UPDATABLE)


def test_both_hold_each_other() -> None:
    data = signed()
    done = put(data)
    own = facts_of(done.embedded.data).own
    assert own is not None
    assert done.vouch.media_digest.hex() == own.manifest_digests[own.bound] == done.embedded.vouch.updated_digest
    assert done.vouch.presentation.binding.kind is BindingKind.MANIFEST
    assert own.history is not None
    (link,) = [child.link for child in own.history.root.children]
    assert link is not None
    assert (link.target, link.relationship, link.state.value) == (own.bound, "parentOf", "verified")


def test_the_update_says_nothing_of_the_file_but_that_it_was_opened() -> None:
    facts = facts_of(put(signed()).embedded.data)
    assert facts.own is not None
    update = facts.own.checks[facts.own.active]
    assert (update.actions, update.source_types) == (("c2pa.opened",), frozenset())
    assert facts.first.store is not None
    assert facts.first.store.active.claim_generator.startswith("Vouchmark")
    assert {name.split("__")[0] for name in facts.first.store.active.assertions} == {
        "c2pa.actions.v2",
        "c2pa.ingredient.v3",
        "org.vouchmark.vouch",
    }


def test_everything_but_the_store_is_the_same_bytes() -> None:
    for media_type in ("image/jpeg", "image/png", "image/jxl"):
        data = signed(media_type)
        after = put(data).embedded.data
        digests = []
        for one in (data, after):
            own = facts_about(one, settings(), pool=None)[1].own
            assert own is not None
            ((start, end),) = own.store_runs
            digests.append(hashlib.sha256(one[:start] + one[end:]).hexdigest())
        assert digests[0] == digests[1]


# Who signs, and when.


def test_a_time_stamp_over_the_update_is_that_of_the_vouch() -> None:
    with serving(make_authority(TIME_ROOT), NOW) as authority:
        done = put(signed(), authority=authority.url)
    assert done.embedded.vouch.stamped == done.embedded.time == NOW
    assert done.embedded.time_is_trusted
    assert len(authority.asked) == 1
    own = facts_of(done.embedded.data).own
    assert own is not None
    assert own.signers[own.bound].stamp.time is None


def test_a_time_stamp_by_an_authority_on_no_list_is_said_to_be() -> None:
    with serving(make_authority(make_root("Else")), NOW) as authority:
        done = put(signed(), authority=authority.url)
    assert (done.embedded.time, done.embedded.time_is_trusted) == (NOW, False)
    assert done.embedded.vouch.stamped is None


@pytest.mark.parametrize("how", ["error", "redirect", "huge", "type"])
def test_without_the_time_stamp_that_was_asked_for_nothing_is_made(how: str) -> None:
    with serving(make_authority(TIME_ROOT), NOW) as authority:
        authority.how = how
        with pytest.raises(StampError, match="no time stamp: http://127"):
            put(signed(), authority=authority.url)


def test_a_time_stamp_over_something_else_makes_nothing() -> None:
    with serving(make_authority(TIME_ROOT), NOW) as authority:
        authority.how = "others"
        with pytest.raises(VouchError, match="refused to sign"):
            put(signed(), authority=authority.url)


@pytest.mark.parametrize("algorithm", ["es256", "es384", "es512", "ps256", "ed25519"])
def test_every_kind_of_key_can_put_a_vouch_in(algorithm: str) -> None:
    done = put(signed(), signer=make_signer(ROOT, algorithm=algorithm))
    assert done.engines_agree
    assert done.embedded.signer.algorithm == algorithm


# What is refused.


def refused(data: bytes, vouch: bytes | None = None) -> VouchError:
    with pytest.raises(VouchError) as caught:
        put(data, vouch)
    assert not isinstance(caught.value, StampError)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("media_type", sorted(set(FORMS) - set(UPDATABLE)))
def test_types_in_which_updates_do_not_survive_are_refused_with_a_hint_to_the_sidecar(media_type: str) -> None:
    data = signed(media_type)
    error = refused(data, ANNA.vouch(bound=Binding(kind=BindingKind.MANIFEST, digest=bytes(32))).encode())
    assert media_type in str(error)
    assert "FILE.vouch" in error.hint


BROKEN: Final[dict[str, Callable[[], bytes]]] = {
    "changed-pixels": lambda: change_pixels(signed()),
    "appended-bytes": lambda: append_bytes(signed()),
    "a-changed-update": lambda: _changed_update(),
    "cut-off": lambda: signed()[:-40],
}


def _changed_update() -> bytes:
    from tests.support.authority import with_manifest_store

    data = put(signed()).embedded.data
    raw = manifest_store(data)
    place = raw.index(b"org.vouchmark.vouch") + 60
    return with_manifest_store(data, raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])


@pytest.mark.parametrize("how", BROKEN)
def test_nothing_is_put_on_top_of_what_does_not_hold(how: str) -> None:
    vouch = vouch_for(signed())
    error = refused(BROKEN[how](), vouch)
    assert "do not hold" in str(error)


def test_a_file_without_credentials_is_refused_with_a_way_out() -> None:
    error = refused(picture(), ANNA.vouch().encode())
    assert "no Content Credentials" in str(error)
    assert "--sign-first" in error.hint


def test_a_vouch_for_the_files_bytes_is_refused() -> None:
    data = signed()
    digest = hashlib.sha256(data).digest()
    vouch = ANNA.vouch(bound=Binding(kind=BindingKind.FILE, digest=digest)).encode()
    assert "bound to a file's bytes" in str(refused(data, vouch))


def test_a_vouch_for_another_file_is_refused() -> None:
    other = sign(CAMERA, picture(shade=90))
    assert "a manifest that is not in this file" in str(refused(signed(), vouch_for(other)))


def test_a_vouch_for_the_manifest_below_the_active_one_is_refused() -> None:
    data = signed()
    late = vouch_for(data, person())
    after = put(data).embedded.data
    error = refused(after, late)
    assert "an earlier manifest of this file" in str(error)
    assert "make a vouch for the file as it is now" in error.hint


def test_a_vouch_for_what_an_edit_was_made_from_is_refused() -> None:
    data = signed()
    edited = sign_edit(CAMERA, data, data=picture(shade=90))
    assert "an earlier manifest of this file" in str(refused(edited, vouch_for(data)))


@pytest.mark.parametrize("octets", [b"", b"junk", b"\xa0", bytes(9000)])
def test_what_is_no_vouch_is_refused(octets: bytes) -> None:
    with pytest.raises(ZkError):
        put(signed(), octets)


def test_the_same_vouch_does_not_go_in_twice() -> None:
    data = signed()
    vouch = vouch_for(data)
    assert "an earlier manifest" in str(refused(put(data, vouch).embedded.data, vouch))


# A result that is not as it must be is refused, whatever the engine says.


def looked(data: bytes) -> Looked:
    asset, facts = facts_about(data, settings(), pool=None)
    readings = tuple(one for one in (facts.first, facts.second) if one is not None)
    return Looked(asset=asset, own=facts.own, readings=readings)


def confirm(before: Looked, after: Looked, vouch: bytes, *, stamped: bool = False) -> None:
    own = before.own
    assert own is not None
    digest = bytes.fromhex(own.manifest_digests[own.active])
    confirm_vouch(before, after, vouch, digest=digest, stamped=stamped)


def test_a_result_is_compared_with_what_it_was_made_from() -> None:
    data = signed()
    vouch = vouch_for(data)
    before, after = looked(data), looked(put(data, vouch).embedded.data)
    confirm(before, after, vouch)
    with pytest.raises(EmbedError, match="did not come out as it was put in"):
        confirm(before, after, vouch + b"\0")
    with pytest.raises(EmbedError, match="did not come out as it was put in"):
        confirm(before, before, vouch)
    with pytest.raises(EmbedError, match="time stamp does not belong"):
        confirm(before, after, vouch, stamped=True)
    with pytest.raises(EmbedError, match="other bytes"):
        confirm(looked(sign(CAMERA, picture(shade=90))), after, vouch)
    with pytest.raises(EmbedError, match="came out changed"):
        confirm(looked(sign(CAMERA)), after, vouch)
    with pytest.raises(EmbedError, match="do not hold"):
        confirm(before, looked(change_pixels(after.asset.data)), vouch)


def test_a_vouch_that_counted_before_must_count_after() -> None:
    data = put(signed()).embedded.data
    vouch = vouch_for(data, person())
    before, after = looked(data), looked(put(data, vouch).embedded.data)
    confirm(before, after, vouch)
    assert after.own is not None
    lost = replace(after, own=replace(after.own, carried=after.own.carried[:1]))
    with pytest.raises(EmbedError, match="no longer counts"):
        confirm(before, lost, vouch)


@pytest.mark.parametrize("number", [0, 1])
def test_either_engines_word_against_the_result_is_enough(number: int) -> None:
    import msgspec

    from provenance.credentials.engines.model import Kind, ValidationCode

    data = signed()
    vouch = vouch_for(data)
    before, after = looked(data), looked(put(data, vouch).embedded.data)

    def changed(**fields: Any) -> Looked:
        readings = list(after.readings)
        readings[number] = msgspec.structs.replace(readings[number], **fields)
        return replace(after, readings=tuple(readings))

    bad = ValidationCode(code="manifest.update.invalid", kind=Kind.FAILURE, url="")
    with pytest.raises(EmbedError, match=r"manifest\.update\.invalid"):
        confirm(before, changed(codes=(bad,)), vouch)
    with pytest.raises(EmbedError, match="does not find"):
        confirm(before, changed(outcome=Outcome.ABSENT, store=None, state=None), vouch)
    # An engine that knew the fault before says nothing new, and a signer on no list is no fault of the file.
    unlisted = ValidationCode(code="signingCredential.untrusted", kind=Kind.FAILURE, url="")
    confirm(before, changed(codes=(unlisted,)), vouch)


@pytest.mark.parametrize("media_type", ["image/webp", "image/tiff", "application/pdf", "audio/wav"])
def test_what_the_engine_breaks_in_silence_would_be_found(media_type: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lower, "UPDATABLE", (media_type,))
    data = signed(media_type)
    before = looked(data)
    own = before.own
    assert own is not None
    digest = bytes.fromhex(own.manifest_digests[own.active])
    written = lower.write_vouch(
        before, b"vouch", digest=digest, key=PLATFORM.signing_key(), generator={"name": "Test", "version": "1"}
    )
    with pytest.raises(EmbedError):
        confirm(before, looked(written), b"vouch")


# A first manifest.


@pytest.mark.parametrize("media_type", SIGNABLE)
def test_a_first_manifest_claims_nothing_of_where_the_file_comes_from(media_type: str) -> None:
    plain = FORMS[media_type]()
    made = sign_first(plain, key=PLATFORM.signing_key(), settings=settings(), pool=None)
    own = made.facts.own
    assert own is not None
    ((start, end),) = own.store_runs
    assert made.asset.data[:start] + made.asset.data[end:] == plain
    check = own.check
    assert check is not None
    assert (check.actions, check.source_types) == (("c2pa.opened",), frozenset())
    assert own.history is not None
    assert own.history.codes == ("history.parent.unsigned",)
    store = made.facts.first.store
    assert store is not None
    assert store.active.title is None
    done = put(made.asset.data, vouch_for(made.asset.data))
    assert done.embedded.vouch.for_manifest == own.active
    assert done.engines_agree


def test_a_first_manifest_can_be_stamped() -> None:
    with serving(make_authority(TIME_ROOT), NOW) as authority:
        made = sign_first(
            picture(), key=PLATFORM.signing_key(), settings=settings(), pool=None, authority=authority.url
        )
        assert made.facts.own is not None
        assert made.facts.own.signer is not None
        assert made.facts.own.signer.stamp.is_trusted
        _never(authority)


def _never(authority: Authority) -> None:
    authority.how = "error"
    with pytest.raises(StampError):
        sign_first(picture(), key=PLATFORM.signing_key(), settings=settings(), pool=None, authority=authority.url)


@pytest.mark.parametrize("media_type", sorted(set(FORMS) - set(SIGNABLE)))
def test_no_first_manifest_for_other_types(media_type: str) -> None:
    with pytest.raises(VouchError, match=re.escape(f"got {media_type}")):
        sign_first(FORMS[media_type](), key=PLATFORM.signing_key(), settings=settings(), pool=None)


@pytest.mark.parametrize("build", [signed, lambda: change_pixels(signed())])
def test_no_first_manifest_where_there_is_one_whole_or_broken(build: Callable[[], bytes]) -> None:
    with pytest.raises(VouchError, match="already"):
        sign_first(build(), key=PLATFORM.signing_key(), settings=settings(), pool=None)


def test_no_first_manifest_over_a_store_that_cannot_be_read() -> None:
    from tests.support.authority import with_manifest_store

    raw = manifest_store(signed())
    for junk in (b"\0\0\0\x10jumbjunkjunk", raw.replace(b"c2ma", b"nope"), raw[:300]):
        broken = with_manifest_store(picture(), junk)
        with pytest.raises(VouchError, match=r"already, or it cannot be told|nothing was written"):
            sign_first(broken, key=PLATFORM.signing_key(), settings=settings(), pool=None)


def test_the_place_of_a_vouch_is_judged_by_the_bytes_that_were_written() -> None:
    asset = open_asset(put(signed()).embedded.data)
    own = facts_of(asset.data).own
    assert own is not None
    assert own.carried[0].state is CarriedState.PLACED
