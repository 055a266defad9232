"""What do the public functions raise on what they are given, and how is all of it caught by one name?

`except vouchmark.ERRORS as error`: each has `error.code`, a stable word, and `error.hint`, what to do next.
"""

from __future__ import annotations

from typing import Final

from provenance.errors import ProvenanceError
from vouchmark.errors import VouchmarkError
from zk.errors import ZkError

ERRORS: Final = (VouchmarkError, ProvenanceError, ZkError)
"""Everything that `check`, `check_many`, `Checker`, `make_vouch` and `embed_vouch` raise on what they are given."""
