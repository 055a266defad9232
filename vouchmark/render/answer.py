"""What is the answer about one file, in one sentence that a tired reader understands?

Derived from statuses and codes alone, worst news first. Nothing here judges: the words say what was found, by whose
word, and where that ends. Never "real", "fake" or "authentic".
"""

from __future__ import annotations

from typing import Final

from vouchmark.render.additions import additions
from vouchmark.render.safe import plain, quoted
from vouchmark.render.words import NAME_SHOWN, amount, listed, sentence, with_status
from vouchmark.report import Finding, Line, Report, Status

MAX_METADATA: Final = 3
"""Kinds of metadata named in the answer."""

NOT_SHOWN: Final = (
    (
        "whether it shows what somebody says it shows",
        "Whether it shows what somebody says it shows: a signature proves who signed which bytes, not what was in "
        "front of the lens.",
    ),
    (
        "anything about a file without Content Credentials",
        "Anything about a file without Content Credentials: that they are not there is evidence of nothing.",
    ),
    (
        "that no AI was used where none is declared",
        "That no AI was used where none is declared: only statements are read, the pictures are not judged.",
    ),
    (
        "whether a signer is honest",
        "Whether a signer is honest: a list vouches for a name, not for a picture.",
    ),
)
"""What no report shows, short and long; the same under every report."""
OF_PERSONS: Final = (
    "that a file is truer for a person behind it",
    "That a file is truer for a person behind it: a person can vouch for anything.",
)
"""What a report on persons does not show besides."""

_READING: Final = {
    "not-found": "there is no such file",
    "no-permission": "you may not read it",
    "folder": "it is a folder",
    "too-many-pixels": "the picture announces more pixels than the limit (--max-pixels)",
    "missing": "there is no such file",
    "denied": "you may not read it",
    "not-a-file": "it is not a file",
    "address": "it is an address, and nothing is fetched without --online",
    "not-fetched": "it could not be fetched",
    "too-large": "it is over the size limit (--max-size)",
    "empty": "it is empty",
    "changed-meanwhile": "it was changed while it was read",
    "read-failed": "the system failed while it was read",
    "time-limit": "it is over the time limit (--time-limit)",
    "memory-limit": "it is over the memory limit (--memory-limit)",
    "crash": "the program that reads it crashed",
    "io": "the system failed while it was read",
    "prerelease": "its Content Credentials are of a draft that can no longer be checked",
}
"""Stable reasons in plain words."""

_BYTES: Final = ("Hash.mismatch", "Hash.unknownBox", "Hash.incorrectFileCount", "Hash.missingPart")
_RECORD: Final = (
    "claimSignature.mismatch",
    "claimSignature.missing",
    "assertion.hashedURI.mismatch",
    "assertion.missing",
    "assertion.undeclared",
    "hashedURI.mismatch",
    "hashedURI.missing",
)
_FAILURES: Final = {
    "integrity.coverage.media_excluded": "part of the content is not covered by the signature and could be anything",
    "integrity.stores.multiple": "it carries two sets of Content Credentials, so none of them can be relied on",
    "integrity.malformed": "its Content Credentials were malformed by whoever made them, so they show nothing",
    "integrity.unbound": "its Content Credentials are not bound to this content, so they show nothing about it",
}
"""Failures of the binding that are no change after signing."""

_UNKNOWNS: Final = {
    "integrity.remote": "its Content Credentials are kept somewhere else and were not fetched, so nothing follows yet",
    "integrity.unsupported": "this type of file cannot be checked here, so nothing follows about it",
    "integrity.store.alone": "these are Content Credentials without their media, so there is nothing to compare",
    "integrity.fragments.missing": "this is only a part of a video in pieces, so nothing can be compared",
    "integrity.fragments.unused": "the fragments that you gave belong to nothing that is signed in it",
    "integrity.store.unreached": "it holds Content Credentials that the engine does not find: cut off, or not its own",
    "integrity.sidecar.unused": "it has no Content Credentials, and whose those beside it are cannot be told",
    "integrity.store.differs": "what was read is not what lies in the file, so nothing follows",
    "integrity.unconfirmed": "cannot tell whether it was changed: two computations of its digest disagree",
}

_UNCOVERED: Final = {
    "integrity.coverage.trailing_excluded": "something after its end is not covered",
    "integrity.coverage.other_excluded": "other parts of the file are not covered",
    "integrity.coverage.order_excluded": "the order in which it is shown is not covered",
    "integrity.coverage.unknown": "how much of the file that part is could not be measured",
    "integrity.shown.excluded": "something that decides how it is shown is not covered",
}
"""What is left out of the signature without being media."""

