"""How is what became of two folders' files written: for people, as rows, as JSON, as a page?"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from markupsafe import escape

from vouchmark.render.csv import cell
from vouchmark.render.html.markup import apart, foot, head
from vouchmark.render.safe import plain

if TYPE_CHECKING:
    from vouchmark.known.preservation.judging import Fate, Totals

SCHEMA: Final = "vouchmark.preservation/1"
COLUMNS: Final = (
    "before", "after", "paired_by", "type_before", "type_after", "credentials", "pixels", "share_changed",
    "size_before", "size_after", "metadata_lost", "metadata_altered", "said",
)  # fmt: skip
"""Of a table, in this order."""
TITLE: Final = "What was kept"


def cells(fate: Fate) -> Mapping[str, str]:
    """One file as a row of words."""
    return {
        "before": fate.pair.before or "",
        "after": fate.pair.after or "",
        "paired_by": fate.pair.by,
        "type_before": fate.type_before,
        "type_after": fate.type_after,
        "credentials": fate.credentials,
        "pixels": fate.pixels,
        "share_changed": "" if fate.share is None else f"{fate.share:.4f}",
        "size_before": _size(fate.size_before),
        "size_after": _size(fate.size_after),
        "metadata_lost": ", ".join(fate.lost),
        "metadata_altered": ", ".join(fate.altered),
        "said": fate.said,
    }


def _size(size: tuple[int, int] | None) -> str:
    return f"{size[0]}x{size[1]}" if size else ""


def as_csv(fates: Iterable[Fate]) -> Iterator[str]:
    """The table, a row each; no cell begins a formula."""
    yield _line(COLUMNS)
    for fate in fates:
        row = cells(fate)
        yield _line([cell(row[name]) for name in COLUMNS])


def _line(row: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerow(row)
    return out.getvalue()


def as_json(fates: Sequence[Fate], totals: Totals, *, at: str, tool: str) -> str:
    """Everything as one object, in ASCII."""
    found: dict[str, Any] = {
        "schema": SCHEMA,
        "judged_at": at,
        "tool": tool,
        "files": [_object(fate) for fate in fates],
        "totals": {plain(kind): {str(name): count for name, count in sorted(counts.items())}
                   for kind, counts in totals.rows()},
        "metadata_lost": dict(sorted(totals.lost.items())),
    }  # fmt: skip
    return (
        json.dumps(found, indent=2, ensure_ascii=True).translate({60: "\\u003c", 62: "\\u003e", 38: "\\u0026"}) + "\n"
    )


def _object(fate: Fate) -> dict[str, Any]:
    found: dict[str, Any] = {name: plain(text) for name, text in cells(fate).items()}
    return found | {
        "before": plain(fate.pair.before) if fate.pair.before else None,
        "after": plain(fate.pair.after) if fate.pair.after else None,
        "distance": fate.pair.distance,
        "share_changed": fate.share,
        "size_before": list(fate.size_before) if fate.size_before else None,
        "size_after": list(fate.size_after) if fate.size_after else None,
        "metadata_lost": list(fate.lost),
        "metadata_altered": list(fate.altered),
    }


def as_text(fates: Iterable[Fate], totals: Totals, *, quiet: bool = False) -> Iterator[str]:
    """A line for each file that lost something, then the totals for each type."""
    for fate in fates:
        if not quiet and not fate.is_intact:
            yield f"{plain(fate.pair.before or fate.pair.after or '')}: {words(fate)}"
    yield f"{totals.fates:,} {'file' if totals.fates == 1 else 'files'}"
    for kind, counts in totals.rows():
        yield f"  {plain(kind)}: {_counted(counts)}"
    if totals.lost:
        yield f"  metadata lost or altered: {_counted(totals.lost)}"


def words(fate: Fate) -> str:
    """What became of one file, in half a sentence."""
    found = [f"credentials {fate.credentials}" if fate.pair.before and fate.pair.after else str(fate.credentials)]
    if fate.pair.by == "likeness":
        found[0] += f" (paired by likeness with {plain(fate.pair.after or '')}, distance {fate.pair.distance})"
    if fate.is_converted:
        found.append(f"{plain(fate.type_before)} became {plain(fate.type_after)}")
    if fate.is_scaled:
        found.append(f"{_size(fate.size_before)} became {_size(fate.size_after)}")
    if fate.pixels == "changed":
        found.append("what it shows changed" + (f" ({fate.share:.1%})" if fate.share else ""))
    if fate.lost:
        found.append(f"no longer says: {', '.join(fate.lost)}")
    if fate.altered:
        found.append(f"says otherwise: {', '.join(fate.altered)}")
    return "; ".join(found)


def _counted(counts: Counter[Any]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])))


def as_page(fates: Sequence[Fate], totals: Totals, *, tool: str) -> Iterator[str]:
    """A page with the totals for each type, then every file; no script is needed to read it."""
    yield head(TITLE, "index")
    yield f'<section class="summary">\n<h1 id="summary">{escape(TITLE)}</h1>\n</section>\n<table>\n'
    yield '<thead><tr><th scope="col">Type before</th><th scope="col">Credentials</th></tr></thead>\n<tbody>\n'
    for kind, counts in totals.rows():
        yield f'<tr><th scope="row">{apart(kind)}</th><td>{escape(_counted(counts))}</td></tr>\n'
    yield "</tbody>\n</table>\n"
    if totals.lost:
        yield f"<p>Metadata lost or altered: {escape(_counted(totals.lost))}.</p>\n"
    yield '<table>\n<thead><tr><th scope="col">File</th><th scope="col">What became of it</th></tr></thead>\n<tbody>\n'
    for fate in fates:
        name = apart(plain(fate.pair.before or fate.pair.after or ""))
        yield f'<tr><th scope="row">{name}</th><td>{escape(words(fate))}. {escape(plain(fate.said))}</td></tr>\n'
    yield "</tbody>\n</table>\n"
    yield foot(tool)
