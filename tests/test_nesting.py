"""Does nothing that strangers write go deeper than our own bounds, however far the interpreter would follow it?

Each decoder is tried in a process of its own whose recursion limit is out of the way: there a decoder that trusts in
the limit ends the process.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.nesting import MAX_NESTING, NestingError, check_nesting, loads
from tests.support.effort import costs_at_most
from vouchmark.policies.toml_depth import depth_of

CHECKOUT: Final = Path(__file__).resolve().parents[1]
DEEP: Final = 99_000


def run(code: str, *, limit: int = 1_000_000) -> str:
    """What a process says in which the interpreter's recursion limit was raised."""
    lead = f"import sys\nsys.setrecursionlimit({limit})\nDEEP = {DEEP}\n"
    done = subprocess.run(
        [sys.executable, "-c", lead + code], capture_output=True, text=True, timeout=300, check=False, cwd=CHECKOUT
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-2000:])
    return done.stdout.strip()


TRIES: Final = {
    "a list": (
        "from provenance.credentials.trust.formats import TrustListError, parse",
        "parse(text.encode())",
        "TrustListError",
    ),
    "products": (
        "from provenance.credentials.trust.formats import TrustListError, products",
        "products(text.encode())",
        "TrustListError",
    ),
    "a distrust file": (
        "from provenance.credentials.trust.distrust import parse\n"
        "from provenance.credentials.trust.formats import TrustListError",
        "parse(text.encode())",
        "TrustListError",
    ),
    "the index of lists": (
        "from provenance.credentials.trust.folder import TrustFolder\n"
        "from provenance.credentials.trust.formats import TrustListError\n"
        "import pathlib, tempfile\n"
        "home = pathlib.Path(tempfile.mkdtemp())\n(home / 'trust').mkdir(mode=0o700)",
        "(home / 'trust' / 'index.json').write_text(text); TrustFolder(home).read_index()",
        "TrustListError",
    ),
    "the index of issuers": (
        "from vouchmark.persons.issuers import IssuerFolder, IssuersError\n"
        "import pathlib, tempfile\n"
        "home = pathlib.Path(tempfile.mkdtemp())\n(home / 'issuers').mkdir(mode=0o700)",
        "(home / 'issuers' / 'index.json').write_text(text); IssuerFolder(home).rows()",
        "IssuersError",
    ),
    "an issuer": (
        "from zk.profile.issuer_json import members_of\nfrom zk.errors import EncodingError",
        "members_of(text.encode(), most=1 << 23)",
        "EncodingError",
    ),
    "a DID": (
        "import base64\nfrom provenance.credentials.identities import did\ndid.MAX_DID = 1 << 30",
        "did.key_of('did:jwk:' + base64.urlsafe_b64encode(text.encode()).decode())",
        "did.DidError",
    ),
    "a credential": (
        "from provenance.credentials.identities import aggregation",
        "aggregation._parse(text.encode())",
        "aggregation._InvalidError",
    ),
    "a list of hashes": (
        "import io\nfrom provenance.hashes.index.exchange import ExchangeError, read_list",
        "list(read_list(io.StringIO(text)))",
        "ExchangeError",
    ),
    "a report": (
        "from vouchmark.render.json import loads\nfrom vouchmark.report import ReportError",
        "loads(text)",
        "ReportError",
    ),
    "a policy": (
        "from vouchmark.policies import file as policy_toml\nfrom vouchmark.policies.policy import PolicyError\n"
        "policy_toml.MAX_BYTES = 1 << 30",
        "policy_toml.parse(b'otherwise = ' + text.encode(), 'x')",
        "PolicyError",
    ),
    "CBOR": (
        "from provenance.credentials.store import cbor\nfrom provenance.credentials.errors import CredentialsError",
        "cbor.decode(b'\\x81' * DEEP + b'\\x01', what='x')",
        "CredentialsError",
    ),
    "CBOR of proofs": (
        "from zk.bbs.encoding import dcbor_decode\nfrom zk.errors import EncodingError",
        "dcbor_decode(b'\\x81' * DEEP + b'\\x01', max_size=1 << 20)",
        "EncodingError",
    ),
    "a time stamp": (
        "from provenance.credentials.certificates.timestamp import read_stamp\n"
        "from provenance.credentials.errors import CredentialsError",
        "read_stamp(b'\\x30\\x80' * DEEP, (b'',))",
        "CredentialsError",
    ),
    "a time stamp of known lengths": (
        "from provenance.credentials.certificates import timestamp\n"
        "from provenance.credentials.errors import CredentialsError\n"
        "timestamp.MAX_TOKEN_BYTES = 1 << 30\n"
        "heads, length = [], 0\n"
        "for _ in range(DEEP):\n"
        "    size = length.to_bytes(3, 'big')\n"
        "    heads.append(b'\\x30\\x83' + size)\n"
        "    length += 5\n",
        "timestamp.read_stamp(b''.join(reversed(heads)), (b'',))",
        "CredentialsError",
    ),
}


