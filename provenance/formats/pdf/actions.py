"""What does a PDF run or fetch, and what refers to the stream of its manifest (ISO 32000-2, 7.11 and 12.6)?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from provenance.formats.parts import Doubt
from provenance.formats.pdf.syntax import SPACE, Dictionary, Reference

_FILES: Final = frozenset({b"F", b"UF", b"DOS", b"Mac", b"Unix"})
"""Keys of an embedded file in a file specification (section 7.11.4)."""
_WRITTEN: Final = frozenset({b"Type", b"Subtype", b"Length", b"DL", b"Params", b"Filter", b"DecodeParms", b"F"})
"""Keys that writers give the manifest's stream."""
_LEADS: Final = {
    b"URI": "links", b"GoToR": "other documents", b"GoToE": "attached documents", b"Launch": "programs to start",
    b"SubmitForm": "forms", b"ImportData": "data", b"Thread": "other documents",
}  # fmt: skip
"""Actions by their names that lead out of the document."""
_PROGRAMS: Final = {b"JavaScript": "scripts", b"RichMediaExecute": "rich media", b"Rendition": "films with scripts"}
_MEDIA: Final = {b"RichMedia": "rich media", b"3D": "3D models"}
_FETCHED: Final = {b"Ref": "pages of other documents", b"OPI": "images of a printing system"}
"""Keys of form and image XObjects (sections 8.10.4 and 14.11.7)."""
_OPENING: Final = frozenset({b"OpenAction", b"AA"})
_OPENED: Final = frozenset({b"D", b"F", b"Asset"})
"""Keys under which actions, media clips and rich media name the file that they open (sections 12.6.4 and 13)."""
DOUBLE: Final = "an object that is also that of the Content Credentials"
APART: Final = "an action or annotation whose kind stands in another object"
OPENED: Final = "Content Credentials that something opens as a file"
_TOLD: Final = frozenset({b"S", b"Subtype", b"XFA", b"JS"})
_HELD: Final = frozenset({b"F", b"UF", b"FS", b"Ref", b"OPI", b"Movie", b"Sound"})
"""Keys without which a dictionary says nothing of these things."""
WORTH_READING: Final = (
    rb"[#%]|/(?:JS|JavaScript|XFA|GoToR|GoToE|Launch|SubmitForm|ImportData|Thread|Rendition|RichMedia|3D|Ref|OPI"
    rb"|OpenAction|AA|FS|EF|Filespec|FileSpec|Movie|Sound|Type" + SPACE + rb"*+/F)(?=[\0\t\n\f\r ()<>\[\]{}/%])"
    rb"|/(?:S|Subtype)" + SPACE + rb"*+\d"
)
"""Words without which there is nothing to find here, and signs by which one could be written in another way."""

LINK: Final = re.compile(rb"/S" + SPACE + rb"*+/URI(?=[\0\t\n\f\r ()<>\[\]{}/%])")
"""A link as it stands where there is nothing else worth reading: there can be one for every word."""


def refers_to(numbers: frozenset[int]) -> bytes:
    """A pattern for references to any of some objects."""
    if not numbers:
        return b"(?!)"
    either = b"|".join(b"%d" % number for number in sorted(numbers))
    return rb"(?<!\d)0*+(?:" + either + rb")" + SPACE + rb"++\d++" + SPACE + rb"++R"


def opens(numbers: set[int]) -> bytes:
    """A pattern for what opens any of some objects as a file."""
    return rb"/(?:D|F|Asset)" + SPACE + rb"*+" + refers_to(frozenset(numbers))


