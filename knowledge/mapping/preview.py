"""What a definition would do, before it holds: rows mapped, rows refused, records and sums that change. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any

from bot.contracts.sources import RawRow
from knowledge.mapping.entities import Entity
from knowledge.mapping.mapper import Mapped, Mapper
from storage.chunks import chunks
from storage.reasons import Reason

SHOWN = 20  # rows
MOST = 20_000  # rows looked at: a preview answers while somebody waits
_EXAMPLES = 5  # kinds of refusals that are shown

Kept = Callable[[Sequence[str]], Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row as it would be."""

    line: int
    record: Mapping[str, Any]
    reasons: tuple[Reason, ...] = ()
    changed: frozenset[str] = frozenset()  # fields whose kept value would change


@dataclass(slots=True)
class Figure:
    """The sum of a field of money over the rows looked at, as it is kept and as it would be."""

    field: str
    before: Decimal = Decimal(0)
    after: Decimal = Decimal(0)


@dataclass(slots=True)
class Preview:
    """Everything that a person should see before agreeing."""

    rows: list[PreviewRow] = field(default_factory=list)
    total: int = 0
    new: int = 0
    changed: int = 0
    refused: int = 0
    more: bool = False  # there are rows that were not looked at
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)  # (column, problem) -> rows
    examples: dict[tuple[str, str], Reason] = field(default_factory=dict)
    changes: Counter[str] = field(default_factory=Counter)  # business field -> records whose value changes
    figures: list[Figure] = field(default_factory=list)

    def worst(self) -> list[tuple[Reason, int]]:
        """The commonest refusals, each with one example."""
        return [(self.examples[which], rows) for which, rows in self.reasons.most_common(_EXAMPLES)]


def preview(rows: Iterable[RawRow], mapper: Mapper, entity: Entity, kept: Kept, most: int = MOST) -> Preview:
    """Map rows and compare them with what is kept. `kept` gives whole records by their ids."""
    made = Preview(figures=[Figure(name) for name, one in entity.fields.items() if one.type == "money"])
    rest = iter(rows)
    for some in chunks(islice(rest, most)):
        _look(some, mapper, kept, made)
    made.more = next(rest, None) is not None
    made.figures = [one for one in made.figures if one.before or one.after]
    return made


def _look(rows: Sequence[RawRow], mapper: Mapper, kept: Kept, made: Preview) -> None:
    results = [(row, mapper.apply(row)) for row in rows]
    old = kept([one.record_id for _, one in results if isinstance(one, Mapped)])
    for row, one in results:
        made.total += 1
        if isinstance(one, Mapped):
            shown = _mapped(row, one, old.get(one.record_id), made)
        else:
            shown = PreviewRow(row.line, {}, one.reasons)
            _refused(one.reasons, made)
        if len(made.rows) < SHOWN:
            made.rows.append(shown)


def _mapped(row: RawRow, one: Mapped, old: Mapping[str, Any] | None, made: Preview) -> PreviewRow:
    changed = _differences(old, one.record) if old else frozenset()
    made.new += old is None
    made.changed += bool(changed)
    made.changes.update(changed)
    for figure in made.figures:
        before = (old or {}).get(figure.field) or Decimal(0)
        figure.before += before
        figure.after += (one.record[figure.field] or Decimal(0)) if figure.field in one.record else before
    return PreviewRow(row.line, one.record, (), changed)


def _refused(reasons: Sequence[Reason], made: Preview) -> None:
    made.refused += 1
    for which, reason in {(reason.column, reason.problem): reason for reason in reasons}.items():
        made.reasons[which] += 1
        made.examples.setdefault(which, reason)


def _differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(name for name, value in new.items() if _said(old.get(name)) != _said(value))


def _said(value: Any) -> Any:
    """An empty value and none are the same."""
    return None if value in ("", ()) else value
