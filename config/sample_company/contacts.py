"""Who works at the customers', as the CRM lists them: few of those who write in chats are among them.

Beside them the planted: open deals in which one person alone wrote, and those where who decides never did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from random import Random

from config.sample_company.chats import Message, Room
from config.sample_company.frame import Frame
from config.sample_company.names import GIVEN, SURNAMES
from config.sample_company.opportunities import OPEN, Opportunity

SINGLE, SILENT = 4, 4  # deals in which who decides is the only one who writes; in which who decides is silent
_LATELY = 40  # days: planted chats are not older
_OLD = 28  # days: planted deals are not newer
_DECIDER = {"总": "总经理", "经理": "采购经理", "厂长": "厂长", "主任": "设备科主任", "工": "总工程师"}
_OTHER = {"总": "副总经理", "经理": "采购专员", "厂长": "副厂长", "主任": "车间主任", "工": "工艺工程师"}


@dataclass(frozen=True)
class Contact:
    """One row; `decides` is 是 or 否; `opportunity` is empty for who takes part in all."""

    id: str
    customer: str
    name: str
    title: str
    decides: str
    opportunity: str
    mobile: str
    email: str
    wecom: str = ""
    slack: str = ""


CONTACT_COLUMNS = {
    "联系人编号": "id",
    "客户编号": "customer",
    "姓名": "name",
    "职务": "title",
    "决策人": "decides",
    "商机编号": "opportunity",
    "手机": "mobile",
    "邮箱": "email",
    "企业微信外部联系人ID": "wecom",
    "Slack账号": "slack",
}


@dataclass(frozen=True)
class Planted:
    """Rooms of open deals, by what is planted there."""

    single: tuple[Room, ...]
    silent: tuple[Room, ...]


def plant(frame: Frame, messages: Sequence[Message]) -> Planted:
    """The four deals that were written about last, and the next four; each of a customer of its own."""
    last: dict[str, Message] = {m.room.id: m for m in messages if not m.line.by_rep and m.room.deal.outcome == OPEN}
    lately = [m for m in last.values() if _is_ready(frame, m)]
    lately.sort(key=lambda m: (m.at, m.room.id), reverse=True)
    rooms = tuple({m.room.customer: m.room for m in reversed(lately)}.values())[::-1]
    return Planted(rooms[:SINGLE], rooms[SINGLE : SINGLE + SILENT])


def make_contacts(frame: Frame, opportunities: Sequence[Opportunity], planted: Planted) -> list[Contact]:
    """Two of every customer that has a deal; of planted deals those who write, and one or two who never do."""
    dice = frame.dice("contacts")
    numbers = count(1)
    mine = {room.customer for room in (*planted.single, *planted.silent)}
    rows: list[Contact] = []
    for customer in sorted({o.customer_id for o in opportunities} - mine):
        rows += [_contact(dice, next(numbers), customer, decides=decides) for decides in (True, False)]
    for room in planted.single:
        rows += [_writer(dice, next(numbers), room, decides=True), _silent(dice, next(numbers), room, decides=False)]
    for room in planted.silent:
        rows += [_writer(dice, next(numbers), room, decides=False), _silent(dice, next(numbers), room, decides=True)]
    return rows


def _is_ready(frame: Frame, last: Message) -> bool:
    chatted, created = (frame.today - last.at.date()).days, last.room.deal.created
    return chatted <= _LATELY and _age(frame, created) >= _OLD


def _age(frame: Frame, day: date) -> int:
    return (frame.today - day).days


def _writer(dice: Random, number: int, room: Room, *, decides: bool) -> Contact:
    """Whoever writes in the room: there they are called by surname and title."""
    surname, title = room.contact_name[0], room.contact_name[1:]
    titles = _DECIDER if decides else _OTHER
    name = surname + dice.choice(GIVEN)
    return _row(number, room.customer, name, titles[title], decides, room.opportunity, room.contact)


def _silent(dice: Random, number: int, room: Room, *, decides: bool) -> Contact:
    """A colleague with an account of their own, who never writes. Surnames differ."""
    surname = dice.choice([one for one in SURNAMES if one != room.contact_name[0]])
    title = _DECIDER["总"] if decides else _OTHER["工"]
    account = f"{room.contact}b"
    return _row(number, room.customer, surname + dice.choice(GIVEN), title, decides, room.opportunity, account)


def _contact(dice: Random, number: int, customer: str, *, decides: bool) -> Contact:
    titles = _DECIDER if decides else _OTHER
    name = dice.choice(SURNAMES) + dice.choice(GIVEN)
    return _row(number, customer, name, dice.choice(sorted(titles.values())), decides)


def _row(
    number: int, customer: str, name: str, title: str, decides: bool, opportunity: str = "", wecom: str = ""
) -> Contact:
    return Contact(
        id=f"P{number:05d}",
        customer=customer,
        name=name,
        title=title,
        decides="是" if decides else "否",
        opportunity=opportunity,
        mobile=f"1990000{8000 + number:04d}",
        email=f"person{number:04d}@customers.example",
        wecom=wecom,
    )
