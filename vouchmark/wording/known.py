"""What is said of what the reader has seen before: an original, an index, signed fingerprints? The known line.

Likeness binds nothing. What is compared is told, and how it came out, in sentences of their own.
"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_AGAINST: Final = {
    "original": ("the original", "the original {name:quoted}", "The reader gave an original."),
    "thumbnail": (
        "the signed thumbnail",
        "the thumbnail that a signature in its own history covers",
        "Its own signed thumbnail was asked for as the original.",
    ),
    "kept": (
        "the picture in your index",
        "the small picture of {name:quoted} in your index",
        "The reader's index keeps a picture of what it looks like.",
    ),
}
"""With what it is compared: in the answer, in the finding, and when."""
_UNALIGNED: Final = {
    "too-small": "one of them is too small",
    "few-features": "one of them has too little in it to be recognised by",
    "no-movement": "too few places in both look alike",
    "implausible-movement": "what looks alike lies in places that no copy has",
    "differs-everywhere": "only a small part of both looks alike",
    "differs-widely": "too much of both differs to say where",
    "too-little-in-common": "they share too small a part",
    "other": "no movement was found",
}
"""Why two pictures could not be matched."""
_FAILED: Final = {
    "not-installed": "the packages for it are not installed (pip install 'vouchmark[compare,video]')",
    "different-kinds": "one is a picture and the other is not",
    "unsupported": "this type of file is not decoded here",
    "undecodable": "the file could not be decoded",
    "too-many-pixels": "the file announces too many pixels",
    "original-unsupported": "an original of this type is not decoded here",
    "original-undecodable": "the original could not be decoded",
    "original-too-many-pixels": "the original announces too many pixels",
    "no-entry": "nothing that the index keeps a picture of looks like it",
    "no-thumbnail": "no signature in its history covers a thumbnail",
    "time-limit": "it took longer than the time limit",
    "memory-limit": "it needed more memory than the limit",
    "crash": "a decoder crashed over one of them",
    "unread": "the file could not be read",
    "other": "the comparison itself failed",
}
"""Why nothing could be compared."""
_CLIP_FAILED: Final = {
    "not-installed": "the package that decodes recordings is not installed (pip install 'vouchmark[video]')",
    "undecodable": "it could not be decoded",
    "original-undecodable": "the original could not be decoded",
}
"""Why a recording could not be looked for."""
_CLIP_UNASKED: Final = {
    "too-short": "it is shorter than three seconds",
    "original-too-short": "the original is shorter than three seconds",
    "too-sparse": "of the original, which is long, only key frames are looked at, and it spans too few of them",
    "too-plain": "there is too little in it to be found by",
    "nothing-in-common": "one of them has only sound, and the other only pictures",
}
"""Why a recording was not looked for."""
_ONLY: Final = {
    "it": ("It", "by what was found of it"),
    "sound": ("Its sound", "its pictures were found nowhere, or cannot be compared"),
    "pictures": ("What its pictures show", "its sound was found nowhere, or cannot be compared"),
}
"""What of a clip was found."""
_SHOWN: Final = {
    "": ("{subject}", "The whole clip was looked at."),
    ".cut": ("As far as it was looked at, {subject}", "Our bounds ended within the clip."),
}
"""How far the clip was looked at."""
_TURNS: Final = {
    "rotate-90": "turned anticlockwise by 90°",
    "rotate-180": "turned by 180°",
    "rotate-270": "turned clockwise by 90°",
    "mirror": "mirrored left to right",
    "flip": "mirrored top to bottom",
    "diagonal": "mirrored and turned by 90°",
}
"""What has to be done to what is looked up, so that it is turned as the known one is."""
_LIKE: Final = {
    "picture": ("a picture", "The known file is a picture."),
    "frame": ("a frame of a video, {into} into it,", "The known file is a video, and one frame looks alike."),
    "frames": ("frames of a video", "The known file is a video, and several frames look alike."),
}
"""Like what it looks."""


def _compared() -> tuple[Sentence, ...]:
    found = []
    for what, (short, whole, when) in _AGAINST.items():
        found += [
            Sentence(f"known.against.{what}", whole, when),
            Sentence(f"known.same.{what}", f"No region differs from {whole}.", f"{when} No region differs."),
            Sentence(
                f"known.same.first.{what}",
                f"No region of its first picture differs from {whole}.",
                f"{when} No region differs, and only the first of several pictures was compared.",
            ),
            Sentence(
                f"known.changed.one.{what}",
                f"One region differs from {whole}, {{share}} of what both show: {{places:listed}}.",
                f"{when} One region differs.",
            ),
            Sentence(
                f"known.changed.{what}",
                f"{{number}} regions differ from {whole}, {{share}} of what both show: {{places:listed}}.",
                f"{when} Several regions differ.",
            ),
            Sentence(
                f"known.other.vague.{what}",
                f"No region differs clearly from {whole}, but only {{agreement}} of the details look alike.",
                f"{when} They lie upon each other, and less looks alike than in any plain copy.",
            ),
            Sentence(
                f"known.answer.other.{what}",
                f"It differs from {short}: an edited copy, or another picture of the same kind.",
                f"{when} The line's answer, where that cannot be told.",
            ),
            Sentence(
                f"known.unaligned.{what}",
                f"It could not be matched to {whole} ({{why:phrase}}): another picture, or heavily edited.",
                f"{when} Registration found no movement that fits.",
            ),
            Sentence(
                f"known.uncompared.{what}",
                f"It could not be compared with {short}: {{why:phrase}}.",
                f"{when} Nothing could be compared.",
            ),
            Sentence(f"known.answer.same.{what}", f"No region differs from {short}.", f"{when} The line's answer."),
            Sentence(
                f"known.answer.same.first.{what}",
                f"No region of its first picture differs from {short}.",
                f"{when} The line's answer, where only the first of several pictures was compared.",
            ),
            Sentence(
                f"known.answer.changed.one.{what}",
                f"It differs from {short} in one region, {{share}} of what both show.",
                f"{when} The line's answer.",
            ),
            Sentence(
                f"known.answer.changed.{what}",
                f"It differs from {short} in {{number}} regions, {{share}} of what both show.",
                f"{when} The line's answer.",
            ),
            Sentence(
                f"known.answer.around.{what}",
                f"What lies around it is not in {short}.",
                f"{when} Something that is not plain lies around what both show.",
            ),
            Sentence(
                f"known.answer.unaligned.{what}",
                f"It could not be matched to {short}: another picture, or heavily edited.",
                f"{when} The line's answer.",
            ),
            Sentence(
                f"known.answer.uncompared.{what}",
                f"It could not be compared with {short}.",
                f"{when} The line's answer.",
            ),
            Sentence(
                f"known.added.{what}",
                f"{{share}} of the picture is not in {short}: what lies {{sides:listed}} the rest was added.",
                f"{when} There was nothing to compare it with.",
            ),
        ]
    return tuple(found)


def _clips() -> tuple[Sentence, ...]:
    found = []
    for word, (subject, when) in _ONLY.items():
        by = ", by {by:listed}" if word == "it" else ""
        found.append(
            Sentence(
                f"known.answer.excerpt.{word}",
                f"{subject} is a part of the original: {{start}} to {{end}}.",
                f"The line's answer: {when}.",
            )
        )
        for cut, (shape, how) in _SHOWN.items():
            shown = shape.replace("{subject}", subject if not cut else f"{subject[0].lower()}{subject[1:]}")
            found += [
                Sentence(
                    f"known.excerpt.{word}{cut}",
                    f"{shown} is the part from {{start}} to {{end}} of the original {{name:quoted}}, which lasts "
                    f"{{whole}}{by}.",
                    f"Found in order, and a part of the original is left out: {when}. {how}",
                ),
                Sentence(
                    f"known.excerpt.bounded.{word}{cut}",
                    f"{shown} is the part from {{start}} to {{end}} of the original {{name:quoted}}, of which what "
                    "lies "
                    f"before {{whole}} was looked at{by}.",
                    f"The same, and our bounds ended within the original: {when}. {how}",
                ),
                Sentence(
                    f"known.excerpt.whole.{word}{cut}",
                    f"{shown} follows the original {{name:quoted}} from beginning to end{by}.",
                    f"Found in order, and nothing of the original is left out: {when}. {how}",
                ),
            ]
    return tuple(found)


def _near() -> tuple[Sentence, ...]:
    found = []
    for word, (like, when) in _LIKE.items():
        for frames, looks, of in (
            ("", "It looks", "It is a picture"),
            (".frames", "{frames} of {all} frames look", "It is a video"),
        ):
            for listed, there, by in (
                ("", "in the index {index:quoted}", "the reader added the known one"),
                (
                    ".listed",
                    "whose hash the list {list:quoted:80} put into the index {index:quoted}",
                    "a list gave its hash",
                ),
            ):
                where = f"that is {there}" if not listed else there
                shape = f"{looks} like {like} {where}"
                found += [
                    Sentence(f"known.near.{word}{frames}{listed}", f"{shape}.", f"{of}; {by}. {when}"),
                    Sentence(
                        f"known.near.{word}{frames}{listed}.named",
                        f"{shape} as {{label:quoted:80}}.",
                        f"{of}; {by}, and it is called something. {when}",
                    ),
                ]
    return tuple(found)


SENTENCES: Final = (
    *_compared(),
    *_clips(),
    *_near(),
    Sentence(
        "known.same.bytes",
        "It is the original {name:quoted}, byte for byte.",
        "The SHA-256 is that of the original that the reader gave.",
    ),
    Sentence(
        "known.same.bytes.kept",
        "It is {name:quoted:80} in your index, byte for byte.",
        "The SHA-256 is that of a file in the reader's index.",
    ),
    Sentence("known.answer.same.bytes", "It is the original, byte for byte.", "The line's answer."),
    Sentence("known.answer.same.bytes.kept", "It is a file in your index, byte for byte.", "The line's answer."),
    Sentence(
        "known.answer.shown",
        "It shows {share} of that.",
        "Behind what differs: it shows a part of what it is compared with.",
    ),
    Sentence("known.how.anew", "It was encoded anew.", "No region differs, and nothing else was done to all of it."),
    Sentence("known.how", "The whole picture: {done:listed}.", "What was done to all of it."),
    Sentence(
        "known.other.form",
        "Few plain colours make up most of it, as in forms and screens: it may be an edited copy, or another document "
        "of the same form.",
        "Behind what differs, where the original is mostly plain.",
    ),
    Sentence(
        "known.other.broad",
        "Only {agreement} of the details look alike: it may be an edited copy, or another picture of the same scene.",
        "Behind what differs, where that is too much for an edit of a part.",
    ),
    Sentence(
        "known.missed",
        "Changes of less than about {share} of the area can be missed, and so can a blurred background or parts that "
        "were bent a little.",
        "Behind known.same: how fine the comparison is.",
    ),
    Sentence(
        "known.clip.uncompared",
        "It could not be looked for in the original {name:quoted}: {why:phrase}.",
        "A recording, and it or the original could not be decoded.",
    ),
    Sentence(
        "known.clip.unlooked",
        "It was not looked for in the original {name:quoted}: {why:phrase}.",
        "A recording, and there is too little to look for.",
    ),
    Sentence(
        "known.clip.nowhere",
        "It was found nowhere in the original {name:quoted}: another recording, or heavily edited.",
        "A recording, looked for, and no stretch of it was found.",
    ),
    Sentence(
        "known.answer.nowhere",
        "It was not found in the original: another recording, or heavily edited.",
        "The line's answer.",
    ),
    Sentence(
        "known.spliced",
        "It was put together from parts of the original {name:quoted}: {troubles:listed}.",
        "Its stretches lie in another order or with gaps, or sound and pictures come from different places.",
    ),
    Sentence("known.answer.spliced", "It was put together from parts of the original.", "The line's answer."),
    Sentence("known.answer.unfound", "Something in it was not found there.", "Behind the line's answer on a clip."),
    Sentence("known.left_out.before", "Left out: {before} before it.", "Behind known.excerpt."),
    Sentence("known.left_out.after", "Left out: {after} after it.", "Behind known.excerpt."),
    Sentence("known.left_out.both", "Left out: {before} before it and {after} after it.", "Behind known.excerpt."),
    Sentence(
        "known.unfound.sound", "Its sound was found nowhere in the original.", "Its sound was looked for in vain."
    ),
    Sentence(
        "known.unfound.pictures",
        "Its pictures were found nowhere in the original.",
        "Its pictures were looked for in vain.",
    ),
    Sentence(
        "known.unfound.part.sound",
        "Parts of its sound were found nowhere in the original: {parts:listed}.",
        "Some stretches of its sound were found and others not.",
    ),
    Sentence(
        "known.unfound.part.pictures",
        "Parts of its pictures were found nowhere in the original: {parts:listed}.",
        "Some stretches of its pictures were found and others not.",
    ),
    Sentence("known.unread", "The file could not be read, so it could not be looked up.", "No bytes."),
    Sentence("known.answer.unread", "Could not be looked at.", "The line's answer."),
    Sentence("known.skipped", "No index and no original was named.", "The reader named neither."),
    Sentence(
        "known.trouble", "The index {index:quoted} could not be searched: {why}.", "The index is damaged or not there."
    ),
    Sentence("known.answer.trouble", "The index could not be searched.", "The line's answer."),
    Sentence("known.none", "Nothing like it is in the index {index:quoted}.", "Digest and hashes were looked up."),
    Sentence(
        "known.none.exact",
        "This very file is not in the index {index:quoted}; look-alikes were not looked for.",
        "The digest was looked up, and no hash could be made.",
    ),
    Sentence("known.answer.none", "Nothing like it is in your index.", "The line's answer."),
    Sentence(
        "known.answer.none.exact",
        "This very file is not in your index; look-alikes were not looked for.",
        "The line's answer.",
    ),
    Sentence(
        "known.exact",
        "The very same file, byte for byte, is in the index {index:quoted}.",
        "The SHA-256 is that of a file that the reader added.",
    ),
    Sentence(
        "known.exact.named",
        "The very same file, byte for byte, is in the index {index:quoted} as {label:quoted:80}.",
        "The same, and it is called something.",
    ),
    Sentence(
        "known.exact.listed",
        "The list {list:quoted:80} in the index {index:quoted} names the digest (SHA-256) of this very file.",
        "The SHA-256 stands in a list that the reader imported.",
    ),
    Sentence(
        "known.exact.listed.named",
        "The list {list:quoted:80} in the index {index:quoted} names the digest (SHA-256) of this very file as "
        "{label:quoted:80}.",
        "The same, and it is called something.",
    ),
    Sentence("known.answer.exact", "The very same file is in your index.", "The line's answer."),
    Sentence(
        "known.answer.exact.named", "The very same file is in your index as {label:quoted:80}.", "The line's answer."
    ),
    Sentence("known.answer.exact.listed", "A list in your index names this very file.", "The line's answer."),
    Sentence(
        "known.answer.exact.listed.named",
        "A list in your index names this very file as {label:quoted:80}.",
        "The line's answer.",
    ),
    Sentence("known.answer.near", "It looks like something in your index.", "The line's answer."),
    Sentence(
        "known.answer.near.named", "It looks like something in your index as {label:quoted:80}.", "The line's answer."
    ),
    Sentence("known.answer.near.more", "{number} more look like it too.", "Behind the line's answer."),
    Sentence("known.answer.binds", "That binds nothing.", "Behind the line's answer on likeness."),
    Sentence(
        "known.answer.doubtful",
        "Its hash is like that of something in your index, its pixels are not.",
        "The hashes are near, and the pixels could not be matched.",
    ),
    Sentence(
        "known.answer.doubtful.named",
        "Its hash is like that of something in your index as {label:quoted:80}, its pixels are not.",
        "The same, and it is called something.",
    ),
    Sentence("known.near.bits", "{distance} of 256 bits differ.", "Behind known.near."),
    Sentence(
        "known.near.bits.turned",
        "{distance} of 256 bits differ once it is {turned:listed}.",
        "The same, where it had to be turned or trimmed to look alike.",
    ),
    Sentence("known.near.aligned", "Their pixels match.", "Behind known.near: registration found how they lie."),
    Sentence(
        "known.near.unaligned",
        "Their pixels could not be matched: it may well be another picture.",
        "Behind known.near: registration found nothing.",
    ),
    Sentence(
        "known.near.rule",
        "That hash was made by another rule, which alone may change {bits} bits.",
        "Behind known.near: the known hash is of another program's.",
    ),
    Sentence(
        "known.near.binds",
        "Similarity binds nothing: hashes can be made alike on purpose.",
        "Behind known.near.",
    ),
    Sentence(
        "known.soft.agrees",
        "It looks as its signer wrote down (ISCC): {distance} of {bits} bits differ. A soft binding binds no byte.",
        "A signed ISCC was recomputed and is near.",
    ),
    Sentence(
        "known.soft.differs",
        "It does not look as its signer wrote down (ISCC): {distance} of {bits} bits differ. A soft binding binds no "
        "byte.",
        "A signed ISCC was recomputed and is not near.",
    ),
    Sentence("known.answer.soft.agrees", "It looks like its signed fingerprint.", "The line's answer."),
    Sentence("known.answer.soft.differs", "It does not look like its signed fingerprint.", "The line's answer."),
    Sentence(
        "known.credentials",
        "When this file was added to the index, its Content Credentials said: {said:quoted:300}",
        "The index keeps what was found then, and this file has no credentials now.",
    ),
    Sentence(
        "known.credentials.like",
        "When a file that looks like this one was added to the index, its Content Credentials said: {said:quoted:300} "
        "That was matched by similarity, and is not bound to this file.",
        "The same of a look-alike.",
    ),
    *(
        Sentence(f"known.vouches{what}{one}{named}", f"{begin} kept {there}, not checked here: {which}.", when)
        for what, which, when in (
            ("", "the person line counts those that lie beside or inside a file", "The index keeps vouches with it."),
            (
                ".like",
                "a vouch for a picture that looks like this one was not made for this very file",
                "The index keeps vouches with a look-alike.",
            ),
        )
        for one, begin in ((".one", "One vouch is"), ("", "{number} vouches are"))
        for named, there in (("", "with it in the index"), (".named", "with {label:quoted:80} in the index"))
    ),
    *(Sentence(f"unaligned.{word}", text, f"The reason is `{word}`.") for word, text in _UNALIGNED.items()),
    *(Sentence(f"uncompared.{word}", text, f"The reason is `{word}`.") for word, text in _FAILED.items()),
    *(Sentence(f"clip.failed.{word}", text, f"The reason is `{word}`.") for word, text in _CLIP_FAILED.items()),
    *(Sentence(f"clip.unlooked.{word}", text, f"The reason is `{word}`.") for word, text in _CLIP_UNASKED.items()),
    *(Sentence(f"turned.{word}", text, f"The orientation is `{word}`.") for word, text in _TURNS.items()),
    Sentence("turned.trimmed", "without its plain border", "A plain border was cut off."),
    Sentence(
        "splice.back",
        "at {at} it goes back to {start} of the original, after {end}",
        "A stretch lies before the one that it follows.",
    ),
    Sentence(
        "splice.left_out",
        "at {at} what lies from {start} to {end} in the original was left out",
        "Something lies between two stretches of the original.",
    ),
    Sentence(
        "splice.apart",
        "from {at} on its sound is that of {heard}, and its pictures are those of {seen}",
        "Sound and pictures come from different places.",
    ),
    Sentence("splice.part", "{start} to {end}", "A stretch."),
    Sentence("clip.sound", "its sound", "Placed by its sound."),
    Sentence("clip.pictures", "its pictures", "Placed by its pictures."),
    *(
        Sentence(f"made.{word}", text, when)
        for word, text, when in (
            ("light", "its light or colours were changed all over", "Relit."),
            ("shown", "it shows {share} of that", "Cropped, with no side that is told."),
            ("shown.cut", "it shows {share} of that (cut off: {sides:listed})", "Cropped."),
            ("border", "a plain border makes up {share} of it", "A plain border was added."),
            ("stretched", "it was stretched ({across} across, {down} down)", "Scaled unevenly."),
            ("scaled", "it was scaled to {share} of its size", "Scaled."),
            ("perspective", "it was seen a little from the side", "A homography was undone."),
            ("lens", "it was bent as a lens or its correction does", "A radial distortion was undone."),
            (
                "inside",
                "it lies within something else ({width} x {height} pixels at {left}, {top})",
                "A part of the original shows in a rectangle.",
            ),
            ("mirrored", "it was mirrored", "Mirrored."),
            ("half", "it was turned by 180°", "Turned."),
            ("clockwise", "it was turned clockwise by {degrees}°", "Turned."),
            ("anticlockwise", "it was turned anticlockwise by {degrees}°", "Turned."),
        )
    ),
    Sentence("crop.left", "{share} left", "Cut off at the left."),
    Sentence("crop.top", "{share} top", "Cut off at the top."),
    Sentence("crop.right", "{share} right", "Cut off at the right."),
    Sentence("crop.bottom", "{share} bottom", "Cut off at the bottom."),
    Sentence("side.above", "above", "Added above."),
    Sentence("side.below", "below", "Added below."),
    Sentence("side.left", "left of", "Added at the left."),
    Sentence("side.right", "right of", "Added at the right."),
    Sentence("side.around", "around", "Added, at no side that is told."),
    *(
        Sentence(f"region.{word}", f"{text} ({{width}} x {{height}} pixels at {{left}}, {{top}})", "By its middle.")
        for word, text in (
            ("middle", "in the middle"),
            ("top", "at the top"),
            ("bottom", "at the bottom"),
            ("left", "left"),
            ("right", "right"),
            ("upper-left", "upper left"),
            ("upper-right", "upper right"),
            ("lower-left", "lower left"),
            ("lower-right", "lower right"),
        )
    ),
)
