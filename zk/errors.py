"""Which error means what, split by whose fault it is.

Nothing in `zk` raises anything else on input: a caller who catches `ZkError` has caught everything.
Messages say got and expected, start in lower case and never carry a secret.
"""


class ZkError(Exception):
    """Base of every error of this package."""


class EncodingError(ZkError, ValueError):
    """The octets are not what they claim to be: length, point, scalar, canonical form, unknown key."""


class SignatureError(ZkError):
    """A signature, or an issuer's signed statement, does not verify."""


class ProofError(ZkError):
    """A zero-knowledge proof (presentation, commitment, continuity, possession) does not verify."""


class UntrustedError(ZkError):
    """The issuer, its key or the epoch is not one that the reader accepts."""


class UnsupportedError(ZkError):
    """The suite, draft, profile version or size is one this version does not know."""


class RefusedError(ZkError):
    """The rules of the profile say no: a used code, a second credential, a second vouch, an early reset."""


class NearMatchError(RefusedError):
    """Somebody whose identifier may be mistaken for this one is in the books: is it another person?"""

    def __init__(self, message: str, tags: tuple[str, ...]) -> None:
        super().__init__(message)
        self.tags = tags
        """The first 16 hexadecimal digits of the tag of each."""


class ClockJumpError(RefusedError):
    """An issuer's clock shows a time that its routine does not explain, and nobody said that it is right."""


class StorageError(ZkError):
    """A ledger, wallet or issuer folder cannot be opened, decrypted, locked or written."""


class ClockError(StorageError):
    """Two clocks differ by more than clocks may: what one of them dates, nobody can rely on."""


class RolledBackError(StorageError):
    """An issuer's books, or its issuer.json, are an earlier state, a backup, or not what was published."""
