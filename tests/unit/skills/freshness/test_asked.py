"""B12: until when a warning is put off, and which light is meant, in people's words."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from skills.freshness.asked import meant, until_when
from skills.freshness.cards import alarms_on, until_of
from storage.repositories.lights import Light

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 3, 4, 10, 0, tzinfo=ZONE)  # a Wednesday
MORNING = timedelta(hours=8, minutes=30)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("周末供应商不发数，到周一", datetime(2026, 3, 9, 8, 30, tzinfo=ZONE)),
        ("供应商在搬家，推迟到下周五", datetime(2026, 3, 13, 8, 30, tzinfo=ZONE)),
        ("明天再说", datetime(2026, 3, 5, 8, 30, tzinfo=ZONE)),
        ("接口在升级，6 小时后", NOW + timedelta(hours=6)),
        ("活动结束了，有新数据再说", NOW + timedelta(days=366)),
        ("no data on weekends, until Monday", datetime(2026, 3, 9, 8, 30, tzinfo=ZONE)),
        ("the interface is down, 3 hours", NOW + timedelta(hours=3)),
        ("1.5 小时后", NOW + timedelta(hours=1.5)),
        ("until new data comes", NOW + timedelta(days=366)),
        ("供应商不发数", None),
        ("帮助", None),
        ("客户说太贵了怎么回", None),
    ],
)
def test_until_when(text: str, until: datetime | None) -> None:
    """A day's morning is when people are told things again; what names no time is no answer."""
    assert until_when(text, NOW, ZONE, MORNING) == until


def test_choices_of_the_form() -> None:
    """On a Monday, next Monday is a week away; whatever isn't offered is the shortest."""
    monday = datetime(2026, 3, 9, 7, 0, tzinfo=ZONE)
    assert until_of("monday", monday, ZONE, MORNING, 4) == datetime(2026, 3, 16, 8, 30, tzinfo=ZONE)
    assert until_of("tomorrow", NOW, ZONE, MORNING, 4) == datetime(2026, 3, 5, 8, 30, tzinfo=ZONE)
    assert until_of("nonsense", NOW, ZONE, MORNING, 4) == NOW + timedelta(hours=4)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("展会数据到了吗", ["展会扫码"]),
        ("回款数据什么时候更新的", ["财务 · 回款"]),
        ("数据新不新", []),
        ("哪些渠道数据晚了", []),
        ("is the Canton Week data in", ["canton week"]),
        ("is the Trade Fair data in", ["展会扫码"]),
        ("are the outbound calls in", ["电话外呼"]),
    ],
)
def test_which_light_is_meant(text: str, names: list[str]) -> None:
    """By a piece of its name; 数据 and 渠道 stand in every question and mean none."""
    lights = [
        Light("t", "展会扫码", "市场 · 触点", "touch", "", None, None, "red", NOW),
        Light("t", "电话外呼", "市场 · 触点", "touch", "", None, None, "green", NOW),
        Light("t", "搜索", "市场 · 触点", "touch", "", None, None, "green", NOW),
        Light("t", "canton week", "市场 · 触点", "touch", "", None, None, "green", NOW),
        Light("p", "", "财务 · 回款", "payment", "", None, None, "green", NOW),
    ]
    assert [one.part or one.title for one in meant(text, lights)] == names


def test_cards_of_others_stand_for_no_alarm() -> None:
    """Ids of cards come from outside."""
    assert alarms_on("fresh-0123456789ab-3-17") == (3, 17)
    assert alarms_on("fresh-0123456789ab") == ()
    assert alarms_on("cal-0123456789ab-3") == ()
    assert alarms_on("fresh-0123456789ab-x") == ()
