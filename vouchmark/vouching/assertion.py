"""Under which label, and in which form, does a vouch lie in Content Credentials?"""

from __future__ import annotations

from typing import Final

from provenance.options import CarriedLabel
from vouchmark.vouching.vouch import MAX_OCTETS

VOUCHES: Final = CarriedLabel(label="org.vouchmark.vouch", key="vouch", max_octets=MAX_OCTETS)
"""What our own check is asked to look for."""
