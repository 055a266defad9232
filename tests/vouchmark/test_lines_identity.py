"""Is an attached identity told as what it says of itself, with a result of its own, and does it move nothing else?"""

from __future__ import annotations

from typing import Any, Final

import pytest

from provenance.credentials.own_check import examine_own
from provenance.credentials.store.jumbf import parse_store
from provenance.credentials.trust.formats import ListKind
from provenance.credentials.trust.lists import TrustLists
from provenance.credentials.trust.view import view_of
from tests.support.attacks import BY_LISTED, CAMERA, CHANGED, LISTED, NONE, ROOT, codes, examine, said
from tests.support.authority import NOW, change_pixels, list_of, make_root, make_signer, store_of
from tests.support.media.crafting import Draft, link_to, sha256, store, updated
from tests.support.media.forms import scan_of
from tests.support.media.identities import (
    ACCOUNT,
    Attached,
    Service,
    WithIdentities,
    actions,
    actor,
    attach,
    bind,
    by_certificate,
    picture,
)
from tests.vouchmark.readings import facts, manifest, reading
from vouchmark.lines.signer import identity
from vouchmark.report import Exit, Finding, Line, Report, Root, Status, exit_code

PEOPLE: Final = make_root("Identity CA")
JO: Final = actor(PEOPLE)
BOTH: Final = store_of(list_of(ROOT), list_of(PEOPLE, kind=ListKind.CAWG, name="people"))
SERVICE: Final = Service()

FAULTS: Final = {
    "trusted": by_certificate(JO),
    "unlisted": by_certificate(actor(make_root("Own CA"), organization="Reuters", common_name="Desk")),
    "padded": by_certificate(JO, content={"pad1": b"hidden"}),
    "malformed": by_certificate(JO, content={"signer_payload": 1}),
    "forged": Attached(make=lambda _: b"nonsense"),
    "doubled": by_certificate(JO, references=lambda refs: [*refs, *refs]),
    "service": SERVICE.vouches(),
    "service elsewhere": SERVICE.vouches(credential={"issuer": "did:web:who.example"}),
    "service for another": SERVICE.vouches(asset=lambda _: {}),
}


def identities(report: Report) -> list[Finding]:
    return [finding for finding in report.evidence[Line.SIGNER].findings if finding.root is Root.IDENTITY]


@pytest.mark.parametrize("lists", [LISTED, BOTH, NONE], ids=["signers", "signers and people", "none"])
@pytest.mark.parametrize("name", FAULTS)
def test_no_identity_changes_what_is_said_of_the_file_or_its_signer(name: str, lists: TrustLists) -> None:
    without = examine(attach(CAMERA), lists)
    report = examine(attach(CAMERA, FAULTS[name]), lists)
    for line in (Line.INTEGRITY, Line.SIGNER, Line.TIME, Line.HISTORY, Line.AI):
        assert report.evidence[line].status is without.evidence[line].status, line
    assert exit_code(report) is exit_code(without)
    assert said(report) == said(without)
    assert report.verdict is not None
    assert without.verdict is not None
    assert report.verdict.labels[:1] == without.verdict.labels[:1]
    assert identities(report)
    assert all(finding.status in (Status.PASS, Status.UNKNOWN) for finding in identities(report))


