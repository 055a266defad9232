"""Rows on the first line: what accuses, what passes, and what is told beside it."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

from tests.vouchmark.wording.rows import group, row
from vouchmark.render.headline import answer as whole_answer
from vouchmark.render.headline import bytes_answer
from vouchmark.render.headline.additions import additions
from vouchmark.render.headline.bytes_answer import base
from vouchmark.render.html import top
from vouchmark.report import Line, Root, Status
from vouchmark.wording.headlines import _UNREAD

PASS, FAIL, UNKNOWN, ABSENT, ERROR = Status.PASS, Status.FAIL, Status.UNKNOWN, Status.ABSENT, Status.ERROR
Found = tuple[str, Status, dict[str, Any]]
CAMERA: Final = {"name": "Somebody"}


def finding(found: Found) -> Any:
    """A finding with its code, status and detail; a root stands in the detail."""
    code, status, detail = found
    root = detail.get("root", Root.CLAIM_SIGNATURE)
    said = f"What {code} says."
    return SimpleNamespace(
        code=code, status=status, detail=detail, root=root, statement=said, message=None, subject="x", id="x.1"
    )


def report(
    *found: Found,
    lines: dict[Line, Status] | None = None,
    kind: str = "image/jpeg",
    summary: str = "Something else.",
    value: str = "none",
    **options: Any,
) -> Any:
    """What the first line reads of a report: a line's status is that of its first finding, if it is not given."""
    evidence = {}
    for line in Line:
        own = [finding(one) for one in found if one[0].startswith(f"{line}.") or one[2].get("line") == line]
        status = (lines or {}).get(line, own[0].status if own else ABSENT)
        evidence[line] = SimpleNamespace(status=status, findings=tuple(own), summary=summary, value=value)
    media = SimpleNamespace(type=kind, shown="a.jpg", name="a.jpg")
    return SimpleNamespace(evidence=evidence, media=media, inputs=SimpleNamespace(options=options))


def based(*found: Found, **more: Any) -> Callable[[], Any]:
    """What is said of bytes and signer."""
    return lambda: [clause.said for clause in base(report(*found, **more))]


def added(*found: Found, **more: Any) -> Callable[[], Any]:
    """What is said beside them."""
    return lambda: [clause.said for clause in additions(report(*found, **more))]


def integrity(word: str, status: Status, **detail: Any) -> Found:
    """A finding on the bytes."""
    code = word if word.startswith(("assertion.", "claim")) else f"integrity.{word}"
    return code, status, {"line": Line.INTEGRITY, **detail}


def signer(word: str, status: Status, **detail: Any) -> Found:
    """A finding on the signer."""
    return f"signer.{word}", status, {**CAMERA, **detail}


# The file could not be read.
group(
    {
        **{f"headline.unread.{reason}": based(integrity("unreadable", ERROR, reason=reason)) for reason in _UNREAD},
        "headline.unread": based(integrity("unparsable", ERROR)),
        "headline.unchecked": based(integrity("error", ERROR)),
    }
)

# What fails.
HASH: Final = integrity("assertion.dataHash.mismatch", FAIL)
group(
    {
        "headline.changed": based(HASH, signer("other_bytes", UNKNOWN)),
        "headline.changed.by": based(HASH, signer("other_bytes", UNKNOWN, vouched=True)),
        "headline.changed.given": based(HASH, integrity("store.outside", UNKNOWN, **{"from": "given"})),
        "headline.changed.beside": based(HASH, integrity("store.outside", UNKNOWN, **{"from": "beside"})),
        "headline.signature": based(integrity("claimSignature.mismatch", FAIL)),
        "headline.statements": based(integrity("assertion.hashedURI.mismatch", FAIL)),
        "headline.cut": based(HASH, integrity("cut", FAIL, present=5, announced=10)),
        "headline.cut.unknown": based(integrity("cut", UNKNOWN, present=5, announced=10)),
        "headline.malformed": based(integrity("malformed", FAIL)),
        "headline.malformed.update": based(integrity("malformed", FAIL, of="update")),
        "headline.media_excluded": based(integrity("coverage.media_excluded", FAIL)),
        "headline.stores": based(integrity("stores.multiple", FAIL)),
        "headline.unbound": based(integrity("unbound", FAIL)),
        "headline.broken": based(integrity("another", FAIL)),
    }
)
group(
    {
        "amount.some": based(integrity("cut", UNKNOWN)),
        "headline.doubt": based(integrity("another", UNKNOWN)),
    }
)

