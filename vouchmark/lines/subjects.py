"""Of which manifest does each code of an engine speak? Gone through once for all manifests of a file."""

from __future__ import annotations

from collections.abc import Sequence

from provenance.credentials.engines.model import Manifest, ValidationCode


class Subjects:
    """The codes of one reading by what they speak of, wherever the engine filed them."""

    def __init__(self, codes: Sequence[ValidationCode]) -> None:
        """Sort them by every part of the JUMBF URI of their subject: one of these is the label of a manifest."""
        self._codes = codes
        self._places = {code: place for place, code in enumerate(codes)}
        self._by_part: dict[str, list[int]] = {}
        for place, code in enumerate(codes):
            for part in set(code.url.split("/")[1:]):
                self._by_part.setdefault(part, []).append(place)

    def of(self, manifest: Manifest) -> list[ValidationCode]:
        """Those that speak of a manifest, or that the engine filed under it; each once, in the engine's order."""
        places = set(self._by_part.get(manifest.label, ()))
        places.update(self._places[code] for code in manifest.codes if code in self._places)
        return [self._codes[place] for place in sorted(places)]
