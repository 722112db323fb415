"""Grams: the last few touches as one integer, digits in base K + 1 (0 = before the path began)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.journeys.paths import Ints, Paths

LARGEST = 2**62


def fits(channels: int, width: int, groups: int) -> bool:
    """Whether grams of `width` touches, times groups, times 2, are integers of 64 bits."""
    return bool((channels + 1) ** width * groups * 2 < LARGEST)


def gram_codes(paths: Paths, width: int) -> Ints:
    """(T,) code of the `width` touches that end at each touch, within its path."""
    import numpy as np

    base = len(paths.channels) + 1
    current = np.add(paths.tokens, 1, dtype=np.int64)
    code, heads = current, paths.starts[:-1]
    for _ in range(width - 1):
        longer = np.empty_like(code)
        np.multiply(code[:-1], base, out=longer[1:])
        longer[heads] = 0
        longer += current
        code = longer
    return code


def digits(codes: Ints, width: int, base: int) -> Ints:
    """(U, width) channel + 1 of each place, 0 before the beginning."""
    import numpy as np

    return np.stack([codes // base ** (width - 1 - place) % base for place in range(width)], axis=1)


def recode(codes: Ints, width: int, base: int, new_base: int) -> Ints:
    """The same grams in another base, after more channels became known."""
    return codes if base == new_base else digits(codes, width, base) @ powers(width, new_base)


def powers(width: int, base: int) -> Ints:
    """(width,) what each place counts."""
    import numpy as np

    return np.array([base ** (width - 1 - place) for place in range(width)], dtype=np.int64)
