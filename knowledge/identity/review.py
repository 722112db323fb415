"""People's decisions about customers that may be one, checked and audited. Each is one transaction of the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from bot.contracts.person import Person, Role

if TYPE_CHECKING:
    from storage.repositories.customers import Customer
    from storage.repositories.identity import Match
    from storage.store import Store

CUSTOMER = "customer"
DECIDERS = frozenset({Role.MANAGER, Role.SALES_OPS, Role.ADMIN})
MERGED, APART, UNDONE, REOPENED = "identity.merged", "identity.apart", "identity.undone", "identity.reopened"
Done = Literal["merged", "apart", "undone", "reopened", "refused"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A pair with both customers. `kept`: the one that a merge keeps unless somebody says otherwise: the older one."""

    match: Match
    left: Customer
    right: Customer

    @property
    def kept(self) -> Customer:
        """The one created first; the one with the smaller number where that isn't known."""
        return min(self.left, self.right, key=lambda one: (one.created is None, one.created or 0, one.id))


def doubts(store: Store, viewer: Person, limit: int, offset: int = 0) -> list[Doubt]:
    """Open pairs of which the viewer sees both, the surest first."""
    return with_customers(store, viewer, store.identity.doubts(viewer, limit, offset))


def with_customers(store: Store, viewer: Person, matches: Sequence[Match]) -> list[Doubt]:
    """The pairs with what is known of both."""
    ids = {id_ for one in matches for id_ in (one.left_id, one.right_id)}
    seen: Mapping[str, Customer] = {one.id: one for one in store.customers.seen(viewer, ids)}
    known = [one for one in matches if one.left_id in seen and one.right_id in seen]
    return [Doubt(one, seen[one.left_id], seen[one.right_id]) for one in known]


def one_doubt(store: Store, viewer: Person, left_id: str, right_id: str) -> Doubt | None:
    """One pair, decided or not; None when the viewer doesn't see both."""
    match = store.identity.match(viewer, left_id, right_id)
    return next(iter(with_customers(store, viewer, [match])), None) if match else None


def merge(store: Store, viewer: Person, left_id: str, right_id: str, kept_id: str, at: datetime) -> Done:
    """They are one. Somebody who may not, or who comes too late, changes nothing."""
    match = store.identity.match(viewer, left_id, right_id)
    if viewer.role not in DECIDERS or match is None or kept_id not in {left_id, right_id}:
        return "refused"
    if not store.identity.decide(match.key, "same", viewer.id, at):
        return "refused"
    gone_id = right_id if kept_id == left_id else left_id
    merge_id = store.identity.merges.merge(kept_id, gone_id, "person", viewer.id, at)
    store.audit.add(viewer.id, MERGED, kept_id, {"gone": gone_id, "merge": merge_id}, at)
    return "merged"


def merge_unasked(store: Store, viewer: Person, kept_id: str, gone_id: str, at: datetime) -> int | None:
    """Two that nobody proposed, by somebody who sees both; the merge's number, or None when nothing was merged."""
    seen = {one.id for one in store.customers.seen(viewer, (kept_id, gone_id))}
    if viewer.role not in DECIDERS or seen != {kept_id, gone_id}:
        return None
    merge_id = store.identity.merges.merge(kept_id, gone_id, "person", viewer.id, at)
    if merge_id is not None:
        left, right = sorted((kept_id, gone_id))
        store.identity.decide((CUSTOMER, left, right), "same", viewer.id, at)
        store.audit.add(viewer.id, MERGED, kept_id, {"gone": gone_id, "merge": merge_id}, at)
    return merge_id


def part(store: Store, viewer: Person, left_id: str, right_id: str, at: datetime) -> Done:
    """They are two; the pair never comes up again."""
    match = store.identity.match(viewer, left_id, right_id)
    if viewer.role not in DECIDERS or match is None:
        return "refused"
    if not store.identity.decide(match.key, "different", viewer.id, at):
        return "refused"
    store.audit.add(viewer.id, APART, left_id, {"other": right_id}, at)
    return "apart"


def undo(store: Store, viewer: Person, merge_id: int, at: datetime) -> Done:
    """The merge is taken back, and the pair is open again."""
    found = store.identity.merges.seen(viewer, merge_id)
    if viewer.role not in DECIDERS or found is None or not store.identity.merges.undo(merge_id, viewer.id, at):
        return "refused"
    store.identity.reopen(found.kept_id, found.gone_id)
    store.audit.add(viewer.id, UNDONE, found.kept_id, {"gone": found.gone_id, "merge": merge_id}, at)
    return "undone"


def reopen(store: Store, viewer: Person, left_id: str, right_id: str, at: datetime) -> Done:
    """Somebody judges again about two that were said to be two."""
    match = store.identity.match(viewer, left_id, right_id)
    if viewer.role not in DECIDERS or match is None or match.state != "different":
        return "refused"
    store.identity.reopen(left_id, right_id)
    store.audit.add(viewer.id, REOPENED, left_id, {"other": right_id}, at)
    return "reopened"
