"""D9 on the columnar copy: what `permissions.visible` says of the truth's rows, said in DuckDB of the copy's.

The conditions are the same ones, compiled and translated. Only who leads whom is looked up in the truth at that moment:
somebody who changed teams an hour ago sees what is theirs now, however old the copy is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.dialects import postgresql
from sqlmodel import Session

from bot.contracts.person import Person
from storage.permissions import visible
from storage.repositories.funnel import unchosen
from storage.tables import LeadRow, PersonRow, Row
from storage.upsert import table_of
from storage.warehouse_tables import COPIED

if TYPE_CHECKING:
    from sqlglot import exp

_ROWS: Mapping[str, type[Row]] = {table_of(kind).name: kind for kind in COPIED}
_people = table_of(PersonRow)
_POSTGRES = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's dialects have no types


def people_seen(session: Session, viewer: Person) -> tuple[str, ...]:
    """Whom the viewer may see, themselves among them, as the truth has it now."""
    found = session.connection().execute(select(_people.c.id).where(visible(viewer, PersonRow)).order_by(_people.c.id))
    return tuple(one for (one,) in found)


def sees_everything(viewer: Person) -> bool:
    """Whether nothing is hidden from this role."""
    return str(visible(viewer, LeadRow)) == "true"


def conditions(
    viewer: Person, people: Iterable[str], relations: Iterable[str], *, whole: bool = False
) -> dict[str, str]:
    """Relation of the copy → SQL condition on its rows in DuckDB's dialect; "" where all are seen. Pure.

    `people`: what `people_seen` said. `whole`: of leads only those that are seen whatever became of them, for rates: a
    director sees a lead of elsewhere because it became a deal of theirs, and a rate of such is always 100 %.
    """
    known = tuple(people)
    return {name: _condition(_said(viewer, _ROWS[name], known, whole), viewer.id, known) for name in relations}


def _said(viewer: Person, kind: type[Row], people: tuple[str, ...], whole: bool) -> str:
    found: ColumnElement[bool] = visible(viewer, kind)
    if kind is PersonRow and str(found) != "true":
        found = _people.c.id.in_(people)
    if whole and kind is LeadRow:
        found = and_(found, *unchosen(viewer))
    if str(found) == "true":
        return ""
    return str(found.compile(dialect=_POSTGRES, compile_kwargs={"literal_binds": True}))


@lru_cache(maxsize=512)
def _condition(said: str, viewer: str, people: tuple[str, ...]) -> str:
    """Translated, with the people in place of every question who leads whom."""
    if not said:
        return ""
    from sqlglot import exp, parse_one

    def told(node: exp.Expr) -> exp.Expr:
        query = node.args.get("query") if isinstance(node, exp.In) else None
        if query is not None and _asks_people(query):
            ids = [exp.Literal.string(one) for one in people if one != viewer]
            return exp.In(this=node.this.copy(), expressions=ids) if ids else exp.false()
        return node

    return parse_one(said, read="postgres").transform(told).sql(dialect="duckdb")


def _asks_people(query: exp.Expr) -> bool:
    """Whether a subquery is the one of who is led by somebody: people's ids are asked for nothing else."""
    from sqlglot import exp

    select_ = query.this if isinstance(query, exp.Subquery) else query
    tables = [one.name for one in select_.find_all(exp.Table)]
    return tables == [_people.name]
