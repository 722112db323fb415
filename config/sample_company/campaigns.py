"""Marketing campaigns: one a channel and quarter; exhibitions last eight days, all others the whole quarter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from config.sample_company.catalog import CHANNELS, INDUSTRIES, LATE_CHANNEL, LATE_HOURS, Channel
from config.sample_company.frame import Frame, at, between

QUARTERS = 6
_QUARTER_DAYS = 92
_THEMES = {
    "search": "激光切割机 关键词投放",
    "expo_scan": "金属加工装备展",
    "referral": "老客户推荐有礼",
    "website": "官网打样预约",
    "douyin": "车间实拍短视频",
    "trade_media": "行业媒体专栏",
    "outbound_call": "设备更新改造外呼",
    "dealer": "代理商联合推广",
}


@dataclass(frozen=True)
class Campaign:
    """One campaign; `budget` in yuan; both days included."""

    id: str
    name: str
    channel: Channel
    first: date
    last: date
    budget: int
    industries: tuple[str, ...]


def make_campaigns(frame: Frame) -> list[Campaign]:
    """48 campaigns; together they leave no day of a channel uncovered, exhibitions aside."""
    dice = frame.dice("campaigns")
    return [_campaign(frame, dice, quarter, channel) for quarter in range(QUARTERS) for channel in CHANNELS]


def campaign_on(campaigns: Sequence[Campaign], channel: Channel, day: date) -> Campaign:
    """The channel's latest campaign that had begun by that day (its first when the day is before all)."""
    own = [c for c in campaigns if c.channel == channel]
    begun = [c for c in own if c.first <= day]
    return begun[-1] if begun else own[0]


def last_export(frame: Frame, channel: Channel) -> datetime:
    """When the channel's data last came in: last night, but for the one that is late."""
    if channel.key == LATE_CHANNEL:
        return frame.midnight - timedelta(hours=LATE_HOURS)
    return at(frame.today - timedelta(days=1), 23, 30)


def exhibition_day(frame: Frame, dice: Random, campaign: Campaign) -> date:
    """A chance day of an exhibition, before its data stopped coming in."""
    known = last_export(frame, campaign.channel).date() - timedelta(days=1)
    return between(dice, campaign.first, min(campaign.last, known))


def as_document(frame: Frame, campaigns: Sequence[Campaign]) -> dict[str, object]:
    """The marketing tool's JSON: English keys, times in epoch milliseconds, money in cents (分)."""
    exported = at(frame.today - timedelta(days=1), 23, 30)
    return {"exportedAt": _ms(exported), "campaigns": [_as_json(c) for c in campaigns]}


def _campaign(frame: Frame, dice: Random, quarter: int, channel: Channel) -> Campaign:
    first = frame.start + timedelta(days=quarter * _QUARTER_DAYS)
    last = min(first + timedelta(days=_QUARTER_DAYS - 1), frame.today + timedelta(days=3))
    if channel.key == "expo_scan":  # the newest exhibition is still open, so its silence is a fault
        first = frame.today - timedelta(days=6 + (QUARTERS - 1 - quarter) * 91)
        last = first + timedelta(days=7)
    return Campaign(
        id=f"CP{quarter + 1}{CHANNELS.index(channel) + 1:02d}",
        name=f"{first:%Y-%m} {_THEMES[channel.key]}",
        channel=channel,
        first=first,
        last=last,
        budget=channel.volume * dice.randint(4, 9) * 1000,
        industries=tuple(sorted(i.key for i in dice.sample(INDUSTRIES, 3))),
    )


def _as_json(campaign: Campaign) -> dict[str, object]:
    return {
        "id": campaign.id,
        "name": campaign.name,
        "channel": {"key": campaign.channel.key, "label": campaign.channel.label},
        "startAt": _ms(at(campaign.first, 0)),
        "endAt": _ms(at(campaign.last, 23, 59, 59)),
        "budgetCents": campaign.budget * 100,
        "ownerId": campaign.channel.owner,
        "targetIndustries": list(campaign.industries),
    }


def _ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000
