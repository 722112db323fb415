"""One file as a DuckDB relation: whatever its encoding, delimiter and order of columns. Every value is text in CSV."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t

if TYPE_CHECKING:
    import duckdb

CHUNK_ROWS = 1 << 18
"""Columns of so many rows stay in the processor's caches from one step to the next."""
WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
ENCODINGS = ("utf-8", "gb18030", "utf-16")
ALIASES: Mapping[str, tuple[str, ...]] = {
    "path": ("paths", "journey", "路径", "渠道路径"),
    "total_conversions": ("conversions", "conversion", "转化数", "转化"),
    "total_conversion_value": ("conversion_value", "value", "转化金额", "金额"),
    "total_null": ("null", "nulls", "total_nulls", "未转化数", "未转化"),
    "journey_id": ("journey", "id", "旅程"),
    "channel": ("渠道", "channel_name"),
    "position": ("pos", "序号"),
    "time": ("timestamp", "at", "date", "时间"),
    "hours_before": ("hours_before_conversion", "转化前小时"),
    "milestone": ("里程碑",),
    "converted": ("conversion", "conversions", "是否转化", "转化"),
    "value": ("conversion_value", "amount", "金额"),
}
"""Headings that mean a column; case and blanks around them don't count."""


@dataclass(frozen=True)
class Table:
    """A file that can be asked by SQL. `source` is what stands behind FROM; `columns` are our names -> its headings."""

    connection: duckdb.DuckDBPyConnection
    path: Path
    source: str
    columns: Mapping[str, str]
    types: Mapping[str, str]  # of our columns, DuckDB's names
    text: bool  # CSV: all values are text

    def has(self, name: str) -> bool:
        """Whether the file has a column of ours."""
        return name in self.columns

    def without(self, name: str) -> Table:
        """The same, as if the file hadn't this column."""
        return replace(self, columns={one: heading for one, heading in self.columns.items() if one != name})

    def sql(self, name: str) -> str:
        """The column as a quoted SQL name."""
        return '"' + self.columns[name].replace('"', '""') + '"'

    def number(self, name: str) -> str:
        """SQL of the column as DOUBLE; NULL where it is blank or no number."""
        column = f"nullif(trim({self.sql(name)}), '')" if self.text else self.sql(name)
        return f"try_cast({column} AS DOUBLE)"

    def is_text(self, name: str) -> bool:
        """Whether the column holds text."""
        return self.text or self.types[name].startswith(("VARCHAR", "ENUM"))

    def is_whole(self, name: str) -> bool:
        """Whether the column holds whole numbers of 64 bits or fewer."""
        return not self.text and self.types[name] in WHOLE

    def is_plain(self, name: str) -> bool:
        """Whether the column holds numbers that NumPy takes as they are."""
        return self.is_whole(name) or (not self.text and self.types[name] in {"DOUBLE", "FLOAT"})

    def key(self, whole: bool) -> str:
        """SQL of the journey's key: the number itself, or 64 bits that stand for its text."""
        column = self.sql("journey_id")
        return f"CAST({column} AS BIGINT)" if whole else f"hash(trim(CAST({column} AS VARCHAR)))"

    def given(self, name: str) -> str:
        """SQL condition that the cell isn't blank."""
        column = self.sql(name)
        return f"{column} IS NOT NULL" + (f" AND trim({column}) <> ''" if self.text else "")

    def batches(self, query: str) -> Iterator[Any]:
        """Rows of a query as Arrow record batches of at most CHUNK_ROWS."""
        yield from self.connection.execute(query).to_arrow_reader(CHUNK_ROWS)

    def refuse(self, name: str, condition: str, key: str = "bad_number") -> None:
        """Raise BadInput that names line, column and value of the first row where `condition` holds, if there is one.

        Lines count from 1 with the heading as line 1; a cell with a line break in it makes later lines one less.
        """
        if not self.connection.execute(f"SELECT 1 FROM {self.source} WHERE {condition} LIMIT 1").fetchone():  # noqa: S608  # our own SQL; names are quoted
            return
        numbered = f"SELECT row_number() OVER () + 1 AS line, * FROM {self.source}"  # noqa: S608  # our own SQL; names are quoted
        found = self.connection.execute(
            f"SELECT line, {self.sql(name)} FROM ({numbered}) WHERE {condition} ORDER BY line LIMIT 1"  # noqa: S608  # as above
        ).fetchone()
        if found:
            values = {"file": self.path.name, "line": found[0], "column": self.columns[name], "value": found[1]}
            raise BadInput(t(f"attribution_engine.{key}", operator_language(), **values))


