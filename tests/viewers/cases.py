"""Which mutants are tried? One for each number, the same ones for the same seed, as far as signatures can be."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tests.viewers.model import Mutant, Original
from tests.viewers.mutators import anywhere, bmff, gaps, openings, streams, tables

Mutator = Callable[[random.Random, Original], Mutant | None]

EVERYWHERE: Final[tuple[Mutator, ...]] = (
    gaps.gap,
    gaps.gap,
    gaps.gap,
    gaps.gap,
    gaps.fill,
    gaps.boxes_in_store,
    gaps.overwritten,
    gaps.described,
    anywhere.append,
    anywhere.prefix,
    anywhere.polyglot,
    anywhere.parts,
    anywhere.size,
    anywhere.framing,
    anywhere.framing,
    anywhere.cut,
    tables.noise,
    openings.opening,
    openings.opening,
)
"""For every format; gaps are the kind that was found first, and come oftener."""
OF_FAMILY: Final[Mapping[str, tuple[Mutator, ...]]] = {
    "jpeg": (gaps.split, tables.orientation, tables.exif_replaced),
    "png": (tables.orientation,),
    "riff": (tables.avi, tables.orientation),
    "bmff": (
        bmff.brand,
        bmff.brand,
        bmff.brand,
        bmff.uncovered,
        bmff.uncovered,
        bmff.free_filled,
        *[bmff.tables] * 4,
        *[bmff.interleaved] * 4,
    ),
    "jxl": (bmff.brand, tables.orientation),
    "tiff": (tables.tiff, tables.tiff_store, tables.orientation),
    "pdf": (tables.pdf, tables.pdf),
    "zip": (tables.zips, tables.zips, tables.zip_gap),
    "id3": (tables.id3,),
}
TRIES: Final = 12
"""Mutators that are asked before a number counts for nothing: some do not fit some files."""
NEUTRAL: Final = 40
"""One file in so many stays as it is: a report that passed it must pass it again."""
TWICE: Final = 0.15
"""How often a second mutator is asked about what the first one made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One mutant of one original."""

    number: int
    original: Original
    mutant: Mutant


def case(number: int, *, seed: int, ground: Sequence[Original]) -> Case:
    """The mutant of that number."""
    rng = random.Random(f"{seed}:{number}")
    original = ground[number % len(ground)]
    if rng.randrange(NEUTRAL) == 0:
        return Case(number=number, original=original, mutant=_made(rng, original, (anywhere.none,)))
    mutators = (*EVERYWHERE, *OF_FAMILY.get(original.family, ()))
    if original.fragments:
        mutators = (*mutators, *[streams.fragment] * 30)
    if original.is_trap:
        mutators = (*mutators, *[gaps.overwritten] * 12, *[openings.opening] * 40)
    mutant = _made(rng, original, mutators)
    if rng.random() < TWICE:
        pieces = original.fragments if mutant.fragments is None else mutant.fragments
        second = _made(rng, replace(original, data=mutant.data, fragments=pieces), mutators)
        told = f"{mutant.detail}; {second.mutator} {second.detail}"
        pieces = pieces if second.fragments is None else second.fragments
        mutant = Mutant(mutator=mutant.mutator, detail=told, data=second.data, fragments=pieces)
    return Case(number=number, original=original, mutant=mutant)


def _made(rng: random.Random, original: Original, mutators: Sequence[Mutator]) -> Mutant:
    for _ in range(TRIES):
        try:
            mutant = rng.choice(mutators)(rng, original)
        except (ValueError, IndexError, AssertionError, StopIteration, KeyError, OverflowError, RuntimeError):
            # A second mutator may meet a file that no longer has what it looks for.
            continue
        except Exception as error:
            if type(error).__module__.startswith(("cbor2", "_cbor2", "struct", "binascii")):
                continue
            raise
        if mutant is not None and (_is_other(mutant, original) or mutators == (anywhere.none,)):
            return mutant
    return Mutant(mutator="none", detail="nothing fitted", data=original.data)


def _is_other(mutant: Mutant, original: Original) -> bool:
    """Whether anything was changed at all."""
    return mutant.data != original.data or mutant.fragments not in (None, original.fragments)


def cases(count: int, *, seed: int, ground: Sequence[Original]) -> Iterator[Case]:
    """So many mutants."""
    return (case(number, seed=seed, ground=ground) for number in range(count))
