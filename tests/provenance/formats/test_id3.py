"""Is every frame of an ID3 tag named for what it is, in MP3 and FLAC, and a store in one only as a writer frames it?"""

from __future__ import annotations

import struct

import pytest

from provenance.formats import Kind, read_layout
from tests.provenance.by_hand import STORE, leaving, named, whats, without
from tests.support.media.forms import flac, mp3

HEAD = b"\3application/c2pa\0c2pa\0c2pa manifest store\0"


def safe(number: int) -> bytes:
    return bytes((number >> shift) & 0x7F for shift in (21, 14, 7, 0))


def frame(name: bytes, content: bytes, *, flags: bytes = b"\0\0", version: int = 4) -> bytes:
    size = safe(len(content)) if version == 4 else struct.pack(">I", len(content))
    return name + size + flags + content


def tagged(
    *frames: bytes, padding: bytes = b"", version: int = 4, flags: int = 0, size: int | None = None, sound: bytes = b""
) -> bytes:
    """An MP3 with a tag of those frames; `size` says another length than the tag's own."""
    body = b"".join(frames) + padding
    return b"ID3" + bytes((version, 0, flags)) + safe(len(body) if size is None else size) + body + (sound or mp3())


OWN = frame(b"GEOB", HEAD + STORE)


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize(
    "head",
    [
        HEAD,
        b"\0" + HEAD[1:],
        b"\3application/x-c2pa-manifest-store\0c2pa\0c2pa manifest store\0",
        b"\0application/c2pa\0\0\0",
    ],
)
def test_a_store_is_framed_as_writers_frame_it(head: bytes, version: int) -> None:
    own = frame(b"GEOB", head + STORE, version=version)
    data = tagged(frame(b"TIT2", b"\3title", version=version), own, version=version)
    assert read_layout(data).stores == (STORE,)
    assert named(without(data, own)) == ["integrity.coverage.full"]


@pytest.mark.parametrize(
    "own",
    [
        frame(b"GEOB", HEAD[:-1] + b"<html>\0" + STORE),
        frame(b"GEOB", HEAD.replace(b"\0c2pa\0", b"\0a.html\0") + STORE),
        frame(b"GEOB", b"\1" + HEAD[1:] + STORE),
        frame(b"GEOB", HEAD + STORE, flags=b"\0\2"),
        frame(b"GEOB", HEAD + STORE, flags=b"\x40\0"),
        frame(b"GEOB", HEAD + STORE + b"<html>"),
    ],
    ids=["description", "name", "encoding", "unsynchronised", "preserved", "behind"],
)
def test_a_store_framed_otherwise_is_among_foreign_bytes(own: bytes) -> None:
    data = tagged(own)
    assert read_layout(data).stores
    assert "integrity.store.foreign" in named(without(data, own))
    start = data.index(STORE)
    # What the hash covers is signed, whatever it says; here only the store itself is left out.
    assert named(leaving(data, (start, start + len(STORE)))) == ["integrity.coverage.full"]


def test_a_store_that_does_not_begin_where_its_frame_says_is_none() -> None:
    own = frame(b"GEOB", HEAD + b"page" + STORE)
    assert named(without(tagged(own), own)) == ["integrity.store.foreign"]


@pytest.mark.parametrize("at", [0, 5, 6, 9])
def test_the_length_of_the_tag_decides_where_the_sound_begins(at: int) -> None:
    data = tagged(OWN)
    start = data.index(OWN)
    found = leaving(data, (at, at + 1), (start, start + len(OWN)))
    assert named(found) == ["integrity.shown.excluded"]
    assert found.shown_names == ("length of the ID3 tag",)


@pytest.mark.parametrize(("version", "extended"), [(4, b"\0\0\0\6\1\0"), (3, b"\0\0\0\6" + bytes(6))])
def test_the_length_of_a_further_header_decides_too(version: int, extended: bytes) -> None:
    own = frame(b"GEOB", HEAD + STORE, version=version)
    data = tagged(extended, own, version=version, flags=0x40)
    assert read_layout(data).stores == (STORE,)
    start = data.index(own)
    found = leaving(data, (10, 14), (start, start + len(own)))
    assert found.shown_names == ("length of the ID3 tag",)
    assert named(leaving(data, (start, start + len(own)))) == ["integrity.coverage.full"]


