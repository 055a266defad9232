"""Which published lists does the product know by the digest of their file, so that a copy of one needs no label?

Facts about public files: SHA-256, and what each one is. Any other file is the reader's own, or what the reader says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from provenance.credentials.trust.formats import Label, ListKind

FROZEN: Final = dt.date(2026, 1, 1)
"""The day on which the interim list was frozen."""
_ISSUED: Final = dt.date(2026, 8, 5)
"""Of the first issue of the official lists, by the JSON form of the same certificates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFile:
    """What a file of that digest is."""

    name: str
    """Under which it is kept."""
    label: Label
    kind: ListKind | None = None
    """None for the list of products."""
    dated: dt.date | None = None
    """Where the file carries no date and its publisher gave it one."""


KNOWN_FILES: Final[Mapping[str, KnownFile]] = {
    # The interim list as verify.contentauthenticity.org has it since it was frozen: anchors.pem, allowed.pem.
    "db57e50b9bd4e4c786cbb91f38fd85e2af6a9d5412438a8cddcc42688df07ae5": KnownFile(
        name="interim", label=Label.INTERIM, kind=ListKind.SIGNER, dated=FROZEN
    ),
    "a3b79faa4cf3351d0ec8c8920930d19a701a77496738627b365551a113a440f8": KnownFile(
        name="interim-allowed", label=Label.INTERIM, kind=ListKind.SIGNER, dated=FROZEN
    ),
    # c2pa-org/conformance-public in August 2026: JSON and PEM of either list, and the conforming products.
    "709555a038a78d4b001e96826313957a27771dc66ca881d408ec8cbf2e21627e": KnownFile(
        name="c2pa", label=Label.OFFICIAL, kind=ListKind.SIGNER
    ),
    "75cacc98b79ecac33713c7ecfb58d4a0ef383f3c1f886e7409f9e37e8664aea5": KnownFile(
        name="c2pa", label=Label.OFFICIAL, kind=ListKind.SIGNER, dated=_ISSUED
    ),
    "6f409f08c7c877019cb8fa54e83017bd02feee5a1851cc95d2e369ccaba1793e": KnownFile(
        name="c2pa-tsa", label=Label.OFFICIAL, kind=ListKind.TSA
    ),
    "c688d3555f4a2f1f8d663472bbd37888ff234abdd234c25934c0f9292e4eb5c9": KnownFile(
        name="c2pa-tsa", label=Label.OFFICIAL, kind=ListKind.TSA, dated=_ISSUED
    ),
    "47723b7648e7134c6cec60a17b3371586f24fe8c4925dbd27be4c7645426771f": KnownFile(
        name="c2pa-products", label=Label.OFFICIAL
    ),
    # IPTC's end-entity-list.pem, as public code recorded it in August and September 2026.
    "364a6d6bee6f1ce20c5c710976e57815c5538736c1bbc621733d92e22822303f": KnownFile(
        name="iptc", label=Label.IPTC, kind=ListKind.PUBLISHER
    ),
}
"""By SHA-256 of the file, lower-case hex."""
