"""What is a list called in a sentence, and when does its label rest on the reader's word alone?

A list earns its label by the address that it came from or by its digest (`trust update`, `trust import`); where the
reader said what it is, every sentence says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.credentials.certificates.signer import SignerAssessment
from provenance.credentials.trust.formats import AS_SAID
from provenance.credentials.trust.view import Label
from vouchmark.lines.authority import NOBODY
from vouchmark.wording.catalogue import has, say
from vouchmark.wording.model import Said


def shown_label(label: Label, *, is_said: bool) -> str:
    """A label as findings carry it: `official`, or `official, as you said`."""
    return f"{label}{AS_SAID}" if is_said else str(label)


def called(name: str, *, vouched: bool = False) -> dict[str, str]:
    """A signer for a sentence: by name where a list vouches for it, else as the name that is used."""
    return {"name": "" if name == NOBODY else name, "vouched": "yes" if vouched else ""}


def listed(signer: SignerAssessment, name: str, dates: Mapping[Label, str]) -> Said:
    """Which list vouches for the authority that certified the signer, or for the signer's certificate itself.

    Args:
        signer: with the list's label and the certificate that it holds.
        name: the signer's.
        dates: of lists, where known.
    """
    by = "certificate" if signer.anchor == signer.fingerprint else "authority"
    if signer.is_said:
        return say(f"signer.said.{by}", name=name, label=shown_label(signer.label, is_said=True))
    sentence = f"signer.{signer.label}.{by}"
    if sentence == "signer.official.authority":
        dated = dates.get(signer.label, "")
        return say(sentence, name=name, dated=dated) if dated else say(f"{sentence}.undated", name=name)
    return say(sentence, name=name)


def publisher(signer: SignerAssessment, name: str) -> Said:
    """On whose list of publishers the signer stands."""
    sentence = f"signer.publisher.{signer.publisher}"
    if signer.is_publisher_said or not has(sentence):
        label = shown_label(signer.publisher, is_said=signer.is_publisher_said)
        return say("signer.publisher.said", name=name, label=label)
    return say(sentence, name=name)
