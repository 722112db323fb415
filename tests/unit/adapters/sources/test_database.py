"""B1: SQL databases, on SQLite and PostgreSQL: read only, by a cursor column with ties, or whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from adapters.sources.adapter import Limits, SourceReaders
from bot.contracts.errors import SourceRefused, SourceUnavailable
from bot.contracts.sources import Origin
from storage.imports.files import ImportedTables

ROWS = [(f"P{n}", n * 10.5, None if n == 4 else f"2026-01-0{1 + n // 3} 08:00:00") for n in range(1, 8)]
Put = Callable[..., None]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Put]]:
    """A table of payments: (its address as a definition says it, a function that executes SQL)."""
    is_file = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'ledger.db'}" if is_file else request.getfixturevalue("postgres_url")
    engine = create_engine(url)

    def put(statement: str, *values: Any) -> None:
        with engine.begin() as connection:
            connection.execute(text(statement), *values)

    put("CREATE TABLE payments (no VARCHAR(9) PRIMARY KEY, amount NUMERIC(9,2), changed TIMESTAMP)")
    put(
        "INSERT INTO payments VALUES (:no, :amount, :changed)",
        [dict(zip(("no", "amount", "changed"), row, strict=True)) for row in ROWS],
    )
    yield ("sqlite:///ledger.db" if is_file else url.replace("+psycopg", "")), put
    engine.dispose()


def reader(folder: Path, url: str) -> tuple[SourceReaders, str]:
    """The address of a server is a secret."""
    known = {"ledger": SecretStr(url)}
    return SourceReaders([folder], ImportedTables(1000), known, Limits(batch_rows=2, seconds=5)), "${ledger}"


def test_by_a_cursor_with_ties(ledger: tuple[str, Put], tmp_path: Path) -> None:
    """Everything once; from any batch on the rest; later what has the last value or a higher one, or none."""
    address, put = ledger
    readers, url = reader(tmp_path, address)
    origin = Origin("database", {"url": url, "table": "payments", "cursor": "changed"})
    batches = list(readers.read(origin, None))
    numbers = [row.data["no"] for batch in batches for row in batch.rows]
    assert sorted(numbers) == [row[0] for row in ROWS]
    for at, batch in enumerate(batches):
        rest = [row.data["no"] for one in readers.read(origin, batch.position) for row in one.rows]
        assert set(numbers[sum(len(one.rows) for one in batches[: at + 1]) :]) <= set(rest)
    put("INSERT INTO payments VALUES ('P0', 1, '2026-01-03 08:00:00'), ('P9', 1, '2026-02-01 08:00:00')")
    later = [row.data["no"] for batch in readers.read(origin, batches[-1].position) for row in batch.rows]
    assert later == ["P0", "P6", "P7", "P9", "P4"], "the tie that came later; and the one without a time"


def test_whole_and_restarted(ledger: tuple[str, Put], tmp_path: Path) -> None:
    """Without a cursor: all of it each time, and after a break by the key."""
    address, _ = ledger
    readers, url = reader(tmp_path, address)
    origin = Origin("database", {"url": url, "table": "payments"})
    batches = list(readers.read(origin, None))
    assert [row.data["no"] for batch in batches for row in batch.rows] == [row[0] for row in ROWS]
    assert batches[0].rows[0].data["amount"] == "10.50"
    rest = [row.data["no"] for batch in readers.read(origin, batches[1].position) for row in batch.rows]
    assert rest == ["P5", "P6", "P7"]
    assert batches[-1].position is None
    assert len(readers.look(origin, 3)) == 3


def test_faults_say_what_to_do(ledger: tuple[str, Put], tmp_path: Path) -> None:
    """No such table, column, driver or server: named, without the address's secret."""
    address, _ = ledger
    readers, url = reader(tmp_path, address)
    for options, word in (({"table": "payment"}, "payments"), ({"table": "payments", "cursor": "change"}, "changed")):
        with pytest.raises(SourceRefused, match=word):
            list(readers.read(Origin("database", {"url": url, **options}), None))
    with pytest.raises(SourceRefused, match="oracle"):
        list(readers.read(Origin("database", {"url": "oracle://host/db", "table": "t"}), None))
    with pytest.raises(SourceRefused):
        list(readers.read(Origin("database", {"url": "nonsense", "table": "t"}), None))
    with pytest.raises(SourceRefused):
        list(readers.read(Origin("database", {"url": "sqlite:////etc/passwd", "table": "t"}), None))


def test_a_server_that_is_away(tmp_path: Path) -> None:
    """It may come back: what was read is kept. The password isn't said."""
    readers, url = reader(tmp_path, "postgresql://me:geheim123@127.0.0.1:9/db")
    with pytest.raises(SourceUnavailable) as caught:
        list(readers.read(Origin("database", {"url": url, "table": "t"}), None))
    assert "geheim" not in str(caught.value)
