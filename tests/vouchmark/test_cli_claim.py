"""What does a stranger see who asks the command about a place, a time or an attached identity?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.authority import make_root
from tests.support.command import AT, Command
from tests.support.media.identities import actor, attach, by_certificate
from tests.vouchmark.test_lines_claim import STOCKHOLM, TAKEN, gps, taken
from tests.vouchmark.test_lines_time import CAMERA, ROOT, TIME_ROOT, picture_with

PEOPLE = make_root("Identity CA")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Command:
    folder: Path = tmp_path_factory.mktemp("claims")
    (folder / "harbour.jpg").write_bytes(taken(STOCKHOLM, when=TAKEN))
    (folder / "forwarded.jpg").write_bytes(picture_with(gps(48, 2)))
    (folder / "plain.jpg").write_bytes(taken())
    (folder / "by-jo.jpg").write_bytes(attach(CAMERA, by_certificate(actor(PEOPLE))))
    (folder / "root.pem").write_text(ROOT.pem)
    (folder / "clocks.pem").write_text(TIME_ROOT.pem)
    (folder / "people.pem").write_text(PEOPLE.pem)
    return Command(folder=folder, home=folder / "home")


LISTS = ("--no-default-trust", "--trust", "root.pem", "--tsa-trust", "clocks.pem", "--at", AT)
NOTHING = "no Content Credentials"
SIGNED = "signed by Test Camera (Camera 1), certified under your own list; unchanged since"


@pytest.mark.parametrize(
    ("words", "code", "first"),
    [
        (
            ("harbour.jpg", "--claim-place", "59.33,18.07"),
            0,
            f"harbour.jpg: {SIGNED}; what is said about it agrees with what its signer states",
        ),
        (
            ("harbour.jpg", "--claim-place", "48.8566,2.3522"),
            1,
            f"harbour.jpg: what is said about it does not agree with what is signed; {SIGNED}",
        ),
        (
            ("harbour.jpg", "--claim-place", "-33.8688,151.2093", "--claim-time", "2019"),
            1,
            f"harbour.jpg: what is said about it does not agree with what is signed; {SIGNED}",
        ),
        (
            ("plain.jpg", "--claim-time", "2019"),
            0,
            f"plain.jpg: {SIGNED}; nothing in it tells whether what is said about it is so",
        ),
        (
            ("forwarded.jpg", "--claim-place", "59.33,18.07"),
            3,
            f"forwarded.jpg: metadata that nobody signed contradicts what is said about it; {NOTHING}",
        ),
        (
            ("forwarded.jpg", "--claim-place", "48,2"),
            3,
            f"forwarded.jpg: only metadata that nobody signed agrees with what is said about it; {NOTHING}",
        ),
        (("harbour.jpg",), 0, f"harbour.jpg: {SIGNED}"),
    ],
)
def test_the_first_line_answers_what_was_asked(words: tuple[str, ...], code: int, first: str, run: Command) -> None:
    done = run("check", "-q", *words, *LISTS)
    assert (done.code, done.stdout) == (code, f"{first}\n"), done.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--claim-place", "91,0"), "got latitude 91.0, expected -90 to 90"),
        (("--claim-place", "0,-180.5"), "got longitude -180.5, expected -180 to 180"),
        (("--claim-place", "nan,0"), "got 'nan,0', expected LAT,LON or LAT,LON,KM in decimal degrees"),
        (("--claim-place", "1e999,0"), "got '1e999,0', expected LAT,LON"),
        (("--claim-place", "0,0,0"), "got a radius of 0 km, expected more than 0"),
        (("--claim-place", ""), "got '', expected LAT,LON"),
        (("--claim-time", "soon"), "got 'soon', expected a time such as 2026-05-01T12:00:00Z or 2026-05-01"),
        (("--claim-time", "2026-02-30"), "got '2026-02-30', expected a time that a clock can show"),
        (("--claim-time", "2026-05-02/2026-05-01"), "got '2026-05-02/2026-05-01', which ends before it begins"),
    ],
)  # fmt: skip
def test_what_is_no_place_and_no_time_is_a_mistake_of_usage(words: tuple[str, ...], says: str, run: Command) -> None:
    done = run("check", "harbour.jpg", *words, *LISTS)
    assert done.code == 2
    assert done.stdout == ""
    assert done.stderr.splitlines()[0].startswith(f"error: what is claimed cannot be read: {says}")
    assert done.stderr.splitlines()[1].startswith("hint: ")


def test_what_was_claimed_stands_among_the_inputs(run: Command) -> None:
    words = ("--claim-place", "59.33, 18.07, 2", "--claim-time", "2026-05-01/2026-05-03")
    report = run("check", "harbour.jpg", "--format", "json", *words, *LISTS).json
    assert report["inputs"]["options"]["claim_place"] == "59.33000,18.07000,2"
    assert report["inputs"]["options"]["claim_time"] == "2026-05-01/2026-05-03"
    plain = run("check", "harbour.jpg", "--format", "json", *LISTS).json
    assert not {"claim_place", "claim_time"} & set(plain["inputs"].get("options", {}))
    assert plain["evidence"]["claim"]["status"] == "skipped"


def test_a_claim_can_be_required(run: Command) -> None:
    words = ("check", "-q", "--require", "claim", *LISTS)
    assert run(*words, "harbour.jpg", "--claim-place", "59.33,18.07").code == 0
    assert run(*words, "plain.jpg", "--claim-place", "59.33,18.07").code == 3
    assert run(*words, "harbour.jpg").code == 3


def test_a_kept_list_for_identities_vouches_for_the_name_and_for_nothing_else(run: Command) -> None:
    asked = ("check", "by-jo.jpg", "--at", AT)
    before = run(*asked)
    assert (
        "An attached identity says that “Harbour Press (Jo)” vouches for the content. That is not established: its "
        "signature holds, and no list" in " ".join(before.stdout.split())
    )
    assert run("trust", "import", "people.pem", "--kind", "cawg").code == 0
    after = run(*asked)
    assert (
        "Harbour Press (Jo) also vouches for the content by a signature of their own. Your own list for identities"
        in (" ".join(after.stdout.split()))
    )
    assert (before.code, after.code) == (3, 3)
    signers = [one.json["evidence"]["signer"]["status"] for one in (run(*asked, "--format", "json"),)]
    assert signers == ["unknown"]
