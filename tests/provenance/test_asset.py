"""Are files opened once, without ever waiting, within limits, and refused in words that say whose fault it is?"""

from __future__ import annotations

import hashlib
import io
import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from provenance.asset import (
    AssetError,
    AssetFolderError,
    AssetKindError,
    AssetNotFoundError,
    AssetTooLargeError,
    Limits,
    open_asset,
    walk,
)
from tests.support.authority import picture
from tests.support.effort import at_most, ends

GIB = 1024**3


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "harbour.jpg"
    path.write_bytes(picture())
    return path


def test_reads_a_path_bytes_and_a_stream_alike(photo: Path) -> None:
    data = photo.read_bytes()
    with photo.open("rb") as stream:
        found = [open_asset(photo), open_asset(data, name="harbour.jpg"), open_asset(stream, name="harbour.jpg")]
    assert found[0] == found[1] == found[2]
    assert found[0].name == "harbour.jpg"
    assert found[0].media_type == "image/jpeg"
    assert found[0].named_type is None
    assert found[0].size == len(data)
    assert found[0].sha256 == hashlib.sha256(data).hexdigest()


def test_what_has_no_name_is_called_a_dash() -> None:
    assert open_asset(b"x").name == "-"


def test_the_bytes_stand_in_no_repr(photo: Path) -> None:
    assert "JFIF" not in repr(open_asset(photo))


def test_an_empty_file_is_a_file() -> None:
    asset = open_asset(b"", name="empty.jpg")
    assert (asset.size, asset.media_type, asset.named_type) == (0, "application/octet-stream", "image/jpeg")


def test_says_what_the_name_claims_where_the_content_is_something_else() -> None:
    asset = open_asset(picture("PNG"), name="harbour.jpg")
    assert (asset.media_type, asset.named_type) == ("image/png", "image/jpeg")


def test_a_name_that_is_no_text_becomes_text(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"h\xffrbour.jpg")
    path.write_bytes(b"x")
    name = open_asset(path).name
    assert name == "h\ufffdrbour.jpg"
    name.encode("utf-8")


def test_refuses_a_folder(tmp_path: Path) -> None:
    with pytest.raises(AssetFolderError, match="a folder") as caught:
        open_asset(tmp_path)
    assert caught.value.reason == "folder"


@pytest.mark.parametrize("name", ["nothing.jpg", "file.jpg/inside.jpg", "nul\0.jpg", "n" * 300])
def test_refuses_what_is_not_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.jpg").write_bytes(b"x")
    with pytest.raises(AssetNotFoundError) as caught:
        open_asset(tmp_path / name)
    assert caught.value.reason == "not-found"
    assert caught.value.hint


def test_refuses_a_link_that_leads_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(AssetNotFoundError, match="leads to itself"):
        open_asset(tmp_path / "loop")


def test_refuses_a_fifo_without_waiting_for_its_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with ends(), pytest.raises(AssetKindError, match="a FIFO") as caught:
        open_asset(tmp_path / "fifo")
    assert caught.value.reason == "not-a-file"


def test_refuses_a_fifo_that_takes_a_files_place_between_looking_and_opening(
    photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = photo.stat()
    photo.unlink()
    os.mkfifo(photo)
    monkeypatch.setattr(Path, "stat", lambda *_args, **_options: seen)
    with ends(), pytest.raises(AssetKindError):
        open_asset(photo)


def test_refuses_a_device() -> None:
    with pytest.raises(AssetKindError, match="a device"):
        open_asset(Path(os.devnull))


def test_refuses_a_socket(tmp_path: Path) -> None:
    path = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(path))
        with pytest.raises(AssetKindError, match="a socket"):
            open_asset(path)


def test_refuses_three_gigabytes_without_reading_them(tmp_path: Path) -> None:
    path = tmp_path / "sparse.mp4"
    with path.open("wb") as file:
        file.truncate(3 * GIB)

    def refused() -> str:
        with pytest.raises(AssetTooLargeError, match=str(3 * GIB)) as caught:
            open_asset(path)
        return caught.value.reason

    assert at_most(0.2, refused) == "too-large"


def test_the_limit_itself_is_let_in_and_one_byte_more_is_not(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 10)
    for source in (tmp_path / "a", b"x" * 10, io.BytesIO(b"x" * 10)):
        assert open_asset(source, limits=Limits(bytes=10)).size == 10
    for source in (tmp_path / "a", b"x" * 10, io.BytesIO(b"x" * 10)):
        with pytest.raises(AssetTooLargeError):
            open_asset(source, limits=Limits(bytes=9))


def test_a_stream_without_end_stops_at_the_limit() -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            self.taken += len(buffer)
            return len(buffer)

    endless = Endless()
    with pytest.raises(AssetTooLargeError):
        open_asset(endless, limits=Limits(bytes=3_000_000))  # type: ignore[arg-type]
    assert endless.taken <= 3_000_001


def test_a_file_that_grows_while_it_is_read_stops_at_the_limit(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "read", lambda _handle, size: b"x" * size)
    with pytest.raises(AssetTooLargeError, match="grew"):
        open_asset(photo, limits=Limits(bytes=len(picture()) + 5))


