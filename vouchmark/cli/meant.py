"""Which command did somebody mean who typed a word that is none? A guess for a slip, a translation for a habit."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

LONGEST: Final = 40
"""Characters of a word that is compared; no command has more than ten."""
NEAR: Final = 0.6
"""How alike two words are at least (difflib's ratio): `chekc` and `check` have 0.8."""
MOST_FILES: Final = 3
"""Files that are repeated in a hint."""

_HABITS: Final[Mapping[str, str]] = {
    "check": "analyse analyze audit cat describe detect examine extract file identify info inspect list look ls "
    "manifest metadata open parse probe read report scan show test validate validation verify view",
    "check --original": "cmp compare diff",
    "vouch make": "attest claim endorse prove sign stamp",
    "vouch embed": "add embed inject write",
    "wallet": "credential credentials enrol enroll identity key keys login register request",
    "issuer": "ca invite issue revoke",
    "index search": "find lookup match search similar",
    "index add": "hash import ingest remember",
    "trust": "anchors certificates certs distrust lists roots trust-list trustlist",
    "trust update": "fetch refresh sync update upgrade",
    "explain codes": "code codes errors",
    "explain labels": "label labels",
    "explain exit-codes": "exit exit-code exit-codes exits",
    "explain schema": "json-schema schema",
    "explain sentences": "messages sentences wording",
    "doctor": "debug diagnose env health status",
    "demo": "example examples gallery tour try",
    "--version": "version",
    "--help": "commands help man usage",
}
"""What is called otherwise elsewhere (c2patool, exiftool, sigstore, gpg, …), by what it is called here."""
TRANSLATED: Final[Mapping[str, str]] = {word: ours for ours, words in _HABITS.items() for word in words.split()}
"""A word of another tool, and ours for it."""


def meant(word: str, commands: Iterable[str], rest: Sequence[str] = ()) -> str:
    """The command line that somebody may have meant, after `vouchmark`; empty where there is no guess.

    Args:
        word: what stands where a command belongs.
        commands: those that there are.
        rest: the words after it. Files are kept where a command takes them; options of another tool are not.
    """
    low = word[:LONGEST].lower()
    names = [name for name in rest if not name.startswith("-")][:MOST_FILES]
    if low in TRANSLATED:
        ours = TRANSLATED[low]
        return shlex.join([ours, *names]) if ours == "check" else ours
    close = difflib.get_close_matches(low, commands, n=1, cutoff=NEAR)
    return shlex.join([*close, *(names if close == ["check"] else rest)]) if close else ""
