"""In which words is a comparison with an original told?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Phrase, Said

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
        return "<0.1 %"
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


def where(box: tuple[int, int, int, int], size: tuple[int, int]) -> Phrase:
    """Where in a picture a rectangle lies, for somebody who looks at it."""
    left, top, right, bottom = box
    across, down = (left + right) / 2 / max(1, size[0]), (top + bottom) / 2 / max(1, size[1])
    row = "upper" if down < THIRD else "lower" if down > TWO_THIRDS else ""
    column = "left" if across < THIRD else "right" if across > TWO_THIRDS else ""
    place = {"": "middle", "upper": "top", "lower": "bottom"}[row]
    if column:
        place = f"{row}-{column}" if row else column
    return {"id": f"region.{place}", "width": right - left, "height": bottom - top, "left": left, "top": top}


def how(found: Comparison) -> Said | None:
    """What was done to all of it: size, rotation, light, what was cut off and put around; None where nothing was."""
    done = [*_geometry(found), *([{"id": "made.light"}] if found.relit else [])]
    if found.shown < 1:
        sides = _cut(found.cut)
        shown: Phrase = {"id": f"made.shown{'.cut' if sides else ''}", "share": percent(found.shown)}
        done.append({**shown, "sides": sides} if sides else shown)
    if found.added and found.plain:
        done.append({"id": "made.border", "share": percent(found.added)})
    if not done:
        return say("known.how.anew") if not found.regions else None
    return say("known.how", done=done)


def _geometry(found: Comparison) -> list[Phrase]:
    movement, done = found.movement, list[Phrase]()
    if movement is None:
        return []
    if found.straightened:
        done.append({"id": f"made.{found.straightened}"})
    if found.inside is not None:
        left, top, right, bottom = found.inside
        done.append({"id": "made.inside", "width": right - left, "height": bottom - top, "left": left, "top": top})
    across, down = movement.across, movement.down
    if abs(across / down - 1) > SAME_SCALE if down else False:
        done.append({"id": "made.stretched", "across": percent(across), "down": percent(down)})
    elif abs(across - 1) > SAME_SCALE:
        done.append({"id": "made.scaled", "share": percent(across)})
    if movement.mirrored:
        done.append({"id": "made.mirrored"})
    rotation = movement.rotation
    right = round(rotation / 90) * 90
    if abs(rotation - right) > UPRIGHT:
        done.append({"id": f"made.{_direction(rotation)}", "degrees": f"{abs(rotation):.1f}"})
    elif right % 360 == 180:
        done.append({"id": "made.half"})
    elif right % 360:
        done.append({"id": f"made.{_direction(right)}", "degrees": "90"})
    return done


def _direction(rotation: float) -> str:
    return "clockwise" if rotation > 0 else "anticlockwise"


def _cut(cut: Sides) -> list[Phrase]:
    sides = {"left": cut.left, "top": cut.top, "right": cut.right, "bottom": cut.bottom}
    return [{"id": f"crop.{side}", "share": percent(share)} for side, share in sides.items() if share]
