"""Many members at once: lists, slips, folders of requests, by the library and by commands."""

import csv
import errno
import io
import json
import os
import shutil
import stat
import sys
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.support.people.club import NOVEMBER, Club, club
from tests.support.people.dying import killed_at
from tests.vouchmark.persons_cli import NOVEMBER as NOVEMBER_TEXT
from tests.vouchmark.persons_cli import Desk, refusal
from vouchmark.cli.issuer import many
from vouchmark.issuing import answers as module
from vouchmark.issuing.answers import answers, requests_in, table_of
from vouchmark.issuing.members import Invitation, Member, MembersError, invitations, read_members, slip
from zk.errors import ClockJumpError
from zk.profile.codes import Code, CodeKind


@pytest.fixture
def the_club(tmp_path: Path) -> Club:
    return club(tmp_path)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.issuer()
    return made


def rows(octets: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(octets.decode(), newline="")))


# Lists


@pytest.mark.parametrize(
    "octets",
    [
        b'identifier,name,level\nID-1,Ann,\nID-2,"B, Bob",3\n',
        b"\xef\xbb\xbfIdentifier;Name;Level\r\nID-1;Ann;\r\nID-2;B, Bob;3\r\n",
        b'level,other, identifier ,name\n,x,ID-1,Ann\n3,y,ID-2,"B, Bob"\n',
    ],
)
def test_reads_lists_as_clubs_write_them(octets: bytes) -> None:
    members = read_members(octets)
    assert [(one.row, one.identifier, one.name, one.level) for one in members] == [
        (1, "ID-1", "Ann", None),
        (2, "ID-2", "B, Bob", 3),
    ]


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"", "column 'identifier'"),
        (b"identifier\n", "1 to 100000 members, got 0"),
        (b"name\nAnn\n", "column 'identifier'"),
        (b"identifier,identifier\na,b\n", "column 'identifier'"),
        (b"identifier\na\n \n", "row 2: the identifier is empty"),
        (b"identifier,level\na,4\n", "row 1: expected a level"),
        (b"identifier,name\na\n", "row 1: has another number of columns"),
        (b"identifier\na,b\n", "row 1: has another number of columns"),
        (b'identifier\n"a\n', "not CSV"),
        (b"identifier\n\xff\n", "UTF-8"),
        ("identifier\nID-4711\nx\nid‑4711.\n".encode(), "rows 1 and 3 are of one identifier"),
        (b"identifier\n" + b"a" * (33 << 20), "octets"),
        (b"identifier\n" + b"a" * 200_000, "not CSV"),
    ],
)
def test_refuses_lists_that_cannot_be_meant(octets: bytes, words: str) -> None:
    with pytest.raises(MembersError, match=words):
        read_members(octets)


def test_a_member_who_is_refused_stops_nobody(the_club: Club) -> None:
    the_club.member("ID-1")
    members = [
        Member(row=row, identifier=name, name="", level=None)
        for row, name in enumerate(["ID-1", "ID l", "a\x00b", "ID-4"], start=1)
    ]
    with the_club.open() as issuer:
        done = list(invitations(issuer, members, at=NOVEMBER, kind=CodeKind.ENROL, days=7))
        assert [bool(one.code) for one in done] == [False, False, False, True]
        assert ["enrolled already" in done[0].refused, "mistaken" in done[1].refused, len(done[1].near)] == [
            True,
            True,
            1,
        ]
        with pytest.raises(ClockJumpError):
            next(invitations(issuer, members, at=NOVEMBER + timedelta(days=4000), kind=CodeKind.ENROL, days=7))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags = "", []

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags += [tag, *(f"{name}={value}" for name, value in attrs)]


def test_a_slip_shows_the_code_and_loads_nothing_whatever_the_name_is() -> None:
    code = Code.draw(CodeKind.ENROL, 0).reveal()
    name = "<script src=//x.example>&\"'</script>"
    one = Invitation(member=Member(row=1, identifier="secret-id", name=name, level=None), code=code)
    page = slip(one, issuer_name="<b>Club</b>", until=NOVEMBER)
    parsed = _Text()
    parsed.feed(page)
    assert code in parsed.text
    assert f"For {name}" in parsed.text
    assert not {"script", "link", "img", "b"} & set(parsed.tags)
    assert not any(tag.startswith(("src=", "href=", "on")) for tag in parsed.tags)
    assert "secret-id" not in page


