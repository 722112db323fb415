"""Retention: what is old goes, in batches, files included; what is still owed to somebody stays (D10)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import select

from bot.contracts import Address, Card, Message
from bot.contracts.person import OPERATOR
from bot.flows import retention as retention_flow
from bot.flows.retention import BY_DEFAULT, WIRE, RetentionFlow
from config.groups.operations import Retention
from storage import retention
from storage.database import Database
from storage.repositories.errands import Errand
from storage.repositories.files import FileRecord
from storage.store import Store
from storage.tables import RefusedRow, TimelineRow
from storage.tables.sources import NO_KEY

NOW = datetime(2026, 3, 18, 9, 0, tzinfo=UTC)
OLD, YOUNG = NOW - timedelta(days=31), NOW - timedelta(days=29)
HERE = Address("wecom", "user:a")
EVERYTHING = Retention(messages_days=30, deliveries_days=30, files_days=30, audit_days=30)


class _Clock:
    def now(self) -> datetime:
        return NOW


def flow(database: Database, data: Path, settings: Retention = EVERYTHING) -> RetentionFlow:
    return RetentionFlow(database, _Clock(), settings, data)


def talk(store: Store, id_: str, at: datetime, *, answered: bool = True, parcel: str = "sent", data: Path) -> None:
    """A message with a file, its card, and a reply in some state."""
    store.messages.add(Message(id_, "wecom", HERE.conversation, "a", "text", at, text="你好"), at)
    (data / "files").mkdir(exist_ok=True)
    (data / "files" / id_).write_text(id_)
    store.files.add(FileRecord(f"{id_}#0", f"files/{id_}", id_, "text/plain", 2, "", at, message_id=id_))
    if not answered:
        return
    store.cards.add(Card(f"card-{id_}", headline="x"), "help", HERE, "E1", id_, at)
    store.cards.press(f"card-{id_}", "E1", "ok", at, f"press-{id_}")
    store.deliveries.add(f"p-{id_}", id_, HERE, {"text": id_}, at)
    if parcel == "sent":
        store.deliveries.sent(f"p-{id_}", "ref", at)
    if parcel == "dead":
        store.deliveries.dead(f"p-{id_}", "60020", at)
    store.messages.answered(id_, "help", at)


async def there(database: Database, ids: Sequence[str], data: Path) -> dict[str, set[str]]:
    """What is left of each message: message, reply, card, file (row and bytes)."""

    def look(store: Store, id_: str) -> set[str]:
        left = {
            "message": store.messages.get(id_) if _has(store, id_) else None,
            "reply": store.deliveries.get(f"p-{id_}") if _has(store, f"p-{id_}") else None,
            "card": store.cards.get(f"card-{id_}"),
            "press": store.cards.presses(f"card-{id_}"),
            "file": store.files.get(f"{id_}#0"),
            "bytes": (data / "files" / id_).exists(),
        }
        return {what for what, found in left.items() if found}

    return {id_: await database.read(lambda store, id_=id_: look(store, id_)) for id_ in ids}  # type: ignore[misc]  # a default only fixes the loop's value


def _has(store: Store, item: str) -> bool:
    return store.session.exec(select(TimelineRow).where(TimelineRow.item == item)).first() is not None


ALL = {"message", "reply", "card", "press", "file", "bytes"}


async def test_old_things_go_with_all_that_hangs_on_them_and_young_ones_stay(
    database: Database, tmp_path: Path
) -> None:
    await database.write(lambda store: talk(store, "old", OLD, data=tmp_path))
    await database.write(lambda store: talk(store, "young", YOUNG, data=tmp_path))
    gone = await flow(database, tmp_path).run()
    assert await there(database, ["old", "young"], tmp_path) == {"old": set(), "young": ALL}
    went = {kind: count for kind, count in gone.items() if count}
    assert went == {"deliveries": 1, "files": 1, "messages": 1, "cards": 1}


@pytest.mark.parametrize("parcel", ["waiting", "dead"])
async def test_what_is_owed_to_somebody_stays_however_old(database: Database, tmp_path: Path, parcel: str) -> None:
    """Unanswered, waiting to be sent, or a dead letter that an operator may still replay."""
    await database.write(lambda store: talk(store, "unanswered", OLD, answered=False, data=tmp_path))
    await database.write(lambda store: talk(store, "owed", OLD, parcel=parcel, data=tmp_path))
    assert sum((await flow(database, tmp_path).run()).values()) == 0
    left = await there(database, ["unanswered", "owed"], tmp_path)
    assert left == {"unanswered": {"message", "file", "bytes"}, "owed": ALL}


async def test_a_dry_run_counts_the_same_and_deletes_nothing(database: Database, tmp_path: Path) -> None:
    await database.write(lambda store: talk(store, "old", OLD, data=tmp_path))
    counted = await flow(database, tmp_path).preview()
    assert await there(database, ["old"], tmp_path) == {"old": ALL}
    assert counted == await flow(database, tmp_path).run()


async def test_zero_days_means_for_ever(database: Database, tmp_path: Path) -> None:
    await database.write(lambda store: talk(store, "old", OLD, data=tmp_path))
    assert (await flow(database, tmp_path, Retention()).run()).keys() == set(BY_DEFAULT)
    only_files = Retention(files_days=30)
    assert await flow(database, tmp_path, only_files).run() == {"files": 1, **dict.fromkeys(BY_DEFAULT, 0)}
    assert (await there(database, ["old"], tmp_path))["old"] == ALL - {"file", "bytes"}


async def test_many_go_in_batches(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No transaction holds more than a batch, so messages that come meanwhile wait for one at most."""
    monkeypatch.setattr(retention_flow, "BATCH", 4)
    ids = [f"m{number}" for number in range(10)]
    for id_ in ids:
        await database.write(lambda store, id_=id_: talk(store, id_, OLD, data=tmp_path))  # type: ignore[misc]  # a default only fixes the loop's value
    assert (await flow(database, tmp_path).run())["messages"] == 10
    assert not list((tmp_path / "files").iterdir())