# What cannot be told.
REMOTE: Final = integrity("remote", UNKNOWN, url="https://a.example/x")
group(
    {
        "headline.remote": based(REMOTE),
        "headline.remote.refused": based(REMOTE, online=[]),
        "headline.address": based(integrity("remote", UNKNOWN, url="")),
        "headline.unsupported": based(integrity("unsupported", UNKNOWN)),
        "headline.unsupported.unknown": based(integrity("unsupported", UNKNOWN), kind="application/octet-stream"),
    }
)
group(
    {
        f"headline.format.{word}": based(integrity("unsupported", UNKNOWN), kind=kind)
        for kind, word in bytes_answer._FORMATS.items()
    }
)
group(
    {
        **{words: based(integrity(code.removeprefix("integrity."), UNKNOWN))
           for table in (bytes_answer._UNKNOWNS, bytes_answer._FIRST, bytes_answer._BESIDES, bytes_answer._UNCOVERED)
           for code, words in table.items()},
        "headline.unreached.found": based(integrity("store.unreached", UNKNOWN, found=["x"])),
    }
)  # fmt: skip
WIDE: Final = integrity("coverage.wide", UNKNOWN)
group(
    {
        "headline.rest": based(WIDE, signer("unknown", UNKNOWN)),
        "headline.rest.nobody": based(WIDE),
    }
)
PIECES: Final = integrity("fragments", PASS, fragments=5, fragments_missing=2)
group(
    {
        "headline.given": based(PIECES, signer("official", PASS)),
        "headline.given.nobody": based(PIECES),
        "headline.signed.unlooked": based(integrity("whole", PASS)),
    }
)
group({"headline.fragments": based(PIECES), "headline.signed.unestablished": based(
    integrity("whole", PASS), signer("absent", UNKNOWN))})  # fmt: skip

# What passes, and what speaks against relying on the signer.
WHOLE: Final = integrity("whole", PASS)
LEFT: Final = integrity("coverage.metadata_excluded", PASS, excluded=[{"name": "EXIF", "kind": "metadata"}])
SIGNERS: Final[dict[str, Found]] = {
    "official": signer("official", PASS),
    "interim": signer("interim", PASS),
    "yours": signer("yours", PASS),
    "bundled": signer("bundled", PASS),
    "said": signer("official", PASS, label="official, as you said"),
    "iptc": signer("publisher", PASS, publishers="iptc"),
    "publisher": signer("publisher", PASS, publishers="yours"),
    "publisher.said": signer("publisher", PASS, publishers="news"),
    "unknown": signer("unknown", UNKNOWN),
    "listed": signer("listed", UNKNOWN),
    "expired": signer("expired", UNKNOWN),
    "expired.stamped": signer("expired", UNKNOWN, judged_by="time-stamp", judged_at="2026-01-01T00:00:00Z"),
    "expired.authority": signer("expired", UNKNOWN, outside="authority"),
    "not_yet_valid": signer("not_yet_valid", UNKNOWN),
    "not_yet_valid.stamped": signer("not_yet_valid", UNKNOWN, judged_by="time-stamp", judged_at="2026-01-01"),
    "distrusted": signer("distrusted", FAIL),
    "revoked": signer("revoked", FAIL),
    "irregular": signer("profile.violated", FAIL),
    "assurance": signer("assurance.exceeded", FAIL),
    "signal": signer("signal.disallowed", FAIL),
    "refused": signer("another", FAIL),
}
group(
    {
        **{f"headline.signed.{word}": based(WHOLE, one) for word, one in SIGNERS.items()},
        "headline.test_key": based(WHOLE, signer("test_key", FAIL)),
    }
)
group(
    {
        **{f"headline.signed.{word}.but": based(LEFT, one) for word, one in SIGNERS.items()},
        "headline.signed.unlooked.but": based(LEFT),
        "headline.signed.unestablished.but": based(LEFT, signer("absent", UNKNOWN)),
    }
)
NAMELESS: Final = integrity("coverage.metadata_excluded", PASS, excluded=[])
MANY: Final = integrity(
    "coverage.metadata_excluded", PASS, excluded=[{"name": name, "kind": "metadata"} for name in ("A", "B", "C", "D")]
)
group({"headline.metadata": based(NAMELESS), "headline.metadata.other": based(MANY)})