@pytest.mark.parametrize("name", TRIES)
def test_99_000_brackets_are_refused_with_our_own_error(name: str) -> None:
    given_first, attempt, error = TRIES[name]
    for text in ("'[' * DEEP", "'{\"a\":' * DEEP", "'[' * DEEP + ']' * DEEP"):
        code = f"{given_first}\ntext = {text}\ntry:\n    {attempt}\nexcept {error}:\n    print('refused')\n"
        assert run(code) == "refused"


@pytest.mark.parametrize("name", ["JSON", "a label", "an XMP packet"])
def test_what_only_colours_a_report_is_left_unread(name: str) -> None:
    attempts = {
        "JSON": "from types import SimpleNamespace as A\nfrom provenance.credentials.history import content\n"
        "content.MAX_JSON_BYTES = 1 << 30\n"
        "print(content.content_of(A(kind='json', data=memoryview(b'{\"a\":' + b'[' * DEEP))) or {})",
        "a label": "from provenance.metadata.generators import object_in\nprint(object_in('{\"a\":' * DEEP))",
        "an XMP packet": "from provenance.metadata.xmp import read_xmp\nprint(read_xmp(b'<a>' * DEEP).is_whole or {})",
    }
    assert run(attempts[name]) == "{}"


def test_crjson_of_a_deep_assertion_is_a_reference_to_it() -> None:
    code = (
        "from types import SimpleNamespace as A\nfrom provenance.credentials.crjson.content import decoded\n"
        "try:\n    decoded(A(kind='json', data=memoryview(b'[' * DEEP + b']' * DEEP)))\n"
        "except ValueError as error:\n    print(error)"
    )
    assert run(code) == f"nested more than {MAX_NESTING} deep"


@pytest.mark.parametrize("deep", ["crjson", "json"])
def test_an_engine_that_tells_of_something_deep_is_not_followed(deep: str) -> None:
    code = (
        "from types import SimpleNamespace as A\nfrom provenance.credentials.engines import c2pa_rs\n"
        'brief = \'{"active_manifest": "a", "validation_state": "Valid"}\'\n'
        "told = {'crjson': '{}', 'json': brief, '" + deep + "': '[' * DEEP + ']' * DEEP}\n"
        "reader = A(**{name: lambda said=said: said for name, said in told.items()})\n"
        "try:\n    c2pa_rs._found(reader, A(raw=False), None, embedded=True)\n"
        "except c2pa_rs.NestingError as error:\n    print(error)"
    )
    assert run(code) == f"nested more than {MAX_NESTING} deep"


def test_the_slow_curve_leaves_the_interpreter_as_it_was() -> None:
    code = (
        "from zk.bbs.curve import load\nengine = load('py_ecc')\nprint(sys.getrecursionlimit())\n"
        "import py_ecc\nprint(engine.name)"
    )
    assert run(code, limit=1_000).split() == ["1000", "py_ecc"]
    assert run(code, limit=3_210).split() == ["3210", "py_ecc"]