async def test_it_is_noted_in_the_audit_log_and_old_entries_go(database: Database, tmp_path: Path) -> None:
    """D10: who reads the log sees that, when and how much was deleted; a run that deletes nothing is no news."""
    await database.write(lambda store: store.audit.add("E1", "old.thing", "x", {}, OLD))
    await flow(database, tmp_path).run()
    await flow(database, tmp_path).run()
    [entry] = await database.read(lambda store: store.audit.listing(OPERATOR))
    assert (entry.actor, entry.action, entry.detail["audit"]) == ("retention", "retention.done", 1)


async def test_memories_of_conversations_go_too(database: Database, tmp_path: Path) -> None:
    other = Address("wecom", "user:b")
    await database.write(lambda store: store.conversations.remember(HERE, "help", {"said": "名字"}, OLD))
    await database.write(lambda store: store.conversations.remember(other, "help", {"said": "名字"}, YOUNG))
    await flow(database, tmp_path).run()
    assert await database.read(lambda store: store.conversations.memories(HERE)) == {}
    assert await database.read(lambda store: store.conversations.memories(other))


async def test_the_model_s_tokens_go_by_day_and_never_today_s(database: Database, tmp_path: Path) -> None:
    for at in (OLD, YOUNG, NOW):
        await database.write(lambda store, at=at: store.usage.add_tokens(at.date(), 5))  # type: ignore[misc]  # a default only fixes the loop's value
    assert (await flow(database, tmp_path, Retention(usage_days=30)).run())["usage"] == 1
    assert (await flow(database, tmp_path, Retention(usage_days=1)).run())["usage"] == 1
    left = await database.read(lambda store: [store.usage.tokens(at.date()) for at in (OLD, YOUNG, NOW)])
    assert left == [0, 0, 5]


async def test_what_processes_hand_to_each_other_goes_unasked(database: Database, tmp_path: Path) -> None:
    """It holds words of answers and secret addresses; what is still of use stays."""
    stale, fresh = NOW - timedelta(days=2, minutes=1), NOW - timedelta(minutes=1)

    def hand_over(store: Store) -> None:
        for id_, at in (("stale", stale), ("fresh", fresh)):
            store.open_answers.begin(id_, {"response_url": "https://secret.example"}, at)
            store.errands.ask("wecom_bot", Errand(id_, "p", {}), at)

    await database.write(hand_over)
    only_wire = Retention(loads_days=0, events_days=0)
    counted = await flow(database, tmp_path, only_wire).preview()
    assert counted == await flow(database, tmp_path, only_wire).run() == dict.fromkeys(WIRE, 1)
    assert await database.read(lambda store: store.open_answers.get("stale")) is None
    assert await database.read(lambda store: store.open_answers.get("fresh"))
    assert [errand.id for errand in await database.read(lambda store: store.errands.waiting("wecom_bot", stale))] == [
        "fresh"
    ]


async def test_loads_go_but_for_the_last_ones_and_the_one_that_read_last(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loop of sources stays small for years; what a light, a report or a dropped row still needs stays."""
    monkeypatch.setattr(retention, "LAST_LOADS", 2)
    ends = ["done", "failed", "failed", "failed", "running"]

    def put(store: Store) -> None:
        for number, state in enumerate(ends, 1):
            store.loads.begin("s", 1, "read", None, OLD)
            if state == "failed":
                store.loads.failed(number, OLD, "away")
            if state == "done":
                store.loads.done(number, OLD, added=0, changed=0, unchanged=0, rejected=0)
                store.loads.told(number)
        for key, state, by in (("a", "mended", ""), ("b", "dropped", "E1"), (f"{NO_KEY}c", "mended", "E1")):
            row: dict[str, Any] = {"source": "s", "key": key, "data": {}, "digest": "", "reasons": [], "load_id": 1}
            store.session.add(RefusedRow(**row, state=state, decided_by=by, at=OLD, decided_at=OLD))

    await database.write(put)
    gone = await flow(database, tmp_path, Retention(loads_days=30)).run()
    assert (gone["loads"], gone["refused_rows"]) == (2, 1)
    left = await database.read(lambda store: [load.id for load in store.loads.history("s")])
    assert left == [5, 4, 1]
    assert (await flow(database, tmp_path, Retention(loads_days=30)).run())["loads"] == 0


def test_secret_addresses_are_never_kept_for_ever() -> None:
    with pytest.raises(ValidationError):
        Retention(wire_days=0)


async def test_a_path_that_leads_elsewhere_is_not_deleted(database: Database, tmp_path: Path) -> None:
    data, outside = tmp_path / "data", tmp_path / "outside.txt"
    data.mkdir()
    outside.write_text("somebody else's")
    record = FileRecord("f", "../outside.txt", "f", "text/plain", 2, "", OLD)
    await database.write(lambda store: store.files.add(record))
    assert (await flow(database, data).run())["files"] == 1
    assert outside.exists()
