"""Are the public names there, and is nothing heavy imported before one is asked for?"""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

import zk
import zk.bbs


@pytest.mark.parametrize("package", [zk, zk.bbs], ids=["zk", "zk.bbs"])
def test_every_public_name_is_there_and_documented(package: ModuleType) -> None:
    for name in package.__all__:
        found = getattr(package, name)
        assert not callable(found) or found.__doc__, name


@pytest.mark.parametrize("package", [zk, zk.bbs], ids=["zk", "zk.bbs"])
def test_another_name_is_an_attribute_error(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing_of_the_kind'"):
        _ = package.nothing_of_the_kind


def test_importing_the_packages_loads_neither_a_curve_nor_a_database() -> None:
    heavy = ("py_ecc", "py_arkworks_bls12381", "sqlalchemy", "cryptography", "zk.bbs.curve")
    code = f"import sys, zk, zk.bbs; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_signatures_can_be_used_by_their_public_names_alone() -> None:
    suite = zk.bbs.by_name("BBS_BLS12381G1_XMD:SHA-256_SSWU_RO_")
    secret = zk.bbs.key_gen(bytes(range(32)), suite=suite)
    public = zk.bbs.sk_to_pk(secret)
    signature = zk.bbs.sign(secret, public, b"header", [b"one", b"two"], suite=suite)
    zk.bbs.verify(public, signature, b"header", [b"one", b"two"], suite=suite)
    with pytest.raises(zk.SignatureError):
        zk.bbs.verify(public, signature, b"header", [b"one", b"three"], suite=suite)
