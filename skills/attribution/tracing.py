"""From a channel's number to the journeys behind it; their parts sum to it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.journeys.paths import Floats
    from skills.attribution.answer import Answer

PAGE = 50


@dataclass(frozen=True, slots=True)
class Part:
    """One journey and what it gave to the channel."""

    key: str
    steps: tuple[str, ...]
    worth: float  # of the whole journey
    part: float


@dataclass(frozen=True, slots=True)
class Trace:
    """A page of the journeys, the largest parts first. `total`: the channel's number; `listed`: the sum of all."""

    parts: tuple[Part, ...]
    count: int
    total: float
    listed: float
    page: int


def trace(answer: Answer, model: str, channel: str, page: int = 0) -> Trace:
    """Journeys that gave something to a channel."""
    import numpy as np

    credit = journey_credit(answer, model, channel)
    order = np.argsort(-np.abs(credit), kind="stable")
    order = order[credit[order] != 0]
    shown = order[page * PAGE : (page + 1) * PAGE]
    parts = tuple(_part(answer, int(row), float(credit[row])) for row in shown)
    return Trace(parts, len(order), answer.credit(model, channel), float(credit.sum()), page)


def journey_credit(answer: Answer, model: str, channel: str) -> Floats:
    """(P,) what each journey gave to a channel."""
    import numpy as np

    from knowledge.journeys.touch_credit import touch_credit

    paths = answer.paths
    if channel not in paths.channels:
        return np.zeros(len(paths.conversions))
    credit = touch_credit(paths, answer.results[model], answer.settings)[:, int(answer.of_value)]
    mine = np.where(paths.tokens == paths.channels.index(channel), credit, 0.0)
    return np.asarray(np.add.reduceat(mine, paths.starts[:-1]))


def shares_within(answer: Answer, model: str, row: int) -> list[float]:
    """What each touch of one journey got."""
    from knowledge.journeys.touch_credit import touch_credit

    first, last = int(answer.paths.starts[row]), int(answer.paths.starts[row + 1])
    credit = touch_credit(answer.paths, answer.results[model], answer.settings)[first:last, int(answer.of_value)]
    return [float(one) for one in credit]


def _part(answer: Answer, row: int, part: float) -> Part:
    paths = answer.paths
    steps = tuple(paths.channels[token] for token in paths.tokens[paths.starts[row] : paths.starts[row + 1]])
    worth = float(paths.value[row] if answer.of_value else paths.conversions[row])
    return Part(str(answer.journeys.keys[row].as_py()), steps, worth, part)
