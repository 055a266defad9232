"""Where can a vouch stand in a file's Content Credentials? Pictures with updates and edits over each other."""

from __future__ import annotations

from typing import Any, Final

from provenance.credentials.history import carried
from provenance.credentials.own_check import OwnCheck, examine_own
from provenance.credentials.trust.lists import ListKind
from provenance.credentials.trust.view import view_of
from provenance.media_type import recognise
from tests.support.authority import (
    DAY,
    NOW,
    list_of,
    make_root,
    make_signer,
    manifest_store,
    picture,
    store_of,
    with_manifest_store,
)
from tests.support.media.crafting import (
    Draft,
    actions,
    bind,
    link_to,
    make_authority,
    manifests,
    opening,
    store,
)
from vouchmark.vouching.assertion import VOUCHES

CAMERA: Final = make_signer(make_root("Camera CA"))
PLATFORM: Final = make_signer(make_root("Platform CA"), organization="Platform")
TIME_ROOT: Final = make_root("Time CA", start=NOW - 900 * DAY)
TSA: Final = make_authority(TIME_ROOT, start=NOW - 900 * DAY)
LISTS: Final = view_of(store_of(list_of(TIME_ROOT, kind=ListKind.TSA)))
LABELS: Final = tuple(f"urn:c2pa:00000000-0000-4000-8000-0000000000{number:02x}" for number in range(40))


def examine(data: bytes) -> OwnCheck:
    return examine_own(data, recognise(data), None, trust=LISTS, at=NOW, carries=VOUCHES)


def content_of(octets: bytes) -> dict[str, str]:
    """An assertion's content for a vouch."""
    return carried.content_of(octets, VOUCHES)


def vouching(octets: bytes) -> tuple[str, Any]:
    return VOUCHES.label, content_of(octets)


def base(label: str = LABELS[0], *more: tuple[str, Any]) -> tuple[bytes, bytes]:
    """A signed picture, and its manifest superbox."""
    media = bind(Draft(signer=CAMERA, label=label, assertions=[actions(), *more]), picture())
    return media, manifests(manifest_store(media))[-1]


def update(
    parent: bytes,
    label: str,
    parent_label: str,
    *more: tuple[str, Any],
    link: dict[str, Any] | None = None,
    **options: Any,
) -> bytes:
    """An update manifest over `parent` with more assertions."""
    named = ("c2pa.ingredient.v3", link or link_to(parent, parent_label))
    options = {"signer": PLATFORM, "kind": b"c2um"} | options
    return Draft(label=label, assertions=[opening(named), named, *more], **options).build()


def vouched(*octets: bytes) -> bytes:
    """A signed picture with one update for each vouch, one over the other."""
    media, below = base()
    chain = [below]
    for number, each in enumerate(octets, start=1):
        chain.append(update(chain[-1], LABELS[number], LABELS[number - 1], vouching(each)))
    return with_manifest_store(media, store(*chain))


def edited(*before: bytes, parent: bytes, parent_label: str, relationship: str = "parentOf", **options: Any) -> bytes:
    """A standard manifest over an earlier version, with other pixels."""
    named = ("c2pa.ingredient.v3", link_to(parent, parent_label, relationship=relationship))
    draft = Draft(signer=CAMERA, label=LABELS[20], assertions=[opening(named), named], **options)
    return bind(draft, picture(shade=90), before=before)
