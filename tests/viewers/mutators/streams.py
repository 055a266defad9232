"""What can be done to a fragment of a film in pieces?

Not tried: another order of fragments. Which file stands for which place is said by whoever names them to the command.
"""

from __future__ import annotations

import random
from dataclasses import replace

from tests.viewers.model import Mutant, Original
from tests.viewers.mutators import anywhere, bmff
from tests.viewers.mutators.foreign_boxes import for_bmff
from tests.viewers.structure.parse import boxes

OF_FRAGMENTS = (
    anywhere.append, anywhere.prefix, anywhere.parts, anywhere.parts, anywhere.size, anywhere.cut, bmff.tables,
    bmff.tables,
)  # fmt: skip


def fragment(rng: random.Random, original: Original) -> Mutant | None:
    """One fragment changed as a file of its own, or a box put among its boxes."""
    if not original.fragments:
        return None
    number = rng.randrange(len(original.fragments))
    own = replace(original, data=original.fragments[number], fragments=())
    if rng.random() < 0.4:
        name = rng.choice(sorted(for_bmff()))
        at = rng.choice([*(one.start for one in boxes(own.data)), len(own.data)])
        found: Mutant | None = Mutant(mutator="gap", detail=name, data=own.data[:at] + for_bmff()[name] + own.data[at:])
    else:
        found = rng.choice(OF_FRAGMENTS)(rng, own)
    if found is None:
        return None
    changed = (*original.fragments[:number], found.data, *original.fragments[number + 1 :])
    return Mutant(
        mutator=found.mutator, detail=f"fragment {number}: {found.detail}", data=original.data, fragments=changed
    )
