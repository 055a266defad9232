"""How do tests get certificates with any fault they like, signed files, and files changed after signing?

Everything is made on the fly: keys and certificates with options, media signed through the engine, and surgery on the
bytes of JPEG and PNG files. Nothing here checks anything.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from PIL import Image

from provenance.credentials.engines.c2pa_rs import load
from provenance.credentials.signing.c2pa_sign import SigningKey, Source, sign_media
from provenance.credentials.trust.formats import Label, ListKind, parse
from provenance.credentials.trust.lists import TrustList, TrustLists, TrustSettings, make_list

NOW: Final = dt.datetime.now(dt.UTC).replace(microsecond=0)
"""One instant for a whole test run: the engine judges by the real clock."""
DAY: Final = dt.timedelta(days=1)

CLAIM_SIGNING: Final = "1.3.6.1.4.1.62558.2.1"
EMAIL_PROTECTION: Final = "1.3.6.1.5.5.7.3.4"
TIME_STAMPING: Final = "1.3.6.1.5.5.7.3.8"
OCSP_SIGNING: Final = "1.3.6.1.5.5.7.3.9"
ANY_PURPOSE: Final = "2.5.29.37.0"
ASSURANCE_LEVEL: Final = "1.3.6.1.4.1.62558.3"

SOURCE_TYPES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"

_CURVES: Final[Mapping[str, type[ec.EllipticCurve]]] = {
    "es256": ec.SECP256R1,
    "es384": ec.SECP384R1,
    "es512": ec.SECP521R1,
}
_HASHES: Final[Mapping[str, Any]] = {"256": hashes.SHA256, "384": hashes.SHA384, "512": hashes.SHA512}
_NAME_OIDS: Final = {
    "C": NameOID.COUNTRY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
    "E": NameOID.EMAIL_ADDRESS,
}
KEY_USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)

_DEFAULT: Final[Any] = object()
_NOTHING: Final[Mapping[Any, Any]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A certificate, its key and the certificates above it."""

    certificate: x509.Certificate
    key: Any = field(repr=False)
    algorithm: str
    """COSE name of the key's algorithm."""
    issuer: Identity | None

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode("ascii")

    @property
    def chain(self) -> tuple[bytes, ...]:
        """DER from this certificate upwards, without the root."""
        chain, above = [self.der], self.issuer
        while above is not None and above.issuer is not None:
            chain.append(above.der)
            above = above.issuer
        return tuple(chain)

    @property
    def root(self) -> Identity:
        return self if self.issuer is None else self.issuer.root

    def sign(self, data: bytes) -> bytes:
        """A signature in COSE form (RFC 9053)."""
        if self.algorithm == "ed25519":
            return bytes(self.key.sign(data))
        digest = _HASHES[self.algorithm[2:]]()
        if self.algorithm.startswith("ps"):
            pss = padding.PSS(mgf=padding.MGF1(digest), salt_length=digest.digest_size)
            return bytes(self.key.sign(data, pss, digest))
        size = (self.key.curve.key_size + 7) // 8
        r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(digest)))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    def signing_key(self, *, chain: Sequence[bytes] | None = None) -> SigningKey:
        """For `sign_media`; with another chain where a test wants one."""
        certificates = self.chain if chain is None else tuple(chain)
        return SigningKey(algorithm=self.algorithm, certificates=certificates, sign=self.sign)


@lru_cache(maxsize=64)
def make_key(algorithm: str, number: int = 0) -> Any:
    """A private key for a COSE algorithm; the same one for the same number within a run (RSA keys are slow to make)."""
    if algorithm == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm.startswith("ps"):
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return ec.generate_private_key(_CURVES[algorithm]())


def name_of(attributes: Mapping[str, str]) -> x509.Name:
    """A distinguished name from `{"O": …, "CN": …}`, in that order."""
    return x509.Name([x509.NameAttribute(_NAME_OIDS[kind], value) for kind, value in attributes.items()])


def key_usage(*names: str) -> x509.KeyUsage:
    """A key usage with exactly these bits."""
    return x509.KeyUsage(**{name: name in names for name in KEY_USAGES})


