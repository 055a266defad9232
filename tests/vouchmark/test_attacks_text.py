"""Can a file's own words mislead a terminal, a page, a spreadsheet or a parser, or make the check open a connection?"""

from __future__ import annotations

import json
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cbor2
import pytest

from tests.support.attacks import (
    BY_LISTED,
    CAMERA,
    INCONCLUSIVE,
    LISTED,
    NONE,
    OK,
    PASS,
    ROOT,
    UNKNOWN,
    codes,
    examine,
    said,
)
from tests.support.authority import (
    Identity,
    definition,
    join_jpeg,
    jpeg_segment,
    jpeg_segments,
    list_of,
    make_root,
    make_signer,
    picture,
    sign,
    sign_edit,
    store_of,
)
from tests.support.command import Command
from tests.support.media.crafting import actions, assertion_box, sha256, signed
from tests.vouchmark.pages import TAGS, parse
from tests.vouchmark.tricks import DANGER, TRICKS
from vouchmark.render import html
from vouchmark.render import json as as_json
from vouchmark.render.text import render
from vouchmark.report import Line, Report, exit_code


def harmless(report: Report) -> None:
    """Look through every output of a report."""
    for verbosity in (-1, 0, 1, 2):
        for unicode in (True, False):
            text = render(report, width=100, colour=False, verbosity=verbosity, unicode=unicode)
            assert not DANGER.search(text), repr(text)
            for line in text.splitlines():
                assert not line.startswith(("=", "+", "@", "integrity: pass", "verdict: allow")), repr(line)
    page = html.render(report)
    assert not DANGER.search(page)
    assert {one.tag for one in parse(page).all()} <= TAGS
    written = as_json.dumps(report)
    raw = written if isinstance(written, str) else written.decode()
    assert not DANGER.search(raw), repr(raw)
    assert "<script" not in raw
    assert not [text for text in strings(json.loads(raw)) if DANGER.search(text) or text.startswith(("=", "@"))]


