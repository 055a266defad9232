"""What `vouch make` does before it is too late: slot 0, a withdrawn key, a club of one, what goes into the vouch."""

from pathlib import Path

import pytest
from PIL import Image

from tests.vouchmark.persons_cli import NOVEMBER, Desk

CAFE = "public:review/cafe"


@pytest.fixture
def member(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.issuer()
    desk.enrol()
    for name, colour in (("a", "red"), ("b", "blue")):
        Image.effect_mandelbrot((96, 96), (-2, -1.5, 1, 1.5), 20 + len(colour)).convert("RGB").save(
            tmp_path / f"{name}.png"
        )
    return desk


def make(desk: Desk, name: str, *options: str, code: int = 0) -> str:
    arguments = ["vouch", "make", desk.path(name), "--scope", CAFE, "-y", "--at", NOVEMBER, *options]
    return desk.run(*arguments, code=code).stderr


def test_an_honest_vouch_by_an_issuer_with_slots_counts_for_a_reader_who_said_nothing(tmp_path: Path) -> None:
    """With a slot taken at random two of three did not."""
    desk = Desk(tmp_path)
    desk.run(
        "issuer", "init", desk.path("club"), "--name", "Club", "--slots", "3", "--epoch", "month", "--at", NOVEMBER
    )
    desk.enrol()
    Image.new("RGB", (8, 8), "red").save(tmp_path / "a.png")
    make(desk, "a.png", "--no-pdq")
    check = ["check", desk.path("a.png"), "--only", "person", "--at", NOVEMBER, "--scope", CAFE]
    assert "1 person enrolled" in desk.run(*check, "--issuer", desk.path("club/issuer.json")).stdout
    Image.new("RGB", (8, 8), "blue").save(tmp_path / "b.png")
    assert "slots 0 to 2: name one" in make(desk, "b.png", "--no-pdq", code=2)
    make(desk, "b.png", "--no-pdq", "--slot", "2")


def test_a_key_that_was_withdrawn_is_seen_before_a_vouch_is_made(member: Desk) -> None:
    """The reader would refuse it, and the voice would be used up."""
    member.run("issuer", "rotate", member.path("club"), "--compromised", "2026-11", "--at", NOVEMBER)
    said = make(member, "a.png", code=2)
    assert "replaced its key" in said
    assert "hint: send your last request to the issuer again" in said
    assert not (member.home / "a.png.vouch").exists()
    assert "slots used: 0" in member.run("wallet", "show", "--at", NOVEMBER).stdout


def test_a_key_withdrawn_in_what_the_reader_keeps_is_seen_too(member: Desk) -> None:
    elsewhere = member.home / "elsewhere.json"
    member.run("issuer", "rotate", member.path("club"), "--compromised", "2026-11", "--at", NOVEMBER)
    (member.home / "club" / "issuer.json").rename(elsewhere)
    member.run("trust", "issuer", "add", str(elsewhere))
    assert "replaced its key" in make(member, "a.png", code=2)


def test_nobody_in_a_club_of_one_is_told_that_nobody_can_know(member: Desk) -> None:
    unknown = make(member, "a.png")
    assert "assume that you are the only one" in unknown
    member.run("issuer", "rotate", member.path("club"), "--at", NOVEMBER)
    (member.home / "a.png.vouch").unlink()
    alone = make(member, "a.png")
    assert "last published nobody else with such a credential" in alone
    for words in (unknown, alone):
        assert "obody learns" not in words


def test_it_says_what_of_the_file_goes_into_the_vouch(member: Desk) -> None:
    assert "the file's digest and, unless you say --no-pdq, the picture's perceptual hash" in make(member, "a.png")
    assert "perceptual hash" not in make(member, "a.png", "--no-pdq", "-o", member.path("again.vouch"))
