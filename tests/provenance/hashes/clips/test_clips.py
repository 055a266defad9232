"""Is a clip placed in its talk within a second, by sound, by pictures or both, and a clip of another talk nowhere?"""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.hashes.clips import clips, frames, sound
from provenance.hashes.clips.clips import Placement, place_files, place_pictures
from provenance.hashes.clips.placing import Placed, Stretch, place
from provenance.hashes.original import Against, against
from tests.support import talks

ROOT = Path(__file__).resolve().parents[4]
SECONDS = 75


@functools.cache
def voice() -> Any:
    return talks.speech(SECONDS, 1)


@functools.cache
def scenes() -> Any:
    return talks.pictures(SECONDS, 1)


@functools.cache
def talk() -> bytes:
    return talks.encode(scenes(), voice())


@pytest.fixture(autouse=True, scope="module")
def decoded_once() -> Iterator[None]:
    """The talk is what most clips are looked for in: what was read of a file is kept."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("read_track", "read_film"):
            patch.setattr(clips, name, functools.lru_cache(maxsize=4)(getattr(clips, name)))
        yield


def clip(*spans: talks.Span, heard: tuple[talks.Span, ...] | None = None, crop: bool = False, **options: Any) -> bytes:
    """Some spans of the talk, encoded anew."""
    images = talks.cut_pictures(scenes(), *spans)
    if crop:
        images = [image[20:160, 40:280] for image in images]
    return talks.encode(images, talks.cut_sound(voice(), *(heard or spans)), rate=32_000, **options)


def only(placed: Placed | None) -> Stretch:
    assert placed is not None
    assert len(placed.stretches) == 1, placed
    return placed.stretches[0]


def lies_at(placed: Placed | None, start: float, end: float, *, within: float = 1.0) -> bool:
    one = only(placed)
    return abs(one.original_start - one.start - start) <= within and abs(one.original_end - end) <= within


@pytest.mark.parametrize("crop", [False, True], ids=["whole", "cropped"])
def test_an_excerpt_encoded_anew_is_placed_by_both(crop: bool) -> None:
    found = place_files(talk(), clip((31.3, 52.3), crop=crop))
    assert lies_at(found.sound, 31.3, 52.3, within=0.2)
    assert lies_at(found.pictures, 31.3, 52.3)
    assert found.reason is None
    assert (found.seconds, found.original_seconds) == pytest.approx((21, SECONDS), abs=0.3)


@pytest.mark.parametrize("kind", ["mp3", "wav", "mp4"])
def test_sound_alone_is_placed(kind: str) -> None:
    part = talks.encode(None, talks.cut_sound(voice(), (40.0, 55.0)), kind=kind, rate=32_000)
    found = place_files(talk(), part)
    assert lies_at(found.sound, 40.0, 55.0, within=0.2)
    assert found.pictures is None


def test_sound_alone_is_placed_in_sound_alone() -> None:
    whole = talks.encode(None, voice(), kind="mp3", rate=64_000)
    part = talks.encode(None, talks.cut_sound(voice(), (12.0, 27.0)) * 0.3, kind="wav")
    assert lies_at(place_files(whole, part).sound, 12.0, 27.0, within=0.2)


@pytest.mark.parametrize("crop", [False, True], ids=["whole", "cropped"])
def test_pictures_without_sound_are_placed(crop: bool) -> None:
    images = talks.cut_pictures(scenes(), (25.0, 45.0))
    images = [image[20:160, 40:280] for image in images] if crop else images
    found = place_files(talk(), talks.encode(images, None))
    assert lies_at(found.pictures, 25.0, 45.0)
    assert found.sound is None


def test_an_excerpt_of_another_talk_is_placed_nowhere() -> None:
    found = place_files(talk(), talks.encode(talks.pictures(20, 7), talks.speech(20, 7)))
    for placed in (found.sound, found.pictures):
        assert placed is not None
        assert placed.stretches == ()
        assert placed.unfound == ((0.0, 20.0),)


def test_a_cut_in_the_middle_is_found_where_it_is() -> None:
    found = place_files(talk(), clip((10, 24), (48, 62)))
    for placed in (found.sound, found.pictures):
        assert placed is not None
        first, second = placed.stretches
        assert (first.end, second.start) == pytest.approx((14, 14), abs=1)
        assert (first.original_end, second.original_start) == pytest.approx((24, 48), abs=1)


def test_parts_in_another_order_are_found_in_that_order() -> None:
    found = place_files(talk(), clip((48, 62), (10, 24)))
    assert found.sound is not None
    assert [round(one.original_start) for one in found.sound.stretches] == [48, 10]


def test_a_voice_of_another_talk_over_its_pictures_is_told_apart() -> None:
    part = talks.encode(talks.cut_pictures(scenes(), (20, 40)), talks.speech(20, 5))
    found = place_files(talk(), part)
    assert found.sound is not None
    assert found.sound.stretches == ()
    assert lies_at(found.pictures, 20, 40)


def test_what_was_put_in_is_told() -> None:
    own, foreign = talks.cut_sound(voice(), (20, 32)), talks.speech(12, 8)
    found = place_files(talk(), talks.encode(None, np.concatenate([own, foreign, talks.cut_sound(voice(), (32, 44))])))
    assert found.sound is not None
    assert len(found.sound.unfound) == 1
    assert found.sound.unfound[0] == pytest.approx((12, 24), abs=1)
    assert [one.original_end for one in found.sound.stretches] == pytest.approx([32, 44], abs=1)


def test_four_foreign_seconds_are_told_too() -> None:
    parts = talks.cut_sound(voice(), (20, 40)), talks.speech(4, 8), talks.cut_sound(voice(), (40, 52))
    found = place_files(talk(), talks.encode(None, np.concatenate(parts)))
    assert found.sound is not None
    assert [part == pytest.approx((20, 24), abs=0.6) for part in found.sound.unfound] == [True]


@pytest.mark.parametrize(
    ("original", "part", "reason"),
    [
        (b"nothing", None, "original-undecodable"),
        (None, b"nothing", "undecodable"),
        (None, b"", "undecodable"),
    ],
)
def test_what_cannot_be_decoded_is_named(original: bytes | None, part: bytes | None, reason: str) -> None:
    assert (
        place_files(talk() if original is None else original, clip((1, 9)) if part is None else part).reason == reason
    )


def test_a_clip_of_a_second_is_not_looked_for() -> None:
    part = talks.encode(None, talks.cut_sound(voice(), (5, 6)), kind="wav")
    assert place_files(talk(), part).reason == "too-short"


def test_an_original_shorter_than_its_clip_is_found_within_it() -> None:
    whole = talks.encode(None, talks.cut_sound(voice(), (20, 26)), kind="wav")
    found = place_files(whole, talks.encode(None, talks.cut_sound(voice(), (5, 50)), kind="mp3", rate=64_000))
    one = only(found.sound)
    assert (one.start, one.end) == pytest.approx((15, 21), abs=0.5)
    assert (one.original_start, one.original_end) == pytest.approx((0, 6), abs=0.5)
    assert found.sound is not None
    assert [round(edge) for part in found.sound.unfound for edge in part] == [0, 15, 21, 45]


def test_an_original_of_a_second_is_too_short_and_the_clip_not_too_plain() -> None:
    part = talks.encode(None, talks.cut_sound(voice(), (5, 6)), kind="wav")
    assert place_files(part, talk()).reason == "original-too-short"


def late(seconds: float, *, gap: float = 0.0) -> bytes:
    """The talk with sound that begins so late, as live recordings have it, and pauses for so long after 30 s."""
    return talks.encode(scenes(), voice()[int(seconds * talks.RATE) :], late=seconds, gap=(30.0, gap))


def test_sound_that_begins_late_is_where_its_file_puts_it() -> None:
    found = place_files(late(6.0), clip((31.3, 52.3)))
    assert lies_at(found.sound, 31.3, 52.3, within=0.3)
    assert lies_at(found.pictures, 31.3, 52.3)


def test_a_gap_in_the_sound_is_silence() -> None:
    track = sound.read_track(late(0.0, gap=4.0))
    assert track is not None
    assert track.seconds == pytest.approx(SECONDS + 4, abs=0.3)
    assert not track.rows[305:335].any()
    part = talks.encode(None, talks.cut_sound(voice(), (40, 55)), kind="wav")
    assert lies_at(place_files(late(0.0, gap=4.0), part).sound, 44, 59, within=0.3)


def test_sound_is_heard_the_same_in_any_pieces() -> None:
    samples = voice()[: 70 * talks.RATE : 2]
    whole = sound.rows_of(samples)
    heard = sound._Heard()
    for piece in np.array_split(samples, 997):
        heard.add(piece)
    assert np.array_equal(heard.rows(), whole)
    assert len(whole) == len(samples) // 800


def test_what_the_original_lacks_is_named() -> None:
    whole = talks.encode(None, voice(), kind="mp3", rate=64_000)
    found = place_files(whole, clip((12, 27)))
    assert lies_at(found.sound, 12, 27, within=0.3)
    assert (found.pictures, found.alone) == (None, ("pictures",))
    assert place_files(talk(), clip((12, 27))).alone == ()


def test_silence_is_not_looked_for() -> None:
    part = talks.encode(None, np.zeros(12 * talks.RATE, np.float32), kind="wav")
    assert place_files(talk(), part).reason == "too-plain"


def test_a_standing_picture_is_placed_nowhere() -> None:
    still = [scenes()[80]] * (12 * talks.FRAMES)
    found = place_files(talk(), talks.encode(still, None))
    assert found.pictures is None or found.pictures.stretches == ()


def test_sound_and_pictures_alone_have_nothing_in_common() -> None:
    pictures, heard = talks.encode(talks.cut_pictures(scenes(), (0, 10)), None), talks.encode(None, voice(), kind="wav")
    assert place_files(pictures, heard).reason == "nothing-in-common"


def test_a_truncated_clip_is_placed_as_far_as_it_goes() -> None:
    part = talks.encode(None, talks.cut_sound(voice(), (20, 40)), kind="mp3", rate=64_000)
    found = place_files(talk(), part[: len(part) * 2 // 3])
    assert found.sound is not None
    assert only(found.sound).original_start == pytest.approx(20, abs=1)


@pytest.mark.parametrize("seed", range(6))
def test_flipped_bytes_end_nothing(seed: int) -> None:
    chance = np.random.default_rng(seed)
    part = bytearray(clip((20, 30)))
    for byte in chance.integers(0, len(part), 60):
        part[byte] ^= int(chance.integers(1, 256))
    assert isinstance(place_files(talk(), bytes(part)), Placement)


def test_a_film_of_which_only_key_frames_are_looked_at_is_still_found() -> None:
    """As talks of any length are: an encoder puts a key frame every ten seconds, and no time for more."""
    images = talks.pictures(200, 3)
    whole = frames.read_film(talks.encode(images, None, every=40), budget=150 * 320 * 180)
    assert whole is not None
    assert 0 < whole.there.mean() < 0.15
    for start, end, crop in ((60.0, 110.0, False), (0.0, 200.0, False), (92.0, 141.0, True)):
        cut = talks.cut_pictures(images, (start, end))
        part = frames.read_film(talks.encode([image[20:160, 40:280] for image in cut] if crop else cut, None))
        assert part is not None
        found = place_pictures(whole, part)
        assert lies_at(found, start, end)
        assert found.sparse == pytest.approx(5, abs=0.5)
        assert found.unfound == ()
    other = frames.read_film(talks.encode(talks.pictures(60, 9), None))
    assert other is not None
    assert place_pictures(whole, other).stretches == ()


def test_a_clip_between_two_key_frames_is_not_looked_for() -> None:
    whole = frames.read_film(talks.encode(scenes(), None, every=80), budget=100 * 320 * 180)
    part = frames.read_film(clip((21, 31)))
    assert whole is not None
    assert part is not None
    found = place_pictures(whole, part)
    assert (found.stretches, found.informative, found.sparse) == ((), 0.0, pytest.approx(10, abs=0.7))


def test_a_long_film_is_looked_at_by_its_key_frames_and_bounded() -> None:
    whole = frames.read_film(talk(), budget=40 * 320 * 180)
    assert whole is not None
    assert whole.there.sum() <= 40
    assert whole.seconds > 10


def test_a_long_recording_is_cut_and_says_so() -> None:
    track = sound.read_track(talk(), limit=10)
    assert track is not None
    assert track.is_cut
    assert 10 <= track.seconds < 12


@settings(max_examples=25, deadline=None)
@given(start=st.integers(0, 900), length=st.integers(30, 300), gain=st.floats(0.2, 2), seed=st.integers(0, 99))
def test_any_part_of_any_features_is_placed_where_it_was_taken(start: int, length: int, gain: float, seed: int) -> None:
    chance = np.random.default_rng(seed)
    rows = chance.normal(0, 1, (1200, 24)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    part = rows[start : start + length] + chance.normal(0, 0.02 * gain, (length, 24)).astype(np.float32)
    part /= np.linalg.norm(part, axis=1, keepdims=True)
    one = only(place(rows, part.astype(np.float32), step=0.1, least=0.45))
    assert (one.original_start, one.original_end) == pytest.approx((start * 0.1, (start + length) * 0.1), abs=0.11)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), length=st.integers(0, 90))
def test_unrelated_features_are_placed_nowhere(seed: int, length: int) -> None:
    chance = np.random.default_rng(seed)
    rows, part = (chance.normal(0, 1, (count, 24)).astype(np.float32) for count in (1200, length))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    part /= np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-6)
    assert place(rows, part, step=0.1, least=0.45).stretches == ()


def test_a_picture_and_a_recording_are_not_compared() -> None:
    assert against(talk(), "video/mp4", b"", "image/png", pixels=10) == Against(reason="different-kinds")
    assert against(b"%PDF", "application/pdf", b"", "image/png", pixels=10) == Against(reason="unsupported")


def test_one_answer_in_every_process() -> None:
    script = (
        "import hashlib, msgspec; from tests.provenance.hashes.clips.test_clips import clip, talk, place_files;"
        "print(hashlib.sha256(msgspec.msgpack.encode(place_files(talk(), clip((20, 35), crop=True)))).hexdigest())"
    )
    answers = set()
    for threads in ("1", "3"):
        environment = {"OPENBLAS_NUM_THREADS": threads, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin"}
        ran = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment
        )
        answers.add(ran.stdout)
    assert len(answers) == 1
