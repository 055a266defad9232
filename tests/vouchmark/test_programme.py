"""Does `check --format crjson` answer the conformance programme's validator cases with the codes that it expects?

Its four inputs are an asset, a list of signers, a list of time-stamping authorities and a validation time. Each case of
the programme (C2PA public test files, the validator suite) stands here with the programme's own expectation, on a file
of our own making, and runs through the installed command. Those that cannot be made here are named in
`NOT_MADE`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.attacks import CAMERA, LONG, PAST, ROOT, examine
from tests.support.authority import (
    ANY_PURPOSE,
    CLAIM_SIGNING,
    DAY,
    EMAIL_PROTECTION,
    NOW,
    certify,
    created,
    list_of,
    make_root,
    make_signer,
    picture,
    sign,
    store_of,
)
from tests.support.command import AT, Command
from tests.support.media.crafting import Draft, actions, link_to, make_authority, revocation_answer, signed
from tests.support.media.forms import FORMS
from tests.support.media.histories import PARENT, earlier, edited
from tests.support.media.parts import parted_jpeg
from tests.vouchmark import test_validator_cases as cases
from vouchmark.report import Line

NOT_MADE: Final[Mapping[str, str]] = {}
"""Cases of the programme whose file cannot be made here, and why: none. What the files are not is the programme's own:
its authorities, its validation times and its generator."""

VALID: Final = ("claimSignature.validated", "signingCredential.trusted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What one manifest's results must hold, in the programme's own terms."""

    success: tuple[str, ...] = ()
    no_success: tuple[str, ...] = ()
    informational: tuple[str, ...] = ()
    no_informational: tuple[str, ...] = ()
    exactly: tuple[str, ...] = ()
    """All successes, where the programme names all."""
    failure: tuple[str, ...] = ()
    any_failure: tuple[str, ...] = ()
    is_clean: bool = False
    """No failure at all."""
    is_bare: bool = False
    """No success at all."""

    def hold(self, results: Mapping[str, Any], told: str) -> None:
        found = {kind: {entry["code"] for entry in results[kind]} for kind in ("success", "informational", "failure")}
        told = f"{told}: {found}"
        assert set(self.success) <= found["success"], told
        assert not set(self.no_success) & found["success"], told
        assert set(self.informational) <= found["informational"], told
        assert not set(self.no_informational) & found["informational"], told
        assert not self.exactly or set(self.exactly) == found["success"], told
        assert set(self.failure) <= found["failure"], told
        assert not self.any_failure or set(self.any_failure) & found["failure"], told
        assert not (self.is_clean and found["failure"]), told
        assert not (self.is_bare and found["success"]), told


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: a file, the lists that it is judged by, and one expectation for each manifest."""

    name: str
    build: Callable[[], bytes]
    manifests: tuple[Expect, ...]
    lists: str = "listed"
    exit: int | None = None


def case(name: str, build: Callable[[], bytes], *manifests: Expect, lists: str = "listed", code: int = 1) -> Case:
    return Case(name=name, build=build, manifests=manifests, lists=lists, exit=code)


OTHER: Final = make_root("Elsewhere", **LONG)
LISTS: Final[Mapping[str, tuple[tuple[Any, ...], tuple[Any, ...]]]] = {
    "listed": ((ROOT,), (cases.TIME_ROOT,)),
    "middle": ((cases.MIDDLE,), (cases.TIME_ROOT,)),
    "middle-and-root": ((cases.MIDDLE, ROOT), (cases.TIME_ROOT,)),
    "for-time-only": ((OTHER,), (ROOT,)),
    "old": ((cases.OLD_ROOT,), (cases.TIME_ROOT,)),
    "old-other-time": ((cases.OLD_ROOT,), (OTHER,)),
    "old-time-among-signers": ((cases.OLD_ROOT, cases.TIME_ROOT), (OTHER,)),
}
"""(roots of signers, roots of time-stamping authorities) by name."""

CLEAN: Final = Expect(success=VALID, is_clean=True)
NO_SIGNER: Final = Expect(any_failure=("signingCredential.untrusted", "signingCredential.invalid"),
                          no_success=("signingCredential.trusted",))  # fmt: skip
UNTRUSTED: Final = Expect(failure=("signingCredential.untrusted",), no_success=("signingCredential.trusted",))
INVALID: Final = Expect(failure=("signingCredential.invalid",), no_success=("claimSignature.validated",))
OUTSIDE: Final = Expect(failure=("claimSignature.outsideValidity",), no_success=("claimSignature.validated",))
SKIPPED: Final = Expect(
    informational=("signingCredential.ocsp.skipped",), no_success=("signingCredential.ocsp.notRevoked",)
)
UNMATCHED: Final = ("assertion.multiAssetHash.match",)


def stamped_with(code: str) -> Expect:
    return Expect(
        failure=("claimSignature.outsideValidity",), informational=(code,), no_success=("claimSignature.validated",)
    )


def stop(code: str) -> Expect:
    return Expect(failure=(code,), no_success=VALID)


def sound(media_type: str) -> Callable[[], bytes]:
    return lambda: sign(CAMERA, FORMS[media_type](), media_type=media_type)


def changed(media_type: str) -> Callable[[], bytes]:
    def build() -> bytes:
        data = sound(media_type)()
        return data[:-1] + bytes((data[-1] ^ 1,))

    return build


def purposes(*oids: str) -> Callable[[], bytes]:
    return lambda: signed(make_signer(ROOT, purposes=oids or None))


class WithoutCreated(Draft):
    """A version 2 claim that names no created assertions."""

    def claim_bytes(self) -> bytes:
        import cbor2

        claim = cbor2.loads(super().claim_bytes())
        claim["gathered_assertions"] = claim.pop("created_assertions")
        return cbor2.dumps(claim)


class NotCbor(Draft):
    """One of its assertions holds no CBOR, and is signed as it stands."""

    def parts(self) -> list[bytes]:
        return [part.replace(BROKEN_NOTE[0], BROKEN_NOTE[1]) for part in super().parts()]

    def references(self) -> list[dict[str, Any]]:
        from tests.support.media.crafting import assertion_box, sha256

        found = super().references()
        for reference, (label, content) in zip(found, self.assertions, strict=True):
            box = assertion_box(label, content).replace(BROKEN_NOTE[0], BROKEN_NOTE[1])
            reference["hash"] = sha256(box[8:])
        return found


BROKEN_NOTE: Final = (b"\xa1dnotehbroken!!", b"\xa1dnoteh\xff\xfe\xfd\xfcoken")
"""A map with a text of eight bytes, and the same with bytes that are no text."""


ASSERTIONS: Final = (
    case("hashed-uri-unresolvable", lambda: cases.made(cases.Unresolvable),
         Expect(any_failure=("assertion.missing", "hashedURI.missing"))),
    case("malformed-assertion", lambda: cases.made(NotCbor, assertions=[actions(), ("org.test", {"note": "broken!!"})]),
         Expect(failure=("assertion.cbor.invalid",))),
    case("missing-created-assertions", lambda: cases.made(WithoutCreated), Expect(failure=("claim.malformed",)),
         code=3),
    case("tampered-assertion", cases.tampered,
         Expect(failure=("assertion.hashedURI.mismatch",), no_success=("assertion.dataHash.match",))),
)  # fmt: skip

CLAIMS: Final = (
    case("claim-cbor-invalid", lambda: cases.made(claim_after=lambda claim: b"\xff" * len(claim)),
         Expect(failure=("claim.cbor.invalid",))),
    case("claim-missing", lambda: cases.made(cases.WithoutClaim), stop("claim.missing"), code=4),
    case("claim-multiple", lambda: cases.made(cases.TwoClaims), stop("claim.multiple"), code=4),
    case("hard-bindings-missing", cases.unbound, Expect(failure=("claim.hardBindings.missing",))),
    case("missing-instance-id", lambda: cases.made(cases.WithoutInstance), Expect(failure=("claim.malformed",)),
         code=3),
    case("unsupported-hashed-uri-algorithm", lambda: cases.made(claim={"alg": "md5"}),
         Expect(failure=("algorithm.unsupported",))),
)  # fmt: skip

SIGNABLE: Final = {
    "avif": "image/avif", "m4a": "audio/mp4", "mp4": "video/mp4", "gif": "image/gif", "flac": "audio/flac",
    "mp3": "audio/mpeg", "jpeg": "image/jpeg", "mov": "video/quicktime", "pdf": "application/pdf", "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "wav": "audio/wav",
    "webp": "image/webp", "dng": "image/x-adobe-dng", "tiff": "image/tiff",
}  # fmt: skip
"""The programme's formats that the signing library writes."""

