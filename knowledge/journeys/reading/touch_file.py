"""Touches, one row each, and outcomes: what a tracking system exports. Clustered touches stream through; others are
sorted first, in bounded memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.journeys.paths import Paths
from knowledge.journeys.reading.again import ReadAgain, ahead
from knowledge.journeys.reading.building_paths import PathBuilder
from knowledge.journeys.reading.found import Found
from knowledge.journeys.reading.outcomes import Outcomes, read_outcomes
from knowledge.journeys.reading.rows import Rows
from knowledge.journeys.reading.said_times import NAME, teach
from knowledge.journeys.reading.table import CHUNK_ROWS, Table, open_table

if TYPE_CHECKING:
    from knowledge.journeys.paths import Floats

NEEDED = ("journey_id", "channel")
OPTIONAL = ("position", "time", "hours_before", "milestone")
MILESTONES = ("lead", "opportunity", "close")
SECONDS_AN_HOUR = 3600.0


@dataclass
class TouchFile:
    """Files of touches and of journeys; iterating reads them from the beginning.

    Touches of a journey are ordered by position, else by time, else by hours_before (falling), else as they stand;
    those alike stay as they stand. Hours are hours_before, else counted back from the journey's last touch; where no
    model asks for them (`hours`), they aren't read.
    Iterating raises BadInput that names the line, and ReadAgain once when touches turn out to need sorting.
    """

    touches: Path
    journeys: Path
    memory_mb: int = 0
    hours: bool = True
    sort: bool = False
    found: Found = field(default_factory=Found)
    _outcomes: Outcomes | None = None

    def __iter__(self) -> Iterator[Paths]:
        """Chunks of whole journeys, channels numbered as they appear."""
        self.found = Found(resorted=self.sort)
        return ahead(self._chunks())

    def _chunks(self) -> Iterator[Paths]:
        with open_table(self.touches, NEEDED, OPTIONAL, self.memory_mb) as whole:
            table = whole if self.hours or _order(whole) == "hours_before" else whole.without("hours_before")
            outcomes = self._read_outcomes(table)
            outcomes.again()
            if table.has("time") and table.is_text("time"):
                teach(table.connection)
            builder = PathBuilder(outcomes, self.found, hours_from_time=not table.has("hours_before"))
            _check(table)
            try:
                with closing(ahead(_rows(table, outcomes.whole, self.sort))) as read:
                    for rows in read:
                        yield from builder.add(rows)
                yield from builder.finish()
            except ReadAgain:
                self.sort = True
                raise

    def _read_outcomes(self, table: Table) -> Outcomes:
        if self._outcomes is None:
            self._outcomes = read_outcomes(self.journeys, table.is_whole("journey_id"), self.memory_mb)
        return self._outcomes


def _order(table: Table) -> str | None:
    return next((name for name in ("position", "time", "hours_before") if table.has(name)), None)


def _rows(table: Table, whole: bool, sort: bool) -> Iterator[Rows]:
    plain = all(table.is_plain(name) for name in OPTIONAL if table.has(name))
    simple = whole and not sort and not table.has("milestone") and plain
    yield from _from_parquet(table) if simple else _from_sql(table, whole, sort)


def _from_parquet(table: Table) -> Iterator[Rows]:
    """Straight from the file, the channels as the dictionary that they are stored with."""
    from pyarrow.parquet import ParquetFile

    wanted = {name: table.columns[name] for name in (*NEEDED, "position", "time", "hours_before") if table.has(name)}
    order = _order(table)
    read = {name: heading for name, heading in wanted.items() if name in (*NEEDED, order, "hours_before")}
    file = ParquetFile(table.path, read_dictionary=[read["channel"]])
    for batch in file.iter_batches(CHUNK_ROWS, columns=list(read.values())):
        columns = {name: batch.column(heading) for name, heading in read.items()}
        _refuse_blanks(table, columns)
        number = {name: _numbers(columns[name], keep=name == "position") for name in columns if name not in NEEDED}
        key = columns["journey_id"].to_numpy(zero_copy_only=False).astype("int64", copy=False)
        if "hours_before" in number and not _are_hours(number["hours_before"]):
            _refuse_hours(table)
        yield Rows(key, columns["channel"], _rising(order, number), _hours(order, number), None)


def _from_sql(table: Table, whole: bool, sort: bool) -> Iterator[Rows]:
    order = _order(table)
    names = [name for name in dict.fromkeys((order, "hours_before")) if name and table.has(name)]
    columns = [f"{table.key(whole)} AS key", f"CAST({table.sql('channel')} AS VARCHAR) AS channel"]
    columns += [f"{_number(table, name)} AS {name}" for name in names]
    if table.has("milestone"):
        columns.append(f"lower(trim(CAST({table.sql('milestone')} AS VARCHAR))) AS milestone")
    query = f"SELECT {', '.join(columns)} FROM {table.source}"  # noqa: S608  # our own SQL; names are quoted
    if sort:
        falling = " DESC" if order == "hours_before" else ""
        by = f"key, {order}{falling}, line" if order else "key, line"
        query = f"SELECT * EXCLUDE line FROM (SELECT *, row_number() OVER () AS line FROM ({query})) ORDER BY {by}"  # noqa: S608  # as above
    for batch in table.batches(query):
        _refuse_blanks(table, {"journey_id": batch.column("key"), **{name: batch.column(name) for name in names}})
        number = {name: _numbers(batch.column(name)) for name in names}
        key = batch.column("key").to_numpy(zero_copy_only=False).view("int64")
        marks = batch.column("milestone") if table.has("milestone") else None
        yield Rows(key, batch.column("channel"), _rising(order, number), _hours(order, number), marks)


def _number(table: Table, name: str) -> str:
    """SQL: a column as DOUBLE; a time in seconds, whether it is written as a time or as a number."""
    if name != "time":
        return table.number(name)
    if not table.text and not table.is_text(name):
        return table.number(name) if table.is_plain(name) else f"epoch(CAST({table.sql(name)} AS TIMESTAMP))"
    moment = f"trim({table.sql(name)})"
    return f"coalesce(epoch(try_cast({moment} AS TIMESTAMPTZ)), try_cast({moment} AS DOUBLE), {NAME}({moment}))"


def _numbers(column: Any, keep: bool = False) -> Floats:
    """Cells as floating-point numbers, NaN where blank; `keep`: whole numbers may stay such, to be compared only."""
    import numpy as np

    values: Floats = column.to_numpy(zero_copy_only=False)
    return values if keep else values.astype(np.float64, copy=False)


def _rising(order: str | None, number: dict[str, Floats]) -> Floats | None:
    """What grows along a journey."""
    if order is None:
        return None
    return -number[order] if order == "hours_before" else number[order]


def _hours(order: str | None, number: dict[str, Floats]) -> Floats | None:
    """Hours before conversion; or, of times, minus the hours since the beginning of time: PathBuilder shifts them."""
    if "hours_before" in number:
        return number["hours_before"]
    return -number["time"] / SECONDS_AN_HOUR if order == "time" else None


def _check(table: Table) -> None:
    """Refuse rows that would be counted wrongly; whole-number and float columns of Parquet need no look."""
    for name in ("position", "time"):
        if table.has(name) and _order(table) == name and not table.is_plain(name):
            number = _number(table, name)
            table.refuse(name, f"{number} IS NULL OR NOT isfinite({number})", f"bad_{name}")
    if table.has("hours_before") and not table.is_plain("hours_before"):
        _refuse_hours(table)
    if table.has("milestone"):
        word = f"lower(trim(CAST({table.sql('milestone')} AS VARCHAR)))"
        names = ", ".join(f"'{name}'" for name in MILESTONES)
        table.refuse("milestone", f"{table.given('milestone')} AND {word} NOT IN ({names})", "bad_milestone")
    if not table.is_whole("journey_id"):
        table.refuse("journey_id", f"NOT ({table.given('journey_id')})", "no_journey")


def _refuse_blanks(table: Table, columns: Mapping[str, Any]) -> None:
    """A number that is missing is no number: it would be taken for any, and the order for wrong for ever."""
    keys = {"journey_id": "no_journey", "position": "bad_position", "time": "bad_time"}
    for name in (name for name in keys if name in columns and columns[name].null_count):
        table.refuse(name, f"{table.sql(name)} IS NULL", keys[name])


def _are_hours(hours: Floats) -> bool:
    """NaN stands for a blank."""
    import numpy as np

    if len(hours) and hours.min() >= 0 and hours.max() < np.inf:  # neither holds where one is NaN
        return True
    return not bool(((hours < 0) | np.isinf(hours)).any())


def _refuse_hours(table: Table) -> None:
    hours = table.number("hours_before")
    wrong = f"{table.given('hours_before')} AND ({hours} IS NULL OR isinf({hours}) OR {hours} < 0)"
    table.refuse("hours_before", wrong, "bad_hours")
