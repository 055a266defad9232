"""What do the configured names stand for at the moment, and has anything of it changed on the disk?

Everything is read at once and handed out as one object. A request keeps the one that it began with, so that a change
meanwhile is nobody's surprise; the next one begins with the new one. What cannot be read leaves the old one in use.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vouchmark.service.config import Config, ConfigError
from vouchmark.service.problems import ProblemError
from vouchmark.service.tokens import Doorkeeper
from vouchmark.service.tokens import read as read_tokens

if TYPE_CHECKING:
    from provenance.credentials.trust.lists import TrustLists
    from provenance.hashes.index.index import KnownMedia
    from vouchmark.examination.settings import Settings
    from vouchmark.persons.issuers import IssuerFile
    from vouchmark.policies.policy import Policy
    from zk.storage.ledger import NullifierLedger

MEGAPIXEL: Final = 1_000_000
MIB: Final = 1024 * 1024
MAX_SETTLED: Final = 256
"""Ways to ask whose settings are kept ready; callers may put names together in many ways."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a request asks for, by names; empty ones are the defaults."""

    policy: str = ""
    lists: str = ""
    index: str = ""
    issuers: tuple[str, ...] = ()
    crjson: bool = False
    pictures: bool = False


@dataclass(kw_only=True)
class Names:
    """All that names stand for, as it was read at one moment."""

    config: Config
    policies: Mapping[str, Policy]
    lists: Mapping[str, TrustLists]
    """Under the empty name those of the data folder."""
    indexes: Mapping[str, KnownMedia]
    issuers: Mapping[str, IssuerFile]
    doorkeeper: Doorkeeper
    ledger: NullifierLedger | None
    mark: object
    """What the files looked like; another one where any of them is another."""
    _settled: dict[Asked, Settings] = field(default_factory=dict)
    _users: int = 0
    _retired: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def read(cls, config: Config, ledger: NullifierLedger | None) -> Names:
        """Read everything that is named. Raises ConfigError, with the name that cannot be used."""
        from vouchmark.errors import VouchmarkError

        mark = mark_of(config)
        try:
            doorkeeper = Doorkeeper(read_tokens(config.server.tokens) if config.server.tokens else ())
        except VouchmarkError as error:
            raise ConfigError(str(error), hint=error.hint) from error
        made = cls(
            config=config,
            policies=_policies(config),
            lists=_lists(config),
            indexes=_indexes(config),
            issuers=_issuers(config),
            doorkeeper=doorkeeper,
            ledger=ledger,
            mark=mark,
        )
        for name in ("", *made.policies):
            asked = made._with_defaults(Asked(policy=name))
            made._settled[asked] = made._settle(asked)
        return made

    def settings(self, asked: Asked) -> Settings:
        """What a check goes by that asks so. Raises ProblemError for a name that is not configured."""
        named = self._with_defaults(asked)
        with self._lock:
            found = self._settled.get(named)
            if found is not None:
                return found
            if len(self._settled) >= MAX_SETTLED:
                self._settled.clear()
            try:
                found = self._settled[named] = self._settle(named)
            except ConfigError as error:
                raise ProblemError(
                    "option", "these names do not go together: the policy names another issuer"
                ) from error
        return found

    def _with_defaults(self, asked: Asked) -> Asked:
        told = self.config.defaults
        named = Asked(
            policy=asked.policy or told.policy,
            lists=asked.lists or told.lists,
            index=asked.index or told.index,
            issuers=tuple(sorted(set(asked.issuers or told.issuers))),
            crjson=asked.crjson,
            pictures=asked.pictures,
        )
        for what, name, kept in (
            ("policy", named.policy, {"", *self.policies}),
            ("lists", named.lists, set(self.lists)),
            ("index", named.index, {"", *self.indexes}),
            *(("issuers", one, set(self.issuers)) for one in named.issuers),
        ):
            if name not in kept:
                raise ProblemError("unknown-name", f"{what}: there is none of that name")
        return named

    def _settle(self, named: Asked) -> Settings:
        from provenance.asset import Limits
        from provenance.errors import OptionError
        from vouchmark.examination.settings import make_settings
        from vouchmark.policies.policy import Policy, PolicyError
        from zk.errors import ZkError

        server, told = self.config.server, self.config.defaults
        lists = self.config.lists.get(named.lists)
        most = server.max_size * MIB
        try:
            return make_settings(
                policy=self.policies[named.policy] if named.policy else Policy.default(),
                trust=self.lists[named.lists],
                snapshot=lists.snapshot if lists is not None else True,
                issuers=tuple(self.issuers[one] for one in named.issuers),
                scopes=told.scopes,
                audience=told.audience or None,
                ledger=self.ledger,
                known=self.indexes[named.index] if named.index else None,
                limits=Limits(bytes=most, pixels=server.max_pixels * MEGAPIXEL, film_bytes=most),
                look_first=False,
                crjson=named.crjson,
                pictures=named.pictures,
            )
        except (OptionError, PolicyError, ZkError) as error:
            raise ConfigError(f"defaults: {error}") from error

    @contextlib.contextmanager
    def used(self) -> Iterator[Names]:
        """Keep what it holds open as long as the block lasts."""
        with self._lock:
            self._users += 1
        try:
            yield self
        finally:
            with self._lock:
                self._users -= 1
                is_over = self._retired and not self._users
            if is_over:
                self._close()

    def retire(self) -> None:
        """Close it, once nobody uses it any more."""
        with self._lock:
            self._retired = True
            is_over = not self._users
        if is_over:
            self._close()

    def _close(self) -> None:
        for index in self.indexes.values():
            index.close()


