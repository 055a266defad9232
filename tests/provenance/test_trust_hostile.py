"""Do the readers of trust lists raise nothing but their own errors, and is what they take good for all that follows?"""

from __future__ import annotations

import base64
import copy
import datetime as dt
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.credentials.certificates.chain import find_path
from provenance.credentials.trust import distrust
from provenance.credentials.trust.folder import TrustFolder
from provenance.credentials.trust.formats import Label, ListKind, TrustListDataError, TrustListError, parse
from provenance.credentials.trust.lists import TrustLists
from provenance.credentials.trust.update import add_distrust, default_name, import_list
from provenance.credentials.trust.view import view_of
from tests.support.authority import NOW, certify, make_root, make_signer
from tests.support.lists import lote, product, products_list

ROOT: Final = make_root()
SIGNER: Final = make_signer(ROOT)
ROOTS: Final = [make_root(algorithm=kind) for kind in ("es256", "ps256", "ed25519")]
LONG: Final = bool(os.environ.get("VOUCHMARK_SLOW"))
FUZZ: Final = settings(max_examples=3_000 if LONG else 80, deadline=None, suppress_health_check=list(HealthCheck))


def use(data: bytes) -> None:
    """Keep a list and do with it all that a run does. Raises TrustListError."""
    with tempfile.TemporaryDirectory() as home:
        folder = TrustFolder(Path(home))
        name = default_name(data, stem="list", label=Label.YOURS)
        for kind in (None, ListKind.SIGNER):
            try:
                import_list(folder, data, name=name, at=NOW, kind=kind)
            except TrustListDataError:
                if kind:
                    raise
        for row in folder.read_index():
            assert row.sha256
        # The same list again, older or newer, and a run by it.
        import_list(folder, data, name=name, at=NOW, kind=folder.read_index()[0].kind, force=True)
        run(TrustLists.load(Path(home)))


def run(store: TrustLists) -> None:
    view = view_of(store)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(view), type=type(view)) == view
    assert len(store.digest) == 64
    assert msgspec.msgpack.encode(store.settings())
    for anchors in view.signers.values():
        find_path(SIGNER.chain, anchors, NOW)
    for one in store.lists:
        one.age_days(at=NOW)
        one.is_stale(at=NOW)


def is_read_or_refused(data: bytes, read: Callable[[bytes], Any] = use) -> bool:
    try:
        read(data)
    except TrustListError as error:
        str(error).encode()  # fit to print
        return False
    return True


_EARLY, _LATE = "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"
ODD: Final[list[Any]] = [
    *(None, True, 0, -1, 10**18, 10**40, -(10**400), 1.5, float("nan"), float("inf"), 1e308),
    *("", " ", "\0", "x" * 9_999, "\ud800", "\udfff\ud800", "é\u202e", "2026-08-05T00:11:39Z", _EARLY, _LATE),
    *("2026-13-40", "2026-08-05T25:00:00Z", "0000-00-00", "2026-W01", "20260805T001139.123456789+00:00:00.5", "-1"),
    *([], {}, [[]], [None], {"": None}, {"a": {"b": []}}, [{}] * 3, ["x"] * 1_000),
]
PUT: Final = ("NaN", "-Infinity", "1" * 5_000, "[" * 5_000, '"', "\\ud800", "//")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where anything stands in a JSON value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


@st.composite
def changed(draw: st.DrawFn, original: bytes) -> bytes:
    """JSON with a few things replaced, dropped, doubled or renamed."""
    value = [json.loads(original)]
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from([path for path in places(value) if path]))
        parent = value
        for key in path[:-1]:
            parent = parent[key]
        way = draw(st.integers(0, 3))
        if way == 0:
            parent[path[-1]] = copy.deepcopy(draw(st.sampled_from(ODD) | st.text(max_size=5) | st.integers()))
        elif way == 1 and len(path) > 1:
            del parent[path[-1]]
        elif way == 2 and isinstance(parent, list):
            parent.extend([copy.deepcopy(parent[path[-1]])] * draw(st.integers(1, 3)))
        elif isinstance(parent, dict):
            parent[draw(st.text(max_size=4))] = parent.pop(path[-1])
        if not value:
            break
    text = json.dumps(value[0] if value else None, ensure_ascii=draw(st.booleans()))
    if draw(st.integers(0, 9)) == 0:
        place = draw(st.integers(0, len(text)))
        text = (
            text[:place]
            + draw(st.sampled_from(["NaN", "-Infinity", "1" * 5_000, "[" * 5_000, '"', "\\ud800", "//"]))
            + text[place:]
        )
    return text.encode("utf-8", "surrogatepass")


