"""Three people of three parties agree, or one of them doesn't; and what was agreed on can be taken back (A12)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from bot.contracts.person import Person, Role
from storage.repositories.proposals import PARTIES, Party

if TYPE_CHECKING:
    from storage.repositories.proposals import Proposal
    from storage.store import Store

Outcome = Literal["approved", "applied", "refused", "reverted", "denied", "spoken", "closed", "reason"]
PARTICIPANTS = frozenset({Role.REP, Role.MANAGER, Role.DIRECTOR, Role.SALES_OPS, Role.ADMIN})
LONGEST_NOTE = 300  # characters
_SALES = {Role.REP: ("rep",), Role.MANAGER: ("rep", "manager"), Role.DIRECTOR: ("manager",)}


def parties_of(person: Person, algorithm: Collection[str]) -> tuple[Party, ...]:
    """For whom somebody may speak: sales is a rep or a manager, the management a manager or a director."""
    mine = {*_SALES.get(person.role, ()), *(("algorithm",) if person.role in algorithm else ())}
    return tuple(party for party in PARTIES if party in mine)


def may_speak_for(person: Person, proposal: Proposal, algorithm: Collection[str]) -> tuple[Party, ...]:
    """The parties for which this person can still approve: nobody speaks twice."""
    if proposal.state != "open" or person.id in proposal.approvers:
        return ()
    return tuple(party for party in parties_of(person, algorithm) if party in proposal.missing)


def may_revert(person: Person, proposal: Proposal, algorithm: Collection[str]) -> bool:
    """Whoever approved it; and the algorithm's people, for the others may have left."""
    mine = person.id in proposal.approvers or "algorithm" in parties_of(person, algorithm)
    return proposal.state == "applied" and mine


def approve(
    store: Store, proposal_id: str, party: str, person: Person, now: datetime, algorithm: Collection[str]
) -> Outcome:
    """One party's yes; the third one makes it apply, at once and in every process."""
    proposal = store.proposals.get(proposal_id)
    if proposal is None or proposal.state != "open":
        return "closed"
    if party not in parties_of(person, algorithm):
        return "denied"
    approved = store.proposals.approve(proposal_id, _party(party), person.id, now)
    if approved is None:
        return "spoken"
    store.audit.add(person.id, "calibration.approve", proposal_id, {"party": party}, now)
    if not store.proposals.apply(proposal_id):
        return "approved"
    applied = store.proposals.get(proposal_id)
    store.audit.add(person.id, "calibration.apply", proposal_id, {"version": applied.version if applied else 0}, now)
    return "applied"


def refuse(
    store: Store, proposal_id: str, note: str, person: Person, now: datetime, algorithm: Collection[str]
) -> Outcome:
    """One no is enough; why is kept with the proposal."""
    if not parties_of(person, algorithm):
        return "denied"
    if not store.proposals.refuse(proposal_id, person.id, now, _words(note)):
        return "closed"
    store.audit.add(person.id, "calibration.refuse", proposal_id, {}, now)
    return "refused"


def revert(
    store: Store, proposal_id: str, note: str, person: Person, now: datetime, algorithm: Collection[str]
) -> Outcome:
    """Takes back what applies; it needs a reason."""
    proposal = store.proposals.get(proposal_id)
    if proposal is None or proposal.state != "applied":
        return "closed"
    if not may_revert(person, proposal, algorithm):
        return "denied"
    if not _words(note):
        return "reason"
    if not store.proposals.revert(proposal_id, person.id, now, _words(note)):
        return "closed"
    store.audit.add(person.id, "calibration.revert", proposal_id, {"version": proposal.version}, now)
    return "reverted"


def _words(note: str) -> str:
    return " ".join(note.split())[:LONGEST_NOTE]


def _party(name: str) -> Party:
    return next(party for party in PARTIES if party == name)
