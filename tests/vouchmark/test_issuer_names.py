"""Issuers are named by id or by the reader's petname; what one calls itself is shown, and matched by nothing."""

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from tests.vouchmark.people import CLUB, TOWN, issuer_json
from tests.vouchmark.persons_cli import NOVEMBER, Desk, refusal
from vouchmark.lines.person.names import issuer_names
from vouchmark.persons.issuers import IssuerFolder, IssuersError, check_petname
from zk.bbs.ciphersuite import BLS12_381_SHA_256
from zk.profile.personhood import EpochLength, IssuerInfo

AT = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
CAFE = "public:review/cafe"
CLUB_ID, TOWN_ID = CLUB.info.id.hex(), TOWN.info.id.hex()


@pytest.fixture
def kept(tmp_path: Path) -> IssuerFolder:
    return IssuerFolder(tmp_path)


def octets(issuer: object) -> bytes:
    return bytes(issuer_json(issuer)[0])  # type: ignore[arg-type]


class TestPetnames:
    def test_a_petname_stays_through_later_versions_and_names_the_issuer(self, kept: IssuerFolder) -> None:
        kept.add(octets(CLUB), at=AT, petname="club")
        row, before = kept.add(octets(replace(CLUB, serial=2)), at=AT)
        assert (row.petname, row.serial, before is not None) == ("club", 2, True)
        assert [file.petname for file in kept.files()] == ["club"]
        assert kept.remove("club").id == CLUB_ID

    def test_the_same_file_may_get_another_petname(self, kept: IssuerFolder) -> None:
        kept.add(octets(CLUB), at=AT)
        row, before = kept.add(octets(CLUB), at=AT, petname="press")
        assert (row.petname, before.petname if before else "") == ("press", None)
        assert kept.rows()[0].petname == "press"

    def test_two_issuers_have_no_petnames_that_people_take_for_each_other(self, kept: IssuerFolder) -> None:
        kept.add(octets(CLUB), at=AT, petname="club")
        for petname in ("club", "CLUB", "сlub", "ciub"):
            with pytest.raises(ValueError, match="one issuer's alone"):
                kept.add(octets(TOWN), at=AT, petname=petname)
        assert [row.id for row in kept.rows()] == [CLUB_ID]

    @pytest.mark.parametrize("petname", ["", " a", "a\n", "ab" * 32, "deadbeef", "a" * 41, "e\u0301", "a\u202eb"])
    def test_what_is_no_petname_is_refused(self, petname: str) -> None:
        with pytest.raises(ValueError, match="petname"):
            check_petname(petname)

    def test_an_own_name_or_id_as_name_names_nothing(self, kept: IssuerFolder) -> None:
        kept.add(octets(CLUB), at=AT)
        for word in ("Harbour Press Club", CLUB_ID[:7], TOWN_ID):
            with pytest.raises(LookupError):
                kept.remove(word)

    def test_an_index_from_before_there_were_petnames_is_read(self, kept: IssuerFolder) -> None:
        kept.add(octets(CLUB), at=AT, petname="club")
        path = kept.path / "index.json"
        index = json.loads(path.read_text())
        del index["issuers"][0]["petname"]
        path.write_text(json.dumps(index))
        assert kept.rows()[0].petname is None
        index["issuers"][0]["petname"] = "club"
        index["issuers"].append({**index["issuers"][0], "id": TOWN_ID})
        path.write_text(json.dumps(index))
        with pytest.raises(IssuersError, match="a petname stands there twice"):
            kept.rows()
        del index["issuers"][1]
        for broken in (7, "deadbeef"):
            index["issuers"][0]["petname"] = broken
            path.write_text(json.dumps(index))
            with pytest.raises(IssuersError, match="damaged"):
                kept.rows()


