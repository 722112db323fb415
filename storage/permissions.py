"""D9, row permissions: which rows a viewer may see, as conditions of the queries themselves.

| Viewer | People | Customers | Audit entries |
|---|---|---|---|
| rep, channel owner | themselves | those they own | their own |
| manager | also their team's members and whoever reports to them | also those people's | also those people's |
| director | also the people of their regions | also those of their regions | also those people's |
| sales ops, admin | all | all | all |
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, Text, cast, false, or_, select, true
from sqlmodel import col

from bot.contracts.person import Person, Role
from storage.fold import contains
from storage.tables import AuditRow, CustomerRow, PersonRow, Row

_SEE_EVERYTHING = frozenset({Role.SALES_OPS, Role.ADMIN})


def visible(viewer: Person, rows: type[Row]) -> ColumnElement[bool]:
    """The WHERE for `rows` (PersonRow, CustomerRow or AuditRow) that this viewer may see."""
    if viewer.role in _SEE_EVERYTHING:
        return true()
    return {PersonRow: _people, CustomerRow: _customers, AuditRow: _entries}[rows](viewer)


def _people(viewer: Person) -> ColumnElement[bool]:
    return or_(col(PersonRow.id) == viewer.id, _led_by(viewer))


def _customers(viewer: Person) -> ColumnElement[bool]:
    own = col(CustomerRow.owner_id) == viewer.id
    if viewer.role is Role.DIRECTOR:
        return or_(own, col(CustomerRow.region).in_([region for region in viewer.regions if region]))
    return or_(own, col(CustomerRow.owner_id).in_(_ids_led_by(viewer)))


def _entries(viewer: Person) -> ColumnElement[bool]:
    return or_(col(AuditRow.actor) == viewer.id, col(AuditRow.actor).in_(_ids_led_by(viewer)))


def _ids_led_by(viewer: Person) -> Select[str]:
    return select(col(PersonRow.id)).where(_led_by(viewer))


def _led_by(viewer: Person) -> ColumnElement[bool]:
    """The people under a manager or director; nobody under anybody else."""
    if viewer.role is Role.MANAGER:
        reports = col(PersonRow.manager_id) == viewer.id
        return or_(reports, col(PersonRow.team) == viewer.team) if viewer.team else reports
    if viewer.role is Role.DIRECTOR:
        return or_(false(), *(_works_in(region) for region in viewer.regions if region))
    return false()


def _works_in(region: str) -> ColumnElement[bool]:
    return contains(cast(col(PersonRow.regions), Text), f"|{region}|")
