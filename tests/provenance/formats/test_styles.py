"""Is what a style sheet asks for found by the rules by which browsers read it, and in linear time?"""

from __future__ import annotations

import pytest

from provenance.formats.markup.references import References
from provenance.formats.markup.sheets import Sheets
from provenance.formats.markup.styles import plain, read, selects_the_manifest
from provenance.formats.markup.tokens import Doctype, tokens
from tests.support.effort import grows_no_faster


@pytest.mark.parametrize(
    ("style", "found"),
    [
        (b"a{b:c}", []),
        (b"@import 'a';", [b"a"]),
        (b"@import url(a);", [b"a"]),
        (b"@import url( 'a' ) screen;", [b"a"]),
        (b"@charset '/*';@import 'a';/**/", [b"a"]),
        (b'@charset "/*";@import "a";/**/', [b"a"]),
        (b"b{content:'/*'}c{d:url(a)}/**/", [b"a"]),
        (b"b{content:'\\'/*'}c{d:url(a)}/**/", [b"a"]),
        (b"b{content:'/*\nc:url(a)}/**/", [b"a"]),
        (b"b{content:'x\n;c:url(a)}", [b"a"]),
        (b"b{c:url(/*)}d{e:url(a)}/**/", [b"/*", b"a"]),
        (b"/* ' */@import 'a';/* ' */", [b"a"]),
        (b"@imp/**/ort 'a';", []),
        (b"<!--@import 'a';-->", [b"a"]),
        (b"<!--url(a)", [b"a"]),
        (b"@\\69 mport 'a'", [b"a"]),
        (b"@IMPORT 'a'", [b"a"]),
        (b"b{c:U\\52 l(a)}", [b"a"]),
        (b"b{c:url(\\61)}", [b"a"]),
        (b"b{c:image-set('a' 1x, 'b' 2x)}", [b"a", b"b"]),
        (b"b{c:image-set(url(a) 1x, 'b' type('image/png') 2x)}", [b"a", b"b"]),
        (b"b{c:image-set(linear-gradient(red, blue) 1x, 'b' 2x)}", [b"b"]),
        (b"b{c:-webkit-image-set('data:,' 9x,'a' 1x)}", [b"data:,", b"a"]),
        (b"b{c:cross-fade('a', calc(50%), 'b')}", [b"a", b"b"]),
        (b"b{c:image-set(} 'a' 1x)", [b"a"]),
        (b"b{font:'a' 12px;content:'b'}", []),
        (b"b{src:local('a') format('woff')}", []),
        (b"b[c='url(a)']{d:e}", []),
        (b"@namespace c url(a);b{d:url(e)}", [b"e"]),
        (b"@namespace c 'a';@import 'b'", [b"b"]),
        (b"@font-face{src:url('a') format('woff'), url(b)}", [b"a", b"b"]),
        (b"b{c:url(", [b""]),
        (b"b{c:url('a", [b"a"]),
    ],
)
def test_addresses_are_found_as_browsers_find_them(style: bytes, found: list[bytes]) -> None:
    assert [address for address, _ in read(style).addresses] == found


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (b"b{c:image-set(var(--u) 1x)}", True),
        (b"b{c:image-set(v\\61r(--u) 1x)}", True),
        (b"b{c:image-set(attr(d type(<string>)) 1x)}", True),
        (b"b{c:image-set(calc(env(d)) 1x)}", True),
        (b"b{c:image-set(--f() 1x)}", True),
        (b"b{c:src(var(--u))}", True),
        (b"b{c:var(--u)}", False),
        (b"b{c:image-set('a' 1x) var(--u)}", False),
        (b"b{c:calc(var(--u) * 2)}", False),
    ],
)
def test_an_address_that_is_put_together_is_told(style: bytes, expected: bool) -> None:
    assert read(style).is_put_together is expected


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        (b"metadata{a:b}", True),
        (b"b{content:'/*'}metadata{display:block}/**/", True),
        (b"b{c:url(/*)}manifest{display:block}/**/", True),
        (b"m\\65 tadata{a:b}", True),
        (b"/* metadata */a{b:c}", False),
        (b".metadata{a:b}", False),
    ],
)
def test_a_selector_for_the_manifest_is_found_whatever_looks_like_a_comment(style: bytes, expected: bool) -> None:
    assert selects_the_manifest(plain(style)) is expected


@pytest.mark.parametrize(
    ("page", "sheets"),
    [
        (b"<style>a</style><style>b</style>", [b"a", b"b"]),
        (b"<style>a<!-- -->b<![CDATA[c]]>d<?e?>f</style>", [b"abcdf"]),
        (b"<style>a<g>x</g>b</style>", [b"ab"]),
        (b"<style>a<style>x</style>b</style>", [b"x", b"ab"]),
        (b"<s:style>&#97;&amp;&commat;<![CDATA[&#97;]]></s:style>", [b"a&@&#97;"]),
        (b"<!DOCTYPE a [<!ENTITY e 'xyz'>]><style>a&e;b</style>", [b"axyzb"]),
        (b"<style/>a", []),
        (b"<style>a</b>c", [b"a"]),
        (b"<style>a", [b"a"]),
    ],
)
def test_a_sheet_is_all_the_text_right_within_its_element(page: bytes, sheets: list[bytes]) -> None:
    references = References()
    found = Sheets(references)
    for token in tokens(page, lenient=True):
        if isinstance(token, Doctype):
            references.doctype(token)
        found.take(token)
    found.finish()
    assert found.found == sheets


@pytest.mark.parametrize(
    "unit",
    [
        b"/*",
        b"'",
        b'"',
        b"url(",
        b"url('",
        b"image-set(",
        b"\\",
        b"@import",
        b"(",
        b"}",
        b"a",
        b"@",
        b"\\61",
        b"<!--",
        b"-",
    ],
)
def test_any_sheet_is_read_in_linear_time(unit: bytes) -> None:
    small, large = (b"@(" + unit * (size // len(unit)) for size in (50_000, 400_000))
    assert grows_no_faster(lambda: (read(small), plain(small)), lambda: (read(large), plain(large)))


@pytest.mark.parametrize("unit", [b"<style>", b"<style></a>", b"<style>a", b"<style><a>", b"</style>"])
def test_any_row_of_style_elements_is_read_in_linear_time(unit: bytes) -> None:
    def gather(page: bytes) -> None:
        found = Sheets(References())
        for token in tokens(page, lenient=True):
            found.take(token)
        found.finish()

    small, large = (unit * (size // len(unit)) for size in (50_000, 400_000))
    assert grows_no_faster(lambda: gather(small), lambda: gather(large))
