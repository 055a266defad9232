"""What is said of the bytes? The integrity line: a mismatch is a mismatch, and an invalid signature signs nothing."""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

SENTENCES: Final = (
    Sentence(
        "integrity.changed",
        "These are not the bytes that were signed: the file was changed afterwards, or its credentials come from "
        "another file.",
        "The digest of the bytes is not the signed one; the store lies in the file, or the file names it.",
    ),
    Sentence(
        "integrity.changed.given",
        "The Content Credentials that you gave do not fit this file: it was changed afterwards, or they are another "
        "file's.",
        "The same; the store was given by the reader.",
    ),
    Sentence(
        "integrity.changed.beside",
        "The Content Credentials in {name:quoted} beside this file do not fit it: it was changed afterwards, or they "
        "are another file's.",
        "The same; the store lies beside the file.",
    ),
    Sentence(
        "integrity.changed.own",
        "By our own computation the digest of the bytes is not the signed one.",
        "Beside integrity.changed by an engine.",
    ),
    Sentence(
        "integrity.thumbnail.like",
        "The picture looks like the thumbnail that was signed with it.",
        "The perceptual hashes are near, or registration agrees; similarity binds nothing.",
    ),
    Sentence(
        "integrity.thumbnail.unlike",
        "The picture does not look like the thumbnail that was signed with it: another picture, or heavily edited.",
        "Registration was asked for and found no agreement, and the perceptual hashes are not near.",
    ),
    Sentence(
        "integrity.signature",
        "The signature is not valid: nothing in the Content Credentials is signed.",
        "The signature over the claim does not verify, or is missing.",
    ),
    Sentence(
        "integrity.signature.own",
        "By our own computation the signature does not fit what it is said to sign.",
        "Beside integrity.signature by an engine.",
    ),
    Sentence(
        "integrity.statements",
        "A statement in the Content Credentials was altered, removed or added after signing.",
        "An assertion is not the one that the signed claim names.",
    ),
    Sentence(
        "integrity.statements.own",
        "By our own computation a statement in the Content Credentials is not the signed one.",
        "Beside integrity.statements by an engine.",
    ),
)
