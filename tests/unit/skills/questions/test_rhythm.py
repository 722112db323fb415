"""B9: when an answer comes again, said in words; and the times that follow."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from skills.questions.rhythm import Rhythm, read
from skills.questions.wishes import Wish, wish

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "code", "clock", "rest"),
    [
        ("每周一发我", "week:0", "09:00", ""),
        ("每天早上9点发我", "day", "09:00", ""),
        ("每月1号发我", "month:1", "09:00", ""),
        ("每月十五号下午三点发我这个结果", "month:15", "15:00", ""),
        ("每月底晚上八点发给我本月回款", "month:31", "20:00", "本月回款"),
        ("把上周华东的回款每周一早上9点半发我", "week:0", "09:30", "上周华东的回款"),
        ("每个工作日8:15推送各渠道线索", "workday", "08:15", "各渠道线索"),
        ("send me this every Monday at 8am", "week:0", "08:00", ""),
        (
            "leads last week by channel, email me every weekday at 18:30",
            "workday",
            "18:30",
            "leads last week by channel",
        ),
        ("send it to me on the 3rd of every month", "month:3", "09:00", ""),
    ],
)
def test_wishes(text: str, code: str, clock: str, rest: str) -> None:
    found = wish(text)
    assert found is not None
    assert found.rhythm is not None
    assert (found.rhythm.code, found.rhythm.clock, found.rest) == (code, clock, rest)


@pytest.mark.parametrize("text", ["订阅", "订阅这个", "定时发我", "每天25点发我", "subscribe"])
def test_when_is_open(text: str) -> None:
    assert wish(text) == Wish(None, "")


@pytest.mark.parametrize(
    "text", ["每周线索趋势", "发我一份报价模板", "客户让我每周一发他报告", "上周各渠道的线索", "每天看线索"]
)
def test_no_wish(text: str) -> None:
    assert wish(text) is None


def at(day: str, clock: str = "12:00") -> datetime:
    return datetime.fromisoformat(f"2026-{day}T{clock}").replace(tzinfo=SHANGHAI)


def test_times() -> None:
    """A month without a 31st has its last day; a holiday isn't a working day; nine o'clock has come at nine."""
    end = Rhythm("month", 31)
    assert end.last(at("03-01"), SHANGHAI) == at("02-28", "09:00")
    assert end.following(at("04-01"), SHANGHAI) == at("04-30", "09:00")
    work = Rhythm("workday")
    assert work.last(at("10-05"), SHANGHAI) == at("09-30", "09:00")  # the national holidays
    monday = Rhythm("week", 0)
    assert monday.last(at("11-23", "09:00"), SHANGHAI) == at("11-23", "09:00")
    assert monday.last(at("11-23", "08:59"), SHANGHAI) == at("11-16", "09:00")
    assert read(monday.code, monday.minute) == monday
    with pytest.raises(ValueError, match="no rhythm"):
        read("hourly", 0)