_FIRST: Final = {
    "integrity.coverage.wide": "what was hashed is {}; but more is left out than the Content Credentials",
    "integrity.update.length": "{}; but a later update changed the length field at its start, which is signed",
    "integrity.text.form": "the same words, other line ends or another form of the same letters: its words are {}",
}
"""What explains why verifiers disagree, and so is told before that they do."""

_BESIDES: Final = {
    "integrity.text.unseen": "it holds what a reader does not see, or takes for something else",
    "integrity.second_reading": "it can be read as another type of file too, and may show something else then",
    "integrity.name": "its name says another type of file than its content is",
}
"""What else one may be shown than the signed file, all of which is as it was."""

_LISTS: Final = {
    "signer.official": "on the official C2PA list",
    "signer.interim": "on the frozen interim list",
    "signer.yours": "on your own list",
    "signer.bundled": "on a dated list that came with the software",
}

_PUBLISHERS: Final = {
    "iptc": "on IPTC's list of verified news publishers",
    "yours": "on your own list of news publishers",
}
AS_SAID: Final = ", as you said"
"""How a label ends that rests on the reader's word alone."""

_DOUBTS: Final = {
    "signer.listed": "only an engine finds it on a list you use",
    "signer.unknown": "no list you use vouches for it",
    "signer.expired": "its certificate is out of date and no trusted time says when it signed",
    "signer.not_yet_valid": "its certificate is not valid yet",
}
"""Why a signer's name is only its own claim."""

_AGAINST: Final = {
    "signer.distrusted": "you distrust it or a certificate above it",
    "signer.revoked": "its certificate was revoked",
    "signer.profile.violated": "its certificate breaks the rules for signing Content Credentials",
    "signer.test_key": "its key is a public test key, with which anybody can sign",
}
"""Why a signer is not to be relied on, where that is about the signer and not about what it states."""


def not_shown(report: Report) -> tuple[tuple[str, str], ...]:
    """What this report does not show, short and long."""
    on_persons = report.evidence[Line.PERSON].status in (Status.PASS, Status.FAIL, Status.UNKNOWN)
    return (*NOT_SHOWN, OF_PERSONS) if on_persons else NOT_SHOWN


def answer(report: Report) -> str:
    """The answer without the file's name and without a full stop."""
    status = report.evidence[Line.INTEGRITY].status
    if status is Status.SKIPPED:
        return _partial(report)
    first = {
        Status.ERROR: _error,
        Status.FAIL: _failure,
        Status.UNKNOWN: _unknown,
        Status.ABSENT: _absent,
        Status.PASS: _intact,
    }[status](report)
    return "; ".join((first, *additions(report)))


def _lower(text: str) -> str:
    """The same with a small first letter, unless its first word is all capitals."""
    words = sentence(text)
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def _error(report: Report) -> str:
    finding = next(with_status(report, Line.INTEGRITY, Status.ERROR), None)
    reason = str(finding.detail.get("reason", "")) if finding else ""
    words = _READING.get(reason)
    if words is None and finding is not None and finding.code == "integrity.unparsable":
        words = _lower(finding.statement)
    if words:
        return f"could not be read: {words}"
    words = _lower(report.evidence[Line.INTEGRITY].summary)
    if words.startswith("the file could not be read: "):
        return words.removeprefix("the file ")
    return f"could not be checked: {words}"


def _failure(report: Report) -> str:
    """Worst first: changed bytes, a changed record, then what was wrong from the beginning."""
    if cut := _cut(report):
        return f"{cut}, so that it is not what was signed"
    failed = [finding.code for finding in with_status(report, Line.INTEGRITY, Status.FAIL)]
    if any(code.startswith("assertion.") and code.endswith(_BYTES) for code in failed):
        if whose := _from_elsewhere(report):
            return f"{whose} do not fit it: they may belong to another file, or it was changed after it was signed"
        signed = report.evidence[Line.SIGNER].status is Status.PASS
        return f"changed after it was signed{f' by {_signer(report)}' if signed else ''}"
    if any(code in _RECORD for code in failed):
        return "what was signed about it was changed afterwards"
    malformed = [one for one in with_status(report, Line.INTEGRITY, Status.FAIL) if one.code == "integrity.malformed"]
    if malformed and all(one.detail.get("of") == "update" for one in malformed):
        return "a later update of its Content Credentials was malformed by whoever signed it, so they show nothing"
    for code, words in _FAILURES.items():
        if code in failed:
            return words
    return f"does not hold: {_lower(report.evidence[Line.INTEGRITY].summary)}"