# What is declared of AI.
LOUD: Final = ("generated", "generator", "edited", "used")
SIGNED_BY: Final = {"listed": "official", "unknown": "unknown", "expired": "expired"}
group(
    {
        f"headline.ai.{word}.{by}": based(WHOLE, SIGNERS[one], (f"ai.{word}", PASS, {}))
        for word in LOUD
        for by, one in SIGNED_BY.items()
    }
)
group(
    {
        **{f"headline.ai.{word}.own": added(HASH, (f"ai.{word}", PASS, {}), lines={Line.INTEGRITY: PASS,
           Line.SIGNER: FAIL}) for word in LOUD},
        **{f"headline.ai.{word}.passed_on": added(WHOLE, (f"ai.{word}", UNKNOWN, {"gathered": True}))
           for word in LOUD},
    }
)  # fmt: skip
OF: Final = {"earlier": ("earlier file", "inherited."), "part": ("part", "part."), "input": ("input", "part.")}
group(
    {
        f"headline.ai.{word}.{of}{unknown}": added(
            WHOLE, (f"ai.{start}{word}", UNKNOWN, {"of": whole, "by": {"standing": standing}})
        )
        for word in LOUD
        for of, (whole, start) in OF.items()
        for unknown, standing in (("", "listed"), (".unknown", "unlisted"))
    }
)
BY_NOBODY: Final = {"root": Root.UNSIGNED_METADATA}
group(
    {
        f"headline.{whose}.ai.{word}": added(
            WHOLE, (f"ai.{word}", UNKNOWN, {**BY_NOBODY, "covered": whose == "covered"})
        )
        for whose in ("unsigned", "covered")
        for word in (*LOUD, "possible")
    }
)

# What came before.
BROKEN: Final = {
    **{f"{what}.{how}": (f"history.{what}.{how}", {}) for what in ("parent", "component", "input")
       for how in ("broken", "missing")},
    **{f"{what}.recorded": (f"history.{what}.broken", {"reasons": ["recorded:a"]})
       for what in ("parent", "component", "input")},
    **{f"{what}_before.{how}": (f"history.parent.{how}", {"of": what}) for what in ("part", "input")
       for how in ("broken", "missing")},
    **{f"{what}_before.recorded": ("history.parent.broken", {"of": what, "reasons": ["recorded:a"]})
       for what in ("part", "input")},
    "parent.revoked": ("history.parent.signer", {"by": {"standing": "revoked"}}),
    "parent.distrusted": ("history.parent.signer", {"by": {"standing": "distrusted"}}),
    "parent.refused": ("history.parent.signer", {"by": {"standing": "other"}}),
    "redaction.forbidden": ("history.redaction.forbidden", {}),
    "history": ("history.another", {}),
}  # fmt: skip
group({f"headline.{word}": added(WHOLE, (code, FAIL, detail)) for word, (code, detail) in BROKEN.items()})
group(
    {
        "headline.parent.unlike": added(WHOLE, ("history.parent.unlike", UNKNOWN, {})),
        **{
            f"headline.ancestor{word}": added(
                WHOLE,
                signer("official", PASS),
                ("history.parent.signer", UNKNOWN, {"of": "earlier file", "by": {"standing": standing}}),
            )
            for word, standing in (
                (".listed", "listed"), (".unlisted", "unlisted"), (".expired", "expired"),
                (".not_yet_valid", "not yet valid"), (".public_test_key", "public test key"),
                (".irregular_certificate", "irregular certificate"), ("", "anything"),
            )
        },
    }
)  # fmt: skip

