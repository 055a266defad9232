"""What is said of the bytes? The integrity line: a mismatch is a mismatch, and an invalid signature signs nothing."""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_CONTRADICTIONS: Final = {
    "files-as-map": (
        "One verifier calls the signed hash malformed, as it knows the list of a document's files in another form "
        "alone; by our own computation every file in it is as it was signed.",
        "The condition of that name: the files of a collection are written as a map.",
    ),
    "placed-fragments": (
        "One verifier says that the bytes changed, as it hashes fragments without the places of their boxes; by our "
        "own computation every fragment that was given is as it was signed.",
        "The condition of that name: fragments of a video, signed as the rules want.",
    ),
    "parts-missing": (
        "One verifier says that the bytes changed; by our own computation only parts are gone that the signer allows "
        "to be missing.",
        "The condition of that name: optional parts of a multi-asset hash are not there.",
    ),
    "more-left-out": (
        "One verifier says that the bytes changed, as it lets only the Content Credentials be left out; by our own "
        "computation what was hashed is unchanged.",
        "The condition of that name: an older file leaves out EXIF as well.",
    ),
    "updated-length": (
        "One verifier says that the bytes changed; by our own computation only the length at the start did, when a "
        "later update made the file longer.",
        "The condition of that name: a RIFF file with an update.",
    ),
    "field": (
        "One verifier says that the bytes changed; the signed hash has a field that is not known here.",
        "The binding has a field that our own check does not know.",
    ),
    "signature": (
        "One verifier says that the signature or a signed statement does not hold; by our own check they all do.",
        "The second engine has a computed failure, and our own check finds all manifests of the chain intact.",
    ),
    "malformed": (
        "One verifier says that the signed hash is malformed; by our own computation it holds.",
        "No condition explains it, and our own digest matches.",
    ),
    "bytes": (
        "One verifier says that the bytes changed; by our own computation they did not.",
        "No condition explains it, and our own digest matches.",
    ),
}
"""What one engine says and our own computation does not, by the reviewed condition or by what is said."""

