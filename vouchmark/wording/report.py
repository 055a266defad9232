"""What stands around the lines of a report, on a terminal and on a page: names, headings, what is folded, what is left.

English words of a layout are sentences as well: each has an id, so that a page or a terminal can be in another
language.
"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_LINES: Final = {
    "integrity": "bytes",
    "signer": "signer",
    "time": "time",
    "history": "history",
    "ai": "AI",
    "person": "people",
    "known": "known media",
    "claim": "claim",
    "engines": "verifiers",
}
"""What each line is called for people."""
_QUESTIONS: Final = {
    "integrity": "Are these the bytes that were signed?",
    "signer": "Who signed, and who vouches for that signer?",
    "time": "When was it signed, and by whose clock?",
    "history": "What happened before?",
    "ai": "Is synthetic origin or editing declared?",
    "person": "Has a real person vouched for this?",
    "known": "Have we seen this, or something like it?",
    "claim": "Does what is said about it agree with what is signed?",
    "engines": "Do independent verifiers agree?",
}
"""What each line asks; the report and its JSON have the same words."""
_STATUSES: Final = {
    "pass": "established",
    "fail": "failed",
    "unknown": "cannot tell",
    "absent": "nothing there",
    "error": "could not look",
    "skipped": "not asked",
}
"""Statuses in words."""
_NONE: Final = {
    "integrity": "Content Credentials",
    "signer": "signer",
    "time": "time stamp",
    "history": "earlier version",
    "ai": "statement about AI",
    "person": "vouch",
    "engines": "verifier",
}
"""What was looked for and is not there, as one word of a list."""
_NOT_SHOWN: Final = {
    "caption": (
        "Whether a caption is true: a signature proves who signed which bytes, not what was in front of the lens.",
        "The file has Content Credentials, or could not be read.",
    ),
    "honest": ("Whether the signer is honest: a list vouches for a name, not for a picture.", "The same."),
    "ai": ("Whether AI was used and not declared: statements are read, the pictures are not judged.", "Always."),
    "made": (
        "How it was made, and whether a caption is true: that there are no Content Credentials is evidence of nothing.",
        "The file has no Content Credentials.",
    ),
    "person": (
        "That a file is truer for a person who vouches for it: a person can vouch for anything.",
        "The line on people says more than that nothing is there.",
    ),
}
"""What a report does not show."""
_NOT_SHOWN_SHORT: Final = {
    "signed": "whether a caption is true, the signer honest, or AI used and not declared",
    "unsigned": "how it was made, whether a caption is true, or whether AI was used and not declared",
}
"""The same in a line."""

_OF_ITSELF: Final = {
    "camera": "camera",
    "lens": "lens",
    "taken": "taken",
    "digitised": "digitised",
    "modified": "modified",
    "place": "place",
    "software": "software",
    "encoder": "encoder",
    "author": "author",
    "copyright": "copyright",
}
"""What the metadata can state."""
_VERSIONS: Final = {
    "intact": ("its credentials are valid", "history.*.intact or history.*.signer: the credentials hold."),
    "broken": ("its credentials do not hold", "history.*.broken."),
    "missing": ("its credentials are missing", "history.*.missing."),
    "unsigned": ("it has no credentials", "history.*.unsigned."),
}
"""How an earlier version stands; nothing says that its picture is unchanged, since that is not here."""
_ROLES: Final = {
    "parent": "earlier version",
    "component": "part",
    "input": "input",
    "ingredient": "ingredient",
}
"""What an ingredient is called."""

SENTENCES: Final[tuple[Sentence, ...]] = (
    *(Sentence(f"line.{line}", name, f"Names the {line} line.") for line, name in _LINES.items()),
    *(Sentence(f"question.{line}", text, f"On a page, with the {line} line.") for line, text in _QUESTIONS.items()),
    *(Sentence(f"status.{name}", text, f"A line or a finding is {name}.") for name, text in _STATUSES.items()),
    *(
        Sentence(f"none.{line}", text, f"The {line} line is absent, with nothing else to tell.")
        for line, text in _NONE.items()
    ),
    *(Sentence(f"not_shown.{name}", text, when) for name, (text, when) in _NOT_SHOWN.items()),
    *(
        Sentence(f"not_shown.short.{name}", text, f"In a line, of a file that is {name}.")
        for name, text in _NOT_SHOWN_SHORT.items()
    ),
    Sentence("not_shown.short.person", "that a file is truer for a person who vouches for it", "As not_shown.person."),
    Sentence("folded.absent", "not found: {what}", "Lines are absent, with nothing else to tell."),
    Sentence(
        "folded.unknown",
        "cannot be told either: {what}",
        "Lines are unknown for the one reason that the first line gives: no Content Credentials could be read.",
    ),
    Sentence("folded.skipped", "not asked: {what}", "Nobody asked for these lines."),
    Sentence("suggested", "suggested: {outcome}", "A policy has spoken, without a label."),
    Sentence("suggested.labels", "suggested: {outcome} ({labels})", "A policy has spoken, with labels."),
    Sentence("suggested.by", "{what:said}, by the policy {policy:quoted}", "The policy is not the built-in one."),
    Sentence("not_checked", "not checked: {what}", "A reader may expect that something was checked which was not."),
    Sentence("not_checked.of", "{what} ({why})", "What was not checked, and why."),
    Sentence("not_shown.heading", "What this report does not show:", "All of it follows below."),
    Sentence("not_shown", "not shown: {what}", "Always, at the end of a report."),
    Sentence("asked", "asked over the network: {what}", "The network was allowed."),
    Sentence("asked.nobody", "nobody, there was nothing to ask", "The network was allowed, and the file names nobody."),
    Sentence("asked.host", "{host} ({purpose}: {outcome})", "A host was asked."),
    Sentence("asked.no_host", "an address without a host ({purpose}: {outcome})", "An address could not be asked."),
    Sentence("update", "update", "Names what later signers added, apart from all lines."),
    Sentence("more.verbose", "and {count} more; -v shows them all", "Rows of a terminal are left out."),
    Sentence("finding.by", "by {source}, from {root}, about {subject}", "Every finding, where all are asked for."),
    Sentence("finding.by.nobody", "by nobody, from {root}, about {subject}", "The same, of what nobody established."),
    Sentence("said.heading", "{heading}:", "Rows follow below it."),
    Sentence("total.files.one", "1 file", "One file was looked at."),
    Sentence("total.files", "{count} files", "So many files were looked at."),
    Sentence("contradicted", "{what}; these contradict each other", "Two fields cannot both be true."),
    Sentence("fact.file", "file", "Names what was examined."),
    Sentence("fact.at", "judged at", "Names the time of judging."),
    Sentence("fact.engines", "verifiers", "Names the engines and their versions."),
    Sentence("fact.lists", "lists", "Names the trust lists that were used."),
    Sentence("fact.policy", "policy", "Names the policy that spoke."),
    Sentence("fact.options", "asked: {name}", "Names an option that the report depends on."),
    Sentence("fact.unread", "not read", "The file could not be read."),
    Sentence("fact.none", "none", "There are none."),
    Sentence("fact.bytes", "{count} bytes", "The size of the file."),
    Sentence("fact.pixels", "{width} × {height} pixels", "The size of a picture."),
    Sentence("fact.digest", "SHA-256 {digest}", "A digest."),
    Sentence("fact.by", "{at}, by {tool}", "When it was judged, and by which version."),
    Sentence("fact.list", "{name} ({label}, SHA-256 {digest})", "A list that nobody dates."),
    Sentence("fact.list.dated", "{name} ({label}, {dated}, SHA-256 {digest})", "A list with a date of its own."),
    Sentence(
        "fact.list.imported",
        "{name} ({label}, imported on {imported}; its own date is unknown, SHA-256 {digest})",
        "A list without a date of its own that was imported.",
    ),
    Sentence("value.yes", "yes", "A value that is true."),
    Sentence("value.no", "no", "A value that is not true."),
    Sentence("value.none", "none", "A value that is not there."),
    *(Sentence(f"of_itself.{kind}", text, f"The metadata states the {kind}.") for kind, text in _OF_ITSELF.items()),
    Sentence("of_itself.said", "{heading}: {what}.", "The metadata states anything of what is told there."),
    Sentence("of_itself.value", "{kind} {values}", "A kind of fact with what the metadata has for it, in quotes."),
    Sentence(
        "of_itself.contradicted",
        "{kind} {values:listed}, which contradict each other",
        "Two fields of that kind cannot both be true.",
    ),
    *(Sentence(f"version.{name}", text, when) for name, (text, when) in _VERSIONS.items()),
    *(Sentence(f"role.{name}", text, f"The later signer names it as {name}.") for name, text in _ROLES.items()),
    Sentence("version.row", "{role} {title}: {states} ({id})", "A row of the drawn history."),
    Sentence("version.untitled", "without a title", "The later signer gives it no title."),
    Sentence("version.titled", "{title:quoted}", "The later signer gives it a title."),
    Sentence("version.by", "signed by {who}", "Its signer is named."),
    Sentence("version.by.dated", "signed by {who} on {day}", "The same, with a trusted time stamp."),
    Sentence("version.by.unreadable", "by a signer who could not be read", "It holds, and its signer has no name."),
    Sentence("version.repeated", "as above", "It stands in the drawn history already."),
    Sentence(
        "version.somebody",
        "somebody unknown: the signature in the name of {name:quoted} does not verify",
        "signer.unestablished, of an earlier version.",
    ),
    Sentence("version.claimed", "a signer using the name {name:quoted}", "No list vouches for its signer."),
)
