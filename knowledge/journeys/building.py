"""Journeys from the rows of the warehouse: touches in their order, what they led to, and what that brought (B4).

| Choice | Meaning |
|---|---|
| level person | a visitor's touches, the leads of that visitor, the deals of those leads |
| level account | of all visitors whose leads belong to one customer; all its deals, repeat orders too |
| conversion | lead, sql; opportunity, won, contract (first signature), payment (first receipt): one each |
| look-back | touches from N days before the deal was opened (without one: the lead came); 0: all |
| look-back from | "opened": as said, or a long sale would lose the touches that began it; "conversion": the end |
| re-entry | a win ends a journey, the next touch begins a new one ("won"); so does every conversion ("conversion") |

A journey ends with its conversion, at the latest with the win; touches after that belong to the next one. A day without
a time ends at midnight in the company's zone: touches of that day are before it. Stretches without a conversion are
journeys that did not convert. Conversions without a touch within the look-back are counted apart (`built.Untouched`):
no channel can be credited for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from knowledge.journeys.built import Journeys, fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FOLDER = Path(__file__).parent / "sql"
UNNAMED = "未知"  # the channel of touches that have none
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)

Level = Literal["person", "account"]
Conversion = Literal["lead", "sql", "opportunity", "won", "contract", "payment"]
Reentry = Literal["won", "conversion", "never"]
LookbackFrom = Literal["opened", "conversion"]
LEVELS: tuple[Level, ...] = ("person", "account")
CONVERSIONS: tuple[Conversion, ...] = ("lead", "sql", "opportunity", "won", "contract", "payment")
REENTRIES: tuple[Reentry, ...] = ("won", "conversion", "never")


@dataclass(frozen=True, slots=True)
class Rules:
    """How journeys are made."""

    level: Level = "account"
    conversion: Conversion = "won"
    lookback_days: int = 90
    lookback_from: LookbackFrom = "opened"
    reentry: Reentry = "won"
    since: datetime = LONG_AGO  # journeys that ended before are left out


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose conversions count: all, or those of these leads and deals, as the truth allowed a viewer."""

    everything: bool = True
    leads: frozenset[str] = frozenset()
    deals: frozenset[str] = frozenset()


@cache
def statements() -> tuple[tuple[str, str], ...]:
    """(table, SELECT in DuckDB's dialect), in the order in which they build on each other."""
    return tuple((path.stem[3:], path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.sql")))


def parameters(rules: Rules, scope: Scope, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Values of all placeholders."""
    return {
        "level": rules.level,
        "conversion": rules.conversion,
        "lookback_days": rules.lookback_days,
        "lookback_from": rules.lookback_from,
        "reentry": rules.reentry,
        "since": _utc(rules.since),
        "now": _utc(now),
        "today": now.astimezone(zone).date().isoformat(),
        "zone": zone.key,
        "unknown": UNNAMED,
        "everything": scope.everything,
    }


def used(sql: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that a statement names: DuckDB refuses others."""
    return {name: values[name] for name in set(re.findall(r"\$(\w+)", sql))}


def build(rules: Rules, scope: Scope, now: datetime, zone: ZoneInfo) -> Callable[[DuckDBPyConnection], Journeys]:
    """The work for `Warehouse.run`. Blocking: seconds for a million journeys."""
    values = parameters(rules, scope, now, zone)

    def work(connection: DuckDBPyConnection) -> Journeys:
        _allow(connection, "seen_leads", scope.leads)
        _allow(connection, "seen_deals", scope.deals)
        *tables, (_, steps) = statements()
        for table, sql in tables:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {sql}", used(sql, values))
        return fetch(connection, steps, used(steps, values))

    return work


def _allow(connection: DuckDBPyConnection, table: str, ids: Collection[str]) -> None:
    sql = f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT UNNEST(CAST($ids AS VARCHAR[])) AS id"
    connection.execute(sql, {"ids": sorted(ids)})


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