class Actions:
    """Goes through one object after another."""

    def __init__(self, carriers: frozenset[int]) -> None:
        """`carriers` are the numbers of the streams that carry a manifest."""
        self.carriers = carriers
        self.listed, self.outside, self.programs = Counter[str](), Counter[str](), Counter[str]()
        self.misused = False
        """Whether a carrier is used as something other than an embedded file."""
        self.unclear = set[str]()
        """What could be taken in another way, for the middle of a sentence."""
        self.specifications = set[int]()
        """Numbers of the objects that attach a carrier."""
        self._opened = set[int]()
        """Numbers of objects that something opens as a file."""
        self._opening = set[int]()
        """Numbers of objects that hold actions for when the document or a page opens."""
        self._follows = dict[int, list[int]]()
        """What such an object may refer to in turn."""
        self._kinds = dict[int, str]()
        """Kinds of actions that lead out, by their object's number."""

    def read(self, number: int, value: Any, *, is_stream: bool = False) -> None:
        """One object."""
        if number in self.carriers and not is_stream:
            self.unclear.add(DOUBLE)
        if isinstance(value, Reference):
            self.misused |= value.number in self.carriers
            self._follows[number] = [value.number]
        if isinstance(value, Dictionary):
            self._action(value, number)
            if is_stream and number not in self.carriers and any(not _is_plain(f) for f in value.all(b"F")):
                self.outside["streams in other files"] += 1
            self._external(value, is_stream=is_stream)
            if value.get(b"Type") in (None, b"Action") or isinstance(value.get(b"Type"), Reference):
                self._follows[number] = [one.number for _, one in value.pairs if isinstance(one, Reference)]
        stack: list[tuple[Any, bytes, bytes, bool]] = [(value, b"", b"", False)]
        while stack:
            one, key, above, opening = stack.pop()
            for name, inner in _members(one, key):
                opens_now = name in _OPENING or opening
                if isinstance(inner, Reference):
                    self._opening |= {inner.number} if opens_now else set()
                    self._opened |= {inner.number} if name in _OPENED else set()
                    if inner.number in self.carriers and not self._attaches(one, name, key):
                        self.misused = True
                    elif inner.number in self.carriers:
                        self._attach(number, key and above)
                elif isinstance(inner, Dictionary):
                    self._dictionary(inner, opening=opens_now)
                    stack.append((inner, name, key, opens_now))
                elif isinstance(inner, list):
                    stack.append((inner, name, key, opens_now))

    def doubts(self) -> Iterator[Doubt]:
        """What was found, by kind and number; what weighs most comes first."""
        for number in self._reached() & self._kinds.keys():
            self.outside[f"{self._kinds[number]} at opening"] += 1
        if self.misused:
            yield Doubt("integrity.pointer.store", "the Content Credentials as part of what is shown")
        for code, kinds in (("integrity.script", self.programs), ("integrity.references.outside", self.outside)):
            yield from (Doubt(code, kind, number=number) for kind, number in sorted(kinds.items()))
        if self.specifications & self._opened:
            self.unclear.add(OPENED)
        yield from (Doubt("integrity.tables", what) for what in sorted(self.unclear))
        yield from (Doubt("integrity.references.listed", kind, number=n) for kind, n in sorted((+self.listed).items()))

    def _reached(self) -> set[int]:
        """Objects that are come to when the document or a page opens."""
        queue, reached = list(self._opening), set[int]()
        while queue:
            number = queue.pop()
            if number not in reached:
                reached.add(number)
                queue += self._follows.get(number, ())
        return reached

    def _attaches(self, holder: Any, name: bytes, key: bytes) -> bool:
        """Whether a reference to a carrier stands where an embedded file is named."""
        if not isinstance(holder, Dictionary):
            return False
        if not key and holder.keys <= _FILES:
            # The list of an attachment's files may be an object of its own, which something else could use too.
            self.unclear.add(DOUBLE)
            return True
        return name in _FILES and key == b"EF"

    def _attach(self, number: int, name: bytes) -> None:
        """Where the file specification of a carrier stands: an object, or a dictionary under a name in one."""
        if not name:
            self.specifications.add(number)
        if name in _OPENED:
            self.unclear.add(OPENED)

    def _dictionary(self, value: Dictionary, *, opening: bool) -> None:
        kind = self._action(value, 0)
        if kind and opening:
            self.outside[f"{kind} at opening"] += 1
        self._external(value, is_stream=False)

    def _action(self, value: Dictionary, number: int) -> str:
        """Counts an action or an annotation; its kind where it leads out of the document."""
        said = [(key, one) for key, one in value.pairs if key in _TOLD]
        if not said:
            return ""
        if any(isinstance(one, Reference) for key, one in said if key in (b"S", b"Subtype")):
            self.unclear.add(APART)
        actions = [one for key, one in said if key == b"S" and isinstance(one, bytes)]
        programs = [one for one in actions if one in _PROGRAMS and (one != b"Rendition" or b"JS" in value.keys)]
        for action in programs:
            self.programs[_PROGRAMS[action]] += 1
        for key, one in said:
            if key == b"Subtype" and isinstance(one, bytes) and one in _MEDIA:
                self.programs[_MEDIA[one]] += 1
            elif key == b"XFA":
                self.programs["forms that are made anew (XFA)"] += 1
            elif key == b"JS" and not programs:
                self.programs["scripts"] += 1
        for action in actions:
            if action in _LEADS and not (action == b"Thread" and b"F" not in value.keys):
                self.listed[_LEADS[action]] += 1
                if number:
                    self._kinds[number] = _LEADS[action]
                return _LEADS[action]
        return ""

    def _external(self, value: Dictionary, *, is_stream: bool) -> None:
        """Files that a dictionary names and does not hold (sections 7.11.3 and 8.10.4)."""
        if not any(key in _HELD for key, _ in value.pairs):
            return
        kind = value.get(b"Type")
        is_specification = kind in (b"Filespec", b"F", b"FileSpec") or (value.get(b"FS") == b"URL")
        if is_specification and not value.keys & {b"EF", b"RF"}:
            self.listed["other files"] += 1
        if (kind in (b"XObject", None) or isinstance(kind, Reference)) and (
            is_stream or value.get(b"Subtype") in (b"Image", b"Form")
        ):
            for key, what in _FETCHED.items():
                if key in value.keys and (key != b"Ref" or isinstance(value.get(key), Dictionary | Reference)):
                    self.outside[what] += 1
        if value.get(b"Subtype") == b"Movie" and isinstance(value.get(b"Movie"), Reference):
            self.outside["films or sounds in other files"] += 1
        for media in (b"Movie", b"Sound"):
            if value.get(b"Subtype") == media and isinstance(value.get(media), Dictionary):
                inner = value.get(media)
                if any(not isinstance(f, Dictionary) or b"EF" not in f.keys for f in inner.all(b"F")):
                    self.outside["films or sounds in other files"] += 1