def certify(
    subject: Mapping[str, str],
    *,
    issuer: Identity | None = None,
    is_authority: bool | None = False,
    algorithm: str = "es256",
    key: Any = None,
    start: dt.datetime = NOW - DAY,
    end: dt.datetime = NOW + 30 * DAY,
    purposes: Sequence[str] | None = _DEFAULT,
    usages: Sequence[str] | None = _DEFAULT,
    path_length: int | None = None,
    authority_key_id: bool = True,
    subject_key_id: bool = True,
    extra: Sequence[tuple[x509.ExtensionType, bool]] = (),
    serial: int | None = None,
    signed_with: Any = hashes.SHA256,
    scheme: Any = None,
) -> Identity:
    """A certificate that keeps to the C2PA profile but for what a test asks for otherwise.

    Args:
        subject: Its name.
        issuer: Who signs it; itself where None.
        is_authority: The CA flag; None leaves the basic constraints out.
        algorithm: COSE name for its own key.
        key: Its key, made where None.
        start, end: Its validity.
        purposes: Extended key usages as dotted OIDs (default: claim signing for a signer, none for an authority); None
            leaves the extension out.
        usages: Key usage bits by name (default: as the profile wants); None leaves the extension out.
        path_length: For an authority.
        authority_key_id, subject_key_id: Whether these extensions stand in it.
        extra: More extensions with their criticality.
        serial: Its number; random where None.
        signed_with: The digest of the signature on it.
        scheme: The padding of that signature under an RSA key, where not PKCS #1 v1.5.
    """
    key = key or (make_key(algorithm) if algorithm.startswith("ps") else make_key.__wrapped__(algorithm))
    signing_key = issuer.key if issuer else key
    if purposes is _DEFAULT:
        purposes = None if is_authority else (CLAIM_SIGNING,)
    if usages is _DEFAULT:
        usages = ("key_cert_sign", "crl_sign") if is_authority else ("digital_signature",)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name_of(subject))
        .issuer_name(issuer.certificate.subject if issuer else name_of(subject))
        .public_key(key.public_key())
        .serial_number(serial or x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
    )
    extensions: list[tuple[x509.ExtensionType, bool]] = []
    if is_authority is not None:
        extensions.append((x509.BasicConstraints(ca=is_authority, path_length=path_length), True))
    if subject_key_id:
        extensions.append((x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False))
    if authority_key_id:
        extensions.append((x509.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), False))
    if usages is not None:
        extensions.append((key_usage(*usages), True))
    if purposes is not None:
        oids = [x509.ObjectIdentifier(oid) for oid in purposes]
        extensions.append((x509.ExtendedKeyUsage(oids), TIME_STAMPING in purposes))
    for extension, critical in [*extensions, *extra]:
        builder = builder.add_extension(extension, critical=critical)
    digest = None if isinstance(signing_key, ed25519.Ed25519PrivateKey) else signed_with()
    certificate = builder.sign(signing_key, digest, rsa_padding=scheme)
    return Identity(certificate=certificate, key=key, algorithm=algorithm, issuer=issuer)


def make_root(organization: str = "Test Authority", **options: Any) -> Identity:
    """A self-signed authority; options as for `certify`."""
    return certify({"O": organization, "CN": f"{organization} Root"}, is_authority=True, **options)


def make_signer(
    root: Identity | None = None, *, organization: str = "Test Camera", common_name: str = "Camera 1", **options: Any
) -> Identity:
    """A claim signer under `root` (a new one where None); options as for `certify`."""
    issuer = root or make_root()
    return certify({"O": organization, "CN": common_name}, issuer=issuer, **options)


def list_of(
    *certificates: Identity,
    kind: ListKind = ListKind.SIGNER,
    label: Label = Label.YOURS,
    name: str = "test",
    dated: dt.date | None = None,
) -> TrustList:
    """A trust list of these certificates."""
    data = "".join(identity.pem for identity in certificates).encode()
    return make_list(data, parse(data), name=name, kind=kind, label=label, dated=dated)


def store_of(*lists: TrustList, **fields: Any) -> TrustLists:
    """A reader's trust that consists of these lists."""
    return TrustLists(lists=tuple(lists), **fields)


def picture(form: str = "JPEG", *, size: tuple[int, int] = (96, 64), shade: int = 0) -> bytes:
    """A small picture with enough in it that a changed byte changes pixels."""
    ramp = Image.linear_gradient("L").resize(size)
    tilted = Image.radial_gradient("L").resize(size)
    image = Image.merge("RGB", (ramp, tilted, Image.new("L", size, shade)))
    output = io.BytesIO()
    image.save(output, form, quality=92)
    return output.getvalue()


def created(source_type: str = "digitalCapture") -> dict[str, Any]:
    """The action that begins a file's history."""
    return {"action": "c2pa.created", "digitalSourceType": SOURCE_TYPES + source_type}


def opened(*, instance_id: str = "xmp:iid:parent") -> dict[str, Any]:
    """The action that begins an edit of a parent."""
    return {"action": "c2pa.opened", "parameters": {"ingredientIds": [instance_id]}}


