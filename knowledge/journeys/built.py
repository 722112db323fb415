"""Journeys as they were built: paths for the models, what each brought, and the ids behind them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from knowledge.journeys.paths import UNKNOWN, Milestones, Paths
from knowledge.journeys.reading.channels import ChannelNames

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

    from knowledge.journeys.paths import Floats, Ints

Value = Literal["count", "amount", "payment", "retention"]
VALUES: tuple[Value, ...] = ("count", "amount", "payment", "retention")


@dataclass(frozen=True)
class Worth:
    """What each conversion brought; arrays (P,) beside the paths. Money in yuan."""

    amount: Floats  # contracts, else the won deal's amount
    payment: Floats  # receipts less refunds
    retention: Floats  # 1 where the customer ordered again within a year of the win

    def of(self, value: Value, conversions: Floats) -> Floats:
        """By choice."""
        return {"amount": self.amount, "payment": self.payment, "retention": self.retention}.get(value, conversions)


@dataclass(frozen=True, slots=True)
class Untouched:
    """Conversions without a touch: how many, and what they brought."""

    count: int = 0
    amount: float = 0.0
    payment: float = 0.0
    retention: float = 0.0

    def of(self, value: Value) -> float:
        """By choice."""
        return float(self.count) if value == "count" else float(getattr(self, value))


@dataclass(frozen=True)
class Journeys:
    """What was built. `keys` (P,): "lead:L1", "deal:D1" or "none:…"; `touches` (T,): ids in the order of the paths."""

    paths: Paths
    worth: Worth
    keys: pa.ChunkedArray
    touches: pa.ChunkedArray
    untouched: Untouched = field(default_factory=Untouched)

    def valued(self, value: Value) -> Paths:
        """The paths with the chosen value."""
        return replace(self.paths, value=self.worth.of(value, self.paths.conversions))

    def find(self, key: str) -> int | None:
        """Row of a journey; None when there is none (or nobody may see it)."""
        import pyarrow.compute as pc

        place = pc.index(self.keys, key).as_py()
        return None if place < 0 else int(place)

    def ids(self, row: int) -> list[str]:
        """Touches of one journey."""
        first, last = int(self.paths.starts[row]), int(self.paths.starts[row + 1])
        return [str(one) for one in self.touches.slice(first, last - first).to_pylist()]


def fetch(connection: DuckDBPyConnection, steps: str, values: Mapping[str, Any]) -> Journeys:
    """From the table `journeys` and the query for their touches, which are sorted once and counted as they come."""
    parts = _Parts()
    for batch in connection.execute(f"SELECT {_COLUMNS} FROM ({steps}) {_ORDER}", values).to_arrow_reader(ROWS):  # noqa: S608  # our own SQL
        parts.add(batch)
    return _together(parts, connection.execute(_JOURNEYS).to_arrow_table())


def _together(parts: _Parts, every: pa.Table) -> Journeys:
    """Touches in order, and all journeys by number from 1 on, some of which have no touch."""
    import numpy as np
    import pyarrow as pa

    number, names, code, hours, lead, opportunity = parts.columns()
    heads = np.flatnonzero(np.diff(number, prepend=0))
    starts = np.append(heads, len(number))
    touched = np.zeros(len(every), dtype=bool)
    touched[number[heads] - 1] = True
    one = {name: every.column(name).to_numpy() for name in every.column_names if name != "journey"}
    converted = one["converted"][touched].astype(np.float64)
    close = np.where(one["closed"][touched], np.diff(starts) - 1, UNKNOWN)
    marks = Milestones(_last_before(lead, heads), _last_before(opportunity, heads), close)
    won, bucket = (converted, converted, 1.0 - converted), one["bucket"][touched]
    lone, worth = ~touched & (one["converted"] == 1), [one[name] for name in ("amount", "payment", "retention")]
    return Journeys(
        Paths(names, code, starts, *won, hours, marks, bucket),
        Worth(*(column[touched] for column in worth)),
        every.column("journey").filter(pa.array(touched)),
        pa.chunked_array(parts.touches, pa.string()),
        Untouched(int(lone.sum()), *(float(column[lone].sum()) for column in worth)),
    )


@dataclass
class _Parts:
    """Touches as they come from the database, channels already as numbers."""

    names: ChannelNames = field(default_factory=lambda: ChannelNames(clean=False))
    touches: list[pa.Array] = field(default_factory=list)
    parts: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, batch: pa.RecordBatch) -> None:
        """Take some rows, copied: what is kept of a batch keeps all of it."""
        import pyarrow as pa

        number, touch, channel, *rest = batch.columns
        self.touches.append(pa.concat_arrays([touch, touch[:0]]))
        columns = (column.to_numpy(zero_copy_only=False).copy() for column in (number, *rest))
        self.parts.append((self.names.number(channel), *columns))

    def columns(self) -> tuple[Ints, tuple[str, ...], NDArray[np.int32], Floats, Any, Any]:
        """Number of the journey, names of the channels in their order, (T,) channels and what else is known."""
        import numpy as np

        if not self.parts:
            none = np.zeros(0, dtype=np.int64)
            return none, (), none.astype(np.int32), none.astype(np.float64), none, none
        code, number, *rest = (np.concatenate(column) for column in zip(*self.parts, strict=True))
        hours, lead, opportunity = rest
        order = {name: place for place, name in enumerate(sorted(self.names.names))}
        places = np.array([order[name] for name in self.names.names], dtype=np.int32)
        return number, tuple(order), places[code], hours, lead, opportunity


def _last_before(came: NDArray[np.bool_], heads: Ints) -> Ints:
    """(P,) place of the last touch at or before a milestone, the one after which it came; UNKNOWN (-1) without any."""
    import numpy as np

    return np.add.reduceat(came.astype(np.int64), heads) - 1 if len(heads) else heads


ROWS = 1 << 18
_COLUMNS = "CAST(number AS INTEGER), touch_id, channel, hours_before, before_lead, before_opportunity"
_ORDER = "ORDER BY number, moment, touch_id"
_JOURNEYS = """SELECT
        journey,
        converted,
        amount_fen / 100.0 AS amount,
        paid_fen / 100.0 AS payment,
        CAST(retained AS DOUBLE) AS retention,
        converted = 1 AND deal_id <> '' AS closed,
        CAST(HASH(journey) % 1024 AS USMALLINT) AS bucket
    FROM journeys
    ORDER BY number"""
