"""How does a policy file become a policy, and how is a mistake in it named?

The grammar stands in `vouchmark.policies.policy`. Strict: an unknown key, a wrong type, an unknown line, status, code,
root or label is refused with its key path, its line and a guess at what was meant.
"""

from __future__ import annotations

import hashlib
import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from vouchmark.codes import codes
from vouchmark.codes.values import is_value
from vouchmark.codes.values import values as values_of
from vouchmark.policies import labels
from vouchmark.policies.conditions import (
    AllOf,
    AnyOf,
    Condition,
    DetailTest,
    Distinct,
    Findings,
    LineIs,
    Not,
    People,
)
from vouchmark.policies.policy import Consequence, Policy, PolicyError, Rule
from vouchmark.policies.toml_depth import depth_of
from vouchmark.policies.toml_lines import KeyPath, line_of
from vouchmark.render.safe import plain
from vouchmark.report import Line, Outcome, Root, Status

MAX_BYTES: Final = 64 * 1024
"""Bytes of a policy; 500 rules written out stay below."""
MAX_RULES: Final = 500
"""Rules of a policy; each is tried on every report."""
MAX_CONDITIONS: Final = 2000
"""Conditions in all rules together, for the same reason."""
MAX_DEPTH: Final = 16
"""Nested `all`, `any` and `not`."""
MAX_NESTING: Final = 4 * MAX_DEPTH
"""Arrays and tables within one another as they are written: each condition is a table within a list."""
MAX_VALUES: Final = 200
"""Values in any list."""
MAX_TEXT: Final = 500
"""Code points of a name or description."""
MAX_COUNT: Final = 1_000_000
"""The largest `at_least`."""
ISSUER: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
"""An issuer's id as reports show it."""
PETNAME: Final = re.compile(r"(?!\s)(?![0-9a-fA-F\s-]{8,}$)[^\W_](?:[\w .'&-]{0,38}[\w.])?")
"""What a reader calls an issuer; nothing that looks like an id, or a beginning of one."""
MAX_LEVEL: Final = 3
"""Levels of a credential, as in the personhood profile."""
UNMATCHED: Final = frozenset({"issuer_name", "issuer_called"})
"""Entries of a finding's detail that are for display: whoever makes an issuer chooses what it calls itself."""
MAX_KEY_PARTS: Final = 64
"""Dots on a line outside its strings: tomllib's work grows with the square of a dotted key's length."""

T = TypeVar("T")

FINDING_KEYS: Final = ("line", "status", "value", "code", "root", "detail", "at_least", "distinct", "by")
PEOPLE_KEYS: Final = ("at_least", "at_most", "issuer", "scope", "level_at_least", "issuers_at_least")
CONDITION_KEYS: Final = (*FINDING_KEYS, "people", "all", "any", "not")

MAX_SCOPE: Final = 200
"""Characters of a scope, as in the personhood profile."""
SCOPE: Final = re.compile(
    r"(?:public|(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?)"
    r":(?!media/)(?!\.{1,2}(?:/|$))[a-z0-9._-]+(?:/(?!\.{1,2}(?:/|$))[a-z0-9._-]+)*"
)
"""A scope by the profile's grammar, which a policy must not import (a test compares)."""


