"""What does `data/bundle.json` say: which files, whose lists, which options, made with what?

Read strictly: a key too many, too few or twice is refused.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct

from provenance.credentials.trust.strict_json import read_json
from vouchmark.bundles.bag import layout
from vouchmark.bundles.bag.errors import NoBundleError


class VouchRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A vouch that lay beside a file, or was given for it."""

    name: str
    path: str | None
    """In the bundle; None where it could not be read."""
    trouble: str
    """Why not, in a stable word; empty where it could."""


class UnusedRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A manifest store beside a file that was not looked at."""

    name: str
    is_shared: bool


class SidecarRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The manifest store that lay beside a file."""

    name: str
    """Empty where there was none."""
    path: str | None
    """In the bundle; None where there was none, or it could not be read."""
    unused: tuple[UnusedRow, ...]


class FileRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that was looked at."""

    number: int
    name: str
    """What it was called; bytes that are no text read as U+FFFD."""
    name_octets: str | None
    """The name's octets in hex, where they are no UTF-8."""
    below: str | None
    """Its path below the folder that was named; None where the file itself was named."""
    path: str
    size: int
    sha256: str
    sidecar: SidecarRow
    vouches: tuple[VouchRow, ...]
    more_vouches: int


class ListRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list of the reader's trust, as `provenance.credentials.trust.folder.KeptRow` has it."""

    name: str
    content: str
    kind: str | None
    label: str
    origin: str
    dated: str | None
    imported: str | None
    confirmed: str | None
    sha256: str


class PolicyRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The policy that spoke."""

    name: str
    """What it is called where it gives itself no name."""
    sha256: str


class IssuerRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An issuer of personhood credentials that the reader trusted."""

    sha256: str
    dated: str | None
    petname: str | None


class LimitsRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one file might ask for."""

    bytes: int
    pixels: int
    film_bytes: int | None
    second_bytes: int


class OptionsRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was asked, by the names of `vouchmark.Options`."""

    at: str
    only: tuple[str, ...]
    require: tuple[str, ...]
    engines: tuple[str, ...]
    snapshot: bool
    limits: LimitsRow
    compare_pictures: bool
    claim_place: str | None
    claim_time: str | None
    claim_ai: bool | None
    scopes: tuple[str, ...]
    slots: int
    nonce: str | None
    audience: str | None
    grace_days: int
    manifest: bool
    """Whether a manifest store was given by hand."""
    vouches: tuple[VouchRow, ...]
    """Given by hand."""


class InputsRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything besides the bytes that decided."""

    lists: tuple[ListRow, ...]
    distrust: bool
    policy: PolicyRow
    issuers: tuple[IssuerRow, ...]
    options: OptionsRow
    index: str | None
    """The name of the index that was asked; its answers stand in `answers.json`."""
    ledger: str | None
    """The same for the ledger."""


class EnvironmentRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """With what it was made."""

    tool: str
    wheel: str
    """Where the program itself lies in the bundle, as it was running."""
    python: str
    system: str
    packages: dict[str, str]
    """Installed distributions by name, with their versions: those that can decide something."""


class AttachedRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that another tool made."""

    name: str
    path: str
    sha256: str
    size: int
    media_type: str


class WithheldRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that is not in this copy."""

    number: int
    digest: str
    """SHA-256 of a salt and the file's SHA-256; only who has the whole bundle can tell whose it is."""


class Bundle(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole description."""

    schema: str
    made: str
    """RFC 3339 instant, by the maker's clock."""
    files: tuple[FileRow, ...]
    withheld: tuple[WithheldRow, ...]
    salts: dict[str, str]
    """By number, 32 octets in hex: what a copy with files withheld names them by."""
    inputs: InputsRow
    environment: EnvironmentRow
    sources: tuple[str, ...]
    """Where it came from, as the keeper says."""
    notes: tuple[str, ...]
    """What the keeper says of it."""
    attached: tuple[AttachedRow, ...]


_encoder: Final = msgspec.json.Encoder(order="sorted")


def dumps(bundle: Bundle) -> bytes:
    """The description as it stands in a bundle: keys sorted, two spaces, a final newline."""
    return msgspec.json.format(_encoder.encode(bundle), indent=2) + b"\n"


def loads(data: bytes) -> Bundle:
    """Read a description back, strictly.

    Raises:
        NoBundleError: it is none, or of a layout that is not known here.
    """
    try:
        value = read_json(data)
        if not isinstance(value, dict) or value.get("schema") != layout.SCHEMA:
            raise NoBundleError(f"{layout.BUNDLE} is not of the layout {layout.SCHEMA}")
        bundle = msgspec.convert(value, Bundle, strict=True)
    except (ValueError, RecursionError) as error:
        raise NoBundleError(f"{layout.BUNDLE} cannot be read: {str(error)[:200]}") from error
    _check(bundle)
    return bundle


def _check(bundle: Bundle) -> None:
    """Hold what everything else relies on."""
    numbers = sorted([*(row.number for row in bundle.files), *(row.number for row in bundle.withheld)])
    if numbers != list(range(1, len(numbers) + 1)) or len(numbers) > layout.MAX_FILES:
        raise NoBundleError(f"{layout.BUNDLE} does not number its files from 1 on")
    if set(bundle.salts) != {str(row.number) for row in bundle.files}:
        raise NoBundleError(f"{layout.BUNDLE} has not one salt for each file")
    for row in bundle.files:
        if not row.path.startswith(f"{layout.file_folder(row.number)}/"):
            raise NoBundleError(f"{layout.BUNDLE} has file {row.number} in another place")
        if "/" in row.name or "\0" in row.name or row.name in ("", ".", ".."):
            raise NoBundleError(f"{layout.BUNDLE} gives file {row.number} a name that is none")
    paths = payload(bundle)
    if not all(layout.is_path(path) and path.startswith("data/") for path in paths) or len(
        {path.casefold() for path in paths}
    ) != len(paths):
        raise NoBundleError(f"{layout.BUNDLE} names a path that is none, or one twice")


def payload(bundle: Bundle) -> list[str]:
    """Every path below `data` that there has to be, and no other may be, by what the description says."""
    inputs, options = bundle.inputs, bundle.inputs.options
    paths = [layout.BUNDLE, layout.README, layout.REQUIREMENTS, layout.POLICY, bundle.environment.wheel]
    paths += [layout.DISTRUST] if inputs.distrust else []
    paths += [layout.ANSWERS] if inputs.index is not None or inputs.ledger is not None else []
    paths += [layout.MANIFEST_STORE] if options.manifest else []
    paths += dict.fromkeys(layout.list_path(row.sha256) for row in inputs.lists)
    paths += dict.fromkeys(layout.issuer_path(row.sha256) for row in inputs.issuers)
    paths += [row.path for row in options.vouches if row.path is not None]
    for row in bundle.files:
        paths += [row.path, *(vouch.path for vouch in row.vouches if vouch.path is not None)]
        paths += [row.sidecar.path] if row.sidecar.path is not None else []
        paths += [layout.report_path(row.number, form) for form in layout.ENDINGS]
    paths += [row.path for row in bundle.attached]
    return paths
