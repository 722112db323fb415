"""B9: numbers as people write them, with what they count."""

from __future__ import annotations

import pytest

from knowledge.questions.numerals import numbers


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("一百二十万", 1_200_000, ""),
        ("3.5亿", 350_000_000, ""),
        ("三点五亿", 350_000_000, ""),
        ("100万元", 1_000_000, "yuan"),
        ("50w", 500_000, ""),
        ("1.2m", 1_200_000, ""),
        ("500k", 500_000, ""),
        ("1.5 million yuan", 1_500_000, "yuan"),
        ("两成", 0.2, "rate"),
        ("两成五", 0.25, "rate"),
        ("百分之三十", 0.3, "rate"),
        ("30%", 0.3, "rate"),
        ("三分之一", 1 / 3, "rate"),
        ("一半", 0.5, "rate"),
        ("24小时", 24, "hours"),
        ("两周", 14, "days"),
        ("3个", 3, "count"),
        ("1,280,000", 1_280_000, ""),
        ("ten", 10, ""),
    ],
)
def test_numbers_and_their_units(text: str, value: float, unit: str) -> None:
    longest = max(numbers(text), key=lambda one: one.end - one.start)
    assert (longest.start, longest.end) == (0, len(text))
    assert longest.value == pytest.approx(value)
    assert longest.unit == unit


@pytest.mark.parametrize("text", ["q3", "rz-l3000", "e1001", "weeks", ""])
def test_parts_of_names_are_none(text: str) -> None:
    assert not list(numbers(text))
