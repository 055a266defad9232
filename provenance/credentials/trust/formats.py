"""What does the file of a trust list hold: certificates, leaf hashes, products or key usages?

Two ways in. `parse` is strict: every certificate is read by `cryptography`, one that cannot be read refuses the whole
file, and an empty list is no list. `split` takes apart bytes that `parse` has accepted before and that a SHA-256 pins:
it loads no X.509 library, because `vouchmark check` pays for it on every start.

Formats: PEM bundles with comments (and, as in the interim allow list, lines of base64 SHA-256), one DER certificate,
the C2PA lists of trusted entities in JSON (ETSI TS 119 602 with the C2PA extensions), the conforming products list
(JSON), IPTC's list of publishers (JSON) and the key usage configuration that the C2PA tools call `store.cfg`.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from provenance.credentials.trust import publishers
from provenance.credentials.trust.kinds import (
    AS_SAID,
    Content,
    Label,
    ListKind,
    Origin,
    TrustListDataError,
    TrustListError,
    TrustListFetchError,
    TrustListOlderError,
    TrustListStoreError,
    worded,
)
from provenance.credentials.trust.strict_json import read_json

__all__ = [
    "AS_SAID",
    "Content",
    "Label",
    "ListFile",
    "ListKind",
    "Origin",
    "Product",
    "TrustListDataError",
    "TrustListError",
    "TrustListFetchError",
    "TrustListOlderError",
    "TrustListStoreError",
    "certificate_hash",
    "parse",
    "products",
    "split",
    "to_pem",
    "worded",
]

MAX_LIST_BYTES: Final = 8 * 1024 * 1024
"""Bytes of one list. The largest public one (interim allow list, 117 certificates) has 247 thousand."""
MAX_CERTIFICATES: Final = 10_000
"""Certificates and hashes in one list; the official lists have dozens."""
MAX_CERTIFICATE_BYTES: Final = 64 * 1024
"""DER bytes of one certificate; real ones have one to three thousand."""
MAX_PRODUCTS: Final = 50_000
"""Records in the conforming products list; 174 in August 2026."""
MAX_NUMBER: Final = 2**63 - 1
"""Any number in a list; the C2PA's count its issues."""
MAX_OIDS: Final = 100
"""Object identifiers in a key usage configuration; the public one has 6."""

_MARKER: Final = re.compile(r"-----(BEGIN|END) ([A-Z0-9 ]+)-----")
_HASH_LINE: Final = re.compile(r"[A-Za-z0-9+/]{43}=")
_OID: Final = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]{0,38})){2,31}")


_TRUSTED: Final = "http://c2pa.org/conformance/trust-list/trusted"
_UNTRUSTED: Final = "http://c2pa.org/conformance/trust-list/untrusted"
"""The two states of a service (C2PA extension of ETSI TS 119 602)."""


PUBLISHERS: Final = "a list of publishers"
"""What IPTC's form of list is called here, whatever name a file gives itself."""
_SCHEME_KINDS: Final = {
    "C2PA Trust List": ListKind.SIGNER,
    "C2PA TSA Trust List": ListKind.TSA,
    PUBLISHERS: ListKind.PUBLISHER,
}
"""What the C2PA's own lists call themselves, and what they vouch for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """The content of one file, taken apart."""

    content: Content
    certificates: tuple[bytes, ...] = ()
    """DER, each once, in the file's order."""
    leaf_hashes: frozenset[str] = frozenset()
    """SHA-256 of leaf certificates that the file gives as hashes only, lower-case hex."""
    leaves: frozenset[str] = frozenset()
    """SHA-256 of those of `certificates` that are no CA. Only `parse` fills it."""
    scheme: str = ""
    """The name that a list of trusted entities gives itself."""
    issued: dt.datetime | None = None
    """ListIssueDateTime, or the latest modification that a products list records."""
    sequence: int | None = None
    """LoTESequenceNumber."""
    oids: tuple[str, ...] = ()

    @property
    def scheme_kind(self) -> ListKind | None:
        """What the list vouches for, where its own name says so."""
        return _SCHEME_KINDS.get(self.scheme)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One record of the conforming products list that speaks of a product which signs."""

    record: str
    organization: str
    common_name: str
    assurance_level: int
    """Highest level of assurance that a certificate for it may carry: 1 or 2."""
    disallowed: frozenset[str]
    """Signals (`capturedMedia`, …) that it may not claim."""


def certificate_hash(der: bytes) -> str:
    """SHA-256 of a certificate's DER, lower-case hex."""
    return hashlib.sha256(der).hexdigest()


