"""B2: values of other systems become ours, or are refused with what to do; nothing is guessed."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.mapping import times, values
from knowledge.mapping.values import Bad

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2024, 1, 31, 4, tzinfo=UTC)  # of the day, in Shanghai
MORNING = datetime(2024, 1, 31, 1, 30, tzinfo=UTC)

DAYS = [
    "2024-01-31",
    "2024/1/31",
    "2024.1.31",
    "2024年1月31日",
    "20240131",
    "２０２４－０１－３１",
    "45322",
    45322,
    45322.0,
    "31 Jan 2024",
    "Jan 31, 2024",
    "Wednesday, January 31st, 2024",
    "二〇二四年一月三十一日",
    " 2024-01-31 ",
]
MOMENTS = [
    "2024-01-31 09:30",
    "2024-01-31T09:30:00",
    "2024-01-31T01:30:00Z",
    "2024-01-31 09:30:00+08:00",
    "2024/1/31 9:30:00",
    "2024年1月31日 9点30分",
    "2024/1/31 上午 9:30:00",
    "Wed, 31 Jan 2024 01:30:00 GMT",
    "Jan 31, 2024 9:30 AM",
    "20240131093000",
    1706664600,
    1706664600000,
    "1706664600",
    45322.395833333336,
    "2024-01-30T20:30:00-05:00",
]
AMOUNTS = {
    "1,234.50": "1234.50",
    "¥1234.5": "1234.5",
    "￥１，２３４．５０": "1234.5",
    "1234.5元": "1234.5",
    "12万": "120000",
    "1.2万元": "12000",
    "0.3亿": "30000000",
    "(1,234.00)": "-1234",
    "-1,234": "-1234",
    "−5": "-5",
    "12,3456": "123456",
    "人民币 500": "500",
    "1.5E+05": "150000",
    1234: "1234",
    12.5: "12.5",
    "5000元整": "5000",
}


@pytest.mark.parametrize("said", DAYS, ids=str)
def test_days_in_many_forms(said: Any) -> None:
    assert times.day(said, SHANGHAI) == date(2024, 1, 31)
    assert times.moment(said, SHANGHAI) == NOON


@pytest.mark.parametrize("said", MOMENTS, ids=str)
def test_moments_with_and_without_a_zone(said: Any) -> None:
    assert times.moment(said, SHANGHAI) == MORNING


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("01/02/2024", "which_part_is_the_day"),
        ("2024-02-30", "no_such_day"),
        ("2024-01-31 25:00", "no_such_day"),
        ("1900-01-05", "strange_year"),
        ("9999-12-31", "strange_year"),
        ("明天", "not_a_date"),
        ("12", "not_a_date"),
        ({"a": 1}, "nested"),
        ("#REF!", "excel_error"),
        ("\ud800", "unreadable"),
    ],
    ids=str,
)
def test_dates_that_nobody_can_be_sure_of(said: Any, problem: str) -> None:
    with pytest.raises(Bad) as caught:
        times.moment(said, SHANGHAI)
    assert caught.value.problem == problem


def test_empty_dates_a_format_and_days_of_other_zones() -> None:
    for said in ("", "-", None, "0000-00-00", "无", "NULL", "1900-01-00"):
        assert times.day(said, SHANGHAI) is None
    assert times.day("01/02/2024", SHANGHAI, "%d/%m/%Y") == date(2024, 2, 1)
    with pytest.raises(Bad, match="not_the_format"):
        times.day("2024-01-31", SHANGHAI, "%d/%m/%Y")
    assert times.day("2024-01-30T23:00:00Z", SHANGHAI) == date(2024, 1, 31)
    assert times.moment("2024-01-31 下午 12:30", SHANGHAI) == datetime(2024, 1, 31, 4, 30, tzinfo=UTC)


@pytest.mark.parametrize(("said", "yuan"), AMOUNTS.items(), ids=str)
def test_amounts(said: Any, yuan: str) -> None:
    assert values.money(said, Decimal(1)) == (Decimal(yuan), "")


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("1.234,50", "ambiguous_comma"),
        ("1,23", "ambiguous_comma"),
        ("12%", "not_money"),
        ("约100", "not_money"),
        ("1e999", "too_large"),
        (float("nan"), "not_a_number"),
        ("2000000000000", "too_large"),
        ("$5€", "not_money"),
    ],
    ids=str,
)
def test_amounts_that_are_refused(said: Any, problem: str) -> None:
    with pytest.raises(Bad) as caught:
        values.money(said, Decimal(1))
    assert caught.value.problem == problem


def test_units_and_currencies_in_the_cell_count() -> None:
    assert values.money("12", Decimal(10_000)) == (Decimal(120_000), "")
    assert values.money("12万", Decimal(10_000)) == (Decimal(120_000), "")
    assert values.money("USD 1,000", Decimal(1)) == (Decimal(1000), "USD")
    assert values.money("€-5", Decimal(1)) == (Decimal(-5), "EUR")


@pytest.mark.timeout(10)
def test_a_cell_without_end_is_refused_at_once() -> None:
    """Patterns look at no more than a value can need."""
    for said in ("2024-01-31 " + " " * 200_000 + "x", "1," * 200_000, "9" * 200_000, "(" * 200_000):
        for read in (lambda one: times.moment(one, SHANGHAI), lambda one: values.money(one, Decimal(1)), values.number):
            with pytest.raises(Bad):
                read(said)


def test_ids_flags_words_and_numbers() -> None:
    assert values.identifier(12.0) == "12"
    assert values.identifier("ＨＴ－１") == "HT-1"
    assert [values.flag(said) for said in ("是", "N", 1, True, "")] == [True, False, True, True, None]
    assert values.words("华东、华南/华东") == ("华东", "华南")
    assert values.number("35%") == Decimal("0.35")
    assert values.integer("4", 1, 5) == 4
    for bad in (lambda: values.identifier("a b"), lambda: values.integer(6, 1, 5), lambda: values.flag("也许")):
        with pytest.raises(Bad):
            bad()


@given(
    st.one_of(
        st.text(max_size=30), st.floats(), st.integers(), st.none(), st.booleans(), st.lists(st.text(), max_size=2)
    )
)
def test_whatever_comes_is_a_value_or_refused(value: Any) -> None:
    """Bad input: no value makes a reader fall."""
    readers = [values.text, values.identifier, values.flag, values.words, values.number]
    readers += [
        lambda one: values.money(one, Decimal(1)),
        lambda one: times.moment(one, SHANGHAI),
        lambda one: values.integer(one, 1, 5),
    ]
    for read in readers:
        with contextlib.suppress(Bad):
            read(value)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_amounts_come_back_exactly(amount: Decimal) -> None:
    for said in (f"{amount}", f"{amount:,}", f"¥{amount}", f"{amount}元"):
        assert values.money(said, Decimal(1))[0] == amount
