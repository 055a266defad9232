"""Who looks at originals and mutants?"""

from __future__ import annotations

from collections.abc import Sequence

from tests.viewers.model import Viewer
from tests.viewers.viewing.chromium import chromium_viewers
from tests.viewers.viewing.libraries import library_viewers
from tests.viewers.viewing.programs import program_viewers
from tests.viewers.viewing.strangers import stranger_viewers


def viewers() -> list[Viewer]:
    """Everybody, those that are missing here too."""
    return [*library_viewers(), *program_viewers(), *chromium_viewers(), *stranger_viewers()]


def asked_about(media_type: str, among: Sequence[Viewer]) -> list[Viewer]:
    """Those that are here and show files of that type, and all strangers."""
    return [one for one in among if not one.missing and (not one.formats or media_type in one.formats)]
