"""Prompts, what became of them, and the figures that decide about the next one (A9–A13)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import case, func, select, update
from sqlmodel import Session

from bot.contracts.person import Person
from storage.chunks import chunks
from storage.permissions import visible
from storage.records import Records
from storage.tables import LabelRow, PromptRow
from storage.upsert import table_of

State = Literal["sent", "withheld", "digest"]
Priority = Literal["high", "normal", "low"]
Response = Literal["", "used", "not_fit", "later", "less", "interrupted", "ignored"]
LOOKED_BACK = 50  # prompts: more in a row without an answer change nothing


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt that was sent, held back, or put into the digest."""

    id: str
    kind: str
    person_id: str  # who got it, or would have
    state: State
    decided_at: datetime
    signal_ids: tuple[str, ...] = ()
    customer_id: str = ""
    deal_id: str = ""
    dialogue_id: str = ""
    event: str = ""  # what it belongs to (a visit, a dialogue, a day); "": "one per event" doesn't count
    priority: Priority = "normal"
    reason: str = ""  # why it was held back: the last part of a locale key
    arithmetic: Mapping[str, Any] = field(default_factory=dict)
    card_id: str = ""
    response: Response = ""
    responded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person did with the last prompts that were sent to them."""

    sent: int
    answered: int  # used, not_fit, later, less: they looked at it
    used: int
    interrupted: int

    @property
    def rate(self) -> float | None:
        """Share of prompts that were answered; None when none was sent."""
        return self.answered / self.sent if self.sent else None


@dataclass(frozen=True, slots=True)
class KindCounts:
    """How prompts of one kind fared."""

    kind: str
    sent: int
    withheld: int
    digest: int
    used: int
    complaints: int  # "打断我了"

    @property
    def complaint_rate(self) -> float | None:
        """Complaints per prompt sent; None when none was sent."""
        return self.complaints / self.sent if self.sent else None


@dataclass(frozen=True, slots=True)
class Judged:
    """What people made of one kind's prompts."""

    kind: str
    sent: int
    looked_at: int  # answered in any way, or labelled
    wrong: int  # labelled as a false positive by anybody


_prompts, _labels = table_of(PromptRow), table_of(LabelRow)
_SENT: tuple[State, ...] = ("sent",)
_ANSWERED = ("used", "not_fit", "later", "less")