@contextmanager
def open_table(path: Path, needed: tuple[str, ...], optional: tuple[str, ...], memory_mb: int = 0) -> Iterator[Table]:
    """Open a CSV or Parquet file. `memory_mb` bounds what sorting keeps in memory; the rest goes to a temporary folder.

    Raises BadInput when the file isn't there, is empty, can't be read, or lacks a needed column.
    """
    import duckdb

    if not path.is_file() or not path.stat().st_size:
        key = "no_file" if not path.exists() else "empty_file"
        raise BadInput(t(f"attribution_engine.{key}", operator_language(), file=path))
    with tempfile.TemporaryDirectory(prefix="xiaoce-") as spill, duckdb.connect() as connection:
        connection.execute(f"SET temp_directory = '{spill}'")
        connection.execute("SET enable_progress_bar = false")
        if memory_mb:
            connection.execute(f"SET memory_limit = '{memory_mb}MB'")
        try:
            yield _described(connection, path, Path(spill), needed, optional)
        except duckdb.Error as error:
            values = {"file": path.name, "reason": str(error).strip().splitlines()[0]}
            raise BadInput(t("attribution_engine.unreadable", operator_language(), **values)) from error


def _described(
    connection: duckdb.DuckDBPyConnection, path: Path, spill: Path, needed: tuple[str, ...], optional: tuple[str, ...]
) -> Table:
    text = not _is_parquet(path)
    source = _csv(_readable(path, spill)) if text else f"read_parquet('{_quoted(path)}')"
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()  # noqa: S608  # our own SQL
    kinds = {row[0]: row[1] for row in described}
    headings = list(kinds)
    columns = {name: found for name in (*needed, *optional) if (found := find(name, headings)) is not None}
    missing = [name for name in needed if name not in columns]
    if missing:
        values = {"file": path.name, "missing": ", ".join(missing), "found": ", ".join(headings)}
        raise BadInput(t("attribution_engine.missing_columns", operator_language(), **values))
    types = {name: kinds[heading] for name, heading in columns.items()}
    return Table(connection, path, source, columns, types, text)


def find(name: str, headings: list[str]) -> str | None:
    """The heading that stands for a column of ours; None where there is none."""
    folded = {heading.strip().strip("\ufeff").casefold(): heading for heading in reversed(headings)}
    return next((folded[word] for word in (name, *ALIASES.get(name, ())) if word in folded), None)


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


def _csv(path: Path) -> str:
    return f"read_csv('{_quoted(path)}', header=true, all_varchar=true, null_padding=true, quote='\"', escape='\"')"


def _quoted(path: Path) -> str:
    return os.fspath(path).replace("'", "''")


def _readable(path: Path, spill: Path) -> Path:
    """The file itself when it is UTF-8, else a copy in UTF-8. Raises BadInput when it is no text that we know."""
    for encoding in ENCODINGS if _has_no_mark(path) else ("utf-16",):
        try:
            if encoding == "utf-8":
                _decode(path, encoding, None)
                return path
            _decode(path, encoding, copy := spill / "utf-8.csv")
            return copy
        except UnicodeError:
            continue
    raise BadInput(t("attribution_engine.unreadable", operator_language(), file=path.name, reason="encoding"))


def _has_no_mark(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) not in {b"\xff\xfe", b"\xfe\xff"}


def _decode(path: Path, encoding: str, copy: Path | None) -> None:
    """Read the whole file in an encoding, a megabyte at a time, and write it again as UTF-8 where a copy is wanted."""
    with (
        path.open("r", encoding=encoding, newline="") as file,
        (copy or Path(os.devnull)).open("w", encoding="utf-8", newline="") as out,
    ):
        while part := file.read(1 << 20):
            if copy:
                out.write(part)
