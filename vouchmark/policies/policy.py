"""What does a reader do with a report? Ordered rules that the reader owns turn findings into a verdict.

Policies come from the reader only, never from the media. The grammar of the TOML file:

```toml
name = "desk"                      # default: the file's name without its ending
description = "..."                # for people; optional
otherwise = "allow"                # what follows where no rule matches; required, so that nobody trusts by omission
                                   # or { outcome = "label", labels = ["x-quiet"] }

[[rules]]
name = "changed bytes"             # for people; optional
when = { line = "integrity", status = "fail" }
outcome = "review"                 # allow, label, review or block
labels = ["altered-after-signing"] # names from `vouchmark explain labels`, or your own that begin with x-; optional
final = false                      # true: where this rule matches, later ones are not looked at; optional
```

Every rule that matches counts: the verdict has the strongest outcome among them (allow < label < review < block), so
that nothing good outweighs a failure, and the labels of all of them in the order of the rules. `final = true` is how an
earlier rule settles the matter.

`when` is one of

- the status of a line: `{ line = "signer", status = ["unknown", "absent"] }`.
- findings: any of `code`, `root`, `detail`, or `at_least`, narrowed by `line` and `status` (then the finding's own):
  `{ line = "history", code = "history.*", status = "fail" }`. `code = "signer.*"` is a family. `line`, `status`, `code`
  and `root` take one value or a list of which one must fit. `detail = { name = "Harbour Press", depth = { max = 1 } }`
  compares entries of a finding's detail: a scalar must be equal (or be an element, where the entry is a list), a list
  names several of which one must fit, `{ min = …, max = … }` bounds a number, `{ exists = false }` asks for absence; a
  dotted key such as `"answers.state"` goes into a nested entry.
- findings, counted: `at_least = 2` asks for so many on distinct authorities (`distinct = "authority"`, the default:
  what one signer says, and what is known of that signer, counts once, whatever it rests on), with distinct roots
  (`distinct = "root"`) or from distinct people (`distinct = "person"`). People are counted by the voices
  within one issuer, class, scope, period and slot, because in each of these the same person has another voice; the
  largest group decides. `by = ["level"]` groups by further detail entries.
- people, counted: `{ people = { at_least = 1, issuer = "0f…64 hex digits…", scope = "public:review/cafe-harbour" } }`.
  Only vouches that hold count, and the largest group decides as above. `issuer` is an id (64 hex digits) or a petname
  that the reader gave (`vouchmark trust issuer add FILE --as NAME`), never what an issuer calls itself; `scope` a
  scope; both take a list of which one must fit. `level_at_least = 2` counts those alone whom their issuer checked so
  well. `at_most = 3` caps; `at_most = 0` means that there is nobody. `issuers_at_least = 2` asks for voices of so many
  issuers, `at_least` of each: two issuers' voices, perhaps of two people, perhaps of one. A scope that is named so
  counts for the reader, as if `--scope` had named it: `Policy.scopes` has them all.
- `{ all = [ … ] }`, `{ any = [ … ] }`, `{ not = { … } }` of such conditions.

Errors name the key path and, where it can be found, the line of the file.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from vouchmark.errors import VouchmarkError
from vouchmark.policies.conditions import Condition, grounds, is_id, needed, people_of, scopes_of, told_by, with_issuers
from vouchmark.report import Outcome, PolicyName, Report, Verdict

STRENGTH: Final = (Outcome.ALLOW, Outcome.LABEL, Outcome.REVIEW, Outcome.BLOCK)
"""From the mildest to the strongest."""

DEFAULT_FILE: Final = Path(__file__).with_name("default_policy.toml")
"""The built-in policy; it never blocks."""


class PolicyError(VouchmarkError, ValueError):
    """A policy that cannot be used, with the key path and the line of the mistake where these are known."""

    hint = "see docs/policies.md, and 'vouchmark explain codes' for codes"

    def __init__(self, message: str, *, policy: str, path: str = "", line: int | None = None) -> None:
        """Compose the message.

        Args:
            message: got and expected.
            policy: name of the policy or its file.
            path: key path such as `rules[2].when.line`, counted from 0; empty for the file as a whole.
            line: line of the file, counted from 1; None where it could not be found.
        """
        self.path = path
        self.line = line
        where = ", ".join(part for part in (f"line {line}" if line else "", path) if part)
        super().__init__(f"policy {policy}: {where}{': ' if where else ''}{message}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence:
    """What follows."""

    outcome: Outcome
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: where `when` holds, `then` follows."""

    when: Condition
    then: Consequence
    name: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A reader's policy."""

    name: str
    sha256: str
    """Of the policy's bytes as loaded, lower-case hex."""
    rules: tuple[Rule, ...]
    otherwise: Consequence
    """What follows where no rule matches."""
    description: str = ""
    compare_pictures: bool = False
    """Whether it asks for pictures to be matched to the thumbnails in their own history."""
    _needed: tuple[frozenset[str] | None, ...] = field(init=False, repr=False, compare=False)
    """Of each rule: most name codes that few reports have, and are passed over at once."""

    def __post_init__(self) -> None:
        """Look once at what each rule needs."""
        object.__setattr__(self, "_needed", tuple(needed(rule.when) for rule in self.rules))

    @property
    def scopes(self) -> tuple[str, ...]:
        """Every scope in which a rule counts people, sorted: they count as if named by `--scope`."""
        return tuple(sorted({scope for rule in self.rules for scope in scopes_of(rule.when)}))

    @property
    def petnames(self) -> tuple[str, ...]:
        """Every issuer that a rule names by what the reader calls it, sorted; to be replaced by ids before deciding."""
        named = {issuer for rule in self.rules for people in people_of(rule.when) for issuer in people.issuers}
        return tuple(sorted(issuer for issuer in named if not is_id(issuer)))

    def with_issuers(self, ids: Mapping[str, str]) -> Policy:
        """The same policy with the ids of issuers that it names by petnames."""
        rules = tuple(replace(rule, when=with_issuers(rule.when, ids)) for rule in self.rules)
        return replace(self, rules=rules)

    @staticmethod
    def default() -> Policy:
        """The built-in policy: recognises, labels and asks for review, and never blocks."""
        return _default()

    @staticmethod
    def load(path: str | Path) -> Policy:
        """Read a policy file.

        Raises:
            PolicyError: it cannot be read, is too large, or breaks the grammar.
        """
        from vouchmark.policies.file import load

        return load(Path(path))

    @staticmethod
    def parse(data: bytes, name: str) -> Policy:
        """Read a policy from the bytes of a TOML document.

        Args:
            data: UTF-8, at most `policy_toml.MAX_BYTES`.
            name: what errors call it, and its name where it gives itself none.

        Raises:
            PolicyError: it is too large or breaks the grammar.
        """
        from vouchmark.policies.file import parse

        return parse(data, name)

    def decide(self, report: Report) -> Verdict:
        """The verdict on a report. Reads nothing but the report, and is the same for the same report.

        Raises:
            PolicyError: it names an issuer by a petname that was not replaced by its id.
        """
        if petnames := self.petnames:
            raise PolicyError(f"{petnames[0]!r} is the petname of no issuer that is kept", policy=self.name)
        outcome: Outcome | None = None
        labels: dict[str, None] = {}
        reasons: set[str] = set()
        told = told_by(finding.code for finding in report.findings())
        for rule, needs in zip(self.rules, self._needed, strict=True):
            if needs is not None and needs.isdisjoint(told):
                continue
            ids = grounds(rule.when, report)
            if ids is None:
                continue
            outcome = rule.then.outcome if outcome is None else max(outcome, rule.then.outcome, key=STRENGTH.index)
            labels.update(dict.fromkeys(rule.then.labels))
            reasons |= ids
            if rule.final:
                break
        if outcome is None:
            outcome = self.otherwise.outcome
            labels.update(dict.fromkeys(self.otherwise.labels))
        return Verdict(
            outcome=outcome,
            labels=tuple(labels),
            reasons=tuple(finding.id for finding in report.findings() if finding.id in reasons),
            policy=PolicyName(name=self.name, sha256=self.sha256),
        )

    def applied(self, report: Report) -> Report:
        """The same report with this policy's verdict."""
        return replace(report, verdict=self.decide(report))


@functools.cache
def _default() -> Policy:
    return Policy.parse(DEFAULT_FILE.read_bytes(), "default")


def at_least_as_strong(outcome: Outcome, threshold: Outcome) -> bool:
    """Whether an outcome reaches a threshold (`--fail-on`)."""
    return STRENGTH.index(outcome) >= STRENGTH.index(threshold)
