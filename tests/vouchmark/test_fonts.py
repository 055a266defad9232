"""Are signed fonts checked by our own reading beside the one engine that reads them?"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any, Final

import cbor2
import pytest

from provenance.credentials.trust.formats import ListKind
from provenance.formats import Kind, read_layout
from tests.support.authority import NOW, list_of, make_root, make_signer, store_of
from tests.support.media.crafting import Draft, actions, sha256, store
from vouchmark import Report, check
from vouchmark.report import Line, Status

ROOT: Final = make_root()
SIGNER: Final = make_signer(ROOT)
TABLES: Final = {b"glyf": b"the shapes of all letters", b"head": b"\0\1\0\0" + bytes(50), b"name": b"Harbour Sans"}


def carrier(stored: bytes, *, alone: bool = False, more: bytes = b"") -> bytes:
    """The content of the table `C2PA`."""
    return stored if alone else struct.pack(">HHIHHII", 0, 1, 0, 0, 0, 20, len(stored)) + stored + more


def font(tables: Mapping[bytes, bytes], *, kind: bytes = b"OTTO") -> bytes:
    """A font of those tables, sorted by name as the format asks for; checksums are left at zero."""
    places, body, start = b"", b"", 12 + 16 * len(tables)
    for tag, content in sorted(tables.items()):
        places += struct.pack(">4sIII", tag, 0, start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    return kind + struct.pack(">HHHH", len(tables), 32, 1, 0) + places + body


def record(data: bytes, tag: bytes) -> int:
    """Where the directory's entry of a table begins."""
    count = struct.unpack_from(">H", data, 4)[0]
    return next(at for at in range(12, 12 + 16 * count, 16) if data[at : at + 4] == tag)


def place(data: bytes, tag: bytes) -> tuple[int, int]:
    """Start and length of a table."""
    start, length = struct.unpack_from(">II", data, record(data, tag) + 8)
    return start, length


def sign_font(
    tables: Mapping[bytes, bytes] = TABLES,
    *,
    alone: bool = False,
    kind: bytes = b"OTTO",
    leave: Callable[[bytes], list[tuple[int, int]]] = lambda _: [],
) -> bytes:
    """A font with a data hash over everything but its store and the checksums that depend on it."""
    draft, stored = Draft(signer=SIGNER, assertions=[actions()]), b""
    base = list(draft.assertions)
    for _ in range(6):
        whole = font({**tables, b"C2PA": carrier(stored, alone=alone)}, kind=kind)
        start, length = place(whole, b"C2PA")
        skip = 0 if alone else 20
        ranges = sorted(
            [
                (start + skip, length - skip),
                (record(whole, b"C2PA") + 4, 4),
                (place(whole, b"head")[0] + 8, 4),
                *leave(whole),
            ]
        )
        kept, position = b"", 0
        for first, size in ranges:
            kept += whole[position:first]
            position = first + size
        exclusions = [{"start": first, "length": size} for first, size in ranges]
        content: dict[str, Any] = {"exclusions": exclusions, "alg": "sha256", "hash": sha256(kept + whole[position:])}
        content["pad"] = bytes(400 - len(cbor2.dumps(content)))
        draft.assertions = [*base, ("c2pa.hash.data", content)]
        made = store(draft.build())
        if len(made) == len(stored):
            return font({**tables, b"C2PA": carrier(made, alone=alone)}, kind=kind)
        stored = made
    raise AssertionError("the layout does not settle")


def examined(data: bytes) -> Report:
    return check(data, trust=store_of(list_of(ROOT, kind=ListKind.SIGNER)), at=NOW, in_process=True)


def codes(report: Report) -> set[str]:
    return {finding.code for finding in report.evidence[Line.INTEGRITY].findings}


@pytest.mark.parametrize("alone", [False, True], ids=["behind a header", "alone"])
@pytest.mark.parametrize("kind", [b"OTTO", b"\0\1\0\0"], ids=["OTF", "TTF"])
def test_a_signed_font_is_read_by_us_and_not_changed(*, alone: bool, kind: bytes) -> None:
    report = examined(sign_font(alone=alone, kind=kind))

    assert "integrity.coverage.full" in codes(report)
    assert report.evidence[Line.SIGNER].status is Status.PASS
    assert report.evidence[Line.INTEGRITY].status in (Status.PASS, Status.UNKNOWN if alone else Status.PASS)


def test_a_changed_letter_fails() -> None:
    report = examined(sign_font().replace(b"letters", b"numbers"))

    assert report.evidence[Line.INTEGRITY].status is Status.FAIL
    assert "assertion.dataHash.mismatch" in codes(report)


def test_a_changed_checksum_is_no_change_of_the_font() -> None:
    data = bytearray(sign_font())
    at = place(bytes(data), b"head")[0] + 8
    data[at : at + 4] = b"\1\2\3\4"

    assert examined(bytes(data)).evidence[Line.INTEGRITY].status is Status.PASS


def test_letters_that_a_hash_leaves_out_fail() -> None:
    report = examined(sign_font(leave=lambda whole: [place(whole, b"glyf")]))

    assert "integrity.coverage.media_excluded" in codes(report)
    assert report.evidence[Line.INTEGRITY].status is Status.FAIL


def test_an_unsigned_font_has_none() -> None:
    assert codes(examined(font(TABLES))) == {"integrity.absent"}


class TestLayout:
    def test_every_byte_has_its_part(self) -> None:
        data = sign_font()
        layout = read_layout(data, "font/otf")

        assert sum(region.end - region.start for region in layout.regions) == len(data)
        assert {region.name for region in layout.regions if region.kind is Kind.STRUCTURE} == {"checksums", "padding"}
        assert layout.doubts == ()

    def test_a_table_within_the_store_is_told(self) -> None:
        data = bytearray(sign_font())
        start, _ = place(bytes(data), b"C2PA")
        struct.pack_into(">I", data, record(bytes(data), b"name") + 8, start + 30)

        assert "integrity.pointer.store" in {one.code for one in read_layout(bytes(data), "font/otf").doubts}

    def test_tables_in_each_other_or_outside_are_told(self) -> None:
        data = bytearray(font(TABLES))
        struct.pack_into(">I", data, record(bytes(data), b"name") + 8, place(bytes(data), b"glyf")[0])
        assert [one.what for one in read_layout(bytes(data), "font/otf").doubts] == ["tables that lie in each other"]

        outside = read_layout(font(TABLES)[:-20], "font/otf")
        assert not outside.complete
        assert [one.what for one in outside.doubts] == ["tables that lie outside the font"]

    @pytest.mark.parametrize("content", [b"", b"short", carrier(b"no store"), carrier(b"", more=b"evil"), bytes(40)])
    def test_what_is_no_store_is_foreign(self, content: bytes) -> None:
        layout = read_layout(font({**TABLES, b"C2PA": content}), "font/otf")

        assert any(region.kind is Kind.FOREIGN for region in layout.regions) or not content
