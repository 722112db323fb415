"""A recording comes in: whose it is, and whether it may be kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.contracts import Card, Context, Message, Outcome, Reply
from config.locales import t
from skills.recordings.cards import OFFERED, Maker
from skills.recordings.reading import files_of, named, recent

if TYPE_CHECKING:
    from skills.recordings.ports import Desk
    from storage.database import Database
    from storage.repositories.customers import Customer
    from storage.repositories.files import FileRecord


class Intake:
    """Begins with it, or asks."""

    def __init__(self, database: Database, desk: Desk, maker: Callable[[Context], Maker]) -> None:
        self._database, self._desk, self._maker = database, desk, maker

    async def received(self, message: Message, context: Context) -> list[Outcome]:
        """Every recording of a message: begun, asked about, or refused."""
        found = await self._database.read(lambda store: files_of(store, message))
        outcomes = [await self._file(number, file, message.text, context) for number, file in found]
        return [
            Reply(context.to, outcome) if isinstance(outcome, str) else Reply(context.to, card=outcome)
            for outcome in outcomes
        ]

    async def _file(self, number: int, file: FileRecord, text: str, context: Context) -> str | Card:
        customers = await self._database.read(lambda store: named(store, context, f"{text} {file.name}"))
        if len(customers) == 1:
            return await self.begin(file.id, customers[0], file.name, context)
        offered = customers or await self._database.read(lambda store: recent(store, context))
        return self._maker(context).ask_customer(number, file.name, offered[:OFFERED])

    async def begin(self, file_id: str, customer: Customer | None, name: str, context: Context) -> str | Card:
        """Have it transcribed; a sentence that says so, or a card that says why not."""
        begun = await self._desk.begin(file_id, customer.id if customer else "", context.person)
        if begun == "no_consent":
            return self._maker(context).no_consent(customer)
        if begun == "gone":
            return t("recordings.gone", context.language)
        return t("recordings.received", context.language, name=name)
