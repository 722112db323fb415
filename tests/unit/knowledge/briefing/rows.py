"""Rows in memory: a team of two, and what the finders look at. The day is Friday, 20 November 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.contracts.person import Person, Role
from config.briefing import BriefRules, load_brief_rules
from knowledge.briefing.facts import Facts
from knowledge.briefing.types import Scope
from storage.repositories.briefing import Hint, Owed
from storage.repositories.deals import Deal, StageEntry
from storage.repositories.quotes import Quote
from storage.repositories.tasks import Task

DAY = date(2026, 11, 20)
RULES: BriefRules = load_brief_rules()
MANAGER = Person("E2001", "李伟", Role.MANAGER, "华东组", ("华东",), "E3001")
REP = Person("E1001", "张敏", Role.REP, "华东组", ("华东",), "E2001")
OTHER = Person("E1002", "王磊", Role.REP, "华东组", ("华东",), "E2001")
PEOPLE = {one.id: one for one in (MANAGER, REP, OTHER)}


def facts(**changes: Any) -> Facts:
    """Of the manager's team, with nothing in it but what is named."""
    usual: dict[str, Any] = {
        "day": DAY, "scope": Scope("team", "华东组"), "viewer": MANAGER, "people": PEOPLE, "owners": frozenset(PEOPLE)
    }  # fmt: skip
    return Facts(**usual | changes)


def deal(id_: str, amount: int = 100_000, *, owner: str = REP.id, **more: Any) -> Deal:
    """An open deal that was followed up yesterday, in the stage of quotes for a week."""
    usual: dict[str, Any] = {
        "amount": Decimal(amount), "owner_id": owner, "stage": "quote", "stage_entered": DAY - timedelta(days=7),
        "created": DAY - timedelta(days=60), "last_followed": DAY - timedelta(days=1),
    }  # fmt: skip
    return Deal(id_, f"C{id_}", **usual | more)


def closed(id_: str, won: bool, amount: int = 100_000, **more: Any) -> tuple[Deal, list[StageEntry]]:
    """A deal that is done with, after ten days of discovery and as many of quotes."""
    end = more.pop("closed", DAY - timedelta(days=30))
    found = deal(id_, amount, result="won" if won else "lost", closed=end, **more)
    entered = [StageEntry(id_, stage, end - timedelta(days=back)) for stage, back in (("discovery", 20), ("quote", 10))]
    return found, entered


def history(won: int, lost: int, name: str = "H") -> tuple[dict[str, Deal], dict[str, list[StageEntry]]]:
    """So many of each, of the same stages."""
    rows = [closed(f"{name}{at}", at < won) for at in range(won + lost)]
    return {one.id: one for one, _ in rows}, {one.id: entries for one, entries in rows}


def quote(id_: str, price: int, other: int | None, explained: bool | None = False, **more: Any) -> Quote:
    """Made on Wednesday of last week."""
    usual: dict[str, Any] = {"deal_id": id_.replace("Q", "O"), "owner_id": REP.id, "quoted_on": date(2026, 11, 11)}
    competitor = None if other is None else Decimal(other)
    return Quote(
        id_, f"C{id_}", amount=Decimal(price), competitor_amount=competitor, explained=explained, **usual | more
    )


def owed(id_: str, due: int, paid: int | None = None, amount: int = 50_000) -> Owed:
    """An instalment: `due` and `paid` in days from the day."""
    came = None if paid is None else DAY + timedelta(days=paid)
    return Owed(id_, "K1", "C1", REP.id, "尾款", DAY + timedelta(days=due), came, Decimal(amount))


def hint(kind: str, deal_id: str, days: int = 3) -> Hint:
    """So many days ago."""
    at = datetime(2026, 11, 20, tzinfo=UTC) - timedelta(days=days)
    return Hint(f"{kind}{deal_id}", kind, deal_id, f"C{deal_id}", REP.id, at)


def task(id_: str, due: int, customer: str = "CO1") -> Task:
    """A promise of the rep's."""
    made = datetime(2026, 11, 1, tzinfo=UTC)
    return Task(id_, REP.id, "发图纸", made, customer_id=customer, due=DAY + timedelta(days=due))
