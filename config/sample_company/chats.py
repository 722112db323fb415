"""Chats between reps and customers, as a WeCom chat archive pulls them: one JSON Lines file a month.

Most won deals pass 异议响应 → 价值重锚 → 限时促成 in that order. Lost ones may hold one or two of these, or two in the
wrong order, never the three in order: the pattern can be mined, but not by looking for a single phrase.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from config.sample_company.dialogue import STAGE_NAMES, Line, dialogue
from config.sample_company.frame import Frame, between, in_hours
from config.sample_company.manifest import StagedDeal
from config.sample_company.names import SURNAMES, TITLES
from config.sample_company.opportunities import LOST, OPEN, WON, Opportunity
from config.sample_company.people import Person

_LOST_SHARE, _OPEN_SHARE = 0.75, 0.4  # of those who came to a quote, how many have a chat
_REFUSED = 12  # rooms whose customer did not agree to be archived: listed, without messages


@dataclass(frozen=True)
class Room:
    """One conversation: who, about which deal, and whether the customer agreed to its being archived."""

    id: str
    opportunity: str
    customer: str
    rep: str
    contact: str
    contact_name: str
    consent: str
    lines: tuple[Line, ...]
    deal: Opportunity


ROOM_COLUMNS = {
    "会话ID": "id",
    "商机编号": "opportunity",
    "客户编号": "customer",
    "员工账号": "rep",
    "外部联系人ID": "contact",
    "联系人称呼": "contact_name",
    "同意存档": "consent",
}


@dataclass(frozen=True)
class Message:
    """One archived message; `stage` is ground truth and not exported."""

    id: str
    room: Room
    at: datetime
    line: Line


def make_rooms(frame: Frame, people: Sequence[Person], opportunities: Sequence[Opportunity]) -> list[Room]:
    """All conversations, in order of their opportunity."""
    dice = frame.dice("chats")
    names = {p.id: p for p in people}
    quoted = [o for o in opportunities if "报价" in o.reached]
    rooms = [_room(dice, o, names[o.owner]) for o in quoted if _has_chat(dice, o)]
    refused = {r.id for r in dice.sample([r for r in rooms if r.deal.outcome != WON], _REFUSED)}
    return [replace(r, consent="否", lines=()) if r.id in refused else r for r in rooms]


def make_messages(frame: Frame, rooms: Sequence[Room]) -> list[Message]:
    """The messages of all rooms in order of time."""
    dice = frame.dice("chat times")
    messages = [m for room in rooms for m in _timed(frame, dice, room)]
    messages.sort(key=lambda m: (m.at, m.room.id))
    return [replace(m, id=f"MSG{n:06d}") for n, m in enumerate(messages, 1)]


def staged_deals(messages: Sequence[Message]) -> tuple[StagedDeal, ...]:
    """Won deals whose chat has all three turning points, with the message that is each of them."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    deals = {m.room.opportunity: m.room for m in messages if m.room.deal.outcome == WON}
    for message in messages:
        if message.line.stage:
            found[message.room.opportunity][message.line.stage] = message.id
    full = sorted(o for o, stages in found.items() if o in deals and len(stages) == len(STAGE_NAMES))
    return tuple(StagedDeal(o, deals[o].id, *(found[o][name] for name in STAGE_NAMES)) for o in full)


def by_month(messages: Sequence[Message]) -> dict[str, list[dict[str, object]]]:
    """Month (2025-07) → its messages in the archive's JSON."""
    months: dict[str, list[dict[str, object]]] = defaultdict(list)
    for message in messages:
        months[f"{message.at:%Y-%m}"].append(_as_json(message))
    return dict(months)


def _has_chat(dice: Random, deal: Opportunity) -> bool:
    return dice.random() < {WON: 1.0, LOST: _LOST_SHARE, OPEN: _OPEN_SHARE}[deal.outcome]


def _room(dice: Random, deal: Opportunity, rep: Person) -> Room:
    you = dice.choice(SURNAMES) + dice.choice(TITLES)
    slots = {
        "you": you,
        "rep": rep.name,
        "product": deal.model.label,
        "rival": deal.competitor or "另一家",
        "wan": str(deal.amount // 10_000),
    }
    lines = tuple(replace(line, text=line.text.format(**slots)) for line in dialogue(dice, deal))
    number = deal.id[2:]
    contact = f"wm{deal.customer_id}_{number}"
    return Room(f"wr{number}", deal.id, deal.customer_id, rep.wecom, contact, you, "是", lines, deal)


def _timed(frame: Frame, dice: Random, room: Room) -> list[Message]:
    """Spread over two to four days between the quote and the end; minutes between one and the next."""
    yesterday = frame.today - timedelta(days=1)
    last: date = room.deal.closed or yesterday
    first = between(dice, room.deal.reached["报价"], max(room.deal.reached["报价"], last - timedelta(days=4)))
    moment = in_hours(dice, first, 9, 11)
    messages = []
    for line in room.lines:
        messages.append(Message("", room, moment, line))
        moment = _next(dice, moment, last)
    return messages


def _next(dice: Random, moment: datetime, last: date) -> datetime:
    """Usually minutes later; sometimes the next morning, while there is one."""
    if moment.date() < last and (dice.random() < 0.25 or moment.hour >= 18):
        return in_hours(dice, moment.date() + timedelta(days=1), 9, 11)
    return moment + timedelta(minutes=dice.randint(1, 12), seconds=dice.randrange(60))


def _as_json(message: Message) -> dict[str, object]:
    room, line = message.room, message.line
    sides = (room.rep, room.contact)
    return {
        "msgid": message.id,
        "action": "send",
        "from": sides[0] if line.by_rep else sides[1],
        "tolist": [sides[1] if line.by_rep else sides[0]],
        "roomid": room.id,
        "msgtime": int(message.at.timestamp()) * 1000,
        "msgtype": "text",
        "text": {"content": line.text},
    }