SENTENCES: Final = (
    *(Sentence(f"integrity.contradiction.{name}", text, when) for name, (text, when) in _CONTRADICTIONS.items()),
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
    Sentence(
        "integrity.malformed.manifest",
        "A manifest lacks what it must have: its issuer broke the rules.",
        "Our own check misses something that every manifest needs, under a valid signature.",
    ),
    Sentence(
        "integrity.malformed.update",
        "An update states more than an update may: its issuer broke the rules.",
        "Our own check finds in an update what only other manifests may have, under a valid signature.",
    ),
    Sentence(
        "integrity.malformed.link",
        "An update's link to what it updates cannot be read: its issuer broke the rules, and nothing is bound to the "
        "content.",
        "The link of an update is malformed.",
    ),
    Sentence(
        "integrity.malformed.link.part",
        "An update's link to what it updates has a URL that names a part of it, not the whole: its issuer broke the "
        "rules, and nothing is bound to the content.",
        "The link of an update leads into a manifest.",
    ),
    Sentence(
        "integrity.malformed.issuer",
        "The Content Credentials were malformed by their issuer; that is not a sign of a later change.",
        "An engine has a failure that means a broken rule, and its code is not known.",
    ),
    Sentence(
        "integrity.malformed.issuer.rule",
        "The Content Credentials were malformed by their issuer: {rule:phrase}; that is not a sign of a later change.",
        "An engine has a failure that means a broken rule.",
    ),
    Sentence(
        "integrity.malformed.updater",
        "A later update was malformed by whoever signed it; that is not a sign of a later change.",
        "The same of an update above the content.",
    ),
    Sentence(
        "integrity.malformed.updater.rule",
        "A later update was malformed by whoever signed it: {rule:phrase}; that is not a sign of a later change.",
        "The same of an update above the content, by a code that is known.",
    ),
    Sentence(
        "integrity.rule.no-actions",
        "The Content Credentials break a rule of the specification: no list of actions says how the file came to be. "
        "No byte of the file is "
        "concerned.",
        "The reviewed rule of that name: later versions want such a list, and our own check holds over the bytes.",
    ),
    Sentence(
        "integrity.update.rule",
        "Whoever signed a later update broke a rule of the specification; that is about the update alone.",
        "An engine has a failure of an update, our own check holds over the bytes, and the code is not known.",
    ),
    Sentence(
        "integrity.update.rule.known",
        "Whoever signed a later update broke a rule of the specification: {rule:phrase}; that is about the update "
        "alone.",
        "The same, and the code is known.",
    ),
    Sentence(
        "integrity.unbound",
        "No manifest in the file is bound to its content.",
        "No manifest has a hard binding, and no link of an update is malformed.",
    ),
    Sentence(
        "integrity.unbound.cut",
        "There are more versions than are looked at, so that the one bound to this content was not found.",
        "Our bound on versions was reached before the bound manifest.",
    ),
    Sentence(
        "integrity.unbound.unconfirmed",
        "The engine did not confirm that the signature covers this file's content.",
        "The engine gives no success code for the binding, or none for the signature.",
    ),
    Sentence(
        "integrity.fetched",
        "The file was fetched from {host:quoted} for this report, and nothing of it is kept.",
        "The reader named an address, and that host gave the file.",
    ),
    Sentence(
        "integrity.fetched.sent_on",
        "The file was fetched from {host:quoted}, to which {named:quoted} sent on, for this report, and nothing of "
        "it is "
        "kept.",
        "The same, and the host that was named sent on to another.",
    ),
    Sentence(
        "integrity.picture.limit",
        "The picture announces more pixels than the limit: showing it may take more memory than there is.",
        "Width times height is over --max-pixels.",
    ),
    Sentence(
        "integrity.picture.error",
        "The picture's size could not be measured; that says nothing about the file.",
        "Its header could not be read for another reason.",
    ),
    Sentence(
        "integrity.second_reading",
        "The file can be read as {content} and as {also}, and need not show the same in both.",
        "Our own reading finds the beginning of another type that readers accept.",
    ),
    Sentence(
        "integrity.second_reading.behind",
        "Behind the end of this {content} lies another file, {also}, which it does not declare.",
        "The same behind its end.",
    ),
    Sentence(
        "integrity.second_reading.fragment",
        "Fragment {number} of the video can be read as {also} too, and need not show the same then.",
        "The same of a fragment that was given.",
    ),
    Sentence(
        "integrity.name",
        "The name says {named}, the content is {content}.",
        "The file's name ends like another type than its content is.",
    ),
    Sentence(
        "integrity.cut.mismatch",
        "The file is cut off after {amount}, so that it is not what was signed.",
        "The file breaks off, and the hash fails.",
    ),
    Sentence(
        "integrity.cut.mismatch.lacks",
        "The file is cut off after {amount}, and {lacks} is missing, so that it is not what was signed.",
        "The same, and only what is missing is known, not how much.",
    ),
    Sentence(
        "integrity.cut.absent",
        "The file is cut off after {amount}; no Content Credentials are in the part that is here.",
        "The file breaks off, and an engine finds no store.",
    ),
    Sentence(
        "integrity.cut.absent.lacks",
        "The file is cut off after {amount}, and {lacks} is missing; no Content Credentials are in the part that is "
        "here.",
        "The same, and only what is missing is known, not how much.",
    ),
    Sentence(
        "integrity.cut.unparsable",
        "The file is cut off after {amount}, so that it cannot be read to its end.",
        "The file breaks off, and an engine gives up.",
    ),
    Sentence(
        "integrity.cut.unparsable.lacks",
        "The file is cut off after {amount}, and {lacks} is missing, so that it cannot be read to its end.",
        "The same, and only what is missing is known, not how much.",
    ),
    Sentence("integrity.cut", "The file is cut off after {amount}.", "The file breaks off, and nothing else is known."),
    Sentence(
        "integrity.cut.lacks",
        "The file is cut off after {amount}, and {lacks} is missing.",
        "The same, and only what is missing is known, not how much.",
    ),
    Sentence("cut.lacks.picture", "the end of the picture", "A picture ends before its end mark."),
    Sentence("cut.lacks.sound", "the end of the sound", "A stream ends within a page."),
    Sentence("cut.lacks.list", "the list of its parts", "An archive has no directory."),
    Sentence(
        "integrity.cut.rest",
        "What is left of the file does not match the hash of what was signed.",
        "Beside integrity.cut, of the part that is here, by an engine.",
    ),
    Sentence(
        "integrity.cut.rest.own",
        "By our own computation what is left of the file does not match the hash of what was signed.",
        "Beside integrity.cut, of the part that is here, by our own digest.",
    ),
)
