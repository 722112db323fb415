"""A question for several customers, complete: what a list shows, and what the conversation keeps of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from skills.customers.conditions import Conditions
from skills.customers.numbers import Top, read_top
from skills.customers.periods import read_period
from skills.customers.understanding import (
    Intent,
    intent_of,
    narrows,
    opens_like_a_follow_up,
    read_export,
    says_customers,
    without_the_asking,
)

if TYPE_CHECKING:
    from datetime import date

    from skills.customers.conditions import Words
    from storage.repositories.customers import Customer, Values

KEPT_CARDS = 6  # whose buttons still work


@dataclass(frozen=True, slots=True)
class Query:
    """Which customers, and whether to list them, to count them, or to count those of each owner."""

    kind: Literal["list", "count", "owners"]
    conditions: Conditions = field(default_factory=Conditions)
    top: Top | None = None

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Query:
        """From what a conversation kept."""
        top = Top(**values["top"]) if values.get("top") else None
        return cls(values["kind"], Conditions.read(values["conditions"]), top)

    def of(self, customers: Iterable[Customer], words: Words) -> list[Customer]:
        """The customers, as ordered in storage: the largest first."""
        found = words.meet(self.conditions, customers)
        if self.top is None:
            return found
        sized = [customer for customer in found if customer.annual_amount is not None]
        return (sized[::-1] if self.top.smallest else sized)[: self.top.count]


@dataclass(frozen=True, slots=True)
class Reading:
    """A message as understood. `query` is None when one customer is meant; `rest` was not understood."""

    intent: Intent
    query: Query | None
    rest: str
    complete: bool  # nothing but conditions and words of asking
    stands_alone: bool  # and whoever asks this can only mean customers
    as_file: bool = False  # an export is asked for


def read_question(text: str, words: Words, values: Values, before: Query | None, today: date) -> Reading:
    """Understand a message; `before` is the question that was answered last."""
    intent, says_so = intent_of(text), says_customers(text)
    if intent == "team":
        return Reading(intent, None, "", complete=True, stands_alone=True)
    as_file, shorter = read_export(without_the_asking(text.lower(), intent))
    top, shorter = read_top(shorter)
    period, shorter = read_period(shorter, today, going_on=before is not None and bool(before.conditions.added_first))
    conditions, rest = words.read(shorter, values)
    conditions = conditions.added(period)
    asks, limits = intent in {"list", "count", "owners"} or as_file, bool(conditions or top)
    complete = not rest and (asks or limits)
    one = intent == "owner" and not conditions.pool and not (top and complete)
    several = not one and (asks or (limits and (not rest or says_so)))
    query = Query(
        "owners" if intent == "owners" else "count" if intent == "count" and not top else "list", conditions, top
    )
    return Reading(
        intent,
        _in_context(text, query, before) if several else None,
        rest,
        complete,
        complete and (asks or not opens_like_a_follow_up(text)) and (says_so or (intent == "count" and "家" in text)),
        as_file,
    )


def _in_context(text: str, query: Query, before: Query | None) -> Query:
    """ "那华南呢" keeps the kind, "其中A级的" also the conditions, "有哪些" everything but the kind."""
    if before is None or says_customers(text):
        return query
    kind = query.kind if query.top or intent_of(text) else before.kind
    if narrows(text):
        return Query(kind, before.conditions.and_also(query.conditions), query.top or before.top)
    return replace(query if query.conditions or query.top else before, kind=kind)


@dataclass(frozen=True, slots=True)
class Memory:
    """What this skill keeps: the last question, the page last shown, what the buttons of its cards mean, and the one
    customer that was spoken of last."""

    query: Query | None = None
    page: int = 1
    cards: tuple[tuple[str, Mapping[str, Any]], ...] = ()  # chat card id → {"query"} or {"customers": ids}
    subject: str = ""  # customer id; "" after a list

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Memory:
        """From what `Remember` kept; what an older version kept is forgotten."""
        query = Query.read(values["query"]) if values.get("query") else None
        cards = tuple((str(card["id"]), card["means"]) for card in values.get("cards", ()))
        return cls(query, int(values.get("page", 1)), cards, str(values.get("subject", "")))

    def means(self, card_id: str) -> Mapping[str, Any]:
        """What a card was about; empty when it is forgotten."""
        return dict(self.cards).get(card_id, {})

    def listing(self, query: Query, page: int, card_id: str = "") -> Memory:
        """After this list was shown."""
        cards = self._with(card_id, {"query": asdict(query)}) if card_id else self.cards
        return Memory(query, page, cards)

    def showing(self, ids: Iterable[str], card_id: str) -> Memory:
        """After these customers were shown or offered."""
        offered = list(ids)
        return replace(self.speaking_of(offered), cards=self._with(card_id, {"customers": offered}))

    def speaking_of(self, ids: Sequence[str]) -> Memory:
        """After something was said about these customers: "it" is the only one of them."""
        return replace(self, subject=ids[0] if len(ids) == 1 else "")

    def json(self) -> dict[str, Any]:
        """For `Remember`."""
        query = asdict(self.query) if self.query else None
        cards = [{"id": id_, "means": means} for id_, means in self.cards]
        return {"query": query, "page": self.page, "cards": cards, "subject": self.subject}

    def _with(self, card_id: str, means: Mapping[str, Any]) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        others = [(id_, kept) for id_, kept in self.cards if id_ != card_id]
        return (*others[-(KEPT_CARDS - 1) :], (card_id, means))
