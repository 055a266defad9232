"""Who may use the page? Whoever was handed it by the command that started it, and as long as it is open.

The browser is started on a file that this user alone can read; it posts a code that counts once. What comes back holds
a token, which the page's script sends in a header: it stands in no address, no history, no process list and no cookie
(a cookie would go to every port of this machine).
"""

from __future__ import annotations

import hmac
import html
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from provenance.files import system

OCTETS: Final = 32
"""Random octets of a code and of a token."""
MAX_WRONG: Final = 5
"""Wrong codes after which no code counts any more: nobody mistypes one that a file posts."""
ENTER_SECONDS: Final = 180.0
"""For the browser to open the page."""
AWAY_SECONDS: Final = 5.0
"""After which a page that was closed does not come back: reloading one takes less."""
QUIET_SECONDS: Final = 1800.0
"""Without script nobody can tell whether the page is open; after so long without a request it is taken for closed."""


class Session:
    """One page in one browser."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Make a code and a token; nothing is open yet."""
        self.code = secrets.token_urlsafe(OCTETS)
        self.token = secrets.token_urlsafe(OCTETS)
        self._clock = clock
        self._wrong = 0
        self._used = False
        self._pages = 0
        self._has_script = False
        self._last = clock()

    def enter(self, code: str) -> bool:
        """Whether that is the code, and nobody has used it; it is used now."""
        if self._used or self._wrong >= MAX_WRONG:
            return False
        if not hmac.compare_digest(code.encode("utf-8", "replace"), self.code.encode()):
            self._wrong += 1
            return False
        self._used = True
        self.touch()
        return True

    def is_known(self, token: str | None) -> bool:
        """Whether that is the token."""
        return token is not None and hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode())

    def touch(self) -> None:
        """Somebody is there."""
        self._last = self._clock()

    def opened(self) -> None:
        """A page with script holds a line."""
        self._pages += 1
        self._has_script = True
        self.touch()

    def closed(self) -> None:
        """It does not any more."""
        self._pages -= 1
        self.touch()

    @property
    def is_over(self) -> bool:
        """Whether nobody is there any more, or nobody ever came."""
        if self._pages:
            return False
        patience = AWAY_SECONDS if self._has_script else QUIET_SECONDS if self._used else ENTER_SECONDS
        return self._clock() - self._last > patience


class Door:
    """The file that the browser is started on. A context manager: it is gone afterwards."""

    def __init__(self, address: str, code: str) -> None:
        """Say where the page is, and what opens it."""
        self._address, self._code = address, code
        self._folder: Path | None = None

    def __enter__(self) -> Path:
        """Write it, for this user alone. Raises OSError."""
        # mkdtemp makes a folder that nobody else can enter (mode 700).
        self._folder = Path(tempfile.mkdtemp(prefix="vouchmark-"))
        path = self._folder / "open.html"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | system.CLOEXEC | system.NOFOLLOW
        with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
            file.write(_page(self._address, self._code))
        return path

    def __exit__(self, *_: object) -> None:
        """Remove it."""
        self.remove()

    def remove(self) -> None:
        """Remove it as soon as it was used."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _page(address: str, code: str) -> str:
    where, what = html.escape(f"{address}/enter"), html.escape(code)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="referrer" content="origin">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>Vouchmark</title></head><body>"
        f'<form method="post" action="{where}"><input type="hidden" name="code" value="{what}">'
        "<button autofocus>Open Vouchmark</button></form>"
        "<script>document.forms[0].submit()</script></body></html>\n"
    )
