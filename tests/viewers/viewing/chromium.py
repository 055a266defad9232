"""What does Chromium show: pictures with their frames, films, sounds and drawings?

One browser a process, started when it is first asked; every way out is closed. What a page shows is read back from a
canvas, so that orientation and colour profiles have been applied.
"""

from __future__ import annotations

import atexit
import base64
import json
import shutil
import tempfile
from pathlib import Path
from typing import Final

from tests.support.browser import CHROMIUM, Browser
from tests.viewers.model import RefusedError, View, Viewer
from tests.viewers.viewing.libraries import digest, refusing

PICTURES: Final = frozenset(f"image/{kind}" for kind in ("jpeg", "png", "gif", "webp", "avif", "svg+xml"))
FILMS: Final = frozenset(("video/mp4", "video/quicktime"))
SOUNDS: Final = frozenset(("audio/mp4", "audio/mpeg", "audio/wav", "audio/flac"))

_PAGE: Final = "<!doctype html><meta charset=utf-8><title>viewer</title><body></body>"
_TOOLS: Final = """
const octets = text => Uint8Array.from(atob(text), sign => sign.charCodeAt(0));
const digest = async data => Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', data)))
    .slice(0, 8).map(one => one.toString(16).padStart(2, '0')).join('');
const pixels = async (source, wide, high) => {
    const canvas = new OffscreenCanvas(Math.max(1, wide), Math.max(1, high));
    const context = canvas.getContext('2d', {willReadFrequently: true});
    context.drawImage(source, 0, 0);
    return `${wide}x${high} ` + await digest(context.getImageData(0, 0, canvas.width, canvas.height).data);
};
const within = (promise, what) => Promise.race([promise, new Promise((_, no) => setTimeout(() => no(what), 8000))]);
const picture = async (data, type) => {
    const lines = [], image = new Image();
    image.src = URL.createObjectURL(new Blob([data], {type}));
    await within(image.decode(), 'took too long');
    lines.push('shown ' + await pixels(image, image.naturalWidth, image.naturalHeight));
    URL.revokeObjectURL(image.src);
    if (type !== 'image/svg+xml' && await ImageDecoder.isTypeSupported(type)) {
        const decoder = new ImageDecoder({data, type});
        await within(decoder.tracks.ready, 'took too long');
        await within(decoder.completed, 'took too long');
        const track = decoder.tracks.selectedTrack;
        lines.push(`${decoder.tracks.length} tracks, ${track.frameCount} frames, again ${track.repetitionCount}`);
        for (let frameIndex = 0; frameIndex < Math.min(track.frameCount, 16); frameIndex++) {
            const {image: frame} = await decoder.decode({frameIndex});
            lines.push(`${frame.duration} ` + await pixels(frame, frame.displayWidth, frame.displayHeight));
            frame.close();
        }
        decoder.close();
    }
    return lines;
};
const sound = async data => {
    const context = new OfflineAudioContext(1, 1, 22050);
    const heard = await within(context.decodeAudioData(data.buffer.slice(0)), 'took too long');
    const lines = [`${heard.numberOfChannels} channels, ${heard.length} samples`];
    for (let channel = 0; channel < heard.numberOfChannels; channel++)
        lines.push(await digest(heard.getChannelData(channel)));
    return lines;
};
const film = async (data, type) => {
    const video = document.createElement('video');
    video.muted = true;
    const ready = new Promise((yes, no) => { video.onloadeddata = yes; video.onerror = () => no('cannot be played'); });
    video.src = URL.createObjectURL(new Blob([data], {type: 'video/mp4'}));
    await within(ready, 'took too long');
    const lines = [`${video.videoWidth}x${video.videoHeight} for ${video.duration}`];
    for (const part of [0.5, 0.05, 0.3, 0.55, 0.8]) {
        const moved = new Promise(yes => { video.onseeked = yes; });
        const drawn = new Promise(yes => { video.requestVideoFrameCallback(yes); setTimeout(yes, 400); });
        video.currentTime = part * video.duration;
        await within(moved, 'took too long');
        await drawn;
        lines.push(`at ${part}: ` + await pixels(video, video.videoWidth, video.videoHeight));
    }
    URL.revokeObjectURL(video.src);
    return lines.concat(await sound(data).catch(() => ['nothing to hear']));
};
1
"""


class _Running:
    """The browser of this process, started once."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="viewers-"))
        (self.folder / "viewer.html").write_text(_PAGE)
        self.browser = Browser(self.folder / "profile")
        atexit.register(self.close)
        self.fresh()

    def fresh(self) -> None:
        """The page as at the beginning."""
        self.browser.open(self.folder / "viewer.html", width=320, height=240)
        self.browser.run(_TOOLS)

    def close(self) -> None:
        self.browser.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, call: str) -> View:
        """The lines that a function of the page returns."""
        script = f"(async () => {{ try {{ return await {call}; }} catch (error) {{ return String(error); }} }})()"
        found = self.browser.run(script)
        if not isinstance(found, list):
            raise RefusedError(str(found)[:120])
        return tuple(found)


_RUNNING: list[_Running] = []


def _browser() -> _Running:
    if not _RUNNING:
        _RUNNING.append(_Running())
    return _RUNNING[0]


def _asked(call: str) -> View:
    """What the page answers; a browser that has ended is started anew."""
    try:
        return _browser().ask(call)
    except (AssertionError, OSError) as error:
        if _RUNNING:
            _RUNNING.pop().close()
        raise RefusedError(f"the browser ended: {error}"[:120]) from error


def _look(data: bytes, media_type: str) -> View:
    octets = json.dumps(base64.b64encode(data).decode())
    if media_type in SOUNDS:
        return _asked(f"sound(octets({octets}))")
    kind = "film" if media_type in FILMS else "picture"
    return _asked(f"{kind}(octets({octets}), {json.dumps(media_type)})")


def _drawing(data: bytes, _: str) -> View:
    """An SVG opened as a page of its own, where scripts run."""
    running = _browser()
    path = running.folder / "drawing.svg"
    path.write_bytes(data)
    try:
        running.browser.open(path, width=96, height=72)
        shot = running.browser.screenshot()
    except (AssertionError, OSError) as error:
        _RUNNING.pop().close()
        raise RefusedError(f"the browser ended: {error}"[:120]) from error
    running.fresh()
    return (digest(shot),)


def chromium_viewers() -> list[Viewer]:
    """The browser for what it shows in a page, and for drawings as pages."""
    missing = "" if CHROMIUM else "Chromium is not installed"
    return [
        Viewer(name="Chromium", look=refusing(_look), formats=PICTURES | FILMS | SOUNDS, missing=missing),
        Viewer(name="Chromium page", look=refusing(_drawing), formats=frozenset(["image/svg+xml"]), missing=missing),
    ]
