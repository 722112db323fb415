"""A query as SQL: built as sqlglot's tree, never as text, so that names are quoted and literals escaped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from knowledge.tables import joining
from knowledge.tables.query import (
    Arithmetic,
    Between,
    Column,
    Comparison,
    Condition,
    Expression,
    Group,
    Inner,
    IsNull,
    Order,
    Query,
    Scalar,
    tables_of,
)
from knowledge.tables.schema import Draft

if TYPE_CHECKING:
    from sqlglot import exp

_COMPARED = {"=": "EQ", "!=": "NEQ", ">": "GT", ">=": "GTE", "<": "LT", "<=": "LTE"}


def to_sql(query: Query, draft: Draft) -> str:
    """SQL in the database's dialect. Raises `joining.NoPath` where tables have nothing in common, or too much."""
    return statement(query, draft).sql(dialect=draft.dialect)


def statement(query: Query, draft: Draft) -> exp.Query:
    """The tree."""
    from sqlglot import exp

    made: exp.Query = _best_of_each(query, draft) if query.each else _select(query, draft)[0]
    if query.other is not None and query.set_operation:
        kinds = {"union": exp.Union, "intersect": exp.Intersect, "except": exp.Except}
        kind = kinds[query.set_operation]
        made = kind(this=made, expression=statement(query.other, draft), distinct=True)
    return made


def _best_of_each(query: Query, draft: Draft) -> exp.Select:
    """The first rows of every group: their places are counted inside, and chosen outside."""
    from sqlglot import exp

    plain = replace(query, each=(), order_by=(), limit=None, offset=0, distinct=False)
    tables = tuple(dict.fromkeys((*tables_of(query), *(one.table for one in query.each))))
    inner, writer = _select(replace(plain, tables=tables), draft)
    names = [f"c{index}" for index in range(1, len(query.select) + 1)]
    shown = [exp.alias_(one, name) for one, name in zip(inner.expressions, names, strict=True)]
    place = exp.Window(
        this=exp.Anonymous(this="RANK"),
        partition_by=[writer.column(one) for one in query.each],
        order=exp.Order(expressions=[writer.ordered(one) for one in query.order_by]),
    )
    ranked = inner.select(*shown, exp.alias_(place, "place"), append=False).subquery("ranked")
    last = exp.Literal.number(query.offset + (query.limit or 1))
    return exp.select(*names).from_(ranked).where(exp.LTE(this=exp.column("place"), expression=last))


def _select(query: Query, draft: Draft) -> tuple[exp.Select, _Writer]:
    from sqlglot import exp

    names = tables_of(query)
    if not names:
        writer = _Writer(draft, {})
        return exp.Select().select(*(writer.expression(one) for one in query.select)), writer
    if query.tables and query.tables[0] in names:
        names = (query.tables[0], *(name for name in names if name != query.tables[0]))
    steps = joining.joins(draft, names)
    joining.decided(draft, steps)
    aliases = {name: f"t{index}" for index, name in enumerate((names[0], *(step.table for step in steps)), 1)}
    writer = _Writer(draft, aliases)
    select = exp.Select()
    columns = [writer.expression(one) for one in query.select] or [writer.star(names[0], alone=not steps)]
    select = select.select(*columns).from_(writer.table(names[0]))
    for step in steps:
        on = exp.EQ(this=writer.column(step.by.child), expression=writer.column(step.by.parent))
        select = select.join(writer.table(step.table), on=on, join_type="inner")
    if query.where is not None:
        select = select.where(writer.condition(query.where))
    if query.group_by:
        select = select.group_by(*(writer.column(one) for one in query.group_by))
    if query.having is not None:
        select = select.having(writer.condition(query.having))
    for order in query.order_by:
        select = select.order_by(writer.ordered(order))
    if query.limit is not None:
        select = select.limit(query.limit)
    if query.offset:
        select = select.offset(query.offset)
    return (select.distinct() if query.distinct else select), writer


