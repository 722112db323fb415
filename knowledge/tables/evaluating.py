"""How often the answer is right: rows of our query against rows of the gold one. Pure but for the database.

As in the evaluation by execution that the public sets use: equal multisets of rows, in the same order where the gold
query sorts; columns may stand in another order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations
from typing import Any

Row = Sequence[Any]
_WIDEST = 6  # columns whose orders are all tried; 720 of them


def same_rows(ours: Sequence[Row], gold: Sequence[Row], ordered: bool) -> bool:
    """Whether two results are equal."""
    if len(ours) != len(gold):
        return False
    if not gold:
        return True
    width = len(gold[0])
    if len(ours[0]) != width:
        return False
    right = [tuple(_cell(cell) for cell in row) for row in gold]
    left = [tuple(_cell(cell) for cell in row) for row in ours]
    orders = permutations(range(width)) if width <= _WIDEST else iter([tuple(range(width))])
    return any(_equal([tuple(row[index] for index in order) for row in left], right, ordered) for order in orders)


def _equal(left: list[tuple[Any, ...]], right: list[tuple[Any, ...]], ordered: bool) -> bool:
    return left == right if ordered else Counter(left) == Counter(right)


def _cell(value: Any) -> Any:
    """Numbers by their value, to nine digits; all else as text."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float | Decimal):
        return float(f"{float(value):.9g}")
    return value if value is None else str(value)
