"""Is one authority asked for a time stamp, and nothing else, whatever it answers?"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any, Final

import pytest

from provenance.credentials.own_check import OwnCheck, examine_own
from provenance.credentials.signing.c2pa_sign import SigningError, update_media
from provenance.credentials.signing.time_stamping import (
    MAX_ANSWER,
    MAX_REQUEST,
    TimeStampFetchError,
    ask_authority,
    check_address,
    relayed,
)
from provenance.credentials.trust.lists import ListKind
from provenance.credentials.trust.view import view_of
from provenance.net.client import MAX_ADDRESS
from tests.support.authority import NOW, list_of, make_root, make_signer, sign, store_of
from tests.support.effort import ends
from tests.support.media.crafting import make_authority
from tests.support.tsa import Authority, serving

SIGNER: Final = make_signer(make_root())
TIME_ROOT: Final = make_root("Time")
LISTED: Final = view_of(store_of(list_of(TIME_ROOT, kind=ListKind.TSA)))
MANIFEST: Final = {"claim_generator_info": [{"name": "Test", "version": "1"}], "assertions": []}


@pytest.fixture
def authority() -> Iterator[Authority]:
    with serving(make_authority(TIME_ROOT), NOW) as serves:
        yield serves


def update(address: str, data: bytes | None = None) -> bytes:
    return update_media(
        data or sign(SIGNER),
        media_type="image/jpeg",
        manifest=MANIFEST,
        key=SIGNER.signing_key(),
        authority=address,
    )


def question() -> bytes:
    """A request as the engine writes them."""
    from asn1crypto import tsp

    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}
    return bytes(tsp.TimeStampReq({"version": 1, "message_imprint": imprint}).dump())


def look(data: bytes) -> OwnCheck:
    return examine_own(data, "image/jpeg", None, trust=LISTED, at=NOW)


def test_an_update_gets_a_stamp_from_the_authority_that_was_named(authority: Authority) -> None:
    found = look(update(authority.url))
    stamp = found.signers[found.active].stamp
    assert stamp.is_trusted
    assert stamp.time == NOW
    assert not found.signers[found.bound].stamp.is_present
    ((path, headers, request),) = authority.asked
    assert path == "/stamp"
    assert headers["Content-Type"] == "application/timestamp-query"
    assert len(request) < 100


def test_without_an_address_nobody_is_asked(authority: Authority) -> None:
    found = look(update(""))
    assert not found.signers[found.active].stamp.is_present
    assert authority.asked == []


FAULTS: Final = {
    "error": "HTTP status 503",
    "redirect": "a redirect, which is not followed",
    "type": "got an answer of type 'text/html'",
    "huge": f"got more than {MAX_ANSWER} bytes",
    "slow": "(did not answer in time|no time stamp after)",
    "drip": "no time stamp after",
}


@pytest.mark.parametrize("how", FAULTS)
def test_an_authority_that_gives_none_is_named_with_what_it_did(how: str, authority: Authority) -> None:
    authority.how = how
    with ends(), pytest.raises(TimeStampFetchError, match=FAULTS[how]) as caught:
        ask_authority(authority.url, question(), seconds=1.0)
    assert authority.url in str(caught.value)
    assert [path for path, *_ in authority.asked] == ["/stamp"]


@pytest.mark.parametrize("how", ["error", "redirect", "type", "huge"])
def test_what_it_did_is_said_where_an_update_was_to_be_stamped(how: str, authority: Authority) -> None:
    authority.how = how
    with pytest.raises(TimeStampFetchError, match=FAULTS[how]):
        update(authority.url)
    assert [path for path, *_ in authority.asked] == ["/stamp"]


@pytest.mark.parametrize("how", ["junk", "refused", "others", "nonce"])
def test_an_answer_that_is_no_stamp_for_this_signature_signs_nothing(how: str, authority: Authority) -> None:
    authority.how = how
    with pytest.raises(SigningError):
        update(authority.url)


def test_an_authority_that_is_not_there_is_said_to_be(authority: Authority) -> None:
    with pytest.raises(TimeStampFetchError, match="refuses the connection"):
        update("http://127.0.0.1:1/stamp")
    assert authority.asked == []


def test_proxies_of_the_environment_do_not_come_between(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "localhost,127.0.0.1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert look(update(authority.url)).active
    import os

    assert os.environ["no_proxy"] == "localhost,127.0.0.1"
    assert "NO_PROXY" not in os.environ


def test_the_users_proxy_is_asked_for_the_authority_and_for_nothing_of_this_machine(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", authority.url.removesuffix("/stamp"))
    assert look(update("http://stamps.example/tsa")).active
    assert [path for path, *_ in authority.asked] == ["http://stamps.example/tsa"]


def test_only_who_knows_the_path_is_served_and_only_once(authority: Authority) -> None:
    def post(url: str, body: bytes) -> int:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(urllib.request.Request(url, data=body, method="POST"), timeout=60) as response:
                return int(response.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    request = question()
    with relayed(authority.url) as relay:
        assert relay.url.startswith("http://127.0.0.1:")
        assert post(relay.url.rpartition("/")[0] + "/", request) == 404
        assert post(relay.url + "x", request) == 404
        assert post(relay.url, bytes(MAX_REQUEST + 1)) == 404
        assert authority.asked == []
        assert post(relay.url, request) == 200
        assert post(relay.url, request) == 404
        assert len(authority.asked) == 1
    with pytest.raises(urllib.error.URLError):
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(relay.url, timeout=60)


ADDRESSES: Final[list[Any]] = [
    "",
    "stamps.example",
    "ftp://stamps.example/",
    "file:///etc/passwd",
    "http://",
    "http:///tsa",
    "http://user:secret@stamps.example/",
    "http://stamps.example:99999/",
    "http://stamps.example/a b",
    "http://stamps.example/\r\nHost: other",
    "http://stämps.example/",
    "http://[::1/",
    "http://stamps.example/" + "a" * MAX_ADDRESS,
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_refuses_what_is_no_address_before_anything_is_asked(address: str) -> None:
    with pytest.raises(TimeStampFetchError) as caught:
        ask_authority(address, b"")
    assert "secret" not in str(caught.value)
    with pytest.raises(TimeStampFetchError), relayed(address):
        raise AssertionError("a relay was made")


@pytest.mark.parametrize("address", ["http://stamps.example", "https://stamps.example:8443/tsa?policy=1"])
def test_takes_an_address_as_given(address: str) -> None:
    assert check_address(address) == address
