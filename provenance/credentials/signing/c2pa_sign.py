"""How does a file get Content Credentials from a key on this machine, without a connection but for a time stamp?

Beside `c2pa_rs.py`, which reads, this is the only module that uses `c2pa`. What comes back is what the engine wrote:
it raises nothing where some formats come out broken, so that whoever puts the result in place reads it again first.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from provenance.credentials.engines.c2pa_rs import load
from provenance.credentials.errors import CredentialsError, UnsupportedCredentialsError
from provenance.credentials.trust.settings import TrustSettings

ALGORITHMS: Final = ("es256", "es384", "es512", "ps256", "ps384", "ps512", "ed25519")
"""COSE algorithms that C2PA allows (C2PA 2.4, section 13.2), by the engine's names in lower case."""


class SigningError(CredentialsError):
    """The engine would not sign: the manifest definition, the certificates or the media are not as it needs them."""

    hint = "check that the file opens, and that its type can be signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key behind a function, and the certificates that speak for it."""

    algorithm: str
    """One of `ALGORITHMS`."""
    certificates: tuple[bytes, ...] = field(repr=False)
    """DER: the signer's own, then the CAs above it, without the root."""
    sign: Callable[[bytes], bytes] = field(repr=False)
    """Signs what it is given and returns the signature in COSE form (RFC 9053: ECDSA as r and s of fixed length)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Media that something is made from: an ingredient."""

    data: bytes = field(repr=False)
    media_type: str
    title: str
    relationship: str = "parentOf"
    """`parentOf`, `componentOf` or `inputTo`."""
    instance_id: str = ""
    """By which actions of the manifest name it in `ingredientIds`."""


def sign_media(
    data: bytes,
    *,
    media_type: str,
    manifest: Mapping[str, Any],
    key: SigningKey,
    sources: Sequence[Source] = (),
    trust: TrustSettings | None = None,
    thumbnail: bool = False,
    authority: str = "",
) -> bytes:
    """Media with a new manifest in it; nothing is asked of anybody unless a time-stamping authority is named.

    Args:
        data: The media. Credentials that it carries are replaced, unless it is given as a source as well.
        media_type: Its type.
        manifest: The engine's manifest definition (`title`, `claim_generator_info`, `assertions`, …).
        key: Who signs.
        sources: Ingredients, in order; their own credentials are checked by the engine and recorded.
        trust: The lists by which sources are checked; what is found of them is recorded for good. None: no list.
        thumbnail: Whether a thumbnail is made and signed too.
        authority: Address of a time-stamping authority (RFC 3161), the one place that is asked; none where empty.

    Raises:
        UnsupportedCredentialsError: An algorithm or media type that cannot be signed.
        SigningError: The engine refused.
        TimeStampFetchError: The authority gave no time stamp.
    """
    return _stamped(
        authority,
        data,
        media_type,
        manifest,
        key=key,
        sources=sources,
        trust=trust,
        thumbnail=thumbnail,
        is_update=False,
    )


def update_media(
    data: bytes,
    *,
    media_type: str,
    manifest: Mapping[str, Any],
    key: SigningKey,
    title: str = "",
    trust: TrustSettings | None = None,
    authority: str = "",
) -> bytes:
    """Media with an update manifest (C2PA 2.4, section 11.2.3) over the manifest that it carries: its bytes stay.

    The media itself becomes the one ingredient; what the engine finds of it is recorded for good.

    Args:
        data: The media, with Content Credentials inside it.
        media_type: Its type.
        manifest: The engine's manifest definition, without actions: an update may do nothing to the content.
        key: Who signs the update.
        title: What to call the ingredient.
        trust: The lists by which the media is checked. None: no list.
        authority: Address of a time-stamping authority (RFC 3161), the one place that is asked; none where empty.

    Raises:
        UnsupportedCredentialsError: An algorithm or media type that cannot be signed.
        SigningError: The engine refused.
        TimeStampFetchError: The authority gave no time stamp.
    """
    parent = Source(data=data, media_type=media_type, title=title)
    return _stamped(authority, data, media_type, manifest, key=key, sources=[parent], trust=trust, is_update=True)


def _stamped(authority: str, *arguments: Any, **options: Any) -> bytes:
    """Sign, with a time stamp by an authority where one is named."""
    if not authority:
        return sign_by_engine(*arguments, **options)
    from provenance.credentials.signing.time_stamping import relayed

    with relayed(authority) as relay:
        try:
            return sign_by_engine(*arguments, authority=relay.url, **options)
        except SigningError:
            relay.complain()
            raise


def sign_by_engine(
    data: bytes,
    media_type: str,
    manifest: Mapping[str, Any],
    *,
    key: SigningKey,
    is_update: bool,
    sources: Sequence[Source] = (),
    trust: TrustSettings | None = None,
    thumbnail: bool = False,
    authority: str = "",
) -> bytes:
    """What `sign_media` and `update_media` come to; `authority` is asked by the engine itself.

    So it is an address on this machine, or empty: see `time_stamping`. Raises as they do.
    """
    # By the reader's loader: the binding alone would look for its library in the current folder first.
    c2pa = load()

    if key.algorithm not in ALGORITHMS:
        raise UnsupportedCredentialsError(
            f"got the algorithm {key.algorithm!r}, expected one of {', '.join(ALGORITHMS)}"
        )
    settings = {
        "core": {"allowed_network_hosts": []},
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_after_sign": False},
        "builder": {"thumbnail": {"enabled": thumbnail}},
        "trust": (trust or TrustSettings()).to_engine(),
    }
    chain = "".join(map(_pem, key.certificates))
    algorithm = c2pa.C2paSigningAlg[key.algorithm.upper()]
    output = io.BytesIO()
    try:
        with (
            c2pa.Context.from_dict(settings) as context,
            c2pa.Signer.from_callback(key.sign, algorithm, chain, authority or None) as signer,
            c2pa.Builder(json.dumps(manifest), context) as builder,
        ):
            if is_update:
                builder.set_intent(c2pa.C2paBuilderIntent.UPDATE)
            for source in sources:
                builder.add_ingredient(json.dumps(_ingredient(source)), source.media_type, io.BytesIO(source.data))
            builder.sign(signer, media_type, io.BytesIO(data), output)
    except c2pa.C2paError.NotSupported as error:
        raise UnsupportedCredentialsError(f"the engine cannot sign {media_type}") from error
    except c2pa.C2paError as error:
        raise SigningError(f"the engine refused to sign: {error}") from error
    return output.getvalue()


def _ingredient(source: Source) -> dict[str, str]:
    described = {"title": source.title, "relationship": source.relationship}
    return described | ({"instance_id": source.instance_id} if source.instance_id else {})


def _pem(der: bytes) -> str:
    body = base64.encodebytes(der).decode("ascii")
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"
