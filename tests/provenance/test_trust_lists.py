"""Are kept lists the ones imported, of one kind and label each, never older than before and never half written?"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.credentials.trust.distrust import DistrustEntry, distrusted_by, dump, parse_name
from provenance.credentials.trust.distrust import parse as parse_distrust
from provenance.credentials.trust.folder import TrustFolder
from provenance.credentials.trust.lists import (
    DEFAULT_EKU_OIDS,
    Label,
    ListKind,
    Origin,
    TrustListDataError,
    TrustListOlderError,
    TrustLists,
    TrustListStoreError,
)
from provenance.credentials.trust.update import (
    Change,
    add_distrust,
    default_name,
    import_list,
    remove,
    remove_distrust,
)
from provenance.files.home import default_home
from tests.support import authority as made
from tests.support.lists import lote, product, products_list

AT = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
ROOT = made.make_root()
OTHER = made.make_root("Other Authority")
LEAF = made.make_signer(ROOT)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def folder(home: Path) -> TrustFolder:
    return TrustFolder(home)


def keep(folder: TrustFolder, data: bytes, name: str = "mine", **options: object) -> Change:
    return import_list(folder, data, name=name, at=AT, **{"kind": ListKind.SIGNER} | options)  # type: ignore[arg-type]


# What is kept is what was imported.


def test_an_empty_home_is_an_empty_store_and_reading_creates_nothing(home: Path) -> None:
    assert TrustLists.load(home) == TrustLists.empty()
    assert not home.exists()


def test_keeps_a_list_with_its_kind_label_date_and_digest(home: Path, folder: TrustFolder) -> None:
    data = (ROOT.pem + LEAF.pem).encode()
    keep(folder, data)
    (kept,) = TrustLists.load(home).lists
    assert (kept.name, kept.kind, kept.label) == ("mine", ListKind.SIGNER, Label.YOURS)
    assert (kept.dated, kept.imported, kept.origin) == (None, AT.date(), Origin.READER)
    assert kept.sha256 == sha256(data)
    assert (kept.certificates, kept.leaves, kept.allowed) == ((ROOT.der,), (LEAF.der,), {sha256(LEAF.der)})


def test_a_list_is_dated_by_itself_and_never_by_the_day_of_its_import(home: Path, folder: TrustFolder) -> None:
    keep(folder, lote(ROOT), name="c2pa", label=Label.OFFICIAL)
    keep(folder, OTHER.pem.encode(), name="interim", label=Label.INTERIM)
    official, interim = TrustLists.load(home).lists
    assert (official.dated, interim.dated) == (dt.date(2026, 8, 5), None)
    assert (official.imported, interim.imported) == (AT.date(), AT.date())
    assert (official.age_days(at=AT), official.is_stale(at=AT)) == (108, True)
    assert not interim.is_stale(at=AT)
    assert not official.is_stale(at=dt.datetime(2026, 10, 4, tzinfo=dt.UTC))
    assert official.age_days(at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC)) == 0


def test_a_changed_file_is_refused_and_named(home: Path, folder: TrustFolder) -> None:
    keep(folder, ROOT.pem.encode())
    path = folder.path / "lists" / sha256(ROOT.pem.encode())
    path.write_text(ROOT.pem + OTHER.pem)
    with pytest.raises(TrustListStoreError, match=r"'mine' was changed since it was imported: got SHA-256"):
        TrustLists.load(home)


def test_one_flipped_bit_is_refused(home: Path, folder: TrustFolder) -> None:
    keep(folder, ROOT.der)
    path = folder.path / "lists" / sha256(ROOT.der)
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)
    with pytest.raises(TrustListStoreError, match="changed"):
        TrustLists.load(home)


def test_a_missing_file_is_refused_not_skipped(home: Path, folder: TrustFolder) -> None:
    keep(folder, ROOT.pem.encode())
    (folder.path / "lists" / sha256(ROOT.pem.encode())).unlink()
    with pytest.raises(TrustListStoreError, match="'mine' is missing"):
        TrustLists.load(home)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: "{",
        lambda text: "[]",
        lambda text: text.replace("vouchmark.trust/1", "vouchmark.trust/2"),
        lambda text: text.replace('"signer"', '"tea"'),
        lambda text: text.replace('"yours"', '"ours"'),
        lambda text: text.replace('"2026-11-21"', '"soon"'),
        lambda text: text.replace('"name": "mine"', '"name": "../mine"'),
        lambda text: text.replace('"confirmed": null,', ""),
        lambda text: text.replace('"kind": "signer"', '"kind": null'),
        lambda text: text.replace('"sequence": null', '"sequence": "1"'),
        lambda text: text.replace('"sha256": "', '"sha256": "../'),
        lambda text: json.dumps({"schema": "vouchmark.trust/1", "lists": json.loads(text)["lists"] * 2}),
    ],
)
def test_a_damaged_index_is_refused(damage: object, home: Path, folder: TrustFolder) -> None:
    keep(folder, ROOT.pem.encode())
    index = folder.path / "index.json"
    text = index.read_text()
    damaged = damage(text)  # type: ignore[operator]
    assert damaged != text
    index.write_text(damaged)
    with pytest.raises(TrustListStoreError, match="damaged"):
        TrustLists.load(home)


def test_an_index_beyond_any_size_is_refused(folder: TrustFolder, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(folder, ROOT.pem.encode())
    monkeypatch.setattr("provenance.credentials.trust.folder.MAX_INDEX_BYTES", 10)
    with pytest.raises(TrustListStoreError, match="more than 10 bytes"):
        TrustLists.load(home)


def test_loading_needs_no_x509_library_and_no_network_code(home: Path, folder: TrustFolder) -> None:
    keep(folder, (ROOT.pem + LEAF.pem).encode())
    keep(folder, lote(OTHER), name="c2pa", label=Label.OFFICIAL)
    keep(folder, products_list(), name="products", label=Label.OFFICIAL)
    code = (
        "import sys; from provenance.credentials.trust.lists import TrustLists; s = TrustLists.load();"
        "assert len(s.settings().signer_anchors) == 2; s.digest;"
        "print([m for m in ('cryptography', 'ssl', 'urllib.request', 'socket', 'platformdirs') if m in sys.modules])"
    )
    environment = os.environ | {"VOUCHMARK_HOME": str(home)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_home_is_where_the_reader_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VOUCHMARK_HOME", str(tmp_path))
    assert default_home() == tmp_path
    monkeypatch.delenv("VOUCHMARK_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert default_home().name == "vouchmark"


# Kinds and labels never mix.


def test_a_list_that_says_what_it_vouches_for_is_refused_as_anything_else(folder: TrustFolder) -> None:
    stamps = lote(ROOT, scheme="C2PA TSA Trust List")
    with pytest.raises(TrustListDataError, match="of kind tsa, not signer"):
        keep(folder, stamps)
    assert keep(folder, stamps, kind=None).row.kind is ListKind.TSA


def test_a_list_that_does_not_say_it_needs_a_kind(folder: TrustFolder) -> None:
    with pytest.raises(TrustListDataError, match="name a kind"):
        keep(folder, ROOT.pem.encode(), kind=None)


def test_a_list_of_another_kind_or_label_does_not_take_over_a_name(folder: TrustFolder) -> None:
    keep(folder, ROOT.pem.encode())
    for options in ({"kind": ListKind.TSA}, {"label": Label.OFFICIAL}):
        with pytest.raises(TrustListDataError, match="taken by a list of another sort"):
            keep(folder, OTHER.pem.encode(), force=True, **options)


@pytest.mark.parametrize("name", ["", "A", "../x", "a b", "x" * 65, ".hidden", "ä"])
def test_refuses_a_name_that_would_not_do_everywhere(name: str, folder: TrustFolder) -> None:
    with pytest.raises(TrustListDataError, match="name"):
        keep(folder, ROOT.pem.encode(), name=name)


def test_each_kind_goes_to_its_own_place_in_the_engine(home: Path, folder: TrustFolder) -> None:
    keep(folder, ROOT.pem.encode(), name="signers")
    keep(folder, OTHER.pem.encode(), name="stamps", kind=ListKind.TSA)
    keep(folder, (ROOT.pem + LEAF.pem).encode(), name="identities", kind=ListKind.CAWG)
    settings = TrustLists.load(home).settings()
    assert settings.signer_anchors == (("signers", ROOT.pem),)
    assert settings.tsa_anchors == (("stamps", OTHER.pem),)
    assert settings.cawg_anchors == (("identities", ROOT.pem),)
    assert (settings.allowed, settings.eku_oids) == ("", DEFAULT_EKU_OIDS)
    keep(folder, LEAF.pem.encode(), name="leaves")
    line = base64.b64encode(hashlib.sha256(LEAF.der).digest()).decode()
    assert TrustLists.load(home).settings().allowed == line + "\n"


def test_names_the_official_lists_by_what_they_are_and_others_by_their_file() -> None:
    def name(data: bytes, label: Label = Label.OFFICIAL) -> str:
        return default_name(data, stem="My List (2)", label=label)

    assert name(lote(ROOT)) == "c2pa"
    assert name(lote(ROOT, scheme="C2PA TSA Trust List")) == "c2pa-tsa"
    assert name(products_list()) == "c2pa-products"
    assert name(ROOT.pem.encode()) == name(lote(ROOT), Label.YOURS) == "my-list--2"


# Replacing.


def test_a_newer_list_replaces_and_an_older_one_does_not(home: Path, folder: TrustFolder) -> None:
    def official(*roots: made.Identity, **fields: object) -> Change:
        return keep(folder, lote(*roots, **fields), name="c2pa", label=Label.OFFICIAL)  # type: ignore[arg-type]

    official(ROOT)
    assert not official(ROOT).is_new
    # Publishers have changed a list without changing its date: the same date is not older.
    assert official(ROOT, OTHER).is_new
    assert official(OTHER, issued="2026-09-01T00:00:00Z", sequence=4).before is not None
    for older in ({"issued": "2026-08-31T23:59:59Z", "sequence": 5}, {"issued": "2026-09-02T00:00:00Z", "sequence": 3}):
        with pytest.raises(TrustListOlderError, match="older than the list that is kept"):
            official(ROOT, **older)
    with pytest.raises(TrustListOlderError, match="no date"):
        keep(folder, ROOT.pem.encode(), name="c2pa", label=Label.OFFICIAL)
    assert [item.certificates for item in TrustLists.load(home).lists] == [(OTHER.der,)]
    assert len(list((folder.path / "lists").iterdir())) == 1
    data = lote(ROOT, issued="2026-08-01T00:00:00Z")
    assert keep(folder, data, name="c2pa", label=Label.OFFICIAL, force=True).is_new


def test_importing_the_same_file_again_does_not_make_it_younger(folder: TrustFolder, home: Path) -> None:
    keep(folder, ROOT.pem.encode())
    import_list(folder, ROOT.pem.encode(), name="mine", at=AT + dt.timedelta(days=90), kind=ListKind.SIGNER)
    assert TrustLists.load(home).lists[0].imported == AT.date()


def test_a_write_that_fails_leaves_the_old_list(
    home: Path, folder: TrustFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(folder, ROOT.pem.encode())
    before = TrustLists.load(home)
    for broken in (1, 2):
        calls: list[Path] = []

        def replace(self: Path, target: Path, limit: int = broken, seen: list[Path] = calls) -> None:
            seen.append(target)
            if len(seen) == limit:
                raise OSError(28, "No space left on device")
            os.replace(self, target)  # noqa: PTH105 - the method is what is replaced here

        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", replace)
            with pytest.raises(TrustListStoreError, match="No space left"):
                keep(folder, OTHER.pem.encode())
        assert TrustLists.load(home) == before
        assert not list(folder.path.rglob(".new-*"))


def test_two_imports_at_once_keep_both(home: Path, folder: TrustFolder) -> None:
    roots = [made.make_root(f"Authority {number}") for number in range(8)]
    threads = [
        threading.Thread(target=keep, args=(TrustFolder(home), root.pem.encode(), f"list-{number}"))
        for number, root in enumerate(roots)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {item.certificates[0] for item in TrustLists.load(home).lists} == {root.der for root in roots}


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrustListStoreError, match="cannot write"):
        keep(TrustFolder(tmp_path / "file"), ROOT.pem.encode())


def test_removes_a_list_with_its_file(home: Path, folder: TrustFolder) -> None:
    keep(folder, ROOT.pem.encode())
    keep(folder, OTHER.pem.encode(), name="other")
    assert remove(folder, "mine").name == "mine"
    assert [item.name for item in TrustLists.load(home).lists] == ["other"]
    assert len(list((folder.path / "lists").iterdir())) == 1
    with pytest.raises(TrustListDataError, match="no list named 'mine'"):
        remove(folder, "mine")


# Lists for one run.


def test_lists_of_one_run_come_on_top_or_alone(home: Path, folder: TrustFolder, tmp_path: Path) -> None:
    keep(folder, ROOT.pem.encode())
    add_distrust(folder, [DistrustEntry(sha256=sha256(LEAF.der))])
    mine, stamps = tmp_path / "run.pem", tmp_path / "stamps.json"
    mine.write_text(OTHER.pem)
    stamps.write_bytes(lote(OTHER, scheme="C2PA TSA Trust List"))
    kept = TrustLists.load(home)
    both = kept.with_run_lists(trust=[mine], tsa_trust=[stamps], cawg_trust=[mine])
    assert [(item.name, item.kind, item.label, item.dated) for item in both.lists[1:]] == [
        ("run.pem", "signer", "yours", None),
        ("stamps.json", "tsa", "yours", None),
        ("run.pem", "cawg", "yours", None),
    ]
    assert both.distrust == kept.distrust
    assert both.lists[1].age_days(at=AT) is None
    alone = kept.with_run_lists(trust=[mine], no_default=True)
    assert (len(alone.lists), alone.distrust) == (1, ())
    assert kept.with_run_lists() is kept


def test_a_list_of_one_run_is_read_as_strictly(tmp_path: Path) -> None:
    stamps, empty = tmp_path / "stamps.json", tmp_path / "empty.pem"
    stamps.write_bytes(lote(ROOT, scheme="C2PA TSA Trust List"))
    empty.write_text("")
    store = TrustLists.empty()
    for path, words in (
        (stamps, "of kind tsa, not signer"),
        (empty, "empty"),
        (tmp_path / "none.pem", "no such file"),
        (tmp_path, "not a regular file"),
    ):
        with pytest.raises(TrustListDataError, match=words):
            store.with_run_lists(trust=[path])
    (tmp_path / "products.json").write_bytes(products_list())
    with pytest.raises(TrustListDataError, match="expected a list of certificates"):
        store.with_run_lists(trust=[tmp_path / "products.json"])


# What decides is in the digest.


def test_the_digest_changes_with_everything_that_decides(home: Path, folder: TrustFolder) -> None:
    seen = {TrustLists.load(home).digest}

    def changed() -> None:
        digest = TrustLists.load(home).digest
        assert digest not in seen
        seen.add(digest)

    keep(folder, ROOT.pem.encode())
    changed()
    keep(folder, ROOT.pem.encode(), name="stamps", kind=ListKind.TSA)
    changed()
    keep(folder, products_list(product()), name="products")
    changed()
    keep(folder, b"1.3.6.1.5.5.7.3.4\n", name="purposes")
    changed()
    assert TrustLists.load(home).eku_oids == ("1.3.6.1.5.5.7.3.4",)
    add_distrust(folder, [DistrustEntry(issuer=(("O", "X"),))])
    changed()
    assert TrustLists.load(home).digest == TrustLists.load(home).digest


def test_the_digest_does_not_change_with_the_day_of_import(tmp_path: Path) -> None:
    for number, day in enumerate((AT, AT + dt.timedelta(days=1))):
        folder = TrustFolder(tmp_path / str(number))
        import_list(folder, ROOT.pem.encode(), name="mine", at=day, kind=ListKind.SIGNER)
    assert TrustLists.load(tmp_path / "0").digest == TrustLists.load(tmp_path / "1").digest


# Distrust.

NAME = {"O": "Maker, Inc.", "CN": "Camera", "C": "JP"}


def test_distrusts_by_certificate_issuer_or_name() -> None:
    by_hash = DistrustEntry(sha256="ab" * 32)
    by_subject = DistrustEntry(subject=parse_name(r"O=Maker\, Inc., CN=Camera"))
    by_issuer = DistrustEntry(issuer=parse_name("O=maker,CN=Root"))

    def found(entry: DistrustEntry, **over: object) -> bool:
        fields = {"digests": frozenset({"00" * 32}), "subject": NAME, "issuer": {"O": "MAKER ", "CN": "Root"}} | over
        return distrusted_by((entry,), **fields) is entry  # type: ignore[arg-type]

    assert not found(by_hash)
    assert found(by_hash, digests=frozenset({"00" * 32, "ab" * 32}))
    assert found(by_subject)
    assert not found(by_subject, subject={"O": "Maker, Inc."})
    assert not found(by_subject, subject={}, issuer=NAME)
    assert found(by_issuer)
    assert not found(by_issuer, issuer={"O": "maker", "CN": "Root 2"})


def test_distrust_is_kept_added_to_and_taken_back(home: Path, folder: TrustFolder) -> None:
    first = DistrustEntry(sha256=sha256(LEAF.der), reason="withdrawn by its maker")
    second = DistrustEntry(subject=parse_name("O=X"))
    assert add_distrust(folder, [first, second]) == sorted([first, second])
    assert add_distrust(folder, [DistrustEntry(sha256=first.sha256, reason="again")]) == []
    assert set(TrustLists.load(home).distrust) == {first, second}
    assert remove_distrust(folder, [DistrustEntry(sha256=first.sha256)]) == [first]
    assert TrustLists.load(home).distrust == (second,)
    assert remove_distrust(folder, [first]) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"schema": "vouchmark.distrust/2", "entries": []}',
        '{"schema": "vouchmark.distrust/1", "entries": [{}]}',
        '{"schema": "vouchmark.distrust/1", "entries": [{"sha256": "AB"}]}',
        '{"schema": "vouchmark.distrust/1", "entries": [{"sha256": 3}]}',
        '{"schema": "vouchmark.distrust/1", "entries": [{"subject": "O=X"}]}',
        '{"schema": "vouchmark.distrust/1", "entries": [{"subject": {"O": ""}}]}',
        '{"schema": "vouchmark.distrust/1", "entries": [{"subject": {"O": "X"}, "note": "unknown key"}]}',
        '{"schema": "vouchmark.distrust/1", "entries": [{"subject": {"O": "X"}, "issuer": {"O": "X"}}]}',
    ],
)
def test_a_damaged_distrust_file_is_refused_because_skipping_it_would_trust(
    text: str, home: Path, folder: TrustFolder
) -> None:
    add_distrust(folder, [DistrustEntry(subject=parse_name("O=X"))])
    (folder.path / "distrust.json").write_text(text)
    with pytest.raises(TrustListStoreError, match="distrust"):
        TrustLists.load(home)


@pytest.mark.parametrize("text", ["", "O", "O=", "=X", "O=X,O=Y", "O=X,,CN=Y", "O=" + "x" * 600])
def test_refuses_a_name_that_cannot_be_compared(text: str) -> None:
    with pytest.raises(TrustListDataError):
        DistrustEntry(subject=parse_name(text))


names = st.dictionaries(
    st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}", fullmatch=True), st.text(min_size=1, max_size=20), min_size=1, max_size=3
).map(lambda table: tuple(sorted(table.items())))
entries = st.one_of(
    st.builds(DistrustEntry, sha256=st.binary(min_size=32, max_size=32).map(bytes.hex), reason=st.text(max_size=9)),
    st.builds(DistrustEntry, subject=names, reason=st.text(max_size=9)),
    st.builds(DistrustEntry, issuer=names),
)


@given(st.lists(entries, max_size=5, unique_by=lambda entry: entry.target))
def test_a_distrust_file_goes_there_and_back(some: list[DistrustEntry]) -> None:
    assert parse_distrust(dump(tuple(some))) == tuple(sorted(some))
