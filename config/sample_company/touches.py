"""Every contact of a visitor with a campaign: before the lead, after it, and of those who never became one."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from random import Random

from config.sample_company.campaigns import Campaign, campaign_on, exhibition_day, last_export
from config.sample_company.catalog import CHANNELS, Channel
from config.sample_company.frame import Frame, at, between, in_hours
from config.sample_company.leads import Lead

_STRANGERS = 700  # visitors who never leave a name
_SCANNERS = 120  # of whom these were scanned at an exhibition, once
_TIES = 30  # visitors with two touches in one second


@dataclass(frozen=True)
class Touch:
    """One row; `cost` in yuan; `exported_at` is the nightly batch that brought it."""

    id: str
    visitor: str
    channel: str
    campaign: str
    action: str
    touched_at: datetime
    cost: int
    exported_at: datetime
    source: Channel


TOUCH_COLUMNS = {
    "touch_id": "id",
    "visitor_id": "visitor",
    "channel": "channel",
    "campaign_id": "campaign",
    "action": "action",
    "touched_at": "touched_at",
    "cost_cny": "cost",
    "exported_at": "exported_at",
}

_Step = tuple[datetime, Channel]


def make_touches(frame: Frame, leads: Sequence[Lead], campaigns: Sequence[Campaign]) -> list[Touch]:
    """All touches in order of time, as far as each channel's last export reaches."""
    dice = frame.dice("touches")
    journeys = {lead.visitor: _journey(frame, dice, lead) for lead in leads}
    journeys |= {f"V9{n:05d}": _stranger(frame, dice, campaigns, n) for n in range(_STRANGERS)}
    for visitor in dice.sample([v for v, steps in journeys.items() if _can_tie(steps)], _TIES):
        journeys[visitor] = _tie(journeys[visitor])
    touches = [_touch(frame, dice, campaigns, visitor, *step) for visitor, steps in journeys.items() for step in steps]
    known = [t for t in touches if t.exported_at <= last_export(frame, t.source)]
    known.sort(key=lambda t: (t.touched_at, t.visitor))
    return [replace(t, id=f"T{n:06d}") for n, t in enumerate(known, 1)]


def ties(touches: Sequence[Touch]) -> tuple[tuple[str, str], ...]:
    """Pairs of touches of one visitor in the same second."""
    groups: dict[tuple[str, datetime], list[str]] = defaultdict(list)
    for touch in touches:
        groups[touch.visitor, touch.touched_at].append(touch.id)
    return tuple(sorted((g[0], g[1]) for g in groups.values() if len(g) > 1))


def _journey(frame: Frame, dice: Random, lead: Lead) -> list[_Step]:
    """Up to five touches before the one that made the lead; some care afterwards when it converts."""
    before = [_earlier(dice, lead.created) for _ in range(dice.choices(range(6), (18, 24, 24, 18, 10, 6))[0])]
    after = []
    if lead.converts:
        last = min(lead.converts + timedelta(days=40), frame.today - timedelta(days=1))
        days = [between(dice, lead.created.date() + timedelta(days=1), last) for _ in range(dice.randint(0, 3))]
        after = [(in_hours(dice, day, 8, 21), _channel(dice)) for day in days]
    return sorted([*before, (lead.created, lead.source), *after], key=lambda step: step[0])


def _stranger(frame: Frame, dice: Random, campaigns: Sequence[Campaign], number: int) -> list[_Step]:
    """The first ones came yesterday, one through each channel, so that only the late one looks late."""
    yesterday = frame.today - timedelta(days=1)
    if number < len(CHANNELS):
        return [(in_hours(dice, yesterday, 8, 21), CHANNELS[number])]
    if number < _SCANNERS:
        campaign = dice.choice([c for c in campaigns if c.channel.key == "expo_scan"])
        return [(in_hours(dice, exhibition_day(frame, dice, campaign), 8, 17), campaign.channel)]
    last = in_hours(dice, between(dice, frame.start + timedelta(days=30), yesterday), 8, 21)
    steps = [_earlier(dice, last) for _ in range(dice.randint(0, 3))]
    return sorted([*steps, (last, _channel(dice))], key=lambda step: step[0])


def _earlier(dice: Random, moment: datetime) -> _Step:
    return in_hours(dice, moment.date() - timedelta(days=dice.randint(1, 45)), 8, 21), _channel(dice)


def _channel(dice: Random) -> Channel:
    """Scans happen at the exhibition only, so they are always the touch that makes a lead."""
    others = [c for c in CHANNELS if c.key != "expo_scan"]
    return dice.choices(others, [c.volume for c in others])[0]


def _can_tie(steps: list[_Step]) -> bool:
    return len(steps) > 1 and steps[0][1] != steps[1][1] and "expo_scan" not in (steps[0][1].key, steps[1][1].key)


def _tie(steps: list[_Step]) -> list[_Step]:
    return [(steps[1][0], steps[0][1]), *steps[1:]]


def _touch(
    frame: Frame,
    dice: Random,
    campaigns: Sequence[Campaign],
    visitor: str,
    moment: datetime,
    channel: Channel,
) -> Touch:
    return Touch(
        id="",
        visitor=visitor,
        channel=channel.label,
        campaign=campaign_on(campaigns, channel, moment.date()).id,
        action=channel.action,
        touched_at=moment,
        cost=round(channel.cost * dice.uniform(0.6, 1.5)),
        exported_at=_batch(frame, channel, moment),
        source=channel,
    )


def _batch(frame: Frame, channel: Channel, moment: datetime) -> datetime:
    """The channel's first daily batch after the touch; each runs at the hour of its last one."""
    clock: time = last_export(frame, channel).time()
    same_day = at(moment.date(), clock.hour, clock.minute)
    return same_day if moment <= same_day else same_day + timedelta(days=1)
