"""In which words is a comparison with an original told?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from provenance.hashes.pictures.compare import Comparison, Sides

FALSE_ALARMS: Final = "1 %"
"""Of copies without an edit, over 37 kinds of copies, in which a region is said to differ, at most; under a vignette
more: see the table in docs/comparison.md."""
UPRIGHT: Final = 0.7
"""Degrees within which a rotation is none, or one by a right angle."""
SAME_SCALE: Final = 0.01
"""Of the size, within which it is the same."""
THIRD, TWO_THIRDS = 1 / 3, 2 / 3


def percent(share: float) -> str:
    """A share for a sentence."""
    value = 100 * share
    if 0 < value < 0.1:
        return "less than 0.1 %"
    return f"{value:.1f} %" if value < 10 else f"{value:.0f} %"


def missed(found: Comparison) -> str:
    """The share of the area below which a change can be missed: more in a small copy."""
    return f"{100 * found.least:.2f} %" if found.least < 0.01 else percent(found.least)


def clock(seconds: float) -> str:
    """A place in a recording."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    last = f"{rest // 10:02d}.{rest % 10}"
    return f"{hours}:{minutes:02d}:{last}" if hours else f"{minutes}:{last}"


def where(box: tuple[int, int, int, int], size: tuple[int, int]) -> str:
    """Where in a picture a rectangle lies, for somebody who looks at it."""
    left, top, right, bottom = box
    across, down = (left + right) / 2 / max(1, size[0]), (top + bottom) / 2 / max(1, size[1])
    row = "upper" if down < THIRD else "lower" if down > TWO_THIRDS else ""
    column = "left" if across < THIRD else "right" if across > TWO_THIRDS else ""
    place = {"": "in the middle", "upper": "at the top", "lower": "at the bottom"}.get(row, "")
    if column:
        place = f"{row} {column}".strip()
    return f"{place} ({right - left} x {bottom - top} pixels at {left}, {top})"


def how(found: Comparison) -> str:
    """What was done to all of it: size, rotation, light, what was cut off and put around; empty where nothing was."""
    done = [*_geometry(found), *(["its light or colours were changed all over"] if found.relit else [])]
    if found.shown < 1:
        done.append(f"it shows {percent(found.shown)} of it{_cut(found.cut)}")
    if found.added and found.plain:
        done.append(f"a plain border makes up {percent(found.added)} of it")
    if not done:
        return "It was encoded anew." if not found.regions else ""
    text = ", and ".join(", ".join(done).rsplit(", ", 1)) if len(done) > 1 else done[0]
    return f"{text[0].upper()}{text[1:]}."


def _geometry(found: Comparison) -> list[str]:
    movement, done = found.movement, []
    if movement is None:
        return []
    across, down = movement.across, movement.down
    if abs(across / down - 1) > SAME_SCALE if down else False:
        done.append(f"it was stretched ({percent(across)} across, {percent(down)} down)")
    elif abs(across - 1) > SAME_SCALE:
        done.append(f"it was scaled to {percent(across)} of its size")
    if movement.mirrored:
        done.append("it was mirrored")
    rotation = movement.rotation
    right = round(rotation / 90) * 90
    if abs(rotation - right) <= UPRIGHT:
        if right % 360 == 180:
            done.append("it was turned by 180°")
        elif right % 360:
            done.append(f"it was turned {'clockwise' if right > 0 else 'anticlockwise'} by 90°")
    else:
        done.append(f"it was turned {'clockwise' if rotation > 0 else 'anticlockwise'} by {abs(rotation):.1f}°")
    return done


def _cut(cut: Sides) -> str:
    sides = {"left": cut.left, "top": cut.top, "right": cut.right, "bottom": cut.bottom}
    named = [f"{percent(share)} {side}" for side, share in sides.items() if share]
    return f" (cut off: {', '.join(named)})" if named else ""