SINGLE: Final = Expect(is_clean=True, exactly=(
    *VALID, "claimSignature.insideValidity", "assertion.hashedURI.match", "assertion.dataHash.match",
))  # fmt: skip

FORMATS: Final = (
    *(case(f"{name}-valid", sound(media), SINGLE if name == "jpeg" else CLEAN, code=0)
      for name, media in SIGNABLE.items()),
    *(case(f"{name}-no-manifest", FORMS[media], code=3) for name, media in SIGNABLE.items()),
    case("jpeg-edited-action", lambda: cases.made(assertions=[actions(created(), {"action": "c2pa.edited"})]),
         SINGLE, code=0),
    case("jpeg-hash-mismatch", changed("image/jpeg"),
         Expect(failure=("assertion.dataHash.mismatch",), no_success=("assertion.dataHash.match",))),
    case("mp4-hash-mismatch", changed("video/mp4"),
         Expect(failure=("assertion.bmffHash.mismatch",), no_success=("assertion.bmffHash.match",))),
    case("multipart-intact", lambda: parted_jpeg(CAMERA),
         Expect(success=("assertion.dataHash.match",), no_success=UNMATCHED, is_clean=True), code=0),
    case("multipart-required-intact", lambda: parted_jpeg(CAMERA, optional=(False, False, True)),
         Expect(success=("assertion.dataHash.match",), no_success=UNMATCHED, is_clean=True), code=0),
    case("multipart-required-kept", lambda: parted_jpeg(CAMERA, keep=(0, 1), optional=(False, False, True)),
         Expect(success=UNMATCHED, is_clean=True), code=3),
    case("multipart-optional-removed", lambda: parted_jpeg(CAMERA, keep=(0, 1)),
         Expect(success=UNMATCHED, is_clean=True), code=3),
    case("multipart-optionals-removed", lambda: parted_jpeg(CAMERA, keep=(0,)),
         Expect(success=UNMATCHED, is_clean=True), code=3),
    case("multipart-extra-data", lambda: parted_jpeg(CAMERA) + b"more",
         Expect(any_failure=("assertion.multiAssetHash.malformed", "assertion.multiAssetHash.mismatch"),
                no_success=UNMATCHED)),
    case("multipart-gap", lambda: parted_jpeg(CAMERA, keep=(0, 1), gap=1),
         Expect(failure=("assertion.multiAssetHash.malformed",), no_success=UNMATCHED)),
    case("multipart-optional-mismatch", lambda: parted_jpeg(CAMERA, keep=(0, 2), change=2),
         Expect(failure=("assertion.multiAssetHash.mismatch",),
                no_success=(*UNMATCHED, "assertion.multiAssetHash.missingPart"))),
    case("multipart-optional-partly-removed", lambda: parted_jpeg(CAMERA)[:-10],
         Expect(any_failure=("assertion.multiAssetHash.malformed", "assertion.multiAssetHash.missingPart",
                             "assertion.multiAssetHash.mismatch"), no_success=UNMATCHED)),
    case("multipart-required-removed", lambda: parted_jpeg(CAMERA, keep=(0,), optional=(False, False, True)),
         Expect(failure=("assertion.multiAssetHash.missingPart",), no_success=UNMATCHED)),
)  # fmt: skip


