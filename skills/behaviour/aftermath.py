"""What happened after each prompt, as far as the reader may see it (D9). It cites no words of customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from bot.contracts.listening import Side
from bot.contracts.person import Person
from knowledge.signals.kind import Kind

if TYPE_CHECKING:
    from storage.repositories.deals import Deal
    from storage.repositories.prompts import Prompt
    from storage.store import Store

Outcome = Literal["won", "lost", "moved", "same", "none"]


@dataclass(frozen=True, slots=True)
class After:
    """One prompt, and what came of it."""

    at: datetime  # in the company's time zone
    kind: str
    customer: str  # "": not for this reader
    hours: int | None  # until our side was heard with this customer again; None: not yet
    deal: Outcome = "none"
    stage: str = ""  # where it moved to
    reason: str = ""  # why it was lost


def aftermath(
    store: Store, viewer: Person, prompts: Sequence[Prompt], kinds: Mapping[str, Kind], zone: ZoneInfo
) -> list[After]:
    """One for each prompt, in their order."""
    ids = {prompt.customer_id for prompt in prompts if prompt.customer_id}
    customers = {one.id: one.short_name or one.name for one in store.customers.seen(viewer, ids)}
    return [_after(store, viewer, prompt, customers, zone) for prompt in prompts if prompt.kind in kinds]


def _after(store: Store, viewer: Person, prompt: Prompt, customers: Mapping[str, str], zone: ZoneInfo) -> After:
    local, name = prompt.decided_at.astimezone(zone), customers.get(prompt.customer_id, "")
    deal = _deal(store, viewer, prompt) if name else None
    outcome, stage = _outcome(store, deal, local) if deal else ("none", "")
    reason = deal.lost_reason if deal and outcome == "lost" else ""
    return After(local, prompt.kind, name, _hours(store, prompt), outcome, stage, reason)


def _hours(store: Store, prompt: Prompt) -> int | None:
    if not prompt.customer_id:
        return None
    heard = store.contacts.moments(customer_id=prompt.customer_id, since=prompt.decided_at)
    ours = [one.at for one in heard if one.side is Side.OURS and one.at > prompt.decided_at]
    return round((ours[0] - prompt.decided_at).total_seconds() / 3600) if ours else None


def _deal(store: Store, viewer: Person, prompt: Prompt) -> Deal | None:
    """The prompt's deal; else the only one that the customer had open then."""
    if prompt.deal_id:
        return store.deals.seen(viewer, prompt.deal_id)
    day = prompt.decided_at.date()
    found = store.deals.visible_to(viewer, customer_id=prompt.customer_id)
    then = [deal for deal in found if (deal.created is None or deal.created <= day) and (deal.closed or day) >= day]
    return then[0] if len(then) == 1 else None


def _outcome(store: Store, deal: Deal, since: datetime) -> tuple[Outcome, str]:
    if deal.closed is not None and deal.closed < since.date():
        return "none", ""  # it was over before
    if deal.result in {"won", "lost"}:
        return ("won" if deal.result == "won" else "lost"), ""
    entered = [entry for entry in store.deals.stages([deal.id]).get(deal.id, ()) if entry.entered > since.date()]
    return ("moved", entered[-1].stage) if entered else ("same", "")
