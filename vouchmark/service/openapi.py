"""What can the service be asked, as a machine reads it (OpenAPI 3.1), and as a person does?

Written by hand and held to the code by tests: every route, every problem, every parameter.
"""

from __future__ import annotations

import html
from typing import Any, Final

from vouchmark import __version__
from vouchmark.report import Line, Outcome, Status
from vouchmark.service.answers import CRJSON, HTML, REPORT, SCHEMA, SUMMARY
from vouchmark.service.asking import MAX_ISSUERS
from vouchmark.service.config import MAX_NAME
from vouchmark.service.problems import KINDS, MEDIA_TYPE

_NAME: Final = {"type": "string", "pattern": "^[A-Za-z0-9_-]+$", "minLength": 1, "maxLength": MAX_NAME}
_SHA256: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_NULL_SHA256: Final = {"type": ["string", "null"], "pattern": "^[0-9a-f]{64}$"}
_INSTANT: Final = {"type": "string", "format": "date-time"}
_TEXT: Final = {"type": "string"}


def _object(properties: dict[str, Any], *, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def _problems(*codes: str) -> dict[str, Any]:
    """The answers with these problems, by status."""
    by_status: dict[str, list[str]] = {}
    for code in codes:
        by_status.setdefault(str(KINDS[code].status), []).append(code)
    return {
        status: {
            "description": " ".join(f"`{code}`: {KINDS[code].meaning}" for code in sorted(some)),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, some in sorted(by_status.items())
    }


_ALWAYS: Final = ("malformed", "foreign", "rate", "internal")
_GUARDED: Final = (*_ALWAYS, "unauthorized", "forbidden")


def _query(name: str, schema: dict[str, Any], words: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": words}


def _get(words: str, schema: dict[str, Any], *codes: str, media_type: str = "application/json") -> dict[str, Any]:
    answer = {"description": words, "content": {media_type: {"schema": schema}}}
    secured = {} if "unauthorized" in codes else {"security": list[Any]()}
    return {"get": {"summary": words, "responses": {"200": answer} | _problems(*codes), **secured}}


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Vouchmark",
            "version": __version__,
            "description": "What does a media file prove, does a real person stand behind it, what may you conclude?",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": _paths(),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(),
        },
        "security": [{"token": list[Any]()}, {}],
    }


def _paths() -> dict[str, Any]:
    ref = "#/components/schemas/"
    return {
        "/v1/check": {"post": _check()},
        "/v1/challenges": {"post": _challenges()},
        "/v1/policies": _get("The policies that can be named.", {"$ref": f"{ref}Policies"}, *_GUARDED),
        "/v1/lists": _get("The sets of trust lists that can be named.", {"$ref": f"{ref}Lists"}, *_GUARDED),
        "/v1/version": _get("What runs here, and its limits.", {"$ref": f"{ref}Version"}, *_ALWAYS),
        "/v1/schema": _get("The JSON Schema of a whole report.", {"type": "object"}, *_ALWAYS),
        "/openapi.json": _get("This document.", {"type": "object"}, *_ALWAYS),
        "/livez": _get("Whether the server runs.", {"$ref": f"{ref}State"}, *_ALWAYS),
        "/readyz": _get("Whether it takes files.", {"$ref": f"{ref}State"}, *_ALWAYS, "stopping", "ledger"),
        "/metrics": _get("Numbers for Prometheus.", _TEXT, *_GUARDED, media_type="text/plain"),
    }


def _check() -> dict[str, Any]:
    schema = {"type": "string", "contentMediaType": "application/octet-stream"}
    parts = {
        "file": schema | {"description": "The file. Its name goes into the report."},
        "manifest": schema | {"description": "A manifest store (.c2pa) kept outside the file."},
        "fragment": {
            "type": "array",
            "items": schema,
            "description": "Media segments, where `file` is the first part.",
        },
        "original": schema | {"description": "What it may have been made from."},
        "vouch": {"type": "array", "items": schema, "description": "Vouches that speak of it."},
    }
    form = {"type": "object", "properties": parts, "required": ["file"], "additionalProperties": False}
    answers = {
        SUMMARY: {"schema": {"$ref": "#/components/schemas/Summary"}},
        REPORT: {"schema": {"type": "object", "description": "See /v1/schema."}},
        CRJSON: {"schema": {"type": "object"}},
        HTML: {"schema": _TEXT},
    }
    return {
        "summary": "Say what a file proves.",
        "description": (
            "The file as the part `file` of multipart/form-data, or as the raw body. A summary is answered, or by "
            "`Accept` the whole report, crJSON or a page. A file that cannot be read gets a report that says so."
        ),
        "parameters": [
            _query("policy", _NAME, "A configured policy."),
            _query("lists", _NAME, "A configured set of trust lists."),
            _query("index", _NAME, "A configured index of known media."),
            _query("issuer", {"type": "array", "items": _NAME, "maxItems": MAX_ISSUERS}, "Configured issuers."),
            _query("name", {"type": "string", "maxLength": 255}, "The file's name, where it is the raw body."),
            _query(
                "challenge",
                {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                "The nonce of a challenge that the vouch answers; it is used up by this request.",
            ),
        ],
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": form},
                "application/octet-stream": {"schema": schema},
            },
        },
        "responses": {"200": {"description": "What it proves.", "content": answers}}
        | _problems(
            *_GUARDED,
            "no-file",
            "unknown-name",
            "option",
            "no-vouch",
            "not-acceptable",
            "too-slow",
            "challenge",
            "too-large",
            "media-type",
            "uploads",
            "later",
            "stopping",
            "spool",
            "ledger",
        ),
    }