def to_pem(der: bytes) -> str:
    """One certificate as PEM (RFC 7468), with its last line ended."""
    text = base64.b64encode(der).decode("ascii")
    lines = "\n".join(text[start : start + 64] for start in range(0, len(text), 64))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"


def split(data: bytes) -> ListFile:
    """Take a list apart without reading the certificates themselves.

    For bytes whose SHA-256 says that `parse` accepted them; still bounded and still strict about the outer form.

    Raises:
        TrustListDataError: The outer form is broken, empty or over a bound.
    """
    if len(data) > MAX_LIST_BYTES:
        raise TrustListDataError(f"got {len(data)} bytes, expected at most {MAX_LIST_BYTES}")
    if data[:2] in (b"\x30\x82", b"\x30\x81"):
        return ListFile(content=Content.CERTIFICATES, certificates=(_bounded(data),))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TrustListDataError(f"not text at byte {error.start}, and no DER certificate") from error
    if not text.strip():
        raise TrustListDataError("the file is empty")
    if text.lstrip()[0] in "{[":
        return _split_json(text)
    oids = _key_usages(text)
    if oids:
        return ListFile(content=Content.KEY_USAGES, oids=oids)
    return _split_pem(text)


def parse(data: bytes) -> ListFile:
    """Take a list apart and read every certificate and every product in it.

    Raises:
        TrustListDataError: The file is malformed, empty, over a bound, or holds one certificate that cannot be read.
    """
    found = split(data)
    if found.content is Content.PRODUCTS:
        products(data)
    if found.content is not Content.CERTIFICATES:
        return found
    leaves = frozenset(
        certificate_hash(der) for number, der in enumerate(found.certificates, 1) if not _is_authority(der, number)
    )
    return ListFile(
        content=found.content,
        certificates=found.certificates,
        leaf_hashes=found.leaf_hashes,
        leaves=leaves,
        scheme=found.scheme,
        issued=found.issued,
        sequence=found.sequence,
    )


def products(data: bytes) -> tuple[Product, ...]:
    """The products that may sign, from the bytes of a conforming products list (validators are left out).

    Raises:
        TrustListDataError: A record lacks what it is read for.
    """
    records = _json(data.decode("utf-8-sig"))
    if not isinstance(records, list):
        raise TrustListDataError("expected an array of products")
    return tuple(_product(record, f"[{number}]") for number, record in enumerate(records) if _signs(record, number))


def _bounded(der: bytes) -> bytes:
    if not 0 < len(der) <= MAX_CERTIFICATE_BYTES:
        raise TrustListDataError(f"got a certificate of {len(der)} bytes, expected 1 to {MAX_CERTIFICATE_BYTES}")
    return der


def _unbase64(text: str, where: str) -> bytes:
    try:
        der = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise TrustListDataError(f"{where}: not base64") from error
    if not der:
        raise TrustListDataError(f"{where}: nothing in it")
    return _bounded(der)


def _split_pem(text: str) -> ListFile:
    """Certificates between their markers; outside them comments, and lines that are a base64 SHA-256."""
    certificates: dict[bytes, None] = {}
    hashes: set[str] = set()
    position = 0
    for begin, end in _pem_blocks(text):
        hashes |= _hash_lines(text[position : begin.start()])
        number = len(certificates) + 1
        certificates[_unbase64(text[begin.end() : end.start()], f"certificate {number}")] = None
        position = end.end()
        if len(certificates) + len(hashes) > MAX_CERTIFICATES:
            raise TrustListDataError(f"more than {MAX_CERTIFICATES} certificates")
    hashes |= _hash_lines(text[position:])
    if len(certificates) + len(hashes) > MAX_CERTIFICATES:
        raise TrustListDataError(f"more than {MAX_CERTIFICATES} certificates and hashes")
    if not certificates and not hashes:
        raise TrustListDataError("no certificate in it")
    return ListFile(content=Content.CERTIFICATES, certificates=tuple(certificates), leaf_hashes=frozenset(hashes))


