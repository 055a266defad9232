"""Which error means what, split by whose fault it is.

Nothing in `zk` raises anything else on input: a caller who catches `ZkError` has caught everything.
Messages say got and expected, start in lower case and never carry a secret.
"""

from __future__ import annotations

import re
from typing import Any, Final

_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class ZkError(Exception):
    """Base of every error of this package."""

    code: str = "zk"
    """A stable word for machines: the class's name without `Error`, such as `refused`."""
    hint: str = ""
    """What to do next, in words that follow a colon; empty where nothing can be said."""

    def __init__(self, *arguments: object, hint: str | None = None) -> None:
        """Compose it of a message; `hint` takes the place of the class's own."""
        super().__init__(*arguments)
        if hint is not None:
            self.hint = hint

    def __init_subclass__(cls, **options: Any) -> None:
        """Give each class its code."""
        super().__init_subclass__(**options)
        if "code" not in vars(cls):
            cls.code = _WORD.sub("-", cls.__name__.strip("_").removesuffix("Error")).lower()


class EncodingError(ZkError, ValueError):
    """The octets are not what they claim to be: length, point, scalar, canonical form, unknown key."""

    hint = "take the file again from where it came from: it is damaged, or something else"


class SignatureError(ZkError):
    """A signature, or an issuer's signed statement, does not verify."""

    hint = "ask whoever sent it for it again: it is not what its issuer signed"


class ProofError(ZkError):
    """A zero-knowledge proof (presentation, commitment, continuity, possession) does not verify."""

    hint = "ask for a new one: this one proves nothing here"


class UntrustedError(ZkError):
    """The issuer, its key or the epoch is not one that the reader accepts."""

    hint = "take the issuer's present issuer.json from where everybody takes it"


class UnsupportedError(ZkError):
    """The suite, draft, profile version or size is one this version does not know."""

    hint = "it may be of another version of this program"


class RefusedError(ZkError):
    """The rules of the profile say no: a used code, a second credential, a second vouch, an early reset."""

    hint = "the message names the rule"


class SlotTakenError(RefusedError):
    """A wallet's slot is used for something else, for good."""

    hint = "it counts once in this scope and period"


class NearMatchError(RefusedError):
    """Somebody whose identifier may be mistaken for this one is in the books: is it another person?"""

    hint = "look into the books who it is; if it is another person, say so"

    def __init__(self, message: str, tags: tuple[str, ...]) -> None:
        super().__init__(message)
        self.tags = tags
        """The first 16 hexadecimal digits of the tag of each."""


class NoKeyError(RefusedError):
    """The issuer itself has no key with which it could sign for an epoch now: it has to rotate."""


class ClockJumpError(RefusedError):
    """An issuer's clock shows a time that its routine does not explain, and nobody said that it is right."""

    hint = "set the clock right, or say that the gap is meant"


class StorageError(ZkError):
    """A ledger, wallet or issuer folder cannot be opened, decrypted, locked or written."""

    hint = "check that the file is there, that you may write to it, and that nobody else has it open"


class ClockError(StorageError):
    """Two clocks differ by more than clocks may: what one of them dates, nobody can rely on."""

    hint = "set both clocks by a time server"


class RolledBackError(StorageError):
    """An issuer's books, or its issuer.json, are an earlier state, a backup, or not what was published."""

    hint = "put back the latest state, not an earlier copy"


class ForeignRowError(RolledBackError):
    """A row of an issuer's books was changed, slipped in or taken out by somebody without its passphrase."""

    hint = "put back the books of the latest backup, or recover: that takes out what does not hold"
