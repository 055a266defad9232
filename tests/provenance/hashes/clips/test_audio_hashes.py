"""Has a recording the Audio-Code that the standard's own tools give it, and is it said where none can be made?"""

from __future__ import annotations

import io
import json
import math
import shutil
import struct
import subprocess
import wave
from pathlib import Path

import pytest

from provenance.hashes.clips import audio
from provenance.hashes.clips.audio import SoundError, features_of
from provenance.hashes.fingerprint import fingerprint
from provenance.hashes.iscc import agreements, codes_of


def recording(seconds: float = 8, *, rate: int = 22_050, channels: int = 1, noise: int = 0) -> bytes:
    """A WAV file of a slow melody."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        samples = []
        for place in range(int(seconds * rate)):
            tone = 220 * 2 ** ((place * 3 // rate) % 12 / 12)
            value = int(9000 * math.sin(2 * math.pi * tone * place / rate)) + (place * 7919 % 13 - 6) * noise
            samples.extend([value] * channels)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return target.getvalue()


@pytest.fixture
def heard() -> bytes:
    """A recording, where there is something to listen with."""
    data = recording()
    try:
        features_of(data)
    except SoundError as error:
        pytest.skip(f"recordings cannot be listened to here ({error})")
    return data


def test_a_recording_has_an_audio_code(heard: bytes) -> None:
    assert [code.value[:7] for code in codes_of(heard, "audio/wav", None)][1] == "ISCC:EI"
    assert fingerprint(heard, "audio/wav").is_sound


def test_the_code_survives_another_rate_and_noise_and_not_another_tune(heard: bytes) -> None:
    plain, other = (codes_of(data, "audio/wav", None)[1].value for data in (heard, recording(noise=40, rate=32_000)))
    [agreement] = agreements(plain, other)
    assert (agreement.kind, agreement.bits) == ("content-audio", 64)
    assert agreement.distance <= 16


@pytest.mark.parametrize("channels", [1, 2])
def test_hears_what_the_standards_tool_hears(heard: bytes, channels: int, tmp_path: Path) -> None:
    if shutil.which("fpcalc") is None:
        pytest.skip("fpcalc is not installed")
    data = recording(channels=channels)
    (tmp_path / "tune.wav").write_bytes(data)
    words = ["fpcalc", "-raw", "-json", "-signed", "-length", "0", str(tmp_path / "tune.wav")]
    # Some releases end with 3 at every end of file, after they have written everything.
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert features_of(data) == json.loads(done.stdout)["fingerprint"]


@pytest.mark.parametrize("data", [b"", b"no sound", bytes(5000), recording()[:60]])
def test_what_cannot_be_heard_has_no_audio_code_and_the_others(heard: bytes, data: bytes) -> None:
    assert heard
    with pytest.raises(SoundError, match=r"undecodable|too-short"):
        features_of(data)
    assert [code.value[:7] for code in codes_of(data, "audio/wav", None)] == ["ISCC:KU", "ISCC:GA", "ISCC:IA"]


def test_a_recording_that_is_too_long_has_no_audio_code(heard: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio, "MAX_SAMPLES", 10_000)
    with pytest.raises(SoundError, match="too-long"):
        features_of(heard)


def test_without_the_library_there_is_no_audio_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio, "LIBRARIES", ("libthere-is-none.so.1",))
    with pytest.raises(SoundError, match="not-installed"):
        features_of(recording(1))
    assert [code.value[:7] for code in codes_of(recording(1), "audio/wav", None)] == ["ISCC:KU", "ISCC:GA", "ISCC:IA"]
