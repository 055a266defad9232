"""How does a program of one's own make a vouch for a file, and put it into the file's Content Credentials?"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from provenance.workers.pool import Pool
from vouchmark.examination.gather import facts_about, picture_hint
from vouchmark.examination.settings import make_settings
from vouchmark.options import Options, Overrides
from vouchmark.vouching.vouch import binding_for, make

if TYPE_CHECKING:
    from provenance.credentials.signing.c2pa_sign import SigningKey
    from vouchmark.vouching.embedding import Done
    from vouchmark.vouching.vouch import Wish
    from zk.wallet.wallet import Wallet


def make_vouch(
    wallet: Wallet,
    source: Path | bytes,
    wish: Wish,
    *,
    at: dt.datetime | None = None,
    issuer_id: bytes | None = None,
    hint: bool = False,
    in_process: bool = False,
) -> bytes:
    """A vouch for a file, as `vouchmark vouch make` makes it: refuse what does not hold, bind, prove.

    The wallet writes down what it is used for before it proves.

    Args:
        wallet: whose voice it is.
        source: the file; its path, or its bytes.
        wish: scope, statement and what else is to be said.
        at: aware instant at which it is said; now where None.
        issuer_id: of the credential to use, where the wallet has several.
        hint: whether a picture's perceptual hash goes with it, so that a recompressed copy can be told to look like it.
        in_process: parse in this process, without time and memory limit; for files that you trust.

    Returns:
        The octets of a `.vouch` file.

    Raises:
        AssetError: the file cannot be read.
        VouchError: no vouch can be made for it.
        zk.ZkError: the wallet refuses, or holds no credential that is good now.
    """
    from provenance.credentials.trust.lists import TrustLists

    settings = make_settings(trust=TrustLists.empty(), issuers=(), at=at)
    with _pool(in_process) as pool:
        asset, facts = facts_about(source, settings, pool=pool)
        binding = binding_for(asset, facts)
        pdq = picture_hint(asset, settings, pool=pool) if hint else None
    return make(wallet, wish, binding, at=settings.at, issuer_id=issuer_id, pdq=pdq).encode()


def embed_vouch(
    source: Path | bytes,
    vouch: bytes,
    *,
    key: SigningKey,
    options: Options | None = None,
    authority: str = "",
    in_process: bool = False,
    **overrides: Unpack[Overrides],
) -> Done:
    """A file with an update manifest that carries a vouch for the manifest below it, examined again.

    Args:
        source: the file, which must be intact; its path, or its bytes. Nothing is written.
        vouch: octets of a `.vouch` file, bound to the file's Content Credentials.
        key: who signs the update, and is named by it.
        options: the lists by which the file is looked at, as in `check`.
        authority: address of a time-stamping authority, the one thing that is asked of anybody; none where empty.
        in_process: parse and sign in this process, without time and memory limit; for files that you trust.
        overrides: what is asked otherwise, by the names of `Options`.

    Returns:
        What was made: `done.embedded.data` are the bytes of the new file.

    Raises:
        AssetError: the file cannot be read.
        VouchError: it is refused, with a hint.
        zk.ZkError: the octets are no vouch.
    """
    from vouchmark.vouching.embedding import embed

    settings = make_settings(options, **overrides)
    with _pool(in_process) as pool:
        return embed(source, vouch, key=key, settings=settings, pool=pool, authority=authority)


@contextlib.contextmanager
def _pool(in_process: bool) -> Iterator[Pool | None]:
    """Workers for one call, or none."""
    if in_process:
        yield None
        return
    with Pool(workers=1) as pool:
        yield pool
