"""In which order do records appear, where they shall be sorted by their answer or their name?

Records wait as text in a temporary file, so that a million of them need no memory but for what they are sorted by.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from vouchmark.render.groups import worst_first
from vouchmark.report import Report

IN_MEMORY: Final = 16 * 1024 * 1024
"""Bytes of text that wait in memory."""
Key: TypeAlias = tuple[int, str]

SORTS: Final[dict[str, Callable[[Report], Key]]] = {
    "worst": lambda report: (worst_first(report), report.media.shown),
    "name": lambda report: (0, report.media.shown),
}
"""How records can be sorted: by the worst or most telling answer, or by name; equal ones stay in their order."""


def sorted_texts(texts: Iterator[tuple[str, Report]], by: str) -> Iterator[tuple[str, Report | None]]:
    """Records in order. Each report is passed on as it comes, with nothing to write; then the texts come, sorted.

    Args:
        texts: each record with its report.
        by: a name out of `SORTS`.
    """
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as waiting:
        places: list[tuple[Key, int, int]] = []
        for text, report in texts:
            octets = text.encode("utf-8", "surrogatepass")
            places.append((SORTS[by](report), waiting.tell(), len(octets)))
            waiting.write(octets)
            yield "", report
        for _, start, length in sorted(places):
            waiting.seek(start)
            yield waiting.read(length).decode("utf-8", "surrogatepass"), None