def strings(value: Any) -> Iterator[str]:
    """Every string of a JSON document, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for one in pair for text in strings(one))
    elif isinstance(value, list):
        yield from (text for one in value for text in strings(one))


def named(trick: str) -> Identity:
    """A signer whose certificate carries the trick as its names."""
    return make_signer(ROOT, organization=trick[:60], common_name=trick[:60])


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_a_signers_name_is_harmless_vouched_for_or_not(trick: str) -> None:
    data = signed(named(trick))
    for store, status in ((LISTED, PASS), (NONE, UNKNOWN)):
        report = examine(data, store)
        assert report.evidence[Line.SIGNER].status is status, codes(report, Line.SIGNER)
        harmless(report)


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_titles_and_generators_are_harmless(trick: str) -> None:
    report = examine(signed(CAMERA, claim={"dc:title": trick, "claim_generator_info": {"name": trick}}))
    assert said(report).startswith(BY_LISTED)
    harmless(report)


@pytest.mark.parametrize("trick", [TRICKS[name] for name in TRICKS if name != "nul"])
def test_a_parents_title_is_harmless(trick: str) -> None:
    report = examine(sign_edit(CAMERA, sign(CAMERA), title=trick))
    assert codes(report, Line.HISTORY) == ["history.parent.intact"]
    harmless(report)


@pytest.mark.parametrize("trick", [TRICKS[name] for name in ("rtl-override", "ansi", "formula-at", "invisible")])
def test_a_files_name_is_harmless(tmp_path: Path, trick: str) -> None:
    path = tmp_path / f"{trick.replace('/', '')}.jpg"
    path.write_bytes(sign(CAMERA))
    harmless(examine(path))


def test_a_title_cannot_close_its_quotes() -> None:
    statement = examine(sign_edit(CAMERA, sign(CAMERA), title=TRICKS["quotes"])).evidence[Line.HISTORY].summary
    assert statement.count("“") == statement.count("”") == 1


def test_an_unknown_action_and_source_type_are_harmless() -> None:
    source = f"http://cv.iptc.org/newscodes/digitalsourcetype/{TRICKS['ansi']}{TRICKS['rtl-override']}"
    harmless(examine(signed(CAMERA, assertions=[actions({"action": "c2pa.created", "digitalSourceType": source})])))


@contextmanager
def beacon() -> Iterator[tuple[int, list[str]]]:
    """A port of this machine, and who connected to it."""
    seen: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        done = threading.Event()

        def listen() -> None:
            while not done.is_set():
                try:
                    connection, address = server.accept()
                except TimeoutError:
                    continue
                seen.append(str(address))
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield server.getsockname()[1], seen
        finally:
            done.set()
            thread.join()


def pointing_to(url: str) -> bytes:
    """A picture that names an address where its Content Credentials are said to be."""
    segments, scan = jpeg_segments(picture())
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dcterms="http://purl.org/dc/terms/"'
        f' dcterms:provenance="{url}"/></rdf:RDF></x:xmpmeta>'
    ).encode()
    xmp = jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)
    return join_jpeg([segments[0], xmp, *segments[1:]], scan)


def test_a_remote_manifest_is_named_and_not_fetched() -> None:
    with beacon() as (port, seen):
        report = examine(pointing_to(f"http://127.0.0.1:{port}/credentials.c2pa"))
    assert not seen
    assert codes(report, Line.INTEGRITY) == ["integrity.remote"]
    assert report.evidence[Line.INTEGRITY].status is UNKNOWN
    assert exit_code(report) is INCONCLUSIVE
    assert said(report).startswith("credentials are kept online at 127.0.0.1; to fetch them, add --online")
    assert "remote Content Credentials" in [gap.what for gap in report.not_checked]


def identity(issuer: str) -> tuple[str, Any]:
    """An identity assertion (CAWG) by an aggregator that a did:web document would have to vouch for."""
    target = actions()
    hashed = sha256(assertion_box(*target)[8:])
    payload = {"sig_type": "cawg.identity_claims_aggregation"}
    reference = {"url": "self#jumbf=c2pa.assertions/c2pa.actions.v2", "hash": hashed}
    provider = {"id": "https://example.com", "name": "Example"}
    claimed = {
        "type": "cawg.social_media",
        "username": "somebody",
        "uri": "https://example.com/somebody",
        "verifiedAt": "2026-01-01T00:00:00Z",
        "provider": provider,
    }
    subject = {
        "verifiedIdentities": [claimed],
        "c2paAsset": payload | {"referenced_assertions": [reference | {"hash": b64encode(hashed).decode()}]},
    }
    credential = {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://cawg.io/identity/1.1/ica/context/"],
        "type": ["VerifiableCredential", "IdentityClaimsAggregationCredential"],
        "issuer": issuer,
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": subject,
    }
    protected = cbor2.dumps({1: -8, 3: "application/vc"})
    cose = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, json.dumps(credential).encode(), bytes(64)]))
    return "cawg.identity", {
        "signer_payload": payload | {"referenced_assertions": [reference]},
        "signature": cose,
        "pad1": b"",
    }


def test_an_identity_by_did_web_opens_no_connection_and_fails_no_other_line() -> None:
    with beacon() as (port, seen):
        data = signed(CAMERA, assertions=[actions(), identity(f"did:web:127.0.0.1%3A{port}")])
        report = examine(data)
    assert not seen
    assert report.evidence[Line.INTEGRITY].status is PASS
    assert report.evidence[Line.SIGNER].status is PASS
    assert exit_code(report) is OK
    assert said(report).startswith(BY_LISTED)


def test_addresses_in_certificates_are_not_followed() -> None:
    from cryptography import x509

    with beacon() as (port, seen):
        address = x509.UniformResourceIdentifier(f"http://127.0.0.1:{port}/")
        access = x509.AuthorityInformationAccess(
            [
                x509.AccessDescription(x509.oid.AuthorityInformationAccessOID.OCSP, address),
                x509.AccessDescription(x509.oid.AuthorityInformationAccessOID.CA_ISSUERS, address),
            ]
        )
        points = x509.CRLDistributionPoints(
            [x509.DistributionPoint(full_name=[address], relative_name=None, reasons=None, crl_issuer=None)]
        )
        for algorithm in ("es256", "ps256"):
            root = make_root(algorithm=algorithm)
            signer = make_signer(root, algorithm=algorithm, extra=[(access, False), (points, False)])
            report = examine(sign(signer), store_of(list_of(root)))
            assert report.evidence[Line.SIGNER].status is PASS, algorithm
            assert "revocation" in [gap.what for gap in report.not_checked]
    assert not seen


def test_the_command_itself_stays_harmless(tmp_path: Path) -> None:
    evil = TRICKS["ansi"] + TRICKS["rtl-override"]
    (tmp_path / "home").mkdir()
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / f"{evil}.jpg").write_bytes(sign_edit(named(evil), sign(CAMERA), title=evil))
    run = Command(folder=folder, home=tmp_path / "home")
    text = run("check", folder)
    assert not DANGER.search(text.stdout + text.stderr)
    lines = run("check", folder, "--format", "jsonl")
    assert not DANGER.search(lines.stdout)
    assert len(lines.lines) == 1


def test_a_definition_with_every_trick_at_once_still_reads() -> None:
    everything = "".join(text for name, text in TRICKS.items() if name != "nul")
    data = sign(CAMERA, manifest=definition(title=everything, claim_generator_info=[{"name": everything}]))
    report = examine(data)
    assert exit_code(report) is OK
    harmless(report)
