"""What is said of what happened before? Parentage is its signer's word; an ancestor's credentials are valid or not.

That this file was made from another is what its signer says. That the other's credentials hold is what was checked.
"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_BY: Final = {
    "": "Its signer",
    ".below": "The signer of an earlier version",
    ".of_part": "The signer of something used in it",
    ".of_input": "The signer of something that went into it",
}
"""Who names it: the content's own signer, or one below."""
_AS: Final = {
    "parent": ("as the earlier version", "as what that was made from"),
    "component": ("as a part of it", "as a part of that"),
    "input": ("as something that went into it", "as something that went into that"),
}
"""As what: seen from this file, and seen from another."""
_ENDS: Final = {
    "intact": ("the credentials of that file are valid", "Digest, signature and statements of the ancestor hold."),
    "redacted": (
        "the credentials of that file are valid, but for what a later signer removed",
        "The same, and a redaction took a statement away.",
    ),
    "broken": (
        "the credentials of that file do not hold, so disregard what they say",
        "Link, signature or a statement of the ancestor does not hold.",
    ),
    "recorded": (
        "that signer recorded that it did not hold when it was added ({codes:quoted})",
        "Every failure of the ancestor is one that its later signer recorded.",
    ),
    "missing": ("the credentials of that file are named and not there", "The link leads to no manifest."),
    "unsigned": ("that file has no credentials of its own", "The ingredient names no manifest."),
    "malformed": ("the link to its credentials cannot be read", "The ingredient assertion cannot be read."),
    "malformed.part": (
        "the link to its credentials has a URL that names a part of them, not the whole",
        "The URL of the link leads into a manifest.",
    ),
    "engine": ("only an engine calls the credentials of that file valid", "Our own check is missing."),
    "by.recorded": (
        "its signer recorded that the certificate of that file's signer was revoked ({codes:quoted})",
        "The ancestor holds, and its later signer recorded a revocation.",
    ),
    "by.unlisted": (
        "the credentials of that file are valid, by {who:signer}, for whom no list that you use vouches",
        "The ancestor holds and its signer is on no list.",
    ),
    "by.expired": (
        "the credentials of that file are valid, by {who:signer}, whose certificate is out of date without a trusted "
        "time",
        "The ancestor holds; its signer's certificate had expired at every moment that can be shown.",
    ),
    "by.not_yet_valid": (
        "the credentials of that file are valid, by {who:signer}, whose certificate was not valid yet",
        "The ancestor holds; its signer's certificate was not valid yet.",
    ),
    "by.test_key": (
        "the credentials of that file are signed with a public test key: anybody could have made them",
        "The ancestor holds and its key is public.",
    ),
    "by.irregular": (
        "the credentials of that file are valid, by {who:signer}, whose certificate breaks the rules",
        "The ancestor holds; its signer's certificate violates the profile.",
    ),
    "by.unestablished": (
        "the credentials of that file are valid, and by whom is not established",
        "The ancestor holds; its signer's certificate cannot be judged.",
    ),
    "by.revoked": (
        "the credentials of that file are by {who:signer}, whose certificate was revoked",
        "The ancestor holds; its signer's certificate was revoked.",
    ),
    "by.distrusted": (
        "the credentials of that file are by {who:signer}, whom you distrust",
        "The ancestor holds; the reader distrusts its signer.",
    ),
}
"""What was found of the ancestor."""


def _links() -> tuple[Sentence, ...]:
    return tuple(
        Sentence(f"history.{role}.{end}{whose}", f"{by} names {{title:quoted}} {both[bool(whose)]}; {text}.", when)
        for role, both in _AS.items()
        for whose, by in _BY.items()
        for end, (text, when) in _ENDS.items()
    )


_KINDS: Final = {
    "parent": "earlier versions",
    "component": "parts",
    "input": "inputs",
    "mixed": "earlier versions and parts",
}


def _several() -> tuple[Sentence, ...]:
    when = "Every ingredient has valid credentials by a listed signer."
    found = []
    for kind, words in _KINDS.items():
        found += [
            Sentence(f"history.all.{kind}", f"{{number}} {words} are named; the credentials of all are valid.", when),
            Sentence(
                f"history.all.{kind}.redacted",
                f"{{number}} {words} are named; the credentials of all are valid, but for what later signers removed.",
                f"{when} Some lack a statement.",
            ),
        ]
    return tuple(found)


_FROM: Final = {
    "": ("", "from this file"),
    ".earlier": (" from an earlier version", "from an ancestor"),
    ".part": (" from something used in it", "from a component"),
    ".input": (" from something that went into it", "from an input"),
    ".update": (" from an update", "from an update"),
}


def _redactions() -> tuple[Sentence, ...]:
    found = []
    for word, (words, when) in _FROM.items():
        found += [
            Sentence(
                f"redaction{word}",
                f"{{who:signer}} signed later, and removed{words} {{what:phrase}}.",
                f"A redaction that is allowed and done, {when}.",
            ),
            Sentence(
                f"redaction{word}.nobody",
                f"A later signer removed{words} {{what:phrase}}.",
                f"The same, {when}, by a signer that is not known.",
            ),
        ]
    return tuple(found)