def test_a_stream_of_text_is_the_callers_mistake() -> None:
    with pytest.raises(TypeError, match="expected one of bytes"):
        open_asset(io.StringIO("words"))  # type: ignore[arg-type]


def test_a_stream_that_does_not_wait_is_an_error_and_not_an_empty_file() -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with os.fdopen(reading, "rb", buffering=0) as stream, pytest.raises(AssetError, match="nothing to give"):
        open_asset(stream)  # type: ignore[arg-type]
    os.close(writing)


def test_a_failing_disk_is_an_error_of_the_system(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_handle: int, _size: int) -> bytes:
        raise OSError(5, "a wording of this system")

    monkeypatch.setattr(os, "read", fail)
    with pytest.raises(AssetError) as caught:
        open_asset(photo)
    assert type(caught.value) is AssetError
    assert str(caught.value) == "the system could not read it (EIO)"


def as_nobody(code: str, *arguments: object) -> str:
    """What code prints under a user who owns nothing, where this one may become it; else under this one."""
    become = "import os\nif os.getuid() == 0:\n    os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
    # Imports come first: nobody may not be allowed to read where the modules lie.
    imports = (
        "import sys\nfrom pathlib import Path\nimport provenance.media_type\n"
        "from provenance.asset import AssetPermissionError, open_asset, walk\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", imports + become + textwrap.dedent(code), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    return run.stdout.strip()


@pytest.fixture
def forbidden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that anybody may enter, with a file and a folder that nobody but root may read."""
    base = tmp_path_factory.mktemp("forbidden")
    above = tmp_path_factory.getbasetemp()
    for parent in (base, *(place for place in base.parents if place in (above, *above.parents[:2]))):
        parent.chmod(parent.stat().st_mode | 0o755)
    (base / "private.jpg").write_bytes(picture())
    (base / "private.jpg").chmod(0)
    (base / "folder").mkdir()
    (base / "folder").chmod(0)
    return base


def test_refuses_what_this_user_may_not_read(forbidden: Path) -> None:
    code = """
        try:
            open_asset(Path(sys.argv[1]))
        except AssetPermissionError as error:
            print(error.reason)
    """
    assert as_nobody(code, forbidden / "private.jpg") == "no-permission"


def test_a_folder_that_may_not_be_read_is_walked_as_itself(forbidden: Path) -> None:
    code = "print([path.name for path in walk([Path(sys.argv[1])])])"
    assert as_nobody(code, forbidden) == "['folder', 'private.jpg']"


def test_every_error_has_a_word_and_a_hint_of_its_own() -> None:
    kinds = [AssetError, *AssetError.__subclasses__()]
    assert len({kind.reason for kind in kinds}) == len(kinds)
    assert all(kind.hint for kind in kinds)


@pytest.mark.parametrize(("size", "pixels"), [(0, 1), (1, 0), (-1, 1)])
def test_refuses_limits_that_let_nothing_through(size: int, pixels: int) -> None:
    with pytest.raises(ValueError, match="expected at least 1"):
        Limits(bytes=size, pixels=pixels)


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")


def walked(folder: Path, **options: int) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in walk([folder], **options)]


def test_walks_in_the_order_of_the_names_bytes(tmp_path: Path) -> None:
    make(tmp_path, "b.jpg", "B.jpg", "a/z.jpg", "a/é.jpg", "a.jpg", "c/d/e.jpg")
    assert walked(tmp_path) == ["B.jpg", "a/z.jpg", "a/é.jpg", "a.jpg", "b.jpg", "c/d/e.jpg"]


def test_named_files_stay_in_their_order_and_missing_ones_stay_in(tmp_path: Path) -> None:
    make(tmp_path, "b", "a")
    paths = [tmp_path / "b", tmp_path / "a", tmp_path / "missing"]
    assert list(walk(paths)) == paths


def test_a_folder_in_a_circle_ends(tmp_path: Path) -> None:
    make(tmp_path, "in/a.jpg")
    (tmp_path / "in" / "again").symlink_to(tmp_path)
    (tmp_path / "out").symlink_to("/")
    assert walked(tmp_path) == ["in/a.jpg"]


def test_links_to_files_are_followed_and_dead_ones_are_not_forgotten(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg")
    (tmp_path / "link.jpg").symlink_to(tmp_path / "a.jpg")
    (tmp_path / "dead.jpg").symlink_to(tmp_path / "gone.jpg")
    assert walked(tmp_path) == ["a.jpg", "dead.jpg", "link.jpg"]


def test_what_is_no_file_is_not_forgotten(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert walked(tmp_path) == ["fifo"]


def test_a_thousand_folders_deep_ends_at_the_bound(tmp_path: Path) -> None:
    make(tmp_path, "a/b/c/d.jpg", "a/b.jpg")
    assert walked(tmp_path, max_depth=2) == ["a/b.jpg"]
    deep = tmp_path / "deep"
    deep.mkdir()
    here = Path.cwd()
    try:
        os.chdir(deep)
        for _ in range(300):
            Path("d").mkdir()
            os.chdir("d")
    finally:
        os.chdir(here)
    assert walked(deep) == []
