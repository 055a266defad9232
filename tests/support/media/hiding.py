"""In how many ways can somebody without any key put a page of text into Content Credentials that still read well?

Takes a signed file's manifest store apart into boxes and the claim signature into its parts, puts text somewhere, and
gives the store its old length again by shrinking the signature's padding, so that every hash over the file still holds.
Nothing here checks anything.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import brotli
import cbor2
from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509

from provenance.credentials.store.octets.der import only
from tests.support.authority import Identity, certify, make_root
from tests.support.media.crafting import box, superbox

TEXT: Final = (b"<!DOCTYPE html><html><body><h1>Another page</h1>" + b"<p>Nothing of this was signed.</p>" * 70)[:2048]
"""What is to be hidden: 2 kB."""


@dataclass(slots=True)
class Tree:
    """A box; a superbox has a description and boxes, any other one a payload."""

    kind: bytes
    payload: bytes = b""
    described: bytes = b""
    boxes: list[Tree] = field(default_factory=list)

    @property
    def label(self) -> str:
        return self.described[17:].split(b"\0", 1)[0].decode()

    def find(self, *labels: str) -> Tree:
        """The superbox at a path of labels; an empty one means the last superbox."""
        found = self
        for label in labels:
            found = [one for one in found.boxes if one.described and label in ("", one.label)][-1]
        return found

    def write(self) -> bytes:
        if not self.described:
            return box(self.kind, self.payload)
        return box(self.kind, box(b"jumd", self.described) + b"".join(one.write() for one in self.boxes))


def read(data: bytes) -> Tree:
    """A superbox as a tree; its payloads are copies."""
    found = _several(data)
    assert len(found) == 1
    return found[0]


def _several(data: bytes) -> list[Tree]:
    found, position = [], 0
    while position < len(data):
        (size,) = struct.unpack(">I", data[position : position + 4])
        kind, payload = data[position + 4 : position + 8], data[position + 8 : position + size]
        if kind == b"jumb":
            (about,) = struct.unpack(">I", payload[:4])
            found.append(Tree(kind, described=payload[8:about], boxes=_several(payload[about:])))
        else:
            found.append(Tree(kind, payload))
        position += size
    return found


@dataclass(slots=True)
class Open:
    """A store with the active manifest's signature in parts."""

    store: Tree
    protected: bytes
    unprotected: dict[Any, Any]
    signature: bytes
    raw: Callable[[bytes], bytes] = lambda cose: cose
    """Changes the signature's octets once its padding has been cut."""

    @property
    def manifest(self) -> Tree:
        return self.store.find("")

    @property
    def assertions(self) -> Tree:
        return self._of(b"c2as")

    @property
    def claim(self) -> Tree:
        return self._of(b"c2cl")

    @property
    def sealed(self) -> Tree:
        return self._of(b"c2cs")

    def _of(self, kind: bytes) -> Tree:
        return next(one for one in self.manifest.boxes if one.described.startswith(kind))


def unfold(data: bytes) -> Open:
    store = read(data)
    manifest = store.find("")
    cose = cbor2.loads(manifest.find("c2pa.signature").boxes[0].payload).value
    return Open(store, cose[0], dict(cose[1]), cose[3])


def fold(parts: Open, size: int) -> bytes:
    """The store, at its old size."""
    content = parts.sealed.boxes[0]
    header = {"pad": b"", **parts.unprotected}
    for _ in range(4):
        cose = cbor2.CBORTag(18, [parts.protected, header, None, parts.signature])
        content.payload = parts.raw(cbor2.dumps(cose))
        spare = size - len(parts.store.write())
        if spare == 0:
            return parts.store.write()
        header["pad"] = bytes(len(header["pad"]) + spare)
    raise AssertionError(f"{spare} octets are left over")


def hide(stored: bytes, way: Callable[[Open], None]) -> bytes:
    """A store of the same size in which a way was gone."""
    parts = unfold(stored)
    way(parts)
    return fold(parts, len(stored))


# In the signature's unprotected header.


def _header(change: Callable[[dict[Any, Any]], None]) -> Callable[[Open], None]:
    def way(parts: Open) -> None:
        change(parts.unprotected)

    return way


def _entry(label: Any, value: Any) -> Callable[[Open], None]:
    return _header(lambda header: header.update({label: value}))


def renamed(parts: Open) -> None:
    """What was padding is an entry of another name."""
    parts.unprotected["note"] = TEXT


def filled_pad(parts: Open) -> None:
    parts.unprotected["pad"] = b""
    parts.unprotected["pad2"] = TEXT


def filled(parts: Open) -> None:
    """The padding itself, at its own length."""
    old = parts.raw

    def raw(cose: bytes) -> bytes:
        place = cose.index(bytes(len(TEXT) + 16)) + 8
        return old(cose[:place] + TEXT + cose[place + len(TEXT) :])

    parts.raw = raw