def test_invite_from_a_list_writes_a_private_slip_each_and_a_table(desk: Desk) -> None:
    desk.enrol()
    (desk.home / "members.csv").write_text("identifier,name\nID-4711,Ann\nID-2,Bob\nID-3,=cmd()\n")
    arguments = ["issuer", "invite", desk.path("club"), "--from", desk.path("members.csv"), "--at", NOVEMBER_TEXT]
    result = desk.run(*arguments, "--slips", desk.path("slips"), code=2)
    assert (
        result.stdout.splitlines()[0] == f"{desk.path('slips')}: 2 slips, 1 refused; each slip is for its member alone"
    )
    folder = desk.home / "slips"
    assert sorted(path.name for path in folder.iterdir()) == ["slip-00002.html", "slip-00003.html", "slips.csv"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    table = rows((folder / "slips.csv").read_bytes())
    assert [(row["row"], row["slip"], row["name"]) for row in table] == [
        ("1", "", "Ann"),
        ("2", "slip-00002.html", "Bob"),
        ("3", "slip-00003.html", "'=cmd()"),
    ]
    assert "enrolled already" in table[0]["refused"]
    error, _ = refusal(desk.run(*arguments, "--slips", desk.path("slips"), code=2))
    assert "something is in it" in error
    text = (folder / "slip-00002.html").read_text()
    code = text.split("<figcaption><code>")[1].split("</code>")[0]
    desk.run("wallet", "init", "--wallet", desk.path("bob"))
    desk.request(code, "--wallet", desk.path("bob"))
    desk.approve()


def test_invite_wants_one_person_or_one_list(desk: Desk) -> None:
    for options in ([], ["--person", "x", "--from", "y"], ["--from", "y"], ["--person", "x", "--slips", "z"]):
        refusal(desk.run("issuer", "invite", desk.path("club"), *options, code=2))
    (desk.home / "bad.csv").write_text("x\n")
    bad = ["--from", desk.path("bad.csv"), "--slips", desk.path("s")]
    error, hint = refusal(desk.run("issuer", "invite", desk.path("club"), *bad, code=2))
    assert "column 'identifier'" in error
    assert "a CSV file" in hint
    assert not (desk.home / "s").exists()


# Folders of requests


def requested(the_club: Club, names: list[str]) -> list[tuple[str, bytes]]:
    return [
        (f"{name}.vmr", the_club.wallet(name).request(the_club.info, the_club.invite(name), at=NOVEMBER))
        for name in names
    ]


def test_answers_each_request_of_a_folder_by_its_name(the_club: Club) -> None:
    requests = [*requested(the_club, ["ann", "bob"]), ("junk.vmr", b"no request"), ("large.vmr", bytes(5000))]
    with the_club.open() as issuer:
        done = list(answers(issuer, requests, at=NOVEMBER))
    assert [one.answer_name for one in done] == ["ann.vma", "bob.vma", "", ""]
    assert [row["request"] for row in rows(table_of(done))] == ["ann.vmr", "bob.vmr", "junk.vmr", "large.vmr"]
    assert all(len(one.words) == 4 for one in done[:2])


@pytest.mark.parametrize("name", ["=\udcff.vmr", "a\nb.vmr", "\x1b[2J.vmr"])
def test_a_request_whose_name_is_no_text_is_refused_and_stops_nobody(the_club: Club, name: str) -> None:
    (_, odd), bob = requested(the_club, ["ann", "bob"])
    with the_club.open() as issuer:
        done = list(answers(issuer, [(name, odd), bob], at=NOVEMBER))
    assert [bool(one.response) for one in done] == [False, True]
    assert "file name" in done[0].refused
    assert len(rows(table_of(done))) == 2
    the_club.rotate(NOVEMBER)
    assert {count.holders for count in the_club.info.counts} == {1}  # the other was not signed for nothing


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names that are not UTF-8")
def test_a_folder_with_such_a_name_is_answered_and_told_in_one_line_each(desk: Desk) -> None:
    requests = desk.home / "requests"
    requests.mkdir()
    (requests / os.fsdecode(b"=\xff.vmr")).write_bytes(b"junk")
    result = desk.run("issuer", "approve", desk.path("club"), str(requests), "-o", desk.path("out"), code=2)
    assert "\\udcff.vmr: its file name" in result.stdout
    assert rows((desk.home / "out/answers.csv").read_bytes())[0]["request"].startswith("'=")


def test_of_two_requests_under_one_code_in_a_folder_neither_is_signed(the_club: Club) -> None:
    code = the_club.invite("ann")
    pair = [(f"{n}.vmr", the_club.wallet(n).request(the_club.info, code, at=NOVEMBER)) for n in ("a", "z")]
    between = requested(the_club, ["bob"])
    with the_club.open() as issuer:
        done = list(answers(issuer, [pair[0], *between, pair[1]], at=NOVEMBER))
    assert [bool(one.response) for one in done] == [False, True, False]
    assert all("two different requests" in one.refused for one in (done[0], done[2]))


def test_the_same_folder_again_gives_the_same_answers(desk: Desk) -> None:
    requests = desk.home / "requests"
    requests.mkdir()
    for name in ("ann", "bob"):
        desk.run("wallet", "init", "--wallet", desk.path(name))
        desk.request(desk.invite(person=name), "--wallet", desk.path(name))
        shutil.move(desk.path("request.vmr"), requests / f"{name}.vmr")
    (requests / "note.txt").write_text("not a request")
    arguments = ["issuer", "approve", desk.path("club"), str(requests), "-o", desk.path("out"), "--at", NOVEMBER_TEXT]
    (requests / "old.vma").write_bytes(b"an answer of an earlier round, and its table")
    (requests / "answers.csv").write_bytes(b"")
    said = [line.strip() for line in desk.run(*arguments).stdout.splitlines()]
    assert said == [
        f"{desk.path('out')}: 2 answers, 0 refused; answers.csv has them all",
        "left alone: 1 whose names do not end in .vmr",
    ]
    first = {path.name: path.read_bytes() for path in (desk.home / "out").iterdir()}
    assert sorted(first) == ["ann.vma", "answers.csv", "bob.vma"]
    assert json.loads(desk.run(*arguments, "--json").stdout)["answers"] == ["ann.vma", "bob.vma"]
    assert {path.name: path.read_bytes() for path in (desk.home / "out").iterdir()} == first
    desk.run("wallet", "accept", desk.path("out/bob.vma"), "--wallet", desk.path("bob"), "--at", NOVEMBER_TEXT)
    (requests / "junk.vmr").write_bytes(b"junk")
    assert "junk.vmr: " in desk.run(*arguments, code=2).stdout
    desk.run(*arguments, "--words", "a b c d", code=2)
    empty = desk.home / "empty"
    empty.mkdir()
    refusal(desk.run("issuer", "approve", desk.path("club"), str(empty), "-o", desk.path("out"), code=2))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_whatever_is_named_as_a_request_is_told_of_and_stops_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = desk.home / "requests"
    requests.mkdir()
    for name in ("ann", "bob"):
        desk.run("wallet", "init", "--wallet", desk.path(name))
        desk.request(desk.invite(person=name), "--wallet", desk.path(name))
        shutil.move(desk.path("request.vmr"), requests / f"{name}.vmr")
    (requests / "bob.vmr").rename(requests / "BOB.VMR")
    (requests / "ann.VMR").write_bytes(b"junk")  # an answer to it would be ann.vma as well
    (requests / "cem.VMR").write_bytes((requests / "ann.vmr").read_bytes())
    shutil.copy(requests / "ann.vmr", requests / "cem.vmr")
    (requests / "dir.vmr").mkdir()
    (requests / "gone.vmr").symlink_to(desk.home / "nowhere")
    (requests / "locked.vmr").write_bytes(b"x")
    os.mkfifo(requests / "pipe.Vmr")
    real = os.open

    def locked(path: str | Path, *rest: int, **more: int) -> int:
        if Path(path).name == "locked.vmr":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, *rest, **more)

    monkeypatch.setattr(module.os, "open", locked)
    arguments = ["issuer", "approve", desk.path("club"), str(requests), "-o", desk.path("out"), "--at", NOVEMBER_TEXT]
    said = [line.strip() for line in desk.run(*arguments, code=2).stdout.splitlines()]
    assert said[0].endswith("3 answers, 6 refused; answers.csv has them all")
    assert [line.split(": ")[0] for line in said[1:]] == [
        *("ann.VMR", "cem.vmr", "dir.vmr", "gone.vmr", "locked.vmr", "pipe.Vmr")
    ]
    assert said[2:] == [
        "cem.vmr: its answer would be named as that of cem.VMR: give it another name",
        "dir.vmr: is no file",
        "gone.vmr: cannot be read: No such file or directory",
        "locked.vmr: cannot be read: Permission denied",
        "pipe.Vmr: is no file",
    ]
    assert sorted(path.name for path in (desk.home / "out").iterdir()) == [
        *("BOB.vma", "ann.vma", "answers.csv", "cem.vma")
    ]
    assert len(rows((desk.home / "out/answers.csv").read_bytes())) == 9


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_a_folder_whose_answering_is_killed_is_finished_and_nobody_is_enrolled_twice(
    the_club: Club, after: int
) -> None:
    folder, out = the_club.home / "requests", the_club.home / "out"
    folder.mkdir()
    for name, octets in requested(the_club, ["ann", "bob", "cem"]):
        (folder / name).write_bytes(octets)

    def approve() -> None:
        with the_club.open() as issuer:
            many.approve_folder(issuer, folder, out, at=NOVEMBER, as_json=True)

    assert killed_at(many, "place", approve, after=after)
    approve()
    for name in ("ann", "bob", "cem"):
        the_club_wallet = the_club.approve((folder / f"{name}.vmr").read_bytes())
        assert (out / f"{name}.vma").read_bytes() == the_club_wallet
    the_club.rotate(NOVEMBER)
    assert {count.holders for count in the_club.info.counts} == {3}


def test_a_folder_is_bounded(the_club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_REQUESTS", 1)
    for name in ("a.vmr", "b.vmr"):
        (the_club.home / name).write_bytes(b"")
    with pytest.raises(ValueError, match="at most 1 requests, got 2"):
        requests_in(the_club.home)
