"""C9: rules in files, checked with file, line and remedy; calendars; the order in which people are told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.contracts.errors import ConfigurationError
from config.groups.slas import Slas
from config.hours import parse_hours
from knowledge.events.catalog import load_catalog
from knowledge.metrics.loading import load_registry
from knowledge.slas.calendar import Calendar, due
from knowledge.slas.course import State, begin, due_of, go_on, opening
from knowledge.slas.faults import BadRule
from knowledge.slas.loading import load_rules
from knowledge.slas.making import house_of
from knowledge.slas.reading import parse
from knowledge.slas.rule import Rule, Window
from knowledge.slas.spans import BadSpan, parse_span

ZONE = ZoneInfo("Asia/Shanghai")
HOUSE = house_of(Slas(), "Asia/Shanghai")
DAYTIME = Window(time(8), time(21))
GOOD = """sla: test
title: {zh: 订单 → 采购单, en: Order → purchase order}
from: order.confirmed
to: purchase_order.created
key: order_no
within: 15m
nudges: [50%, 80%]
ladder:
  - {at: 100%, to: owner}
  - {after: 5m, to: manager}
send: {from: "08:00", to: "21:00"}
"""


def rule(text: str = GOOD) -> Rule:
    return parse(text, "test.yaml", HOUSE, load_catalog())


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE)  # type: ignore[arg-type, misc]  # year, month, day, hour, minute


def test_ours_are_sound_and_cover_what_is_promised() -> None:
    """C4, C9: each type that names a rule names one of ours; titles in both languages; figures know their titles."""
    known, catalog = load_rules(Slas(), "Asia/Shanghai", load_catalog()), load_catalog()
    assert {one.sla for one in catalog if one.sla} <= set(known)
    assert known["order_to_purchase"].within == parse_span("15m")
    assert all(one.title["zh"] and one.title["en"] and one.what["en"] for one in known.values())
    step = load_registry().tables["deadline"].columns["step"].sql
    assert all(f"WHEN '{name}' THEN '{one.named()}'" in step for name, one in known.items())


@pytest.mark.parametrize(
    ("wrong", "line", "words"),
    [
        (("within: 15m", "within: soon"), 6, "时长「soon」读不懂"),
        (("within: 15m", "within: 15m\nby: delivery_date"), 6, "只写一个"),
        (("within: 15m", "by: delivery_day"), 6, "没有字段 delivery_day"),
        (("key: order_no", "key: orderno"), 5, "可用：order_no"),
        (("key: order_no", "key: ticket_no"), 5, "order.confirmed 里没有 ticket_no"),
        (("order.confirmed", "order.confirmd"), 3, "也许是 order.confirmed"),
        (("nudges: [50%, 80%]", "nudges: [80%, 50%]"), 7, "从小到大"),
        (("{at: 100%, to: owner}", "{at: 90%, to: owner}"), 9, "只能是 100%"),
        (("to: manager", "to: boss"), 10, "to 可用：owner"),
        (("after: 5m", "after: 0m"), 10, "读不懂"),
        (("ladder:", "laddr: 1\nladder:"), 8, "不认识 laddr。可用：ladder"),
        (("key: order_no", "key: order_no\nwhere: {amount: 1}"), 6, "没有字段 amount"),
        (("key: order_no", "key: order_no\nwhere: {amount_cny: {\">>\": 1}}"), 6, ">>"),
        (("key: order_no", "key: order_no\ncalendar: {hours: [18:00-09:00]}"), 6, "时段"),
        (("key: order_no", "key: order_no\nowner: the boss"), 6, "工号"),
        (("from: \"08:00\"", "from: morning"), 11, "写成"),
        (("sla: test", "sla: Test"), 1, "小写"),
        (("sla: test", "sla: test\nsla: test"), 2, "写了两次"),
    ],
)  # fmt: skip
def test_a_fault_names_file_line_and_remedy(wrong: tuple[str, str], line: int, words: str) -> None:
    """C9: a customer's own file is checked like ours."""
    with pytest.raises(BadRule) as refused:
        rule(GOOD.replace(*wrong, 1))
    said = str(refused.value)
    assert f"test.yaml:{line}: " in said
    assert words in said
    assert "{" not in refused.value.sentence("en").replace("{at", "").replace("{after", "").replace("{hours", "")


