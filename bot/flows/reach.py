"""Where people are written to without having asked, and in which language."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contracts import Adapter, Address, Person
from storage.store import Store

# The first that a person has; and how their own conversation there begins.
FIRST_CHANNELS = {"wecom": "user:", "slack": "", "console": "user:"}


def address_of(store: Store, person: Person, adapters: Mapping[str, Adapter]) -> Address | None:
    """The first of a person's channels that is enabled; None when there is none."""
    accounts = {**store.people.accounts(person.id), "console": person.id}
    known = (channel for channel in FIRST_CHANNELS if channel in accounts and channel in adapters)
    return next((Address(name, FIRST_CHANNELS[name] + accounts[name]) for name in known), None)


def language_of(store: Store, person: Person) -> str:
    """What a person chose to read."""
    return str(store.preferences.get(person.id).get("language") or person.language)