def _challenges() -> dict[str, Any]:
    asked = _object({"scope": {"type": "string", "maxLength": 200}, "audience": {"type": "string", "maxLength": 200}})
    asked["required"] = ["scope"]
    return {
        "summary": "Get a nonce that one vouch can answer once.",
        "requestBody": {"required": True, "content": {"application/json": {"schema": asked}}},
        "responses": {
            "201": {
                "description": "The challenge.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Challenge"}}},
            }
        }
        | _problems(*_GUARDED, "option", "media-type", "too-large", "too-slow", "ledger", "stopping"),
    }


def _schemas() -> dict[str, Any]:
    value = _object({"status": {"enum": [str(one) for one in Status]}, "value": {"type": ["string", "integer"]}})
    trust_list = {
        "name": _TEXT,
        "kind": _TEXT,
        "label": _TEXT,
        "dated": {"type": ["string", "null"]},
        "sha256": _SHA256,
    }
    policy = _object({"name": _TEXT, "policy": _TEXT, "sha256": _SHA256, "default": {"type": "boolean"}})
    lists = {"name": _TEXT, "default": {"type": "boolean"}, "sha256": _SHA256}
    return {
        "Problem": _object(
            {
                "type": {"const": "about:blank"},
                "title": _TEXT,
                "status": {"type": "integer"},
                "detail": _TEXT,
                "code": {"enum": list(KINDS)},
                "hint": _TEXT,
            }
        ),
        "Summary": _object(
            {
                "schema": {"const": SCHEMA},
                "outcome": {"enum": [str(one) for one in Outcome]},
                "labels": {"type": "array", "items": _TEXT},
                "headline": _TEXT,
                "values": _object({str(line): value for line in Line}),
                "media": _object(
                    {
                        "type": {"type": ["string", "null"]},
                        "size": {"type": ["integer", "null"]},
                        "sha256": _NULL_SHA256,
                    }
                ),
                "policy": _object({"name": _TEXT, "sha256": _SHA256}),
                "exit_code": {"enum": [0, 1, 3, 4]},
                "at": _INSTANT,
                "tool": _TEXT,
                "report_sha256": _SHA256,
            }
        ),
        "Challenge": _object(
            {
                "nonce": _SHA256,
                "scope": _TEXT,
                "audience": {"type": ["string", "null"]},
                "expires_at": _INSTANT,
            }
        ),
        "Policies": _object({"policies": {"type": "array", "items": policy}}),
        "Lists": _object(
            {
                "lists": {
                    "type": "array",
                    "items": _object(lists | {"files": {"type": "array", "items": _object(trust_list)}}),
                }
            }
        ),
        "Version": _object(
            {
                "vouchmark": _TEXT,
                "report": _TEXT,
                "limits": _object(
                    {
                        "body_bytes": {"type": "integer"},
                        "pixels": {"type": "integer"},
                        "seconds": {"type": "number"},
                        "challenge_seconds": {"type": "integer"},
                    }
                ),
                "formats": {"type": "array", "items": _TEXT},
            }
        ),
        "State": _object({"state": _TEXT}),
    }


_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:56rem;margin:0 auto;padding:1.5rem;color:#1b1f24;"
    "background:#fff}"
    "h2{margin-top:2.5rem;border-top:1px solid #c9d1d9;padding-top:1rem}code{font-family:ui-monospace,monospace;"
    "overflow-wrap:anywhere}.wide{overflow-x:auto}table{border-collapse:collapse}td,th{text-align:left;"
    "padding:.25rem .9rem .25rem 0;vertical-align:top}a{color:#0550ae}"
    "@media(prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}h2{border-color:#30363d}a{color:#79c0ff}}"
)


def page() -> str:
    """The same for a person, without anything from elsewhere."""
    made = document()
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Vouchmark: what can be asked</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>Vouchmark {html.escape(__version__)}</h1>"
        f"<p>{html.escape(made['info']['description'])}</p>"
        '<p><a href="/openapi.json">openapi.json</a> is the same for machines.</p>'
    ]
    for path, methods in made["paths"].items():
        for method, found in methods.items():
            parts.append(_operation(path, method, found))
    rows = "".join(
        f"<tr><td><code>{code}</code><td>{kind.status}<td>{html.escape(kind.meaning)}<td>{html.escape(kind.hint)}"
        for code, kind in KINDS.items()
    )
    table = f"<table><thead><tr><th>code<th>status<th>meaning<th>hint</thead><tbody>{rows}</tbody></table>"
    parts.append(f'<h2>Problems</h2><div class="wide" tabindex="0">{table}</div></main></body></html>')
    return "".join(parts)


def style_digest() -> str:
    """The digest of its style, for its policy."""
    import base64
    import hashlib

    return base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def _operation(path: str, method: str, found: dict[str, Any]) -> str:
    text = html.escape(f"{method.upper()} {path}")
    parts = [f"<h2><code>{text}</code></h2><p>{html.escape(found['summary'])} "]
    parts.append(f"{html.escape(found.get('description', ''))}</p>")
    if parameters := found.get("parameters"):
        rows = "".join(
            f"<tr><td><code>{html.escape(one['name'])}</code><td>{html.escape(one['description'])}"
            for one in parameters
        )
        parts.append(f"<table><thead><tr><th>query<th></thead><tbody>{rows}</tbody></table>")
    rows = "".join(
        f"<tr><td>{status}<td>{html.escape(', '.join(one['content']))}" for status, one in found["responses"].items()
    )
    parts.append(
        f'<div class="wide" tabindex="0"><table><thead><tr><th>status<th></thead><tbody>{rows}</tbody></table></div>'
    )
    return "".join(parts)
