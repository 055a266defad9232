"""Are a video's frames hashed a second at a time, upright, within bounds, and found again on a copy?"""

from __future__ import annotations

import io
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from provenance.hashes.clips.video import FRAME_RULE, MAX_FRAMES, Frames, frames_of
from provenance.hashes.index.index import KnownMedia
from provenance.hashes.pictures.pdq import NEAR, RULE, distance, pdq
from tests.support.command import Command
from vouchmark.demo.pictures import harbour

av = pytest.importorskip("av", reason="the package that decodes videos is not installed")

SIZE = (320, 240)


def scene(number: int) -> Image.Image:
    """One of several pictures that have nothing in common."""
    if number == 0:
        return harbour().convert("RGB").resize(SIZE)
    noise = np.random.default_rng(number).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize(SIZE, Image.Resampling.BICUBIC)


def film(
    pictures: list[Image.Image], *, seconds: int = 1, rate: int = 5, codec: str = "mpeg4", bit_rate: int = 4_000_000
) -> bytes:
    """An MP4 that shows each picture for so many seconds."""
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height = pictures[0].size
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = bit_rate
        for picture in pictures:
            for _ in range(seconds * rate):
                container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode())
    return target.getvalue()


def turned_clockwise(data: bytes) -> bytes:
    """The same film with the note that it is to be shown turned by 90 degrees clockwise, as phones write it."""
    place = data.index(b"tkhd") + 4 + 4 + 4 * 5 + 8 + 8
    matrix = struct.pack(">9i", 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    return data[:place] + matrix + data[place + 36 :]


def test_hashes_the_first_frame_of_each_second_with_its_time() -> None:
    found = frames_of(film([scene(number) for number in range(4)]))
    assert (found.reason, found.is_cut) == (None, False)
    assert [frame.at for frame in found.frames] == [0, 1000, 2000, 3000]
    for number, frame in enumerate(found.frames):
        assert distance(frame.bits, pdq(np.asarray(scene(number))).bits) <= NEAR
        assert distance(frame.mirrored, pdq(np.asarray(ImageOps.mirror(scene(number)))).bits) <= NEAR


def test_shows_a_phones_film_upright() -> None:
    stored = [scene(number).transpose(Image.Transpose.ROTATE_90) for number in range(2)]
    found = frames_of(turned_clockwise(film(stored)))
    assert [frame.at for frame in found.frames] == [0, 1000]
    for number, frame in enumerate(found.frames):
        assert distance(frame.bits, pdq(np.asarray(scene(number))).bits) <= NEAR


def test_a_rule_stands_with_each_frame() -> None:
    assert RULE in FRAME_RULE


def test_looks_at_the_beginning_of_a_long_film_and_says_so() -> None:
    data = film([scene(number) for number in range(6)])
    found = frames_of(data, budget=3 * 5 * SIZE[0] * SIZE[1])
    assert found.is_cut
    assert [frame.at for frame in found.frames] == [0, 1000, 2000]
    assert found.until == 2800
    assert MAX_FRAMES > 100


def test_a_film_that_breaks_off_is_looked_at_as_far_as_it_goes() -> None:
    data = film([scene(number) for number in range(4)])
    # The index stands at the end in a plain MP4: without it there is nothing to see.
    assert frames_of(data[: len(data) // 2]).reason in ("undecodable", "no-frames")


@pytest.mark.parametrize("data", [b"", b"no film at all", bytes(5000), b"\0\0\0\x18ftypmp42" + bytes(100)])
def test_what_is_no_film_has_no_frames(data: bytes) -> None:
    found = frames_of(data)
    assert found.frames == ()
    assert found.reason in ("undecodable", "no-frames")


def test_changed_bytes_never_raise() -> None:
    data = film([scene(0), scene(1)])
    rng = np.random.default_rng(5)
    for _ in range(40):
        changed = bytearray(data)
        for place in rng.integers(0, len(data), 6):
            changed[place] = int(rng.integers(0, 256))
        found = frames_of(bytes(changed))
        assert bool(found.frames) != bool(found.reason)


def test_says_when_the_library_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    assert frames_of(film([scene(0)])) == Frames(reason="not-installed")


def test_a_recompressed_film_and_a_still_of_it_are_found(tmp_path: Path) -> None:
    run = Command(folder=tmp_path / "here", home=tmp_path / "home")
    (run.folder / "films").mkdir(parents=True)
    pictures = [scene(number) for number in range(4)]
    (run.folder / "films" / "harbour.mp4").write_bytes(film(pictures))
    assert run("index", "add", "films", "--index", "known", "--label", "film").code == 0
    with KnownMedia(run.folder / "known") as known:
        [(entry, bits)] = list(known.every())
    assert [hashed.at for hashed in entry.hashes] == [0, 1000, 2000, 3000]
    assert {hashed.rule for hashed in entry.hashes} == {FRAME_RULE}
    assert len(bits) == 4
    small = [ImageOps.mirror(picture).resize((160, 120)) for picture in pictures]
    (run.folder / "copy.mp4").write_bytes(film(small, bit_rate=300_000))
    found = run("check", "copy.mp4", "--index", "known", "--only", "known", "--format", "json").json["evidence"][
        "known"
    ]
    assert found["status"] == "pass"
    assert found["findings"][0]["statement"].endswith("hashes can be made alike on purpose.")
    assert found["findings"][0]["detail"]["frames"] >= 3
    assert found["findings"][0]["detail"]["turn"] == "mirror"
    scene(2).save(run.folder / "still.png")
    found = run("check", "still.png", "--index", "known", "--only", "known", "--format", "json").json["evidence"][
        "known"
    ]
    assert found["findings"][0]["statement"].startswith(
        "It looks like a frame of a video, 0:02 into it, that is in the index"
    )