class _Writer:
    """Turns the parts of one SELECT into trees."""

    def __init__(self, draft: Draft, aliases: Mapping[str, str]) -> None:
        self._draft, self._aliases = draft, aliases

    def table(self, name: str) -> exp.Expr:
        from sqlglot import exp

        found = self._draft.by_name[name]
        db = exp.to_identifier(found.schema, quoted=True) if found.schema else None
        table = exp.Table(this=exp.to_identifier(name, quoted=True), db=db)
        return exp.alias_(table, self._aliases[name], table=True)

    def ordered(self, order: Order) -> exp.Expr:
        """Nothing comes last, whichever way is sorted."""
        from sqlglot import exp

        by = self.expression(order.by)
        return exp.Ordered(this=by, desc=order.descending, nulls_first=not order.descending)

    def column(self, column: Column) -> exp.Expr:
        from sqlglot import exp

        formula = self._draft.column(column).formula
        if formula is not None:
            return self.expression(formula)
        return exp.Column(
            this=exp.to_identifier(column.name, quoted=True), table=exp.to_identifier(self._aliases[column.table])
        )

    def star(self, name: str, *, alone: bool) -> exp.Expr:
        from sqlglot import exp

        return exp.Star() if alone else exp.Column(this=exp.Star(), table=exp.to_identifier(self._aliases[name]))

    def expression(self, one: Expression) -> exp.Expr:
        from sqlglot import exp

        if isinstance(one, Column):
            return self.column(one)
        if isinstance(one, Inner):
            return statement(one.query, self._draft).subquery()
        if isinstance(one, Arithmetic):
            return self._arithmetic(one)
        kinds = {"avg": exp.Avg, "sum": exp.Sum, "min": exp.Min, "max": exp.Max, "count": exp.Count}
        inner: exp.Expr = exp.Star() if one.column is None else self.column(one.column)
        return kinds[one.function](this=exp.Distinct(expressions=[inner]) if one.distinct else inner)

    def _arithmetic(self, one: Arithmetic) -> exp.Expr:
        """Divided as decimals, and by nothing rather than by nought."""
        from sqlglot import exp

        left, right = self.expression(one.left), self.expression(one.right)
        if one.operator == "/":
            left = exp.Mul(this=left, expression=exp.Literal.number("1.0"))
            right = exp.Nullif(this=right, expression=exp.Literal.number("0"))
        kinds = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div}
        return exp.paren(kinds[one.operator](this=left, expression=right))

    def condition(self, one: Condition) -> exp.Expr:
        from sqlglot import exp

        if isinstance(one, Group):
            parts = [self.condition(part) for part in one.parts]
            return exp.and_(*parts) if one.how == "and" else exp.or_(*parts)
        left = self.expression(one.left)
        if isinstance(one, IsNull):
            return self._null(one, left)
        if isinstance(one, Between):
            high = (exp.LT if one.half_open else exp.LTE)(this=left.copy(), expression=_literal(one.high))
            return exp.and_(exp.GTE(this=left, expression=_literal(one.low)), high)
        return self._comparison(one, left)

    def _comparison(self, one: Comparison, left: exp.Expr) -> exp.Expr:
        from sqlglot import exp

        if one.operator in ("in", "not_in"):
            if isinstance(one.right, Query):
                inside: exp.Expr = exp.In(this=left, query=statement(one.right, self._draft).subquery())
            else:
                if isinstance(one.right, Column):
                    raise TypeError("a column is compared, not searched in")
                values = one.right if isinstance(one.right, tuple) else (one.right,)
                inside = exp.In(this=left, expressions=[_literal(value) for value in values])
            return exp.not_(inside) if one.operator == "not_in" else inside
        if isinstance(one.right, Column):
            right: exp.Expr = self.column(one.right)
        elif isinstance(one.right, Query):
            right = statement(one.right, self._draft).subquery()
        elif isinstance(one.right, tuple):
            raise TypeError("several values need the operator in")
        else:
            right = _literal(one.right)
        if one.operator in ("like", "not_like"):
            like = (exp.ILike if self._draft.dialect != "sqlite" else exp.Like)(this=left, expression=right)
            return exp.not_(like) if one.operator == "not_like" else like
        kind: type[exp.Binary] = getattr(exp, _COMPARED[one.operator])
        return kind(this=left, expression=right)

    def _null(self, one: IsNull, left: exp.Expr) -> exp.Expr:
        from sqlglot import exp

        missing: exp.Expr = exp.Is(this=left, expression=exp.Null())
        if self._draft.column(one.left).type == "text":
            missing = exp.or_(missing, exp.EQ(this=left.copy(), expression=exp.Literal.string("")))
        return exp.not_(exp.paren(missing)) if one.negated else missing


def _literal(value: Scalar) -> exp.Expr:
    from sqlglot import exp

    if isinstance(value, str):
        return exp.Literal.string(value)
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    return exp.Neg(this=exp.Literal.number(text[1:])) if text.startswith("-") else exp.Literal.number(text)