LISTS: Final = {
    "a list": lote(ROOT, make_root("Second"), withdrawn=[make_root("Third")]),
    "products": products_list(product(), product(common_name="Camera 2", level=2, disallowed=["capturedMedia"])),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_changed_list_is_read_or_refused(name: str) -> None:
    assert is_read_or_refused(LISTS[name])

    @FUZZ
    @given(changed(LISTS[name]))
    def held(data: bytes) -> None:
        is_read_or_refused(data)

    held()


def test_a_changed_distrust_file_is_read_or_refused() -> None:
    entries = (
        distrust.DistrustEntry(sha256="0" * 64, reason="why"),
        distrust.DistrustEntry(issuer=(("CN", "x"), ("O", "Maker")), reason="why"),
        distrust.DistrustEntry(subject=(("O", "y"),)),
    )

    def read(data: bytes) -> None:
        found = distrust.parse(data)
        assert distrust.parse(distrust.dump(found)) == found
        run(TrustLists(distrust=found))
        distrust.distrust_of(SIGNER.chain, found)
        with tempfile.TemporaryDirectory() as home:
            add_distrust(TrustFolder(Path(home)), found)

    @FUZZ
    @given(changed(distrust.dump(entries)))
    def held(data: bytes) -> None:
        is_read_or_refused(data, read)

    held()


def test_a_changed_index_is_read_or_refused() -> None:
    with tempfile.TemporaryDirectory() as home:
        folder = TrustFolder(Path(home))
        for name, data in LISTS.items():
            import_list(folder, data, name=name.replace(" ", "-"), at=NOW)
        index = folder.path / "index.json"
        original = index.read_bytes()

        def read(data: bytes) -> None:
            index.write_bytes(data)
            run(TrustLists.load(Path(home)))
            import_list(folder, LISTS["a list"], name="a-list", at=NOW)

        @FUZZ
        @given(changed(original))
        def held(data: bytes) -> None:
            for place in (folder.path / "lists").iterdir():
                place.unlink()
            for one in LISTS.values():
                (folder.path / "lists" / hashlib.sha256(one).hexdigest()).write_bytes(one)
            is_read_or_refused(data, read)

        held()


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.algorithm)
def test_a_changed_certificate_is_read_or_refused(root: Any) -> None:
    @FUZZ
    @given(
        st.lists(st.tuples(st.integers(0, len(root.der) - 1), st.integers(0, 255)), min_size=1, max_size=4),
        st.booleans(),
    )
    def held(changes: list[tuple[int, int]], as_pem: bool) -> None:
        der = bytearray(root.der)
        for place, octet in changes:
            der[place] = octet
        pem = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(bytes(der)) + b"-----END CERTIFICATE-----\n"
        assert is_read_or_refused(pem) is is_read_or_refused(bytes(der)) or der[:2] != root.der[:2]

    held()


@FUZZ
@given(st.integers(0, 3_000), st.binary(max_size=40), st.integers(0, 40))
def test_a_changed_bundle_is_read_or_refused(place: int, put: bytes, taken: int) -> None:
    pem = "".join(root.pem for root in ROOTS).encode()
    place = min(place, len(pem))
    is_read_or_refused(pem[:place] + put + pem[place + taken :])
    is_read_or_refused(pem[:place] + put.decode("latin-1").encode() + pem[place + taken :])


@FUZZ
@given(
    st.binary(max_size=200),
    st.sampled_from([b"\x30\x82", b"\x30\x81", b"{", b"[", b"\xef\xbb\xbf[", b"1.2.3.4\n", b""]),
)
def test_any_bytes_are_read_or_refused(data: bytes, start: bytes) -> None:
    is_read_or_refused(start + data)


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        "text",
        [
            '{"LoTE": {}, "LoTE": {}}',
            '[{"recordId": "a", "recordId": "b"}]',
            '{"LoTE": NaN}',
            '{"LoTE": -Infinity}',
            '{"LoTE": ' + "9" * 5_000 + "}",
            '{"LoTE": "\\ud800"}',
            "[" * 100_000,
            '{"a":' * 100_000,
            "\ufeff\ufeff{}",
            "{",
            "[]",
            "{}",
        ],
    )
    def test_json_that_is_ambiguous_or_none(self, text: str) -> None:
        for data in (text.encode(), text.encode("utf-8-sig")):
            assert not is_read_or_refused(data)
            assert not is_read_or_refused(data, distrust.parse)

    def test_a_key_twice_is_refused_wherever_it_stands(self) -> None:
        text = LISTS["a list"].decode()
        twice = text.replace('"ServiceStatus"', '"ServiceStatus": "x", "ServiceStatus"', 1)
        with pytest.raises(TrustListDataError, match="twice"):
            parse(twice.encode())

    @pytest.mark.parametrize("issued", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
    def test_an_instant_beyond_the_calendar(self, issued: str) -> None:
        with pytest.raises(TrustListDataError, match="RFC 3339"):
            parse(lote(ROOT, issued=issued))

    def test_a_sequence_number_beyond_any_clock(self) -> None:
        with pytest.raises(TrustListDataError, match="LoTESequenceNumber"):
            parse(lote(ROOT, sequence=10**40))

    def test_names_that_are_no_text(self) -> None:
        with pytest.raises(TrustListDataError, match="half of a character"):
            parse(products_list(product(organization="\ud800")))

    def test_words_of_the_reader_that_are_no_text(self) -> None:
        with pytest.raises(TrustListDataError, match="text"):
            distrust.DistrustEntry(sha256="0" * 64, reason="\udcff")
        with pytest.raises(TrustListDataError, match="text"):
            distrust.DistrustEntry(subject=(("O", "\udcff"),))

    def test_a_certificate_with_a_name_of_a_form_that_nobody_reads(self) -> None:
        from cryptography import x509

        names = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.17"), bytes.fromhex("3004a3023000"))
        odd = certify({"O": "X"}, is_authority=True, extra=[(names, False)])
        assert not is_read_or_refused(odd.pem.encode())


def test_a_list_that_was_dated_without_a_zone_can_be_followed(tmp_path: Path) -> None:
    folder = TrustFolder(tmp_path)
    import_list(folder, lote(ROOT, issued="2026-08-05T00:11:39"), name="a", at=NOW)
    change = import_list(folder, lote(ROOT, issued="2026-08-06T00:11:39Z"), name="a", at=NOW)
    assert change.row.issued == dt.datetime(2026, 8, 6, 0, 11, 39, tzinfo=dt.UTC)