def _from_elsewhere(report: Report) -> str:
    """Content Credentials that the file does not name itself; empty where there are none such."""
    for finding in report.evidence[Line.INTEGRITY].findings:
        if finding.code == "integrity.store.outside":
            found = {"beside": "the Content Credentials beside it", "given": "the Content Credentials that you gave"}
            return found.get(str(finding.detail.get("from")), "")
    return ""


def _cut(report: Report) -> str:
    """That the file breaks off, and after how much; empty where it does not."""
    for finding in report.evidence[Line.INTEGRITY].findings:
        if finding.code == "integrity.cut":
            present, announced = finding.detail.get("present"), finding.detail.get("announced", 0)
            if isinstance(present, int) and isinstance(announced, int):
                at_least = finding.detail.get("at_least") is True
                return f"cut off after {amount(present, of=announced, at_least=at_least)}"
            return "cut off"
    return ""


def _unknown(report: Report) -> str:
    if cut := _cut(report):
        return f"{cut}, so that nothing follows about the whole"
    for finding in with_status(report, Line.INTEGRITY, Status.UNKNOWN):
        if finding.code in _FIRST:
            return _FIRST[finding.code].format(_intact(report))
    for finding in with_status(report, Line.INTEGRITY, Status.UNKNOWN):
        if finding.code == "integrity.store.unreached" and finding.detail.get("found"):
            return "it holds Content Credentials where the engines do not look, and they were not checked"
        if finding.code in _UNKNOWNS:
            return _UNKNOWNS[finding.code]
    codes = {finding.code for finding in with_status(report, Line.INTEGRITY, Status.UNKNOWN)}
    if codes and codes <= _BESIDES.keys():
        return f"{_intact(report)}; but {' and '.join(words for code, words in _BESIDES.items() if code in codes)}"
    for code, words in _UNCOVERED.items():
        if any(finding.code == code for finding in with_status(report, Line.INTEGRITY, Status.UNKNOWN)):
            return f"the signed part is {_intact(report)}; but {words}"
    return f"cannot tell whether it was changed: {_lower(report.evidence[Line.INTEGRITY].summary)}"


def _absent(report: Report) -> str:
    return "no Content Credentials: this file cannot tell where it comes from"


def _intact(report: Report) -> str:
    """Unchanged: by whom, and what speaks against relying on it."""
    status = report.evidence[Line.SIGNER].status
    if status is Status.PASS:
        words = f"unchanged since it was signed by {_signer(report)}"
    elif status is Status.FAIL:
        words = f"unchanged since it was signed{_refusal(report)}"
    elif status is Status.UNKNOWN:
        words = f"unchanged since it was signed {_doubt(report)}"
    else:
        words = "unchanged since it was signed; who signed was not looked at"
    words = _given(report) + words + _left_out(report)
    broken = next(with_status(report, Line.HISTORY, Status.FAIL), None)
    if broken is None:
        return words
    return f"{words}; but {_break(broken)}"


_INGREDIENTS: Final = {"component": "something used in it", "input": "something that went into it"}
_OF: Final = {"part": "something used in it", "input": "something that went into it"}
_REFUSED: Final = {"revoked": "had its certificate revoked", "distrusted": "is one whom you distrust"}


def _break(finding: Finding) -> str:
    """What is wrong with what it was made from."""
    if finding.code == "history.redaction.forbidden":
        return "something was taken out of an earlier version that must stay in it"
    what = _INGREDIENTS.get(
        finding.code.split(".")[1], f"an earlier version of {_OF.get(str(finding.detail.get('of')), 'it')}"
    )
    if finding.code.endswith(".missing"):
        return f"the Content Credentials of {what} are missing"
    if finding.code.endswith(".signer"):
        by = finding.detail.get("by")
        why = _REFUSED.get(str(by.get("standing")) if isinstance(by, dict) else "", "cannot be relied on")
        return f"the signer of {what} {why}"
    reasons = finding.detail.get("reasons")
    if isinstance(reasons, list) and reasons and all(str(reason).startswith("recorded:") for reason in reasons):
        return f"its later signer recorded that {what} did not hold"
    return f"{what} was changed or broken"


