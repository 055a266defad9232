"""What was not checked, and why: the sentences of the gaps that a report names."""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_WHY: Final = {
    "time-limit": "it took longer than the time limit",
    "memory-limit": "it needed more memory than the limit",
    "crash": "the program that reads it crashed",
}
"""Stable reasons of workers."""

_ISCC: Final = {
    "malformed": "its value is no ISCC",
    "part": "it speaks of a part of the file",
    "not-comparable": "it holds no code of the content that can be recomputed here",
    "not-made": "the file's own code could not be made",
}
"""Why a signed ISCC could not be compared."""
_UNSEARCHED: Final = {
    "no-picture": "only pictures and videos have look-alikes here",
    "unsupported": "pictures of this type are not decoded here",
    "undecodable": "the picture could not be decoded",
    "too-small": "the picture is too small",
    "too-plain": "there is too little in it to tell it from others",
    "too-many-pixels": "it has too many pixels",
    "no-frames": "no frame of the video could be decoded",
    "not-installed": "the package that decodes videos is not installed (vouchmark[video])",
    "time-limit": "it took too long",
    "memory-limit": "it needed too much memory",
}
"""Why look-alikes were not looked for, by the reason that a fingerprint gives."""

SENTENCES: Final = (
    Sentence(
        "gap.thumbnail",
        "whether the thumbnail in the Content Credentials shows the same picture",
        "A thumbnail is signed, and the pictures were not compared.",
    ),
    Sentence("gap.thumbnail.why", "add --compare-pictures", "Beside gap.thumbnail."),
    Sentence("gap.size", "the size of the picture", "It is a picture whose header is not read here."),
    Sentence("gap.size.why", "not measured in this type of file", "Beside gap.size."),
    Sentence("gap.elsewhere", "what the file loads from elsewhere", "It is a type of file that can load things."),
    Sentence("gap.elsewhere.why", "nothing of it is opened", "Beside gap.elsewhere."),
    Sentence("gap.macros", "macros in the document", "It is an office document."),
    Sentence("gap.macros.why", "nothing of it is run or read", "Beside gap.macros."),
    Sentence("gap.signatures", "the document's own digital signatures", "It is a document that can have some."),
    Sentence("gap.signatures.why", "only Content Credentials are read", "Beside gap.signatures."),
    Sentence("gap.credentials", "Content Credentials", "The type of file is not supported."),
    Sentence("gap.credentials.why", "type of file not supported", "Beside gap.credentials."),
    Sentence("gap.fragments", "the fragments of the video", "Fragments are signed and none was given."),
    Sentence("gap.fragments.some", "{missing} of {number} fragments of the video", "Some were not given."),
    Sentence("gap.fragments.why", "not given with --fragment", "Beside gap.fragments."),
    Sentence("gap.remote", "remote Content Credentials", "The file names an address."),
    Sentence("gap.remote.why", "nothing is fetched without --online", "Beside gap.remote, the network is off."),
    Sentence("gap.beside", "the Content Credentials in {name:quoted} beside the file", "A store that was not used."),
    Sentence("gap.beside.own", "the file has Content Credentials of its own", "Beside gap.beside."),
    Sentence("gap.beside.other", "another one bears the file's whole name", "Beside gap.beside."),
    Sentence(
        "gap.beside.shared",
        "other files of the same name lie there, so that whose they are cannot be told",
        "Beside gap.beside.",
    ),
    Sentence(
        "gap.further",
        "further Content Credentials that lie in the file, {where:listed}",
        "A store lies where the format has no place for one, beside the one that was checked.",
    ),
    Sentence(
        "gap.further.why",
        "only those in the place that its format has for them are checked",
        "Beside gap.further.",
    ),
    Sentence(
        "gap.packed", "Content Credentials in all of what the file holds packed", "Our bounds ended within an archive."
    ),
    Sentence("gap.packed.why", "not all of it was searched", "Beside gap.packed."),
    Sentence("gap.second", "a second, independent engine", "Only one engine read the file."),
    Sentence("gap.second.unasked", "not asked for", "Beside gap.second."),
    Sentence("gap.second.unbuilt", "there is no build of {missing:listed} for this system", "Beside gap.second."),
    Sentence("gap.second.large", "the file is too large for it", "Beside gap.second."),
    Sentence("gap.places", "place and time in the file's own metadata", "Place or time is claimed."),
    Sentence("gap.index", "known media", "The reader named neither an index nor an original."),
    Sentence("gap.index.why", "no --index and no --original given", "Beside gap.index."),
    Sentence("gap.soft", "the soft binding {name:quoted}", "A signed fingerprint of another kind than ISCC."),
    Sentence("gap.soft.why", "only its maker can recompute it", "Beside gap.soft."),
    Sentence("gap.iscc", "the signed ISCC soft binding", "It could not be recomputed."),
    *(Sentence(f"gap.iscc.{word}", text, "Beside gap.iscc.") for word, text in _ISCC.items()),
    Sentence("gap.alike", "look-alikes in the index", "No hash of its looks could be made."),
    *(Sentence(f"gap.unsearched.{word}", text, f"The reason is `{word}`.") for word, text in _UNSEARCHED.items()),
    Sentence("gap.alike.further", "look-alikes of further pictures in the file", "It has several pictures."),
    Sentence(
        "gap.alike.further.why",
        "of an animation, or of several pages, only the first picture is looked for",
        "Beside gap.alike.further.",
    ),
    Sentence("gap.alike.rest", "look-alikes of the rest of the video", "Our bounds ended within the video."),
    Sentence("gap.alike.rest.why", "only the first {seconds} s were looked at", "Beside gap.alike.rest."),
    Sentence("gap.pictures.file", "further pictures in the file", "It has several pictures."),
    Sentence("gap.pictures.original", "further pictures in the original", "The original has several pictures."),
    Sentence(
        "gap.pictures.why",
        "of an animation, or of several pages, only the first picture is compared",
        "Beside gap.pictures.",
    ),
    Sentence("gap.frames", "edits within single frames of the recording", "A recording was looked for."),
    Sentence("gap.frames.why", "only the order in time is looked at", "Beside gap.frames."),
    Sentence("gap.alone.sound", "its sound", "The original has no sound that can be decoded."),
    Sentence("gap.alone.pictures", "its pictures", "The original has no pictures that can be decoded."),
    Sentence("gap.alone.why", "the original has none that can be decoded", "Beside gap.alone."),
    Sentence("gap.sparse", "its pictures between key frames", "The original is long."),
    Sentence(
        "gap.sparse.why",
        "of the original, which is long, only key frames are looked at, {seconds} s apart",
        "Beside gap.sparse.",
    ),
    Sentence("gap.all.recording", "all of the recording", "Our bounds ended within it."),
    Sentence("gap.all.original", "all of the original", "Our bounds ended within it."),
    Sentence("gap.all.why", "only what lies before {time} was looked at, or a part of that", "Beside gap.all."),
    Sentence("gap.elsewhere_vouched", "whether the same person vouched for something else as well", "No ledger."),
    Sentence("gap.elsewhere_vouched.why", "no --ledger given", "Beside gap.elsewhere_vouched."),
    Sentence(
        "gap.unrecorded",
        "whether the same person vouches for something else later on",
        "The ledger was only read, and did not know the voice.",
    ),
    Sentence(
        "gap.unrecorded.why",
        "the ledger was only read, so a voice that it does not know is not kept by it either",
        "Beside gap.unrecorded.",
    ),
    Sentence(
        "gap.split",
        "whether the same person vouched for something else in another part of this run",
        "The run has more vouches than are looked at together.",
    ),
    Sentence("gap.split.why", "it has more vouches than are looked at together", "Beside gap.split."),
    Sentence("gap.challenge", "whether a vouch was made for you, and now", "No nonce and no audience was demanded."),
    Sentence("gap.challenge.why", "no --nonce or --audience given, so it may be a copy", "Beside gap.challenge."),
    Sentence("gap.nonce", "whether a vouch was made now", "An audience was demanded and no nonce."),
    Sentence(
        "gap.nonce.why",
        "no --nonce given, so it may be a copy of one that was made for you before",
        "Beside gap.nonce.",
    ),
    Sentence("gap.withdrawn", "whether an issuer has withdrawn a credential", "A vouch verifies."),
    Sentence(
        "gap.withdrawn.why",
        "by design there is no revocation within an epoch, because it could be used to follow people",
        "Beside gap.withdrawn.",
    ),
    Sentence("gap.vouch_time", "when a vouch was made", "No record and no stamp tells."),
    Sentence(
        "gap.vouch_time.why",
        "without a ledger's record or a trusted time stamp it is taken as made just now",
        "Beside gap.vouch_time.",
    ),
    Sentence("gap.vouches", "{number} more vouches beside the file or in it", "More than are read."),
    Sentence("gap.vouches.why", "more than are read for one file", "Beside gap.vouches."),
    Sentence("gap.revocation", "revocation", "Nobody said whether the certificate was revoked."),
    Sentence("gap.revocation.offline", "network off", "Beside gap.revocation."),
    Sentence("gap.revocation.cut", "there are more answers about it than are looked at", "Beside gap.revocation."),
    Sentence("gap.revocation.nobody", "the certificate names nobody to ask", "Beside gap.revocation."),
    Sentence("gap.revocation.unbelieved", "no answer that could be believed", "Beside gap.revocation."),
    Sentence("gap.product", "the conforming product", "The official list vouches for the signer."),
    Sentence("gap.product.why", "no list of conforming products is kept", "Beside gap.product."),
    Sentence("gap.identities", "{number} more identities", "More than our bound."),
    Sentence("gap.identities.why", "more than are looked at", "Beside gap.identities."),
    Sentence(
        "gap.services", "identities that a service on the network vouches for", "The key of a service was not fetched."
    ),
    Sentence(
        "gap.identity_revocation", "revocation of the certificates of identities", "An identity has a certificate."
    ),
    Sentence("gap.identity.offline", "network off", "Beside one of these."),
    Sentence("gap.identity.online", "not asked, even online", "Beside one of these."),
    Sentence("gap.official", "the signer against the official list", "No list of signers is kept."),
    Sentence("gap.official.why", "no list kept; run: vouchmark trust update", "Beside gap.official."),
    Sentence("gap.changes", "changes to the list {name}", "A list is old."),
    Sentence("gap.changes.days", "the list is {days} days old", "Beside gap.changes."),
    Sentence("gap.changes.imported", "the list was imported on {day}; its own date is unknown", "Beside gap.changes."),
    Sentence("gap.changes.kept", "the list was kept for long; its own date is unknown", "Beside gap.changes."),
    Sentence("gap.watermarks", "invisible watermarks such as SynthID", "Something says that there may be one."),
    Sentence("gap.watermarks.why", "not checkable here", "Beside gap.watermarks."),
    Sentence("gap.unsigned_ai", "unsigned AI declarations (XMP, IPTC, EXIF, texts)", "The metadata was not read."),
    Sentence("gap.unsigned_ai.why", "the metadata was not read", "Beside gap.unsigned_ai."),
    Sentence("gap.metadata.unread", "{what}", "A kind of metadata that is not read here, by its name."),
    Sentence("gap.metadata.unread.why", "not read here", "Beside gap.metadata.unread."),
    Sentence("gap.metadata.cut", "metadata: {what}", "Our bounds ended within the metadata."),
    Sentence("gap.metadata.cut.why", "beyond a limit", "Beside gap.metadata.cut."),
    Sentence("gap.own", "our own check of the bytes, signer and history", "It did not come about."),
    *(Sentence(f"gap.why.{word}", text, f"The reason is `{word}`.") for word, text in _WHY.items()),
    Sentence("gap.why", "{reason}", "Another stable reason, as it is."),
)
