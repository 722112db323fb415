"""Frequent orders of moves: PrefixSpan (Pei et al., 2001) for patterns without repetition.

A pattern occurs in a sequence when its items come in this order, with anything between them.
"""

from __future__ import annotations

from collections.abc import Sequence

Pattern = tuple[str, ...]
_Places = dict[int, int]  # sequence -> where it goes on behind the pattern's first occurrence


def frequent(sequences: Sequence[Sequence[str]], least: int, longest: int) -> dict[Pattern, frozenset[int]]:
    """Every pattern of at most `longest` different items that at least `least` sequences hold, with these sequences'
    numbers. Whatever is put in, the patterns come in alphabetical order."""
    found: dict[Pattern, frozenset[int]] = {}
    _grow((), dict.fromkeys(range(len(sequences)), 0), sequences, least, longest, found)
    return found


def holds(sequence: Sequence[str], pattern: Pattern) -> bool:
    """Whether the pattern occurs in the sequence."""
    return places(sequence, pattern) is not None


def places(sequence: Sequence[str], pattern: Pattern) -> list[int] | None:
    """Where the pattern's items are at its first occurrence; None where it doesn't occur."""
    at, found = 0, []
    for item in pattern:
        try:
            found.append(sequence.index(item, at))
        except ValueError:
            return None
        at = found[-1] + 1
    return found


def _grow(
    prefix: Pattern,
    projected: _Places,
    sequences: Sequence[Sequence[str]],
    least: int,
    longest: int,
    found: dict[Pattern, frozenset[int]],
) -> None:
    for item, after in sorted(_next(projected, sequences).items()):
        if item in prefix or len(after) < least:
            continue
        pattern = (*prefix, item)
        found[pattern] = frozenset(after)
        if len(pattern) < longest:
            _grow(pattern, after, sequences, least, longest, found)


def _next(projected: _Places, sequences: Sequence[Sequence[str]]) -> dict[str, _Places]:
    """For each item that comes behind the prefix, the sequences in which it does and where they go on."""
    after: dict[str, _Places] = {}
    for number, begin in projected.items():
        for place in range(begin, len(sequences[number])):
            after.setdefault(sequences[number][place], {}).setdefault(number, place + 1)
    return after
