"""Tokens for the web console."""

from __future__ import annotations

from bot.contracts.clock import SystemClock
from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t
from config.settings import new_token
from storage.database import Database
from storage.store import Store


async def issue_token(database: Database, person_id: str) -> str:
    """A new token for a person; former ones end. Raises BadInput when there is no such person."""
    token, now = new_token(), SystemClock().now()

    def issue(store: Store) -> None:
        if store.people.get(person_id) is None:
            raise BadInput(t("cli.people.unknown", operator_language(), id=person_id))
        store.sign_ins.revoke(person_id, now)
        store.sign_ins.issue(person_id, token, now)
        store.audit.add("operator", "sign_in.issued", person_id, {}, now)

    await database.write(issue)
    return token
