"""Does a request come from whoever was given its code, and what does the issuer sign for it?

Checking and signing are apart: between them stands what the books say (`EnrolmentBooks.receive` and `enrol`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from zk.bbs.pseudonym import blind_sign_with_nym
from zk.errors import EncodingError, NoKeyError, RefusedError, UntrustedError
from zk.issuer.enrolment import EnrolmentBooks
from zk.issuer.epochs import open_epochs
from zk.issuer.folder import seconds
from zk.issuer.rows import CodeRow, Enrolment
from zk.issuer.secrets import IssuerSecrets, SecretKey
from zk.profile.codes import CodeKind
from zk.profile.continuity import ContinuityStatement, verify_continuity
from zk.profile.exchange import BlindSignature, EnrolmentRequest, EnrolmentResponse, RenewalToken
from zk.profile.issuer_info import IssuerInfo
from zk.profile.personhood import CredentialClass, Level, check_level, header, issuer_messages
from zk.profile.words import words_of

_DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What there is to confirm of a request that holds, before it is signed."""

    digest: bytes
    """SHA-256 of the request, 32 octets."""
    words: tuple[str, ...]
    """Four words of the digest: the person's wallet shows the same ones for its request, and for no other."""
    kind: CodeKind
    epoch: str
    level: Level
    signed: bool
    """Whether this very request was signed before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A request whose signature, commitments and continuity proof hold."""

    asked: EnrolmentRequest
    code: CodeRow
    """As in the books."""
    continuity: bytes
    """T that was verified, 48 octets."""
    key: SecretKey

    @property
    def reviewed(self) -> Reviewed:
        """What there is to confirm."""
        return Reviewed(
            digest=self.asked.digest,
            words=words_of(self.asked.digest),
            kind=self.code.kind,
            epoch=self.asked.epoch,
            level=check_level(self.code.level),
            signed=self.code.epoch is not None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDesk:
    """What an issuer needs at one moment to check requests and to sign them."""

    info: IssuerInfo
    own: IssuerSecrets
    books: EnrolmentBooks

    def check(self, request: bytes, *, at: datetime) -> Checked:
        """Verify a request. Raises EncodingError, SignatureError, ProofError, RefusedError or UntrustedError."""
        # 1. The request is in canonical form, and for this issuer as it is, whatever it says of itself.
        asked = EnrolmentRequest.decode(request)
        if asked.issuer != self.info.id or asked.suite is not self.info.suite:
            raise RefusedError("request: made for another issuer")
        # 2. The epoch is open and has a key.
        key = self._signing_key(asked.epoch, at)
        # 3. The code is known, and whoever has it made this request.
        code = self.books.code(asked.code_id)
        asked.check_signature(code.key)
        if (code.kind, code.generation) != (asked.kind, asked.generation):
            raise RefusedError("code: not as it was issued")
        # 4. Both commitments, and that the lasting one hides the nym secrets of T.
        continuity = self._continuity_tag(asked, code)
        verify_continuity(self._statement(asked), continuity, asked.proof)
        return Checked(asked=asked, code=code, continuity=continuity, key=key)

    def receive(self, checked: Checked, *, at: datetime) -> Checked:
        """Write down that a checked request came; return it with the code as it is then. Raises RefusedError."""
        return replace(checked, code=self.books.receive(self.enrolment(checked, at=at)))

    def enrolment(self, checked: Checked, *, at: datetime) -> Enrolment:
        """Return what is to be written down before a request is signed."""
        token = self._token(checked).code(checked.code.generation)
        return Enrolment(
            code=checked.code,
            epoch=checked.asked.epoch,
            request=checked.asked.digest,
            continuity=checked.continuity,
            at=seconds(at),
            reset_seconds=self.own.reset_days * _DAY_SECONDS,
            token=(token.id, token.public_key),
        )

    def sign(self, checked: Checked) -> EnrolmentResponse:
        """Return the answer: the same one whenever the same request is signed, as its code then stands in the books."""
        asked, code = checked.asked, checked.code
        return EnrolmentResponse(
            issuer=self.info.id,
            request=asked.digest,
            epoch=asked.epoch,
            generation=code.generation,
            level=check_level(code.level),
            lasting=self._sign_one(checked, asked.lasting, CredentialClass.LASTING, code.generation),
            epochal=self._sign_one(checked, asked.epochal, CredentialClass.EPOCH, asked.epoch),
            renewal=None if code.renewable_until is None else self._token(checked),
        )

    def _token(self, checked: Checked) -> RenewalToken:
        """Return the renewal token that answers a request: the same one whenever it is answered."""
        # Without a time here it is not given to anybody; the id does not depend on that.
        until = checked.code.renewable_until or 1
        return RenewalToken(secret=self.own.renewal_secret(checked.asked.digest), until=until)

    def _signing_key(self, epoch: str, at: datetime) -> SecretKey:
        opened = open_epochs(self.info.epoch_length, at)
        if epoch not in opened:
            raise RefusedError(f"epoch {epoch[:10]}: expected {opened[0]}, or {opened[1]} ahead")
        try:
            public_key = self.info.key_for(epoch)
        except UntrustedError as error:
            raise NoKeyError(f"epoch {epoch}: this issuer has published no good key for it yet") from error
        for key in self.own.keys:
            if key.public_key == public_key:
                return key
        raise NoKeyError(f"epoch {epoch}: its secret key is not here any more, so it has to be withdrawn")

    def _continuity_tag(self, asked: EnrolmentRequest, code: CodeRow) -> bytes:
        if not code.kind.is_renewal:
            if asked.tag is None:
                raise EncodingError("continuity tag: expected with a first request")
            return asked.tag
        person = self.books.person(code.tag)
        if person is None or person.generation != code.generation:
            raise RefusedError("renewal: the person's nym secrets have been reset in the meantime")
        return person.continuity

    def _statement(self, asked: EnrolmentRequest) -> ContinuityStatement:
        return ContinuityStatement(
            issuer_id=self.info.id,
            suite=self.info.suite,
            n=self.info.n,
            epoch=asked.epoch,
            generation=asked.generation,
            code_id=asked.code_id,
            lasting=asked.lasting,
            epochal=asked.epochal,
        )

    def _sign_one(
        self, checked: Checked, commitment: bytes, credential_class: CredentialClass, period: str | int
    ) -> BlindSignature:
        """Sign one commitment; `period` is the epoch (class `epoch`) or the generation (class `lasting`)."""
        suite, epoch = self.info.suite, checked.asked.epoch
        entropy = self.own.nym_entropy(checked.code.tag, credential_class, period, suite=suite)
        signature = blind_sign_with_nym(
            checked.key.octets,
            checked.key.public_key,
            commitment,
            self.info.n,
            entropy,
            header(self.info, credential_class, epoch),
            issuer_messages(self.info, credential_class, epoch, checked.code.level),
            suite=suite,
        )
        return BlindSignature(signature=signature, entropy=entropy)