# What else fails, and what was asked for.
group(
    {
        "headline.time": added(WHOLE, ("time.order.impossible", FAIL, {})),
        "headline.ai": added(WHOLE, ("ai.contradiction", FAIL, {})),
        "headline.person": added(WHOLE, ("person.proof.invalid", FAIL, {})),
        "headline.claim": added(WHOLE, ("claim.time.contradicts", FAIL, {})),
    }
)
group(
    {
        "headline.unread_by_one": added(WHOLE, ("engines.unread", UNKNOWN, {"unread": "x"})),
        "headline.verifiers": added(WHOLE, ("engines.disagree", UNKNOWN, {"on": ["bytes"]})),
        "headline.rule": added(WHOLE, integrity("rule", ABSENT)),
        "headline.misnamed": added(
            integrity("type.misnamed", ABSENT, named="image/png", content="video/mp4"), lines={Line.INTEGRITY: ABSENT}
        ),
    }
)
group(
    {
        f"headline.on.{word}": added(WHOLE, ("engines.disagree", UNKNOWN, {"on": [word]}))
        for word in ("presence", "bytes", "signature")
    }
)
AGAINST: Final = {"against": "original"}
group(
    {
        "headline.known.changed": added(WHOLE, ("known.changed", FAIL, AGAINST)),
        "headline.known.spliced": added(WHOLE, ("known.spliced", FAIL, AGAINST)),
        "headline.known.other": added(WHOLE, ("known.other", UNKNOWN, AGAINST)),
        "headline.known.same": added(WHOLE, ("known.same", PASS, AGAINST)),
        "headline.known.bytes": added(WHOLE, ("known.same", PASS, {**AGAINST, "same_bytes": True})),
        "headline.known.excerpt": added(WHOLE, ("known.excerpt", PASS, AGAINST)),
        "headline.known.uncompared": added(WHOLE, ("known.unaligned", UNKNOWN, AGAINST)),
        "headline.known.exact": added(WHOLE, ("known.exact", PASS, {})),
        "headline.known.near": added(WHOLE, ("known.near", PASS, {})),
    }
)
group(
    {
        "headline.claim.agrees": added(WHOLE, ("claim.time.agrees", PASS, {})),
        "headline.claim.agrees.part": added(WHOLE, ("claim.time.agrees", PASS, {}), ("claim.place.none", ABSENT, {})),
        "headline.claim.agrees.earlier": added(WHOLE, ("claim.time.agrees", PASS, {"root": Root.INGREDIENT})),
        "headline.claim.agrees.earlier.part": added(
            WHOLE, ("claim.time.agrees", PASS, {"root": Root.INGREDIENT}), ("claim.place.none", ABSENT, {})
        ),
        "headline.claim.unsigned.contradicts": added(WHOLE, ("claim.time.contradicts", UNKNOWN, BY_NOBODY)),
        "headline.claim.unsigned.agrees": added(WHOLE, ("claim.time.agrees", UNKNOWN, BY_NOBODY)),
        "headline.claim.apart": added(WHOLE, ("claim.time.apart", UNKNOWN, {})),
        "headline.claim.none": added(WHOLE),
    }
)
CLUB: Final = {"issuer": "1", "issuer_name": "Club"}
group(
    {
        "headline.person.vouched": added(WHOLE, ("person.voice.new", PASS, CLUB)),
        "headline.person.several": added(
            WHOLE, ("person.voice.new", PASS, CLUB), ("person.voice.new", PASS, {"issuer": "2", "issuer_name": "Town"})
        ),
        "headline.person.for": added(WHOLE, ("person.voice.new", PASS, {**CLUB, "statement": "x"})),
        "headline.person.against": added(WHOLE, ("person.against", ABSENT, {})),
        "headline.person.statement": added(WHOLE, ("person.statement", ABSENT, {})),
    }
)


# The three values of a page, and what no report shows.
def signed_by(status: Status, value: str = "none", first: Found = WHOLE) -> Callable[[], Any]:
    """Who signed, by name."""
    return lambda: top._signer(report(first, signer("any", status), value=value))[0]


group(
    {
        "signed_by.pass": signed_by(PASS),
        "signed_by.unknown": signed_by(UNKNOWN),
        "signed_by.fail": signed_by(FAIL),
        "signed_by.other-bytes": signed_by(UNKNOWN, first=HASH),
        "signed_by.expired": signed_by(UNKNOWN, "expired"),
        "signed_by.not-yet-valid": signed_by(UNKNOWN, "not-yet-valid"),
        "signed_by.test-key": signed_by(FAIL, "test-key"),
        "signed_by.distrusted": signed_by(FAIL, "distrusted"),
        "signed_by.revoked": signed_by(FAIL, "revoked"),
        "signed_by.irregular": signed_by(FAIL, "irregular"),
    }
)
group(
    {
        "page.three.signer": lambda: top._who(report(WHOLE)),
        "page.three.signer.other_bytes": lambda: top._who(report(HASH)),
    }
)
group(
    {
        "page.three.ai.other_bytes": lambda: top._ai(report(HASH, ("ai.captured", PASS, {})))[0],
        "page.three.integrity": lambda: top.three(report(WHOLE), "x")[0]["question"],
        "page.three.ai": lambda: top.three(report(WHOLE), "x")[2]["question"],
    }
)


def left_open(*found: Found, **more: Any) -> Callable[[], Any]:
    """What the report does not show, at length and in short."""
    shown = report(*found, **more)
    return lambda: [*whole_answer.not_shown(shown), *whole_answer.not_shown_short(shown)]


VOUCHED: Final = {"lines": {Line.PERSON: PASS}}
for _id, _here, _there in (
    ("caption", left_open(WHOLE), left_open()),
    ("honest", left_open(WHOLE), left_open()),
    ("made", left_open(), left_open(WHOLE)),
    ("person", left_open(WHOLE, **VOUCHED), left_open(WHOLE)),
    ("short.signed", left_open(WHOLE), left_open()),
    ("short.unsigned", left_open(), left_open(WHOLE)),
    ("short.person", left_open(WHOLE, **VOUCHED), left_open(WHOLE)),
):
    row(f"not_shown.{_id}", _here, _there)
