"""What is a service told: where it listens, whom it answers, and which names stand for which files?

One TOML file. Callers say names; what a name stands for is the operator's word alone. Paths are relative to the file.
"""

from __future__ import annotations

import ipaddress
import os
import tomllib
import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from vouchmark.errors import VouchmarkError

VARIABLE: Final = "VOUCHMARK_SERVE_CONFIG"
"""Names the file where no option does."""
MAX_FILE: Final = 1024 * 1024
"""Bytes of it."""
PORT: Final = 8437
MAX_PORT: Final = 65_535
MIB: Final = 1024 * 1024
MAX_WORKERS: Final = 64
MAX_NAME: Final = 64
"""Characters of a configured name."""


class ConfigError(VouchmarkError, ValueError):
    """The service's configuration cannot be used; the message names the key."""

    hint = "docs/service.md shows a whole file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where it listens, and how much it takes."""

    host: str = "127.0.0.1"
    port: int = PORT
    hosts: tuple[str, ...] = ()
    """Names by which it may be called besides its own address, as `Host` has them (`vouch.example`, with a port where
    that is not the scheme's own)."""
    proxies: tuple[str, ...] = ()
    """Addresses or networks of which `X-Forwarded-For` and `X-Forwarded-Proto` are believed."""
    anonymous: bool = False
    """Whether requests without a token are answered. Without a file of tokens that is so on loopback alone."""
    tokens: Path | None = None
    """The file of hashed tokens (`vouchmark serve token`)."""
    workers: int = 2
    """Processes that look at files."""
    waiting: int = 8
    """Files that may wait for each worker; further ones are told to come later."""
    time_limit: float = 30.0
    """Seconds for one file."""
    memory_limit: int = 2048
    """MiB for one worker beyond its engines."""
    max_size: int = 64
    """MiB of a request's body."""
    max_pixels: int = 256
    """Millions of pixels of a picture."""
    rate: int = 600
    """Requests a minute of one caller without a token, or with one that has no limit of its own."""
    uploads: int = 64
    """Uploads at a time; one caller has a quarter of them at most."""
    idle: float = 10.0
    """Seconds in which nothing comes of an upload, after which it is given up."""
    upload_limit: float = 120.0
    """Seconds for a whole upload."""
    spool: Path | None = None
    """Folder in which uploads lie until they are answered; the system's for temporary files where None."""
    spool_size: int = 4096
    """MiB of uploads that lie there at a time."""
    reload: float = 10.0
    """Seconds between two looks at whether lists, policies, issuers, indexes or tokens are others; 0 looks at none."""
    grace: float = 30.0
    """Seconds that requests have to end when the server is told to."""
    challenge_seconds: int = 600
    """How long a challenge can be answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSet:
    """A set of trust lists by one name."""

    kept: bool = False
    """Whether the lists of the data folder belong to it."""
    signers: tuple[Path, ...] = ()
    time_stamps: tuple[Path, ...] = ()
    identities: tuple[Path, ...] = ()
    snapshot: bool = False
    """Whether the dated lists inside the second engine may answer where the set has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What is meant where a caller names nothing."""

    policy: str = ""
    """The built-in policy where empty."""
    lists: str = ""
    """The lists of the data folder where empty."""
    index: str = ""
    """No index where empty."""
    issuers: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    audience: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All of it."""

    server: Server = field(default_factory=Server)
    policies: Mapping[str, Path] = field(default_factory=dict)
    lists: Mapping[str, ListSet] = field(default_factory=dict)
    indexes: Mapping[str, Path] = field(default_factory=dict)
    issuers: Mapping[str, Path] = field(default_factory=dict)
    defaults: Defaults = field(default_factory=Defaults)
    ledger: str = ""
    """A file or a `postgresql://` URL; without one neither voices nor challenges are kept."""
    file: Path | None = None
    """Where it was read from."""

    @classmethod
    def load(cls, path: Path) -> Config:
        """Read a file. Raises ConfigError."""
        try:
            with path.open("rb") as file:
                data = file.read(MAX_FILE + 1)
        except OSError as error:
            raise ConfigError(f"{path}: cannot read: {error.strerror}") from error
        if len(data) > MAX_FILE:
            raise ConfigError(f"{path}: more than {MAX_FILE} bytes")
        try:
            return cls.parse(data.decode("utf-8"), base=path.parent, file=path)
        except UnicodeDecodeError as error:
            raise ConfigError(f"{path}: expected text in UTF-8") from error
        except ConfigError as error:
            raise ConfigError(f"{path}: {error}") from error

    @classmethod
    def from_environment(cls) -> Config:
        """The file that `VOUCHMARK_SERVE_CONFIG` names, or the defaults. Raises ConfigError."""
        named = os.environ.get(VARIABLE, "")
        return cls.load(Path(named)) if named else checked(cls())

    @classmethod
    def parse(cls, text: str, *, base: Path, file: Path | None = None) -> Config:
        """Read TOML; relative paths begin at `base`. Raises ConfigError."""
        try:
            found = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"no TOML: {error}") from error
        tables = _Tables(base)
        tables.only(found, {one.name for one in fields(cls)} - {"file"}, "")
        made = cls(
            server=tables.struct(Server, found.get("server", {}), "server"),
            policies=tables.paths(found.get("policies", {}), "policies"),
            lists={
                _name(name, "lists"): tables.struct(ListSet, value, f"lists.{name}")
                for name, value in tables.table(found.get("lists", {}), "lists").items()
            },
            indexes=tables.paths(found.get("indexes", {}), "indexes"),
            issuers=tables.paths(found.get("issuers", {}), "issuers"),
            defaults=tables.struct(Defaults, found.get("defaults", {}), "defaults"),
            ledger=tables.ledger(found.get("ledger", "")),
            file=file,
        )
        return checked(made)

    def with_server(self, **changed: Any) -> Config:
        """The same with some of the server's values changed. Raises ConfigError."""
        return checked(replace(self, server=replace(self.server, **changed)))


