"""Which of a customer's people somebody is: by the account they wrote from, else by name. Pure; nobody is guessed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from storage.fold import fold

if TYPE_CHECKING:
    from storage.repositories.customer_people import CustomerPerson


class Directory:
    """The people of one customer."""

    def __init__(self, people: Iterable[CustomerPerson]) -> None:
        self.people = tuple(people)
        self._accounts: dict[str, list[CustomerPerson]] = {}
        self._names: dict[str, list[CustomerPerson]] = {}
        for one in self.people:
            self._names.setdefault(fold(one.name), []).append(one)
            for account in filter(None, {one.wecom, one.email.lower(), one.slack}):
                self._accounts.setdefault(account, []).append(one)

    def who(self, account: str, name: str = "") -> CustomerPerson | None:
        """None: nobody who is listed, or it could be several people."""
        owners = [*self._accounts.get(account, ()), *self._accounts.get(account.lower(), ())]
        if owners:  # of whom one may be listed twice
            return owners[0] if len({one.name for one in owners}) == 1 else None
        namesakes = self._names.get(fold(name), [])
        return namesakes[0] if len(namesakes) == 1 else None

    def called(self, account: str, speaker: str) -> str:
        """The name of whoever is listed. Somebody else who wrote is shown as they are; an unknown voice is ""."""
        known = self.who(account, speaker)
        return known.name if known else (speaker or account) if account else ""
