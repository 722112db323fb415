"""Weights added up by place: what every statistic is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.journeys.paths import Floats


def add_at(sums: Floats, place: NDArray[np.integer[Any]], weights: Floats) -> None:
    """Add weights to the sums (flat) on their places, in place: no pass over all sums, however few the weights."""
    import numpy as np

    np.add.at(sums, place, weights)


def summed(place: NDArray[np.integer[Any]], weights: Floats | None, size: int) -> Floats:
    """(size,) sum of the weights (None: ones) that fall on each place."""
    import numpy as np

    return np.asarray(np.bincount(place, weights, size), dtype=np.float64)
