"""Which codes can a finding carry, and what does each one mean?

Codes are API: a code never changes its meaning. Where the C2PA or CAWG specification has a code it is kept verbatim
(`vouchmark.codes.specification`); the others are ours, lower-case dotted words under the name of their line.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from vouchmark.codes.specification import FAMILY_LINES, SPECIFICATION, Kind
from vouchmark.report import Line, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code."""

    code: str
    line: Line
    """Where it stands, or for the specification's codes where it usually does."""
    statuses: tuple[Status, ...]
    """What findings with this code can be."""
    meaning: str
    """One sentence."""
    origin: str = "vouchmark"
    """`vouchmark`, `C2PA` or `CAWG`."""


PASS, FAIL, UNKNOWN, ABSENT, ERROR = (Status.PASS, Status.FAIL, Status.UNKNOWN, Status.ABSENT, Status.ERROR)

NOT_HELD: Final = (FAIL, UNKNOWN, ABSENT)
"""A vouch that does not count: a failure where the reader was told to expect one, information beside one that holds."""

_OURS: Final[tuple[tuple[str, tuple[Status, ...], str], ...]] = (
    # integrity
    ("integrity.absent", (ABSENT,), "The file has no Content Credentials; that says nothing about it."),
    (
        "integrity.remote",
        (UNKNOWN,),
        "The Content Credentials are kept at an address, from which they were not had.",
    ),
    ("integrity.unsupported", (UNKNOWN,), "This type of file is not supported; nothing was looked for."),
    ("integrity.store.alone", (UNKNOWN,), "A manifest store without its media: there is nothing to compare it with."),
    ("integrity.thumbnail.like", (ABSENT,), "The picture looks like the thumbnail that was signed with it."),
    ("integrity.thumbnail.unlike", (UNKNOWN,), "By registration the picture does not look like its signed thumbnail."),
    ("integrity.fragments.unused", (UNKNOWN,), "Fragments were given that nothing signed in the file speaks of."),
    ("integrity.fragments.missing", (UNKNOWN,), "The first part of a fragmented video: its fragments are needed."),
    (
        "integrity.cut",
        (FAIL, UNKNOWN),
        "The file breaks off before its end; fail where it is therefore not what was signed.",
    ),
    ("integrity.unbound", (FAIL, UNKNOWN), "No signature is known to cover this file's content."),
    ("integrity.malformed", (FAIL,), "The Content Credentials were malformed by their issuer, not changed later."),
    (
        "integrity.update.rule",
        (ABSENT,),
        "Whoever signed a later update broke a rule of the specification that concerns the update alone.",
    ),
    (
        "integrity.rule",
        (ABSENT,),
        "The issuer broke a rule of the specification that, as reviewed, does not concern the file's bytes.",
    ),
    ("integrity.unparsable", (ERROR,), "The file or its Content Credentials are malformed and cannot be read."),
    ("integrity.unreadable", (ERROR,), "The file's bytes could not be had, or are over a limit."),
    ("integrity.error", (ERROR,), "The check itself failed (time, memory, crash); that says nothing about the file."),
    (
        "integrity.coverage.full",
        (PASS,),
        "The signed hash covers all of the file but the Content Credentials and parts of the container without media.",
    ),
    (
        "integrity.coverage.metadata_excluded",
        (PASS, UNKNOWN),
        "Metadata is left out of the signed hash; the media is not.",
    ),
    (
        "integrity.coverage.order_excluded",
        (UNKNOWN,),
        "The tables that say where media lies are left out, and could show it in another order.",
    ),
    (
        "integrity.coverage.wide",
        (UNKNOWN,),
        "The range left out for the manifest store also holds other things, which anybody could have put there.",
    ),
    (
        "integrity.store.foreign",
        (FAIL,),
        "Bytes that are no part of the manifest store lie among it, outside the hash.",
    ),
    (
        "integrity.store.unsigned",
        (UNKNOWN,),
        "The manifest store holds octets that nobody signed and that the format does not have there.",
    ),
    ("integrity.padding.filled", (FAIL,), "Padding that is outside every hash and must be zero holds something."),
    ("integrity.pointer.store", (FAIL,), "A table of offsets leads into the manifest store, outside every hash."),
    (
        "integrity.shown.excluded",
        (UNKNOWN,),
        "What decides how the media is shown (orientation, thumbnails, …) is left out of the signed hash.",
    ),
    ("integrity.brands", (UNKNOWN,), "The file's brands, which no hash covers, do not fit its content."),
    ("integrity.tables", (UNKNOWN,), "The file's tables contradict each other: readers can see different things."),
    ("integrity.references.outside", (UNKNOWN,), "What is shown depends on things outside the file."),
    ("integrity.references.listed", (ABSENT,), "Links lead out of the file; what is shown needs none of them."),
    ("integrity.script", (UNKNOWN,), "A script in the file decides what is shown."),
    ("integrity.coverage.other_excluded", (UNKNOWN,), "Parts that are neither media nor metadata are left out."),
    ("integrity.coverage.trailing_excluded", (UNKNOWN,), "Bytes after the end of the media are left out."),
    (
        "integrity.coverage.media_excluded",
        (FAIL,),
        "Media bytes are left out of the signed hash: they could be anything.",
    ),
    ("integrity.coverage.unknown", (UNKNOWN,), "How much of the file the signed hash covers could not be measured."),
    (
        "integrity.update.length",
        (UNKNOWN,),
        "Only the file's length field is changed, which the signed hash covers and a later update had to change.",
    ),
    (
        "integrity.text.form",
        (UNKNOWN,),
        "The same words, other line ends: the bytes differ in line ends, blanks at line ends or normal form alone.",
    ),
    ("integrity.text.unseen", (UNKNOWN,), "The text holds signs that a reader does not see or takes for others."),
    ("integrity.parts.missing", (PASS,), "Parts that the signer allows to be missing are missing; the others match."),
    ("integrity.stores.multiple", (FAIL,), "The file has more than one manifest store."),
    ("integrity.fetched", (ABSENT,), "The reader named an address, and the file was fetched from there."),
    (
        "integrity.store.outside",
        (ABSENT,),
        "The Content Credentials come from elsewhere than the file.",
    ),
    (
        "integrity.unsearched",
        (UNKNOWN,),
        "No Content Credentials were found in what was searched of the file.",
    ),
    (
        "integrity.sidecar.unused",
        (UNKNOWN,),
        "Content Credentials lie beside the file that several files could own, and were not used.",
    ),
    (
        "integrity.store.unreached",
        (UNKNOWN,),
        "Content Credentials lie in the file's bytes where an engine finds none.",
    ),
    ("integrity.store.differs", (UNKNOWN,), "The Content Credentials that were read are not the ones in the file."),
    (
        "integrity.engine.refused",
        (UNKNOWN, ABSENT),
        "An engine gives no account of the file, so that our own check stands alone; absent where that is no matter.",
    ),
    (
        "integrity.unconfirmed",
        (UNKNOWN,),
        "An engine says that bytes changed, and our own computation says that none did.",
    ),
    (
        "integrity.contradiction.explained",
        (PASS,),
        "An engine contradicts the signed hash for a known, reviewed reason; our own computation holds on these bytes.",
    ),
    ("integrity.picture.limit", (ERROR,), "The picture announces more pixels than the limit."),
    (
        "integrity.picture.error",
        (ABSENT,),
        "The picture's size could not be measured; that says nothing about the file.",
    ),
    (
        "integrity.second_reading",
        (UNKNOWN,),
        "The file can be read as another type too, or carries another file behind its end, and can show two things.",
    ),
    ("integrity.name", (UNKNOWN,), "The name of a signed file says another type than its content is."),
    ("integrity.type.misnamed", (ABSENT,), "The name of a file without signature says another type than its content."),
    # signer
    (
        "signer.listed",
        (UNKNOWN,),
        "An engine alone finds the signer on a list that the reader uses, of whatever kind.",
    ),
    ("signer.official", (PASS,), "The official C2PA list vouches for the signer."),
    ("signer.interim", (PASS,), "The interim list, frozen on 2026-01-01, vouches for the signer."),
    ("signer.yours", (PASS,), "The reader's own list vouches for the signer."),
    ("signer.publisher", (PASS,), "A list of news publishers (IPTC's, or the reader's own) names the signer."),
    ("signer.bundled", (PASS,), "A dated list that came with the second engine vouches for the signer."),
    ("signer.update", (ABSENT,), "Who signed a later update that changes no content; it never raises the line."),
    (
        "signer.identity.unestablished",
        (UNKNOWN,),
        "An identity is attached to something that does not hold, so it shows nobody.",
    ),
    ("signer.identity.conditions", (UNKNOWN,), "An attached identity sets conditions that are not checked here."),
    ("signer.identity.redacted", (UNKNOWN,), "A later signer removed an identity that was attached."),
    ("signer.identity.disputed", (UNKNOWN,), "An engine judges an attached identity otherwise than our own check."),
    ("signer.unknown", (UNKNOWN,), "No list that the reader uses vouches for the signer; the name is only a claim."),
    (
        "signer.expired",
        (UNKNOWN,),
        "The certificate, or one above it, is out of date, and no trusted time shows that it was valid when it signed.",
    ),
    (
        "signer.not_yet_valid",
        (UNKNOWN,),
        "The certificate is not valid yet, or was not when a trusted time says that it signed.",
    ),
    ("signer.distrusted", (FAIL,), "The reader distrusts the signer, or a certificate above it."),
    ("signer.revoked", (FAIL,), "The certificate was revoked."),
    ("signer.revocation.cut", (UNKNOWN,), "Not all answers about the certificate's revocation were looked at."),
    ("signer.profile.violated", (FAIL,), "The certificate breaks the rules for signing Content Credentials."),
    ("signer.test_key", (FAIL,), "A public test key signed; anybody can."),
    ("signer.product.listed", (PASS,), "The signing product is on the list of conforming products, within its limits."),
    (
        "signer.product.unlisted",
        (PASS, UNKNOWN, ABSENT),
        "The signing product is not on the list of conforming products.",
    ),
    (
        "signer.assurance.exceeded",
        (FAIL, UNKNOWN),
        "The certificate claims a higher assurance level than its product has.",
    ),
    ("signer.signal.disallowed", (FAIL,), "The manifest states something that its product may not state."),
    ("signer.other_bytes", (UNKNOWN,), "The signature is valid, and speaks of other bytes than those at hand."),
    ("signer.covered", (ABSENT,), "The list that would vouch for an expired certificate but for its dates."),
    ("signer.unestablished", (UNKNOWN,), "The signature does not verify, so it shows no signer."),
    ("signer.absent", (ABSENT,), "There are no Content Credentials, so there is no signer."),
    (
        "signer.foreign",
        (UNKNOWN,),
        "Content Credentials from elsewhere do not fit the file and may belong to another: they show no signer of it.",
    ),
    ("signer.remote", (UNKNOWN,), "The Content Credentials were not fetched, so there is no signer to look at."),
    ("signer.unreadable", (ERROR, UNKNOWN), "The Content Credentials or the signer's certificate could not be read."),
    # time
    ("time.trusted", (PASS,), "A time-stamping authority on a list that the reader uses says when it was signed."),
    ("time.unlisted", (UNKNOWN,), "A time stamp by an authority that is not on a list that the reader uses."),
    ("time.distrusted", (UNKNOWN,), "A time stamp by an authority on a list, which the reader distrusts."),
    ("time.weak", (UNKNOWN,), "A time stamp by a listed authority whose key or certificate's signature is too weak."),
    ("time.outside", (UNKNOWN,), "A time stamp by a listed authority whose certificate was not valid when it stamped."),
    ("time.later", (UNKNOWN,), "A time stamp by a listed authority that is later than the time of judging."),
    (
        "time.loose",
        (UNKNOWN,),
        "A time stamp by a listed authority over a signature that does not cover the key it was made with.",
    ),
    ("time.stamp.invalid", (UNKNOWN,), "There is a time stamp, and it does not hold or does not fit this signature."),
    ("time.stamp.unreadable", (UNKNOWN,), "There is a time stamp, and it cannot be read here."),
    ("time.claimed", (UNKNOWN,), "There is no time stamp; only the signer's own clock says when it was signed."),
    ("time.cut", (UNKNOWN,), "Not all that says something of times was looked at; what was left out is named."),
    ("time.none", (ABSENT,), "There is no time stamp, and the signer's own clock says nothing."),
    ("time.stamp.legacy", (ABSENT,), "The time stamp is of the older form, which stamps the claim, not the signature."),
    ("time.certificate.inside", (ABSENT,), "The signer's certificate was valid at the moment that counts."),
    ("time.certificate.outside", (ABSENT,), "The signer's certificate was not valid at the moment that counts."),
    (
        "time.order.impossible",
        (FAIL, ABSENT),
        "Something is signed to have happened after a trusted time by which it must have happened.",
    ),
    ("time.redacted", (UNKNOWN, ABSENT), "A later signer removed a time stamp that was kept."),
    ("time.stated", (ABSENT,), "A time that the signer states, with how far it lies from the signing."),
    ("time.update", (ABSENT,), "A time of a later update, which changes no content."),
    ("time.unsigned", (ABSENT,), "A time in the file's own metadata, with how far it lies from the signing."),
    ("time.absent", (ABSENT,), "There are no Content Credentials, so there is no signed time."),
    (
        "time.foreign",
        (UNKNOWN,),
        "Content Credentials from elsewhere do not fit the file and may belong to another: they show no time of it.",
    ),
    ("time.remote", (UNKNOWN,), "The Content Credentials were not fetched, so there is no time to look at."),
    ("time.unreadable", (ERROR, UNKNOWN), "The Content Credentials could not be read, so no time could be looked at."),
    # history
    (
        "history.parent.intact",
        (PASS, UNKNOWN),
        "The version it was made from has Content Credentials of its own, unchanged.",
    ),
    ("history.parent.broken", (FAIL,), "The version it was made from was changed, or its signature does not hold."),
    (
        "history.parent.missing",
        (FAIL,),
        "The Content Credentials of the version it was made from are named and not there.",
    ),
    ("history.parent.unsigned", (UNKNOWN,), "The version it was made from has no Content Credentials."),
    (
        "history.component.intact",
        (PASS, UNKNOWN),
        "Something used in it has Content Credentials of its own, unchanged.",
    ),
    ("history.component.broken", (FAIL,), "Something used in it was changed, or its signature does not hold."),
    ("history.component.missing", (FAIL,), "The Content Credentials of something used in it are named and not there."),
    ("history.component.unsigned", (UNKNOWN,), "Something used in it has no Content Credentials."),
    (
        "history.input.intact",
        (PASS, UNKNOWN),
        "Something that went into making it has Content Credentials of its own, unchanged.",
    ),
    (
        "history.input.broken",
        (FAIL,),
        "Something that went into making it was changed, or its signature does not hold.",
    ),
    ("history.input.missing", (FAIL,), "The Content Credentials of something that went into it are not there."),
    ("history.input.unsigned", (UNKNOWN,), "Something that went into making it has no Content Credentials."),
    (
        "history.parent.signer",
        (FAIL, UNKNOWN),
        "The version it was made from is unchanged, and nothing vouches for its signer, its signer is refused, or a "
        "later signer recorded that its certificate was revoked.",
    ),
    ("history.component.signer", (UNKNOWN,), "Something used in it is unchanged, and nothing vouches for its signer."),
    ("history.input.signer", (UNKNOWN,), "Something that went into it is unchanged; nothing vouches for its signer."),
    ("history.parent.like", (ABSENT,), "The picture looks like the earlier file's thumbnail."),
    (
        "history.parent.unlike",
        (UNKNOWN,),
        "By registration it does not look like the earlier file's thumbnail.",
    ),
    (
        "history.actions",
        (UNKNOWN,),
        "What is signed of its making does not hang together: its beginning, or its order.",
    ),
    ("history.update", (ABSENT,), "Somebody signed a later update, which changes no content."),
    ("history.update.recorded", (ABSENT,), "Whoever signed a later update recorded that the file did not hold then."),
    (
        "history.unreferenced",
        (UNKNOWN,),
        "A manifest that nothing signed refers to lies in the file; it is not believed.",
    ),
    ("history.redaction.forbidden", (FAIL,), "Something was redacted from an earlier version that must not be."),
    ("history.redaction.done", (ABSENT,), "A later signer removed a statement of another kind than those below."),
    ("history.redaction.ai", (ABSENT,), "A later signer removed what was signed about AI."),
    ("history.redaction.training", (ABSENT,), "A later signer removed what was signed about the training of AI."),
    (
        "history.redaction.ingredient",
        (UNKNOWN, ABSENT),
        "A later signer removed what was signed about something that it was made from.",
    ),
    ("history.redaction.metadata", (ABSENT,), "A later signer removed what was signed about place, time or rights."),
    ("history.redaction.time", (ABSENT,), "A later signer removed a time stamp that was kept."),
    ("history.redaction.identity", (ABSENT,), "A later signer removed an identity that was attached."),
    ("history.redaction.picture", (ABSENT,), "A later signer removed a thumbnail or an icon."),
    ("history.redaction.not_done", (ABSENT, UNKNOWN), "Something that is declared as redacted is still there."),
    ("history.redaction.nothing", (ABSENT,), "Something is declared as redacted that was never there."),
    ("history.cut", (UNKNOWN,), "There are more recorded steps than were followed."),
    ("history.none", (ABSENT,), "No earlier version is recorded."),
    ("history.absent", (ABSENT,), "There are no Content Credentials, so there is no recorded history."),
    (
        "history.foreign",
        (UNKNOWN,),
        "Content Credentials from elsewhere do not fit the file and may belong to another: they show no history of it.",
    ),
    ("history.remote", (UNKNOWN,), "The Content Credentials were not fetched, so there is no history to look at."),
    (
        "history.unreadable",
        (ERROR, UNKNOWN),
        "The Content Credentials could not be read, so no history could be looked at.",
    ),
    # ai
    ("ai.generated", (PASS, UNKNOWN), "It is declared to have been generated by AI."),
    (
        "ai.generator",
        (PASS, UNKNOWN),
        "A signer names a program that generates media as what made it, or metadata has such a program's marks.",
    ),
    ("ai.edited", (PASS, UNKNOWN), "Parts are declared to have been generated or edited with AI."),
    ("ai.used", (PASS, UNKNOWN), "A use of AI is declared or pointed to, without saying how much it did."),
    ("ai.unread", (UNKNOWN,), "A signed statement about AI is of a kind that this version does not read."),
    ("ai.update", (ABSENT,), "What a later update says about AI; an update changes no content."),
    ("ai.redacted", (UNKNOWN,), "A later signer removed something that may have been about AI."),
    ("ai.cut", (UNKNOWN,), "Not all statements, steps or metadata were looked at; what was left out is named."),
    ("ai.possible", (UNKNOWN,), "Unsigned metadata says that it may have been generated by AI."),
    ("ai.synthetic", (PASS, UNKNOWN), "It is declared to record something virtual."),
    ("ai.composite", (PASS, UNKNOWN), "It is declared to have been put together from several parts."),
    ("ai.algorithmic", (PASS, UNKNOWN), "It is declared to come from an algorithm without training data."),
    ("ai.screen", (PASS, UNKNOWN), "It is declared to be a screen capture, which may show anything."),
    ("ai.captured", (PASS, UNKNOWN), "It is declared to have been captured by a camera or scanner."),
    ("ai.human", (PASS, UNKNOWN), "It is declared to be made or edited by people without generative tools."),
    ("ai.other", (PASS, UNKNOWN), "A source type is declared that this version does not know."),
    *(
        (f"ai.{whose}.{word}", (UNKNOWN, ABSENT), meaning)
        for whose, what in (("inherited", "the earlier file that its signer names"), ("part", "something used in it"))
        for word, meaning in (
            ("generated", f"Of {what} it is declared that AI generated it."),
            ("generator", f"Of {what} it is declared that an AI generator made it."),
            ("edited", f"Of {what} it is declared that parts were generated or edited with AI."),
            ("used", f"Of {what} a use of AI is declared."),
            ("unread", f"Of {what} something about AI is signed that this version does not read."),
            ("synthetic", f"Of {what} it is declared that it records something virtual."),
            ("composite", f"Of {what} it is declared that it was put together from several parts."),
            ("algorithmic", f"Of {what} it is declared that an algorithm without training data made it."),
            ("screen", f"Of {what} it is declared that it is a screen capture."),
            ("captured", f"Of {what} it is declared that a camera or scanner captured it."),
            ("human", f"Of {what} it is declared that people made or edited it without generative tools."),
            ("other", f"Of {what} a source type is declared that this version does not know."),
        )
    ),
    ("ai.contradiction", (FAIL, UNKNOWN, ABSENT), "Two statements about its origin contradict each other."),
    ("ai.training", (PASS, UNKNOWN, ABSENT), "What is said about its use for data mining and the training of AI."),
    ("ai.training.contradiction", (UNKNOWN, ABSENT), "One signer says two things about its use for AI."),
    ("ai.none", (ABSENT,), "Nothing about AI is declared; that does not mean that none was used."),
    ("ai.absent", (ABSENT,), "There are no Content Credentials, so nothing about AI is signed."),
    (
        "ai.foreign",
        (UNKNOWN,),
        "Content Credentials from elsewhere do not fit the file and may belong to another: they declare nothing.",
    ),
    ("ai.remote", (UNKNOWN,), "The Content Credentials were not fetched, so there is no declaration to look at."),
    (
        "ai.unreadable",
        (ERROR, UNKNOWN),
        "The Content Credentials could not be read, so no declaration could be looked at.",
    ),
    # person
    ("person.voice.new", (PASS,), "A person vouches for it, and the ledger recorded this voice for the first time."),
    ("person.voice.seen", (PASS,), "A person vouches for it, and the ledger has this voice for the same already."),
    ("person.voice.unrecorded", (PASS,), "A person vouches for it; the ledger was only read and has no such voice."),
    ("person.voice.unchecked", (PASS,), "A person vouches for it; no ledger, so other uses were not looked for."),
    ("person.voice.uncounted", NOT_HELD, "A person vouches for it, in a scope that the reader did not name."),
    (
        "person.statement",
        (UNKNOWN, ABSENT),
        "A person made a statement about it, neither for nor against it.",
    ),
    ("person.against", (UNKNOWN, ABSENT), "A person speaks against it: no support, and no proof of anything."),
    ("person.ancestor", NOT_HELD, "A person vouches for an earlier version, which was edited since."),
    (
        "person.bare",
        NOT_HELD,
        "A person vouches for the file as it was before its Content Credentials were added, not for them.",
    ),
    ("person.component", NOT_HELD, "A person vouches for something that was used in the file, not for the file."),
    (
        "person.lookalike",
        NOT_HELD,
        "A person vouched for a picture that by its hint looks like this one, not for these bytes.",
    ),
    ("person.issuer.unknown", NOT_HELD, "The vouch is by an issuer that the reader does not trust."),
    ("person.issuer.key.unknown", NOT_HELD, "The issuer has no good key for the vouch's epoch."),
    ("person.vouch.malformed", NOT_HELD, "It is said to be a vouch and is none, or is damaged."),
    ("person.vouch.misplaced", NOT_HELD, "The Content Credentials carry it in a place where no vouch counts."),
    ("person.vouch.unsupported", NOT_HELD, "The vouch is made for a version or suite that is not known here."),
    ("person.epoch.closed", NOT_HELD, "The credential's epoch was not open at the time that counts."),
    ("person.binding.mismatch", NOT_HELD, "The vouch is bound to other media, or to credentials that do not hold."),
    ("person.binding.unknown", NOT_HELD, "Whether the vouch is bound to this file could not be looked at."),
    ("person.slot.exceeded", NOT_HELD, "The vouch uses a slot that the reader does not count."),
    ("person.nonce.mismatch", NOT_HELD, "The vouch does not answer the reader's challenge."),
    ("person.audience.mismatch", NOT_HELD, "The vouch was made for another reader."),
    ("person.proof.invalid", NOT_HELD, "The proof does not hold."),
    ("person.duplicate", NOT_HELD, "The same voice was used for another file or statement, where only one counts."),
    ("person.bound", (ABSENT,), "How many voices one person can have at most; said wherever voices are counted."),
    ("person.absent", (ABSENT,), "No vouch was found; that says nothing about the file."),
    ("person.unreadable", (ERROR,), "The file could not be read, so nothing can be bound to it."),
    ("person.clock", (ERROR,), "The ledger's clock and ours differ by more than ten minutes; nothing was judged."),
    # claim
    ("claim.place.agrees", (PASS, UNKNOWN), "What is said about its place agrees with what is stated in it."),
    ("claim.place.contradicts", (FAIL, UNKNOWN), "What is said about its place contradicts what is stated in it."),
    ("claim.place.none", (ABSENT,), "Nothing in it says where it was taken."),
    ("claim.time.agrees", (PASS, UNKNOWN), "What is said about its time agrees with what is stated in it."),
    (
        "claim.time.contradicts",
        (FAIL, UNKNOWN),
        "What is said about its time contradicts what is stated in it, or when it was signed.",
    ),
    ("claim.time.none", (ABSENT,), "Nothing in it says when it was taken."),
    ("claim.ai.agrees", (PASS, UNKNOWN), "What is said about AI agrees with what is declared in it."),
    ("claim.ai.contradicts", (FAIL, UNKNOWN), "What is said about AI contradicts what is declared in it."),
    ("claim.ai.open", (UNKNOWN,), "Something declared in it, or not read, leaves open what is said about AI."),
    ("claim.ai.none", (ABSENT,), "Nothing in it says whether AI was used."),
    ("claim.redacted", (UNKNOWN,), "A later signer removed what may have said where and when it was taken."),
    ("claim.update", (ABSENT,), "A place or time in a later update, which changes no content."),
    ("claim.statement.unreadable", (ABSENT, UNKNOWN), "A signed place or time in it is none."),
    ("claim.place.named", (UNKNOWN, ABSENT), "A town or country is signed as where it was taken, without coordinates."),
    ("claim.place.apart", (UNKNOWN,), "Two places are signed as where it was taken: far apart, or of different names."),
    ("claim.place.vague", (UNKNOWN,), "The signed place is too vague to hold anything against it."),
    ("claim.time.apart", (UNKNOWN,), "Two times are signed as when it was made, far from each other."),
    ("claim.time.future", (UNKNOWN,), "The time that is stated of its making lies after the time of the report."),
    ("claim.cut", (UNKNOWN,), "Not all places and times were looked at; what was left out is named."),
    ("claim.absent", (ABSENT,), "There are no Content Credentials, so nothing about place and time is signed."),
    (
        "claim.foreign",
        (UNKNOWN,),
        "Content Credentials from elsewhere do not fit the file and may belong to another: nothing to compare with.",
    ),
    ("claim.remote", (UNKNOWN,), "The Content Credentials were not fetched, so there is nothing to compare with."),
    (
        "claim.unreadable",
        (ERROR, UNKNOWN),
        "The Content Credentials could not be read, so there was nothing to compare with.",
    ),
    # known
    ("known.exact", (PASS,), "The very same file is in the reader's own index."),
    ("known.near", (PASS, UNKNOWN), "It looks like something in the reader's own index; similarity binds nothing."),
    ("known.credentials", (PASS,), "What the Content Credentials of a file in the index said when it was added."),
    ("known.vouches", (PASS,), "Vouches are kept with a file in the index; they are not checked here."),
    ("known.none", (ABSENT,), "Nothing like it was found in the reader's own index."),
    ("known.soft.agrees", (PASS,), "The file looks like the signed ISCC soft binding says; that binds no byte."),
    ("known.soft.differs", (UNKNOWN,), "The file does not look like the signed ISCC soft binding says."),
    ("known.same", (PASS,), "It is the original that the reader gave, or no region of it differs from that."),
    ("known.changed", (FAIL,), "A region differs from the original that the reader gave."),
    (
        "known.other",
        (UNKNOWN,),
        "It lies upon the original that the reader gave, and may be an edited copy or another picture of its kind.",
    ),
    ("known.added", (UNKNOWN,), "Around the original there is something that is not from it, and was not compared."),
    ("known.excerpt", (PASS,), "It is a part of the recording that the reader gave, or all of it, in one piece."),
    ("known.spliced", (FAIL,), "Parts of the recording that the reader gave were left out within it, or moved."),
    ("known.unfound", (UNKNOWN,), "A part of it was found nowhere in the recording that the reader gave."),
    ("known.unaligned", (UNKNOWN,), "It could not be matched to the original that the reader gave."),
    ("known.uncompared", (ERROR,), "It could not be compared with the original that the reader gave."),
    ("known.unreadable", (ERROR,), "The file or the index could not be read, so it could not be looked up."),
    # engines
    ("engines.agree", (PASS,), "Both engines give the same answers."),
    ("engines.disagree", (UNKNOWN,), "The engines give different answers; the detail says on what."),
    (
        "engines.incomparable",
        (UNKNOWN, ERROR),
        "One engine could not look, or neither, so there is nothing to compare.",
    ),
    (
        "engines.nothing",
        (ABSENT,),
        "No engine was asked, as there is no sign of anything in the file that they read (`Checker`).",
    ),
    ("engines.state", (PASS, ABSENT, ERROR), "What one engine says, in the specification's words."),
)

