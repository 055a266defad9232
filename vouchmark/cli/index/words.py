"""How is what an index holds, and what was found in it, shown on a terminal and in JSON?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from vouchmark.lines.known.line import ORIENTATIONS, unsearched
from vouchmark.render.safe import plain, quoted
from vouchmark.wording.catalogue import say

if TYPE_CHECKING:
    from provenance.hashes.index.entry import Entry
    from vouchmark.known.lookup import Lookup


_PIXELS: Final = {
    "aligned": "their pixels lie upon each other",
    "unaligned": "their pixels could not be matched, so it may well be another picture",
}


def found_lines(name: str, found: Lookup) -> Iterator[str]:
    """What was found for one file, a line for each."""
    shown = plain(name)
    for entry in found.exact:
        yield f"{shown}: the very same file as {_called(entry)}"
    for match in found.near:
        orientation = ORIENTATIONS[match.orientation]
        turned = f" once it is {say(orientation)}" if orientation else ""
        how = [f"{match.distance} of 256 bits differ{turned}"]
        how += ["without its border"] if match.is_trimmed else []
        how += [f"{match.frames} of {found.frames} frames"] if match.frames else []
        how += [f"a frame at {match.hashed.at / 1000:.0f} s"] if match.hashed.of == "frame" else []
        how += [_PIXELS[match.pixels]] if match.pixels in _PIXELS else []
        yield f"{shown}: looks like {_called(match.entry)} ({', '.join(how)})"
    if found.more:
        yield f"{shown}: and like {found.more} more"
    if not found.exact and not found.near:
        yield f"{shown}: nothing found" + (
            f"; look-alikes were not looked for: {unsearched(found.unsearched)}" if found.unsearched else ""
        )


def _called(entry: Entry) -> str:
    """Its label and its name: many may have one label."""
    if entry.label and entry.name:
        return f"{quoted(entry.label)}, {quoted(entry.name)}"
    return quoted(entry.label or entry.name or entry.source or "an entry without a label")


def found_dict(name: str, found: Lookup) -> dict[str, Any]:
    """The same for JSON."""
    return {
        "name": name,
        "exact": [{"label": entry.label, "name": entry.name, "sha256": entry.sha256.hex()} for entry in found.exact],
        "near": [
            {
                "label": match.entry.label,
                "name": match.entry.name,
                "sha256": match.entry.sha256.hex() or None,
                "distance": match.distance,
                "turn": str(match.orientation),
                "trimmed": match.is_trimmed,
                "of": match.hashed.of,
                "rule": match.hashed.rule or None,
                "frames": match.frames or None,
                "pixels": match.pixels or None,
            }
            for match in found.near
        ],
        "unsearched": found.unsearched or None,
    }


def entry_dict(entry: Entry) -> dict[str, Any]:
    """One entry for JSON."""
    return {
        "label": entry.label,
        "name": entry.name,
        "sha256": entry.sha256.hex() or None,
        "media_type": entry.media_type or None,
        "hashes": [
            {
                "algorithm": one.algorithm,
                "of": one.of,
                "at_ms": one.at,
                "quality": one.quality,
                "rule": one.rule or None,
            }
            for one in entry.hashes
        ],
        "codes": [{"algorithm": one.algorithm, "rule": one.rule, "value": one.value} for one in entry.codes],
        "said": {one.line: one.summary for one in entry.said},
        "vouches": len(entry.vouches),
        "list": entry.source or None,
    }


def entry_line(one: dict[str, Any]) -> str:
    """The same in a line."""
    name = plain(" ".join(word for word in (one["label"], one["name"] and f"({one['name']})") if word) or "no label")
    vouches = f", {one['vouches']} vouch{'' if one['vouches'] == 1 else 'es'}" if one["vouches"] else ""
    return f"  {name}: {counted(len(one['hashes']), 'hash')}{vouches}"


def counted(number: int, what: str) -> str:
    """A number of hashes or entries."""
    plural = {"entry": "entries", "hash": "hashes", "perceptual hash": "perceptual hashes"}
    return f"{number} {what if number == 1 else plural[what]}"
