"""Values that don't stand on the golden list, and which of its values they most likely mean. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storage.fold import fold

LIKELY = 60  # of 100: less alike than this, nothing is suggested


def is_listed(value: str, golden: Mapping[str, Sequence[str]]) -> bool:
    """Whether it is one of the list's values, written in any width or case."""
    return fold(value) in {fold(one) for one in golden}


def nearest(value: str, golden: Mapping[str, Sequence[str]]) -> str:
    """The list's value that is written so, else the most alike one; "" when none is."""
    from rapidfuzz import fuzz, process

    ways = {fold(way): one for one, others in golden.items() for way in (one, *others)}
    known = ways.get(fold(value))
    if known:
        return known
    found = process.extractOne(fold(value), list(ways), scorer=fuzz.ratio, score_cutoff=LIKELY)
    return ways[found[0]] if found else ""
