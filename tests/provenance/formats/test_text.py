"""Does the reader of texts find each carrier, and nothing where there is none, in linear time?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from provenance.credentials.binding.text import MAX_TRIED, text_hash
from provenance.credentials.errors import UnsupportedCredentialsError
from provenance.formats import Kind, read_layout
from provenance.formats.parts import Layout
from provenance.formats.text import Method, carriers, is_text, method_of, read_text
from provenance.formats.text.carriers import MAX_CARRIERS
from provenance.formats.text.page import elements
from provenance.formats.text.unseen import unseen
from provenance.media_type import recognise
from tests.provenance.by_hand import STORE, leaving
from tests.support.effort import at_most, costs_at_most
from tests.support.media.texts import ARTICLE, BEGIN, END, PAGE, armour, element, wrapper

PLAIN: Final = f"{ARTICLE}{wrapper(STORE)}".encode()


def spans(data: bytes) -> list[tuple[str, Kind]]:
    """The parts of a text and what they are; the words in full."""
    return [
        (data[region.start : region.end].decode() if region.kind is Kind.MEDIA else "", region.kind)
        for region in read_text(data).regions
    ]


class TestCarriers:
    @pytest.mark.parametrize(
        ("text", "method"),
        [
            (f"a{wrapper(STORE)}b", Method.WRAPPER),
            (f"\ufeffa{wrapper(STORE)}", Method.WRAPPER),
            (f"{armour(STORE)}\na", Method.ARMOUR),
            (f"a\n{armour(STORE, '<!--', '-->')}", Method.ARMOUR),
            (PAGE.format(element(STORE)), Method.PAGE),
            (
                f"<!-- first --><html><head>{element(STORE).upper().replace(element(STORE).upper(), element(STORE))}",
                Method.PAGE,
            ),
        ],
    )
    def test_each_is_found_with_its_store(self, text: str, method: Method) -> None:
        (found,) = carriers(text.encode())

        assert (found.method, found.store, found.foreign) == (method, STORE, ())

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "\ufeff",
            "\ufeff\ufe0f\ufe00",
            f"{BEGIN} two words {END}",
            f"{END} {BEGIN}",
            BEGIN,
            f"Write {element(STORE)} into the head.",
            f"<!DOCTYPE html><!-- {element(STORE)} --><title>{element(STORE)}</title>",
        ],
    )
    def test_what_only_speaks_of_one_is_none(self, text: str) -> None:
        assert method_of(text.encode()) is None

    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_the_line_end_of_a_block_goes_with_it(self, end: str) -> None:
        on_top = f"{armour(STORE)}{end}x = 1{end}".encode()
        below = f"x = 1{end}{armour(STORE)}{end}".encode()
        between = f"#!/bin/sh{end}{armour(STORE)}{end}x = 1".encode()

        assert spans(on_top) == [("", Kind.MANIFEST), (f"x = 1{end}", Kind.MEDIA)]
        assert spans(below) == [("x = 1", Kind.MEDIA), ("", Kind.MANIFEST)]
        assert spans(between) == [(f"#!/bin/sh{end}", Kind.MEDIA), ("", Kind.MANIFEST), ("x = 1", Kind.MEDIA)]

    @pytest.mark.parametrize(
        "text",
        [
            f"{armour(STORE, '/*')}\nx",
            f"{armour(STORE, 'x = 1 #')}\nx",
            f"{armour(STORE, '#', 'x')}\nx",
            f"# {BEGIN}  {armour(STORE).split()[4]} {END}\nx",
            armour(STORE).replace(f" {END}", f"A {END}") + "\nx",
            PAGE.format(element(STORE).replace("<script ", "<script src=x ")),
            PAGE.format(element(STORE).replace(">", " onload=x>", 1)),
            PAGE.format(element(STORE).replace("</", "A</")),
            f"x{wrapper(STORE, padding=b'secret')}",
            f"x{wrapper(STORE, padding=bytes(4) + b'x')}",
        ],
    )
    def test_what_no_writer_puts_there_is_foreign(self, text: str) -> None:
        data = text.encode()
        layout = read_text(data)

        assert any(region.kind is Kind.FOREIGN for region in layout.regions)
        (found,) = carriers(data)
        assert "integrity.store.foreign" in leaving(data, (found.start, found.end), media_type="text/plain").codes

    def test_as_many_are_told_as_are_bounded(self) -> None:
        many = f"{armour(STORE)}\n" * (MAX_CARRIERS + 9)

        assert len(carriers(many.encode())) == MAX_CARRIERS

    def test_a_text_is_read_as_one_whatever_it_begins_with(self) -> None:
        for word in ("The free harbour", "The wide harbour", "The skip harbour", "ID3 tags"):
            data = f"{word} was closed.{wrapper(STORE)}".encode()
            assert is_text(recognise(data)), word
            assert read_layout(data, recognise(data)).format == "text"


class TestThirdReader:
    """The reference implementation that the annex's authors publish, where it is installed."""

    @pytest.fixture
    def reference(self) -> Any:
        return pytest.importorskip("c2pa_text", reason="c2pa-text is not installed")

    def test_it_finds_the_same_store_and_leaves_out_the_same_bytes(self, reference: Any) -> None:
        padded = reference.encode_wrapper_padded(STORE, reference.worst_case_wrapper_byte_length(len(STORE)))
        for whole in (reference.embed_manifest(ARTICLE, STORE), f"{ARTICLE}{padded}", PLAIN.decode()):
            (found,) = carriers(whole.encode())
            raw, start, length = reference.find_wrapper_info(whole)
            assert (found.store, found.start, found.end - found.start, found.foreign) == (raw, start, length, ())
            assert raw == STORE

    @pytest.mark.parametrize(("prefix", "suffix"), [("#", ""), ("/*", "*/"), ("<!--", "-->")])
    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    def test_its_blocks_are_left_out_as_it_says(self, reference: Any, prefix: str, suffix: str, newline: str) -> None:
        for place in reference.Placement:
            made = reference.embed_structured(
                f"x = 1{newline}", reference.encode_data_uri(STORE), prefix, suffix, place, newline
            )
            (found,) = carriers(made.text.encode())
            assert (found.start, found.end - found.start) == (made.exclusion_start, made.exclusion_length)
            assert (found.store, found.foreign) == (STORE, ())

    def test_its_pages_are_left_out_as_it_says(self, reference: Any) -> None:
        made = reference.embed_html_inline(PAGE.format(""), STORE)
        (found,) = carriers(made.html.encode())
        assert (found.start, found.end - found.start) == (made.exclusion_start, made.exclusion_length)
        assert (found.store, found.foreign) == (STORE, ())


