"""B1: REST services, against a real server: paging, restart at a page, faults, limits, private addresses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.sources.adapter import Limits, SourceReaders
from bot.contracts.errors import SourceRefused, SourceUnavailable
from bot.contracts.sources import Batch, Origin
from storage.imports.files import ImportedTables
from tests.unit.adapters.sources.service import SIZE, Service, running


@pytest.fixture
def service() -> Iterator[Service]:
    """Listening."""
    with running() as made:
        yield made


def readers(folder: Path, **limits: Any) -> SourceReaders:
    """With a token, and no patience."""
    quick = {"seconds": 20.0, "attempts": 2, "backoff": 0.01, "response_mb": 1, "allow_private": True, **limits}
    return SourceReaders([folder], ImportedTables(10), {"token": SecretStr("geheim123")}, Limits(**quick))


def origin(service: Service, path: str, **options: Any) -> Origin:
    """One of the service's ways."""
    return Origin("rest", {"url": service.url, "path": path, **options})


def ids(batches: list[Batch]) -> list[int]:
    """Of all rows."""
    return [row.data["id"] for batch in batches for row in batch.rows]


PAGES: dict[str, Any] = {
    "link": {"kind": "link", "next": "next"},
    "header": "header",
    "number": {"kind": "number", "param": "page", "first": 1},
    "offset": {"kind": "offset", "limit": SIZE, "total": "total"},
    "cursor": {"kind": "cursor", "next": "cursors.next", "param": "after"},
}


@pytest.mark.parametrize("way", PAGES)
def test_every_way_of_paging_goes_on_at_its_page(service: Service, tmp_path: Path, way: str) -> None:
    """500 halfway: what was read is kept, and the next load begins with that very page."""
    source = origin(service, way, pages=PAGES[way], records="items")
    assert ids(list(readers(tmp_path).read(source, None))) == [1, 2, 3, 4, 5, 6, 7]
    read: list[Batch] = []
    service.broken = {2: 2}
    with pytest.raises(SourceUnavailable, match="500"):
        _read_into(read, readers(tmp_path).read(source, None))
    assert ids(read) == [1, 2, 3]
    assert "geheim123" not in str(read[-1].position)
    service.calls.clear()
    assert ids(list(readers(tmp_path).read(source, read[-1].position))) == [4, 5, 6, 7]
    assert len([call for call in service.calls if "p=1" in call or "page=1" in call]) == 0
    service.broken = {3: 1}
    assert len(ids(list(readers(tmp_path).read(source, None)))) == 7, "one failure is tried again at once"


def test_since_the_last_time(service: Service, tmp_path: Path) -> None:
    """Only what is new is asked for, with the token that only its name is known of."""
    auth = {"kind": "bearer", "token": "${token}"}
    source = origin(service, "plain", auth=auth, cursor="at", since="since", pages="none")
    first = list(readers(tmp_path).read(source, None))
    assert first[-1].position == {"since": "2026-01-07"}
    assert ids(list(readers(tmp_path).read(source, first[-1].position))) == [7]
    assert readers(tmp_path).look(source, 2)[1].data["of"] == {"no": "C2"}
    with pytest.raises(SourceRefused, match="401"):
        list(readers(tmp_path).read(origin(service, "plain"), None))


@pytest.mark.parametrize(
    ("path", "fault", "said"),
    [
        ("slow", SourceUnavailable, "Timeout"),
        ("large", SourceRefused, "1 MB"),
        ("moved", SourceRefused, "1 MB"),
        ("html", SourceRefused, "JSON"),
        ("no", SourceRefused, "404"),
    ],
)
def test_faults(service: Service, tmp_path: Path, path: str, fault: type[Exception], said: str) -> None:
    """It hangs, answers too much (also while it sends elsewhere), no JSON, or nothing is there."""
    seconds = 0.3 if path == "slow" else 20.0
    with pytest.raises(fault, match=said):
        list(readers(tmp_path, seconds=seconds, attempts=1).read(origin(service, path, pages="none"), None))


def test_keys_do_not_follow_to_another_host(service: Service, tmp_path: Path) -> None:
    """A redirect takes them nowhere, whatever header they stand in."""
    auth = {"kind": "api_key", "name": "X-Key", "key": "${token}"}
    [batch] = readers(tmp_path).read(origin(service, "away", auth=auth, pages="none"), None)
    assert [row.data["key"] for row in batch.rows] == [""]


def test_nobody_is_led_inside(service: Service, tmp_path: Path) -> None:
    """Neither by an address, nor by a name, nor by a redirect, unless the operator allows it."""
    guarded = readers(tmp_path, allow_private=False)
    by_name = service.url.replace("127.0.0.1", "localhost.localdomain")
    for url in (service.url, service.url.replace("127.0.0.1", "localhost"), "http://169.254.169.254/x", "ftp://a/b"):
        with pytest.raises(SourceRefused):
            list(guarded.read(Origin("rest", {"url": url, "path": "plain"}), None))
    with pytest.raises((SourceRefused, SourceUnavailable)):
        list(guarded.read(Origin("rest", {"url": by_name, "path": "plain"}), None))


def _read_into(read: list[Batch], batches: Iterator[Batch]) -> None:
    """What came before a fault is there after it."""
    for batch in batches:
        read.append(batch)
