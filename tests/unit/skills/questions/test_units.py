"""B9: numbers as they are read in each language."""

from __future__ import annotations

import pytest

from skills.questions.numbers import said


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (1_234_567.0, "yuan", "123.5 万元", "CNY 1.23M"),
        (9_999.0, "yuan", "9,999 元", "CNY 9,999"),
        (123_456_789.0, "yuan", "1.23 亿元", "CNY 123.46M"),
        (-25_000.0, "yuan", "-2.5 万元", "CNY -25.0K"),
        (0.2783, "rate", "27.8%", "27.8%"),
        (3.0, "count", "3", "3"),
        (12.34, "days", "12.3 天", "12.3 days"),
        (None, "rate", "算不出（分母为 0）", "can't be computed (division by 0)"),
    ],
)
def test_units(value: float | None, unit: str, zh: str, en: str) -> None:
    assert (said(value, unit, "zh"), said(value, unit, "en")) == (zh, en)  # type: ignore[arg-type]  # a unit
