"""A18: no consent, nothing stored; consent taken back, every word gone, whoever it was heard by."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import String, cast, func, select

from bot.contracts import Action, Card
from bot.contracts.listening import Source, Stretch, Utterance
from bot.contracts.person import OPERATOR
from bot.flows.purge import PurgeFlow
from bot.flows.retention import RetentionFlow
from config.groups.operations import Retention
from storage.database import Database
from storage.repositories.consents import Consent, Kind
from storage.repositories.files import FileRecord
from storage.repositories.labels import Label
from storage.repositories.patterns import Pattern
from storage.repositories.prompts import Prompt
from storage.repositories.purging import Leftover, index_key
from storage.repositories.tasks import Task
from storage.store import Store
from storage.tables import metadata
from tests.unit.storage.company import NOW, OTHER, PLACE, REP
from tests.unit.storage.talk import PRICE, SAID, customer, record, talk

SECRET = "绝密"
WORDS = tuple(Utterance(one.id, f"{SECRET}{one.text}", one.side, one.speaker, one.at) for one in SAID)


def heard(store: Store, data: Path, id_: str = "d1", **changes: object) -> None:
    """A dialogue with everything that is made of its words."""
    (data / "files").mkdir(exist_ok=True)
    (data / f"files/{id_}.wav").write_text(SECRET)
    store.files.add(FileRecord(f"f-{id_}", f"files/{id_}.wav", "录音.wav", "audio/wav", 2, "", NOW, REP.id))
    talk(store, id_, WORDS, file_id=f"f-{id_}", title=SECRET, contacts=("wm1", "wm2"), **changes)
    store.dialogues.change(id_, summary={"text": SECRET})
    quote = {"rival": SECRET}
    found = store.signals.add(
        type(PRICE)("price_objection", 0.9, PRICE.evidence, quote), happened_at=NOW, found_at=NOW, dialogue_id=id_
    )
    assert found
    store.tasks.add(Task(f"t-{id_}", REP.id, SECRET, NOW, dialogue_id=id_))
    store.labels.add(Label(f"l-{id_}", "price_objection", SECRET, "wrong", REP.id, NOW, found.id, id_))
    prompted(store, id_, found.id, dialogue=id_)


def prompted(store: Store, id_: str, signal: str, *, dialogue: str = "", customer: str = "") -> None:
    """A prompt about it, whose card quotes: sent in two parts, of which one names the card, and pressed."""
    card = Card(f"k-{id_}", SECRET, actions=(Action("less", "少一点"),))
    prompt = Prompt(f"p-{id_}", "x", REP.id, "sent", NOW, (signal,), customer, dialogue_id=dialogue, card_id=card.id)
    store.prompts.add(prompt)
    store.cards.add(card, "coaching", PLACE, REP.id, "", NOW)
    store.cards.press(card.id, REP.id, "unfold", NOW, f"m-{id_}")
    store.deliveries.add(f"post-{id_}-0", "", PLACE, {"button": f"{card.id}:less"}, NOW)
    store.deliveries.add(f"post-{id_}-1", "", PLACE, {"text": SECRET}, NOW)
    store.deliveries.add(f"answer-{id_}-0", f"m-{id_}", PLACE, {"text": SECRET}, NOW)


def left(store: Store) -> dict[str, int]:
    """Tables in which a word of the customer stands, and in how many rows."""
    connection = store.session.connection()
    found: dict[str, int] = {}
    escaped = SECRET.encode("unicode_escape").decode()  # as JSON writes it
    for table in metadata.tables.values():
        cells = [func.coalesce(cast(column, String), "") for column in table.columns]
        rows = connection.execute(select(*cells)).all()
        if count := sum(any(SECRET in cell or escaped in cell for cell in row) for row in rows):
            found[table.name] = count
    return found


async def everything(company: Database, data: Path) -> None:
    def work(store: Store) -> None:
        customer(store)
        heard(store, data)
        open_deal = type(PRICE)("stalled", 1.0, PRICE.evidence, {"said": SECRET})
        found = store.signals.add(open_deal, happened_at=NOW, found_at=NOW, customer_id="C1", deal_id="O1")
        assert found
        prompted(store, "deal", found.id, customer="C1")
        store.deliveries.add("other-0", "", PLACE, {"text": "与此无关"}, NOW)
        quotes = ({"dialogue_id": "d1", "text": SECRET},)
        store.patterns.put(Pattern("p1", "三步", NOW, quotes=quotes))

    await company.write(work)


async def test_nothing_is_left_of_what_was_said(company: Database, tmp_path: Path) -> None:
    """Looked for in every column of every table: transcripts, signals, tasks, labels, patterns, the cards that quoted
    them, what was sent of these, and on the disk."""
    await everything(company, tmp_path)
    before = await company.read(left)
    made = {"dialogues", "utterances", "signals", "tasks", "labels", "patterns", "cards", "deliveries"}
    assert before.keys() == made
    flow = PurgeFlow(company, tmp_path)
    purged = await flow.revoke("customer", "C1", by="E9001", at=NOW, source="test")
    assert (purged.dialogues, purged.paths) == (("d1",), ("files/d1.wav",))
    assert set(purged.index_keys) == {index_key("d1", one.id) for one in SAID}
    assert await company.read(left) == {}
    sent = await company.read(lambda store: store.deliveries.listing("waiting"))
    assert [one.id for one in sent] == ["other-0"]
    assert not (tmp_path / "files/d1.wav").exists()
    assert await company.read(lambda store: store.files.get("f-d1")) is None
    kept = await company.read(lambda store: store.dialogues.get("d1"))
    assert kept
    assert (kept.state, kept.reason, kept.customer_id, kept.file_id) == ("purged", "revoked", "C1", "")
    [entry] = await company.read(lambda store: store.audit.listing(OPERATOR, actions=["consent.revoked"]))
    assert (entry.actor, entry.subject, entry.detail["dialogues"]) == ("E9001", "C1", 1)


@pytest.mark.parametrize(
    ("kind", "subject", "gone"),
    [
        ("room", "r1", ["d1"]),
        ("customer", "C2", ["d2"]),
        ("person", "E1001", ["d1", "d2"]),
        ("person", "wm2", ["d1"]),
        ("person", "wm", []),
    ],
)
async def test_whose_dialogues_go(company: Database, kind: Kind, subject: str, gone: Sequence[str]) -> None:
    """Of a room, of a customer, of one of us, or of one who spoke for the customer; nobody else's."""

    def work(store: Store) -> tuple[str, ...]:
        talk(store, "d1", room="r1", contacts=("wm1", "wm2"))
        talk(store, "d2", room="r2", customer_id="C2", contacts=("wm1", "wm22"))
        talk(store, "d3", person_id=OTHER.id, customer_id="C3")
        return store.purging.revoke(kind, subject, by="x", at=NOW, source="test").dialogues

    assert sorted(await company.write(work)) == gone
    state = await company.read(
        lambda store: [one.id for one in store.dialogues.visible_to(OPERATOR) if one.state == "purged"]
    )
    assert sorted(state) == gone