def tagged(parts: Open) -> None:
    """Tags, one in another, each with eight octets of its number to choose."""
    value: Any = b""
    for start in range(0, 160, 8):
        value = cbor2.CBORTag(int.from_bytes(b"\x41" + TEXT[start + 1 : start + 8], "big"), value)
    parts.unprotected["pad2"] = value


def in_pieces(parts: Open) -> None:
    """Padding in pieces, whose lengths are to choose."""
    parts.unprotected["pad2"] = b"PIECES"
    old = parts.raw
    pieces = b"\x5f" + b"\x40" * 2048 + b"\xff"
    parts.raw = lambda cose: old(cose.replace(cbor2.dumps(b"PIECES"), pieces))


HEADER: Final[Mapping[str, Callable[[Open], None]]] = {
    "padding under another name": renamed,
    "padding that is filled": filled,
    "second padding that is filled": filled_pad,
    "padding as a text": _entry("pad2", TEXT.decode()),
    "padding as a list": _entry("pad2", [TEXT]),
    "padding as a map": _entry("pad2", {"a": TEXT}),
    "an unknown number": _entry(-65537, TEXT),
    "a text for a label": _entry(TEXT.decode(), 0),
    "a content type": _entry(3, TEXT.decode()),
    "a key identifier": _entry(4, TEXT),
    "a counter signature": _entry(7, TEXT),
    "x5bag": _entry(32, TEXT),
    "x5t": _entry(34, [-16, TEXT]),
    "x5u": _entry(35, TEXT.decode()),
    "padding by another case": _entry("PAD", bytes(100) + TEXT),
    "tags around padding": tagged,
    "padding in pieces": in_pieces,
    "revocation lists": _entry("rVals", {"ocspVals": [], "crlVals": [TEXT]}),
    "answers that are a text": _entry("rVals", {"ocspVals": [TEXT.decode()]}),
    "an answer that is none": _entry("rVals", {"ocspVals": [TEXT]}),
    "an answer that is a map": _entry("rVals", TEXT),
    "a time stamp that is none": _entry("sigTst2", {"tstTokens": [{"val": TEXT}]}),
    "a time stamp without a token": _entry("sigTst2", {"tstTokens": [], "note": TEXT}),
    "a time stamp as a text": _entry("sigTst", TEXT.decode()),
}


# In the boxes.


def _beside(kind: bytes, at: Callable[[Open], Tree], *, first: bool = False) -> Callable[[Open], None]:
    def way(parts: Open) -> None:
        boxes = at(parts).boxes
        boxes.insert(0 if first else len(boxes), Tree(kind, TEXT))

    return way


def _described(at: Callable[[Open], Tree], change: Callable[[bytes], bytes]) -> Callable[[Open], None]:
    def way(parts: Open) -> None:
        one = at(parts)
        one.described = change(one.described)

    return way


def _salted(described: bytes) -> bytes:
    return described[:16] + b"\x13" + described[17:] + box(b"c2sh", TEXT)


def _super(kind: bytes, label: str, at: Callable[[Open], Tree], *, first: bool = False) -> Callable[[Open], None]:
    def way(parts: Open) -> None:
        made = read(superbox(kind, label, box(b"json" if kind != b"cbor" else b"cbor", TEXT)))
        boxes = at(parts).boxes
        boxes.insert(0 if first else len(boxes), made)

    return way


def _store(parts: Open) -> Tree:
    return parts.store


def _manifest(parts: Open) -> Tree:
    return parts.manifest


def _assertions(parts: Open) -> Tree:
    return parts.assertions


def _claim(parts: Open) -> Tree:
    return parts.claim


def _sealed(parts: Open) -> Tree:
    return parts.sealed


def credentials(parts: Open) -> None:
    inner = superbox(b"json", "did:example:1", box(b"json", TEXT))
    parts.manifest.boxes.append(read(superbox(b"c2vc", "c2pa.credentials", inner)))


def data_boxes(parts: Open) -> None:
    content = cbor2.dumps({"dc:format": "text/html", "data": TEXT})
    inner = superbox(b"cbor", "c2pa.data", box(b"cbor", content))
    parts.manifest.boxes.append(read(superbox(b"c2db", "c2pa.databoxes", inner)))


def twin(parts: Open) -> None:
    """A manifest of the same name, whose signature is nobody's."""
    made = read(parts.manifest.write())
    made.boxes = [one for one in made.boxes if not one.described.startswith(b"c2as")]
    made.find("c2pa.signature").boxes[0].payload = TEXT
    parts.store.boxes.insert(0, made)