def load(path: Path) -> Policy:
    """Read a policy file; see `Policy.load`."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise PolicyError(f"cannot be read ({error.strerror})", policy=plain(str(path), limit=300)) from None
    return parse(data, path.stem, where=path.name)


def parse(data: bytes, name: str, *, where: str = "") -> Policy:
    """Read a policy from bytes; see `Policy.parse`."""
    shown = plain(where or name, limit=200)
    if len(data) > MAX_BYTES:
        raise PolicyError(f"larger than {MAX_BYTES} bytes", policy=shown)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PolicyError("not UTF-8", policy=shown, line=line) from None
    reader = _Reader(policy=shown, text=text)
    document = reader.document()
    return reader.policy_of(document, name, hashlib.sha256(data).hexdigest())


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Walks one document and knows where it is."""

    policy: str
    text: str
    conditions: int = field(default=0, init=False)

    def document(self) -> dict[str, Any]:
        """The TOML document as Python values; PolicyError with tomllib's line where it is none."""
        for number, line in enumerate(self.text.split("\n"), start=1):
            if _bare_dots(line) > MAX_KEY_PARTS:
                raise PolicyError("a key with too many parts", policy=self.policy, line=number)
        if depth_of(self.text) > MAX_NESTING:
            raise PolicyError(f"not TOML: nested more than {MAX_NESTING} deep", policy=self.policy)
        try:
            return tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            words = str(error)
            found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", words)
            line_number = None
            if found is not None:
                words = words[: found.start()]
                line_number = int(found[1] or self.text.rstrip("\n").count("\n") + 1)
            words = plain(words[:1].lower() + words[1:], limit=300)
            raise PolicyError(f"not TOML: {words}", policy=self.policy, line=line_number) from None
        except (ValueError, RecursionError):
            # Dates that do not exist and integers beyond Python's limit of digits.
            raise PolicyError("not TOML: a number or date out of range", policy=self.policy) from None

    def fail(self, path: KeyPath, message: str) -> NoReturn:
        """Raise with the key path and its line."""
        raise PolicyError(message, policy=self.policy, path=_words(path), line=line_of(self.text, path))

    def policy_of(self, document: Mapping[str, Any], name: str, sha256: str) -> Policy:
        """The whole policy."""
        self.keys((), document, ("name", "description", "otherwise", "rules", "compare"), required=("otherwise",))
        tables = document.get("rules", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self.fail(("rules",), f"got {_kind(tables)}, expected rules as [[rules]] tables")
        if len(tables) > MAX_RULES:
            self.fail(("rules",), f"got {len(tables)} rules, expected at most {MAX_RULES}")
        own_name = self.text_at(("name",), document["name"]) if "name" in document else name
        if not own_name.strip():
            self.fail(("name",), "got an empty name")
        return Policy(
            name=plain(own_name, limit=200),
            sha256=sha256,
            rules=tuple(self.rule(("rules", number), table) for number, table in enumerate(tables)),
            otherwise=self.otherwise(document["otherwise"]),
            compare_pictures=self.compare(document.get("compare", {})),
            description=self.text_at(("description",), document.get("description", "")),
        )

    def compare(self, table: object) -> bool:
        """Whether pictures are matched to the thumbnails in their own history: `[compare]`, `pictures = true`."""
        if not isinstance(table, dict):
            self.fail(("compare",), f"got {_kind(table)}, expected a table such as [compare]")
        self.keys(("compare",), table, ("pictures",))
        pictures = table.get("pictures", False)
        if not isinstance(pictures, bool):
            self.fail(("compare", "pictures"), f"got {_kind(pictures)}, expected true or false")
        return pictures

    def otherwise(self, value: object) -> Consequence:
        """What follows where no rule matches: an outcome, or a table of outcome and labels."""
        if isinstance(value, dict):
            self.keys(("otherwise",), value, ("outcome", "labels"), required=("outcome",))
            return self.consequence(("otherwise",), value)
        return Consequence(outcome=self.member(("otherwise",), value, Outcome, "an outcome"))

    def rule(self, path: KeyPath, table: Mapping[str, Any]) -> Rule:
        """One rule."""
        self.keys(path, table, ("name", "when", "outcome", "labels", "final"), required=("when", "outcome"))
        final = table.get("final", False)
        if not isinstance(final, bool):
            self.fail((*path, "final"), f"got {_kind(final)}, expected true or false")
        return Rule(
            name=self.text_at((*path, "name"), table.get("name", "")),
            when=self.condition((*path, "when"), table["when"], depth=1),
            then=self.consequence(path, table),
            final=final,
        )

    def consequence(self, path: KeyPath, table: Mapping[str, Any]) -> Consequence:
        """Outcome and labels of a rule."""
        given = self.values((*path, "labels"), table["labels"]) if "labels" in table else ()
        for name in given:
            if not labels.is_label(name):
                hint = _meant(name, labels.LABELS) or "; your own labels begin with x-, in lower case"
                self.fail((*path, "labels"), f"got {_shown(name)}, expected a known label{hint}")
        return Consequence(
            outcome=self.member((*path, "outcome"), table["outcome"], Outcome, "an outcome"), labels=tuple(given)
        )

    def condition(self, path: KeyPath, value: object, *, depth: int) -> Condition:
        """One condition of any form."""
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS:
            self.fail(path, f"got more than {MAX_CONDITIONS} conditions in all")
        if depth > MAX_DEPTH:
            self.fail(path, f"nested more than {MAX_DEPTH} deep")
        if not isinstance(value, dict):
            self.fail(path, f'got {_kind(value)}, expected a table such as {{ line = "integrity", status = "fail" }}')
        self.keys(path, value, CONDITION_KEYS)
        joined = [key for key in ("people", "all", "any", "not") if key in value]
        if joined and len(value) > 1:
            self.fail(path, f"got {joined[0]!r} beside other keys, expected it alone")
        if not joined:
            return self.simple(path, value)
        inner = (*path, joined[0])
        if joined[0] == "people":
            return self.people(inner, value["people"])
        if joined[0] == "not":
            return Not(part=self.condition(inner, value["not"], depth=depth + 1))
        parts = value[joined[0]]
        if not isinstance(parts, list) or not parts:
            self.fail(inner, f"got {_kind(parts)}, expected a list of conditions")
        read = tuple(self.condition((*inner, n), part, depth=depth + 1) for n, part in enumerate(parts))
        return AllOf(parts=read) if joined[0] == "all" else AnyOf(parts=read)

    def people(self, path: KeyPath, table: object) -> People:
        """A condition on how many people stand behind it."""
        if not isinstance(table, dict):
            self.fail(path, f'got {_kind(table)}, expected a table such as {{ at_least = 1, scope = "public:review" }}')
        self.keys(path, table, PEOPLE_KEYS)
        at_most = None
        if "at_most" in table:
            at_most = self.count((*path, "at_most"), table["at_most"], least=0)
        at_least = 0 if at_most is not None else 1
        if "at_least" in table:
            at_least = self.count((*path, "at_least"), table["at_least"])
        if at_most is not None and at_most < at_least:
            self.fail((*path, "at_most"), f"got {at_most}, expected at_least ({at_least}) or more")
        scopes = self.values((*path, "scope"), table["scope"]) if "scope" in table else []
        for scope in scopes:
            if len(scope) > MAX_SCOPE or not SCOPE.fullmatch(scope):
                where = "an authority and a path, such as public:review/cafe-harbour"
                self.fail((*path, "scope"), f"got {_shown(scope)}, expected {where}")
        level = self.count((*path, "level_at_least"), table.get("level_at_least", 1))
        if level > MAX_LEVEL:
            self.fail((*path, "level_at_least"), f"got {level}, expected 1 to {MAX_LEVEL}")
        return People(
            at_least=at_least,
            at_most=at_most,
            issuers=(issuers := self.issuers((*path, "issuer"), table)),
            scopes=tuple(scopes),
            level_at_least=level,
            issuers_at_least=self.several(path, table, issuers, has_most=at_most is not None),
        )

    def issuers(self, path: KeyPath, table: Mapping[str, Any]) -> tuple[str, ...]:
        """Issuers by id, or by what the reader calls them."""
        issuers = self.values(path, table["issuer"]) if "issuer" in table else []
        for issuer in issuers:
            if not ISSUER.fullmatch(issuer) and not PETNAME.fullmatch(issuer):
                what = "64 hex digits, as `vouchmark trust issuer show` prints them, or your petname for the issuer"
                self.fail(path, f"got {_shown(issuer)}, expected an issuer's id: {what}")
        if len(set(issuers)) != len(issuers):
            self.fail(path, "got the same issuer twice")
        return tuple(issuers)

    def several(self, path: KeyPath, table: Mapping[str, Any], issuers: tuple[str, ...], *, has_most: bool) -> int:
        """Of how many issuers there must be voices."""
        number = self.count((*path, "issuers_at_least"), table.get("issuers_at_least", 1))
        if number > 1 and has_most:
            self.fail((*path, "issuers_at_least"), "got it beside at_most, which counts the people of one group")
        if issuers and number > len(issuers):
            self.fail((*path, "issuers_at_least"), f"got {number}, and {len(issuers)} issuers to choose from")
        return number

    def simple(self, path: KeyPath, table: Mapping[str, Any]) -> LineIs | Findings:
        """A condition on a line's status or on findings."""
        lines = self.members((*path, "line"), table, Line, "a line of evidence")
        statuses = self.members((*path, "status"), table, Status, "a status")
        values = self.line_values((*path, "value"), table, lines)
        if not set(table) - {"line", "status", "value"}:
            if not lines or not (statuses or values):
                missing = "status, value, code, root or detail" if lines else "line, code, root or detail"
                self.fail(path, f"says too little, expected {missing} as well")
            return LineIs(lines=lines, statuses=statuses, values=values)
        for key in ("distinct", "by"):
            if key in table and "at_least" not in table:
                self.fail((*path, key), "got it without at_least, which it would count")
        return Findings(
            lines=lines,
            statuses=statuses,
            codes=self.codes((*path, "code"), table, lines),
            roots=self.members((*path, "root"), table, Root, "a root"),
            detail=self.detail((*path, "detail"), table.get("detail", {})),
            at_least=self.count((*path, "at_least"), table.get("at_least", 1)),
            distinct=self.member((*path, "distinct"), table.get("distinct", "authority"), Distinct, "what to count"),
            by=tuple(self.values((*path, "by"), table["by"])) if "by" in table else (),
        )

    def line_values(self, path: KeyPath, table: Mapping[str, Any], lines: tuple[Line, ...]) -> tuple[str, ...]:
        """Values that one of the lines asked for can have."""
        if "value" not in table:
            return ()
        if not lines or set(table) - {"line", "status", "value"}:
            self.fail(path, "got it without a line, or beside what findings are asked for")
        given = table["value"]
        given = [str(one) if isinstance(one, int) else one for one in (given if isinstance(given, list) else [given])]
        found = self.values(path, given)
        for value in found:
            if not any(is_value(line, value) for line in lines):
                known = [one for line in lines for one in values_of(line)]
                self.fail(path, f"got {_shown(value)}, expected a value of that line{_meant(value, known)}")
        return tuple(found)

    def codes(self, path: KeyPath, table: Mapping[str, Any], lines: tuple[Line, ...]) -> tuple[str, ...]:
        """Codes and families that exist, and that stand on the lines asked for where these are ours."""
        if "code" not in table:
            return ()
        patterns = self.values(path, table["code"])
        for pattern in patterns:
            known = codes.lines_of(pattern)
            if known is None:
                self.fail(path, f"got {_shown(pattern)}, expected a known code{_meant(pattern, codes.patterns())}")
            if lines and known and not known & set(lines):
                where = " or ".join(sorted(known))
                self.fail(path, f"got {_shown(pattern)}, which is never on that line, only on {where}")
        return tuple(patterns)

    def detail(self, path: KeyPath, value: object) -> tuple[DetailTest, ...]:
        """Comparisons with a finding's detail."""
        if not isinstance(value, dict):
            self.fail(path, f"got {_kind(value)}, expected a table of detail entries")
        if len(value) > MAX_VALUES:
            self.fail(path, f"got {len(value)} entries, expected at most {MAX_VALUES}")
        return tuple(self.detail_test((*path, key), key, wanted) for key, wanted in value.items())

    def detail_test(self, path: KeyPath, key: str, wanted: object) -> DetailTest:
        """One comparison: a scalar, a list of scalars, bounds, or existence."""
        parts = tuple(key.split("."))
        if not all(parts) or len(parts) > MAX_DEPTH:
            self.fail(path, "got an empty part in a dotted key, or too many")
        if UNMATCHED & set(parts):
            self.fail(path, "an issuer's own name is for display; people = { issuer = … } takes its id or your petname")
        if not isinstance(wanted, dict):
            values: list[Any] = wanted if isinstance(wanted, list) else [wanted]
            if not values or len(values) > MAX_VALUES or not all(_is_scalar(item) for item in values):
                self.fail(path, f"got {_kind(wanted)}, expected a string, a number, true or false, or a list of them")
            return DetailTest(key=parts, values=tuple(values))
        self.keys(path, wanted, ("min", "max", "exists"))
        if not wanted or ("exists" in wanted and len(wanted) > 1):
            self.fail(path, 'expected min and max, or exists alone; a nested entry is written "outer.inner"')
        if "exists" in wanted:
            if not isinstance(wanted["exists"], bool):
                self.fail((*path, "exists"), f"got {_kind(wanted['exists'])}, expected true or false")
            return DetailTest(key=parts, exists=wanted["exists"])
        for bound in wanted:
            if (
                isinstance(wanted[bound], bool)
                or not isinstance(wanted[bound], int | float)
                or not _finite(wanted[bound])
            ):
                self.fail((*path, bound), f"got {_kind(wanted[bound])}, expected a finite number")
        return DetailTest(key=parts, minimum=wanted.get("min"), maximum=wanted.get("max"))

    def count(self, path: KeyPath, value: object, *, least: int = 1) -> int:
        """A whole number, positive unless told otherwise."""
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MAX_COUNT:
            self.fail(path, f"got {_shown(value)}, expected a whole number from {least} to {MAX_COUNT}")
        return value

    def text_at(self, path: KeyPath, value: object) -> str:
        """A short text."""
        if not isinstance(value, str):
            self.fail(path, f"got {_kind(value)}, expected text")
        if len(value) > MAX_TEXT:
            self.fail(path, f"got {len(value)} characters, expected at most {MAX_TEXT}")
        return value

    def values(self, path: KeyPath, value: object) -> list[str]:
        """One string or a list of strings, never empty."""
        listed = value if isinstance(value, list) else [value]
        if not listed or not all(isinstance(item, str) for item in listed):
            self.fail(path, f"got {_kind(value)}, expected a string or a list of strings")
        if len(listed) > MAX_VALUES:
            self.fail(path, f"got {len(listed)} values, expected at most {MAX_VALUES}")
        return list(listed)

    def member(self, path: KeyPath, value: object, kind: Callable[[str], T], expected: str) -> T:
        """One value of an enumeration."""
        if not isinstance(value, str):
            self.fail(path, f"got {_kind(value)}, expected {expected}")
        try:
            return kind(value)
        except ValueError:
            names = [str(item) for item in kind]  # type: ignore[attr-defined]
            hint = _meant(value, names) or f": {', '.join(names)}"
            self.fail(path, f"got {_shown(value)}, expected {expected}{hint}")

    def members(
        self, path: KeyPath, table: Mapping[str, Any], kind: Callable[[str], T], expected: str
    ) -> tuple[T, ...]:
        """One or several values of an enumeration under the path's last key; none where the key is absent."""
        key = str(path[-1])
        if key not in table:
            return ()
        return tuple(self.member(path, value, kind, expected) for value in self.values(path, table[key]))

    def keys(
        self, path: KeyPath, table: Mapping[str, Any], known: Iterable[str], *, required: tuple[str, ...] = ()
    ) -> None:
        """Refuse unknown keys and ask for the required ones."""
        for key in table:
            if key not in known:
                self.fail((*path, key), f"unknown key{_meant(key, known) or ', expected ' + ', '.join(known)}")
        for key in required:
            if key not in table:
                say = ', such as otherwise = "allow": what follows where no rule matches' if key == "otherwise" else ""
                self.fail(path, f"expected a key {key}{say}")


def _bare_dots(line: str) -> int:
    """Dots outside one-line strings and comments."""
    return re.sub(r'"(?:[^"\\]|\\.)*+"|\'[^\']*+\'|#.*', "", line).count(".")


def _meant(given: str, known: Iterable[str]) -> str:
    """`; did you mean …?` where something is close."""
    import difflib  # only mistakes need it

    close = difflib.get_close_matches(given[:100], list(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def _shown(value: object) -> str:
    return f'"{plain(value, limit=80)}"' if isinstance(value, str) else plain(str(value), limit=80)


def _kind(value: object) -> str:
    names = {bool: "true or false", str: "text", int: "a number", float: "a number", list: "a list", dict: "a table"}
    if isinstance(value, list | dict) and not value:
        return f"an empty {'list' if isinstance(value, list) else 'table'}"
    return names.get(type(value), "a date or time")


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value))


def _finite(value: float) -> bool:
    return isinstance(value, int) or math.isfinite(value)


def _words(path: KeyPath) -> str:
    """`rules[2].when.line`."""
    shown = ""
    for part in path:
        if isinstance(part, int):
            shown += f"[{part}]"
        else:
            name = part if re.fullmatch(r"[A-Za-z0-9_-]{1,80}", part) else _shown(part)
            shown += f".{name}" if shown else name
    return shown