async def test_a_purged_dialogue_takes_nothing_in(company: Database, tmp_path: Path) -> None:
    """A transcript that becomes ready afterwards, a signal, a task, a label: all come too late."""

    def work(store: Store) -> None:
        store.dialogues.open(record(state="transcribing"))
        store.purging.revoke("customer", "C1", by="x", at=NOW, source="test")
        assert not store.dialogues.keep_stretch("d1", Stretch(0, 0.0, 1.0, WORDS, "zh"))
        assert not store.dialogues.finish("d1", WORDS)
        assert store.dialogues.add("d1", WORDS) == []
        assert not store.dialogues.change("d1", title=SECRET)
        assert store.signals.add(PRICE, happened_at=NOW, found_at=NOW, dialogue_id="d1") is None
        assert not store.tasks.add(Task("t", REP.id, SECRET, NOW, dialogue_id="d1"))
        assert not store.labels.add(Label("l", "x", SECRET, "wrong", REP.id, NOW, dialogue_id="d1"))
        store.patterns.put(Pattern("p", "三步", NOW, quotes=({"dialogue_id": "d1", "text": SECRET},)))

    await company.write(work)
    assert await company.read(left) == {}


async def test_a_killed_purge_is_finished_by_the_next_run(company: Database, tmp_path: Path) -> None:
    """Rows are gone with the commit; files and index entries are named until they are gone too."""
    await everything(company, tmp_path)
    await company.write(lambda store: store.purging.revoke("customer", "C1", by="x", at=NOW, source="test"))
    assert await company.read(lambda store: store.purging.leftovers()) == [Leftover("d1", "f-d1", "files/d1.wav")]
    forgotten: list[str] = []

    async def forget(ids: Sequence[str]) -> None:
        forgotten.extend(ids)

    assert await PurgeFlow(company, tmp_path, forget).finish() == 1
    assert forgotten == ["d1"]
    assert not (tmp_path / "files/d1.wav").exists()
    assert await PurgeFlow(company, tmp_path, forget).finish() == 0


