"""Is what a page runs and fetches found wherever a browser finds it, and what is read in two ways told?"""

from __future__ import annotations

import pytest

from provenance.formats.text.page import references_of, resolved
from tests.support.effort import grows_no_faster

UNSURE = "text that is read otherwise within a drawing or a list"
ENCODING = "an encoding that is not read here"
SHEETS = "style sheets within addresses"


def found(page: bytes) -> list[str]:
    return [doubt.what for doubt in references_of(page).doubts()]


@pytest.mark.parametrize(
    "page",
    [
        b"<svg><title>a</title><style>a{b:c}</style></svg>",
        b"<svg><style>a{&:hover{b:c}}</style></svg>",
        b"<title>a < b <i></title><svg></svg>",
        b"<svg><![CDATA[ a < b ]]></svg>",
        b"<select><option>a</select><textarea>b</textarea>",
        b"<![CDATA[ > ]]>",
        b"<meta charset=utf-8><meta http-equiv=content-type content='text/html; charset=iso-8859-1'>",
        b"<link rel=icon href='data:image/png,a'><link rel='shortcut icon' href='data:image/png,a'>",
        b"<noscript><p>a</noscript>",
        b"<p title='a &quotz b &amp; c'>",
    ],
)
def test_a_page_that_is_read_in_one_way_only_has_no_doubts(page: bytes) -> None:
    assert found(page) == []


@pytest.mark.parametrize("name", [b"style", b"textarea", b"title", b"xmp", b"iframe", b"noembed", b"noframes"])
@pytest.mark.parametrize("around", [b"svg", b"math", b"select", b"frameset", b"SVG"])
def test_tags_in_a_text_element_are_told_where_it_may_be_none(name: bytes, around: bytes) -> None:
    inside = b"<script href=a></script>"
    assert UNSURE in found(b"<%s><%s>%s</%s></%s>" % (around, name, inside, name, around))
    assert UNSURE in found(b"<%s></%s><%s><!--</%s>-->" % (around, around, name, name))
    assert UNSURE in found(b"<%s><%s/>%s</%s>" % (around, name, inside, around))
    assert UNSURE in found(b"<%s><%s>a" % (around, name))
    assert UNSURE not in found(b"<%s>%s</%s>" % (name, inside, name))


@pytest.mark.parametrize(
    ("page", "what"),
    [
        (b"<svg><style>@imp&#111;rt 'a'</style></svg>", UNSURE),
        (b"<svg><style>@imp&#111rt 'a'</style></svg>", UNSURE),
        (b"<svg><![CDATA[ > <!-- ]]><p></svg>", UNSURE),
        (b"<svg><![CDATA[ a", UNSURE),
        (b"<noscript><img src=a></noscript>", "images"),
        (b"<noscript><style><p></noscript><p></style>", UNSURE),
        (b"<noscript><svg></svg></noscript>", UNSURE),
        (b"<style>@charset '/*';@import 'a';/**/</style>", "addresses in styles"),
        (b"<style>@import 'data:text/css,a'</style>", SHEETS),
        (b"<link rel=stylesheet href='data:text/css,a'>", SHEETS),
        (b"<link rel=stylesheet href='d&#97ta:text/css,a'>", SHEETS),
        (b"<p style='background:u&#114l(a)'>", "addresses in styles"),
        (b"<p style='background:u&#114;l(a)'>", "addresses in styles"),
        (b"<p style='--a:&quotz;background:url(a)'>", "addresses in styles"),
        (b"<a href='j&#97vascript:a'>", "scripts"),
        (b"<img src='d&amp;#97;ta:a'>", "images"),
        (b"<meta charset=iso-2022-jp>", ENCODING),
        (b"<meta charset='shift_jis'>", ENCODING),
        (b"<meta charset='&#105;so-2022-jp'>", ENCODING),
        (b"<meta http-equiv=content-type content='text/html; charset = gbk'>", ENCODING),
        (b"<title><meta charset=big5></title>", ENCODING),
        (b"<p>\x1b$B", ENCODING),
    ],
)
def test_what_a_browser_finds_is_told(page: bytes, what: str) -> None:
    assert what in found(page)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a&amp;b", b"a&b"), (b"a&ampb", b"a&ampb"), (b"a&amp=b", b"a&amp=b"), (b"a&amp b", b"a& b"),
        (b"a&amp;=b", b"a&=b"), (b"&#97b", b"ab"), (b"&#97;=", b"a="), (b"&commat;&commat", b"@&commat"),
        (b"&amp;#97;", b"&#97;"), (b"\xff&lt;", b"?<"), (b"a&b", b"a&b"),
    ],
)  # fmt: skip
def test_references_in_attributes_count_as_browsers_count_them(value: bytes, expected: bytes) -> None:
    assert resolved(value) == expected


@pytest.mark.parametrize(
    "unit",
    [b"<svg>", b"<svg><style>", b"<![CDATA[", b"<![CDATA[>", b"<noscript>", b"charset=", b"<p a='&amp'>", b"<a b=&#9"],
)
def test_any_page_is_read_in_linear_time(unit: bytes) -> None:
    small, large = (b"<svg>" + unit * (size // len(unit)) for size in (50_000, 400_000))
    assert grows_no_faster(lambda: references_of(small), lambda: references_of(large))