SENTENCES: Final = (
    Sentence("redaction.gone.ai", "What it said is not known.", "Behind a redaction, on the AI line."),
    Sentence("redaction.gone.time", "What time it showed is not known.", "Behind a redaction, on the time line."),
    Sentence("redaction.gone.place", "What it said of place or time is not known.", "Behind one, on the claim line."),
    Sentence("redaction.gone.identity", "Whose it was is not known.", "Behind a redaction, on the signer's line."),
    Sentence("history.none", "No earlier version is named.", "No ingredient, and nothing else to tell."),
    *_several(),
    *_links(),
    Sentence(
        "history.hearsay.other_bytes",
        "These credentials name {title:quoted} as what other bytes were made from: disregard that.",
        "The bytes are not the signed ones.",
    ),
    Sentence(
        "history.hearsay.unsigned",
        "These credentials name {title:quoted}, and their signature is not valid: treat that as unsigned.",
        "The signature does not verify.",
    ),
    Sentence(
        "history.hearsay.broken",
        "These credentials name {title:quoted}, and do not hold for this file: disregard that.",
        "Another failure of signature or binding.",
    ),
    Sentence(
        "history.parent.like",
        "The picture looks like {title:quoted}, by the thumbnail of that earlier file.",
        "The perceptual hashes are near, or registration agrees; similarity binds nothing.",
    ),
    Sentence(
        "history.parent.unlike",
        "The picture does not look like {title:quoted}, by the thumbnail of that earlier file: another picture, or "
        "heavily edited.",
        "Registration was asked for and found no agreement, and the perceptual hashes are not near.",
    ),
    Sentence(
        "history.opened-without-ingredient",
        "Its signer says that an earlier file was opened, and names no such file.",
        "An action c2pa.opened and no ingredient that is a parent.",
    ),
    Sentence(
        "history.opened-without-ingredient.earlier",
        "The signer of an earlier version says that an earlier file was opened, and names no such file.",
        "The same of an ancestor.",
    ),
    Sentence(
        "history.created-with-parent",
        "Its signer says that it was created anew, and names a file that it was made from.",
        "An action c2pa.created and an ingredient that is a parent.",
    ),
    Sentence(
        "history.created-with-parent.earlier",
        "The signer of an earlier version says that it was created anew, and names a file that it was made from.",
        "The same of an ancestor.",
    ),
    Sentence(
        "history.several-beginnings",
        "Its signer says more than once that it was begun, so what it was made from is not known.",
        "Several actions that begin a file.",
    ),
    Sentence(
        "history.several-beginnings.earlier",
        "The signer of an earlier version says more than once that it was begun; from what is not known.",
        "The same of an ancestor.",
    ),
    Sentence(
        "history.late-beginning",
        "Its signer says that it was begun after something was done to it: that cannot be.",
        "An action that begins a file stands behind another.",
    ),
    Sentence(
        "history.late-beginning.earlier",
        "The signer of an earlier version says that it was begun after something was done to it: that cannot be.",
        "The same of an ancestor.",
    ),
    Sentence("history.update", "A later update, which changes no content, was signed by {who:signer}.", "An update."),
    Sentence(
        "history.update.same",
        "A later update, which changes no content, was signed by the same signer, {who:signer}.",
        "An update with the content's own certificate.",
    ),
    Sentence(
        "history.update.recorded",
        "{who:signer}, who signed a later update, recorded that the file did not hold then ({codes:quoted}); our "
        "own check does not rest on that.",
        "The update's ingredient has recorded failures.",
    ),
    Sentence(
        "history.unreferenced",
        "A manifest lies in the file that nothing signed refers to; what it says is not believed.",
        "No verified link leads to the manifest.",
    ),
    Sentence(
        "history.redaction.forbidden",
        "Something was removed from an earlier version that must stay in it.",
        "A redaction of what the specification forbids to redact.",
    ),
    Sentence(
        "history.redaction.nothing",
        "Something is declared as removed that was never there ({label:quoted}).",
        "A redaction names nothing that any manifest names.",
    ),
    Sentence(
        "history.redaction.not_done",
        "Something that is declared as removed is still in the file.",
        "A redaction is declared and the assertion is there.",
    ),
    Sentence(
        "history.cut",
        "There are more steps than were followed; the rest was not looked at.",
        "An engine's account is longer than the bounds.",
    ),
    Sentence(
        "history.cut.named",
        "Not all steps were followed ({cut:listed}); the rest was not looked at.",
        "Our own walk reached a bound, which is named.",
    ),
    Sentence("history.unread", "No history could be read.", "There is no account of a store."),
    *_redactions(),
)

PHRASES: Final = (
    Sentence("redaction.what.ai", "what was signed about AI", "The label is one about AI."),
    Sentence("redaction.what.training", "what was signed about the training of AI", "The label is one about training."),
    Sentence(
        "redaction.what.ingredient",
        "what was signed about something that it was made from",
        "The label is an ingredient's.",
    ),
    Sentence(
        "redaction.what.metadata",
        "what was signed about place, time or rights",
        "The label is one of metadata or location.",
    ),
    Sentence("redaction.what.time", "a time stamp", "The label is one of kept time stamps."),
    Sentence("redaction.what.identity", "an identity that was attached", "The label is an identity's."),
    Sentence("redaction.what.picture", "a small picture", "The label is a thumbnail's."),
    Sentence("redaction.what.done", "a statement ({label:quoted})", "Another label."),
)
