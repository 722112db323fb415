"""Events of a few orders, put where the flow puts them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.contracts import Event
from config.groups.slas import Slas
from knowledge.events import keys
from knowledge.events.catalog import load_catalog
from knowledge.events.stories import load_stories
from knowledge.slas.loading import load_rules
from skills.orders.reading import Sources
from storage.repositories.deadlines import Deadline
from storage.store import Store

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 7, 15, 10, 0, tzinfo=ZONE)
CATALOG = load_catalog()
RULES = load_rules(Slas(), "Asia/Shanghai", CATALOG)
SOURCES = Sources(CATALOG, load_stories(CATALOG), RULES)


class StillClock:
    """Stands still."""

    def now(self) -> datetime:
        return NOW


def put(
    store: Store,
    type_: str,
    data: Mapping[str, Any],
    at: datetime,
    *,
    customer: str = "",
    person: str = "",
    late: timedelta = timedelta(),
    producer: str = "erp",
) -> int:
    """One accepted event with its keys; `late`: so long after it happened it came. Its number."""
    id_ = f"{type_}-{at.isoformat()}-{len(data)}-{data}"
    row = {
        "id": id_,
        "source": f"/{producer}",
        "type": type_,
        "version": CATALOG.types[type_].newest.number,
        "producer": producer,
        "subject": "",
        "time": at,
        "received_at": at + late,
        "data": dict(data),
        "original": None,
        "mended": [],
        "extensions": {},
        "customer_id": customer,
        "contract_id": "",
        "person_id": person,
        "region": "",
    }
    (seq,) = store.events.add([row]).values()
    event = Event(id_, f"/{producer}", type_, at, data=data)
    store.events.add_keys([(seq, name, value) for name, value in keys.of(CATALOG.types[type_], event).items()])
    return seq


def put_deadline(store: Store, sla: str, case: str, opened: int, at: datetime, due: datetime, **more: Any) -> None:
    """One that is open, unless `more` says otherwise."""
    store.deadlines.add_all([Deadline(0, sla, 1, case, opened, at, due, **more)])