def _members(one: Any, key: bytes) -> list[tuple[bytes, Any]]:
    """Values inside a value, each with the name under which it stands."""
    if isinstance(one, Dictionary):
        return [*one.pairs, *((b"", stray) for stray in one.strays)]
    return [(key, inner) for inner in one] if isinstance(one, list) else []


def _is_plain(value: Any) -> bool:
    """Whether a stream's F is what one writer puts there instead of a file: its own type and length."""
    return isinstance(value, Dictionary) and value.keys <= {b"Subtype", b"Length"}


def is_as_written(value: Dictionary) -> bool:
    """Whether the manifest's stream says no more of itself than that it is an embedded file (section 7.11.4).

    A filter that does nothing is for encrypted documents, in which the manifest is not (C2PA 2.4, section A.4).
    """
    unpacked = all(one in ([], b"null", b"Crypt", [b"Crypt"]) for one in value.all(b"Filter"))
    parameters = value.get(b"DecodeParms")
    if isinstance(parameters, list) and len(parameters) == 1:
        parameters = parameters[0]
    if isinstance(parameters, Dictionary):
        unpacked &= parameters.keys <= {b"Type", b"Name"} and parameters.get(b"Name") in (None, b"Identity")
    elif parameters not in (None, b"null"):
        unpacked = False
    return (
        unpacked
        and value.keys <= _WRITTEN
        and not value.strays
        and len(value.pairs) == len(value.keys)
        and value.get(b"Type") in (None, b"EmbeddedFile")
        and value.get(b"Subtype") not in (b"Image", b"Form", b"PS")
        and all(_is_plain(one) for one in value.all(b"F"))
    )
