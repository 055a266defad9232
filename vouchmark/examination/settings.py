"""What does one run of checks go by: options, with all filled in that the moment and the reader's machine decide?"""

from __future__ import annotations

import datetime as dt
import functools
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Unpack

import msgspec

from provenance.credentials.trust.lists import TrustLists
from provenance.credentials.trust.view import view_of
from provenance.options import MediaOptions
from provenance.workers.task import Lists
from vouchmark.examination.claimed import Claimed, claimed
from vouchmark.known.lookup import KnownSettings
from vouchmark.options import Options, Overrides, with_overrides
from vouchmark.persons.settings import PersonSettings, counting, person_settings, with_ids
from vouchmark.policies.policy import Policy
from vouchmark.report import Line

if TYPE_CHECKING:
    from provenance.net.online import Online


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Options of one run, and what becomes of them when it begins; `settings_of` makes them."""

    options: Options
    at: dt.datetime
    """Aware, in UTC, whole seconds; expiry and lists are judged at this instant."""
    policy: Policy
    trust: TrustLists
    online: Online | None
    """The reader's leave to ask over the network in this run; None asks nobody."""
    claim: Claimed | None
    """What somebody says about place and time, to be compared."""
    person: PersonSettings
    """Which issuers and scopes count, and which vouches were given."""
    known: KnownSettings | None
    """The reader's index of known media; None where none was named."""
    missing: tuple[str, ...] = ()
    """Engines that were to be asked and for which there is no build for this system."""

    @functools.cached_property
    def media(self) -> MediaOptions:
        """What workers are told."""
        there = tuple(name for name in self.options.engines if name not in self.missing)
        compare = self.options.compare_pictures or self.policy.compare_pictures
        return msgspec.structs.replace(self.options.media, engines=there, compare_pictures=compare)

    @functools.cached_property
    def lists(self) -> Lists:
        """The lists as the engines and our own chain check are told of them."""
        return Lists.of(self.trust.settings(), view_of(self.trust))

    @property
    def reads_metadata(self) -> bool:
        """Whether any line asks for what the file's own metadata says."""
        return any(self.asks(line) for line in (Line.AI, Line.TIME, Line.CLAIM))

    @property
    def makes_hashes(self) -> bool:
        """Whether anybody asks what a file may be recognised by."""
        return self.options.hashes or (self.known is not None and self.asks(Line.KNOWN))

    def asks(self, line: Line) -> bool:
        """Whether a line is asked for."""
        return not self.options.only or line in self.options.only

    def begun_now(self) -> Settings:
        """The same of a run that begins now, by the same lists."""
        later = replace(self, at=_now())
        # Told once, in the same object: a worker is not told again.
        later.__dict__.update(lists=self.lists, media=self.media)
        return later

    def asked_otherwise(self, **overrides: Unpack[Overrides]) -> Settings:
        """The same of a run that begins now and asks otherwise for one file, by the same lists and issuers.

        Raises the errors of `check`.
        """
        later = settings_of(with_overrides(self.options, **overrides))
        if "trust" not in overrides and later.trust.eku_oids == self.trust.eku_oids:
            # Told once, in the same object: a worker is not told again.
            later.__dict__.update(lists=self.lists)
        if "issuers" not in overrides and later.person.issuers == self.person.issuers:
            # Parsed once, for all files.
            parsed = {name: self.person.__dict__[name] for name in _PARSED if name in self.person.__dict__}
            later.person.__dict__.update(parsed)
        return later

    @property
    def required(self) -> tuple[Line, ...]:
        """The lines that the exit code rests on."""
        return tuple(Line(line) for line in (self.options.only or self.options.require))


_PARSED: Final[tuple[str, ...]] = ("trusted", "petnames", "called")
"""What of `PersonSettings` rests on the issuers alone."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def settings_of(options: Options) -> Settings:
    """What a run goes by that begins now.

    Raises the errors of `check`; PolicyError where the policy names an issuer by a petname that no kept one has.
    """
    lists = options.trust if options.trust is not None else TrustLists.load()
    person = person_settings(options)
    policy = None if options.policy is None else with_ids(options.policy, person)
    return Settings(
        options=options,
        at=_now() if options.at is None else options.at.astimezone(dt.UTC).replace(microsecond=0),
        policy=policy or Policy.default(),
        trust=lists.as_programme() if options.crjson else lists,
        online=_leave() if options.online else None,
        claim=claimed(options.claim_place, options.claim_time, options.claim_ai),
        person=counting(person, policy),
        known=KnownSettings(index=options.known) if options.known is not None else None,
        missing=without_build() if len(options.engines) > 1 else (),
    )


WITHOUT_BUILD: Final = {"win32": ("c2pa-rs",)}
"""Engines that have no build for a system, so that a report rests on the others. Where one is missing that has a build,
something is wrong with this installation, and the report is an error."""


def without_build() -> tuple[str, ...]:
    """Engines that cannot be had here, and are not here."""
    from importlib.util import find_spec

    return () if find_spec("c2pa") is not None else WITHOUT_BUILD.get(sys.platform, ())


def make_settings(options: Options | None = None, **overrides: Unpack[Overrides]) -> Settings:
    """The same out of options and what is asked otherwise. Raises the errors of `check`."""
    return settings_of(with_overrides(options, **overrides))


def _leave() -> Online:
    """Leave to ask over the network; only here, because a run without it needs no network library."""
    from provenance.net.online import Online

    return Online()
