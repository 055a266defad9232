"""The service for platforms: what does a file prove, asked over HTTP? `vouchmark.service:app` for any ASGI server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from provenance.doors import opener

if TYPE_CHECKING:
    from vouchmark.service.application import app, make_app
    from vouchmark.service.config import Config

__all__ = ["Config", "app", "make_app"]

_HOMES: Final = {
    "Config": "vouchmark.service.config",
    "app": "vouchmark.service.application",
    "make_app": "vouchmark.service.application",
}

__getattr__ = opener(__name__, _HOMES)
