"""What the language model's adapter asks of the house: known names, counted tokens, and who is told of an outage."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta

import structlog

from adapters.llm.notice import Notice
from bot.contracts import Adapter, Clock, Reply, Role
from bot.contracts.person import OPERATOR
from bot.flows.delivery import DeliveryFlow
from bot.flows.reach import address_of, language_of
from storage.database import Database
from storage.repositories.audit import AuditEntry
from storage.store import Store

NAMES_SECONDS = 60.0  # how old the list of names may be: a new customer is masked from then on
LANGUAGE_MODEL = "language model"  # who did it, in the audit log
DOWN, UP = "model.down", "model.up"  # in the audit log: what people were told last
SAME_OUTAGE = timedelta(hours=1)  # a loss is told again after so long, lest one whose end nobody saw hides the next

log = structlog.get_logger(__name__)


class TokenLedger:
    """Fulfils `adapters.llm.budget.Ledger`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def spent(self, day: date) -> int:
        """Tokens of that day, of all machines."""
        return await self._database.read(lambda store: store.usage.tokens(day))

    async def add(self, day: date, tokens: int) -> None:
        """Add tokens to that day."""
        await self._database.write(lambda store: store.usage.add_tokens(day, tokens))


class NameList:
    """Fulfils `adapters.llm.adapter.KnownNames`: the same object while nothing changes."""

    def __init__(
        self, database: Database, more: Callable[[], Collection[str]] = tuple, seconds: float = NAMES_SECONDS
    ) -> None:
        """`more`: names that live elsewhere, such as competitors in the playbook."""
        self._database = database
        self._more = more
        self._seconds = seconds
        self._names: tuple[str, ...] = ()
        self._read_at = -seconds

    async def __call__(self) -> Collection[str]:
        """People, customers under every name with their people, and competitors."""
        if time.monotonic() - self._read_at >= self._seconds:
            names = await self._database.read(self._all)
            self._names = self._names if names == self._names else names
            self._read_at = time.monotonic()
        return self._names

    def _all(self, store: Store) -> tuple[str, ...]:
        theirs = *store.customers.names(), *store.customer_people.names()
        return tuple(sorted({*store.people.all_names(), *theirs, *self._more()} - {""}))


class Announcer:
    """Fulfils `adapters.llm.notice.Report`: every administrator is told once, however many machines notice."""

    def __init__(
        self, database: Database, delivery: DeliveryFlow, adapters: Mapping[str, Adapter], clock: Clock
    ) -> None:
        self._database = database
        self._delivery = delivery
        self._adapters = adapters
        self._clock = clock

    async def __call__(self, notice: Notice) -> None:
        """Put the notice on the delivery list."""
        log.warning("language model", notice=notice.kind, key=notice.key)
        await self._database.write(lambda store: self._tell(store, notice))

    async def lost(self) -> bool:
        """Whether people were told that the model is lost, and not yet that it is back."""
        told = await self._database.read(_told_last)
        return told is not None and told.action == DOWN

    def _tell(self, store: Store, notice: Notice) -> None:
        key = notice.key if notice.kind == "budget" else self._news(store, notice)
        for person in store.people.visible_to(OPERATOR) if key else ():
            to = address_of(store, person, self._adapters) if person.role is Role.ADMIN else None
            if to is not None:
                payloads = self._adapters[to.channel].render(Reply(to, text=notice.text(language_of(store, person))))
                self._delivery.post(store, f"notice:{key}:{person.id}", "", to, payloads)

    def _news(self, store: Store, notice: Notice) -> str:
        """A key for what was not told yet, the same on every machine that notices it at the same time; else ""."""
        told, now, action = _told_last(store), self._clock.now(), DOWN if notice.kind == "down" else UP
        if action == UP and (told is None or told.action == UP):
            return ""
        if told is not None and told.action == action and now - told.at < SAME_OUTAGE:
            return ""
        store.audit.add(LANGUAGE_MODEL, action, notice.key, {}, now)
        return f"{action}:{told.seq if told else 0}"


def _told_last(store: Store) -> AuditEntry | None:
    return next(iter(store.audit.listing(OPERATOR, 1, actions=(DOWN, UP))), None)
