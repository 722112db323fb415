"""Rows behind the morning meeting, of a viewer (D9): what is owed, what conversations hinted at, who was heard when."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlmodel import Session

from bot.contracts.person import Person
from storage.permissions import visible
from storage.records import Records
from storage.repositories.deals import Deal, StageEntry
from storage.repositories.quotes import Quote
from storage.repositories.tasks import Task
from storage.tables import (
    ContractRow,
    CustomerRow,
    DealRow,
    DialogueRow,
    PaymentRow,
    PromptRow,
    QuoteRow,
    SignalRow,
    StageRow,
    TaskRow,
    UtteranceRow,
)
from storage.upsert import table_of

_deals, _stages, _quotes = table_of(DealRow), table_of(StageRow), table_of(QuoteRow)
_payments, _contracts, _customers = table_of(PaymentRow), table_of(ContractRow), table_of(CustomerRow)
_signals, _prompts, _tasks = table_of(SignalRow), table_of(PromptRow), table_of(TaskRow)
_dialogues, _utterances = table_of(DialogueRow), table_of(UtteranceRow)


@dataclass(frozen=True, slots=True)
class Owed:
    """An instalment: due on a day, and paid or not. `owner_id`: of its deal, else who signed."""

    id: str
    contract_id: str
    customer_id: str
    owner_id: str
    kind: str
    due: date | None
    paid: date | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Hint:
    """Something that a conversation showed about a deal: a signal's kind, or `ignored` for a prompt without answer."""

    id: str
    kind: str
    deal_id: str
    customer_id: str
    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CustomerFields:
    """What of a customer has to be filled in."""

    id: str
    name: str
    owner_id: str
    filled: frozenset[str]


CUSTOMER_FIELDS = ("industry", "tier", "annual_amount")


class Briefing:
    """Rows of a viewer. Amounts in yuan."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def deals(self, viewer: Person, since: date) -> list[Deal]:
        """Deals that are open, or were closed on this day or later."""
        records = Records(self._session, DealRow, Deal)
        kept = (_deals.c.closed.is_(None)) | (_deals.c.closed >= since)
        return records.found(records.select().where(visible(viewer, DealRow), kept).order_by(_deals.c.id))

    def stages(self, viewer: Person, since: date) -> dict[str, list[StageEntry]]:
        """How those deals moved, the oldest first."""
        kept = (_deals.c.closed.is_(None)) | (_deals.c.closed >= since)
        query = select(_stages.c.deal_id, _stages.c.stage, _stages.c.entered)
        query = query.select_from(_stages.join(_deals, _deals.c.id == _stages.c.deal_id))
        found: dict[str, list[StageEntry]] = {}
        for row in self._rows(query.where(visible(viewer, DealRow), kept).order_by(_stages.c.entered, _stages.c.stage)):
            found.setdefault(row[0], []).append(StageEntry(*row))
        return found

    def quotes(self, viewer: Person, since: date, until: date) -> list[Quote]:
        """Made between two days, both included, the oldest first."""
        records, day = Records(self._session, QuoteRow, Quote), _quotes.c.quoted_on
        query = records.select().where(visible(viewer, QuoteRow), day >= since, day <= until)
        return records.found(query.order_by(day, _quotes.c.version, _quotes.c.id))

    def owed(self, viewer: Person, since: date) -> list[Owed]:
        """Instalments that are due or were due since a day; refunds aren't owed."""
        tables = _payments.outerjoin(_contracts, _contracts.c.id == _payments.c.contract_id)
        tables = tables.outerjoin(_deals, _deals.c.id == _contracts.c.deal_id)
        owner = func.coalesce(func.nullif(_deals.c.owner_id, ""), _contracts.c.signer_id, "")
        customer = func.coalesce(func.nullif(_payments.c.customer_id, ""), _contracts.c.customer_id, "")
        columns = _payments.c.kind, _payments.c.due, _payments.c.paid, _payments.c.amount_fen
        query = select(_payments.c.id, _payments.c.contract_id, customer, owner, *columns).select_from(tables)
        here = visible(viewer, PaymentRow), _payments.c.amount_fen > Decimal(0), _payments.c.due >= since
        return [Owed(*row) for row in self._rows(query.where(*here).order_by(_payments.c.id))]

    def tasks(self, viewer: Person, until: date) -> list[Task]:
        """Promises that were due before a day, whatever became of them; to be told apart by `done_at`."""
        records = Records(self._session, TaskRow, Task)
        here = visible(viewer, TaskRow), _tasks.c.due < until, _tasks.c.state != "dropped"
        return records.found(records.select().where(*here).order_by(_tasks.c.due, _tasks.c.id))

    def hints(self, viewer: Person, kinds: Collection[str], since: datetime, until: datetime) -> list[Hint]:
        """Signals of these kinds, and important prompts that were sent and ignored; the oldest first."""
        at = _signals.c.happened_at
        columns = _signals.c.deal_id, _signals.c.customer_id, _signals.c.person_id, at
        query = select(_signals.c.id, _signals.c.kind, *columns).where(visible(viewer, SignalRow))
        signals = self._rows(query.where(_signals.c.kind.in_(list(kinds)), at >= since, at <= until).order_by(at))
        sent = _prompts.c.decided_at
        columns = _prompts.c.deal_id, _prompts.c.customer_id, _prompts.c.person_id, sent
        ignored = _prompts.c.state == "sent", _prompts.c.priority == "high", _prompts.c.response == "ignored"
        asked: Select[Any] = select(_prompts.c.id, *columns).where(visible(viewer, PromptRow), *ignored)
        prompts = self._rows(asked.where(sent >= since, sent <= until).order_by(sent))
        return [*(Hint(*row) for row in signals), *(Hint(row[0], "ignored", *row[1:]) for row in prompts)]

    def heard(self, viewer: Person, until: datetime) -> dict[str, datetime]:
        """Deal → when anybody was heard last, of conversations that the viewer may see."""
        at = func.coalesce(_utterances.c.at, _dialogues.c.begun_at)
        tables = _utterances.join(_dialogues, _dialogues.c.id == _utterances.c.dialogue_id)
        query = select(_dialogues.c.deal_id, func.max(at)).select_from(tables)
        here = visible(viewer, DialogueRow), _dialogues.c.deal_id != "", at <= until
        return {deal: last for deal, last in self._rows(query.where(*here).group_by(_dialogues.c.deal_id)) if last}

    def customers(self, viewer: Person) -> list[CustomerFields]:
        """All of them, with which of CUSTOMER_FIELDS say something."""
        values = _customers.c.industry, _customers.c.tier, _customers.c.annual_amount_fen
        query = select(_customers.c.id, _customers.c.name, func.coalesce(_customers.c.owner_id, ""), *values)
        rows = self._rows(query.where(visible(viewer, CustomerRow)).order_by(_customers.c.id))
        return [CustomerFields(row[0], row[1], row[2], _filled(row[3:])) for row in rows]

    def _rows(self, query: Select[Any]) -> list[Any]:
        return list(self._session.connection().execute(query))


def _filled(values: Sequence[Any]) -> frozenset[str]:
    return frozenset(name for name, value in zip(CUSTOMER_FIELDS, values, strict=True) if value not in {None, ""})