def test_the_slow_curve_computes_within_the_usual_limit() -> None:
    code = (
        "from zk.bbs.curve import R, load\nfrom zk.bbs.hashing import expand_message_xmd\n"
        "curve = load('py_ecc')\n"
        "point = curve.hash_to_curve_g1(b'x', b'tag', expand_message_xmd)\n"
        "point = curve.decode_g1(curve.encode_g1(curve.mul(point, R - 2)))\n"
        "print(curve.pairing_check([(point, curve.g2_generator), (curve.neg(point), curve.g2_generator)]))"
    )
    assert run(code, limit=1_000) == "True"


class TestCounting:
    def test_the_bound_itself_holds(self) -> None:
        deepest = "[" * MAX_NESTING + "]" * MAX_NESTING
        assert loads(deepest) == json.loads(deepest)
        with pytest.raises(NestingError):
            loads(f"[{deepest}]")

    @pytest.mark.parametrize("text", ['"[[[["', '["\\"[[[["]', '{"[": "]", "{": ["}"]}', '["\\\\", ["a"]]'])
    def test_brackets_in_texts_are_text(self, text: str) -> None:
        check_nesting(text, most=2)
        assert loads(text, most=2) == json.loads(text)

    @pytest.mark.parametrize(
        "text", ["]" * 9 + "[" * 4, '["]"' * 4, '["\\"]"' * 4, '["]\\\\"' * 4, "[ \n[\t[\r[", '[{"a":[{']
    )
    def test_nothing_hides_depth(self, text: str) -> None:
        with pytest.raises(NestingError):
            check_nesting(text, most=3)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-32-be"])
    def test_every_form_that_json_reads_is_counted(self, encoding: str) -> None:
        assert loads('{"ä": ["x"]}'.encode(encoding)) == {"ä": ["x"]}
        for text in ("[" * 300, '["\u5b22 ]"' + "[" * 300):
            with pytest.raises(NestingError):
                loads(text.encode(encoding))

    @settings(max_examples=300, deadline=None)
    @given(
        st.recursive(
            st.text() | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
        )
    )
    def test_depth_is_what_the_value_has(self, value: Any) -> None:
        def depth(one: Any) -> int:
            inner = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
            return isinstance(one, dict | list) + max(map(depth, inner), default=0)

        text = json.dumps(value, ensure_ascii=False)
        check_nesting(text, most=depth(value))
        if depth(value):
            with pytest.raises(NestingError):
                check_nesting(text, most=depth(value) - 1)

    @pytest.mark.parametrize(
        "text",
        ['"' * 4_000_000, '\\"' * 2_000_000, '"\\' * 2_000_000, "[]" * 2_000_000, ("[" * 199 + "]" * 199) * 20_000],
    )
    def test_time_is_linear(self, text: str) -> None:
        assert costs_at_most(5, lambda: check_nesting("[]" * 300 + text))


class TestToml:
    @pytest.mark.parametrize(
        ("text", "depth"),
        [
            ("a = 1", 0),
            ("[[rules]]\na = [[1], [[2]]]", 3),
            ('a = "[[[[" # [[[[\nb = [1]', 1),
            ("a = '[[\\'\nb = ['[']", 1),
            ('a = """[[""["[[\\"""[["""\nb = [1]', 1),
            ("a = '''[['[''['''\nb = [[1]]", 2),
            ("a = {b = {c = [1]}}", 3),
        ],
    )
    def test_depth_is_counted_outside_texts_and_comments(self, text: str, depth: int) -> None:
        assert tomllib.loads(text)
        assert depth_of(text) == depth

    @pytest.mark.parametrize(
        "text", ["a = [" * 9, "a = [''," * 9, 'a = ["]", ' * 9, "a = [''''''," * 9, 'a = [""" ]""", ' * 9]
    )
    def test_nothing_hides_depth(self, text: str) -> None:
        assert depth_of(text) == 9

    def test_time_is_linear(self) -> None:
        for text in ('"' * 60_000, "'" * 60_000, '"""' * 20_000, "\\" * 60_000, '"\\' * 30_000, "#" * 60_000):
            assert costs_at_most(1, lambda text=text: depth_of(text))