def broken_parent() -> bytes:
    """An edit of a file whose bytes were changed after it was signed, as its maker saw and recorded."""
    parent = earlier().build()
    seen = [{"code": "assertion.dataHash.mismatch", "url": "self#jumbf=c2pa.assertions/c2pa.hash.data"}]
    results = {"activeManifest": {"success": [], "informational": [], "failure": seen}}
    return edited(parent, before=(parent,), link=link_to(parent, PARENT, validationResults=results))


HOLDS: Final = Expect(success=(*VALID, "claimSignature.insideValidity"), is_clean=True)
INGREDIENTS: Final = (
    case("ingredient-with-hard-binding-mismatch", broken_parent, HOLDS,
         Expect(failure=("assertion.dataHash.mismatch",), no_success=("assertion.dataHash.match",))),
    case("ingredient-with-missing-manifest", lambda: edited(earlier().build(), before=()),
         Expect(any_failure=("ingredient.claimSignature.missing", "ingredient.manifest.missing"))),
    case("opened-with-ingredient", lambda: edited(parent := earlier().build(), before=(parent,)), HOLDS, HOLDS, code=0),
)  # fmt: skip


def answered_in_time() -> bytes:
    """An answer that was good when it was signed, and has aged since."""
    signer = make_signer(cases.OLD_ROOT, **LONG)
    when = cases.IN_TIME
    answer = revocation_answer(signer, this_update=when - cases.HOUR, next_update=when + cases.HOUR)
    return cases.stamped(signer, cose={"answers": [answer]})