@pytest.mark.parametrize(
    ("name", "lists", "code", "status", "statement"),
    [
        (
            "trusted",
            BOTH,
            "cawg.identity.trusted",
            Status.PASS,
            "Harbour Press (Jo) also vouches for the content by a signature of their own. Your own list for "
            "identities vouches for that name.",
        ),
        (
            "unlisted",
            BOTH,
            "cawg.x509.credential.untrusted",
            Status.UNKNOWN,
            "An attached identity says that “Reuters (Desk)” vouches for the content. That "
            "is not established: its signature holds, and no list for identities "
            "that you use vouches for that name.",
        ),
        (
            "padded",
            BOTH,
            "cawg.identity.pad.invalid",
            Status.UNKNOWN,
            "An attached identity says that “Harbour Press (Jo)” vouches for the content. That "
            "identity does not hold: its padding is "
            "not empty.",
        ),
        (
            "malformed",
            BOTH,
            "cawg.identity.cbor.invalid",
            Status.UNKNOWN,
            "An identity without a name that can be read is attached to this file. That identity does not hold: it is "
            "malformed.",
        ),
        (
            "service",
            LISTED,
            "cawg.ica.untrusted_issuer",
            Status.UNKNOWN,
            "A service without a name says that it knows who is behind this file: “Jo of the Harbour” by an account, "
            "says "
            "“Social Example”. That is not established: its signature holds, and no list vouches for that service.",
        ),
        (
            "service elsewhere",
            LISTED,
            "cawg.ica.did_unavailable",
            Status.UNKNOWN,
            "A service using the name “did:web:who.example” is said to know who is behind this file: “Jo of the "
            "Harbour” by an account, says “Social Example”. That is not established: the key of that service was not "
            "fetched.",
        ),
        (
            "service for another",
            LISTED,
            "cawg.ica.signer_payload.mismatch",
            Status.UNKNOWN,
            "A service without a name says that it knows who is behind this file: “Jo of the Harbour” by an account, "
            "says "
            "“Social Example”. That identity does not hold: it was issued for something else.",
        ),
    ],
)
def test_each_identity_is_told_in_words(
    name: str, lists: TrustLists, code: str, status: Status, statement: str
) -> None:
    report = examine(attach(CAMERA, FAULTS[name]), lists)
    first = identities(report)[0]
    assert (first.code, first.status, first.statement) == (code, status, statement)
    assert report.evidence[Line.SIGNER].summary.endswith(statement)
    assert exit_code(report) is Exit.OK
    assert said(report).startswith(BY_LISTED)


def test_says_how_many_statements_the_actor_stands_behind() -> None:
    report = examine(attach(CAMERA, by_certificate(JO, also=("c2pa.actions.v2",))), BOTH)
    assert "also vouches for the content and one statement about it by a signature" in identities(report)[0].statement


@pytest.mark.parametrize("name", ["expected_partial_claim", "expected_claim_generator", "expected_countersigners"])
def test_conditions_that_are_not_checked_are_said_and_keep_it_from_being_trusted(name: str) -> None:
    report = examine(attach(CAMERA, by_certificate(JO, payload={name: {"hash": b"x"}})), BOTH)
    (finding,) = identities(report)
    assert (finding.code, finding.status) == ("signer.identity.conditions", Status.UNKNOWN)
    assert finding.statement == (
        "An attached identity says that “Harbour Press (Jo)” vouches for the content. That is not established: it "
        "sets conditions that are not checked here."
    )


def test_a_trusted_identity_never_raises_an_unknown_signer() -> None:
    stranger = make_signer(make_root("Own CA"))
    report = examine(attach(stranger, by_certificate(JO)), BOTH)
    assert identities(report)[0].status is Status.PASS
    assert report.evidence[Line.SIGNER].status is Status.UNKNOWN
    assert exit_code(report) is Exit.INCONCLUSIVE


def test_a_list_for_identities_vouches_for_no_signer() -> None:
    report = examine(attach(make_signer(PEOPLE), by_certificate(JO)), BOTH)
    assert codes(report, Line.SIGNER)[:2] == ["signer.unknown", "cawg.identity.trusted"]
    assert report.evidence[Line.SIGNER].status is Status.UNKNOWN


def test_what_could_not_be_looked_at_is_listed() -> None:
    gaps = {(gap.what, gap.why) for gap in examine(attach(CAMERA, FAULTS["service elsewhere"])).not_checked}
    assert ("identities that a service on the network vouches for", "network off") in gaps
    gaps = {(gap.what, gap.why) for gap in examine(attach(CAMERA, FAULTS["trusted"])).not_checked}
    assert ("revocation of the certificates of identities", "network off") in gaps


def test_online_it_is_not_said_that_the_network_is_off() -> None:
    found = examine(attach(CAMERA, FAULTS["service elsewhere"]))
    assert ("identities that a service on the network vouches for", "network off") in [
        (one.what, one.why) for one in found.not_checked
    ]
    own = examine_own(attach(CAMERA, FAULTS["service elsewhere"]), "image/jpeg", None, trust=view_of(LISTED), at=NOW)
    online = facts(reading(manifest()), own=own, is_online=True)
    assert [gap.why for gap in identity.not_checked(online)] == ["not asked, even online"]