def _given(report: Report) -> str:
    """That a video was given in part, in front of what holds of that part; empty where all of it was."""
    if report.evidence[Line.INTEGRITY].status is not Status.PASS:
        return ""
    for finding in with_status(report, Line.INTEGRITY, Status.PASS):
        total, missing = finding.detail.get("fragments"), finding.detail.get("fragments_missing")
        if isinstance(total, int) and isinstance(missing, int) and missing > 0:
            was = "was" if total - missing == 1 else "were"
            return f"only {total - missing} of its {total} fragments {was} given; that part is "
    return ""


def _left_out(report: Report) -> str:
    """That metadata is outside the signature, and which, as an addition; empty where none is."""
    for finding in with_status(report, Line.INTEGRITY, Status.PASS, Status.UNKNOWN):
        if finding.code != "integrity.coverage.metadata_excluded":
            continue
        ranges = finding.detail.get("excluded")
        found = (
            {str(one["name"]) for one in ranges if isinstance(one, dict) and one.get("kind") == "metadata"}
            if isinstance(ranges, list)
            else set()
        )
        names = sorted(plain(name, limit=NAME_SHOWN) for name in found if name)
        shown = [*names[:MAX_METADATA], *(["other metadata"] if len(names) > MAX_METADATA else [])] or ["metadata"]
        return f", but for its {listed(shown)}, which the signature does not cover"
    return ""


def _signer(report: Report) -> str:
    for finding in with_status(report, Line.SIGNER, Status.PASS):
        if finding.code in _LISTS:
            name, label = finding.detail.get("name"), finding.detail.get("label")
            shown = plain(name, limit=NAME_SHOWN) if isinstance(name, str) and name else "a signer"
            said = isinstance(label, str) and label.endswith(AS_SAID)
            return f"{shown} ({f'on a list that is {label}' if said else _LISTS[finding.code]}){_publisher(report)}"
        if finding.code == "signer.publisher":
            name = finding.detail.get("name")
            shown = plain(name, limit=NAME_SHOWN) if isinstance(name, str) and name else "a signer"
            return f"{shown}{_publisher(report)}"
    return "a signer on a list you use"


def _publisher(report: Report) -> str:
    """On whose list of publishers the signer stands, behind its name; empty where on none."""
    for finding in with_status(report, Line.SIGNER, Status.PASS):
        if finding.code == "signer.publisher":
            label = finding.detail.get("publishers")
            return f", {_PUBLISHERS.get(str(label), f'on a list of news publishers ({label})')}"
    return ""


def _doubt(report: Report) -> str:
    """The signer's own claim and why nobody vouches for it."""
    for finding in with_status(report, Line.SIGNER, Status.UNKNOWN):
        name = finding.detail.get("name")
        if finding.code in _DOUBTS and isinstance(name, str) and name:
            return f"by a signer who calls itself {quoted(name, limit=NAME_SHOWN)}; {_why(finding)}"
    return f"but it is not established by whom: {_lower(_summary(report, Line.SIGNER))}"


def _why(finding: Finding) -> str:
    """Why nobody vouches; of certificates that were not valid, whose it was and at which moment."""
    when = finding.detail.get("judged_at")
    trusted = when[:10] if finding.detail.get("judged_by") == "time-stamp" and isinstance(when, str) else ""
    if finding.code == "signer.not_yet_valid" and trusted:
        return f"the only trusted time, {trusted}, lies before its certificate was valid"
    if finding.code != "signer.expired":
        return _DOUBTS[finding.code]
    if finding.detail.get("outside") == "authority":
        return f"a certificate above its own {f'was not valid on {trusted}' if trusted else 'is not valid'}"
    return (
        f"the only trusted time, {trusted}, lies after its certificate's expiry" if trusted else _DOUBTS[finding.code]
    )


def _refusal(report: Report) -> str:
    """Who it says it is, and why not to rely on that."""
    for finding in with_status(report, Line.SIGNER, Status.FAIL):
        name = finding.detail.get("name")
        if finding.code in _AGAINST and isinstance(name, str) and name:
            who = f"a signer who calls itself {quoted(name, limit=NAME_SHOWN)}"
            return f" by {who}; do not rely on that signer: {_AGAINST[finding.code]}"
    return f", but do not rely on the signer: {_lower(_summary(report, Line.SIGNER))}"


def _summary(report: Report, line: Line) -> str:
    return report.evidence[line].summary


def _partial(report: Report) -> str:
    """Where integrity was not asked for: what the asked lines say, the worst first."""
    order = (Status.FAIL, Status.ERROR, Status.UNKNOWN, Status.PASS, Status.ABSENT)
    for status in order:
        for line, evidence in report.evidence.items():
            if evidence.status is status:
                return f"{line} only: {_lower(evidence.summary)}"
    return "nothing was looked at"