def answered_after_stamp() -> bytes:
    """A good answer for now, and a stamp from a time that it does not speak of."""
    signer = make_signer(cases.OLD_ROOT, **LONG)
    return cases.stamped(signer, cose={"answers": [revocation_answer(signer)]})


OCSP: Final = (
    case("ocsp-good", lambda: cases.answered(revocation_answer(CAMERA)),
         Expect(success=(*VALID, "signingCredential.ocsp.notRevoked")), code=0),
    case("ocsp-revoked", lambda: cases.answered(cases.revoking()),
         Expect(failure=("signingCredential.ocsp.revoked",), no_informational=("signingCredential.ocsp.skipped",),
                no_success=("signingCredential.ocsp.notRevoked", "signingCredential.trusted"))),
    case("ocsp-intermediate-revoked", lambda: cases.answered(cases.revoking(signer=cases.MIDDLE), cases.UNDER_MIDDLE),
         UNTRUSTED),
    *(case(f"ocsp-skipped-{fault}", lambda fault=fault: cases.answered(cases.UNBELIEVED[fault]()), SKIPPED,
           # Who appoints himself could write anything into the store: the bytes are not all accounted for.
           code=3 if fault == "unauthorised" else 0)
      for fault in cases.UNBELIEVED),
    case("ocsp-skipped-after-time-stamp", answered_after_stamp, SKIPPED, lists="old", code=0),
    case("ocsp-valid-at-time-stamp", answered_in_time, Expect(success=("signingCredential.ocsp.notRevoked",)),
         lists="old", code=0),
)  # fmt: skip

SIGNATURES: Final = (
    *(case(f"signature-{name}", lambda name=name: cases.by(name), CLEAN, code=0)
      for name in ("es256", "es384", "es512", "ps256", "ps384", "ps512", "ed25519")),
    case("signer-is-an-authority",
         lambda: signed(make_signer(ROOT, is_authority=True, usages=("digital_signature",))), INVALID),
    case("signer-may-sign-certificates",
         lambda: signed(make_signer(ROOT, usages=("digital_signature", "key_cert_sign"))), INVALID),
    case("signer-expired", lambda: signed(make_signer(ROOT, start=NOW - 9 * DAY, end=NOW - DAY)), OUTSIDE, code=3),
    case("signer-not-yet-valid", lambda: signed(make_signer(ROOT, start=NOW + DAY, end=NOW + 9 * DAY)), OUTSIDE,
         code=3),
    case("signature-missing", lambda: cases.made(cases.WithoutSignature),
         Expect(failure=("claimSignature.missing",), no_success=("claimSignature.validated",))),
    case("signature-uri-invalid",
         lambda: cases.made(claim={"signature": f"self#jumbf=/c2pa/{Draft.label}/c2pa.wrong-signature-label"}),
         Expect(failure=("claimSignature.missing",), no_success=("claimSignature.validated",))),
    case("wrong-signing-key", lambda: cases.made(cose={"chain": make_signer(ROOT).chain}),
         Expect(failure=("claimSignature.mismatch",), no_success=("claimSignature.validated",))),
)  # fmt: skip