async def test_old_dialogues_go_like_revoked_ones(company: Database, tmp_path: Path) -> None:
    """`retention.dialogues_days`: what began before; a dry run counts the same."""

    def work(store: Store) -> None:
        heard(store, tmp_path, "d1", begun_at=NOW - timedelta(days=31))
        talk(store, "d2", begun_at=NOW - timedelta(days=29))
        store.dialogues.open(record("d3", begun_at=None, created_at=NOW - timedelta(days=40), source=Source.EMAIL))

    class Clock:
        def now(self) -> object:
            return NOW

    await company.write(work)
    flow = RetentionFlow(company, Clock(), Retention(dialogues_days=30), tmp_path)  # type: ignore[arg-type]  # a clock
    assert (await flow.preview())["dialogues"] == 2
    assert (await flow.run())["dialogues"] == 2
    assert not (tmp_path / "files/d1.wav").exists()
    assert await company.read(left) == {}
    states = {one.id: (one.state, one.reason) for one in await company.read(lambda s: s.dialogues.visible_to(OPERATOR))}
    assert states == {"d1": ("purged", "expired"), "d2": ("ready", ""), "d3": ("purged", "expired")}
    assert (await flow.run())["dialogues"] == 0


async def test_somebody_must_agree_and_nobody_may_refuse(company: Database) -> None:
    """A18: silence is no consent; the last word counts, and every word is kept."""

    def say(store: Store, kind: Kind, subject: str, *, given: bool) -> None:
        store.consents.add(Consent(kind, subject, given, NOW, "E9001", "test"))

    def work(store: Store) -> list[bool]:
        names: dict[Kind, str | tuple[str, ...]] = {"room": "r1", "customer": "C1", "person": (REP.id, "wm1", "")}
        found = [store.consents.permits(names), store.consents.permits({})]
        for kind, subject, given in (
            ("room", "r1", True),
            ("person", "wm1", False),
            ("person", "wm1", True),
            ("customer", "C1", False),
        ):
            say(store, kind, subject, given=given)  # type: ignore[arg-type]  # one of the kinds
            found.append(store.consents.permits(names))
        found.append(store.consents.permits({"room": "r1"}))
        return found

    assert await company.write(work) == [False, False, True, False, True, False, True]
    held = await company.read(lambda store: store.consents.listing(OPERATOR))
    assert [(one.subject, one.given) for one in held] == [("C1", False), ("wm1", True), ("r1", True)]
    history = await company.read(lambda store: store.consents.history("person", "wm1"))
    assert [one.given for one in history] == [False, True]


async def test_whoever_keeps_something_is_waited_for(company: Database) -> None:
    """A18: a consent is taken back while a dialogue of it is being stored; it is purged all the same."""
    asked, revoked = threading.Event(), threading.Event()

    def keep(store: Store) -> None:
        store.consents.add(Consent("customer", "C1", True, NOW, "x", "test"))
        assert store.consents.permits({"customer": "C1"})
        asked.set()
        revoked.wait(0.5)  # it can't be: it waits for this transaction
        talk(store)

    def revoke(store: Store) -> tuple[str, ...]:
        return store.purging.revoke("customer", "C1", by="x", at=NOW, source="test").dialogues

    async def take_back() -> tuple[str, ...]:
        await asyncio.to_thread(asked.wait, 10)
        gone = await company.write(revoke)
        revoked.set()
        return gone

    _, gone = await asyncio.gather(company.write(keep), take_back())
    assert gone == ("d1",)
    assert await company.read(lambda store: store.dialogues.read("d1")) is not None
    assert await company.read(lambda store: [one.state for one in store.dialogues.visible_to(OPERATOR)]) == ["purged"]