def test_a_tag_grown_over_the_sound_is_padding_that_is_filled() -> None:
    data = tagged(OWN, size=len(OWN) + 500)
    start = data.index(OWN)
    found = leaving(data, (6, 10), (start, start + len(OWN)))
    assert "integrity.shown.excluded" in named(found)
    layout = read_layout(data)
    sound = next(one for one in layout.of_kind(Kind.MEDIA))
    assert sound.start == 10 + len(OWN) + 500


@pytest.mark.parametrize(("padding", "filled"), [(bytes(50), False), (bytes(50) + b"<html>", True)])
def test_padding_that_is_left_out_is_zeros(padding: bytes, filled: bool) -> None:
    data = tagged(OWN, padding=padding)
    start = data.index(OWN)
    end = start + len(OWN) + len(padding)
    assert ("integrity.padding.filled" in named(leaving(data, (start, end)))) is filled
    # Signed padding is its signer's own affair.
    assert named(leaving(data, (start, start + len(OWN)))) == ["integrity.coverage.full"]


@pytest.mark.parametrize(
    ("own", "shown"),
    [
        (frame(b"APIC", b"\0image/png\0\3\0picture"), "cover picture"),
        (frame(b"CHAP", b"one\0" + bytes(16)), "chapters"),
        (frame(b"RVA2", b"track\0" + bytes(5)), "loudness"),
        (frame(b"TXXX", b"\3REPLAYGAIN_TRACK_GAIN\0-6 dB"), "loudness"),
        (frame(b"TXXX", b"\1\xff\xfe" + "replaygain_track_gain".encode("utf-16-le")), "loudness"),
        (frame(b"COMM", b"\0engiTunSMPB\0 00000000"), "loudness"),
        (frame(b"LINK", b"APICfile:picture"), "link to another file"),
    ],
)
def test_frames_by_which_players_play_are_named_where_they_are_left_out(own: bytes, shown: str) -> None:
    found = without(tagged(OWN, own), own)
    assert "integrity.shown.excluded" in named(found)
    assert found.shown_names == (shown,)


@pytest.mark.parametrize(
    "own", [frame(b"TIT2", b"\3title"), frame(b"COMM", b"\0eng\0words"), frame(b"USLT", b"\0eng\0words")]
)
def test_words_in_a_tag_are_left_out_without_a_doubt(own: bytes) -> None:
    assert named(without(tagged(OWN, own), own)) == ["integrity.coverage.metadata_excluded"]


def test_a_length_of_the_tag_that_players_read_in_two_ways_is_a_doubt() -> None:
    data = bytearray(tagged(OWN))
    data[6] |= 0x80
    assert whats(leaving(bytes(data))) == ["an ID3 tag whose length is written wrongly"]


@pytest.mark.parametrize(("size", "doubtful"), [(b"\0\0\0\xc8", True), (safe(200), False)])
def test_a_length_of_a_frame_that_players_read_in_two_ways_is_a_doubt(size: bytes, doubtful: bool) -> None:
    data = tagged(frame(b"TIT2", bytes(200)).replace(safe(200), size), OWN)
    wanted = ["an ID3 frame whose length is written wrongly"] if doubtful else []
    assert whats(leaving(data)) == wanted


def test_a_footer_belongs_to_the_tag() -> None:
    body = tagged(OWN, flags=0x10)
    at = 10 + len(OWN)
    data = body[:at] + b"3DI" + body[3:10] + body[at:]
    assert [one.name for one in read_layout(data).regions] == ["ID3 header", "manifest", "ID3 footer", "sound"]


@pytest.mark.parametrize(("version", "flags"), [(2, 0), (3, 0x80), (5, 0)])
def test_a_tag_of_another_form_is_never_harmless(version: int, flags: int) -> None:
    data = tagged(OWN, version=version, flags=flags)
    layout = read_layout(data)
    assert not layout.stores
    assert "integrity.coverage.other_excluded" in named(leaving(data, (10, 10 + len(OWN))))


def test_two_stores_are_two() -> None:
    assert len(read_layout(tagged(OWN, OWN)).stores) == 2


def test_a_flac_behind_a_tag_is_known_by_its_own_mark() -> None:
    assert read_layout(tagged(OWN, sound=flac())).format == "flac"
    assert read_layout(tagged(OWN)).format == "mp3"
