"""By what are the bounds of one caller counted?"""

from __future__ import annotations

import pytest

from tests.vouchmark.service.server import needs_service
from vouchmark.service.origins import counted_as


@needs_service
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:ffff:ffff:ffff", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("no address", "no address"),
    ],
)
def test_one_who_has_a_network_of_addresses_is_one_caller(address: str, expected: str) -> None:
    assert counted_as(address) == expected