def stray(parts: Open) -> None:
    """A manifest that nothing refers to, whose signature is nobody's."""
    label = "urn:c2pa:00000000-0000-4000-8000-00000000000f"
    made = superbox(
        b"c2ma",
        label,
        superbox(b"c2as", "c2pa.assertions"),
        superbox(b"c2cl", "c2pa.claim.v2", box(b"cbor", cbor2.dumps({"alg": "sha256", "note": TEXT}))),
        superbox(b"c2cs", "c2pa.signature", box(b"cbor", b"\x40")),
    )
    parts.store.boxes.insert(0, read(made))


def bare(parts: Open) -> None:
    """A manifest with nothing of what one has."""
    parts.store.boxes.insert(0, read(superbox(b"c2ma", "urn:c2pa:bare", box(b"free", TEXT))))


BOXES: Final[Mapping[str, Callable[[Open], None]]] = {
    **{
        f"{kind.decode().strip()} box in the {name}": _beside(kind, at)
        for name, at in (
            ("store", _store),
            ("manifest", _manifest),
            ("assertion store", _assertions),
            ("claim's box", _claim),
            ("signature's box", _sealed),
        )
        for kind in (b"free", b"xml ", b"html", b"skip")
    },
    "a second content of the claim's box": _beside(b"cbor", _claim),
    "a second content of the signature's box": _beside(b"cbor", _sealed),
    "a json box in the manifest": _beside(b"json", _manifest, first=True),
    "a uuid box in the store": _beside(b"uuid", _store, first=True),
    "a superbox of another kind in the store": _super(b"json", "note", _store, first=True),
    "a superbox of another kind in the manifest": _super(b"json", "note", _manifest),
    "a statement that no claim names": _super(b"json", "org.example.note", _assertions),
    "a second assertion store": _super(b"c2as", "c2pa.assertions", _manifest),
    "credentials": credentials,
    "data boxes": data_boxes,
    "salt in the store's description": _described(_store, _salted),
    "salt in the manifest's description": _described(_manifest, _salted),
    "salt in the claim's description": _described(_claim, _salted),
    "salt in the signature's description": _described(_sealed, _salted),
    "salt in the assertion store's description": _described(_assertions, _salted),
    "text behind the store's label": _described(_store, lambda one: one + TEXT),
    "text behind the claim's label": _described(_claim, lambda one: one + TEXT),
    "a longer label of the claim": _described(_claim, lambda one: one[:-1] + b"." + TEXT[:900] + b"\0"),
    "a longer label of the signature": _described(_sealed, lambda one: one[:-1] + TEXT[:900] + b"\0"),
    "a digest in the claim's description": _described(_claim, lambda one: one[:16] + b"\x0b" + one[17:] + TEXT[:32]),
    "a number in the signature's description": _described(
        _sealed, lambda one: one[:16] + b"\x07" + one[17:] + TEXT[:4]
    ),
    "another type of the store": _described(_store, lambda one: one[:4] + TEXT[:12] + one[16:]),
    "another type of the signature": _described(_sealed, lambda one: one[:4] + TEXT[:12] + one[16:]),
    "a manifest of the same name": twin,
    "a manifest that nobody signed": stray,
    "a manifest that cannot be read": bare,
}


# In certificates that lie in an unsigned place.

_NETSCAPE_COMMENT: Final = "2.16.840.1.113730.1.13"


def _texted() -> tuple[Any, bool]:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(_NETSCAPE_COMMENT), TEXT), False


def authorities() -> tuple[Identity, Identity, Identity]:
    """A root, an authority between and a signer."""
    root = make_root()
    between = certify({"O": "Test", "CN": "Between"}, issuer=root, is_authority=True)
    return root, between, certify({"O": "Test Camera", "CN": "Camera 1"}, issuer=between)


def certificate_ways(between: Identity, signer: Identity) -> Mapping[str, list[bytes]]:
    """Chains under which the signature still holds."""
    stranger = certify({"O": "Stranger", "CN": "S"}, issuer=make_root("S"), extra=[_texted()])
    fake_root = make_root("F", extra=[_texted()])
    fake = certify({"O": "F", "CN": "F"}, issuer=fake_root, key=signer.key, extra=[_texted()])
    altered = certify(
        {"O": "Test", "CN": "Between"}, issuer=make_root(), is_authority=True, key=between.key, extra=[_texted()]
    )
    texted = _unsigned_text(between.der)
    return {
        "an unrelated certificate": [*signer.chain, stranger.der],
        "no certificate at all": [*signer.chain, TEXT],
        "a certificate of one's own over the same key": [fake.der, fake_root.der],
        "an authority of the same name and key": [signer.der, altered.der],
        "an authority of the same name and key, second": [*signer.chain, altered.der],
        "an authority's certificate with octets behind it": [signer.der, between.der + TEXT],
        "an authority's certificate with another unsigned part": [signer.der, texted],
    }


