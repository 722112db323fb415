"""Times as people write them (2026-11-20 上午9点), for SQL that reads files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

NAME = "said_time"


def teach(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the connection the function `said_time`: text to seconds since 1970, NULL for what is no time.

    It reads what sources of data may write (`knowledge.mapping.times`); where no zone is said it is the connection's,
    as for times that DuckDB reads by itself.
    """
    from zoneinfo import ZoneInfo

    from duckdb.func import FunctionNullHandling

    from knowledge.mapping.times import moment
    from knowledge.mapping.values import Bad

    found = connection.execute("SELECT current_setting('TimeZone')").fetchone()
    zone = ZoneInfo(str(found[0]) if found else "UTC")

    def seconds(written: str | None) -> float | None:
        try:
            at = moment(written, zone)
        except Bad:
            return None
        return at.timestamp() if at else None

    handling = FunctionNullHandling.SPECIAL  # it may answer NULL
    connection.create_function(NAME, seconds, ["varchar"], "double", null_handling=handling)
