"""What is a report a function of, besides the file?"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from vouchmark import __version__
from vouchmark.examination.asking import Examined
from vouchmark.examination.settings import Settings
from vouchmark.lines.facts import instant
from vouchmark.report import REQUIRED, Inputs, Json, TrustListInput

if TYPE_CHECKING:
    from provenance.net.online import Contact


def inputs_of(examined: Examined, settings: Settings) -> Inputs:
    """The reader's settings, lists and engines, and who was asked over the network."""
    examination, asked = examined.examination, settings.options
    options: dict[str, Json] = {}
    if settings.online is not None:
        options["online"] = [_contact(one) for one in examined.contacts]
    if settings.claim is not None and settings.claim.place is not None:
        options["claim_place"] = settings.claim.place.text
    if settings.claim is not None and settings.claim.time is not None:
        options["claim_time"] = settings.claim.time.text
    if settings.claim is not None and settings.claim.ai is not None:
        options["claim_ai"] = "yes" if settings.claim.ai else "no"
    if asked.original is not None:
        options["original"] = dict[str, Json](asked.original.as_input())
    if settings.media.compare_pictures:
        options["compare_pictures"] = True
    if settings.known is not None:
        index = settings.known.index
        options["index"] = {"name": index.name, "generation": index.listing.generation, "sha256": index.sha256}
    if asked.only:
        options["only"] = [str(line) for line in asked.only]
    if asked.fragments:
        options["fragments_sha256"] = [hashlib.sha256(one).hexdigest() for one in asked.fragments]
    if asked.manifest is not None:
        options["manifest_sha256"] = hashlib.sha256(asked.manifest).hexdigest()
    if asked.require != REQUIRED and not asked.only:
        options["require"] = [str(line) for line in asked.require]
    return Inputs(
        at=instant(settings.at),
        tool=f"vouchmark {__version__}",
        engines=dict(sorted(examination.versions.items())) if examination else {},
        trust_lists=tuple(
            TrustListInput(
                name=trust_list.name,
                kind=str(trust_list.kind),
                label=trust_list.words,
                dated=trust_list.dated.isoformat() if trust_list.dated else None,
                sha256=trust_list.sha256,
                imported=trust_list.imported.isoformat() if trust_list.imported else None,
            )
            for trust_list in settings.trust.lists
        ),
        options=options,
    )


def _contact(one: Contact) -> dict[str, Json]:
    """Who was asked, for what, with what came of it."""
    found: dict[str, Json] = {
        "host": one.host,
        "purpose": one.purpose,
        "outcome": one.outcome,
        "sha256": one.sha256,
    }
    return found | ({"answered_by": one.answered_by} if one.answered_by else {})