def _unsigned_text(der: bytes) -> bytes:
    """The certificate with text for a parameter of the algorithm that is named outside of what is signed."""
    signed, algorithm, signature = only(der).children
    inner = _der(0x30, algorithm.children[0].raw + _der(0x0C, TEXT))
    return _der(0x30, signed.raw + inner + signature.raw)


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    head = bytes([size]) if size < 128 else bytes([0x82]) + size.to_bytes(2, "big")
    return bytes([tag]) + head + content


# In time stamps.


def stamp_ways(token: bytes) -> Mapping[str, bytes]:
    """A token with text in places that nobody signed."""

    def changed(change: Callable[[Any], None]) -> bytes:
        content = cms.ContentInfo.load(token)
        change(content["content"])
        return bytes(content.dump(force=True))

    def unsigned(data: Any) -> None:
        attribute = cms.CMSAttribute({"type": "1.2.3.4", "values": [core.OctetString(TEXT)]})
        data["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([attribute])

    def sent_along(data: Any) -> None:
        stranger = certify({"O": "Stranger", "CN": "S"}, issuer=make_root("S"), extra=[_texted()])
        data["certificates"].append(cms.CertificateChoices("certificate", asn1_x509.Certificate.load(stranger.der)))

    return {
        "an attribute that nobody signed": changed(unsigned),
        "a certificate sent along": changed(sent_along),
        "octets behind it": token + TEXT,
        "a digest with parameters": _with_parameters(token),
        "revocation lists": _with_lists(token),
        "a response with a status text": _der(0x30, _der(0x30, b"\x02\x01\x00" + _der(0x30, _der(0x0C, TEXT))) + token),
        "a response with failures": _der(0x30, _der(0x30, b"\x02\x01\x00" + _der(0x03, b"\0" + TEXT)) + token),
        "another content": _swapped(token),
    }


def _with_parameters(token: bytes) -> bytes:
    """With parameters for the digest that is named in advance."""
    kind, wrapped = only(token).children
    version, digests, *rest = only(wrapped.content).children
    named = _der(0x30, digests.children[0].children[0].raw + _der(0x0C, TEXT))
    data = _der(0x30, version.raw + _der(0x31, named) + b"".join(one.raw for one in rest))
    return _der(0x30, kind.raw + _der(0xA0, data))


def _with_lists(token: bytes) -> bytes:
    kind, wrapped = only(token).children
    *head, bag, signers = only(wrapped.content).children
    lists = _der(0xA1, _der(0xA1, bytes.fromhex("06032a0304") + _der(0x0C, TEXT)))
    data = _der(0x30, b"".join(one.raw for one in (*head, bag)) + lists + signers.raw)
    return _der(0x30, kind.raw + _der(0xA0, data))


def _swapped(token: bytes) -> bytes:
    kind, wrapped = only(token).children
    version, digests, content, *rest = only(wrapped.content).children
    swapped = _der(0x30, content.children[0].raw + _der(0xA0, _der(0x04, TEXT)))
    data = _der(0x30, version.raw + digests.raw + swapped + b"".join(one.raw for one in rest))
    return _der(0x30, kind.raw + _der(0xA0, data))


# In compressed manifests.


def compressed(manifest: bytes, *, stream: bytes | None = None, more: tuple[bytes, ...] = ()) -> bytes:
    """A manifest superbox in a compressed one of the same label."""
    label = read(manifest).label
    return superbox(b"c2cm", label, box(b"brob", brotli.compress(manifest) if stream is None else stream), *more)


def with_metadata(content: bytes) -> bytes:
    """A Brotli stream of some content with a block of metadata in front of its others (RFC 7932, section 9.2)."""
    for quality in range(11, 1, -1):
        made = _with_metadata(brotli.compress(content, quality=quality))
        try:
            if brotli.decompress(made) == content:
                return made
        except brotli.error:
            # It has a part that is not compressed, which begins at a whole octet: not behind the block any more.
            continue
    raise AssertionError("no stream of that content takes another block")


def _with_metadata(stream: bytes) -> bytes:
    bits = int.from_bytes(stream, "little")
    head = position = 1 if not bits & 1 else 4 if bits & 0xE else 7
    found = bits & (1 << head) - 1
    # Not the last one, no length, nothing reserved, the size of what is skipped in two octets, and that size.
    for value, count in ((0, 1), (3, 2), (0, 1), (2, 2), (len(TEXT) - 1, 16)):
        found |= value << position
        position += count
    position += -position % 8
    found |= int.from_bytes(TEXT, "little") << position
    position += 8 * len(TEXT)
    found |= bits >> head << position
    return found.to_bytes((position + bits.bit_length() - head + 7) // 8, "little")