def definition(*actions: Mapping[str, Any], title: str = "test", **more: Any) -> dict[str, Any]:
    """A manifest definition for the engine; `more` adds or replaces its keys."""
    assertions = [{"label": "c2pa.actions.v2", "data": {"actions": list(actions or [created()])}, "created": True}]
    base = {"title": title, "claim_generator_info": [{"name": "Test", "version": "1"}], "assertions": assertions}
    return base | more


def sign(
    signer: Identity,
    data: bytes | None = None,
    *,
    media_type: str = "image/jpeg",
    manifest: Mapping[str, Any] | None = None,
    trust: TrustSettings | None = None,
    chain: Sequence[bytes] | None = None,
    thumbnail: bool = False,
) -> bytes:
    """Media with a first manifest."""
    return sign_media(
        picture() if data is None else data,
        media_type=media_type,
        manifest=manifest or definition(),
        key=signer.signing_key(chain=chain),
        trust=trust,
        thumbnail=thumbnail,
    )


@contextmanager
def _engine_builder(signer: Identity, manifest: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """The engine's builder and signer, for what `sign_media` does not offer."""
    c2pa = load()
    chain = "".join(_pem(der) for der in signer.chain)
    algorithm = c2pa.C2paSigningAlg[signer.algorithm.upper()]
    settings = {"verify": {"verify_after_sign": False}, "builder": {"thumbnail": {"enabled": False}}}
    with (
        c2pa.Context.from_dict(settings) as context,
        c2pa.Signer.from_callback(signer.signing_key().sign, algorithm, chain) as key,
        c2pa.Builder(json.dumps(manifest), context) as builder,
    ):
        yield builder, key


def sign_detached(signer: Identity, data: bytes, *, media_type: str = "image/jpeg") -> bytes:
    """A manifest store for media that stay as they are, to be kept somewhere else."""
    with _engine_builder(signer, definition()) as (builder, key):
        builder.set_no_embed()
        return bytes(builder.sign(key, media_type, io.BytesIO(data), io.BytesIO()))


def sign_with_thumbnail(signer: Identity, data: bytes, thumbnail: bytes) -> bytes:
    """A JPEG whose signer signs a thumbnail of their choice along with it."""
    manifest = definition(thumbnail={"format": "image/jpeg", "identifier": "thumbnail.jpg"})
    output = io.BytesIO()
    with _engine_builder(signer, manifest) as (builder, key):
        builder.add_resource("thumbnail.jpg", io.BytesIO(thumbnail))
        builder.sign(key, "image/jpeg", io.BytesIO(data), output)
    return output.getvalue()


def sign_with_icon(signer: Identity, data: bytes, icon: bytes, *, said: str = "image/svg+xml") -> bytes:
    """A JPEG with a claim of version 1, whose signer's software keeps its icon in a data box."""
    software = {"name": "Test", "version": "1", "icon": {"format": said, "identifier": "icon"}}
    manifest = definition(claim_version=1, claim_generator_info=[software])
    output = io.BytesIO()
    with _engine_builder(signer, manifest) as (builder, key):
        builder.add_resource("icon", io.BytesIO(icon))
        builder.sign(key, "image/jpeg", io.BytesIO(data), output)
    return output.getvalue()


def _pem(der: bytes) -> str:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode()


def sign_edit(
    signer: Identity,
    parent: bytes,
    *,
    data: bytes | None = None,
    media_type: str = "image/jpeg",
    actions: Sequence[Mapping[str, Any]] = ({"action": "c2pa.cropped"},),
    trust: TrustSettings | None = None,
    title: str = "parent",
) -> bytes:
    """Media with a manifest whose parent is `parent`; the same picture where `data` is None."""
    source = Source(data=parent, media_type=media_type, title=title, instance_id="xmp:iid:parent")
    return sign_media(
        remove_manifest(parent) if data is None else data,
        media_type=media_type,
        manifest=definition(opened(), *actions, title="edited"),
        key=signer.signing_key(),
        sources=[source],
        trust=trust,
    )


def sign_update(
    data: bytes,
    signer: Identity,
    *,
    media_type: str = "image/jpeg",
    icon: bytes = b"",
    said: str = "image/png",
    assertions: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """Signed media with an update manifest by the engine; `icon` is its software's, of the type `said`."""
    output = io.BytesIO()
    software: dict[str, Any] = {"name": "Test", "version": "1"}
    if icon:
        software["icon"] = {"format": said, "identifier": "icon"}
    manifest = {"claim_generator_info": [software], "assertions": list(assertions)}
    with _engine_builder(signer, manifest) as (builder, key):
        if icon:
            builder.add_resource("icon", io.BytesIO(icon))
        builder.set_intent(load().C2paBuilderIntent.UPDATE)
        builder.sign(key, media_type, io.BytesIO(data), output)
    return output.getvalue()


def jumbf_boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Type, begin and end of the content of each box in a range (ISO/IEC 19566-5)."""
    position, end = start, len(data) if end is None else end
    while position < end:
        length, kind = struct.unpack(">I4s", data[position : position + 8])
        yield kind, position + 8, position + length
        position += length


def jumbf_content(store: bytes, *labels: str) -> tuple[int, int]:
    """Begin and end of the content of the box that these labels lead to from the manifest store's own.

    An empty label means the last box of that level (the active manifest); at the end of the path the superbox's first
    content box counts.
    """
    ((_, start, end),) = jumbf_boxes(store)
    for label in labels:
        found = []
        for kind, low, high in jumbf_boxes(store, start, end):
            if kind == b"jumb":
                ((_, about, _), *_) = jumbf_boxes(store, low, high)
                name = store[about + 17 : store.index(b"\0", about + 17)].decode()
                if label in ("", name):
                    found.append((low, high))
        start, end = found[-1]
    _, (_, start, end), *_ = jumbf_boxes(store, start, end)
    return start, end


def active_claim(store: bytes) -> bytes:
    """The active manifest's claim as CBOR."""
    start, end = jumbf_content(store, "", "c2pa.claim.v2")
    return store[start:end]


def resign(
    signed: bytes,
    signer: Identity,
    *,
    chain: Sequence[bytes] | None = None,
    protected: Mapping[Any, Any] | None = None,
    unprotected: Mapping[Any, Any] | Callable[[bytes], Mapping[Any, Any]] = _NOTHING,
    claim: bytes | None = None,
) -> bytes:
    """The same file with another claim signature: with certificates that the engine itself would refuse to sign with.

    Args:
        signed: A file from `sign`.
        signer: Whose key signs.
        chain: Certificates sent (default: the signer's own).
        protected: The whole protected header; algorithm and chain where None.
        unprotected: Further unprotected headers, or a function of the signature that returns them (time stamps).
        claim: What is signed (default: the claim that stands in the file).
    """
    store = manifest_store(signed)
    start, end = jumbf_content(store, "", "c2pa.signature")
    certificates = list(signer.chain if chain is None else chain)
    if protected is None:
        protected = {
            1: COSE_ALGORITHMS[signer.algorithm],
            33: certificates if len(certificates) > 1 else certificates[0],
        }
    head = cbor2.dumps(dict(protected))
    message = cbor2.dumps(["Signature1", head, b"", active_claim(store) if claim is None else claim])
    signature = signer.sign(message)
    extra = dict(unprotected(signature) if callable(unprotected) else unprotected)
    cose = _padded(head, extra, signature, end - start)
    return with_manifest_store(signed, store[:start] + cose + store[end:])


COSE_ALGORITHMS: Final = {
    "es256": -7,
    "es384": -35,
    "es512": -36,
    "ps256": -37,
    "ps384": -38,
    "ps512": -39,
    "ed25519": -8,
}


def _padded(head: bytes, unprotected: Mapping[Any, Any], signature: bytes, size: int) -> bytes:
    """A COSE_Sign1 of exactly `size` bytes, so that the ranges that the hard binding leaves out stay right."""

    def dump(**pads: bytes) -> bytes:
        return cbor2.dumps(cbor2.CBORTag(18, [head, {**unprotected, **pads}, None, signature]))

    room = size - len(dump(pad=b""))
    if room < 0:
        raise ValueError(f"the signature needs {-room} bytes more than the engine left for it")
    for second in range(8):
        for first in range(max(0, room - 24), room + 1):
            pads = {"pad": bytes(first)} | ({"pad2": bytes(second)} if second else {})
            if len(cose := dump(**pads)) == size:
                return cose
    raise ValueError("no padding fits")


_PNG: Final = b"\x89PNG\r\n\x1a\n"
_APP1, _APP11, _SOS = 0xE1, 0xEB, 0xDA
_XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"
_JP_CHUNK: Final = 60_000


def jpeg_segments(data: bytes) -> tuple[list[bytes], bytes]:
    """The segments between SOI and the first scan, each with marker and length, and everything from the scan on."""
    position, segments = 2, []
    while data[position + 1] != _SOS:
        end = position + 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        segments.append(data[position:end])
        position = end
    return segments, data[position:]


def join_jpeg(segments: Sequence[bytes], scan: bytes) -> bytes:
    """The inverse of `jpeg_segments`."""
    return b"\xff\xd8" + b"".join(segments) + scan


def jpeg_segment(marker: int, payload: bytes) -> bytes:
    """One segment."""
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def png_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Type and content of each chunk."""
    position, chunks = len(_PNG), []
    while position < len(data):
        (length,) = struct.unpack(">I", data[position : position + 4])
        kind = data[position + 4 : position + 8]
        chunks.append((kind, data[position + 8 : position + 8 + length]))
        position += 12 + length
    return chunks


def join_png(chunks: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The inverse of `png_chunks`, with right checksums."""
    parts = [
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    ]
    return _PNG + b"".join(parts)


def is_png(data: bytes) -> bool:
    return data.startswith(_PNG)


def manifest_store(data: bytes) -> bytes:
    """The embedded manifest store (JUMBF); empty where there is none."""
    if is_png(data):
        return b"".join(content for kind, content in png_chunks(data) if kind == b"caBX")
    parts = [segment[4:] for segment in jpeg_segments(data)[0] if segment[1] == _APP11]
    # Each packet repeats the box's length and type (ISO/IEC 18477-3): once is enough.
    return b"".join(part[8 if number == 0 else 16 :] for number, part in enumerate(parts))


def with_manifest_store(data: bytes, store: bytes) -> bytes:
    """The same media with that manifest store in place of its own, at the same place in the file."""
    if is_png(data):
        chunks = png_chunks(data)
        place = next((n for n, (kind, _) in enumerate(chunks) if kind == b"caBX"), 1)
        rest = [chunk for chunk in chunks if chunk[0] != b"caBX"]
        return join_png([*rest[:place], *([(b"caBX", store)] if store else []), *rest[place:]])
    segments, scan = jpeg_segments(data)
    place = next((n for n, segment in enumerate(segments) if segment[1] == _APP11), 1)
    others = [segment for segment in segments if segment[1] != _APP11]
    packets = []
    for number, start in enumerate(range(8, len(store), _JP_CHUNK), start=1):
        head = b"JP" + struct.pack(">HI", 0x0211, number) + store[:8]
        packets.append(jpeg_segment(_APP11, head + store[start : start + _JP_CHUNK]))
    return join_jpeg([*others[:place], *packets, *others[place:]], scan)


def remove_manifest(data: bytes) -> bytes:
    """The media stripped of its Content Credentials."""
    return with_manifest_store(data, b"")


def transplant(manifest_from: bytes, into: bytes) -> bytes:
    """One file's Content Credentials in another's body."""
    if is_png(into) or is_png(manifest_from):
        return with_manifest_store(into, manifest_store(manifest_from))
    kept = [segment for segment in jpeg_segments(manifest_from)[0] if segment[1] == _APP11]
    segments, scan = jpeg_segments(remove_manifest(into))
    return join_jpeg([*segments[:1], *kept, *segments[1:]], scan)


def append_bytes(data: bytes, tail: bytes = b"after the end") -> bytes:
    """The file with something behind its end."""
    return data + tail


def change_pixels(data: bytes) -> bytes:
    """The file with other pixels, still decodable, its Content Credentials untouched."""
    if is_png(data):
        chunks = png_chunks(data)
        raw = zlib.decompress(b"".join(content for kind, content in chunks if kind == b"IDAT"))
        stride = len(raw) // struct.unpack(">I", chunks[0][1][4:8])[0]
        middle = len(raw) // 2
        middle += middle % stride == 0  # a row's first byte is its filter
        changed = zlib.compress(raw[:middle] + bytes((raw[middle] ^ 0x40,)) + raw[middle + 1 :])
        first = next(n for n, (kind, _) in enumerate(chunks) if kind == b"IDAT")
        rest = [chunk for chunk in chunks if chunk[0] != b"IDAT"]
        return join_png([*rest[:first], (b"IDAT", changed), *rest[first:]])
    segments, scan = jpeg_segments(data)
    place = len(scan) // 2
    while scan[place] in (0x00, 0xFF, 0xFE) or scan[place - 1] == 0xFF:
        place += 1
    return join_jpeg(segments, scan[:place] + bytes((scan[place] ^ 1,)) + scan[place + 1 :])


def add_xmp(data: bytes, *, source_type: str = "trainedAlgorithmicMedia") -> bytes:
    """The file with XMP that declares a digital source type, put in after signing."""
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
        f' Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPES}{source_type}"/></rdf:RDF></x:xmpmeta>'
    ).encode()
    if is_png(data):
        chunks = png_chunks(data)
        return join_png([chunks[0], (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + packet), *chunks[1:]])
    segments, scan = jpeg_segments(data)
    return join_jpeg([*segments, jpeg_segment(_APP1, _XMP + packet)], scan)
