"""What are issuers called, so that nobody takes one for another?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Fact, Said

SHOWN_DIGITS: Final = 8
"""Hexadecimal digits of an issuer's number that are shown, and that no name may be taken for."""


def issuer_names(
    issuers: Iterable[tuple[str, str]], *, petnames: Mapping[str, str] | None = None
) -> dict[tuple[str, str], Said]:
    """What to call each issuer: what the reader calls it, and in quotation marks what it calls itself.

    Where people would take one name for another's, or for an id, its number stands besides.

    Args:
        issuers: number (hexadecimal) and name of each; a name is what an issuer calls itself.
        petnames: what the reader calls some of them, by number.
    """
    found, given = set(issuers), petnames or {}
    bearers: dict[str, set[str]] = {}
    for number, name in (*found, *given.items()):
        bearers.setdefault(folded(name), set()).add(number)
    named = {}
    for number, name in found:
        is_clear = len(bearers[folded(name)]) == 1 and not _holds_digits(name)
        said: dict[str, Fact] = {"name": name} if is_clear else {"name": name, "number": number[:SHOWN_DIGITS]}
        sentence = f"{'issuer.called' if number in given else 'issuer.own'}{'' if is_clear else '.number'}"
        if number in given:
            said["petname"] = given[number]
        named[number, name] = say(sentence, **said)
    return named


def _holds_digits(name: str) -> bool:
    from zk.profile.names import holds_digits  # loaded where there is an issuer at all

    return holds_digits(name, SHOWN_DIGITS)


def folded(name: str) -> str:
    """What people take for one name: its skeleton."""
    from zk.profile.names import skeleton  # loaded where there is an issuer at all

    return skeleton(name)
