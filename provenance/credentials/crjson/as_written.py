"""Are the fields of claims and ingredients of the types that the specification gives them?

Where they are not, c2pa-rs takes bytes for text, leaves a field out or a whole list with it, and so may anybody: what
it says of them has to be asked. Fields of another version of the assertion are no fields to it (C2PA 2.4, sections
10.2, 10.3 and 18.16).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

_TEXTS: Final = ("dc:title", "dc:format", "instanceID", "claim_generator")
_LINKS: Final[Mapping[int, str]] = {1: "c2pa_manifest", 2: "c2pa_manifest", 3: "activeManifest"}
"""The field that names the manifest, by the version of the ingredient."""
_RECORDS: Final[Mapping[int, str]] = {1: "validationStatus", 2: "validationStatus", 3: "validationResults"}
"""The field that keeps what was found when it was validated."""
_KINDS: Final = ("success", "informational", "failure")


def is_claim_as_written(claim: Mapping[str, Any]) -> bool:
    """Whether texts are texts in a claim, and what it redacted a list of them."""
    return _are_texts(claim, _TEXTS) and _is_list(claim.get("redacted_assertions"), str)


def is_ingredient_as_written(content: object, version: int) -> bool:
    """Whether an ingredient has the fields of its version (1 to 3), and those their types."""
    if not isinstance(content, Mapping) or version not in _LINKS:
        return False
    fields = (_LINKS[version], _RECORDS[version])
    if any(name in content and name not in fields for name in (*_LINKS.values(), *_RECORDS.values())):
        return False
    link, results = (content.get(name) for name in fields)
    return (
        _are_texts(content, ("dc:title", "dc:format", "relationship"))
        and (link is None or _has_text(link, "url"))
        and (results is None or (_is_results(results) if version == 3 else _are_codes(results)))
    )


def _are_texts(content: Mapping[str, Any], names: Iterable[str]) -> bool:
    return all(content.get(name) is None or isinstance(content[name], str) for name in names)


def _is_list(value: object, kind: type) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(entry, kind) for entry in value))


def _has_text(value: object, name: str) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get(name), str)


def _are_codes(value: object) -> bool:
    """Whether it is a list of codes, which may say of what, why and that it was a success."""
    return isinstance(value, list) and all(
        _has_text(entry, "code")
        and _are_texts(entry, ("url", "explanation"))
        and isinstance(entry.get("success", True), bool)
        for entry in value
    )


def _are_kinds(value: object) -> bool:
    """Whether codes of each kind are there, each a list."""
    return isinstance(value, Mapping) and all(_are_codes(value.get(kind)) for kind in _KINDS)


def _is_results(value: object) -> bool:
    """Whether it is the results of an ingredient's manifest, with what differs further down (section 15.2)."""
    if not isinstance(value, Mapping):
        return False
    active, deltas = value.get("activeManifest"), value.get("ingredientDeltas")
    return (active is None or _are_kinds(active)) and (
        deltas is None
        or (
            isinstance(deltas, list)
            and all(
                _has_text(delta, "ingredientAssertionURI") and _are_kinds(delta.get("validationDeltas"))
                for delta in deltas
            )
        )
    )
