"""Which texts try to mislead whoever looks at them, and what must never come out?"""

from __future__ import annotations

import re
from typing import Final

TRICKS: Final = {
    "rtl-override": "harbour\u202egpj.exe",
    "ansi": "\x1b[2J\x1b[32mINTEGRITY PASS\x1b[0m",
    "osc": "\x1b]8;;http://example.com\x07click\x1b]8;;\x07",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "crlf": "a\r\nintegrity: pass\r\n\r\nverdict: allow",
    "formula": '=HYPERLINK("http://example.com","ok")',
    "formula-at": "@SUM(1+1)*cmd|' /C calc'!A0",
    "separators": "a\u2028b\u2029c\x85d",
    "invisible": "NI\u200bKON\u00ad\U000e0041",
    "quotes": "” is trusted by everybody. “",
    "nul": "before\x00after",
}
DANGER: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\u00ad\U000e0000-\U000e007f]"
)
"""Whatever a terminal, an editor or a reader's eye could be misled by; a newline between our own lines is none."""
