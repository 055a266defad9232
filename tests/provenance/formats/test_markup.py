"""Are tags, texts and instructions told apart where one can be dressed up as another, and in linear time?"""

from __future__ import annotations

import pytest

from provenance.formats.markup.tokens import (
    Broken,
    Doctype,
    End,
    Instruction,
    Namespaces,
    Start,
    Text,
    resolved,
    tokens,
)
from tests.support.effort import grows_no_faster


def names(data: bytes) -> list[str]:
    """What there is, in short."""
    found = []
    for token in tokens(data):
        match token:
            case Start():
                found.append(f"<{token.name.decode()}{'/' if token.is_empty else ''}>")
            case End():
                found.append(f"</{token.name.decode()}>")
            case Text():
                found.append(token.content.decode())
            case Instruction():
                found.append(f"?{token.target.decode()}")
            case Doctype():
                found.append("!")
            case Broken():
                found.append("broken")
    return found


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<a>b</a>", ["<a>", "b", "</a>"]),
        (b"<a><!-- <b> --></a>", ["<a>", "</a>"]),
        (b"<a><![CDATA[<b>]]></a>", ["<a>", "<b>", "</a>"]),
        (b"<?xml version='1.0'?><a/>", ["?xml", "<a/>"]),
        (b"<a b='>' c=\"<'\"/>", ["broken"]),
        (b"<a b='>' c=\"'>\"/>", ["<a/>"]),
        (b"<a b = '1'\n\tc='2' />", ["<a/>"]),
        (b"<a b='1'c='2'/>", ["broken"]),
        (b"<a b='1' b='2'/>", ["broken"]),
        (b"<a b=1/>", ["broken"]),
        (b"<a></a b='1'>", ["<a>", "broken"]),
        (b"<a></a/>", ["<a>", "broken"]),
        (b"<a", ["broken"]),
        (b"< a>", ["broken"]),
        (b"<!-- a", ["broken"]),
        (b"<![CDATA[ a", ["broken"]),
        (b"<?a ", ["broken"]),
        (b"<!doctype a>", ["broken"]),
        (b"<!DOCTYPE a [<!ENTITY b '>'>]><a/>", ["!", "<a/>"]),
        (b"<!DOCTYPE a [<!-- ]> --> <?b ]> ?>]><a/>", ["!", "<a/>"]),
        (b"<!DOCTYPE a [<!ENTITY b '>'><a/>", ["broken"]),
        (b"text", ["text"]),
        (b"", []),
    ],
)
def test_what_stands_there_is_read_as_what_it_is(data: bytes, expected: list[str]) -> None:
    assert names(data) == expected


def test_places_of_texts_and_tags_are_those_in_the_file() -> None:
    data = b"<a b='c'><!-- d -->e<![CDATA[f]]></a>"
    for token in tokens(data):
        if isinstance(token, Text):
            assert data[token.start : token.end] == token.content
        if isinstance(token, Start | End):
            assert data[token.start : token.start + 1] + data[token.end - 1 : token.end] == b"<>"


def test_a_document_types_declarations_are_handed_out() -> None:
    data = (
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD" "http://a/b.dtd" [<!ENTITY one "1"> <!ENTITY % two SYSTEM "x">'
        b"<!ENTITY three SYSTEM 'y'>]>"
    )
    (token,) = tokens(data)
    assert isinstance(token, Doctype)
    assert token.system == b"http://a/b.dtd"
    assert [(one.name, one.value, one.is_parameter) for one in token.entities] == [
        (b"one", b"1", False), (b"two", None, True), (b"three", None, False),
    ]  # fmt: skip
    assert not token.sets_attributes
    for inside in (b"<!ATTLIST a b CDATA 'c'>", b"%two;"):
        (token,) = tokens(b"<!DOCTYPE svg [" + inside + b"]>")
        assert isinstance(token, Doctype)
        assert token.sets_attributes


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a&amp;b", b"a&b"),
        (b"&#106;&#x61;va", b"java"),
        (b"&x;", b"long"),
        (b"&y;", None),
        (b"&#0;", None),
        (b"&#xD800;", None),
        (b"&x;" * 20_000, None),
    ],
)
def test_references_are_resolved_once(value: bytes, expected: bytes | None) -> None:
    assert resolved(value, {b"x": b"long"}) == expected


def test_prefixes_mean_what_the_nearest_element_says() -> None:
    known = Namespaces()
    known.enter(((b"xmlns", b"one"), (b"xmlns:a", b"two")))
    known.enter(((b"xmlns:a", b"three"),))
    assert (known.of(b"b"), known.of(b"a:b")) == ((b"one", b"b"), (b"three", b"b"))
    assert known.of(b"b", attribute=True) == (b"", b"b")
    known.leave()
    assert (known.of(b"a:b"), known.of(b"z:b")) == ((b"two", b"b"), (b"", b"b"))


@pytest.mark.parametrize(
    "unit",
    [
        b"<metadata></metadata>",
        b"<!--",
        b"<![CDATA[",
        b"<?",
        b"<a b='",
        b"<a " + b"b" * 50,
        b"<",
        b"<!DOCTYPE a [",
        b"&a;",
    ],
)
def test_any_text_is_read_in_linear_time(unit: bytes) -> None:
    small, large = (unit * (size // len(unit)) for size in (100_000, 800_000))
    assert grows_no_faster(lambda: list(tokens(small, lenient=True)), lambda: list(tokens(large, lenient=True)))
