"""Changes that three parties have to approve before they apply (A12, 三方校准)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select, update
from sqlmodel import Session

from storage.records import Records
from storage.tables import ProposalRow
from storage.upsert import table_of

State = Literal["open", "applied", "refused", "reverted"]
Party = Literal["algorithm", "rep", "manager"]
PARTIES: tuple[Party, ...] = ("algorithm", "rep", "manager")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One change, what it would have done, and who approved it."""

    id: str
    month: str  # 2026-03
    at: datetime
    change: Mapping[str, Any] = field(default_factory=dict)
    replay: Mapping[str, Any] = field(default_factory=dict)
    approvals: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # party -> {"by", "at"}
    state: State = "open"
    version: int = 0  # counted up as it applies; 0: it never did
    closed_at: datetime | None = None  # refused or reverted
    closed_by: str = ""
    note: str = ""  # why it was

    @property
    def missing(self) -> tuple[Party, ...]:
        """Who hasn't approved yet."""
        return tuple(party for party in PARTIES if party not in self.approvals)

    @property
    def approvers(self) -> frozenset[str]:
        """The people who approved it."""
        return frozenset(one["by"] for one in self.approvals.values())


_proposals = table_of(ProposalRow)


class Proposals:
    """The proposals; everybody may see them, they name no customer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._records = Records(session, ProposalRow, Proposal)

    def add(self, proposal: Proposal) -> bool:
        """Keep a new proposal; the same id again changes nothing."""
        return self._records.add(proposal)

    def get(self, id_: str) -> Proposal | None:
        """One proposal."""
        return self._records.get(id_)

    def of_month(self, month: str) -> list[Proposal]:
        """A month's proposals, the oldest first."""
        query = self._records.select().where(_proposals.c.month == month)
        return self._records.found(query.order_by(_proposals.c.at, _proposals.c.id))

    def applied(self) -> list[Proposal]:
        """What holds now, in the order in which it came to apply."""
        query = self._records.select().where(_proposals.c.state == "applied")
        return self._records.found(query.order_by(_proposals.c.version))

    def open(self) -> list[Proposal]:
        """What waits for approvals, the latest month first."""
        query = self._records.select().where(_proposals.c.state == "open")
        return self._records.found(query.order_by(_proposals.c.month.desc(), _proposals.c.id))

    def history(self, limit: int = 50) -> list[Proposal]:
        """Everything that was decided, the latest version first, then what was refused."""
        query = self._records.select().where(_proposals.c.state != "open")
        return self._records.found(query.order_by(_proposals.c.version.desc(), _proposals.c.at.desc()).limit(limit))

    def approve(self, id_: str, party: Party, by: str, at: datetime) -> Proposal | None:
        """Note a party's approval; one person speaks for one party. None when it isn't open, or the person or the
        party has spoken already."""
        held = select(_proposals.c.id).where(_proposals.c.state.in_(("open", "applied"))).order_by(_proposals.c.id)
        # Two approvals at once: the second one sees the first; two that apply get two versions.
        self._session.connection().execute(held.with_for_update())
        proposal = self.get(id_)
        if proposal is None or proposal.state != "open" or _has_spoken(proposal, party, by):
            return None
        approvals = {**proposal.approvals, party: {"by": by, "at": at.isoformat()}}
        self._session.connection().execute(update(_proposals).where(_proposals.c.id == id_).values(approvals=approvals))
        return self.get(id_)

    def apply(self, id_: str) -> bool:
        """It holds from now on. False unless it is open and all three parties approved it."""
        proposal = self.get(id_)
        if proposal is None or proposal.missing:
            return False
        last = self._session.connection().execute(select(func.max(_proposals.c.version))).scalar() or 0
        return self._move(id_, "open", "applied", version=last + 1)

    def refuse(self, id_: str, by: str, at: datetime, note: str = "") -> bool:
        """One party says no. False when it isn't open."""
        return self._move(id_, "open", "refused", closed_by=by, closed_at=at, note=note)

    def revert(self, id_: str, by: str, at: datetime, note: str) -> bool:
        """Take an applied change back. False when it doesn't hold."""
        return self._move(id_, "applied", "reverted", closed_by=by, closed_at=at, note=note)

    def _move(self, id_: str, old: State, new: State, **values: Any) -> bool:
        here = _proposals.c.id == id_, _proposals.c.state == old
        moved = update(_proposals).where(*here).values(state=new, **values).returning(_proposals.c.id)
        return self._session.connection().execute(moved).first() is not None


def _has_spoken(proposal: Proposal, party: Party, by: str) -> bool:
    return party in proposal.approvals or any(one["by"] == by for one in proposal.approvals.values())
