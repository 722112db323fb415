"""Cards about recordings. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.contracts import Action, Card, Section
from bot.contracts.listening import Side, Signal
from config.locales import t
from knowledge.listening.promises import Promise
from skills.recordings.names import LONGEST_KEY, SIDE, asking_card, card_of, pick_key, speaker_of
from skills.recordings.report import Report

if TYPE_CHECKING:
    from storage.repositories.customers import Customer
    from storage.repositories.dialogues import DialogueRecord
    from storage.repositories.tasks import Task

OFFERED, SPEAKERS, BAR = 4, 4, 10
AGREED = "agreed_"  # how the key of the button 客户已同意 begins
GOOD = frozenset({"buying_signal", "promise_made"})  # no risks


@dataclass(frozen=True, slots=True)
class Maker:
    """Builds cards in one language."""

    language: str
    public_url: str

    def ask_customer(self, number: int, name: str, customers: Sequence[Customer]) -> Card:
        """Whose recording is it?"""
        offered = [(pick_key(one.id), one.short_name or one.name) for one in customers]
        picks = [Action(key, label) for key, label in offered if key][:OFFERED]
        return Card(
            asking_card(number),
            headline=self._t("ask.headline", name=name),
            summary=self._t("ask.summary"),
            source=self._t("title"),
            actions=(*picks, Action("unlinked", self._t("ask.unlinked"))),
        )

    def no_consent(self, customer: Customer | None) -> Card:
        """Nothing was kept, and how that changes."""
        key = pick_key(customer.id) if customer else ""
        name = (customer.short_name or customer.name) if customer else ""
        fits = key and len(AGREED + key) <= LONGEST_KEY
        agreed = (Action(AGREED + key, self._t("consent.agreed"), "primary"),) if fits else ()
        return Card(
            f"recask-0-{uuid4().hex}",
            headline=self._t("consent.headline", name=name) if customer else self._t("consent.nobody"),
            summary=self._t("consent.how") if customer else self._t("consent.how_person"),
            source=self._t("title"),
            actions=agreed,
        )

    def progress(self, dialogue_id: str, name: str, done: int, total: int, minutes: int) -> Card:
        """How far the transcription is."""
        filled = BAR * done // max(1, total)
        bar = "█" * filled + "░" * (BAR - filled)
        over = done >= total
        return Card(
            card_of(dialogue_id, "progress"),
            headline=self._t("progress.done" if over else "progress.headline", name=name, minutes=minutes),
            summary=f"{bar} {100 * done // max(1, total)}%",
            source=self._t("title"),
        )

    def result(self, record: DialogueRecord, customer: str, report: Report, signals: Sequence[Signal]) -> Card:
        """What the rep should know, the most important first."""
        return Card(
            card_of(record.id, "result"),
            headline=self._headline(customer or record.title, report, signals),
            summary="\n".join(self._lines(record, report, signals)),
            source=self._t("title"),
            sections=tuple(self._sections(report, signals)),
            actions=self._actions(record, report),
            url=self.page(record.id),
        )

    def tasks(self, tasks: Sequence[Task], id_: str = "") -> Card:
        """What somebody has to do, numbered."""
        lines = [f"{number}. {self.task(task)}" for number, task in enumerate(tasks, 1)]
        return Card(
            id_ or f"rectasks-{uuid4().hex}",
            headline=self._t("tasks.headline", count=len(tasks)) if tasks else self._t("tasks.none"),
            summary="\n".join([*lines, self._t("tasks.how")] if tasks else []),
            source=self._t("tasks.title"),
        )

    def listing(self, records: Sequence[DialogueRecord], names: dict[str, str]) -> Card:
        """The latest recordings."""
        lines = [f"- [{self._name(one, names)}]({self.page(one.id)}) {self.state(one)}" for one in records]
        return Card(
            f"reclist-{uuid4().hex}",
            headline=self._t("list.headline", count=len(records)) if records else self._t("list.none"),
            summary="\n".join(lines) or self._t("list.how"),
            source=self._t("title"),
            url=f"{self.public_url}/recordings",
        )

    def task(self, task: Task) -> str:
        """One task in a line."""
        return f"{task.text}{self.by(task.due)}"

    def by(self, due: date | None) -> str:
        """（11-27 前）, or nothing."""
        return self._t("tasks.by", day=due.strftime("%m-%d")) if due else ""

    def state(self, record: DialogueRecord) -> str:
        """In a word."""
        return self._t(f"state.{record.state}")

    def page(self, dialogue_id: str) -> str:
        """Where the whole is."""
        return f"{self.public_url}/recordings/{dialogue_id}"

    def risks(self, signals: Sequence[Signal]) -> list[tuple[str, str]]:
        """Headline and reason of each signal that is one."""
        return [(self._told(one, "headline"), self._told(one, "why")) for one in signals if one.kind not in GOOD]

    def _told(self, signal: Signal, what: str) -> str:
        quote = signal.evidence[0].quote if signal.evidence else ""
        return t(f"signals.{signal.kind}.{what}", self.language, **{"quote": quote, "name": "", **signal.values})

    def _headline(self, who: str, report: Report, signals: Sequence[Signal]) -> str:
        risks = self.risks(signals)
        if report.unknown_speakers:
            point = self._t("result.who")
        elif risks:
            point = risks[0][0]
        elif report.ours:
            point = self._t("result.promised", count=len(report.ours), first=report.ours[0].text[:20])
        else:
            point = self._t("result.calm")
        return f"{who}：{point}" if self.language == "zh" else f"{who}: {point}"

    def _lines(self, record: DialogueRecord, report: Report, signals: Sequence[Signal]) -> list[str]:
        share = report.our_share
        minutes = max(1, round((record.seconds or 0) / 60))
        said = [self._t("result.minutes", minutes=minutes)]
        said += [self._t("result.share", percent=round(100 * share))] if share is not None else []
        said += [
            self._t("result.tasks", count=len(report.ours)),
            self._t("result.risks", count=len(self.risks(signals))),
        ]
        step = self._step(report)
        return [" · ".join(said), *([step] if step else [])]

    def _step(self, report: Report) -> str:
        if report.next_step:
            return self._t("result.next", text=report.next_step.text)
        return self._t("result.no_next") if report.no_next_step else ""

    def _sections(self, report: Report, signals: Sequence[Signal]) -> list[Section]:
        theirs = [one for one in report.promises if one.side is Side.THEIRS]
        open_ = [one for one in report.promises if one.side is Side.UNKNOWN]
        risks = [f"**{headline}** {why}" for headline, why in self.risks(signals)]
        parts = {
            "ours": self._promised(report.ours),
            "theirs": self._promised(theirs),
            "somebody": self._promised(open_),
            "warnings": risks,
            "points": [point.text for point in report.points],
        }
        titled = ((self._t(f"result.{name}"), lines) for name, lines in parts.items() if lines)
        return [Section(title, "\n".join(f"- {line}" for line in lines)) for title, lines in titled]

    def _promised(self, promises: Sequence[Promise]) -> list[str]:
        return [f"{one.text}{self.by(one.due)}" for one in promises]

    def _actions(self, record: DialogueRecord, report: Report) -> tuple[Action, ...]:
        speakers = list(report.sides)[:SPEAKERS] if report.unknown_speakers else []
        who = [
            Action(f"{SIDE}{at}", self._t("result.i_am", speaker=speaker_of(name, self.language)))
            for at, name in enumerate(speakers)
        ]
        tasks = (
            [Action("tasks_done", self._t("tasks.done")), Action("tasks_dropped", self._t("tasks.dropped"))]
            if report.ours
            else []
        )
        wrong = [Action("not_mine", self._t("result.not_mine"))] if record.customer_id else []
        return (*who, *tasks, *wrong)

    def _name(self, record: DialogueRecord, names: dict[str, str]) -> str:
        return names.get(record.customer_id) or record.title or record.id

    def _t(self, key: str, **values: object) -> str:
        return t(f"recordings.{key}", self.language, **values)
