"""Reminders, escalations, the end of them, and the board, as cards. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.contracts import Action, Card, Fact, Field, Form, Section
from config.locales import t
from skills.sla.board import Board, Figures
from skills.sla.item import Item
from skills.sla.words import lasting, rate
from storage.repositories.deadlines import Deadline

CHOICES = ("later", "today", "tomorrow", "monday")
LISTED = 10  # in one section
BUTTONS = 8  # deadlines that an id of a card names
DEADLINES = "deadlines"  # in the context of a card that tells people of more: all of them
EVENING = timedelta(hours=17)
JUST_NOW = timedelta(minutes=1)
_PREFIX = "sla"


@dataclass(frozen=True, slots=True)
class Maker:
    """Builds cards in one language for one moment. `url`: of the board."""

    language: str
    url: str
    zone: ZoneInfo
    now: datetime
    later_hours: float

    def nudge(self, items: Sequence[Item], share: float) -> Card:
        """What is due soon."""
        one = items[0]
        values = {"no": one.key, "left": one.left(self.now, self.language), "what": one.what(self.language)}
        head = (
            self._t("card.nudge", **values) if len(items) == 1 else self._t("card.nudges", count=len(items), **values)
        )
        used = self._t("card.used", percent=f"{share:.0%}")
        return self._card(items, head, used, trouble="")

    def escalation(self, items: Sequence[Item], people: Mapping[str, str], trouble: str = "") -> Card:
        """What is late. `people`: names; `trouble`: why it comes to somebody else than it should."""
        worst = max(items, key=lambda one: self.now - one.deadline.due_at)
        values = {"no": worst.key, "over": worst.over(self.now, self.language), "what": worst.what(self.language)}
        just_now = self.now - worst.deadline.due_at < JUST_NOW
        kind = "due" if just_now else "late"
        several = "" if len(items) == 1 else "s"
        head = self._t(f"card.{kind}{several}", count=len(items), **values)
        return self._card(items, head, self._told_before(items, people), trouble)

    def history(self, late: Sequence[Deadline], titles: Mapping[str, str]) -> Card:
        """What was late long ago when it became known: one card instead of many."""
        counts: dict[str, int] = {}
        for one in late:
            counts[one.sla] = counts.get(one.sla, 0) + 1
        most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        lines = "\n".join(f"- {titles.get(sla, sla)}: {count:,}" for sla, count in most)
        return Card(
            card_id(()),
            headline=self._t("card.history", count=f"{len(late):,}"),
            summary=self._t("card.history_summary"),
            source=self._t("title"),
            sections=(Section(self._t("card.by_rule"), lines),),
            url=f"{self.url}#late",
        )

    def over(self, item: Item, by: str = "") -> str:
        """One line for those who were told that it was late. `by`: who settled it without its event."""
        one = item.deadline
        at = self.moment(one.closed_at) if one.closed_at else ""
        values = {"no": item.key, "what": item.what(self.language), "at": at, "by": by, "reason": one.reason}
        if one.state == "cancelled":
            return self._t("over.cancelled", **values)
        if one.resolved_by:
            return self._t("over.resolved", **values)
        if one.state == "met":
            return self._t("over.met", **values)
        return self._t("over.missed", over=item.over(self.now, self.language), **values)

    def board(self, board: Board) -> Card:
        """The board in short."""
        late, soon = board.late, board.soon
        values = {"late": board.total.late, "soon": board.total.soon, "rate": rate(board.total.rate)}
        sections = [Section(self._t("card.section_late", count=board.total.late), self.lines(late))] if late else []
        if soon:
            sections.append(Section(self._t("card.section_soon", count=board.total.soon), self.lines(soon)))
        for name, groups in (("rules", board.by_rule), ("regions", board.by_region), ("directors", board.by_director)):
            if groups:
                sections.append(Section(self._t(f"card.section_{name}"), self._groups(groups)))
        return Card(
            card_id(late),
            headline=self._t("card.board" if board.total.late else "card.board_well", **values),
            summary=self._in_short(board),
            source=self._t("title"),
            sections=tuple(sections),
            actions=self.actions() if len(late) == 1 else (),
            url=self.url,
        )

    def late(self, board: Board) -> Card:
        """What is stuck."""
        if not board.total.late:
            said = self._t("card.nothing_late", soon=board.total.soon)
            return Card(card_id(()), said, source=self._t("title"), url=self.url)
        card = self.board(board)
        worst = board.late[0]
        values = {"count": board.total.late, "no": worst.key, "over": worst.over(self.now, self.language)}
        sections = [Section(self._t("card.section_late", count=board.total.late), self.lines(board.late))]
        head = self._t("card.stuck", **values, what=worst.what(self.language))
        return Card(
            card.id,
            head,
            source=card.source,
            sections=tuple(sections),
            actions=self.actions() if board.total.late == 1 else (),
            url=f"{self.url}#late",
            unfolded=True,
        )

    def people(self, board: Board) -> Card:
        """Whose are late most often."""
        known = [one for one in board.by_person if one.late or one.missed]
        if not known:
            return Card(card_id(()), self._t("card.nobody_late"), source=self._t("title"), url=self.url)
        lines = "\n".join(f"{at}. {self._person(one)}" for at, one in enumerate(known[:LISTED], 1))
        return Card(
            card_id(()),
            headline=self._t("card.most_late", name=known[0].name, count=max(known[0].late, known[0].missed)),
            summary=self._t("card.most_late_summary", days=board.days),
            source=self._t("title"),
            sections=(Section(self._t("card.section_people"), lines),),
            url=self.url,
            unfolded=True,
        )

    def case(self, items: Sequence[Item]) -> Card:
        """All deadlines of one case."""
        late = [one for one in items if not one.deadline.is_over and one.is_late(self.now)]
        waiting = [one for one in items if not one.deadline.is_over]
        head = "card.case_late" if late else "card.case_open" if waiting else "card.case_over"
        one = min(late or waiting, key=lambda item: item.deadline.due_at) if waiting else items[0]
        values = {"no": one.key, "what": one.what(self.language), "count": len(items)}
        spans = {"over": one.over(self.now, self.language), "left": one.left(self.now, self.language)}
        return Card(
            card_id(waiting),
            headline=self._t(head, **values, **spans),
            source=self._t("title"),
            sections=(
                Section(self._t("card.section_case"), "\n".join(f"- {self.state_line(item)}" for item in items)),
            ),
            actions=self.actions() if waiting else (),
            url=f"{self.url}?case={quote(one.key)}",
            unfolded=True,
        )

    def actions(self) -> tuple[Action, ...]:
        """What may be done about one that is open."""
        return (
            Action("mine", self._t("button.mine"), "primary"),
            Action("later", self._t("button.later", hours=f"{self.later_hours:g}")),
            Action("snooze", self._t("button.snooze"), form=self._snoozing()),
            Action("resolve", self._t("button.resolve"), form=self._resolving()),
        )

    def lines(self, items: Sequence[Item]) -> str:
        """As a list."""
        return self.cut([f"- {self.line(one)}" for one in items])

    def cut(self, lines: Sequence[str]) -> str:
        """The first ones, and how many more there are."""
        more = len(lines) - LISTED
        return "\n".join([*lines[:LISTED], *([self._t("card.more", count=more)] if more > 0 else [])])

    def line(self, item: Item) -> str:
        """One that is open, in one line."""
        late = item.is_late(self.now)
        span = item.over(self.now, self.language) if late else item.left(self.now, self.language)
        values = {"no": item.key, "what": item.what(self.language), "span": span}
        parts = [self._t("line.late" if late else "line.open", **values)]
        parts += [one for one in (item.customer, item.owner) if one]
        if item.deadline.acknowledged_at:
            parts.append(self._t("line.acknowledged"))
        elif item.deadline.snoozed_until:
            parts.append(self._t("line.snoozed", until=self.moment(item.deadline.snoozed_until)))
        return " · ".join(parts)

    def state_line(self, item: Item) -> str:
        """One in any state, in one line."""
        one = item.deadline
        if not one.is_over:
            return self.line(item)
        values = {"what": item.what(self.language), "took": item.took(self.language), "at": self.moment(one.closed_at)}
        return self._t(f"line.{one.state}", **values, over=item.over(self.now, self.language))

    def moment(self, at: datetime | None) -> str:
        """By the company's clock; of today only the time."""
        if at is None:
            return "–"
        local, today = at.astimezone(self.zone), self.now.astimezone(self.zone).date()
        if local.date() == today:
            return f"{local:%H:%M}"
        return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"

    def due(self, at: datetime) -> str:
        """When it is due: midnight is the end of a day, not the beginning of the next."""
        local = at.astimezone(self.zone)
        if (local.hour, local.minute, local.second) != (0, 0, 0):
            return self.moment(at)
        return f"{self.moment(at - timedelta(minutes=1)).removesuffix('23:59')}24:00"

    def _card(self, items: Sequence[Item], head: str, more: str, trouble: str) -> Card:
        one = items[0]
        single = len(items) == 1
        times = {"opened": self.moment(one.deadline.opened_at), "due": self.due(one.deadline.due_at)}
        about = self._t("card.about", title=one.title(self.language), **times) if single else ""
        working = self._t("card.working_time") if any(item.by_working_time for item in items) else ""
        named = ((self._t("card.customer"), one.customer), (self._t("card.owner"), one.owner))
        return Card(
            card_id(items),
            headline=head,
            summary=" ".join(text for text in (trouble, about, more, working) if text),
            source=self._t("title"),
            facts=tuple(Fact(label, value) for label, value in named if value) if single else (),
            sections=() if single else (Section(self._t("card.which"), self.lines(items)),),
            actions=self.actions(),
            url=f"{self.url}?case={quote(one.key)}" if single else self.url,
        )

    def _told_before(self, items: Sequence[Item], people: Mapping[str, str]) -> str:
        """Who knows already, of a single one."""
        if len(items) != 1:
            return ""
        told = [note for note in items[0].notes if note.kind == "escalation" and note.person_id]
        names = dict.fromkeys(people.get(note.person_id, note.person_id) for note in told)
        return self._t("card.told_before", names="、".join(names)) if names else ""

    def _groups(self, groups: Sequence[Figures]) -> str:
        return "\n".join(
            f"- {self._t('line.group', name=one.name, rate=rate(one.rate), count=one.due, late=one.late)}"
            for one in groups[:LISTED]
        )

    def _person(self, one: Figures) -> str:
        return self._t("line.person", name=one.name, late=one.late, missed=one.missed, rate=rate(one.rate))

    def _in_short(self, board: Board) -> str:
        waiting, total = self._t("card.board_open", open=f"{board.total.open:,}"), board.total
        if total.p50 is None:
            return waiting
        times = {"p50": self.took(total, total.p50), "p95": self.took(total, total.p95)}
        return f"{waiting} {self._t('card.board_took', days=board.days, **times)}"

    def took(self, figures: Figures, seconds: float | None) -> str:
        """How long, in words; – where nothing is known."""
        return "–" if seconds is None else lasting(seconds, self.language, days=figures.in_days)

    def _snoozing(self) -> Form:
        choices = tuple((one, self._t(f"until.{one}", hours=f"{self.later_hours:g}")) for one in CHOICES)
        reason = Field("reason", self._t("form.reason"), lines=2)
        until = Field("until", self._t("form.until"), choices, CHOICES[0])
        return Form(self._t("form.snooze"), self._t("form.submit"), (reason, until))

    def _resolving(self) -> Form:
        reason = Field("reason", self._t("form.how"), lines=2)
        return Form(self._t("form.resolve"), self._t("form.submit"), (reason,))

    def _t(self, key: str, **values: object) -> str:
        return t(f"slas.{key}", self.language, **values)


def card_id(items: Sequence[Item]) -> str:
    """Says which deadlines its buttons stand for."""
    return "-".join([_PREFIX, uuid4().hex[:12], *(str(one.id) for one in items[:BUTTONS])])


def deadlines_on(card: str) -> tuple[int, ...]:
    """Those that a card's buttons stand for."""
    prefix, *rest = card.split("-")
    return tuple(int(id_) for id_ in rest[1:] if id_.isdigit()) if prefix == _PREFIX else ()


def until_of(choice: str, now: datetime, zone: ZoneInfo, morning: timedelta, later_hours: float) -> datetime:
    """When a chosen delay ends. `morning`: after midnight, when people are told things again."""
    local = now.astimezone(zone)
    midnight = datetime(local.year, local.month, local.day, tzinfo=zone)
    days = {"tomorrow": 1, "monday": 7 - local.weekday()}
    if choice in days:
        return midnight + timedelta(days=days[choice]) + morning
    evening = midnight + EVENING
    return evening if choice == "today" and evening > now else now + timedelta(hours=later_hours)