OURS: Final[Mapping[str, Code]] = {
    code: Code(code=code, line=Line(code.split(".", 1)[0]), statuses=statuses, meaning=meaning)
    for code, statuses, meaning in _OURS
}
"""Our own codes, in the order of the lines."""

_STATUSES_OF: Final[Mapping[Kind, tuple[Status, ...]]] = {
    Kind.SUCCESS: (PASS,),
    Kind.INFORMATIONAL: (UNKNOWN, ABSENT, PASS),
    Kind.FAILURE: (FAIL, UNKNOWN),
}

SPECIFIED: Final[Mapping[str, Code]] = {
    code: Code(
        code=code,
        line=FAMILY_LINES[code.split(".", 1)[0]],
        statuses=_STATUSES_OF[kind],
        meaning=meaning,
        origin="CAWG" if code.startswith("cawg.") else "C2PA",
    )
    for code, (kind, meaning) in SPECIFICATION.items()
}
"""The specification's codes, as findings carry them."""


def find(code: str) -> Code | None:
    """What is known about a code; None where it is not in the table."""
    return OURS.get(code) or SPECIFIED.get(code)


@functools.cache
def patterns() -> tuple[str, ...]:
    """Every code and every family (`signer.*`, `assertion.dataHash.*`) that a policy may name."""
    names = (*OURS, *SPECIFIED)
    families = {
        ".".join(parts[:length]) + ".*"
        for name in names
        for parts in [name.split(".")]
        for length in range(1, len(parts))
    }
    return (*names, *sorted(families))


def can_be(pattern: str, status: Status) -> bool:
    """Whether some code that fits a pattern can have that status."""
    table = (*OURS.values(), *SPECIFIED.values())
    fits = (
        code for code in table if code.code == pattern or (pattern[-2:] == ".*" and code.code.startswith(pattern[:-1]))
    )
    return any(status in code.statuses for code in fits)


def lines_of(pattern: str) -> frozenset[Line] | None:
    """On which lines a code or family of ours stands.

    Returns:
        The lines; the empty set for the specification's codes, which any line may carry; None for an unknown one.
    """
    if pattern.endswith(".*"):
        prefix = pattern[:-1]
        ours = frozenset(code.line for code in OURS.values() if code.code.startswith(prefix))
        if ours:
            return ours
        return frozenset() if any(code.startswith(prefix) for code in SPECIFIED) else None
    if pattern in OURS:
        return frozenset({OURS[pattern].line})
    return frozenset() if pattern in SPECIFIED else None
