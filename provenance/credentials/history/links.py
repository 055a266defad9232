"""Which part of a manifest does a reference hash, and what may be missing from it by right?

Asked for every link of a walk, and answered once for each manifest.
"""

from __future__ import annotations

import hmac
import operator
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

from provenance.credentials.errors import UnsupportedCredentialsError
from provenance.credentials.store.boxes import digest
from provenance.credentials.store.jumbf import RawManifest
from provenance.credentials.store.uris import HashedUri

Part: TypeAlias = Callable[[RawManifest], "bytes | memoryview"]
"""What of a manifest a reference may mean."""
WHOLE: Final[Part] = operator.attrgetter("content")
SIGNATURE: Final[Part] = operator.attrgetter("signature_content")
CLAIM: Final[Part] = operator.attrgetter("claim_bytes")


class Digests:
    """Digests of parts of manifests, each computed once: any number of links may lead to one large manifest."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, Part], bytes] = {}

    def matches(self, reference: HashedUri, owner: RawManifest, target: RawManifest, part: Part) -> bool:
        """Whether a reference's digest is that of a part; without an algorithm of its own, by either claim's."""
        names = (reference.algorithm,) if reference.algorithm else tuple({owner.algorithm, target.algorithm})
        for name in names:
            key = name, target.label, part
            try:
                if key not in self._found:
                    is_usual = part is WHOLE and name == "sha256"
                    self._found[key] = target.digest if is_usual else digest(name, part(target))
            except UnsupportedCredentialsError:
                continue
            if hmac.compare_digest(self._found[key], reference.hash):
                return True
        return False


class Redacted(NamedTuple):
    """What manifests further up were allowed to have removed."""

    assertions: frozenset[tuple[str, str]] = frozenset()
    """(manifest, assertion)."""
    manifests: frozenset[str] = frozenset()

    def and_by(self, other: Redacted) -> Redacted:
        """Both together."""
        if not other.assertions:
            return self
        return Redacted(self.assertions | other.assertions, self.manifests | other.manifests)

    def allows(self, manifest: str, absent: Sequence[str]) -> bool:
        """Whether all that is absent in a manifest may be."""
        if not absent:
            return True
        return manifest in self.manifests and {(manifest, name) for name in absent} <= self.assertions
