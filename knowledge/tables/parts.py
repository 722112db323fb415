"""What the tokens of a reading say, by kind: what is shown, asked for, compared, sorted, grouped. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from knowledge.tables.engine import Having, Reading, Shown, Sorting, Unread
from knowledge.tables.naming import split
from knowledge.tables.query import Aggregate, Column, Comparison, Condition, columns_of
from knowledge.tables.shapes import has_name, name_of

_PEOPLE = frozenset(
    "person people employee student teacher customer user member staff player "  # noqa: SIM905  # reads better
    "singer actor doctor patient author".split()
)


@dataclass(slots=True)
class Parts:
    """What the tokens say, by kind."""

    shown: list[Shown] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    where: list[Condition] = field(default_factory=list)
    having: list[Having] = field(default_factory=list)
    orders: list[Sorting] = field(default_factory=list)
    groups: list[Column | str] = field(default_factory=list)


def parts_of(reading: Reading) -> Parts:
    parts = Parts(tables=list(reading.context))
    for index, one in enumerate(reading.tokens):
        if one.letter == "C":
            parts.shown.append(Shown(one.value))
        elif one.letter == "a":
            parts.shown.append(one.value)
        elif one.letter == "T":
            parts.tables.append(one.value)
            if _asked(reading, index):
                parts.asked.append(one.value)
                parts.shown.append(Shown(Column(one.value, "")))
        elif one.letter == "c":
            parts.where.append(one.value)
            if owner := _whose_rows(reading, index):
                parts.asked.append(owner)
                parts.shown.append(Shown(Column(owner, "")))
        elif one.letter == "q":
            parts.having.append(one.value)
        elif one.letter == "s":
            parts.orders.append(one.value)
            if owner := _row_itself(reading, index, parts):
                parts.asked.append(owner)
                parts.shown.append(Shown(Column(owner, "")))
        elif one.letter == "g":
            parts.groups.append(one.value)
    counted = [one.table for one in parts.shown] + [one.table for one in parts.having]
    parts.tables.extend(table for table in (*counted, *(one.table for one in parts.orders)) if table)
    return parts


def _row_itself(reading: Reading, index: int, parts: Parts) -> str:
    """集团中，成立最晚的是哪个，…: the row that is first."""
    by = reading.tokens[index].value.order.by
    which = re.match(r"d?i?w(?![TCad])", reading.letters[index + 1 :])
    if which is None or parts.asked or parts.shown or not isinstance(by, Column) or "g" in reading.letters:
        return ""
    return by.table


def _whose_rows(reading: Reading, index: int) -> str:
    """绿茶有哪些，…: rows of the table that holds the value, where no table is named."""
    value, ahead = reading.tokens[index].value, reading.tokens[index + 1 : index + 3]
    listed = bool(ahead) and ahead[0].letter == "w" and "有" in ahead[0].text and ahead[-1].letter in "w,"
    if not listed or "T" in reading.letters or not isinstance(value, Comparison) or not isinstance(value.left, Column):
        return ""
    return value.left.table


def _asked(reading: Reading, index: int) -> bool:
    """Whether rows of the table are what is asked for, and not merely where a column is found."""
    letters = reading.letters
    behind, ahead = letters[:index].rstrip("u"), letters[index + 1 :].lstrip("u")
    chinese = reading.spoken == "zh"
    if chinese and ahead[:1] == "w" and ahead.lstrip("wud")[:1] not in ("C", "a", "T", "g"):
        return True
    if behind[-1:] == "w" and ahead[:2] in ("dT", "ds", "dq"):
        return True
    if chinese and ((behind[-1:] == "d" and ahead[:1] in ("s", "q")) or re.match(r",.*s.*w", ahead)):
        return False  # …的酒店，酒店数最少的2个星级是什么
    if re.match(r"[itv]*w[CaT]|c+a|[ipv]*d?[CaA]|[VzgK]|d[gTw]", ahead):
        return behind[-1:] == "w" and ahead[:1] not in ("C", "a", "d", "z", "g", "v")
    return _asked_alone(behind, ahead, english=reading.spoken == "en")


def _asked_alone(behind: str, ahead: str, *, english: bool) -> bool:
    """The same, where nothing of the table stands right behind it."""
    if english:
        return not set(behind) & set("CaTg") and behind[-1:] != "d"
    if behind[-1:] in ("d", "w", "s", "q"):
        return not behind.endswith(("id", "zd"))
    if not ahead and not set(behind) & set("Ca"):
        return True
    return ahead[:1] in (",", "&", "") and behind[-1:] in ("", ",", "&")


def settle(reading: Reading, parts: Parts) -> None:
    """Names for tables that are asked for, in their place; once for each column."""
    draft, shown = reading.draft, []
    has_columns = {column.table for one in parts.shown for column in columns_of(one.expression) if column.name}
    for one in parts.shown:
        place = one.expression
        if isinstance(place, Column) and not place.name:
            if not has_name(draft, place.table) and place.table in has_columns:
                continue
            if has_name(draft, place.table):
                shown.append(Shown(name_of(draft, place.table)))
            continue
        shown.append(one)
    parts.shown = list(dict.fromkeys(shown))


def whom(reading: Reading, parts: Parts) -> None:
    """谁…: the people that the schema has, where it has one kind of them."""
    asks = any(one.letter == "w" and one.text in ("谁", "who", "whom") for one in reading.tokens)
    if asks and not parts.shown:
        people = [one.name for one in reading.draft.tables if not one.hidden and _people(one.name, one.title)]
        if len(people) != 1:
            raise Unread("谁" if reading.spoken == "zh" else "who")
        parts.asked.append(people[0])
        parts.shown.append(Shown(name_of(reading.draft, people[0])))


def _people(*names: str) -> bool:
    words = {word for name in names for word in split(name)}
    return bool(words & _PEOPLE) or any(word.endswith(("员", "生", "师", "人", "客户", "者")) for word in words)


def members(reading: Reading, parts: Parts) -> None:
    """每个项目有多少人参加: rows that belong to the group, where only one table's do; its own row would be one."""
    groups = {one for one in parts.groups if isinstance(one, str)}
    for index, one in enumerate(parts.shown):
        if (
            (one.table in groups or (groups and not one.table))
            and one.expression == Aggregate("count")
            and not set(parts.tables) - groups
        ):
            members = {link.child.table for link in reading.draft.links if link.parent.table in groups}
            if len(members) != 1:
                raise Unread(next(iter(groups)))
            parts.shown[index] = Shown(one.expression, members.pop())
            parts.tables.append(parts.shown[index].table)
