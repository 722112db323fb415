"""How journeys ended, found by their key: (journey_id, converted, value)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t
from knowledge.journeys.reading.table import Table, open_table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.journeys.paths import Floats, Ints

    Keys = NDArray[np.int64]

NEEDED, OPTIONAL = ("journey_id", "converted"), ("value",)
YES = ("true", "yes", "y", "t", "是", "已转化", "won", "赢单")
NO = ("false", "no", "n", "f", "否", "未转化", "lost", "输单")


@dataclass
class Outcomes:
    """J journeys. `whole` says whether keys are the ids themselves (whole numbers in Parquet) or 64-bit hashes."""

    keys: Keys  # (J,)
    conversions: Floats
    value: Floats
    whole: bool
    _order: Ints | None = None  # None where keys ascend
    _next: int = 0

    def __post_init__(self) -> None:
        import numpy as np

        ascending = len(self.keys) < 2 or bool((self.keys[1:] > self.keys[:-1]).all())
        self._order = None if ascending else np.argsort(self.keys, kind="stable")

    @cached_property
    def _ordered(self) -> Keys:
        return self.keys if self._order is None else self.keys[self._order]

    def following(self, heads: Keys) -> slice | None:
        """The rows of these journeys where they are the next ones that are listed, which is the quickest; else None."""
        import numpy as np

        rows = slice(self._next, self._next + len(heads))
        alike = np.array_equal(self.keys[rows], heads)
        self._next = rows.stop if alike else len(self.keys)  # out of step: don't compare again
        return rows if alike else None

    def again(self) -> None:
        """Begin anew with the first journey."""
        self._next = 0

    def places(self, heads: Keys) -> Ints:
        """(P,) row of each journey here, -1 where it isn't listed."""
        import numpy as np

        if not len(self.keys):
            return np.full(len(heads), -1)
        place = np.minimum(np.searchsorted(self._ordered, heads), len(self.keys) - 1)
        found = place if self._order is None else self._order[place]
        return np.where(self.keys[found] == heads, found, -1)

    def duplicate(self) -> int | None:
        """Row of a journey that is listed twice, None where all are distinct."""
        import numpy as np

        if self._order is None:
            return None
        twice = np.flatnonzero(self._ordered[1:] == self._ordered[:-1])
        return int(self._order[twice[0] + 1]) if len(twice) else None


def read_outcomes(path: Path, touches_whole: bool, memory_mb: int = 0) -> Outcomes:
    """Read the file of journeys; keys are the ids themselves where both files have whole numbers.

    Raises BadInput at unknown words, bad numbers and journeys listed twice."""
    with open_table(path, NEEDED, OPTIONAL, memory_mb) as table:
        whole = touches_whole and table.is_whole("journey_id")
        if whole and (quick := _plainly(table)) is not None and quick.duplicate() is None:
            return quick
        _check(table)
        value = f"coalesce({table.number('value')}, 0)" if table.has("value") else "0::DOUBLE"
        columns = f"{table.key(whole)} AS key, {_converted(table)} AS won, {value} AS value"
        found = table.connection.execute(f"SELECT {columns} FROM {table.source}").fetchnumpy()  # noqa: S608  # names are quoted
        outcomes = Outcomes(found["key"].view("int64"), found["won"], found["value"], whole)
        if (row := outcomes.duplicate()) is not None:
            numbered = f"SELECT {table.sql('journey_id')} FROM {table.source} LIMIT 1 OFFSET {row}"  # noqa: S608  # as above
            name = (table.connection.execute(numbered).fetchone() or ("",))[0]
            values = {"file": path.name, "line": row + 2, "journey": name}
            raise BadInput(t("attribution_engine.duplicate_journey", operator_language(), **values))
        return outcomes


def _plainly(table: Table) -> Outcomes | None:
    """Straight from Parquet, where every cell is a number as it should be; else None, and SQL says what is wrong."""
    import numpy as np
    from pyarrow.parquet import ParquetFile

    names = [name for name in (*NEEDED, *OPTIONAL) if table.has(name)]
    if any(not table.is_plain(name) and table.types[name] != "BOOLEAN" for name in names):
        return None
    read = ParquetFile(table.path).read(columns=[table.columns[name] for name in names])
    columns = [read.column(table.columns[name]) for name in names]
    if any(column.null_count for column in columns):
        return None
    keys, *numbers = (column.to_numpy() for column in columns)
    floats = [number.astype(np.float64, copy=False) for number in numbers]
    if not all(len(one) and one.min() >= 0 and one.max() < np.inf for one in floats):
        return None
    won, value = floats if len(floats) > 1 else (floats[0], np.zeros(len(keys)))
    return Outcomes(keys.astype(np.int64, copy=False), won, value, whole=True)


def _converted(table: Table) -> str:
    """SQL: conversions as a number; yes and no are 1 and 0, blank is 0."""
    word = f"lower(trim(CAST({table.sql('converted')} AS VARCHAR)))"
    yes, no = (", ".join(f"'{one}'" for one in words) for words in (YES, NO))
    return (
        f"CASE WHEN {word} IN ({yes}) THEN 1.0 WHEN {word} IN ({no}, '') OR {word} IS NULL THEN 0.0"
        f" ELSE try_cast({word} AS DOUBLE) END"
        if table.text or table.is_text("converted")
        else f"coalesce(try_cast({table.sql('converted')} AS DOUBLE), 0)"
    )


def _check(table: Table) -> None:
    number = _converted(table)
    table.refuse("converted", f"{number} IS NULL OR NOT isfinite({number}) OR {number} < 0", "bad_outcome")
    if table.has("value"):
        value = table.number("value")
        table.refuse("value", f"{table.given('value')} AND ({value} IS NULL OR NOT isfinite({value}) OR {value} < 0)")
    table.refuse("journey_id", f"NOT ({table.given('journey_id')})", "no_journey")
