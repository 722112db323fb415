"""Warnings about data, the end of them, and the list of lights, as cards. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.contracts import Action, Card, Field, Form, Section
from config.attribution import known
from config.locales import t
from storage.repositories.alarms import Alarm
from storage.repositories.lights import Light
from storage.repositories.source_health import Health

SHAPES = {"red": "■", "yellow": "▲", "green": "●", "unknown": "○", "retired": "–"}  # beside words
ORDER = ("red", "yellow", "unknown", "green", "retired")
CHOICES = ("later", "tomorrow", "monday", "news")
_LISTED = 12  # lights in one section
_ALARMS = 8  # that one card's buttons stand for
_PREFIX = "fresh"


@dataclass(frozen=True, slots=True)
class Maker:
    """Builds cards in one language for one moment. `url`: of the page, "" for who may not open it."""

    language: str
    url: str
    zone: ZoneInfo
    now: datetime
    later_hours: float

    def late(self, lights: Sequence[Light], alarms: Sequence[Alarm], trouble: str = "") -> Card:
        """Lights that turned red. `trouble`: why it comes to somebody who isn't the owner."""
        newest = self._t("card.newest", newest=self.moment(lights[0].newest_at)) if len(lights) == 1 else ""
        return Card(
            card_id(alarms),
            headline=self._headline(lights),
            summary=" ".join(one for one in (trouble, newest, self._t("card.effect")) if one),
            source=self._t("title"),
            sections=(
                *((Section(self._t("card.which"), self._lines(lights)),) if len(lights) > 1 else ()),
                Section(self._t("card.todo"), self._t("card.todo_late")),
            ),
            actions=self.actions(),
            url=self.url,
        )

    def load(self, title: str, health: Health, alarm: Alarm, trouble: str = "") -> Card:
        """A source that can't be read, or rows of it that were refused."""
        since = self.moment(health.failing_since)
        broken = [self._t("card.failing", title=title, since=since)] if health.failing_since else []
        refused = [self._t("card.refused", title=title, count=health.refused)] if health.refused else []
        said = health.fault if broken else self._t("card.refused_summary")
        return Card(
            card_id([alarm]),
            headline=(broken or refused)[0],
            summary=" ".join(one for one in (trouble, said) if one),
            source=self._t("title"),
            sections=(
                *(Section(self._t("card.also"), one) for one in (refused if broken else [])),
                Section(self._t("card.todo"), self._t("card.todo_failing" if broken else "card.todo_refused")),
            ),
            actions=self.actions(),
            url=self.url,
        )

    def over(self, lights: Sequence[Light], titles: Sequence[str]) -> str:
        """What was wrong is well again."""
        lines = [self._t("over.late", name=self.name(one), newest=self.moment(one.newest_at)) for one in lights]
        return "\n".join([*lines, *(self._t("over.load", title=title) for title in titles)])

    def overview(self, lights: Sequence[Light], alarms: Sequence[Alarm], owners: dict[str, str]) -> Card:
        """All lights, the worst first; `alarms`: those that the reader may put off."""
        red = [one for one in lights if one.colour == "red"]
        counted = {colour: sum(one.state == colour for one in lights) for colour in ORDER}
        groups = [(colour, [one for one in lights if one.state == colour]) for colour in ORDER]
        return Card(
            card_id(alarms),
            headline=self._headline(red) if red else self._t("card.all_well", count=len(lights)),
            summary=self._t("card.counts", **counted),
            source=self._t("title"),
            sections=tuple(
                Section(f"{SHAPES[colour]} {self._t(f'colour.{colour}')}", self._lines(some, owners))
                for colour, some in groups
                if some
            ),
            actions=self.actions() if alarms else (),
            url=self.url,
            unfolded=bool(red),
        )

    def one(self, light: Light, alarms: Sequence[Alarm], owners: dict[str, str]) -> Card:
        """One light that was asked for by its name."""
        return Card(
            card_id(alarms),
            headline=f"{SHAPES[light.state]} {self._state(light)}",
            summary=self.line(light, owners),
            source=self._t("title"),
            actions=self.actions() if alarms else (),
            url=self.url,
        )

    def actions(self) -> tuple[Action, ...]:
        """What may be done with a warning."""
        return (
            Action("seen", self._t("button.seen"), "primary"),
            Action("later", self._t("button.later", hours=f"{self.later_hours:g}")),
            Action("snooze", self._t("button.snooze"), form=self._form()),
        )

    def line(self, light: Light, owners: dict[str, str] | None = None) -> str:
        """One light in one line."""
        values = {"name": self.name(light), "newest": self.moment(light.newest_at), "hours": light.hours_late(self.now)}
        parts = [self._t("line.unknown" if light.newest_at is None else "line.newest", **values)]
        if light.ahead_at is not None:
            parts.append(self._t("line.ahead", at=self.moment(light.ahead_at)))
        if owners is not None:
            owner = owners.get(light.owner_id, "")
            parts.append(self._t("line.owner", owner=owner) if owner else self._t("line.nobody"))
        return self._t("line.and").join(parts)

    def name(self, light: Light) -> str:
        """The light's, in this language."""
        return name_of(light, self.language)

    def part(self, channel: str) -> str:
        """A channel's, in this language; "" of the whole source."""
        return known().name(channel, self.language)

    def moment(self, at: datetime | None) -> str:
        """By the company's clock."""
        return f"{at.astimezone(self.zone):%m-%d %H:%M}" if at else "–"

    def _headline(self, lights: Sequence[Light]) -> str:
        worst = max(lights, key=lambda one: one.hours_late(self.now))
        values = {"name": self.name(worst), "hours": worst.hours_late(self.now), "count": len(lights)}
        return self._t("card.late" if len(lights) == 1 else "card.several", **values)

    def _state(self, light: Light) -> str:
        key = "card.unknown" if light.newest_at is None else f"card.is_{light.state}"
        return self._t(key, name=self.name(light), hours=light.hours_late(self.now))

    def _lines(self, lights: Sequence[Light], owners: dict[str, str] | None = None) -> str:
        lines = [f"- {self.line(one, owners)}" for one in lights[:_LISTED]]
        more = len(lights) - _LISTED
        return "\n".join([*lines, *([self._t("card.more", count=more)] if more > 0 else [])])

    def _form(self) -> Form:
        choices = tuple((one, self._t(f"until.{one}", hours=f"{self.later_hours:g}")) for one in CHOICES)
        fields = (
            Field("reason", self._t("form.reason"), lines=2),
            Field("until", self._t("form.until"), choices, CHOICES[0]),
        )
        return Form(self._t("form.title"), self._t("form.submit"), fields)

    def _t(self, key: str, **values: object) -> str:
        return t(f"freshness.{key}", self.language, **values)


def name_of(light: Light, language: str) -> str:
    """What people call it: the channel, else the source."""
    return known().name(light.part, language) or light.title


def card_id(alarms: Sequence[Alarm]) -> str:
    """Says which alarms its buttons stand for."""
    return "-".join([_PREFIX, uuid4().hex[:12], *(str(one.id) for one in alarms[:_ALARMS])])


def alarms_on(card: str) -> tuple[int, ...]:
    """The alarms that a card's buttons stand for."""
    prefix, *rest = card.split("-")
    return tuple(int(id_) for id_ in rest[1:] if id_.isdigit()) if prefix == _PREFIX else ()


def until_of(choice: str, now: datetime, zone: ZoneInfo, morning: timedelta, later_hours: float) -> datetime:
    """When a chosen snooze ends. `morning`: after midnight, when people are told things again."""
    local = now.astimezone(zone)
    midnight = datetime(local.year, local.month, local.day, tzinfo=zone)
    days = {"tomorrow": 1, "monday": 7 - local.weekday(), "news": 366}
    return midnight + timedelta(days=days[choice]) + morning if choice in days else now + timedelta(hours=later_hours)