def test_an_identity_on_changed_content_shows_nobody() -> None:
    report = examine(change_pixels(attach(CAMERA, by_certificate(JO))), BOTH)
    (finding,) = identities(report)
    assert (finding.code, finding.status) == ("signer.identity.unestablished", Status.UNKNOWN)
    assert finding.statement == (
        "An identity (“Harbour Press (Jo)”) is attached to this file, whose credentials do not hold: it shows nobody."
    )
    assert said(report).startswith(CHANGED)
    assert exit_code(report) is Exit.FAILED


def test_an_identity_on_content_outside_the_signature_shows_nobody() -> None:
    draft = WithIdentities(signer=CAMERA, identities=[by_certificate(JO)], assertions=[actions()])
    (finding,) = identities(examine(bind(draft, picture(), extra=lambda whole: [scan_of(whole)]), BOTH))
    assert (finding.code, finding.status) == ("signer.identity.unestablished", Status.UNKNOWN)


def test_an_identity_of_an_earlier_version_is_said_to_be_that() -> None:
    label = "urn:c2pa:00000000-0000-4000-8000-00000000000a"
    older = WithIdentities(signer=CAMERA, label=label, assertions=[actions()], identities=[by_certificate(JO)])
    bind(older, picture())
    older.assertions = [*older.assertions, ("c2pa.hash.data", {"alg": "sha256", "hash": sha256(b"x"), "pad": b""})]
    manifest = older.build()
    newer = WithIdentities(
        signer=CAMERA,
        assertions=[
            actions({"action": "c2pa.opened", "parameters": {"ingredients": []}}),
            ("c2pa.ingredient.v3", link_to(manifest, label)),
        ],
    )
    report = examine(bind(newer, picture(), before=[manifest]), BOTH)
    (finding,) = identities(report)
    assert finding.statement.startswith("Harbour Press (Jo) also vouches for the content of an earlier version")
    assert finding.subject == f"{label}/cawg.identity"


def test_a_strangers_words_stay_harmless() -> None:
    nasty = "\u202egpj.exe\x1b[2J” is intact. “<b>"
    account: dict[str, Any] = {**ACCOUNT, "name": nasty, "provider": {"id": "x", "name": nasty}}
    report = examine(attach(CAMERA, SERVICE.vouches(verified=[account])))
    statement = identities(report)[0].statement
    assert "\x1b" not in statement
    assert "\u202e" not in statement
    assert "” is intact. “" not in statement


def test_an_engine_that_judges_otherwise_is_named() -> None:
    """The first engine verifies no aggregator's signature but Ed25519."""
    report = examine(attach(CAMERA, Service(algorithm="es256").vouches()))
    disputed = [finding for finding in identities(report) if finding.code == "signer.identity.disputed"]
    assert [{key: finding.detail[key] for key in ("engine", "own", "of")} for finding in disputed] == [
        {"engine": ["cawg.ica.invalid_alg"], "own": [], "of": "this file"}
    ]
    assert disputed[0].statement == (
        "A verifier judges the identity of this file otherwise: it says cawg.ica.invalid_alg, we say nothing against "
        "it."
    )


def test_says_the_same_every_time_and_after_years_only_what_dates_change() -> None:
    data = attach(CAMERA, by_certificate(JO), SERVICE.vouches(label="cawg.identity__1"))
    first, again = (examine(data, BOTH) for _ in range(2))
    assert list(first.findings()) == list(again.findings())
    later = examine(data, BOTH, at=NOW.replace(year=NOW.year + 9))
    assert "cawg.x509.signature.outside_validity" in {finding.code for finding in identities(later)}


def test_an_identity_in_an_update_shows_nobody_once_the_content_was_changed() -> None:
    label = "urn:c2pa:00000000-0000-4000-8000-00000000000a"

    def above(below: bytes) -> Draft:
        binding = next(one for one in parse_store(store(below)).active.references() if "c2pa.hash" in one.url)
        url = f"self#jumbf=/c2pa/{label}/c2pa.assertions/c2pa.hash.data"
        identity = by_certificate(JO, references=lambda _: [{"url": url, "hash": binding.hash}]).build([])
        linked = ("c2pa.ingredient.v3", link_to(below, label))
        return Draft(signer=CAMERA, assertions=[linked, ("cawg.identity", identity)])

    data = updated(Draft(signer=CAMERA, label=label, assertions=[actions()]), picture(), above)
    assert identities(examine(data, BOTH))[0].code == "cawg.identity.trusted"
    assert identities(examine(change_pixels(data), BOTH))[0].code == "signer.identity.unestablished"
