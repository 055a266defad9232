"""How do lists of PDQ hashes come from and go to others: CSV and JSON, as threat exchanges and hotlines write them?

Read: CSV with a header (or bare hashes, one a line), JSON of ThreatExchange's API (`data` of `indicator`, `type`,
`tags`), of hotline clients (`fingerprints` of each entry), plain arrays, and JSON lines. Other kinds of hashes in the
same list are passed over and counted. Hashes of other programs differ from ours by up to `FOREIGN_TOLERANCE` bits for
one and the same file, so that each is kept with the rule that it names, or none.
"""

from __future__ import annotations

import csv
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TextIO

from msgspec import Struct

from provenance.hashes.errors import ExchangeError
from provenance.hashes.index.entry import FRAME, MAX_LABEL, TRIMMED, WHOLE, Entry, Hashed
from provenance.nesting import loads

MAX_JSON: Final = 256 * 1024 * 1024
"""Characters of a JSON document, which is read whole; a million hashes have a fifth of that. CSV has no limit."""
MOST_ONES: Final = 132
"""Bits that are set in a PDQ hash at most: half of them, by its median, and some for whoever rounds otherwise. Of other
digests of 256 bits every fourth has more, and a list of SHA-256 is no list of PDQ."""
MAX_LINE: Final = 1024 * 1024
"""Characters of one line of CSV or of JSON lines."""
COLUMNS: Final = ("type", "value", "label", "quality", "sha256", "of", "at_ms", "rule")
"""Of the CSV that is written."""
FORMATS: Final = ("csv", "json")

