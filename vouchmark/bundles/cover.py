"""How does a bundle become a page: what it is, what it shows and what not, how to check it without us, and the reports?

Always made anew from what is there, by the reader's own lists; never the pages that lie in the bundle.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from vouchmark.bundles import telling
from vouchmark.bundles.bag import layout
from vouchmark.bundles.verifying import Answered, Verified
from vouchmark.render.groups import group_of
from vouchmark.render.headline.answer import answer
from vouchmark.render.html.markup import environment, foot, head, without_options
from vouchmark.render.html.page import MAX_ON_ONE_PAGE
from vouchmark.render.html.pictures import Pictures
from vouchmark.render.html.view import NAME_SHOWN, view
from vouchmark.render.html.words import TONES
from vouchmark.render.safe import plain
from vouchmark.report import Exit, Status

CONCLUSIONS: Final = {
    Exit.OK: "Nothing was altered, and by your lists every required line passed.",
    Exit.FAILED: "Nothing was altered. By your lists a line failed.",
    Exit.INCONCLUSIVE: "Nothing was altered. By your lists a required line is unknown or absent.",
    Exit.ERROR: "Nothing was altered. By your lists a required line could not be looked at.",
}
ALTERED: Final = (
    "Something was altered, or is not what you expected. What stands below about its files concludes nothing."
)
SHOWS: Final = (
    "That nothing in it was changed since its digest was taken, if the digest that you were given is the one above.",
    "What a check of these files finds by your lists, now; and what it found by its maker's.",
    *telling.NOT_SHOWN,
)
_PAE: Final = (
    'import base64,json;e=json.load(open("seal.dsse.json"));p=base64.b64decode(e["payload"]);'
    't=e["payloadType"].encode();open("../seal.pae","wb").write(b"DSSEv1 %d %s %d %s"%(len(t),t,len(p),p));'
    'open("../seal.sig","wb").write(base64.b64decode(e["signatures"][0]["sig"]))'
)
_SUBJECTS: Final = (
    'import base64,json;s=json.loads(base64.b64decode(json.load(open("seal.dsse.json"))["payload"]))["subject"];'
    'print("\\n".join(one["digest"]["sha256"]+"  "+one["name"] for one in s))'
)


class Step(NamedTuple):
    """One thing to do without us."""

    words: str
    command: str


def steps(verified: Verified, *, is_sealed: bool, is_stamped: bool) -> list[Step]:
    """How to check a bundle with other tools; names come in through manifests alone."""
    found = [
        Step(
            "Every file is what its digest says.",
            f"sha256sum --check --quiet --strict {layout.MANIFEST} {layout.TAG_MANIFEST}",
        ),
        Step(
            "It is the bundle with the digest above; put the digest that you were given in its place.",
            f"echo '{verified.digest}  {layout.MANIFEST}' | sha256sum --check --strict",
        ),
        Step("It is a bag, with nothing more and nothing less (pip install bagit).", "python3 -m bagit --validate ."),
    ]
    if is_sealed:
        found += [
            Step(
                "The seal is over these very digests.", f"python3 -c '{_SUBJECTS}' | sha256sum --check --quiet --strict"
            ),
            Step(
                "The seal is by the key that lies beside it.",
                f"python3 -c '{_PAE}' && openssl pkeyutl -verify -rawin -pubin -inkey {layout.SEAL_KEY} "
                "-in ../seal.pae -sigfile ../seal.sig",
            ),
            Step("Which key that is.", f"openssl pkey -pubin -in {layout.SEAL_KEY} -outform DER | sha256sum"),
        ]
    if is_stamped:
        found.append(
            Step(
                "The seal was there when the authority says; ../root.pem is the root that you trust for that.",
                f"openssl ts -verify -data {layout.SEAL} -in {layout.STAMP} -CAfile ../root.pem",
            )
        )
    found.append(
        Step(
            "The check, run again with exactly the versions that made it. The program among them is its maker's: "
            "prefer the same version from where you get it.",
            f"python3 -m venv ../again && ../again/bin/python -m pip install --require-hashes -r {layout.REQUIREMENTS} "
            "&& ../again/bin/vouchmark bundle verify .",
        )
    )
    return found


def page(verified: Verified, *, name: str) -> Iterator[str]:
    """Pieces of a page on a bundle that was looked at, with reports that bring their pictures."""
    yield head(plain(f"Evidence bundle {name}", limit=NAME_SHOWN))
    has_all = len(verified.files) <= MAX_ON_ONE_PAGE
    yield environment().get_template("cover.html.j2").render(_cover(verified, name, links=has_all))
    if has_all:
        pictures = Pictures()
        for one in verified.files:
            shown = view(one.yours, anchor=_anchor(one), pictures=pictures)
            yield environment().get_template("report.html.j2").render(shown | {"level": 2})
    yield foot(_tool(verified))


def _cover(verified: Verified, name: str, *, links: bool) -> dict[str, object]:
    return {
        "name": plain(name, limit=NAME_SHOWN),
        "conclusion": ALTERED if verified.is_altered else CONCLUSIONS[verified.exit],
        "digest": verified.digest or "none: its manifest is not there",
        "checks": [
            {
                "status": str(one.status),
                "sign": telling.SIGNS[one.status],
                "words": plain(one.words),
                "details": [plain(detail) for detail in one.details if detail],
            }
            for one in verified.checks
        ],
        "about": _about(verified),
        "said": list(telling.said(verified)),
        "rows": [_row(one, links=links) for one in verified.files],
        "differ": [plain(one) for one in verified.inputs_differ],
        "hands": [telling.hand(one) for one in verified.entries],
        "shows": SHOWS,
        "steps": [
            step._asdict()
            for step in steps(
                verified,
                is_sealed=verified.status_of("bundle.seal") not in (None, Status.ABSENT),
                is_stamped=verified.status_of("bundle.stamp") not in (None, Status.ABSENT),
            )
        ],
    }


def _about(verified: Verified) -> str:
    bundle = verified.bundle
    if bundle is None:
        return "What is in it cannot be told: its description is missing, or was changed."
    count = len(bundle.files)
    words = f"{count} {'file' if count == 1 else 'files'} with the reports on them and all that decided."
    return plain(f"{words} Made {bundle.made} with {bundle.environment.tool}, by its maker's clock.")


def _row(one: Answered, *, links: bool) -> dict[str, str]:
    return {
        "anchor": _anchor(one) if links else "",
        "name": plain(one.row.below or one.row.name, limit=NAME_SHOWN),
        "yours": f"{without_options(answer(one.yours))}.",
        "theirs": "Its report cannot be read." if one.theirs is None else f"{without_options(answer(one.theirs))}.",
        "tone": TONES[group_of(one.yours)],
    }


def _anchor(one: Answered) -> str:
    return f"file-{one.row.number}"


def _tool(verified: Verified) -> str:
    from vouchmark import __version__

    return verified.files[0].yours.inputs.tool if verified.files else f"vouchmark {__version__}"
