"""Journeys as they were built: paths for the models, what each brought, and the ids behind them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from knowledge.journeys.paths import Milestones, Paths

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from knowledge.journeys.paths import Floats

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


def fetch(connection: DuckDBPyConnection) -> Journeys:
    """From the tables `journeys` and `steps`: one row for each journey with touches, clustered touches beside it."""
    import numpy as np

    for sql in _NUMBERED:
        connection.execute(sql)
    names = tuple(name for (name,) in connection.execute("SELECT channel FROM channels ORDER BY code").fetchall())
    keys = _column(connection, "SELECT journey FROM numbered ORDER BY number")
    one = connection.execute(_JOURNEYS).fetchnumpy()
    step = connection.execute(_STEPS).fetchnumpy()
    touches = _column(connection, _TOUCHES)
    converted = np.asarray(one["converted"], dtype=np.float64)
    paths = Paths(
        names,
        np.asarray(step["code"], dtype=np.int32),
        np.concatenate(([0], np.cumsum(np.asarray(one["length"], dtype=np.int64)))).astype(np.int64),
        converted,
        converted,
        1.0 - converted,
        np.asarray(step["hours_before"], dtype=np.float64),
        Milestones(*(np.asarray(one[name], dtype=np.int64) for name in ("lead", "opportunity", "close"))),
        np.asarray(one["bucket"], dtype=np.uint16),
    )
    worth = Worth(*(np.asarray(one[name], dtype=np.float64) for name in ("amount", "payment", "retention")))
    [lone] = connection.execute(_UNTOUCHED).fetchall()
    return Journeys(paths, worth, keys, touches, Untouched(int(lone[0]), *(float(part) for part in lone[1:])))


def _column(connection: DuckDBPyConnection, sql: str) -> pa.ChunkedArray:
    return connection.execute(sql).to_arrow_table().column(0)


# A milestone's place is that of the last touch at or before it, the one after which it came; else UNKNOWN (-1).
_NUMBERED = (
    """CREATE OR REPLACE TEMP TABLE channels AS
    SELECT channel, ROW_NUMBER() OVER (ORDER BY channel) - 1 AS code FROM (SELECT DISTINCT channel FROM steps)""",
    """CREATE OR REPLACE TEMP TABLE numbered AS
    SELECT
        journeys.journey AS journey,
        ROW_NUMBER() OVER (ORDER BY journeys.journey) AS number,
        ANY_VALUE(converted) AS converted,
        ANY_VALUE(amount_fen) / 100.0 AS amount,
        ANY_VALUE(paid_fen) / 100.0 AS payment,
        ANY_VALUE(retained) AS retention,
        COUNT(*) AS length,
        COALESCE(MAX(position) FILTER (steps.moment <= lead_at) - 1, -1) AS lead,
        COALESCE(MAX(position) FILTER (steps.moment <= opened_at) - 1, -1) AS opportunity,
        CASE WHEN ANY_VALUE(converted) = 1 AND ANY_VALUE(deal_id) <> '' THEN COUNT(*) - 1 ELSE -1 END AS close,
        HASH(journeys.journey) % 1024 AS bucket
    FROM journeys JOIN steps ON steps.journey = journeys.journey
    GROUP BY journeys.journey""",
)
_JOURNEYS = """SELECT converted, amount, payment, retention, length, lead, opportunity, close, bucket
    FROM numbered ORDER BY number"""
_STEPS = """SELECT code, hours_before FROM steps
    JOIN numbered ON numbered.journey = steps.journey JOIN channels ON channels.channel = steps.channel
    ORDER BY number, position"""
_TOUCHES = """SELECT touch_id FROM steps JOIN numbered ON numbered.journey = steps.journey ORDER BY number, position"""
_UNTOUCHED = """SELECT COUNT(*), COALESCE(SUM(amount_fen), 0) / 100.0, COALESCE(SUM(paid_fen), 0) / 100.0,
    COALESCE(SUM(retained), 0)
    FROM journeys WHERE converted = 1 AND journey NOT IN (SELECT DISTINCT journey FROM steps)"""