_HEX: Final = re.compile(r"[0-9a-fA-F]{64}")
_VALUES: Final = (
    "value",
    "hash",
    "pdq",
    "pdq_hash",
    "indicator",
    "signal_str",
    "signal_value",
    "signal",
    "fingerprint",
)
_TYPES: Final = ("type", "signal_type", "indicator_type", "algorithm", "hash_type")
_LABELS: Final = ("label", "labels", "tag", "tags", "name", "description", "classification", "category", "id")
_QUALITIES: Final = ("quality", "pdq_quality")
_LISTS: Final = ("data", "hashes", "indicators", "entries", "images", "signals", "records")
_PDQ: Final = ("pdq", "hashpdq", "pdqhash", "pdq256", "imagepdq", "pdqimage")
"""How others call PDQ, letters and digits alone; what only has it in its name (`vpdq`, `TMK_PDQF`) is another kind."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
"""How a cell begins that a spreadsheet would compute, and what we put before such a one."""


class Row(Struct, frozen=True, kw_only=True):
    """One line of a list."""

    bits: bytes
    """32 bytes."""
    label: str = ""
    quality: int | None = None
    sha256: bytes = b""
    """Of the file itself, where the list says so."""
    of: str = "whole"
    at: int = 0
    rule: str = ""

    def entry(self, *, source: str, label: str = "") -> Entry:
        """The row as an index remembers it.

        Args:
            source: the name of the list.
            label: in place of the row's own, where given.
        """
        hashed = Hashed(rule=self.rule, of=self.of, at=self.at, quality=self.quality)
        return Entry(label=label or self.label, sha256=self.sha256, hashes=(hashed,), source=_text(source))


def read_list(file: TextIO) -> Iterator[Row | None]:
    """Every row of a list, as it is read; None for one with another kind of hash.

    Raises:
        ExchangeError: it is not a list of hashes; says which line or entry.
        UnicodeDecodeError: it is no text.
    """
    first = file.readline(MAX_LINE)
    while first and not first.strip():
        first = file.readline(MAX_LINE)
    lead = first.lstrip("\ufeff \t")[:1]
    if lead == "[" or (lead == "{" and not _is_whole(first)):
        yield from _from_json(_document(first + file.read(MAX_JSON)))
    elif lead == "{":
        yield from _from_lines(itertools.chain([first], _lines(file)))
    elif lead:
        yield from _from_csv(itertools.chain([first.lstrip("\ufeff")], _lines(file)))


def _is_whole(line: str) -> bool:
    """Whether a line is a JSON object by itself that holds one hash, and so the first of many."""
    try:
        value = loads(line.lstrip("\ufeff"))
    except ValueError:
        return False
    return isinstance(value, dict) and not any(isinstance(value.get(name), list) for name in _LISTS)


def _lines(file: TextIO) -> Iterator[str]:
    for number in itertools.count(2):
        line = file.readline(MAX_LINE + 1)
        if not line:
            return
        if len(line) > MAX_LINE:
            raise ExchangeError(f"line {number} has more than {MAX_LINE} characters")
        yield line


def _document(text: str) -> Any:
    if len(text) >= MAX_JSON:
        raise ExchangeError(f"the document has more than {MAX_JSON} characters; split it, or write it as CSV")
    try:
        return loads(text.lstrip("\ufeff"))
    except ValueError as error:
        raise ExchangeError("it begins like JSON and is none") from error


def _from_json(document: Any) -> Iterator[Row | None]:
    rows = document
    if isinstance(document, dict):
        rows = next((document[name] for name in _LISTS if isinstance(document.get(name), list)), None)
    if not isinstance(rows, list):
        raise ExchangeError(f"got JSON without a list of hashes, expected an array or one under {', '.join(_LISTS)}")
    for number, row in enumerate(rows, start=1):
        yield from _of_object(row, f"entry {number}")


def _from_lines(lines: Iterable[str]) -> Iterator[Row | None]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = loads(line)
        except ValueError as error:
            raise ExchangeError(f"line {number} is not JSON") from error
        yield from _of_object(row, f"line {number}")


def _of_object(row: Any, where: str) -> Iterator[Row | None]:
    """The hashes of one entry: itself, or its fingerprints."""
    if isinstance(row, str):
        row = {"value": row}
    if not isinstance(row, dict):
        raise ExchangeError(f"{where} is neither an object nor a hash")
    fields = {str(name).lower(): value for name, value in row.items()}
    prints = fields.get("fingerprints")
    if isinstance(prints, dict):
        prints = [{"type": name, "value": value} for name, value in prints.items()]
    if not isinstance(prints, list):
        yield _row(fields, where)
        return
    for one in prints:
        if not isinstance(one, dict):
            raise ExchangeError(f"{where} has a fingerprint that is no object")
        kind = {str(name).lower(): value for name, value in one.items()}
        values = kind.get("value")
        for value in values if isinstance(values, list) else [values]:
            yield _row({**fields, **kind, "value": value}, where)


def _from_csv(lines: Iterable[str]) -> Iterator[Row | None]:
    reader = csv.reader(lines)
    header: list[str] | None = None
    try:
        for cells in reader:
            where = f"line {reader.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip().lower() for cell in cells]
                if any(name in _VALUES for name in header):
                    continue
                if not _HEX.fullmatch(cells[0].strip()):
                    raise ExchangeError(
                        f"got the columns {', '.join(header)[:200]}, expected one of {', '.join(_VALUES)}"
                    )
                header = ["value", "label"]
            row = dict(zip(header, cells, strict=False))
            row |= {name: _plain(row[name]) for name in ("label", "rule") if name in row}
            yield _row(row, where)
    except csv.Error as error:
        raise ExchangeError(f"line {reader.line_num} is not CSV") from error


def _row(fields: Mapping[str, Any], where: str) -> Row | None:
    """One hash with what is said of it; None where it is of another kind.

    Raises:
        ExchangeError: it says that it is PDQ and is not.
    """
    kind = re.sub("[^a-z0-9]", "", _first(fields, _TYPES).lower())
    name = next((name for name in _VALUES if fields.get(name)), "")
    if kind and "pdq" not in kind:
        return None
    value = str(fields.get(name) or "").strip()
    if not _HEX.fullmatch(value):
        if kind and kind not in _PDQ:
            return None
        raise ExchangeError(f"{where}: got {value[:80]!r}, expected a PDQ hash of 64 hexadecimal digits")
    bits = bytes.fromhex(value)
    if not kind and "pdq" not in name and int.from_bytes(bits).bit_count() > MOST_ONES:
        raise ExchangeError(
            f"{where}: got more than half of the bits set, expected PDQ; name the kind in a column `type`"
        )
    digest = str(fields.get("sha256") or "").strip()
    if digest and not _HEX.fullmatch(digest):
        raise ExchangeError(f"{where}: got {digest[:80]!r}, expected a SHA-256 of 64 hexadecimal digits")
    return Row(
        bits=bits,
        label=_first(fields, _LABELS)[:MAX_LABEL],
        quality=_number(_first(fields, _QUALITIES), where, 100) if _first(fields, _QUALITIES) else None,
        sha256=bytes.fromhex(digest),
        of=_of(fields.get("of")),
        at=_number(str(fields.get("at_ms") or "0"), where, 1 << 40),
        rule=_text(fields.get("rule") or "")[:MAX_LABEL],
    )


def _of(value: Any) -> str:
    """What a hash is said to be of; of a whole picture where that says nothing to us."""
    return value if isinstance(value, str) and value in (WHOLE, TRIMMED, FRAME) else WHOLE


def _text(value: Any) -> str:
    """Words out of a list, without halves of characters, which JSON can hold and nothing can write."""
    return str(value).encode("utf-8", "replace").decode()


def _first(fields: Mapping[str, Any], names: Iterable[str]) -> str:
    """The first of some fields that says anything; several values with commas between."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, dict):
            value = value.get("data")
        if isinstance(value, list):
            value = ", ".join(str(one.get("text", "")) if isinstance(one, dict) else str(one) for one in value[:100])
        if value not in (None, ""):
            return _text(value)
    return ""


