"""How does anything get onto a page without becoming part of it? Every string passes through here.

No script but one of ours, no address, no style but ours: the page's own policy forbids everything else, by digest.
Text in other writing directions is isolated, so that it turns nothing around it.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import re
from importlib import resources
from typing import Any, Final

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from vouchmark.render.safe import plain
from vouchmark.wording.catalogue import say
from vouchmark.wording.model import Fact

MAX_FLAT: Final = 4 * 1024 * 1024
"""Code points of an attribute: a picture inside the page is the longest."""

_RTL: Final = (
    "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"  # Hebrew, Arabic, Syriac, Thaana, N'Ko, …, and their presentation forms
    "\U00010800-\U00010fff\U0001e800-\U0001efff"  # the same in the supplementary plane
)
_APART: Final = re.compile(f"“[^“”]*”|[{_RTL}](?:[^A-Za-z“”]*[{_RTL}])?")
"""What is set apart: a quotation, which is the media's own text, and any run of letters that read from the right."""

_QUOTED: Final = re.compile("(“[^“”]*”)")
_REMEDIES: Final = re.compile(r"[;,] (?:to [a-z ]+, )?(?:add|run:?) (?:vouchmark [a-z ]+|--[a-z-]+)")
_IN_BRACKETS: Final = re.compile(r" \((?:add )?--[a-z-]+\)")
_WITH: Final = re.compile(r" (?:with|without) --([a-z-]+)")
_NEEDS: Final = re.compile(r"needs --[a-z-]+(?: [a-z]+)?")
_OPTION: Final = re.compile(r"--([a-z]+(?:-[a-z]+)*)")


def without_options(text: str) -> str:
    """A sentence of ours for a reader who has a page and no command line; what the media says stays as it is."""
    return "".join(part if part.startswith("“") else _unoptioned(part) for part in _QUOTED.split(text))


def _unoptioned(text: str) -> str:
    text = _IN_BRACKETS.sub("", _REMEDIES.sub("", text))
    text = _NEEDS.sub("not asked for", text)
    text = _WITH.sub(lambda found: "" if found[0].startswith(" with -") else " unless that is asked for", text)
    return _OPTION.sub(lambda found: found[1].replace("-", " "), text)


@functools.cache
def kept(name: str) -> str:
    """A file of ours out of the folder of templates."""
    return resources.files("vouchmark.render.html").joinpath("templates", name).read_text(encoding="utf-8")


def policy() -> Markup:
    """What the page may do: show our style, run our one script, show the pictures inside it. Nothing else."""
    parts = (
        "default-src 'none'",
        f"style-src 'sha256-{_digest(kept('report.css'))}'",
        f"script-src 'sha256-{_digest(kept('report.js'))}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return Markup("; ".join(parts))  # noqa: S704 - our own words and digests


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def head(title: str, body: str = "") -> str:
    """The page up to its content; `body` is a class of ours."""
    return (
        environment()
        .get_template("head.html.j2")
        .render(
            title=title,
            style=Markup(kept("report.css")),  # noqa: S704 - our own file
            policy=policy(),
            kind=body,
        )
    )


def foot(tool: str) -> str:
    """The end of the page, with its script, which brings buttons to life and nothing else."""
    script = Markup(kept("report.js"))  # noqa: S704 - our own file
    return environment().get_template("foot.html.j2").render(tool=tool, script=script) + "\n"


@functools.cache
def environment() -> ImmutableSandboxedEnvironment:
    """Templates in which nothing can forget to be escaped."""
    made = ImmutableSandboxedEnvironment(
        loader=PackageLoader("vouchmark.render.html", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=shown,
    )
    made.globals["say"] = say
    made.globals["around"] = around
    made.filters["flat"] = flat
    made.filters["apart"] = apart
    return made


def shown(value: Any) -> Markup:
    """Anything that a template shows, harmless: a stranger's text and letters from the right set apart."""
    if isinstance(value, Markup):
        return value
    text, end = plain(str(value)), 0
    parts: list[Markup] = []
    for match in _APART.finditer(text):
        inner = match[0]
        quoted = inner.startswith("“")
        parts.append(escape(text[end : match.start()]))
        parts.append(Markup("“<bdi>{}</bdi>”").format(inner[1:-1]) if quoted else Markup("<bdi>{}</bdi>").format(inner))
        end = match.end()
    return Markup().join([*parts, escape(text[end:])])


_HERE: Final = "\ufffc"
"""Stands for what is marked up within a sentence, as Unicode means it: an object in its place."""


def around(sentence: str, name: str, inner: Markup, /, **facts: Fact) -> Markup:
    """A sentence with one fact that is marked up, as a link is.

    Args:
        sentence: its id.
        name: the parameter that is marked up.
        inner: what stands in its place.
        facts: the other parameters.
    """
    others = {key: fact.replace(_HERE, "?") if isinstance(fact, str) else fact for key, fact in facts.items()}
    before, _, after = say(sentence, **others, **{name: _HERE}).partition(_HERE)
    return shown(before) + inner + shown(after)


def flat(value: Any) -> Markup:
    """Text where no markup may be: in an attribute or a title."""
    return escape(plain(str(value), limit=MAX_FLAT) if not isinstance(value, Markup) else value)


def apart(value: Any) -> Markup:
    """A stranger's text as a whole, set apart from what stands around it."""
    return value if isinstance(value, Markup) else Markup("<bdi>{}</bdi>").format(plain(str(value)))
