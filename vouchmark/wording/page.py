"""What stands on a page around the lines of a report: headings, buttons, labels, totals, the drawn history, the foot?

A sentence in which something is marked up (a link, an outcome) has that as a parameter, so that it can stand anywhere.
"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_LINES: Final = {
    "integrity": ("Bytes", "bytes"),
    "signer": ("Signer", "signer"),
    "time": ("Time", "time"),
    "history": ("History", "history"),
    "ai": ("AI", "AI"),
    "person": ("People", "people"),
    "known": ("Known media", "known media"),
    "claim": ("What is claimed", "what is claimed"),
    "engines": ("Verifiers", "verifiers"),
}
"""What each line is called by itself, and in a list."""
_MORE: Final = {
    "finding": ("finding", "findings", "Findings of a line are left out."),
    "value": ("value", "values", "Values of a finding's detail are left out."),
    "version": ("version", "versions", "Versions of the drawn history are left out."),
    "statement": ("statement", "statements", "Statements of a group of people are left out."),
    "group": ("group of people", "groups of people", "Groups of people are left out."),
}
"""What a page leaves out because there is too much of it."""
_MONTHS: Final = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_ROLES: Final = {
    "this": ("This file", "The file itself, above what it was made from."),
    "parentOf": ("Made from", "The later signer names it as parent."),
    "componentOf": ("Used in it", "The later signer names it as component."),
    "inputTo": ("Given to its tool", "The later signer names it as input."),
    "other": ("Named by it", "The later signer names it in another way."),
}
"""What a version of the drawn history is to the one above it."""
_FACTS: Final = {
    "signer": ("signed by", "A version's signer is named."),
    "time": ("signed at", "A version has a time stamp."),
    "generator": ("made with", "A version's credentials name a program."),
    "actions": ("declares", "A version's signer declares actions."),
    "reasons": ("because of", "A version does not hold, or is not judged as its signer wants."),
}
"""Names of facts in the drawn history."""
_HEADINGS: Final = {
    "compared": ("What is here, and what it is compared with", "Several pictures stand side by side."),
    "history": ("What it was made from, as its signers say", "Earlier versions or ingredients are named."),
    "looked": ("What was looked at", "Above the lines."),
    "absent": ("Nothing there", "Lines are absent."),
    "skipped": ("Not asked", "Lines were not asked for."),
    "itself": ("What the file says of itself", "The metadata states anything."),
    "itself.soft": ("(anybody could have written this)", "Behind the same heading."),
    "gaps": ("Not checked", "Above what was not checked."),
    "not_shown": ("What this report does not show", "Above what no report shows."),
    "inputs": ("What this report rests on", "Above the inputs."),
    "codes": ("Codes", "Above the codes, when printed."),
}
"""Headings of a page."""
_FINDING: Final = {
    "code": ("code", "Names a finding's code."),
    "source": ("established by", "Names who established a finding."),
    "nobody": ("nobody", "Nobody established a finding."),
    "root": ("rests on", "Names what a finding rests on."),
    "subject": ("about", "Names what a finding is about."),
    "repeats": ("As said above.", "A finding says what its line has said."),
    "detail": ("Details of {id}", "A finding has details."),
    "list": ("Findings: {line}", "Names the list of a line's findings."),
}
"""Words around a finding."""

SENTENCES: Final[tuple[Sentence, ...]] = (
    Sentence("page.mast", "Vouchmark trust report", "Above every page."),
    Sentence("page.skip", "Skip to the report", "The first link of every page, for whoever uses no mouse."),
    Sentence("page.index", "Index", "Names the way back to the index."),
    Sentence("page.all", "All files", "Leads back to the index."),
    Sentence("page.foot.made", "Made by {tool}.", "Below every page."),
    Sentence(
        "page.foot.loads",
        "This page loads nothing from anywhere, and sends nothing; its one script copies text and unfolds what a link "
        "leads to.",
        "Below every page, whose own policy forbids everything else.",
    ),
    Sentence(
        "page.foot.pictures",
        "Its pictures were decoded and drawn anew; names and titles that a file brought are shown as text alone.",
        "Below every page.",
    ),
    Sentence("page.title.one", "Vouchmark report on 1 file", "The title of a page with a table of one file."),
    Sentence("page.title", "Vouchmark report on {count} files", "The title of a page with a table of files."),
    Sentence("page.title.file", "{name}: {answer}", "The title of a page on one file."),
    Sentence("page.no_files", "There was no file in what was named.", "No file was looked at."),
    Sentence("page.checked", "Checked on {day}. Worst first; an answer is no score.", "Above an index."),
    Sentence("page.totals", "Totals by answer", "Names the list of totals."),
    Sentence("page.filter", "Show files and answers with", "Before the field that filters an index."),
    Sentence("page.filtered", "{left} of {all} files", "An index is filtered; the script of the page counts."),
    Sentence("page.column.file", "File", "Heads a column."),
    Sentence("page.column.answer", "Answer", "Heads a column."),
    Sentence("page.column.verdict", "Verdict", "Heads a column."),
    Sentence("page.group", "{name} {count}", "Heads a group of an index."),
    Sentence("page.answer", "{answer}.", "The answer as a sentence of its own."),
    Sentence("page.copy", "Copy these two sentences", "A button beside the sentences to paste."),
    Sentence("page.copied", "Copied", "The same button, afterwards."),
    Sentence("page.three", "Three questions", "Names the three rows."),
    Sentence("page.three.integrity", "Are these the signed bytes?", "The first of three rows."),
    Sentence("page.three.signer", "Who signed?", "The second of three rows."),
    Sentence("page.three.signer.other_bytes", "Whose credentials are they?", "The same, of other bytes."),
    Sentence("page.three.ai", "Is AI declared?", "The third of three rows."),
    Sentence(
        "page.three.ai.other_bytes",
        "Nothing that counts for these bytes",
        "The third row, where the bytes are not the signed ones and the AI line passes or cannot tell.",
    ),
    *(Sentence(f"page.heading.{name}", text, when) for name, (text, when) in _HEADINGS.items()),
    *(Sentence(f"page.line.{name}", text, f"Names the {name} line.") for name, (text, _) in _LINES.items()),
    *(Sentence(f"page.listed.{name}", text, f"Names the {name} line in a list.") for name, (_, text) in _LINES.items()),
    Sentence("page.line.named", "{line}.", "Before the question of a line that is folded with others."),
    Sentence("page.line.state", "({state})", "Behind a line's answer, for whoever sees no sign."),
    *(Sentence(f"page.finding.{name}", text, when) for name, (text, when) in _FINDING.items()),
    *(
        Sentence(f"page.more.{name}{word}", f"{count} more {what} in the JSON report.", when)
        for name, (one, several, when) in _MORE.items()
        for word, count, what in ((".one", "1", one), ("", "{count}", several))
    ),
    *(
        Sentence(f"page.day.{number}", f"{{day}} {month} {{year}}", f"A day of {month}.")
        for number, month in enumerate(_MONTHS, start=1)
    ),
    Sentence("page.picture.left_out", "The picture is left out: with it, this page would become too large.", "It is."),
    Sentence("page.picture.here", "What is here", "Heads the picture of the file."),
    Sentence("page.picture.here.words", "The file as it is now.", "Below the picture of the file."),
    Sentence("page.picture.signed", "What was signed looked like this", "Heads a signed thumbnail: integrity fails."),
    Sentence(
        "page.picture.signed.words",
        "The thumbnail that its signer stored and signed. These bytes are not what was signed with it.",
        "Below a signed thumbnail: integrity fails.",
    ),
    Sentence("page.picture.difference", "Where it differs from your original", "Heads the map of a difference."),
    *(Sentence(f"page.role.{name}", text, when) for name, (text, when) in _ROLES.items()),
    *(Sentence(f"page.fact.{name}", text, when) for name, (text, when) in _FACTS.items()),
    Sentence("page.tree", "History, this file first", "Names the drawn history."),
    Sentence("page.tree.this", "{name}: {statement}.", "The file itself, with the answer of the integrity line."),
    Sentence("page.stamp.trusted", "{time}, says a trusted time stamp", "A version's stamp is by a listed authority."),
    Sentence("page.stamp", "{time}, says a time stamp that is not believed", "No list vouches for its authority."),
    Sentence("page.recorded", "{code} (recorded when it was added)", "A later signer recorded a version's failure."),
    Sentence("page.people.one", "1 person enrolled by {issuer}", "One voice holds."),
    Sentence("page.people", "{count} people enrolled by {issuer}", "Several voices hold."),
    Sentence("page.people.issuer", "an issuer", "An issuer without a name."),
    Sentence("page.people.for", "for {scope}, one voice each {period}", "Behind a group of people."),
    Sentence("page.people.for.slot", "for {scope}, one voice each {period}, slot {slot}", "The same in another slot."),
    Sentence(
        "page.people.apart",
        "They are never added up: in different groups they may be the same people.",
        "There are several groups of people.",
    ),
    Sentence(
        "page.people.no_truth",
        "That shows who vouches for it, not whether it is true: a person can vouch for anything.",
        "Somebody vouches for it.",
    ),
    Sentence("page.policy", "The policy {policy} suggests: {outcome}", "A policy has spoken."),
    Sentence("page.reasons", "It rests on {reasons}.", "The policy's verdict has reasons."),
    Sentence("page.contradict", "These contradict each other.", "Two fields of the metadata cannot both be true."),
    Sentence("page.unread", "It could not be read.", "The file could not be read."),
    Sentence("page.gap", "{gap}.", "Something was not checked."),
    Sentence("page.no_gaps", "Nothing was left out.", "Every line was asked for, and there is no gap."),
    Sentence("page.no_gaps.skipped", "The lines that nobody asked for.", "Lines were not asked for; no other gap."),
    Sentence("page.digest", "report digest", "Names the report's own digest."),
    Sentence("page.digest.of", "SHA-256 {digest}, of the same report in JSON", "The report's own digest."),
)