def test_own_rules_stand_beside_ours_or_take_their_place(tmp_path: Path) -> None:
    """C9: by the settings; ours can be switched off; what isn't there is named."""
    (tmp_path / "own.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(GOOD.replace("sla: test", "sla: order_to_purchase"), encoding="utf-8")
    known = load_rules(Slas(folder=tmp_path, off=("stock_replenishment",)), "Asia/Shanghai", load_catalog())
    assert known["test"].file == f"{tmp_path}/own.yaml"
    assert known["order_to_purchase"].ladder[-1].to == "manager"
    assert "stock_replenishment" not in known
    for wrong in (Slas(off=("nothing",)), Slas(folder=tmp_path / "x")):
        with pytest.raises(ConfigurationError):
            load_rules(wrong, "Asia/Shanghai", load_catalog())
    (tmp_path / "twice.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(BadRule, match=r"own\.yaml"):
        load_rules(Slas(folder=tmp_path), "Asia/Shanghai", load_catalog())


@pytest.mark.parametrize(
    ("start", "within", "expected"),
    [
        (local(2026, 3, 6, 17, 55), "15m", local(2026, 3, 9, 9, 10)),  # Friday to Monday
        (local(2026, 3, 6, 17, 45), "15m", local(2026, 3, 6, 18, 0)),  # not 09:00 of the next day
        (local(2026, 3, 7, 12, 0), "15m", local(2026, 3, 9, 9, 15)),
        (local(2026, 9, 30, 17, 55), "15m", local(2026, 10, 8, 9, 10)),  # the national holidays
        (local(2026, 2, 14, 10, 0), "15m", local(2026, 2, 14, 10, 15)),  # a Saturday that is worked on
        (local(2026, 3, 6, 10, 0), "2d", local(2026, 3, 10, 10, 0)),  # whole days are working days
        (local(2026, 3, 6, 10, 0), "1 working day", local(2026, 3, 9, 10, 0)),
        (local(2026, 3, 6, 10, 0), "16 working hours", local(2026, 3, 9, 17, 0)),
    ],
)
def test_working_time(start: datetime, within: str, expected: datetime) -> None:
    """C9: Friday 17:55 and 15 minutes is Monday 09:10; holidays and days moved to weekends by China's calendar."""
    assert due_of(rule(GOOD.replace("15m", within, 1)), start, {}) == expected


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)),  # noqa: DTZ001 - the zone is added
    st.integers(1, 200_000),
)
def test_adding_and_measuring_agree(start: datetime, seconds: int) -> None:
    """C9: between a moment and the one that is so much later lies so much; the end is within working hours."""
    calendar = Calendar(ZONE, parse_hours(["09:00-12:00", "13:00-18:00"]), True, frozenset({date(2026, 5, 6)}))
    begun = start.replace(tzinfo=ZONE)
    end = calendar.add(begun, seconds)
    assert calendar.between(begun, end) == pytest.approx(seconds)
    assert calendar.between(end - timedelta(seconds=1), end) == pytest.approx(1)


def test_the_hour_that_a_clock_change_takes_isnt_counted() -> None:
    """C9: a zone with summer time: a whole working day is 23 hours long then."""
    calendar = Calendar(ZoneInfo("Europe/Berlin"), working_days=False, days_off=frozenset({date(2030, 1, 1)}))
    berlin = ZoneInfo("Europe/Berlin")
    begin_, end = datetime(2026, 3, 29, tzinfo=berlin), datetime(2026, 3, 30, tzinfo=berlin)
    assert calendar.between(begin_, end) == 23 * 3600


@pytest.mark.parametrize("text", ["", "15", "m", "0m", "-1h", "1h x", "3 moons", "99999d", "1e9d", "working day"])
def test_a_span_that_cant_be_read(text: str) -> None:
    """C9: nothing is guessed."""
    with pytest.raises(BadSpan):
        parse_span(text)


def test_a_span_of_two_units() -> None:
    """C9: hours and minutes together."""
    assert due(local(2026, 3, 6, 10), parse_span("1h30m"), HOUSE.working) == local(2026, 3, 6, 11, 30)


def test_windows() -> None:
    """C9: over midnight, on working days only, always."""
    night = Window(time(20), time(6), True)
    assert opening(night, local(2026, 3, 6, 12), ZONE) == local(2026, 3, 6, 20)
    assert opening(night, local(2026, 3, 7, 5), ZONE) == local(2026, 3, 7, 5)  # Friday's night
    assert opening(night, local(2026, 3, 7, 12), ZONE) == local(2026, 3, 9, 20)
    assert opening(Window(time(), time()), local(2026, 3, 7, 3), ZONE) == local(2026, 3, 7, 3)
    assert opening(DAYTIME, local(2026, 3, 7, 22), ZONE) == local(2026, 3, 8, 8)


def test_looks_end_by_themselves() -> None:
    """C9: whatever a rule says, a look moves on: the next one is later, and at the end there is none."""
    for text in (GOOD, GOOD + "settle: 45s\n", GOOD + "repeat: {every: 1h, times: 3}\n", GOOD.partition("nudges")[0]):
        known, now = rule(text), local(2026, 3, 6, 17, 50).astimezone(UTC)
        due_at = due_of(known, now, {})
        assert due_at is not None
        state: State = begin(known, now, due_at, now)
        looks = 0
        while state.next_at is not None and looks < 50:
            assert state.next_at >= now
            now, looks = state.next_at, looks + 1
            state = go_on(known, state, now, DAYTIME, ZONE).state
        assert state.next_at is None
        assert state.is_late