class TestWords:
    def test_own_names_are_quoted_and_petnames_go_first(self) -> None:
        names = issuer_names([("ab" * 32, "Club"), ("cd" * 32, "Town")], petnames={"ab" * 32: "press"})
        assert names["ab" * 32, "Club"] == "press, which uses the name “Club”"
        assert names["cd" * 32, "Town"] == "“Town”"

    def test_one_that_is_taken_for_another_is_shown_with_its_number(self) -> None:
        names = issuer_names([("ab" * 32, "Club"), ("cd" * 32, "Сlub")])
        assert sorted(names.values()) == ["“Club” (issuer abababab…)", "“Сlub” (issuer cdcdcdcd…)"]

    def test_one_that_takes_a_petname_of_the_readers_is_shown_with_its_number(self) -> None:
        names = issuer_names([("ab" * 32, "Club"), ("cd" * 32, "press")], petnames={"ab" * 32: "press"})
        assert names["cd" * 32, "press"] == "“press” (issuer cdcdcdcd…)"

    @pytest.mark.parametrize("name", ["Club ｄｅａｄｂｅｅｆ", "０１２３４５６７", "Club dеаd-bееf"])
    def test_nor_are_those_that_are_written_otherwise(self, name: str) -> None:
        (said,) = issuer_names([("ab" * 32, name)]).values()
        assert said.endswith(" (issuer abababab…)")

    def test_digits_in_a_name_are_not_left_alone(self) -> None:
        assert issuer_names([("ab" * 32, "Club deadbeef")]) == {
            ("ab" * 32, "Club deadbeef"): "“Club deadbeef” (issuer abababab…)"
        }


class TestCommands:
    def test_nobody_makes_an_issuer_that_is_called_by_anothers_id(self, tmp_path: Path) -> None:
        """A policy that names an issuer by its id was satisfied by one that called itself so."""
        desk = Desk(tmp_path)
        error, _ = refusal(desk.run("issuer", "init", desk.path("rogue"), "--name", CLUB_ID, code=2))
        assert "looks like an issuer's id" in error
        assert not (tmp_path / "rogue").exists()

    def test_a_petname_in_a_policy_counts_its_issuer_and_no_namesake(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path)
        desk.issuer()
        desk.enrol()
        photo = tmp_path / "a.png"
        Image.new("RGB", (8, 8), "red").save(photo)
        desk.run("vouch", "make", str(photo), "--scope", CAFE, "-y", "--no-pdq", "--at", NOVEMBER)
        rules = tmp_path / "policy.toml"
        rules.write_text(
            'name = "p"\notherwise = "review"\n[[rules]]\noutcome = "allow"\n'
            f'when = {{ people = {{ issuer = "press", scope = "{CAFE}" }} }}\n'
        )
        check = ["check", str(photo), "--policy", str(rules), "--at", NOVEMBER, "--format", "json"]
        result = desk.run(*check, code=2)
        assert "no kept issuer has the petname 'press'" in result.stderr
        desk.run("trust", "issuer", "add", desk.path("club/issuer.json"), "--as", "press")
        report = json.loads(desk.run(*check, code=3).stdout)
        assert report["verdict"]["outcome"] == "allow"
        assert "enrolled by press, which uses the name “Harbour Press Club”" in report["evidence"]["person"]["summary"]
        (issuer,) = report["inputs"]["options"]["person"]["issuers"]
        assert issuer["petname"] == "press"
        # The name that it gave itself is no petname, for whoever wrote that policy.
        desk.run("trust", "issuer", "remove", "press")
        desk.run("trust", "issuer", "add", desk.path("club/issuer.json"))
        rules.write_text(rules.read_text().replace('"press"', '"Harbour Press Club"'))
        desk.run(*check, code=2)

    def test_a_namesake_and_a_changed_name_are_told(self, tmp_path: Path) -> None:
        desk = Desk(tmp_path)
        (tmp_path / "a.json").write_bytes(named("Harbour Press Club", serial=1))
        (tmp_path / "b.json").write_bytes(octets(replace(TOWN, name="Harbоur Press Club")))  # with a Cyrillic о
        (tmp_path / "c.json").write_bytes(named("City Registry", serial=2))
        desk.run("trust", "issuer", "add", desk.path("a.json"))
        told = desk.run("trust", "issuer", "add", desk.path("b.json")).stderr
        assert "you trust another issuer that calls itself “Harbour Press Club”" in told
        assert "people may take for this one" in told
        told = desk.run("trust", "issuer", "add", desk.path("c.json")).stderr
        assert told == "note: it called itself “Harbour Press Club” before\n"
        refusal(desk.run("trust", "issuer", "add", desk.path("c.json"), "--as", "deadbeef", code=2))


def named(name: str, *, serial: int) -> bytes:
    """Return an issuer.json by one and the same issuer, whatever it calls itself."""
    return IssuerInfo.sign(
        Ed25519PrivateKey.from_private_bytes(bytes(32)),
        name=name,
        suite=BLS12_381_SHA_256,
        n=4,
        epoch_length=EpochLength.MONTH,
        slots=1,
        serial=serial,
        keys=[],
        counts=[],
        resets=0,
    ).to_json()
