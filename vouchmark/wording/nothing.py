"""What does a line say that needs Content Credentials, where there are none that could be this file's?

Each line says it of its own question, so that no sentence stands twice in a report.
"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_UNKNOWN: Final = {
    "signer": "No signer is known",
    "time": "No time of signing is known",
    "history": "No earlier version is known",
    "ai": "Nothing signed about AI is known",
    "claim": "Nothing signed of place or time is known",
}
"""What is not known, by line."""
_BECAUSE: Final = {
    "absent": ("there are no Content Credentials", "Both looked, and there are none."),
    "unreadable": ("the Content Credentials could not be read", "The file or its store could not be read."),
    "fragment": ("the Content Credentials are in the video's first part", "A fragment of a video by itself."),
    "cut": (
        "the file is cut off, and no Content Credentials could be read in the part that is here",
        "The file breaks off, and no store was found before that.",
    ),
    "refused": (
        "one engine cannot parse the file, and no Content Credentials were seen in it",
        "An engine gives up; nobody else sees a store, nor anything wrong.",
    ),
    "remote": ("the Content Credentials are kept online and were not fetched", "An address, and the network is off."),
    "remote.refused": ("the Content Credentials are kept online and could not be had", "An address gave nothing."),
    "unsupported": ("nothing was looked for in this type of file", "Nobody reads this type."),
    "unsupported.here": ("Content Credentials in this file cannot be read here", "A known type, built not to be read."),
    "unreached": (
        "Content Credentials that lie in the file were not found by the engine",
        "A store lies where it has no place.",
    ),
    "in_part": (
        "no Content Credentials were found in what was searched of the file",
        "Not all that the file holds packed was searched.",
    ),
    "unused": (
        "there are no Content Credentials in the file, and those that lie beside it were not used",
        "Whose the store beside it is cannot be told.",
    ),
    "foreign.given": (
        "the Content Credentials that you gave may belong to another file",
        "A store that was given does not fit.",
    ),
    "foreign.beside": (
        "the Content Credentials in {name:quoted} beside this file may belong to another file",
        "A store beside the file does not fit.",
    ),
}
"""Why, and under which facts."""

SENTENCES: Final = (
    *(
        Sentence(f"nothing.{line}.{reason}", f"{what}: {because}.", when)
        for line, what in _UNKNOWN.items()
        for reason, (because, when) in _BECAUSE.items()
    ),
    Sentence(
        "nothing.signer.foreign.given.by",
        "The Content Credentials that you gave are by {who:signer}, for other bytes.",
        "A store that was given does not fit, and its signature is valid.",
    ),
    Sentence(
        "nothing.signer.foreign.beside.by",
        "The Content Credentials in {name:quoted} beside this file are by {who:signer}, for other bytes.",
        "A store beside the file does not fit, and its signature is valid.",
    ),
    Sentence("nothing.unasked", "Not asked for.", "The line was not asked for, or nothing that it needs was given."),
    Sentence("nothing.skipped", "The engine was not asked.", "No engine was asked, so that nobody looked."),
)
