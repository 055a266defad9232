"""What do `doctor` and `demo` say: what to do, what is here, what was made, what to type next?"""

from __future__ import annotations

from typing import Final

from vouchmark.wording.model import Sentence

_ADDED: Final = {
    "compare": "comparing with an original (--original)",
    "video": "videos and sound in an index, clips",
    "bundle": "making bundles of evidence",
    "seal": "sealing them",
    "postgres": "ledgers on a PostgreSQL server",
}
"""What works only where more is installed."""
_HEADINGS: Final = {
    "to_do": "To do",
    "wanted": "If you want it",
    "here": "What is here",
    "engines": "Engines",
    "curve": "Curve",
    "lists": "Trust lists",
    "issuers": "Issuers of personhood credentials",
    "packages": "Packages",
    "imports": "Import packages",
}
"""Headings of what `doctor` says."""

SENTENCES: Final[tuple[Sentence, ...]] = (
    Sentence("doctor.title", "vouchmark {version} on Python {python}, {platform}", "Above all that `doctor` says."),
    *(Sentence(f"doctor.heading.{name}", text, "Heads what is told there.") for name, text in _HEADINGS.items()),
    *(Sentence(f"doctor.added.{name}", text, "What a missing package would bring.") for name, text in _ADDED.items()),
    Sentence("doctor.wish", "{what}: {how}", "A package is not installed, with the command that installs it."),
    Sentence(
        "doctor.wish.issuers",
        "people who vouch for a file: vouchmark trust issuer add issuer.json",
        "No issuer is trusted.",
    ),
    Sentence("doctor.nothing", "nothing: everything that a check needs is here", "There is nothing to do."),
    Sentence(
        "doctor.no_lists",
        "no list of signers is kept, so that hardly any signer is recognised: vouchmark trust update",
        "The reader keeps no list.",
    ),
    Sentence("doctor.old.one", "the list {names} may be out of date: vouchmark trust update", "A list is stale."),
    Sentence("doctor.old", "the lists {names} may be out of date: vouchmark trust update", "Several lists are stale."),
    Sentence(
        "doctor.untested",
        "this version was not tested with the {names} that is installed: pip install vouchmark",
        "Another release of an engine is installed.",
    ),
    Sentence(
        "doctor.shared",
        "the import package {name} is also shipped by {others}: uninstall one of the two",
        "Another distribution has a package of our name.",
    ),
    Sentence(
        "doctor.elsewhere",
        "the import package {name} is taken from {origin}, expected {ours}: something stands before ours",
        "A package of our name is found first elsewhere.",
    ),
    Sentence(
        "doctor.not_found",
        "the import package {name} is not found, expected {ours}: something stands before ours",
        "A package of ours is not found.",
    ),
    Sentence(
        "doctor.not_installed", "{name} is not installed: run pip install vouchmark again", "An engine is missing."
    ),
    Sentence(
        "doctor.not_loaded",
        "the engine c2pa-rs cannot be loaded ({error}): run pip install vouchmark again",
        "The engine's library cannot be loaded.",
    ),
    Sentence("doctor.engine", "{name}: {package:phrase}{tested:phrase}", "An engine without a version of its own."),
    Sentence(
        "doctor.engine.inner",
        "{name}: {package:phrase}, engine {version}{tested:phrase}",
        "The engine inside the package has a version of its own.",
    ),
    Sentence("doctor.engine.package", "{package} {version}", "Its package is installed."),
    Sentence("doctor.engine.no_package", "of an unknown package", "Its package is not installed."),
    Sentence("doctor.engine.tested", ", of {released}, {days} days old", "This release was tested with."),
    Sentence("doctor.engine.untested", ", not tested with", "This release was not tested with."),
    Sentence("doctor.lists.unseen", "not looked at", "Somebody else's code stands in the place of ours."),
    Sentence(
        "doctor.lists.none", "none: only the dated list in the second engine vouches for signers", "No list is kept."
    ),
    Sentence("doctor.lists.kept", "distrusted: {count}; kept in {home}", "Below the lists."),
    Sentence("doctor.list", "{name} ({label}, {kind}): {count} certificates, {age:phrase}", "A list that is in date."),
    Sentence(
        "doctor.list.old", "{name} ({label}, {kind}): {count} certificates, {age:phrase}, OLD", "A list that is stale."
    ),
    Sentence("doctor.age", "{days} days old", "The age of a list is known."),
    Sentence("doctor.age.imported", "imported on {day}, own date unknown", "A list without a date, imported then."),
    Sentence("doctor.age.none", "without a date", "A list without any date."),
    Sentence("doctor.issuer", "{name}, serial {serial}, {days} days old", "An issuer that the reader trusts."),
    Sentence("doctor.issuers.none", "none: no vouch counts", "No issuer is trusted."),
    Sentence("doctor.curve.none", "none", "No arithmetic of the curve can be loaded."),
    Sentence("doctor.package", "{name} {version}", "A package that is installed."),
    Sentence("doctor.package.none", "{name} not installed", "A package that is not installed."),
    Sentence("doctor.import", "{name} from {owners}", "Which distribution an import package is from."),
    Sentence("doctor.import.folder", "{name} from this folder", "It is from no distribution."),
    Sentence(
        "demo.made",
        "Made {count} pictures in {folder}, and a signing authority that nobody else knows.",
        "The pictures were made.",
    ),
    Sentence("demo.piece", "{caption}:", "Above the answer for a picture."),
    Sentence("demo.whole", "The whole report on the one that is easiest to be fooled by:", "Above that report."),
    Sentence("demo.page", "All of them as a page, with the pictures: open {file}", "The page was written."),
    Sentence("demo.next", "Try next:", "Above commands to type."),
    Sentence("demo.next.without", "{command}        # without the list: a signer nobody vouches for", "One of them."),
)
