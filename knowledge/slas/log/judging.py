"""Each case of a log: on time, late, open, or unknown with the reason. The definitions stand in docs/sla.md. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import Literal

from knowledge.slas.calendar import due
from knowledge.slas.log.question import LogRefused, Question
from knowledge.slas.log.rows import Row
from knowledge.slas.log.times import Moment, Order, at_of, end_of, micros_of, order_of, quick, says_nothing, slow

Outcome = Literal["on_time", "late", "open", "unknown"]
OUTCOMES: tuple[Outcome, ...] = ("on_time", "late", "open", "unknown")


@dataclass(frozen=True, slots=True)
class Case:
    """One case. Times in microseconds since 1970."""

    id: str
    outcome: Outcome
    reason: str = ""  # of an unknown one: no_begin, bad_begin, bad_end, end_before_begin, no_due, bad_due
    begin: int | None = None
    due: int | None = None
    end: int | None = None  # None: not finished


@dataclass
class Judged:
    """Every case, by its id, and what was noticed about the log."""

    cases: list[Case]
    first: int | None  # the oldest and the newest time of the log
    until: int | None  # when the log ends: open cases are judged by it
    without_case: int = 0  # rows
    bad_times: int = 0
    begins: int = 0  # rows of the two activities
    ends: int = 0
    activities: Counter[str] = field(default_factory=Counter)


@dataclass
class _Story:
    """What a case told: times as written, for they are understood when the whole column is known."""

    begins: list[tuple[str, str]] = field(default_factory=list)  # time, due time of the same row
    ends: list[str] = field(default_factory=list)
    due: str = ""  # the first that is said anywhere in the case


class _Times:
    """Understands each text once."""

    def __init__(self, question: Question) -> None:
        self._zone = question.zone
        self._order: Order = "none"
        self.odd: set[str] = set()  # what isn't ISO 8601
        self.first: int | None = None
        self.until: int | None = None
        self._quick = lru_cache(1 << 16)(lambda text: quick(text, self._zone))
        self._slow = lru_cache(1 << 18)(lambda text: slow(text, self._zone, self._order))

    def note(self, text: str) -> None:
        """For the ends of the log."""
        found = self._quick(text)
        if found is None:
            self.odd.add(text)
        else:
            self._stretch(found.micros)

    def learn(self) -> set[str]:
        """The whole column was seen. Texts that are no times."""
        self._order = order_of(self.odd)
        bad = set()
        for text in self.odd:
            if (found := self._slow(text)) is None:
                bad.add(text)
            else:
                self._stretch(found.micros)
        return bad

    def read(self, text: str) -> Moment | None:
        """Of a text that was noted; None when it can't be read."""
        return self._quick(text) or self._slow(text)

    def _stretch(self, micros: int) -> None:
        self.first = micros if self.first is None else min(self.first, micros)
        self.until = micros if self.until is None else max(self.until, micros)


def judge(rows: Iterable[Row], question: Question) -> Judged:
    """Reads all rows once. Raises LogRefused when there are none, or none with a case."""
    stories: dict[str, _Story] = {}
    times, dues = _Times(question), _Times(question)
    found = Judged([], None, None)
    unread = Counter[str]()
    for case, activity, time, due_text in rows:
        if not case:
            found.without_case += 1
            continue
        story = stories.get(case)
        if story is None:
            story = stories[case] = _Story()
        found.activities[activity] += 1
        if time:
            times.note(time)
            if time in times.odd:
                unread[time] += 1
        if due_text and not says_nothing(due_text):
            story.due = story.due or due_text
        _tell(story, question, activity, time, due_text)
    if not stories:
        raise LogRefused("no_cases")
    bad = times.learn()
    for due_text in {text for story in stories.values() for text in (story.due, *(one[1] for one in story.begins))}:
        if due_text:
            dues.note(due_text)
    dues.learn()
    found.bad_times = sum(unread[text] for text in bad if not says_nothing(text))
    found.begins, found.ends = found.activities[question.begin], found.activities[question.end]
    found.first = times.first
    found.until = micros_of(question.until) if question.until else times.until
    judging = _Judging(question, times.read, dues.read, found.until)
    found.cases = [judging.case(id_, story) for id_, story in stories.items()]
    return found


def _tell(story: _Story, question: Question, activity: str, time: str, due_text: str) -> None:
    if activity == question.begin:
        story.begins.append((time, "" if says_nothing(due_text) else due_text))
    if activity == question.end:
        story.ends.append(time)


@dataclass(frozen=True, slots=True)
class _Judging:
    question: Question
    read: Callable[[str], Moment | None]
    read_due: Callable[[str], Moment | None]
    until: int | None

    def case(self, id_: str, story: _Story) -> Case:
        """What became of one case."""
        if not story.begins:
            return Case(id_, "unknown", "no_begin")
        begins = [(found.micros, said) for text, said in story.begins if (found := self.read(text))]
        if len(begins) < len(story.begins):
            return Case(id_, "unknown", "bad_begin")
        begin, said = min(begins, key=lambda one: one[0])
        due_at, problem = self._due(begin, said or story.due)
        if due_at is None:
            return Case(id_, "unknown", problem, begin)
        return self._ended(id_, story, begin, due_at)

    def _ended(self, id_: str, story: _Story, begin: int, due_at: int) -> Case:
        ends = [found.micros if (found := self.read(text)) else None for text in story.ends]
        known = sorted(one for one in ends if one is not None)
        if self.question.begin == self.question.end:
            known = known[1:]  # the first is the beginning
        after = next((one for one in known if one >= begin), None)
        if after is not None and after <= due_at:
            return Case(id_, "on_time", "", begin, due_at, after)
        if None in ends:  # the one that can't be read may have been in time
            return Case(id_, "unknown", "bad_end", begin, due_at)
        if after is not None:
            return Case(id_, "late", "", begin, due_at, after)
        if known:
            return Case(id_, "unknown", "end_before_begin", begin, due_at)
        is_late = self.until is not None and self.until > due_at
        return Case(id_, "late" if is_late else "open", "", begin, due_at)

    def _due(self, begin: int, said: str) -> tuple[int | None, str]:
        """The case's own due time; else the span's; else why there is none."""
        if said:
            found = self.read_due(said)
            return (end_of(found, self.question.zone), "") if found else (None, "bad_due")
        if self.question.within is None:
            return None, "no_due"
        span = self.question.within
        if span.kind == "clock":
            return begin + round(span.seconds * 1_000_000), ""
        return micros_of(due(at_of(begin), span, self.question.calendar)), ""


def of(cases: Sequence[Case], outcome: Outcome) -> Iterator[Case]:
    """Those of one outcome, in the log's order."""
    return (one for one in cases if one.outcome == outcome)


def reasons(cases: Sequence[Case]) -> dict[str, int]:
    """Why cases are unknown."""
    found = sorted(one.reason for one in of(cases, "unknown"))
    return {reason: len(list(some)) for reason, some in groupby(found)}


def quantile(values: Sequence[float], share: float) -> float | None:
    """Between the two nearest values by their distance, as spreadsheets' PERCENTILE does; None without values."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = (len(ordered) - 1) * share
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
