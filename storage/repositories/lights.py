"""Freshness lights, and the newest times that rows of a source carry."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Text, case, cast, delete, func, literal, or_, select, true
from sqlmodel import Session

from bot.contracts.person import Person, Role
from config.attribution import known
from config.locales import t
from storage.tables import CampaignRow, LandedRow, LightRow
from storage.upsert import table_of, upsert_all

Colour = Literal["green", "yellow", "red", "unknown"]
State = Literal["green", "yellow", "red", "unknown", "retired"]

_lights, _landed, _campaigns = table_of(LightRow), table_of(LandedRow), table_of(CampaignRow)
_SEE_ALL = frozenset({Role.SALES_OPS, Role.ADMIN})
# Times that sort as they follow each other, and how their limit is written; of all others every one is looked at.
_SORTED = {
    "____-__-__ __:__:__": "%Y-%m-%d %H:%M:%S",
    "____-__-__T__:__:__": "%Y-%m-%dT%H:%M:%S",
    "____-__-__": "%Y-%m-%d",
}


@dataclass(frozen=True, slots=True)
class Flag:
    """Late data that an answer stands on."""

    title: str  # of the source
    part: str  # the channel; "": the whole source
    hours_late: int

    def sentence(self, lang: str = "zh") -> str:
        """展会扫码数据晚 61 小时"""
        return t("freshness.flag.late", lang, name=known().name(self.part, lang) or self.title, hours=self.hours_late)


@dataclass(frozen=True, slots=True)
class Light:
    """One source's, or one part's."""

    source: str
    part: str  # "": the whole source
    title: str
    entity: str
    owner_id: str
    newest_at: datetime | None
    ahead_at: datetime | None
    colour: Colour
    since: datetime
    counted: int = 0
    version: int = 0

    @property
    def subject(self) -> str:
        """Its name among alarms."""
        return f"{self.source}/{self.part}"

    @property
    def state(self) -> State:
        """Its colour; a light that is off though there was data is of a channel that was left."""
        return "retired" if self.colour == "unknown" and self.newest_at else self.colour

    def hours_late(self, now: datetime) -> int:
        """Whole hours by the clock since the newest data; 0 when there is none."""
        return max(0, int((now - self.newest_at).total_seconds() // 3600)) if self.newest_at else 0

    def flag(self, now: datetime) -> Flag:
        """What an answer says of it."""
        return Flag(self.title, self.part, self.hours_late(now))


_COLUMNS = [_lights.c[field.name] for field in fields(Light)]


class Lights:
    """The lights as they were when last looked at."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> list[Light]:
        """For the flows."""
        return self._found(true())

    def visible_to(self, viewer: Person) -> list[Light]:
        """Sales ops and admins see all on pages, everybody else those that they answer for."""
        return self._found(true() if viewer.role in _SEE_ALL else _lights.c.owner_id == viewer.id)

    def stale(self, entities: Sequence[str] = (), *, now: datetime) -> list[Flag]:
        """What is late behind these things (all, if none is named), the latest data first. For everybody's answers."""
        wanted = _lights.c.entity.in_(list(entities)) if entities else true()
        red = self._found(_lights.c.colour == "red", wanted)
        parts = {light.source for light in red if light.part}
        flags = [light.flag(now) for light in red if light.part or light.source not in parts]
        return sorted(flags, key=lambda flag: (-flag.hours_late, flag.title, flag.part))

    def put(self, lights: Iterable[Light]) -> None:
        """Insert or replace."""
        upsert_all(self._session, LightRow, [{c.name: getattr(one, c.name) for c in _COLUMNS} for one in lights])

    def remove(self, lights: Iterable[Light]) -> None:
        """They are looked at no longer."""
        for one in lights:
            here = _lights.c.source == one.source, _lights.c.part == one.part
            self._session.connection().execute(delete(_lights).where(*here))

    def channel_owners(self) -> dict[str, str]:
        """Whose campaigns a channel has: of several people, whoever's began last."""
        query = select(_campaigns.c.channel, _campaigns.c.owner_id).where(_campaigns.c.owner_id != "")
        rows = self._session.connection().execute(query.order_by(_campaigns.c.starts, _campaigns.c.id))
        return {channel: owner for channel, owner in rows if channel}

    def running_channels(self, today: date) -> set[str]:
        """Those with a campaign that has begun, or doesn't say when, and isn't over."""
        begun = or_(_campaigns.c.starts.is_(None), _campaigns.c.starts <= today)
        going_on = or_(_campaigns.c.ends.is_(None), _campaigns.c.ends >= today)
        query = select(_campaigns.c.channel).where(begun, going_on).distinct()
        return set(self._session.connection().execute(query).scalars())

    def times(self, source: str, by: str, per: str, loads: tuple[int, int], limit: datetime) -> list[tuple[str, str]]:
        """(part, time) as they stand in rows that came with loads after the first and up to the second number.

        Of times that sort as they are written there are two for each part: the latest up to `limit` (in the source's
        time zone) and the earliest after it. Of others there is every different one.
        """
        rows = self._rows(source, by, per, loads).cte("rows").prefix_with("MATERIALIZED")  # JSON is read once
        shape = case(*((rows.c.text.like(pattern), pattern) for pattern in _SORTED), else_=rows.c.text)
        shaped = select(rows.c.part, rows.c.text, shape.label("shape")).subquery()
        text, limits = shaped.c.text, {pattern: limit.strftime(form) for pattern, form in _SORTED.items()}
        until = case(*((shaped.c.shape == pattern, text <= value) for pattern, value in limits.items()), else_=True)
        ends = func.max(case((until, text))), func.min(case((until, None), else_=text))
        query = select(shaped.c.part, *ends).group_by(shaped.c.part, shaped.c.shape)
        found = self._session.connection().execute(query)
        return [(str(part), str(one)) for part, *both in found for one in both if one is not None]

    def _rows(self, source: str, by: str, per: str, loads: tuple[int, int]) -> Any:
        sqlite, (after, until) = self._session.connection().dialect.name == "sqlite", loads
        text = cast(_value(by, sqlite=sqlite), Text)
        part = func.coalesce(cast(_value(per, sqlite=sqlite), Text), "") if per else literal("", Text)
        here = _landed.c.source == source, _landed.c.load_id > after, _landed.c.load_id <= until
        return select(part.label("part"), text.label("text")).where(*here, text != "")

    def _found(self, *where: Any) -> list[Light]:
        query = select(*_COLUMNS).where(*where).order_by(_lights.c.source, _lights.c.part)
        return [Light(*row) for row in self._session.connection().execute(query)]


def _value(name: str, *, sqlite: bool) -> ColumnElement[str]:
    """A field of a landed row: by its name, else as a path (channel.label)."""
    ways = [_at((name,), sqlite=sqlite)]
    if "." in name:
        ways.append(_at(tuple(name.split(".")), sqlite=sqlite))
    return func.coalesce(*(one for way in ways for one in way), None)


def _at(path: tuple[str, ...], *, sqlite: bool) -> list[ColumnElement[str]]:
    """SQLite before 3.45 compares names as they are spelt, and ours are stored with Chinese as \\u…: both are tried."""
    plain: ColumnElement[str] = _landed.c.data[path].as_string()
    if not sqlite:
        return [plain]
    spelt = "$" + "".join(f".{json.dumps(name)}" for name in path)
    return [func.json_extract(_landed.c.data, spelt), plain]