class TestPages:
    def test_tags_in_comments_and_texts_are_none(self) -> None:
        page = b"<!--><p a><!--<b>--><title><i></title><script>'<u>'</SCRIPT ><textarea></x><s></textarea><!-- --!><q>"

        assert [one.name for one in elements(page)] == [b"p", b"title", b"script", b"textarea", b"q"]

    def test_attributes_are_read_with_and_without_quotes(self) -> None:
        (one,) = elements(b"<P\tID = 'a>b' class=c/d data=\"e&amp;f\" hidden ID=g>")

        assert one.attributes == ((b"id", b"a>b"), (b"class", b"c/d"), (b"data", b"e&amp;f"), (b"hidden", b""))
        assert one.attribute(b"data") == b"e&f"

    def test_what_never_ends_ends_the_page(self) -> None:
        for page in (b"<a", b"<script>x<b>", b"<!-- <b>", b"<a href='x><b>"):
            assert [one.name for one in elements(page)][1:] == []


class TestUnseen:
    def test_signs_are_counted_by_kind(self) -> None:
        found = unseen("a\u200bb\u200bc \u202ex \u0430bc\x07")

        assert [(one.what, one.number) for one in found] == [
            ("characters that change the direction of what is shown", 1),
            ("characters without width", 2),
            ("control characters", 1),
            ("words with letters that look like others", 1),
        ]

    @pytest.mark.parametrize(
        "text", ["", "\ufeffplain\r\n\t\f", "naïve café, Straße, Łódź, 1 € – “ok”…", "Привет, мир"]
    )
    def test_plain_words_have_none(self, text: str) -> None:
        assert unseen(text) == ()


LONG: Final = 400_000
HOSTILE: Final[dict[str, Callable[[], str]]] = {
    "byte order marks": lambda: "\ufeff" * LONG,
    "heads of wrappers": lambda: wrapper(b"", padding=b"") * (LONG // 14),
    "one run of selectors": lambda: wrapper(b"", padding=b"\x20" * LONG),
    "delimiters that begin": lambda: f"{BEGIN}\n" * (LONG // 30),
    "delimiters that end": lambda: f"{END}\n" * (LONG // 30),
    "blocks without a line end": lambda: f"{BEGIN} x {END} " * (LONG // 60),
    "tags that do not end": lambda: f"<html>{'<a ' * (LONG // 3)}c2pa",
    "comments": lambda: f"<html>{'<!-- -->' * (LONG // 8)}c2pa",
    "comments that do not end": lambda: f"<html>{'<!--' * (LONG // 4)}c2pa",
    "scripts that do not end": lambda: f"<html>{'<script>' * (LONG // 8)}c2pa",
    "attributes": lambda: f"<html><p {'a ' * (LONG // 2)}>c2pa",
    "blanks": lambda: " " * LONG,
    "blanks and line ends": lambda: " \n" * (LONG // 2),
    "joiners": lambda: "\u200d" * LONG,
    "words of two scripts": lambda: "aа " * (LONG // 3),
    "one long word": lambda: "аb" * (LONG // 2),
    "combining marks": lambda: "a" + "\u0301\u0323" * (LONG // 2),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_texts_are_read_in_linear_time(kind: str) -> None:
    data = HOSTILE[kind]().encode()
    content = {"hash": bytes(32), "alg": "sha256", "exclusions": []}

    def measured() -> Layout:
        layout = read_text(data)
        try:
            text_hash(content, data, layout, algorithm="sha256")
        except UnsupportedCredentialsError:
            assert kind == "combining marks"
        return layout

    assert at_most(8, measured).size == len(data)


def test_forms_of_a_long_text_are_not_tried() -> None:
    data = b"a \n" * (MAX_TRIED // 3 + 1)
    content = {"hash": bytes(32), "alg": "sha256"}
    assert costs_at_most(2, lambda: text_hash(content, data, read_text(data), algorithm="sha256"))
