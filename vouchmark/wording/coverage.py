"""What is said of which bytes a signature covers, and of what is open? The integrity line's findings on coverage."""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

SENTENCES: Final = (
    Sentence(
        "integrity.unchanged",
        "The file is unchanged since it was signed.",
        "The digest is the signed one, and nothing but the Content Credentials is left out.",
    ),
    Sentence(
        "integrity.unchanged.media",
        "The media is unchanged since it was signed.",
        "The same, and parts of the container that hold no media are left out.",
    ),
    Sentence(
        "integrity.unchanged.but",
        "The media is unchanged since it was signed; {parts:listed} in the file could have been changed.",
        "The digest is the signed one, and the signature leaves out metadata.",
    ),
    Sentence(
        "integrity.unchanged.covered",
        "What the signature covers is unchanged since it was signed.",
        "The digest is the signed one, and there is a doubt about what it covers.",
    ),
    Sentence(
        "integrity.unchanged.fragment",
        "The file and the fragment that you gave are unchanged since they were signed.",
        "As integrity.unchanged, and one fragment of a stream was given.",
    ),
    Sentence(
        "integrity.unchanged.fragments",
        "The file and the {number} fragments that you gave are unchanged since they were signed.",
        "As integrity.unchanged, and several fragments of a stream were given.",
    ),
    Sentence(
        "integrity.unchanged.media.fragment",
        "The media and the fragment that you gave are unchanged since they were signed.",
        "As integrity.unchanged.media, and one fragment of a stream was given.",
    ),
    Sentence(
        "integrity.unchanged.media.fragments",
        "The media and the {number} fragments that you gave are unchanged since they were signed.",
        "As integrity.unchanged.media, and several fragments of a stream were given.",
    ),
    Sentence(
        "integrity.coverage.full",
        "The signature covers all of the file, but for the Content Credentials.",
        "Our own computation finds no other byte left out.",
    ),
    Sentence(
        "integrity.coverage.full.but",
        "The signature covers all of the file, but for the Content Credentials and parts of the container that hold no "
        "media ({parts:listed}).",
        "The same, and parts of the container that hold no media are left out.",
    ),
    Sentence(
        "integrity.coverage.metadata_excluded",
        "The signature covers all media bytes, but not {parts:listed}: anybody can change that.",
        "Our own computation finds metadata left out, and nothing else.",
    ),
    Sentence(
        "integrity.coverage.order_excluded",
        "The signature leaves open where in the file the media lies: parts could be left out, or shown in another "
        "order.",
        "The tables that say where the media lies are left out, and what is covered does not settle it.",
    ),
    Sentence(
        "integrity.coverage.other_excluded",
        "The signature leaves out parts of the file whose meaning is not known here.",
        "What is left out is of no kind that our reader knows.",
    ),
    Sentence(
        "integrity.coverage.trailing_excluded",
        "The signature leaves out bytes after the end of the media, where anything could be.",
        "What lies behind the end is left out.",
    ),
    Sentence(
        "integrity.coverage.media_excluded",
        "The signature leaves out part of the media itself, which could be anything.",
        "Media bytes are left out.",
    ),
    Sentence(
        "integrity.coverage.unknown",
        "How much of the file the signature covers could not be measured.",
        "Our own check could not compute it, or was not made.",
    ),
    Sentence(
        "integrity.coverage.unknown.field",
        "The signed hash has a field that is not known here, so that what it covers could not be measured.",
        "The binding has a field that our check does not know.",
    ),
    Sentence(
        "integrity.unbound.form",
        "The signature is of a form that our own check cannot read, so what it covers is not known.",
        "The COSE structure or its algorithm is not one that our check reads.",
    ),
    Sentence(
        "integrity.coverage.wide",
        "What was hashed is unchanged. What was left out beside the Content Credentials could be anybody's: "
        "{what:listed}.",
        "The digest matches; parts are left out that later rules want covered.",
    ),
    Sentence(
        "integrity.store.foreign",
        "Something else lies among the Content Credentials, as if it were a part of them: no writer puts it there.",
        "Foreign bytes lie within the manifest's range.",
    ),
    Sentence(
        "integrity.padding.filled",
        "Padding that no signature covers, and that must be empty, holds something: {what:listed}.",
        "Padding in the container is not zero.",
    ),
    Sentence(
        "integrity.padding.filled.store",
        "Padding in the Content Credentials, which no signature covers and which must be empty, holds something.",
        "Padding in the manifest store is not zero.",
    ),
    Sentence(
        "integrity.pointer.store",
        "The file sends its readers into the Content Credentials, where no signature covers what they show: "
        "{what:listed}.",
        "A table of the container points into the manifest's range.",
    ),
    Sentence(
        "integrity.shown.excluded",
        "The signature leaves out what decides how the media is shown: {what:listed}.",
        "Parts that decide how it is shown are left out.",
    ),
    Sentence(
        "integrity.brands",
        "What the file says of its own type, which no signature covers, does not fit its content: {what:listed}.",
        "Brands or a version that is left out does not fit what is covered.",
    ),
    Sentence(
        "integrity.tables",
        "Readers of this file can disagree on what is in it: {what:listed}.",
        "Two tables of the container, or a table and the content, say different things.",
    ),
    Sentence(
        "integrity.references.outside",
        "What is shown depends on things outside the file, which no signature in it covers: {what:listed}.",
        "The file loads something from elsewhere when it is shown.",
    ),
    Sentence(
        "integrity.references.listed",
        "The file leads to things outside it, and does not need them to be shown as it was signed: {what:listed}.",
        "There are links that a reader has to follow by hand.",
    ),
    Sentence(
        "integrity.script",
        "Programs in the file decide what is shown, so that it need not be the same each time: {what:listed}.",
        "The file holds scripts.",
    ),
    Sentence(
        "integrity.text.form",
        "The same words, other line ends: only line ends, blanks at line ends, the byte order mark or the form of "
        "letters differ.",
        "The digest of the normalised text matches, and that of the bytes does not.",
    ),
    Sentence(
        "integrity.text.unseen",
        "The text holds what a reader does not see, or takes for something else: {what:listed}.",
        "There are invisible or misleading characters in it.",
    ),
    Sentence(
        "integrity.update.length",
        "A later update made the file longer, and with it the length field at its start, which is signed; all else "
        "is unchanged.",
        "The digest matches with the old length of a RIFF file in place of the new one.",
    ),
    Sentence(
        "integrity.fragments.unused",
        "Fragments were given, and what is signed in this file speaks of none: nothing was held against them.",
        "The binding names no fragments.",
    ),
    Sentence(
        "integrity.parts.missing",
        "Parts that the signer allows to be missing are missing; those that are here match the signed hashes.",
        "A multi-asset hash names optional parts, and some are not in the file.",
    ),
    Sentence(
        "integrity.stores.multiple",
        "The file carries two sets of Content Credentials.",
        "Two manifest stores lie in places that the format has for them.",
    ),
    Sentence(
        "integrity.store.differs",
        "The Content Credentials that were read are not the ones that lie in the file.",
        "The engine's store is not the one at the place in the file.",
    ),
    Sentence(
        "integrity.store.unsigned",
        "The Content Credentials hold what nobody signed, and anybody could have put there: {what:listed}.",
        "Octets of the store are covered by no signature and no hash, and are not what the format has there.",
    ),
    Sentence("list.more", "more", "The last of some words, where not all are named."),
    Sentence("list.more.number", "{number} more", "The same, where their number is known."),
    Sentence("metadata.any", "metadata", "What is left out has no name."),
    Sentence("metadata.other", "other metadata", "More is left out than is named."),
    Sentence("list.counted", "{what} ({number})", "A part that stands open several times, or whose number tells it."),
    Sentence("octets.box", "a box that does not belong there", "A JUMBF box of another kind."),
    Sentence(
        "octets.box-header", "a box header in a form of its own", "A box header that is not in the shortest form."
    ),
    Sentence("octets.box-description", "a box description that says more than it has to", "More toggles or fields."),
    Sentence("octets.assertion", "a statement that no claim names", "An assertion that is not in the claim."),
    Sentence("octets.data-box", "data that no statement names", "A data box that no hashed URI names."),
    Sentence("octets.credential", "a credential that no statement names", "The same of a credential."),
    Sentence("octets.manifest", "a manifest whose signature does not hold", "A manifest that no link verifies."),
    Sentence("octets.unreadable-manifest", "a manifest that cannot be read", "A manifest that breaks the form."),
    Sentence(
        "octets.compression",
        "a compressed manifest that is longer than its content explains",
        "There are bytes behind the end of the compressed stream.",
    ),
    Sentence(
        "octets.signature-header",
        "an entry in the unsigned part of a signature that does not belong there",
        "An unprotected COSE header that is not known.",
    ),
    Sentence(
        "octets.certificate",
        "a certificate that leads nowhere or holds more than a certificate does",
        "A certificate beside the chain, or with bytes behind it.",
    ),
    Sentence("octets.time-stamp", "a time stamp with parts that its authority did not sign", "Unsigned attributes."),
    Sentence(
        "octets.revocation-answer", "a revocation answer that none of the certificates signed", "A stapled answer."
    ),
    Sentence("octets.padding", "padding that is not empty", "Padding with other bytes than zero."),
    Sentence("octets.tail", "bytes behind the Content Credentials", "Bytes behind the last box."),
)
