"""Deadlines opened and closed by events, in the transaction that accepts them (C9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import structlog

from config.groups.slas import Slas
from knowledge.events.types import Stored
from knowledge.slas.book import Book
from knowledge.slas.rule import Rule
from storage.repositories.deadlines import Deadline, Happened
from storage.store import Store

log = structlog.get_logger(__name__)

SystemOwner = Callable[[Store, str], str]  # the person who answers for a connected system; "": nobody


class Deadlines:
    """A consequence of accepting events: cheap, no I/O but the rows."""

    def __init__(self, rules: Mapping[str, Rule], settings: Slas, owner_of: SystemOwner) -> None:
        self._rules, self._owner_of = rules, owner_of
        self._tolerance = timedelta(minutes=settings.clock_minutes)
        self._history = timedelta(hours=settings.history_hours)
        self._changed = False
        self._by_type: dict[str, list[Rule]] = {}
        for rule in rules.values():
            for type_ in rule.types:
                self._by_type.setdefault(type_, []).append(rule)

    def has_changed(self) -> bool:
        """Whether any deadline was opened or closed since this was last asked."""
        changed, self._changed = self._changed, False
        return changed

    def __call__(self, store: Store, stored: Sequence[Stored]) -> None:
        """A bounded number of statements for each batch, none where no rule is concerned."""
        concerned = self._concerned(stored)
        if not concerned:
            return
        known = self._known(store, concerned)
        for name, events in concerned.items():
            rule = self._rules[name]
            opening = [one for one in events if one.event.type == rule.begin and rule.where.holds(one.event)]
            book = Book(
                rule=rule,
                known=known.get(name, []),
                ends=_ends(store, rule, opening),
                owners=self._owners(store, rule, opening),
                tolerance=self._tolerance,
                history=self._history,
            )
            for one in book.apply(events):
                log.warning("no deadline: its times are beyond any calendar", sla=name, event=one.seq)
            self._changed = self._changed or bool(book.new or book.changed)
            store.deadlines.add_all(book.new)
            store.deadlines.change_all(book.changed)

    def _concerned(self, stored: Sequence[Stored]) -> dict[str, list[Stored]]:
        """Events by the rule that they matter to."""
        found: dict[str, list[Stored]] = {}
        for one in stored:
            for rule in self._by_type.get(one.event.type, ()):
                if one.keys.get(rule.key):
                    found.setdefault(rule.name, []).append(one)
        return found

    def _known(self, store: Store, concerned: Mapping[str, Sequence[Stored]]) -> dict[str, list[Deadline]]:
        cases = {one.keys[self._rules[name].key] for name, events in concerned.items() for one in events}
        found: dict[str, list[Deadline]] = {}
        for one in store.deadlines.of_cases(list(concerned), cases):
            found.setdefault(one.sla, []).append(one)
        return found

    def _owners(self, store: Store, rule: Rule, opening: Sequence[Stored]) -> dict[int, str]:
        """Who answers for each of those that are opened."""
        if not opening:
            return {}
        if rule.owner == "system":
            owner = self._owner_of(store, rule.system)
            return {one.seq: owner for one in opening}
        if rule.owner not in ("customer", "signer"):
            return {one.seq: rule.owner for one in opening}
        customers, signers = store.deadlines.owners(
            {one.customer_id for one in opening}, {one.contract_id for one in opening}
        )
        found = {}
        for one in opening:
            named = str(one.event.data.get("owner_no") or "")  # the event itself may say whose it is
            owner, signer = customers.get(one.customer_id, ""), signers.get(one.contract_id, "")
            first, second = (signer, owner) if rule.owner == "signer" else (owner, signer)
            found[one.seq] = first or second or one.person_id or named
        return found


def _ends(store: Store, rule: Rule, opening: Sequence[Stored]) -> Sequence[Happened]:
    """What came before its beginning did."""
    if not opening:
        return ()
    return store.deadlines.happened((*rule.ends, *rule.cancels), rule.key, {one.keys[rule.key] for one in opening})
