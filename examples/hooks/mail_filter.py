#!/usr/bin/env python3
"""A filter for mail: what do the attachments of a message prove?

Reads a message on standard input and writes it to standard output with a field `X-Vouchmark:` on top. Ends with
0; with 69 (EX_UNAVAILABLE: bounce it) where an attachment reaches the outcome, with 75 (EX_TEMPFAIL: try again) where
nobody can tell.

    mail_filter.py --fail-on review < message > checked     # Postfix (pipe), procmail (:0fw), Sieve (filter), maildrop
"""

from __future__ import annotations

import argparse
import email
import email.policy
import itertools
import os
import re
import subprocess
import sys
import tempfile
from email.message import Message
from pathlib import Path
from typing import Final

OUTCOMES: Final = ("allow", "label", "review", "block")
PASSED, HELD, LATER = 0, 69, 75
"""Exit codes of sysexits.h, as mail systems read them."""
MAX_BYTES: Final = 100 * 1024 * 1024
"""Bytes of a message; larger ones are held: mail systems rarely take more than 50 MB."""
MAX_PARTS: Final = 200
"""Parts of a message that are looked at; one with more is held."""
FIELD: Final = "X-Vouchmark"
_FIELD_LINES: Final = re.compile(rb"^X-Vouchmark[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*", re.MULTILINE | re.IGNORECASE)


def main() -> int:
    """Read, check, write."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--fail-on", choices=OUTCOMES, default="review", help="hold messages from this outcome on")
    asked.add_argument("--policy", default="", help="your policy in place of the built-in one")
    options = asked.parse_args()
    data = without_field(sys.stdin.buffer.read(MAX_BYTES + 1))
    code, words = judged(data, options.fail_on, options.policy)
    if code == PASSED:
        sys.stdout.buffer.write(with_field(data, words))
    else:
        print(f"{FIELD}: {words}", file=sys.stderr)
    return code


def judged(data: bytes, fail_on: str, policy: str) -> tuple[int, str]:
    """The exit code, and what the field says."""
    if len(data) > MAX_BYTES:
        return HELD, f"held; more than {MAX_BYTES} bytes"
    try:
        message = email.message_from_bytes(data, policy=email.policy.compat32)
        parts = attachments(message)
        malformed = any(part.defects for part in itertools.islice(message.walk(), MAX_PARTS * 2))
    except Exception as error:  # noqa: BLE001 - whatever a message does to its parser, it is held
        return HELD, f"held; the message cannot be read ({type(error).__name__})"
    if len(parts) > MAX_PARTS:
        return HELD, f"held; more than {MAX_PARTS} parts"
    if malformed:
        return HELD, "held; the message is malformed, and others may read it otherwise"
    if not parts:
        return PASSED, "passed; no attachments"
    with tempfile.TemporaryDirectory() as folder:
        for number, (suffix, octets) in enumerate(parts, start=1):
            Path(folder, f"{number:03}{suffix}").write_bytes(octets)
        words = ["vouchmark", "check", "-qq", "--fail-on", fail_on, *(["--policy", policy] if policy else []), folder]
        try:
            done = subprocess.run(words, capture_output=True, text=True, check=False)
        except OSError as error:
            return LATER, f"undecided; vouchmark could not be run ({error.strerror})"
    outcomes = done.stdout.split()
    if len(outcomes) != len(parts) or done.returncode not in (0, 1):
        return LATER, "undecided; the attachments could not be looked at"
    told = f"{max(outcomes, key=OUTCOMES.index)}; {len(parts)} attachment{'s' if len(parts) > 1 else ''}"
    return (HELD, f"held; {told}") if done.returncode else (PASSED, f"passed; {told}")


def attachments(message: Message) -> list[tuple[str, bytes]]:
    """Suffix and octets of each part but texts without a file name; one more than `MAX_PARTS` at most."""
    found: list[tuple[str, bytes]] = []
    for part in message.walk():
        if part.is_multipart() or (part.get_content_maintype() == "text" and not part.get_filename()):
            continue
        octets = part.get_payload(decode=True)
        suffix = os.path.splitext(str(part.get_filename() or ""))[1]  # noqa: PTH122 - the name may be any text
        harmless = suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", suffix) else ""
        found.append((harmless, octets if isinstance(octets, bytes) else b""))
        if len(found) > MAX_PARTS:
            break
    return found


def without_field(data: bytes) -> bytes:
    """The message without any field of ours that came with it: a sender could have written one."""
    head, rest = _cut(data)
    return _FIELD_LINES.sub(b"", head + b"\n").removesuffix(b"\n") + rest


def with_field(data: bytes, words: str) -> bytes:
    """The message with our field on top, below the line that a mailbox begins a message with."""
    line_end = b"\r\n" if b"\r\n" in _cut(data)[0] else b"\n"
    envelope = data[: data.index(b"\n") + 1] if data.startswith(b"From ") and b"\n" in data else b""
    return envelope + f"{FIELD}: {words}".encode() + line_end + data[len(envelope) :]


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """The message's fields, and everything behind them."""
    end = re.search(rb"\r?\n\r?\n", data)
    return (data[: end.start()], data[end.start() :]) if end else (data, b"")


if __name__ == "__main__":
    sys.exit(main())
