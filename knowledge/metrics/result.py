"""What an answered plan is made of: the only place from which a sentence takes a number. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from knowledge.metrics.plan import Plan, Span


@dataclass(frozen=True, slots=True)
class Group:
    """One line of the answer: its dimensions' values (and the first day of its grain), and its metrics' numbers.

    `cells`: metric → (numerator, cases), for rates and averages: small n is seen here. None where nothing was counted.
    `rows`: how many rows it stands on; `share`: its part of the whole by the first metric, where that was asked.
    """

    key: tuple[str, ...]
    values: Mapping[str, float | None]
    cells: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    rows: int = 0
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """Of one plan, for one viewer.

    `groups` in the plan's order and limit; `whole`: all rows that the filters leave, of which the groups are parts;
    `before`: the same groups in the span compared with (trends: all of that span's, with days of their own). `listed`:
    rows of a list, as shown. `rows`: how many rows were counted. `statements`: the SQL that ran, for the evidence.
    `as_of`: what the figures know up to. `span`: the days counted, also where the plan names none; None: as of now.
    `own`: the viewer sees only a part of the rows, so that all numbers are of that part.
    """

    plan: Plan
    groups: Sequence[Group]
    whole: Group
    rows: int
    before: Sequence[Group] = ()
    before_whole: Group | None = None
    listed: Sequence[Mapping[str, Any]] = ()
    more: int = 0  # rows or groups beyond the limit
    statements: Sequence[str] = ()
    as_of: datetime | None = None
    span: Span | None = None
    before_span: Span | None = None
    own: bool = False
