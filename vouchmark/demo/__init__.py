"""Pictures, an authority and credentials for demonstrations: made here and now, and worth nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provenance.doors import opener

if TYPE_CHECKING:
    from vouchmark.demo.authority import issue_signer, make_authority
    from vouchmark.demo.demo import AUTHORITY_FILE, GALLERY, make_gallery
    from vouchmark.demo.pictures import cafe, harbour

__all__ = [
    "AUTHORITY_FILE",
    "GALLERY",
    "cafe",
    "harbour",
    "issue_signer",
    "make_authority",
    "make_gallery",
]

_HOMES: Final = {
    "AUTHORITY_FILE": "vouchmark.demo.demo",
    "GALLERY": "vouchmark.demo.demo",
    "cafe": "vouchmark.demo.pictures",
    "harbour": "vouchmark.demo.pictures",
    "issue_signer": "vouchmark.demo.authority",
    "make_authority": "vouchmark.demo.authority",
    "make_gallery": "vouchmark.demo.demo",
}
"""Where each public name lives."""

__getattr__ = opener(__name__, _HOMES)
