"""Touches in memory, in any order, brought into paths."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t
from knowledge.journeys.groups import hashed
from knowledge.journeys.paths import Paths


def cluster(
    journeys: Sequence[object],
    channels: Sequence[str],
    outcomes: Mapping[object, tuple[float, float]],
    *,
    order: Sequence[float] | None = None,
    hours: Sequence[float] | None = None,
) -> Paths:
    """Paths of touches; see `Counts.from_touches`. Journeys are numbered as they first appear.

    Raises BadInput when the sequences aren't equally long.
    """
    import numpy as np

    columns = (channels, *(one for one in (order, hours) if one is not None))
    if any(len(one) != len(journeys) for one in columns):
        raise BadInput(t("attribution_engine.uneven_columns", operator_language()))
    numbers: dict[object, int] = {}
    names: dict[str, int] = {}
    journey = np.array([numbers.setdefault(one, len(numbers)) for one in journeys], dtype=np.int64)
    tokens = np.array([names.setdefault(one, len(names)) for one in channels], dtype=np.int32)
    place = np.zeros(len(journey)) if order is None else np.asarray(order, dtype=np.float64)
    sorting = np.lexsort((place, journey))  # stable: touches of the same moment stay as they came
    known = [outcomes.get(one, (0.0, 0.0)) for one in numbers]
    won, value = np.array(known, dtype=np.float64).reshape(-1, 2).T
    keys = np.array([zlib.crc32(repr(one).encode()) for one in numbers], dtype=np.uint64)
    return Paths(
        tuple(names),
        tokens[sorting],
        np.concatenate(([0], np.cumsum(np.bincount(journey, minlength=len(numbers))))),
        won,
        value,
        np.where(won > 0, 0.0, 1.0),
        None if hours is None else np.asarray(hours, dtype=np.float64)[sorting],
        group=hashed(keys),
    )