STAMPED: Final = Expect(success=(*VALID, "timeStamp.validated", "timeStamp.trusted"), is_clean=True)
LATE_TSA: Final = make_authority(cases.TIME_ROOT, start=NOW - 20 * DAY, end=NOW + DAY)
TIMES: Final = (
    case("expired-late-stamp", lambda: cases.stamped(when=NOW - 10 * DAY),
         Expect(failure=("claimSignature.outsideValidity",), success=("timeStamp.trusted",),
                no_success=("claimSignature.validated",)), lists="old", code=3),
    case("expired-no-stamp", lambda: signed(cases.OLD), OUTSIDE, lists="old", code=3),
    case("expired-stamp-outside-tsa", lambda: cases.stamped(by=LATE_TSA), stamped_with("timeStamp.outsideValidity"),
         lists="old", code=3),
    case("expired-untrusted-stamp", cases.stamped, stamped_with("timeStamp.untrusted"), lists="old-other-time", code=3),
    case("tsa-no-eku",
         lambda: cases.stamped(by=make_authority(cases.TIME_ROOT, purposes=(CLAIM_SIGNING,), **LONG)),
         stamped_with("timeStamp.untrusted"), lists="old", code=3),
    case("tsa-on-the-wrong-list", cases.stamped, stamped_with("timeStamp.untrusted"), lists="old-time-among-signers",
         code=3),
    case("intermediate-expired-in-time", lambda: cases.stamped(make_signer(cases.EXPIRED_MIDDLE, **LONG)), STAMPED,
         lists="old", code=0),
    case("signer-expired-in-time", cases.stamped, STAMPED, lists="old", code=0),
    case("untrusted-stamp-valid-signer", lambda: cases.stamped(make_signer(cases.OLD_ROOT, **LONG)),
         Expect(success=VALID, informational=("timeStamp.untrusted",)), lists="old-other-time", code=0),
    case("tsa-expired-since", lambda: cases.stamped(by=make_authority(cases.TIME_ROOT, **PAST)), STAMPED, lists="old",
         code=0),
)  # fmt: skip

ROOM_BELOW: Final = certify({"O": "Test Authority", "CN": "One more"}, issuer=ROOT, is_authority=True, path_length=1)
ONE_BELOW: Final = certify({"O": "Test Authority", "CN": "Last"}, issuer=ROOM_BELOW, is_authority=True)
SUB_CA: Final = Expect(failure=("claimSignature.outsideValidity",), is_bare=True)
TRUST: Final = (
    case("root-listed", lambda: signed(cases.UNDER_MIDDLE), CLEAN, code=0),
    case("issuing-ca-listed", lambda: signed(cases.UNDER_MIDDLE, cose={"chain": cases.UNDER_MIDDLE.chain[:1]}), CLEAN,
         lists="middle", code=0),
    case("issuing-ca-and-root-listed", lambda: signed(cases.UNDER_MIDDLE), CLEAN, lists="middle-and-root", code=0),
    case("issuing-ca-embedded-and-listed", lambda: signed(cases.UNDER_MIDDLE), CLEAN, lists="middle", code=0),
    case("chain-in-order", lambda: signed(cases.UNDER_MIDDLE), CLEAN, code=0),
    case("sub-ca-valid-now", lambda: signed(cases.UNDER_MIDDLE), CLEAN, code=0),
    case("path-length-enough", lambda: signed(make_signer(ONE_BELOW)), CLEAN, code=0),
    case("eku-any", purposes(ANY_PURPOSE), NO_SIGNER),
    case("eku-c2pa-and-any", purposes(ANY_PURPOSE, CLAIM_SIGNING), NO_SIGNER),
    case("eku-none", purposes(), NO_SIGNER),
    case("eku-wrong", purposes(EMAIL_PROTECTION), NO_SIGNER, code=3),
    case("eku-several", purposes(EMAIL_PROTECTION, CLAIM_SIGNING), CLEAN, code=0),
    case("issuing-ca-missing", lambda: signed(cases.UNDER_MIDDLE, cose={"chain": cases.UNDER_MIDDLE.chain[:1]}),
         UNTRUSTED, code=3),
    case("issuing-ca-not-listed", lambda: signed(make_signer(make_root("Nobody"))), UNTRUSTED, code=3),
    case("issuing-ca-for-time-only", lambda: sign(CAMERA), UNTRUSTED, lists="for-time-only", code=3),
    case("key-usage-none", lambda: signed(make_signer(ROOT, usages=None)), NO_SIGNER),
    case("path-length", lambda: signed(make_signer(cases.BELOW)), UNTRUSTED, code=3),
    case("sub-ca-expired", lambda: signed(make_signer(cases.STALE)), SUB_CA, code=3),
    case("sub-ca-not-yet-valid", lambda: signed(make_signer(cases.EARLY)), SUB_CA, code=3),
    case("chain-in-reverse-order", lambda: signed(cases.UNDER_MIDDLE, cose={"chain": cases.UNDER_MIDDLE.chain[::-1]}),
         Expect(failure=("claimSignature.mismatch",), no_success=VALID)),
)  # fmt: skip