def _pem_blocks(text: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """Pairs of markers. A marker in any other place or of any other kind refuses the file."""
    begin: re.Match[str] | None = None
    for marker in _MARKER.finditer(text):
        word, label = marker.groups()
        if label != "CERTIFICATE":
            raise TrustListDataError(f"got a PEM block {label!r}, expected certificates only")
        if (word == "BEGIN") is not (begin is None):
            raise TrustListDataError(f"a PEM {word} marker where none may be (certificate cut off?)")
        if begin is None:
            begin = marker
        else:
            yield begin, marker
            begin = None
    if begin is not None:
        raise TrustListDataError("the last certificate has no END marker")


def _hash_lines(text: str) -> set[str]:
    if "-----" in text:
        raise TrustListDataError("a broken PEM marker outside the certificates")
    lines = (line.strip() for line in text.splitlines())
    return {base64.b64decode(line).hex() for line in lines if _HASH_LINE.fullmatch(line)}


def _key_usages(text: str) -> tuple[str, ...]:
    """The object identifiers, where every line is one, a comment or blank; else nothing."""
    lines = [line.strip() for line in text.splitlines()]
    oids = [line for line in lines if line and not line.startswith(("//", "#"))]
    if not oids or not all(_OID.fullmatch(oid) for oid in oids):
        return ()
    if len(oids) > MAX_OIDS:
        raise TrustListDataError(f"got {len(oids)} object identifiers, expected at most {MAX_OIDS}")
    return tuple(dict.fromkeys(oids))


def _json(text: str) -> Any:
    try:
        return read_json(text)
    except ValueError as error:
        raise TrustListDataError(f"not JSON: {error}") from error


def _split_json(text: str) -> ListFile:
    value = _json(text)
    if isinstance(value, list):
        return _split_products(value)
    if publishers.is_list(value):
        return _split_publishers(value)
    lote = _field(value, "LoTE", dict, "the list")
    about = _field(lote, "ListAndSchemeInformation", dict, "LoTE")
    names = _field(about, "SchemeName", list, "ListAndSchemeInformation")
    scheme = next((name.get("value") for name in names if isinstance(name, dict) and name.get("lang") == "en"), None)
    if not isinstance(scheme, str):
        raise TrustListDataError("LoTE: no English SchemeName")
    statuses: dict[bytes, bool] = {}
    for der, trusted in _services(_field(lote, "TrustedEntitiesList", list, "LoTE")):
        # A certificate that stands there twice is trusted only where both entries say so.
        statuses[der] = statuses.get(der, True) and trusted
    certificates = tuple(der for der, trusted in statuses.items() if trusted)
    if not certificates:
        raise TrustListDataError("no certificate in it")
    if len(certificates) > MAX_CERTIFICATES:
        raise TrustListDataError(f"more than {MAX_CERTIFICATES} certificates")
    return ListFile(
        content=Content.CERTIFICATES,
        certificates=certificates,
        scheme=scheme,
        issued=_instant(_field(about, "ListIssueDateTime", str, "ListAndSchemeInformation")),
        sequence=_field(about, "LoTESequenceNumber", int, "ListAndSchemeInformation"),
    )


def _split_publishers(value: Mapping[str, Any]) -> ListFile:
    try:
        certificates, digests, changed = publishers.split(value)
    except publishers.PublishersError as error:
        raise TrustListDataError(str(error)) from error
    if not certificates and not digests:
        raise TrustListDataError("no certificate in it")
    return ListFile(
        content=Content.CERTIFICATES,
        certificates=tuple(dict.fromkeys(map(_bounded, certificates))),
        leaf_hashes=frozenset(digests),
        scheme=PUBLISHERS,
        issued=changed,
    )


def _services(entities: list[Any]) -> Iterator[tuple[bytes, bool]]:
    """Each service's certificates and whether it is trusted today; a status that nobody knows refuses the list."""
    for number, entity in enumerate(entities):
        where = f"TrustedEntitiesList[{number}]"
        for service in _field(entity, "TrustedEntityServices", list, where):
            information = _field(service, "ServiceInformation", dict, where)
            status = _field(information, "ServiceStatus", str, where)
            if status not in (_TRUSTED, _UNTRUSTED):
                raise TrustListDataError(f"{where}: unknown ServiceStatus {status[:80]!r}")
            identity = _field(information, "ServiceDigitalIdentity", dict, where)
            for certificate in _field(identity, "X509Certificates", list, where):
                yield _unbase64(_field(certificate, "val", str, where), where), status == _TRUSTED


def _field(value: Any, name: str, kind: type, where: str) -> Any:
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, kind) or isinstance(found, bool):
        raise TrustListDataError(f"{where}: expected {name} ({kind.__name__}), got {type(found).__name__}")
    if isinstance(found, int) and abs(found) > MAX_NUMBER:
        raise TrustListDataError(f"{where}: {name} has more than 63 bits")
    return found


