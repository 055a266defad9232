"""Does an index find everything within reach, survive every crash and refuse every damage?"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.hashes.errors import (
    BusyIndexError,
    DamagedIndexError,
    ForeignIndexError,
    KnownIndexError,
    NoIndexError,
)
from provenance.hashes.index import recorder as module
from provenance.hashes.index import segment
from provenance.hashes.index.entry import Code, Entry, Hashed, Said, encode_entry
from provenance.hashes.index.index import MAX_HITS, KnownMedia
from provenance.hashes.index.listing import LIST, read_list
from provenance.hashes.index.lookup import as_words, search
from provenance.hashes.index.recorder import Recorder
from provenance.hashes.index.segment import MIN_TABLED, Segment
from tests.support.effort import at_most

CHECKOUT = Path(__file__).resolve().parents[4]


def digest(number: int) -> bytes:
    return random.Random(f"digest {number}").randbytes(32)


def bits(number: int) -> bytes:
    return random.Random(f"bits {number}").randbytes(32)


def flipped(value: bytes, count: int, seed: int = 0) -> bytes:
    """A hash that differs in exactly so many bits."""
    number = int.from_bytes(value)
    for place in random.Random(seed).sample(range(256), count):
        number ^= 1 << place
    return number.to_bytes(32)


def entry(number: int, hashes: int = 1) -> Entry:
    return Entry(
        label=f"picture {number}", sha256=digest(number), hashes=tuple(Hashed(rule="r") for _ in range(hashes))
    )


def filled(folder: Path, count: int, *, batch: int = 1000) -> Path:
    with Recorder(folder) as recorder:
        for number in range(count):
            recorder.add(entry(number), [bits(number)])
            if recorder.pending == batch:
                recorder.commit()
        recorder.commit()
    return folder


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_finds_what_was_added_whatever_the_parts(tmp_path: Path, batch: int) -> None:
    with KnownMedia(filled(tmp_path / "known", 100, batch=batch)) as known:
        assert (known.entries, known.hashes) == (100, 100)
        assert [found.label for found in known.exact(digest(42))] == ["picture 42"]
        assert known.exact(digest(100)) == []
        hits = known.near([bits(500), flipped(bits(7), 31)], 31)
        assert [(hit.entry.label, hit.query, hit.distance) for hit in hits] == [("picture 7", 1, 31)]
        assert known.near([flipped(bits(7), 32)], 31) == []
        assert {found.label for found, _ in known.every()} == {f"picture {number}" for number in range(100)}
        known.verify()


def test_few_parts_remain_however_often_something_is_added(tmp_path: Path) -> None:
    with KnownMedia(filled(tmp_path / "known", 120, batch=1)) as known:
        assert len(known.listing.parts) <= 2 * module.TIERS
    assert len(list((tmp_path / "known").iterdir())) == len(known.listing.parts) + 2


def test_an_entry_keeps_everything_that_it_was_given(tmp_path: Path) -> None:
    full = Entry(
        label="harbour",
        sha256=digest(1),
        name="harbour.jpg",
        media_type="image/jpeg",
        size=7,
        width=3,
        height=2,
        hashes=(Hashed(rule="r", quality=90), Hashed(rule="r", of="frame", at=1500, quality=80)),
        codes=(Code(algorithm="iscc", rule="r", value="ISCC:KEC"),),
        said=(Said(line="signer", status="pass", summary="Signed."),),
        judged_at="2026-01-01T00:00:00Z",
        vouches=(b"vouch",),
        thumbnail=b"jpeg",
        source="",
    )
    with Recorder(tmp_path / "known") as recorder:
        recorder.add(full, [bits(1), bits(2)])
        recorder.commit()
    with KnownMedia(tmp_path / "known") as known:
        [hit] = known.near([bits(2)], 0)
        assert (hit.entry, hit.place) == (full, 1)
        assert known.near([bits(2)], 0, with_thumbnail=True)[0].entry == full


def test_an_entry_with_several_hashes_is_told_once_by_its_nearest(tmp_path: Path) -> None:
    with Recorder(tmp_path / "known") as recorder:
        recorder.add(entry(1, 3), [flipped(bits(1), 9), flipped(bits(1), 3), flipped(bits(1), 20)])
        recorder.commit()
    with KnownMedia(tmp_path / "known") as known:
        [hit] = known.near([bits(1)], 31)
        assert (hit.place, hit.distance) == (1, 3)


@pytest.mark.parametrize("radius", [0, 15, 16, 31, 40, 47, 64, 256])
@pytest.mark.parametrize("spread", ["random", "crowded", "equal"])
def test_tables_find_exactly_what_looking_at_everything_finds(tmp_path: Path, radius: int, spread: str) -> None:
    rng = np.random.default_rng(5)
    count = MIN_TABLED + 321
    hashes = rng.integers(0, 2**64, (count, 4), dtype=np.uint64)
    if spread == "crowded":  # only 2**10 values of each word: buckets far from even
        hashes &= np.uint64(0x03FF03FF03FF03FF)
    if spread == "equal":
        hashes[:] = hashes[0]
    with Recorder(tmp_path / "known") as recorder:
        recorder.add_many(Entry(label="list", hashes=(Hashed(),)), hashes)
    queries = hashes[:6].copy()
    for place, flips in enumerate((0, 1, 15, 31, 32, 47)):
        queries[place] = as_words(flipped(queries[place].tobytes(), flips))[0]
    with KnownMedia(tmp_path / "known") as known:
        found = search(known._segments[0], queries, radius)
    ones = np.unpackbits((hashes[None] ^ queries[:, None]).view(np.uint8), axis=2).sum(axis=2)
    wanted = [(query, number, ones[query, number]) for query, number in np.argwhere(ones <= radius)]
    assert sorted(map(tuple, found.tolist())) == sorted(wanted)


def test_counts_bits_the_same_on_an_older_numpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from provenance.hashes.index import lookup

    hashes = as_words(b"".join(bits(number) for number in range(50)) + b"\xff" * 32)
    expected = lookup._distances(hashes, as_words(bytes(32))[0])
    monkeypatch.delattr(np, "bitwise_count")
    assert lookup._distances(hashes, as_words(bytes(32))[0]).tolist() == expected.tolist()
    assert expected[-1] == 256


def test_every_radius_of_every_query_matches_brute_force(tmp_path: Path) -> None:
    folder = filled(tmp_path / "known", 60, batch=13)

    @given(number=st.integers(0, 59), flips=st.integers(0, 64), radius=st.integers(0, 64), seed=st.integers(0, 99))
    @settings(max_examples=60, deadline=None)
    def holds(number: int, flips: int, radius: int, seed: int) -> None:
        with KnownMedia(folder) as known:
            labels = [hit.entry.label for hit in known.near([flipped(bits(number), flips, seed)], radius)]
        assert labels == ([f"picture {number}"] if flips <= radius else [])

    holds()


def test_an_index_that_is_not_there_foreign_or_newer_is_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NoIndexError, match="there is no index"):
        KnownMedia(tmp_path / "nothing")
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "photo.jpg").write_bytes(b"x")
    for name in ("file", "folder"):
        with pytest.raises(ForeignIndexError):
            KnownMedia(tmp_path / name)
        with pytest.raises(ForeignIndexError):
            Recorder(tmp_path / name)
    assert sorted(path.name for path in (tmp_path / "folder").iterdir()) == ["photo.jpg"]
    newer = filled(tmp_path / "newer", 1)
    (newer / LIST).write_bytes((newer / LIST).read_bytes().replace(b"vouchmark-index/1", b"vouchmark-index/2"))
    with pytest.raises(ForeignIndexError, match="another version"):
        KnownMedia(newer)


@pytest.mark.parametrize("version", [0, segment.VERSION + 1])
def test_a_part_of_another_version_is_foreign_and_not_read(tmp_path: Path, version: int) -> None:
    folder = filled(tmp_path / "known", 1)
    [part] = list(folder.glob("part-*"))
    data = bytearray(part.read_bytes())
    length = int.from_bytes(data[12:16], "little")
    data[8:12] = version.to_bytes(4, "little")
    data[16 + length : 48 + length] = hashlib.sha256(data[: 16 + length]).digest()  # as another version would write it
    part.write_bytes(data)
    with pytest.raises(ForeignIndexError, match=f"got an index of version {version}"):
        segment.Segment(part)


def test_another_index_under_this_ones_list_is_refused(tmp_path: Path) -> None:
    one, other = filled(tmp_path / "one", 3), filled(tmp_path / "other", 4)
    [part], [foreign] = list(one.glob("part-*")), list(other.glob("part-*"))
    shutil.copyfile(foreign, part)
    with pytest.raises(DamagedIndexError):
        KnownMedia(one)


def test_a_truncated_index_is_refused_wherever_it_ends(tmp_path: Path) -> None:
    folder = filled(tmp_path / "known", 20)
    [part] = list(folder.glob("part-*"))
    for path in (part, folder / LIST):
        content = path.read_bytes()
        for size in sorted(
            {0, 1, 7, 8, 100, 4095, 4096, len(content) // 2, len(content) - 1} & set(range(len(content)))
        ):
            path.write_bytes(content[:size])
            with pytest.raises((DamagedIndexError, ForeignIndexError)):
                KnownMedia(folder)
        path.write_bytes(content)
    part.unlink()
    with pytest.raises(DamagedIndexError, match="missing"):
        KnownMedia(folder)


def answers(folder: Path) -> list[object]:
    with KnownMedia(folder) as known:
        return [known.exact(digest(3)), known.near([flipped(bits(5), 20), bits(6)], 31), list(known.every())]


def test_no_flipped_byte_changes_an_answer_unseen(tmp_path: Path) -> None:
    folder = filled(tmp_path / "known", 12)
    right = answers(folder)
    [part] = list(folder.glob("part-*"))
    content = part.read_bytes()
    places = [*range(0, 4096, 37), *(place for place in range(4096, len(content)) if content[place])]
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        part.write_bytes(changed)
        try:
            found = answers(folder)
        except (DamagedIndexError, ForeignIndexError):
            continue
        # Where nothing was noticed, the answer is right, or something is missing, never wrong.
        assert all(one in right[0] for one in found[0]), place  # type: ignore[attr-defined]
        assert all(one in right[1] for one in found[1]), place  # type: ignore[attr-defined]
        assert found[2] == right[2], place


def test_verify_notices_every_flipped_byte_that_means_something(tmp_path: Path) -> None:
    with Recorder(tmp_path / "known") as recorder:
        rng = np.random.default_rng(2)
        recorder.add_many(Entry(hashes=(Hashed(),)), rng.integers(0, 2**64, (MIN_TABLED, 4), dtype=np.uint64))
    [path] = list((tmp_path / "known").glob("part-*"))
    content = path.read_bytes()
    with Segment(path) as segment:
        sections = segment.header.sections
    for name, section in sections.items():
        if not section.size:
            continue
        changed = bytearray(content)
        changed[section.offset + section.size // 2] ^= 0x10
        path.write_bytes(changed)
        with pytest.raises(DamagedIndexError), KnownMedia(tmp_path / "known") as known:
            known.verify()
        assert name


def test_tables_that_lead_outside_are_noticed_and_never_followed(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    hashes = rng.integers(0, 2**64, (MIN_TABLED, 4), dtype=np.uint64)
    with Recorder(tmp_path / "known") as recorder:
        recorder.add_many(Entry(hashes=(Hashed(),)), hashes)
    [path] = list((tmp_path / "known").glob("part-*"))
    content = path.read_bytes()
    with Segment(path) as segment:
        sections = segment.header.sections
    for name in ("starts", "tables"):
        section = sections[name]
        changed = bytearray(content)
        changed[section.offset : section.offset + section.size] = b"\xff" * section.size
        path.write_bytes(changed)
        with pytest.raises(DamagedIndexError), KnownMedia(tmp_path / "known") as known:
            known.near([hashes[0].tobytes()], 31)


def test_noise_in_place_of_an_index_never_does_more_than_be_refused(tmp_path: Path) -> None:
    folder = filled(tmp_path / "known", 8)
    [part] = list(folder.glob("part-*"))
    content, listing = part.read_bytes(), (folder / LIST).read_bytes()
    rng = random.Random(4)
    for _ in range(300):
        path, original = rng.choice([(part, content), (folder / LIST, listing)])
        changed = bytearray(original)
        for _ in range(rng.randint(1, 20)):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        path.write_bytes(bytes(changed[: rng.choice([len(changed), rng.randrange(len(changed))])]))
        try:
            answers(folder)
        except KnownIndexError:
            pass
        finally:
            path.write_bytes(original)


def test_a_list_cannot_lead_outside_its_folder(tmp_path: Path) -> None:
    import hashlib

    import msgspec

    folder = filled(tmp_path / "known", 2)
    [part] = list(folder.glob("part-*"))
    listing = read_list(folder)[0]
    outside = part.rename(tmp_path / part.name)
    changed = msgspec.structs.replace(listing.parts[0], file=f"../{outside.name}")
    body = msgspec.json.encode(msgspec.structs.replace(listing, parts=(changed,)))
    (folder / LIST).write_bytes(body + b"\n" + hashlib.sha256(body).hexdigest().encode() + b"\n")
    with pytest.raises(DamagedIndexError, match="outside"):
        KnownMedia(folder)


def test_only_one_writes_at_a_time_and_the_other_is_told(tmp_path: Path) -> None:
    with Recorder(tmp_path / "known") as recorder:
        with pytest.raises(BusyIndexError):
            Recorder(tmp_path / "known")
        recorder.add(entry(1), [bits(1)])
        recorder.commit()
    with Recorder(tmp_path / "known"), KnownMedia(tmp_path / "known") as known:
        assert known.entries == 1


def test_what_was_not_committed_is_not_there(tmp_path: Path) -> None:
    with Recorder(tmp_path / "known") as recorder:
        recorder.add(entry(1), [bits(1)])
    with KnownMedia(tmp_path / "known") as known:
        assert known.entries == 0


def test_a_reader_keeps_its_snapshot_while_others_write_and_merge(tmp_path: Path) -> None:
    folder = filled(tmp_path / "known", 5, batch=1)
    with KnownMedia(folder) as before:
        generation = before.listing.generation
        with Recorder(folder) as recorder:
            for number in range(5, 60):
                recorder.add(entry(number), [bits(number)])
                recorder.commit()
        assert (before.entries, before.listing.generation) == (5, generation)
        assert [found.label for found in before.exact(digest(4))] == ["picture 4"]
        assert before.near([bits(40)], 31) == []
    with KnownMedia(folder) as after:
        assert (after.entries, after.near([bits(40)], 31)[0].entry.label) == (60, "picture 40")


def test_readers_that_open_while_a_writer_merges_see_whole_generations(tmp_path: Path) -> None:
    folder = filled(tmp_path / "known", 1)
    trouble: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                with KnownMedia(folder) as known:
                    count = known.entries
                    labels = [found.label for found, _ in known.every()]
                    assert labels == [f"picture {number}" for number in range(count)]
        except BaseException as error:
            trouble.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    with Recorder(folder) as recorder:
        for number in range(1, 80):
            recorder.add(entry(number), [bits(number)])
            recorder.commit()
    done.set()
    for reader in readers:
        reader.join()
    assert trouble == []


WRITER = """
    import sys
    from pathlib import Path
    sys.path.insert(0, {checkout!r})
    from provenance.hashes.index.entry import Entry, Hashed
    from provenance.hashes.index.index import KnownMedia
    from provenance.hashes.index.recorder import Recorder
    folder = Path({folder!r})
    with Recorder(folder) as recorder:
        with KnownMedia(folder) as known:
            number = known.entries
        while True:
            for _ in range(3):
                recorder.add(Entry(label=str(number), hashes=(Hashed(),)), [number.to_bytes(32)])
                number += 1
            recorder.commit()
            print(number, flush=True)
