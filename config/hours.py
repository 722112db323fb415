"""Hours of the day as people write them: 09:00-12:00, 13:00-18:00. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

MIDNIGHT = 24 * 60  # minutes

Hours = tuple[tuple[int, int], ...]  # minutes of the day, in order, not overlapping
WHOLE_DAY: Hours = ((0, MIDNIGHT),)
_HOURS = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*[-–~至]\s*([01]?\d|2[0-4]):([0-5]\d)")


class BadHours(ValueError):
    """Hours of the day that can't be read, overlap or aren't in order."""


def parse_hours(texts: Sequence[str]) -> Hours:
    """`["09:00-12:00", "13:00-18:00"]`. Raises BadHours."""
    found: list[tuple[int, int]] = []
    for text in texts:
        match = _HOURS.fullmatch(str(text).strip())
        if match is None:
            raise BadHours(str(text))
        begin, end = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])
        if not (found[-1][1] if found else 0) <= begin < end <= MIDNIGHT:
            raise BadHours(str(text))
        found.append((begin, end))
    if not found:
        raise BadHours("")
    return tuple(found)
