"""Does an address belong to the public internet, so that a stranger's file may have it asked?

By what is known to be public, not by what is known to be something else: IPv4 outside the special-purpose registry (RFC
6890), IPv6 inside the space for global unicast (2000::/3, RFC 4291) and outside its registry. The lists are written out
here because Python's own differ from one release to the next.
"""

from __future__ import annotations

import ipaddress
from typing import Final

_SPECIAL_4: Final = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # carriers' shared space (RFC 6598)
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local; clouds answer here with secrets
            "172.16.0.0/12",
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4 (RFC 7526)
            "192.168.0.0/16",
            "198.18.0.0/15",  # benchmarks (RFC 2544)
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_GLOBAL_6: Final = ipaddress.IPv6Network("2000::/3")
_SPECIAL_6: Final = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID and more
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: an IPv4 address behind whatever relay is near
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)
_MAPPED: Final = ipaddress.IPv6Network("::ffff:0:0/96")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""By which a network without IPv4 reaches the public one (RFC 6052); 64:ff9b:1::/48 is for inner networks."""


def is_public(address: str) -> bool:
    """Whether an address, as text, is public; one of IPv4 that is written as IPv6 is judged as what it stands for."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.scope_id is not None:
            return False
        if found not in _MAPPED and found not in _NAT64:
            return found in _GLOBAL_6 and not any(found in network for network in _SPECIAL_6)
        found = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return not any(found in network for network in _SPECIAL_4)