class Prompts:
    """The prompts. What is shown to somebody takes a viewer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, PromptRow, Prompt)

    def add(self, prompt: Prompt) -> bool:
        """Keep a decision. False when its id is known, or when this person was sent one for this customer and event:
        then send nothing."""
        return self._records.add(prompt)

    def get(self, id_: str) -> Prompt | None:
        """One prompt, for the flows."""
        return self._records.get(id_)

    def seen(self, viewer: Person, id_: str) -> Prompt | None:
        """One prompt; None also when the viewer may not see it."""
        query = self._records.select().where(_prompts.c.id == id_, visible(viewer, PromptRow))
        return next(iter(self._records.found(query)), None)

    def of_card(self, card_id: str) -> Prompt | None:
        """The prompt that a card shows."""
        return next(iter(self._records.found(self._records.select().where(_prompts.c.card_id == card_id))), None)

    def shown_as(self, id_: str, card_id: str) -> None:
        """Note the card that shows it."""
        self._session.connection().execute(update(_prompts).where(_prompts.c.id == id_).values(card_id=card_id))

    def respond(self, id_: str, response: Response, at: datetime) -> bool:
        """What the person did; the last response counts, but being ignored never replaces one. False: no such prompt,
        or it has a response already that stays."""
        here = _prompts.c.id == id_, _prompts.c.state != "withheld"
        open_ = (_prompts.c.response == "",) if response == "ignored" else ()
        change = update(_prompts).where(*here, *open_).values(response=response, responded_at=at)
        return self._session.connection().execute(change.returning(_prompts.c.id)).first() is not None

    def ignore_older(self, before: datetime, at: datetime) -> int:
        """Prompts sent before a moment that nobody answered count as ignored; how many."""
        old = _prompts.c.state == "sent", _prompts.c.response == "", _prompts.c.decided_at < before
        change = update(_prompts).where(*old).values(response="ignored", responded_at=at).returning(_prompts.c.id)
        return len(self._session.connection().execute(change).all())

    def visible_to(
        self, viewer: Person, since: datetime, until: datetime, *, states: Collection[State] = (), limit: int = 500
    ) -> list[Prompt]:
        """Prompts to the viewer and the people under them, in a time, the latest first."""
        query = self._within(since, until).where(visible(viewer, PromptRow))
        query = query.where(_prompts.c.state.in_(states)) if states else query
        return self._records.found(query.order_by(_prompts.c.decided_at.desc(), _prompts.c.id).limit(limit))

    def of_person(
        self, person_id: str, since: datetime, until: datetime, *, states: Collection[State] = _SENT
    ) -> list[Prompt]:
        """One person's in a time, the oldest first, for the flows."""
        query = self._within(since, until).where(_prompts.c.person_id == person_id, _prompts.c.state.in_(states))
        return self._records.found(query.order_by(_prompts.c.decided_at, _prompts.c.id))

    def of_event(self, customer_id: str, event: str) -> list[Prompt]:
        """All decisions about one customer and event, the oldest first."""
        query = self._records.select().where(_prompts.c.customer_id == customer_id, _prompts.c.event == event)
        return self._records.found(query.order_by(_prompts.c.decided_at, _prompts.c.id))

    def last_sent(self, person_id: str, *, kind: str = "", customer_id: str = "") -> datetime | None:
        """When this person was last sent one (of a kind, about a customer), for the cool-down."""
        sent = _prompts.c.person_id == person_id, _prompts.c.state == "sent"
        query = select(func.max(_prompts.c.decided_at)).where(*sent)
        query = query.where(_prompts.c.kind == kind) if kind else query
        query = query.where(_prompts.c.customer_id == customer_id) if customer_id else query
        found: datetime | None = self._session.connection().execute(query).scalar()
        return found

    def answers(self, person_id: str, last: int) -> Answers:
        """Over the last so many prompts that were sent to a person and that they answered or ignored."""
        query = select(_prompts.c.response).where(
            _prompts.c.person_id == person_id, _prompts.c.state == "sent", _prompts.c.response != ""
        )
        query = query.order_by(_prompts.c.decided_at.desc(), _prompts.c.id).limit(last)
        responses = self._session.connection().execute(query).scalars().all()
        return Answers(
            len(responses),
            sum(response in _ANSWERED for response in responses),
            responses.count("used"),
            responses.count("interrupted"),
        )

    def ignored_in_a_row(self, person_id: str) -> list[Prompt]:
        """High-priority prompts that were ignored since the last one that wasn't, the latest first (A13).

        Prompts that may still be answered don't count, either way.
        """
        query = self._records.select().where(
            _prompts.c.person_id == person_id,
            _prompts.c.state == "sent",
            _prompts.c.priority == "high",
            _prompts.c.response != "",
        )
        row: list[Prompt] = []
        order = _prompts.c.decided_at.desc(), _prompts.c.id
        for prompt in self._records.found(query.order_by(*order).limit(LOOKED_BACK)):
            if prompt.response != "ignored":
                break
            row.append(prompt)
        return row

    def ignorers(self, since: datetime) -> list[str]:
        """Who left an important prompt without an answer lately, for the flows (A13)."""
        important = _prompts.c.state == "sent", _prompts.c.priority == "high", _prompts.c.response == "ignored"
        query = select(_prompts.c.person_id).distinct().where(*important, _prompts.c.responded_at >= since)
        return list(self._session.connection().execute(query.order_by(_prompts.c.person_id)).scalars())

    def these(self, ids: Collection[str]) -> dict[str, Prompt]:
        """Several by id, for the flows; those that were purged are left out."""
        return self._records.these(ids)

    def counts(self, viewer: Person, since: datetime, until: datetime) -> list[KindCounts]:
        """How each kind fared, among the prompts that the viewer may see, the most sent first."""
        seen = visible(viewer, PromptRow), _prompts.c.decided_at >= since, _prompts.c.decided_at < until
        columns = (
            *(_sum(_prompts.c.state == state).label(state) for state in ("sent", "withheld", "digest")),
            *(_sum(_prompts.c.response == response).label(response) for response in ("used", "interrupted")),
        )
        rows = self._session.connection().execute(
            select(_prompts.c.kind, *columns).where(*seen).group_by(_prompts.c.kind)
        )
        found = [KindCounts(kind, *(int(count) for count in counts)) for kind, *counts in rows]
        return sorted(found, key=lambda counts: (-counts.sent, counts.kind))

    def judged(self, since: datetime, until: datetime) -> list[Judged]:
        """What people made of the prompts of a time, by kind; all people together, nobody by name (A12)."""
        labelled = _labels.c.prompt_id == _prompts.c.id, _labels.c.verdict == "wrong"
        wrong = select(_labels.c.id).where(*labelled).correlate(_prompts).exists()
        columns = func.count(), _sum(_prompts.c.response.in_(_ANSWERED) | wrong), _sum(wrong)
        when = _prompts.c.state == "sent", _prompts.c.decided_at >= since, _prompts.c.decided_at < until
        query = select(_prompts.c.kind, *columns).where(*when).group_by(_prompts.c.kind).order_by(_prompts.c.kind)
        return [Judged(kind, *map(int, counts)) for kind, *counts in self._session.connection().execute(query)]

    def of_kind(self, kind: str, since: datetime, until: datetime, limit: int = 1000) -> list[Prompt]:
        """The latest prompts of a kind that were sent, for replays."""
        query = self._within(since, until).where(_prompts.c.kind == kind, _prompts.c.state == "sent")
        return self._records.found(query.order_by(_prompts.c.decided_at.desc(), _prompts.c.id).limit(limit))

    def first_sent(self, person_ids: Collection[str]) -> dict[str, datetime]:
        """When each of these people got their first prompt; who got none is left out."""
        first = select(_prompts.c.person_id, func.min(_prompts.c.decided_at)).where(_prompts.c.state == "sent")
        queries = (first.where(_prompts.c.person_id.in_(some)) for some in chunks(person_ids))
        by_person = (query.group_by(_prompts.c.person_id) for query in queries)
        return {person: at for query in by_person for person, at in self._session.connection().execute(query)}

    def _within(self, since: datetime, until: datetime) -> Any:
        return self._records.select().where(_prompts.c.decided_at >= since, _prompts.c.decided_at < until)


def _sum(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))
