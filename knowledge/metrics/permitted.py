"""Whether a viewer may ask a plan at all, and what of the rows is theirs (D9). Refusals name no row and no number."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, false, select

from bot.contracts.person import Person, Role
from knowledge.metrics.plan import Plan
from knowledge.metrics.refusals import NotAnswerable
from knowledge.metrics.registry import Registry
from storage.permissions import visible
from storage.tables import CampaignRow, CustomerRow, PersonRow
from storage.upsert import table_of
from storage.warehouse_visible import conditions, people_seen, sees_everything

if TYPE_CHECKING:
    from knowledge.metrics.rows import Conditions
    from storage.store import Store

_people, _customers, _campaigns = table_of(PersonRow), table_of(CustomerRow), table_of(CampaignRow)
ORDER = (Role.DIRECTOR, Role.CHANNEL_OWNER, Role.MANAGER, Role.SALES_OPS, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the truth says when it is asked. `values`: dimension → the named values that are the viewer's."""

    viewer: Person
    everything: bool
    people: tuple[str, ...] = ()
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def conditions(self) -> Conditions:
        """SQL conditions on the copy's relations."""

        def of(relation: str, whole: bool) -> str:
            return conditions(self.viewer, self.people, (relation,), whole=whole)[relation]

        return of


def seen(store: Store, viewer: Person, plan: Plan) -> Seen:
    """Read what is needed to judge this plan. Blocking."""
    if sees_everything(viewer):
        return Seen(viewer, True)
    named = {one.dimension: set(one.values) for one in plan.where if one.operator == "in"}
    people = people_seen(store.session, viewer)
    values = {name: _values(store, viewer, name, said, people) for name, said in named.items()}
    return Seen(viewer, False, people, {name: one for name, one in values.items() if one is not None})


def refuse(plan: Plan, seen_: Seen, registry: Registry) -> None:
    """Raises NotAnswerable: `role` and `whole` with the roles that can be asked, `closed` for others' people, rows."""
    for metric in plan.named:
        if metric in registry.metrics:
            _by_role(metric, seen_, registry, rows=plan.kind == "list")
    for one in plan.where:
        if one.operator == "in" and one.dimension in seen_.values and set(one.values) - seen_.values[one.dimension]:
            raise NotAnswerable("closed", dimension=one.dimension)


def _by_role(metric: str, seen_: Seen, registry: Registry, *, rows: bool) -> None:
    """`rows`: only a list, which whoever sees some of the rows may have; figures need them all."""
    found, role = registry.metrics[metric], seen_.viewer.role
    if found.roles and role not in found.roles:
        raise NotAnswerable("role", metric=metric, roles=_ordered(found.roles))
    for table in registry.tables_of(metric) if not rows else ():
        roles = registry.tables[table].whole_for
        if roles and role not in roles:
            raise NotAnswerable("whole", metric=metric, table=table, roles=_ordered(roles))
    for part in found.made_of:
        _by_role(part, seen_, registry, rows=rows)


def _ordered(roles: Collection[Role]) -> tuple[str, ...]:
    return tuple(str(one) for one in ORDER if one in roles)


def _values(
    store: Store, viewer: Person, dimension: str, said: Collection[str], people: tuple[str, ...]
) -> frozenset[str] | None:
    """Which of the named values are the viewer's; None where any may be named."""
    if dimension == "rep":
        return frozenset(people)
    found = _queries(viewer, said, people).get(dimension)
    if found is None:
        return None
    query, besides = found
    return frozenset(store.session.connection().execute(query).scalars()) | besides


def _queries(
    viewer: Person, said: Collection[str], people: tuple[str, ...]
) -> dict[str, tuple[Select[Any], frozenset[str]]]:
    """Dimension → which of its values rows of the viewer have, and those that are theirs besides."""
    own = visible(viewer, CustomerRow)
    found: dict[str, tuple[Select[Any], frozenset[str]]] = {
        "team": (select(_people.c.team).where(_people.c.id.in_(people)), frozenset({viewer.team})),
        "customer": (select(_customers.c.id).where(own, _customers.c.id.in_(said)), frozenset()),
    }
    if viewer.role in {Role.REP, Role.MANAGER}:
        found["region"] = (select(_customers.c.region).where(own).distinct(), frozenset(viewer.regions))
    elif viewer.role is Role.DIRECTOR:  # a customer of theirs elsewhere doesn't make that region's figures theirs
        found["region"] = (select(_customers.c.region).where(false()), frozenset(viewer.regions))
    elif viewer.role is Role.CHANNEL_OWNER:
        channels = select(_campaigns.c.channel).where(_campaigns.c.owner_id == viewer.id).distinct()
        found["channel"] = (channels, frozenset())
    return found