ALL: Final = (*ASSERTIONS, *CLAIMS, *FORMATS, *INGREDIENTS, *OCSP, *SIGNATURES, *TIMES, *TRUST)


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What the command says of every case: one run for each set of lists."""
    folder = tmp_path_factory.mktemp("programme")
    run = Command(folder=folder, home=folder / "home")
    found: dict[str, Any] = {}
    for name, (signers, authorities) in LISTS.items():
        files = [one for one in ALL if one.lists == name]
        for one in files:
            (folder / one.name).write_bytes(one.build())
        (folder / "signers.pem").write_text("".join(root.pem for root in signers))
        (folder / "times.pem").write_text("".join(root.pem for root in authorities))
        lists = ("--no-default-trust", "--trust", "signers.pem", "--tsa-trust", "times.pem", "--at", AT)
        done = run("check", *(one.name for one in files), *lists, "--format", "crjson", "-o", f"{name}.crjson")
        assert done.stderr == ""
        written = json.loads((folder / f"{name}.crjson").read_text())
        found.update(zip((one.name for one in files), written if isinstance(written, list) else [written], strict=True))
    return found


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_a_case_has_the_codes_that_the_programme_expects(one: Case, documents: Mapping[str, Any]) -> None:
    document = documents[one.name]
    assert document["vouchmark"]["name"] == one.name
    assert len(document["manifests"]) == len(one.manifests), document["vouchmark"]
    for expected, manifest in zip(one.manifests, document["manifests"], strict=True):
        expected.hold(manifest["validationResults"], one.name)
        assert manifest["validationResults"]["validationTime"] == AT
        assert manifest["validationResults"]["specVersion"] == "2.4.0"


def test_no_case_is_there_twice_and_none_is_left_out() -> None:
    names = [one.name for one in ALL]
    assert len(set(names)) == len(names)
    assert len(names) - len(OWN_CASES) + len(NOT_MADE) == PROGRAMME


OWN_CASES: Final = (
    "signature-ed25519",
    "chain-in-reverse-order",
    "multipart-required-kept",
    "ocsp-skipped-future",  # the programme's stands as `ocsp-skipped-after-time-stamp`
)
"""Cases that the programme does not have."""
PROGRAMME: Final = 107
"""Cases of the programme's validator suite."""


def exits(document: Mapping[str, Any]) -> int:
    """The documented exit code, from the statuses that stand beside the manifests."""
    status = document["vouchmark"]["status"]
    if "fail" in status.values():
        return 1
    required = {status["integrity"], status["signer"]}
    return 4 if "error" in required else 0 if required == {"pass"} else 3


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_the_lines_of_evidence_say_the_same_as_the_codes(one: Case, documents: Mapping[str, Any]) -> None:
    assert exits(documents[one.name]) == one.exit, documents[one.name]["vouchmark"]["status"]


def test_a_purpose_that_the_programme_does_not_know_counts_in_a_report_alone() -> None:
    data = signed(make_signer(ROOT, purposes=(EMAIL_PROTECTION,)))
    for asked, code in ((False, "signer.yours"), (True, "signer.unknown")):
        report = examine(data, crjson=asked)
        assert code in [finding.code for finding in report.evidence[Line.SIGNER].findings]
    # A reader who names purposes means them everywhere.
    own = store_of(list_of(ROOT), eku_oids=(EMAIL_PROTECTION,))
    report = examine(data, own, crjson=True)
    assert "signer.yours" in [finding.code for finding in report.evidence[Line.SIGNER].findings]


def test_one_file_is_one_object_and_its_exit_code_the_documented_one(tmp_path: Path) -> None:
    run = Command(folder=tmp_path, home=tmp_path / "home")
    (tmp_path / "root.pem").write_text(ROOT.pem)
    files = {"good.jpg": (sign(CAMERA), 0), "plain.jpg": (picture(), 3), "empty.jpg": (b"", 4)}
    for name, (data, code) in files.items():
        (tmp_path / name).write_bytes(data)
        done = run("check", name, "--format", "crjson", "--no-default-trust", "--trust", "root.pem", "--at", AT)
        assert (done.code, done.stderr) == (code, "")
        assert done.json["vouchmark"]["name"] == name
        assert len(done.json["manifests"]) == (code == 0)
    done = run("check", "missing.jpg", "good.jpg", "--format", "crjson", "--trust", "root.pem", "--at", AT)
    assert done.code == 4
    assert [one["vouchmark"].get("problem") for one in done.json] == ["unreadable", None]