"""


@pytest.mark.parametrize("seed", range(6))
def test_a_writer_that_is_killed_loses_nothing_it_had_committed(tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "known"
    code = textwrap.dedent(WRITER.format(checkout=str(CHECKOUT), folder=str(folder)))
    committed = 0
    for turn in range(3):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for _ in range(random.Random(f"{seed} {turn}").randint(1, 25)):
            committed = int(process.stdout.readline())
        time.sleep(random.Random(f"{seed} {turn} pause").random() / 200)
        os.kill(process.pid, signal.SIGKILL)
        rest = process.stdout.read().split()
        process.wait()
        process.stdout.close()
        committed = int(rest[-1]) if rest else committed
        with KnownMedia(folder) as known:
            known.verify()
            # One commit may have been made of which there was no time to tell.
            assert known.entries in (committed, committed + 3)
            assert [found.label for found, _ in known.every()] == [str(number) for number in range(known.entries)]
    with Recorder(folder), KnownMedia(folder) as known:
        left = {path.name for path in folder.iterdir()} - {LIST, "lock"}
        assert left == {part.file for part in known.listing.parts}, "what the killed runs left behind is gone"


@pytest.mark.parametrize("left", [(), ("lock",), ("lock", f"{LIST}.new"), (f"{LIST}.new",)])
def test_a_first_run_that_was_cut_off_before_its_list_is_begun_anew(tmp_path: Path, left: tuple[str, ...]) -> None:
    folder = tmp_path / "known"
    folder.mkdir()
    for name in left:
        (folder / name).write_bytes(b"half")
    assert answers(filled(folder, 8))[1]
    assert sorted(path.name for path in folder.iterdir() if path.suffix != ".vmx") == ["index.json", "lock"]


def test_two_that_begin_an_index_at_once_make_one(tmp_path: Path) -> None:
    folder = tmp_path / "known"
    code = textwrap.dedent(
        f"""
        import sys
        sys.path.insert(0, {str(CHECKOUT)!r})
        from pathlib import Path
        from provenance.hashes.errors import BusyIndexError
        from provenance.hashes.index.recorder import Recorder
        try:
            with Recorder(Path({str(folder)!r})):
                print("wrote")
        except BusyIndexError:
            print("busy")
        """
    )
    runs = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = [run.communicate()[0].strip() for run in runs]
    assert set(said) <= {"wrote", "busy"}
    assert "wrote" in said
    with KnownMedia(folder) as known:
        assert known.entries == 0


def test_links_in_a_foreign_index_lead_no_writer_to_other_files(tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    for number, name in enumerate(("lock", f"{LIST}.new")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / name).symlink_to(mine)
        if name == "lock":
            with pytest.raises(OSError, match="symbolic links"):
                Recorder(folder)
        else:
            filled(folder, 2)
        assert mine.read_text() == "mine"


@pytest.mark.parametrize("name", [LIST, "part"])
def test_nothing_is_waited_for_where_a_pipe_lies_in_place_of_a_file(tmp_path: Path, name: str) -> None:
    folder = filled(tmp_path / "known", 2)
    path = next(folder.glob("part-*")) if name == "part" else folder / name
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(ForeignIndexError, match="is no file"):
        KnownMedia(folder)


def test_a_list_that_counts_otherwise_than_its_parts_is_refused(tmp_path: Path) -> None:
    import hashlib

    import msgspec

    folder = filled(tmp_path / "known", 2)
    listing = read_list(folder)[0]
    for change in ({"entries": 7}, {"hashes": 7}):
        changed = msgspec.structs.replace(listing.parts[0], **change)
        body = msgspec.json.encode(msgspec.structs.replace(listing, parts=(changed,)))
        (folder / LIST).write_bytes(body + b"\n" + hashlib.sha256(body).hexdigest().encode() + b"\n")
        with pytest.raises(DamagedIndexError, match="another number of entries"):
            KnownMedia(folder)


def test_one_hash_a_hundred_thousand_times_is_told_once_and_soon(tmp_path: Path) -> None:
    with Recorder(tmp_path / "known") as recorder:
        for _ in range(2):  # the same list, taken twice
            recorder.add_many(Entry(label="list", hashes=(Hashed(),)), np.tile(as_words(bits(1)), (100_000, 1)))
        for number in range(2000):  # the same hash with words of its own each time
            recorder.add(Entry(label=f"{number}", hashes=(Hashed(),)), [bits(2)])
        recorder.add(Entry(label="shown", hashes=(Hashed(),), thumbnail=b"x"), [flipped(bits(1), 3)])
        recorder.commit()
    with KnownMedia(tmp_path / "known") as known:
        assert [hit.entry.label for hit in at_most(8, lambda: known.near([bits(1)] * 8, 31))] == ["list", "shown"]
        shown = at_most(2, lambda: known.near([bits(1)], 31, with_thumbnail=True))
        assert [hit.entry.label for hit in shown] == ["shown"]
        assert len(at_most(2, lambda: known.near([bits(2)], 31))) == MAX_HITS


def test_a_full_disk_leaves_the_index_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = filled(tmp_path / "known", 3)
    before = answers(folder)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with Recorder(folder) as recorder:
        recorder.add(entry(4), [bits(4)])
        monkeypatch.setattr(module.os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            recorder.commit()
        monkeypatch.undo()
    assert answers(folder) == before
    assert len(list(folder.glob("part-*"))) == 1


def test_damage_is_not_made_to_look_sound_by_merging(tmp_path: Path) -> None:
    folder = filled(tmp_path / "known", module.TIERS, batch=1)
    path = sorted(folder.glob("part-*"))[0]
    with Segment(path) as segment:
        place = segment.header.sections["records"].offset + 12
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)

    def add_more() -> None:
        with Recorder(folder) as recorder:
            for number in range(50, 60):
                recorder.add(entry(number), [bits(number)])
                recorder.commit()

    with pytest.raises(DamagedIndexError):
        add_more()


def test_refuses_entries_that_contradict_themselves(tmp_path: Path) -> None:
    with Recorder(tmp_path / "known") as recorder:
        with pytest.raises(ValueError, match="got 2 hashes"):
            recorder.add(entry(1), [bits(1), bits(2)])
        with pytest.raises(ValueError, match="got 1 hashes"):
            recorder.add(entry(1), [b"short"])
        with pytest.raises(ValueError, match="list of bare hashes"):
            recorder.add_many(entry(1), as_words(bits(1)))
    with pytest.raises(ValueError, match="digest of 5 bytes"):
        encode_entry(Entry(sha256=b"short"))
    with pytest.raises(ValueError, match="at most 1000"):
        encode_entry(Entry(label="x" * 1001))
    with pytest.raises(ValueError, match="multiple of 32"):
        as_words(b"x")


def test_opening_a_large_index_reads_next_to_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(9)
    with Recorder(tmp_path / "known") as recorder:
        recorder.add_many(Entry(hashes=(Hashed(),)), rng.integers(0, 2**64, (200_000, 4), dtype=np.uint64))

    def opened() -> int:
        with KnownMedia(tmp_path / "known") as known:
            return known.hashes

    assert at_most(0.1, opened) == 200_000