def _instant(text: str) -> dt.datetime:
    try:
        instant = dt.datetime.fromisoformat(text)
        return instant.astimezone(dt.UTC) if instant.tzinfo else instant.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError) as error:
        raise TrustListDataError(f"got the date {text[:40]!r}, expected an RFC 3339 instant") from error


def _split_products(records: list[Any]) -> ListFile:
    if not 0 < len(records) <= MAX_PRODUCTS:
        raise TrustListDataError(f"got {len(records)} products, expected 1 to {MAX_PRODUCTS}")
    days = [_field(_field(record, "dates", dict, "product"), "lastModification", str, "dates") for record in records]
    return ListFile(content=Content.PRODUCTS, issued=max(map(_instant, days)))


def _signs(record: Any, number: int) -> bool:
    where = f"[{number}]"
    product = _field(record, "product", dict, where)
    words = (_field(record, "status", str, where), _field(product, "productType", str, where))
    return words == ("conformant", "generatorProduct")


def _product(record: Mapping[str, Any], where: str) -> Product:
    product = _field(record, "product", dict, where)
    name = _field(product, "DN", dict, where)
    level = _field(_field(product, "assurance", dict, where), "maxAssuranceLevel", int, where)
    signals = product.get("disallowedSignals") or {}
    groups = signals.values() if isinstance(signals, dict) else [signals]
    if not all(isinstance(group, list) and all(isinstance(word, str) for word in group) for group in groups):
        raise TrustListDataError(f"{where}: disallowedSignals are not lists of words")
    return Product(
        record=_field(record, "recordId", str, where),
        organization=_field(name, "O", str, where),
        common_name=_field(name, "CN", str, where),
        assurance_level=level,
        disallowed=frozenset(word for group in groups for word in group),
    )


def _is_authority(der: bytes, number: int) -> bool:
    """Whether a certificate is a CA (RFC 5280, 4.2.1.9); a self-issued one of version 1 counts as one."""
    from cryptography import x509

    from provenance.credentials.certificates.keys import load_certificate, unwarned
    from provenance.credentials.errors import CredentialsError

    try:
        with unwarned():
            certificate = load_certificate(der)
            extensions = certificate.extensions
        try:
            return bool(extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
        except x509.ExtensionNotFound:
            return bool(certificate.version is x509.Version.v1 and certificate.subject == certificate.issuer)
    except (
        *(CredentialsError, ValueError, TypeError, x509.DuplicateExtension, x509.InvalidVersion),
        x509.UnsupportedGeneralNameType,
    ) as error:
        raise TrustListDataError(f"certificate {number} cannot be read: {error}") from error