class _Tables:
    """Reads tables strictly: a key that is not known, or a value of another type, is an error that names it."""

    def __init__(self, base: Path) -> None:
        self._base = base

    def table(self, value: Any, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ConfigError(f"{where}: got {type(value).__name__}, expected a table")
        return value

    def only(self, table: dict[str, Any], known: set[str], where: str) -> None:
        for key in table:
            if key not in known:
                raise ConfigError(f"{where}{'.' if where else ''}{key}: not known, expected some of {sorted(known)}")

    def struct(self, kind: type[Any], value: Any, where: str) -> Any:
        table = self.table(value, where)
        self.only(table, {one.name for one in fields(kind)}, where)
        hints = get_type_hints(kind)
        return kind(**{name: self._value(hints[name], given, f"{where}.{name}") for name, given in table.items()})

    def paths(self, value: Any, where: str) -> dict[str, Path]:
        table = self.table(value, where)
        return {_name(name, where): self._value(Path, given, f"{where}.{name}") for name, given in table.items()}

    def ledger(self, value: Any) -> str:
        text: str = self._value(str, value, "ledger")
        return text if not text or "://" in text else str(self._base / text)

    def _value(self, wanted: Any, value: Any, where: str) -> Any:
        if get_origin(wanted) in (Union, types.UnionType):
            (wanted,) = (one for one in get_args(wanted) if one is not type(None))
        if get_origin(wanted) is tuple:
            if not isinstance(value, list):
                raise ConfigError(f"{where}: got {type(value).__name__}, expected a list")
            return tuple(self._value(get_args(wanted)[0], one, where) for one in value)
        if wanted is Path:
            return self._base / self._value(str, value, where)
        if wanted is float and type(value) is int:
            value = float(value)
        if type(value) is not wanted:
            raise ConfigError(f"{where}: got {type(value).__name__}, expected {wanted.__name__}")
        return value


def _name(name: str, where: str) -> str:
    if not 0 < len(name) <= MAX_NAME or not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise ConfigError(f"{where}.{name}: expected a name of letters, digits, - and _, {MAX_NAME} at most")
    return name


_LEAST: Final = {
    "port": 0,
    "workers": 1,
    "waiting": 1,
    "time_limit": 0.1,
    "memory_limit": 64,
    "max_size": 1,
    "max_pixels": 1,
    "rate": 1,
    "uploads": 4,
    "idle": 0.1,
    "upload_limit": 1,
    "spool_size": 1,
    "reload": 0,
    "grace": 0,
    "challenge_seconds": 1,
}
_MOST: Final = {
    "port": MAX_PORT,
    "workers": MAX_WORKERS,
    "waiting": 1024,
    "time_limit": 3600,
    "memory_limit": 1_000_000,
    "max_size": 65_536,
    "max_pixels": 1_000_000,
    "rate": 1_000_000,
    "uploads": 4096,
    "idle": 600,
    "upload_limit": 86_400,
    "spool_size": 16_000_000,
    "reload": 86_400,
    "grace": 3600,
    "challenge_seconds": 86_400,
}


def checked(config: Config) -> Config:
    """The same, where it can be meant. Raises ConfigError."""
    server = config.server
    for name, least in _LEAST.items():
        value = getattr(server, name)
        if not least <= value <= _MOST[name]:
            raise ConfigError(f"server.{name}: got {value}, expected {least} to {_MOST[name]}")
    for network in server.proxies:
        network_of(network)
    for host in server.hosts:
        if not host or host != host.lower() or any(sign in host for sign in "/*@ ,"):
            raise ConfigError(f"server.hosts: got {host!r}, expected a name in small letters such as vouch.example")
    if server.tokens is None and not server.anonymous and not is_loopback(server.host):
        raise ConfigError(
            f"server: listens on {server.host}, where others reach it, without tokens",
            hint="make a file of tokens: vouchmark serve token add NAME; or say anonymous = true",
        )
    _check_defaults(config)
    return config


def _check_defaults(config: Config) -> None:
    told = config.defaults
    for name, where, kept in (
        (told.policy, "policy", config.policies),
        (told.lists, "lists", config.lists),
        (told.index, "index", config.indexes),
        *((issuer, "issuers", config.issuers) for issuer in told.issuers),
    ):
        if name and name not in kept:
            raise ConfigError(f"defaults.{where}: {name!r} is not configured")


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def network_of(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """An address or network. Raises ConfigError."""
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise ConfigError(f"server.proxies: {text!r} is no address and no network") from error


def server_fields() -> dict[str, Any]:
    """Every value of `[server]` with its default, as the manual shows them."""
    made = {one.name: one.default for one in fields(Server)}
    return {name: value for name, value in made.items() if value is not MISSING}
