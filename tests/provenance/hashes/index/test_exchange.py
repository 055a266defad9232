"""Do lists of hashes come in and go out as others write them, and is anything else named by its line?"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provenance.hashes.errors import ExchangeError
from provenance.hashes.index.entry import Entry, Hashed, encode_entry
from provenance.hashes.index.exchange import FORMATS, Row, read_list, write_list

HASH, OTHER = "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22", "0f" * 32


def rows(text: str) -> list[Row | None]:
    return list(read_list(io.StringIO(text)))


def labelled(text: str) -> list[tuple[str, str] | None]:
    return [row and (row.bits.hex(), row.label) for row in rows(text)]


@pytest.mark.parametrize(
    "text",
    [
        f"{HASH},boat\n{OTHER},tree\n",
        f"\ufeffhash,label\n{HASH},boat\n\n{OTHER},tree\n",
        f"signal_type,signal_str,tags\npdq,{HASH.upper()},boat\npdq,{OTHER},tree\n",
        f'type,indicator,tags\nHASH_PDQ,{HASH},boat\nHASH_PDQ,{OTHER},"tree"\n',
        json.dumps([{"pdq": HASH, "label": "boat"}, {"pdq": OTHER, "label": "tree"}]),
        json.dumps(
            {"data": [{"indicator": HASH, "type": "HASH_PDQ", "tags": ["boat"]}, {"value": OTHER, "tags": "tree"}]}
        ),
        json.dumps({"data": [{"indicator": HASH, "tags": {"data": [{"id": "1", "text": "boat"}]}}]})[:-2]
        + f', {{"indicator": "{OTHER}", "tags": {{"data": [{{"text": "tree"}}]}}}}]}}',
        json.dumps({"entries": [{"id": "boat", "fingerprints": {"pdq": HASH}}]})[:-2]
        + f', {{"id": "tree", "fingerprints": [{{"type": "PDQ", "value": ["{OTHER}"]}}]}}]}}',
        f'{{"hash": "{HASH}", "label": "boat"}}\n{{"hash": "{OTHER}", "label": "tree"}}\n',
    ],
)
def test_reads_every_form_that_others_write(text: str) -> None:
    assert labelled(text) == [(HASH, "boat"), (OTHER, "tree")]


def test_reads_bare_hashes_one_a_line() -> None:
    assert labelled(f"{HASH}\n{OTHER}\n") == labelled(json.dumps([HASH, OTHER])) == [(HASH, ""), (OTHER, "")]


def test_passes_over_other_kinds_of_hashes() -> None:
    assert labelled(f"type,value\nmd5,{'0' * 32}\npdq,{HASH}\n") == [None, (HASH, "")]
    both = {"entries": [{"id": "7", "fingerprints": {"md5": "0" * 32, "pdq": HASH}}]}
    assert labelled(json.dumps(both)) == [None, (HASH, "7")]


@pytest.mark.parametrize("kind", ["TMK_PDQF", "vpdq", "video_pdq_ocr", "HASH_TMK_PDQF"])
def test_what_only_has_pdq_in_its_name_is_another_kind(kind: str) -> None:
    rest = {"type": "HASH_PDQ", "value": HASH}
    assert labelled(json.dumps([{"type": kind, "value": "[7, 8]"}, rest])) == [None, (HASH, "")]


def test_digests_of_files_that_do_not_say_what_they_are_are_not_taken_for_pdq() -> None:
    digests = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(40)]
    with pytest.raises(ExchangeError, match="more than half of the bits set"):
        rows("\n".join(["value", *digests]))
    assert len(rows("\n".join(["pdq", *digests]))) == 40, "a list may be wrong, and says what it is"
    assert rows("\n".join(["type,value", *(f"sha256,{one}" for one in digests)])) == [None] * 40


def test_halves_of_characters_are_left_out_of_words() -> None:
    [row] = rows(json.dumps({"data": [{"value": HASH, "label": "a\ud800b", "rule": "\udfff"}]}))
    assert row is not None
    entry = row.entry(source="list\udcff.csv")
    assert (entry.label, entry.hashes[0].rule, entry.source) == ("a?b", "?", "list?.csv")
    encode_entry(entry)


def test_what_a_hash_is_of_is_one_of_three_words_and_no_formula() -> None:
    [row] = rows(f'value,of,label\n{HASH},=1+1|cmd,"\n=2"\n')
    assert row is not None
    assert row.of == "whole"
    target = io.StringIO(newline="")
    write_list([(row.entry(source="x"), [row.bits])], target, form="csv")
    assert all(not cell.startswith("=") for line in csv.reader(io.StringIO(target.getvalue())) for cell in line)
    assert "'\n=2" in target.getvalue()


def test_nothing_holds_nothing() -> None:
    assert rows("") == rows("\n \n") == rows("value,label\n") == rows("[]") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "got the columns a, b"),
        (f"{HASH}\nzz\n", "line 2: got 'zz'"),
        (f"value\n{HASH[:-1]}\n", "line 2: got"),
        (f"value,quality\n{HASH},much\n", "line 2: got 'much', expected a number"),
        (f"value,quality\n{HASH},101\n", "expected 0 to 100"),
        (f"value,sha256\n{HASH},12\n", "expected a SHA-256"),
        ("[1, 2]", "entry 1 is neither"),
        ("[", "begins like JSON"),
        ("[" * 100_000, "begins like JSON"),
        ('{"a": ' * 100_000, "begins like JSON"),
        ('{"rows": 7}\n{"rows": 8}', "line 1: got ''"),
        (f'{{"hash": "{HASH}"}}\nnonsense\n', "line 2 is not JSON"),
        ('{"data": [{"fingerprints": [7]}]}', "entry 1 has a fingerprint"),
        (f"{HASH}\n" + "x" * 2_000_000, "more than"),
        (f"value\n{HASH}\n\x00\n", "line 3"),
    ],
)
def test_says_where_a_list_goes_wrong(text: str, words: str) -> None:
    with pytest.raises(ExchangeError, match=words):
        rows(text)


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20)


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_written_is_read_back(form: str) -> None:
    @given(
        st.lists(
            st.tuples(
                st.binary(min_size=32, max_size=32), TEXT, st.none() | st.integers(0, 100), TEXT, st.integers(0, 9999)
            )
        )
    )
    @example([(bytes(32), "=HYPERLINK(1)", 3, "+rule", 0), (bytes(32), "'=", None, "'", 5)])
    @example([(bytes(32), "a,=b", 3, ",+rule", 0), (bytes(32), '",@c', None, "", 5)])
    def holds(given_rows: list[tuple[bytes, str, int | None, str, int]]) -> None:
        entries = [
            (Entry(label=label, hashes=(Hashed(rule=rule, quality=quality, of="frame", at=at),)), [bits])
            for bits, label, quality, rule, at in given_rows
        ]
        target = io.StringIO(newline="")
        assert write_list(entries, target, form=form) == len(entries)
        read = list(read_list(io.StringIO(target.getvalue(), newline="")))
        found = [(row.bits, row.label, row.quality, row.rule, row.at) for row in read if row is not None]
        assert found == given_rows
        if form == "csv":
            cells = (cell for row in csv.reader(io.StringIO(target.getvalue(), newline="")) for cell in row)
            assert not any(cell.startswith(("=", "+", "@")) for cell in cells)

    holds()


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_with_words(text: str) -> None:
    with contextlib.suppress(ExchangeError):
        assert all(row is None or len(row.bits) == 32 for row in rows(text))


def test_refuses_to_write_another_form() -> None:
    with pytest.raises(ValueError, match="expected one of csv, json"):
        write_list([], io.StringIO(), form="xml")