def _policies(config: Config) -> dict[str, Policy]:
    from vouchmark.policies.policy import Policy, PolicyError

    found = {}
    for name, path in config.policies.items():
        try:
            found[name] = Policy.load(path)
        except PolicyError as error:
            raise ConfigError(f"policies.{name}: {error}", hint=error.hint) from error
    return found


def _lists(config: Config) -> dict[str, TrustLists]:
    from provenance.credentials.trust.lists import TrustListError, TrustLists

    try:
        kept = TrustLists.load()
    except TrustListError as error:
        raise ConfigError(f"the kept lists: {error}", hint="run: vouchmark trust show") from error
    found = {"": kept}
    for name, one in config.lists.items():
        base = kept if one.kept else TrustLists.empty()
        try:
            found[name] = base.with_run_lists(trust=one.signers, tsa_trust=one.time_stamps, cawg_trust=one.identities)
        except TrustListError as error:
            raise ConfigError(f"lists.{name}: {error}") from error
    return found


def _indexes(config: Config) -> dict[str, KnownMedia]:
    from provenance.hashes.errors import KnownIndexError
    from provenance.hashes.index.index import KnownMedia

    found: dict[str, Any] = {}
    for name, path in config.indexes.items():
        try:
            found[name] = KnownMedia(path)
        except (KnownIndexError, OSError) as error:
            for one in found.values():
                one.close()
            raise ConfigError(f"indexes.{name}: {error}", hint="'vouchmark index add' makes one") from error
    return found


def _issuers(config: Config) -> dict[str, IssuerFile]:
    from provenance.asset import AssetError, Limits, open_asset
    from vouchmark.persons.issuers import MAX_ISSUER_OCTETS, IssuerFile
    from zk.errors import ZkError

    found = {}
    for name, path in config.issuers.items():
        try:
            found[name] = IssuerFile.of(open_asset(path, limits=Limits(bytes=MAX_ISSUER_OCTETS)).data)
            found[name].parse()
        except (AssetError, ZkError) as error:
            raise ConfigError(f"issuers.{name}: {error}") from error
    return found


def mark_of(config: Config) -> object:
    """What every named file looks like from outside: which one, how large, changed when."""
    from provenance.files.home import default_home

    home = default_home()
    paths = [*config.policies.values(), *config.issuers.values(), *config.indexes.values()]
    paths += [path / "index.json" for path in config.indexes.values()]
    paths += [path for one in config.lists.values() for path in (*one.signers, *one.time_stamps, *one.identities)]
    paths += [home, *home.glob("*.json"), *home.glob("trust/*")]
    paths += [config.server.tokens] if config.server.tokens else []
    return tuple(_look(path) for path in paths)


def _look(path: Path) -> tuple[str, tuple[int, ...]]:
    try:
        status = path.stat()
    except OSError:
        return str(path), ()
    return str(path), (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
