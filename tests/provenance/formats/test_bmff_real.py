"""Do real encoders' files keep their answer, and does whatever makes real decoders show something else lose it?"""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from provenance.formats import read_layout
from provenance.formats.bmff.order import is_only_order
from tests.support.corpus import folder, needs_corpus
from tests.support.media.bmff_files import FULL, NEW, OLD, ORDER, animation, at, codes

av = pytest.importorskip("av", reason="PyAV is not installed (extra [viewers])")
pillow_heif = pytest.importorskip("pillow_heif", reason="pillow-heif is not installed (extra [viewers])")


@lru_cache(maxsize=4)
def clip(container: str = "mp4", codec: str = "libx264") -> bytes:
    """A second of film with sound, as an encoder writes it."""
    target = io.BytesIO()
    with av.open(target, "w", format=container) as output:
        pictures, tone = output.add_stream(codec, rate=10), output.add_stream("aac", rate=16_000)
        pictures.width, pictures.height, pictures.pix_fmt = 64, 48, "yuv420p"
        for number in range(10):
            shade = np.full((48, 64, 3), 25 * number, np.uint8)
            shade[number * 4 : number * 4 + 8] = (255, 40, 90)
            for packet in pictures.encode(av.VideoFrame.from_ndarray(shade, format="rgb24")):
                output.mux(packet)
            sound = av.AudioFrame.from_ndarray(
                (np.sin(np.arange(1600) / (3 + number)) * 0.5).astype(np.float32)[None], format="fltp", layout="mono"
            )
            sound.sample_rate = 16_000
            for packet in tone.encode(sound):
                output.mux(packet)
        for stream in (pictures, tone):
            for packet in stream.encode(None):
                output.mux(packet)
    return target.getvalue()


def seen(data: bytes) -> list[bytes]:
    """Every picture of a film as a decoder shows it, as far as it gets."""
    shown = []
    try:
        with av.open(io.BytesIO(data)) as film:
            shown = [frame.to_ndarray(format="rgb24").tobytes() for frame in film.decode(video=0)]
    except av.FFmpegError:
        shown.append(b"refused")
    return shown


def entries(data: bytes) -> list[int]:
    """Where the entries of all tables of chunks stand."""
    found = []
    for start, _ in at(data, "/moov/trak/mdia/minf/stbl/stco"):
        (count,) = struct.unpack(">I", data[start + 12 : start + 16])
        found += range(start + 16, start + 16 + 4 * count, 4)
    return found


def changed(data: bytes, values: Sequence[tuple[int, int]]) -> bytes:
    for place, value in values:
        data = data[:place] + struct.pack(">I", value) + data[place + 4 :]
    return data


@pytest.mark.parametrize("container", ["mp4", "mov"])
def test_a_film_under_an_old_hash_is_whole_until_two_chunks_change_places(container: str) -> None:
    data = clip(container)
    assert codes(data) == FULL
    assert codes(data, rules=OLD, version=2) == codes(data, rules=OLD, version=1) == FULL
    runs = sorted(
        (region.start, region.end, place)
        for region, place in zip(read_layout(data).pointers, entries(data), strict=True)
    )
    told = 0
    for one, after in pairwise(runs):
        other = changed(data, [(after[2], one[0]), (one[2], one[0] + after[1] - after[0])])
        assert codes(other, data, OLD, version=2) == ORDER
        told += seen(other) != seen(data)
    assert told


def test_a_film_whose_sound_and_pictures_cannot_be_told_apart_is_not_settled() -> None:
    assert codes(clip(codec="mpeg4"), rules=OLD, version=2) == ORDER
    assert codes(clip(codec="mpeg4")) == FULL


def test_an_animation_is_shown_otherwise_under_another_brand_and_that_is_told() -> None:
    data = animation()
    assert codes(data) == FULL
    still = data[:8] + b"avif" + data[12:]
    frames = [getattr(Image.open(io.BytesIO(one)), "n_frames", 1) for one in (data, still)]
    assert frames == [3, 1]
    assert codes(still, data) == {"integrity.brands"}


def picture(form: str, shade: int, **more: object) -> bytes:
    pillow_heif.register_heif_opener()
    target = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 60, 200)).save(target, form, **more)
    return target.getvalue()


@pytest.mark.parametrize("form", ["AVIF", "HEIF"])
def test_one_real_picture_is_whole_under_an_old_hash(form: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    plain = picture(form, 10, quality=60)
    described = picture(form, 10, quality=60, exif=exif.tobytes())
    for data in (plain, described):
        assert codes(data) == FULL
        assert codes(data, rules=OLD, version=2) == FULL


def test_two_real_pictures_are_not_settled_and_can_change_places() -> None:
    pillow_heif.register_heif_opener()
    target, second = io.BytesIO(), Image.new("RGB", (64, 48), (250, 250, 0))
    Image.new("RGB", (64, 48), (0, 0, 90)).save(target, "HEIF", save_all=True, append_images=[second])
    data = target.getvalue()
    assert codes(data) == FULL
    assert codes(data, rules=OLD, version=2) == ORDER
    ((start, end),) = at(data, "/meta/iloc")
    first, size = start + 16, (end - start - 16) // 2
    last = first + size
    assert (data[first : first + 2], data[last : last + 2]) == (b"\0\1", b"\0\2")
    swapped = data[:first] + b"\0\2" + data[first + 2 : last] + b"\0\1" + data[last + 2 :]
    shown = [Image.open(io.BytesIO(one)).convert("RGB").getpixel((5, 5)) for one in (data, swapped)]
    assert shown[0] != shown[1]
    assert codes(swapped, data, OLD, version=2) == ORDER


def test_every_brand_that_passes_shows_the_same_to_decoders_that_go_by_it() -> None:
    data = animation()
    original = [frame(data, number) for number in range(3)]
    for brand in (b"avis", b"msf1", b"avif", b"mif1", b"miaf", b"MA1B", b"heic", b"hevc", b"isom", b"mp42", b"qt  "):
        other = data[:8] + brand + data[12:]
        if codes(other, data) == FULL:
            assert brand in (b"avis", b"msf1")
            assert [frame(other, number) for number in range(3)] in (original, [b"refused"] * 3)


def frame(data: bytes, number: int) -> bytes:
    try:
        opened = Image.open(io.BytesIO(data))
        opened.seek(number)
        return opened.convert("RGB").tobytes()
    except (OSError, EOFError):
        return b"refused"


@needs_corpus
@pytest.mark.corpus
def test_genuine_files_under_old_hashes_are_settled_and_those_made_of_them_are_not() -> None:
    whole = (
        "media/c2pa/ms__cards_trusted.mp4",
        "media/c2pa/rs__legacy.mp4",
        "cases/reading/real/ms__cards_trusted.avif",
    )
    moved = ("cases/bytes/12-real-mp4-stco-permuted.mp4", "cases/bytes/12b-real-mp4-stco-permuted.mp4")
    top = folder()
    assert top is not None
    for name in (*whole, *moved):
        data = (top / name).read_bytes()
        assert is_only_order(data, read_layout(data).bmff) is (name in whole)


def test_the_rules_of_old_and_of_today_differ_in_the_tables() -> None:
    assert {rule["xpath"] for rule in OLD} - {rule["xpath"] for rule in NEW} >= {"/meta/iloc"}
