"""B10: which days a question means, and which come before them."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from knowledge.metrics.periods import Period, find_period

TODAY = date(2026, 7, 15)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("上周华东", "2026-07-06", "2026-07-12"),
        ("上上周", "2026-06-29", "2026-07-05"),
        ("last month", "2026-06-01", "2026-06-30"),
        ("近两周", "2026-07-02", "2026-07-15"),
        ("上季度", "2026-04-01", "2026-06-30"),
    ],
)
def test_spans(text: str, first: str, last: str) -> None:
    found, rest = find_period(text, TODAY)
    assert found == Period(date.fromisoformat(first), date.fromisoformat(last))
    assert "周" not in rest


@pytest.mark.parametrize(
    ("first", "last", "before"),
    [
        ("2026-07-06", "2026-07-12", "2026-06-29"),
        ("2026-03-01", "2026-03-31", "2026-02-01"),
        ("2026-01-01", "2026-03-31", "2025-10-01"),
        ("2026-07-01", "2026-07-15", "2026-06-16"),
    ],
)
def test_the_one_before(first: str, last: str, before: str) -> None:
    period = Period(date.fromisoformat(first), date.fromisoformat(last))
    assert period.before().first == date.fromisoformat(before)
    assert period.before().last == date.fromisoformat(first) - date.resolution


def test_bounds_are_of_the_zone_and_whole() -> None:
    start, end = Period(TODAY, TODAY).bounds(ZoneInfo("Asia/Shanghai"))
    assert (start.isoformat(), (end - start).days) == ("2026-07-15T00:00:00+08:00", 1)
