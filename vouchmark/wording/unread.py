"""What is said of a file whose Content Credentials are not there, lie elsewhere, or could not be read?

The integrity line: that nobody looked says nothing about a file, and malformed is said only of what was found so.
"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_FILE: Final = {
    "not-found": "there is no such file",
    "no-permission": "you are not allowed to read it",
    "folder": "it is a folder",
    "too-large": "it is over the size limit (--max-size)",
    "changed-meanwhile": "it was changed while it was read",
    "too-many-pixels": "the picture announces more pixels than the limit (--max-pixels)",
    "empty": "it is empty",
    "address": "it is an address on the web, and nothing is fetched without leave (--online)",
}
"""Why a file's bytes could not be had, by the error's own word."""
_ENGINE: Final = {
    "time-limit": "Reading it took longer than the time limit (--time-limit)",
    "memory-limit": "Reading it took more than the memory limit (--memory-limit)",
    "crash": "The engine crashed on this file",
}
"""Why an engine came to nothing."""
_WHOSE: Final = {
    "": ("Its Content Credentials", "the store lies in the file"),
    ".given": ("The Content Credentials that you gave", "the reader gave the store"),
    ".beside": ("The Content Credentials in {name:quoted} beside this file", "the store lies beside the file"),
    ".remote": ("The Content Credentials from {host:quoted}, which the file names,", "the store was fetched"),
}
"""Whose store it is, and when that is said."""


def _stores() -> tuple[Sentence, ...]:
    found = []
    for where, (whose, when) in _WHOSE.items():
        found += [
            Sentence(
                f"integrity.malformed_store{where}", f"{whose} are malformed: {{why}}.", f"Our reader stops; {when}."
            ),
            Sentence(
                f"integrity.limit_store{where}", f"{whose} are over a limit: {{why}}.", f"Our bounds end; {when}."
            ),
            Sentence(
                f"integrity.rule_store{where}",
                f"{whose} are malformed: {{rule:phrase}}.",
                f"A manifest breaks a rule by our own check, and an engine gives up; {when}.",
            ),
            Sentence(
                f"integrity.unsigned_store{where}",
                f"{whose} are malformed: nothing in them is signed that could be read.",
                f"The same, and no rule is known; {when}.",
            ),
            Sentence(
                f"integrity.no_store{where}",
                f"{whose} could not be had: they are empty, too large, or may not be read.",
                f"A store was named and has no bytes that were read; {when}.",
            ),
        ]
    return tuple(found)


_FORMATS: Final = {
    "jpeg": "JPEG", "png": "PNG", "gif": "GIF", "tiff": "TIFF", "riff": "WebP, WAV or AVI", "bmff": "MP4, HEIC or AVIF",
    "jxl": "JPEG XL", "mp3": "MP3", "flac": "FLAC", "pdf": "PDF", "svg": "SVG", "zip": "ZIP document",
    "text": "text", "html": "HTML", "sfnt": "font", "ogg": "Ogg",
}  # fmt: skip
"""Families of formats as people know them."""
SENTENCES: Final = (
    Sentence("integrity.unreadable", "The file could not be read: {why}.", "Another reason, in the system's words."),
    *(
        Sentence(f"integrity.unreadable.{word}", f"The file could not be read: {why}.", f"The reason is `{word}`.")
        for word, why in _FILE.items()
    ),
    Sentence(
        "integrity.fragments.missing.alone",
        "This is one fragment of a video; its Content Credentials are in the video's first part.",
        "The file is a media segment, and no store is in it.",
    ),
    Sentence(
        "integrity.fragments.missing.first",
        "This is the first part of a fragmented video; without its fragments nothing can be compared.",
        "The file is an initialisation segment, and no fragments were given.",
    ),
    Sentence(
        "integrity.store.alone",
        "These are Content Credentials on their own; without their media nothing can be compared.",
        "The file is a manifest store.",
    ),
    Sentence(
        "integrity.absent",
        "The file has no Content Credentials, so whether it was changed cannot be told.",
        "An engine looked, our own reading looked, and nothing was left out.",
    ),
    Sentence(
        "integrity.unsearched",
        "No Content Credentials were found, but not all that the file holds packed was searched.",
        "The same, and our bounds ended within what is packed.",
    ),
    Sentence(
        "integrity.unreached.unreadable",
        "What begins like Content Credentials lies in this file, and cannot be read: {where:listed}.",
        "The beginning of a store lies where the format has no place for one.",
    ),
    Sentence(
        "integrity.unreached.inside",
        "Content Credentials lie in this file where the engines do not look, and were not checked: {where:listed}.",
        "A store lies in something that is in the file, and may speak of that alone.",
    ),
    Sentence(
        "integrity.unreached.placeless",
        "Content Credentials lie in this file where its format has no place for them, and were not checked: "
        "{where:listed}.",
        "A store lies in another part of the file.",
    ),
    Sentence(
        "integrity.unreached.engine",
        "Content Credentials lie in the file where the engine finds none: cut off by a change, of something inside it, "
        "or of a form that it does not read.",
        "Our own reading finds a store at its place, and the engine none.",
    ),
    Sentence(
        "integrity.unparsable.form",
        "What lies in the file in the form of Content Credentials cannot be read.",
        "The engine finds nothing, and our own reading something that breaks the form.",
    ),
    Sentence(
        "integrity.unparsable.deep",
        "The file was not read: its parts are nested deeper than anything real.",
        "The engine's bound on depth was reached.",
    ),
    Sentence(
        "integrity.prerelease",
        "The Content Credentials are of a pre-release draft (0.x) that can no longer be checked.",
        "The engine knows the form of a draft.",
    ),
    *_stores(),
    Sentence(
        "integrity.malformed_file",
        "The file is malformed: it is no whole {format:phrase}; our own check finds no Content Credentials in it.",
        "An engine gives up, and our reader finds that the container ends wrongly.",
    ),
    Sentence(
        "integrity.malformed_file.from",
        "The file is malformed: from byte {stops} on it is no {format:phrase}; our own check finds no Content "
        "Credentials in it.",
        "The same, and where is known.",
    ),
    Sentence(
        "integrity.engine.refused.absent",
        "{engine} {reason:phrase}; our own check finds no Content Credentials in it.",
        "An engine gives up, and our own reading finds nothing wrong and no store.",
    ),
    Sentence(
        "integrity.engine.refused.absent.both",
        "{engine} {reason:phrase}; our own check and {other} find no Content Credentials in it.",
        "The same, and the other engine looked as well.",
    ),
    Sentence(
        "integrity.engine.refused.unlooked",
        "{engine} {reason:phrase}, and our own check did not come about.",
        "An engine gives up, and our own reading is missing.",
    ),
    Sentence(
        "integrity.engine.refused.only",
        "{engine} {reason:phrase}; {other} alone reads it and finds no change.",
        "One engine alone gives an account, and nothing speaks against the bytes.",
    ),
    Sentence(
        "integrity.engine.refused.only.changed",
        "{engine} {reason:phrase}; {other} alone reads it and says that these are not the signed bytes.",
        "The same, and it finds the hash mismatched.",
    ),
    Sentence(
        "integrity.engine.refused.only.against",
        "{engine} {reason:phrase}; {other} alone reads it and finds something against it.",
        "The same, and it finds another failure.",
    ),
    Sentence(
        "integrity.engine.refused.nothing",
        "{engine} {reason:phrase}; nothing but that is known.",
        "Nobody else has computed anything of the bytes.",
    ),
    Sentence(
        "integrity.engine.refused.unconfirmed",
        "{engine} {reason:phrase}; our own check reads it, and nothing confirms what it finds.",
        "Our own computation finds a doubt or a failure.",
    ),
    Sentence(
        "integrity.engine.refused.alone",
        "{engine} {reason:phrase}; our own check alone finds the file unchanged since it was signed.",
        "Our own computation holds, and no reviewed reason or second engine stands beside it.",
    ),
    Sentence(
        "integrity.engine.refused.chain-depth",
        "{engine} {reason:phrase}; that is about how many earlier versions there are, and about no byte of the file.",
        "The refusal is reviewed, our own computation holds and the second engine confirms it.",
    ),
    Sentence(
        "integrity.engine.refused.parts",
        "{engine} {reason:phrase}; that is about how many of them there are, and about no byte of the file.",
        "The same of another reason.",
    ),
    Sentence(
        "integrity.engine.refused.type",
        "{engine} {reason:phrase}; another engine and our own check do.",
        "The same of a type that one engine does not read.",
    ),
    Sentence(
        "integrity.unsupported",
        "This type of file is not supported; nothing was looked for but manifest stores in plain bytes, of which there "
        "are none.",
        "Nobody reads the type, and the whole file was searched for stores in plain bytes.",
    ),
    Sentence(
        "integrity.unsupported.unsearched",
        "This type of file is not supported; nothing was looked for.",
        "Nobody reads the type, and not all of the file was searched.",
    ),
    Sentence(
        "integrity.unsupported.here",
        "Content Credentials in this type of file cannot be read here.",
        "The type is known and this build does not read it.",
    ),
    Sentence("integrity.skipped", "No engine was asked.", "No engine was to be asked."),
    *(
        Sentence(
            f"integrity.error.{word}",
            f"{why}; that says nothing about the file.",
            f"The engine's reason is `{word}`.",
        )
        for word, why in _ENGINE.items()
    ),
    Sentence(
        "integrity.error.other",
        "The engine failed on this file; that says nothing about the file.",
        "Another reason of the engine.",
    ),
    Sentence(
        "integrity.error.io",
        "The engine ran into an input or memory error while it compared; that says nothing about the bytes.",
        "A validation code of the engine has an input or memory error for its cause.",
    ),
    Sentence(
        "integrity.remote",
        "The file only names an address where its Content Credentials are kept, {address:quoted}; nothing was fetched.",
        "The file names an address, and the network is off.",
    ),
    Sentence(
        "integrity.remote.refused",
        "The file only names an address where its Content Credentials are kept, {address:quoted}; {host:quoted} did "
        "not "
        "give them.",
        "Asking at that address brought nothing.",
    ),
    Sentence(
        "integrity.remote.unasked",
        "The file only names an address where its Content Credentials are kept, {address:quoted}; they could not be "
        "had "
        "from there.",
        "The same, and the address names no host.",
    ),
    Sentence(
        "integrity.sidecar.unused",
        "Content Credentials lie in {name:quoted} beside this file and another of the same name; they were not used, "
        "as "
        "whose they are cannot be told.",
        "A store beside the file belongs to one of several files.",
    ),
    Sentence(
        "integrity.store.outside.given",
        "The Content Credentials are those that you gave, not ones in the file.",
        "The reader gave the store.",
    ),
    Sentence(
        "integrity.store.outside.beside",
        "The Content Credentials lie in {name:quoted} beside this file, not in it.",
        "The store lies beside the file.",
    ),
    Sentence(
        "integrity.store.outside.remote",
        "The Content Credentials were fetched from {host:quoted}, which the file names.",
        "The store was fetched from the address that the file names.",
    ),
    *(Sentence(f"format.{word}", text, f"The container's family is `{word}`.") for word, text in _FORMATS.items()),
    Sentence("store.in.packed", "in {what:phrase} ({name:quoted})", "A file of an archive, with its name."),
    Sentence("store.in.inside", "in {what:phrase}", "Something inside the file."),
    Sentence("store.in.trailing", "behind its end", "Behind the end of the media."),
    Sentence("store.in.nowhere", "at byte {start}, in no part of it that is known here", "No part is known."),
    Sentence("store.in.comment", "in a comment", "A comment of the container."),
    Sentence("store.in.id3", "in its ID3 tag", "An ID3 tag."),
    Sentence("store.in.cover", "in its cover picture", "A cover picture."),
    Sentence("store.in.exif", "in its EXIF", "EXIF."),
    Sentence("store.in.xmp", "in its XMP", "XMP."),
    Sentence("store.in.iptc", "in its IPTC", "IPTC."),
    Sentence("store.in.metadata", "in its metadata", "Other metadata."),
    Sentence("store.in.user_data", "in its user data", "User data of a film."),
    Sentence("store.in.document", "amid the document", "The body of a document."),
    Sentence("store.in.padding", "in its padding", "Padding."),
    Sentence("store.in.media", "amid its {part}", "Media bytes."),
    Sentence("store.in.part", "in a part of it called {part:quoted}", "Another part."),
    Sentence("store.inside.jpeg", "a JPEG picture inside it", "A JPEG."),
    Sentence("store.inside.png", "a PNG picture inside it", "A PNG."),
    Sentence("store.inside.gif", "a GIF picture inside it", "A GIF."),
    Sentence("store.inside.riff", "a WebP, WAV or AVI file inside it", "A RIFF file."),
    Sentence("store.inside.bmff", "a film or picture inside it", "An ISO base media file."),
    Sentence("store.inside.packed", "a packed part of it", "Something packed of no known family."),
)