def _number(text: str, where: str, most: int) -> int:
    try:
        value = int(float(text))
    except (ValueError, OverflowError) as error:
        raise ExchangeError(f"{where}: got {text[:40]!r}, expected a number") from error
    if not 0 <= value <= most:
        raise ExchangeError(f"{where}: got {value}, expected 0 to {most}")
    return value


def write_list(entries: Iterable[tuple[Entry, list[bytes]]], file: TextIO, *, form: str) -> int:
    """Write the perceptual hashes of some entries, and return how many there were.

    Args:
        entries: with their hashes.
        file: opened without newline translation.
        form: one of `FORMATS`.

    Raises:
        ValueError: no such form.
    """
    if form not in FORMATS:
        raise ValueError(f"got the form {form!r}, expected one of {', '.join(FORMATS)}")
    rows = (
        (entry, hashed, bits)
        for entry, hashes in entries
        for hashed, bits in zip(entry.hashes, hashes, strict=False)
        if hashed.algorithm == "pdq"
    )
    return _write_csv(rows, file) if form == "csv" else _write_json(rows, file)


def _write_csv(rows: Iterable[tuple[Entry, Hashed, bytes]], file: TextIO) -> int:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for count, (entry, hashed, bits) in enumerate(rows, start=1):  # noqa: B007 - the number of the last one
        quality = "" if hashed.quality is None else hashed.quality
        label, rule = _harmless(entry.label), _harmless(hashed.rule)
        writer.writerow(["pdq", bits.hex(), label, quality, entry.sha256.hex(), hashed.of, hashed.at, rule])
    return count


def _write_json(rows: Iterable[tuple[Entry, Hashed, bytes]], file: TextIO) -> int:
    count = 0
    file.write('{"data": [')
    for count, (entry, hashed, bits) in enumerate(rows, start=1):
        row: dict[str, object] = {"type": "HASH_PDQ", "indicator": bits.hex(), "label": entry.label}
        row |= {} if hashed.quality is None else {"quality": hashed.quality}
        row |= {"sha256": entry.sha256.hex()} if entry.sha256 else {}
        row |= {"of": hashed.of, "at_ms": hashed.at, "rule": hashed.rule}
        file.write((",\n" if count > 1 else "\n") + json.dumps(row, ensure_ascii=False))
    file.write("\n]}\n")
    return count


def _harmless(text: str) -> str:
    """A cell that no spreadsheet computes; `_plain` takes it back."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
