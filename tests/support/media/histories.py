"""Which histories can a picture by the listed camera have, right and forged?"""

from __future__ import annotations

from typing import Any, Final

import cbor2

from tests.support.attacks import CAMERA, other
from tests.support.authority import (
    Identity,
    change_pixels,
    created,
    manifest_store,
    picture,
    sign,
    sign_edit,
    with_manifest_store,
)
from tests.support.media.crafting import (
    Draft,
    actions,
    assertion_box,
    bind,
    box,
    link_to,
    manifests,
    opening,
    store,
    superbox,
)

PARENT: Final = "urn:c2pa:00000000-0000-4000-8000-00000000aaaa"
FORGED: Final = "urn:c2pa:00000000-0000-4000-8000-00000000beef"
UPDATE: Final = "urn:c2pa:00000000-0000-4000-8000-00000000bbbb"
NOTE: Final = ("org.test.note", {"where": "at home"})
BINDING: Final = ("c2pa.hash.data", {"alg": "sha256", "hash": bytes(32), "pad": b"", "exclusions": []})


def earlier(signer: Identity = CAMERA, label: str = PARENT, *more: Any, **options: Any) -> Draft:
    """A manifest of an earlier version."""
    return Draft(signer=signer, label=label, assertions=[actions(), NOTE, BINDING, *more], **options)


def edited(parent: bytes, *, before: tuple[bytes, ...], link: dict[str, Any] | None = None, **options: Any) -> bytes:
    """A picture by the listed camera that was made from `parent`; `before` lie in its store."""
    named = ("c2pa.ingredient.v3", link or link_to(parent, PARENT))
    more = options.pop("acts", ())
    draft = Draft(signer=CAMERA, assertions=[opening(named, *more), named], **options)
    return bind(draft, picture(), before=before)


def redacted(name: str, *, how: str) -> bytes:
    """A picture whose parent lost an assertion, which the listed camera says it redacted.

    `how`: `dropped`, `zeroed`, or `kept` where it is still there.
    """
    draft = earlier()
    boxes, claim, signature = draft.parts()
    if how != "kept":
        left = []
        for label, content in draft.assertions:
            box = assertion_box(label, content)
            if label == name:
                if how == "dropped":
                    continue
                payload = cbor2.dumps(content)
                box = box.replace(payload, bytes(len(payload)))
            left.append(box)
        boxes = superbox(b"c2as", "c2pa.assertions", *left)
    parent = superbox(draft.kind, draft.label, boxes, claim, signature)
    url = f"self#jumbf=/c2pa/{PARENT}/c2pa.assertions/{name}"
    act = {"action": "c2pa.redacted", "reason": "c2pa.PII.present", "parameters": {"redacted": url}}
    return edited(parent, before=(parent,), acts=(act,), claim={"redacted_assertions": [url]})


def laundered(signer: Identity) -> bytes:
    """A changed file, made clean by the listed camera."""
    return sign_edit(CAMERA, change_pixels(sign(signer)))


def unreferenced() -> bytes:
    """A manifest by somebody who calls itself a maker, beside the listed camera's."""
    forged = Draft(signer=other("NIKON CORPORATION"), label=FORGED, assertions=[actions(), BINDING]).build()
    return bind(
        Draft(signer=CAMERA, assertions=[actions(created("trainedAlgorithmicMedia"))]), picture(), before=[forged]
    )


def swapped_parent() -> bytes:
    """A store in which another manifest took the parent's name after signing."""
    return edited(earlier().build(), before=(earlier(other("Somebody")).build(),))


def broken_deep_down() -> bytes:
    """A broken grandparent below an intact parent, both under a listed signer."""
    return sign_edit(CAMERA, laundered(other()), title="middle")


def update_with(*acts: dict[str, Any], more: tuple[tuple[str, Any], ...] = ()) -> bytes:
    """The listed camera's picture with its own update above it, which says these actions and assertions."""
    media = bind(Draft(signer=CAMERA, label=PARENT, assertions=[actions()]), picture())
    below = manifests(manifest_store(media))[-1]
    link = ("c2pa.ingredient.v3", link_to(below, PARENT))
    update = Draft(signer=CAMERA, label=UPDATE, kind=b"c2um", assertions=[opening(link, *acts), link, *more])
    return with_manifest_store(media, store(below, update.build()))


ROOM: Final = 40_000
"""Bytes kept above the content for a later update, so that the layout stays what the binding says."""


def removed_later(
    name: str,
    content: Any,
    *,
    by: Identity,
    url: str = "",
    acts: tuple[dict[str, Any], ...] = (),
    keep: bool = False,
    beside: tuple[tuple[str, Any], ...] = (),
) -> bytes:
    """The listed camera's picture, from which a later update by somebody took an assertion that was really there.

    `url` is what the update says that it removed, where that is spelled otherwise; `keep` leaves the assertion in.
    """
    draft = Draft(signer=CAMERA, label=PARENT, assertions=[actions(*acts), *beside, (name, content)])
    whole = bind(draft, picture(), after=[superbox(b"c2um", "x", box(b"free", bytes(ROOM)))])
    first, last = manifests(manifest_store(whole))
    gone = b"" if keep else assertion_box(name, content)
    left = _without_box(first, gone) if gone else first
    link = ("c2pa.ingredient.v3", link_to(left, PARENT))
    where = url or f"self#jumbf=/c2pa/{PARENT}/c2pa.assertions/{name}"
    act = {"action": "c2pa.redacted", "reason": "c2pa.PII.present", "parameters": {"redacted": where}}
    update = Draft(signer=by, label=UPDATE, kind=b"c2um", claim={"redacted_assertions": [where]})

    def built(pad: int) -> bytes:
        update.assertions = [opening(link, act), link, ("org.example.pad", {"pad": bytes(pad)})]
        return update.build()

    wanted = len(last) + len(gone)
    above = built(1_000 + wanted - len(built(1_000)))
    assert len(above) == wanted
    return with_manifest_store(whole, store(left, above))


def _without_box(manifest: bytes, gone: bytes) -> bytes:
    """A manifest without one box of its assertion store, its sizes put right."""
    at, inner = manifest.index(gone), manifest.index(b"c2as") - 16
    left = bytearray(manifest[:at] + manifest[at + len(gone) :])
    for start in (0, inner):
        size = int.from_bytes(left[start : start + 4], "big")
        left[start : start + 4] = (size - len(gone)).to_bytes(4, "big")
    return bytes(left)
