"""Dialogues, what was noticed in them, and what was promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.contracts.listening import Dialogue, Evidence, Side, Signal, Source, Stretch, Utterance
from bot.contracts.person import OPERATOR
from storage.database import Database
from storage.repositories.contacts import Contact
from storage.repositories.tasks import Task, task_id
from storage.store import Store
from storage.tables import DialogueRow
from tests.unit.storage.company import NOW, OTHER, REP
from tests.unit.storage.talk import MINUTE, PRICE, SAID, customer, record, talk

LATER = NOW + timedelta(days=1)


async def test_a_recording_from_upload_to_transcript(company: Database) -> None:
    """A16, A17: each step is kept; what was said comes back word for word, with its times."""
    stretch = Stretch(0, 0.0, 60.0, SAID[:2], "zh")

    def work(store: Store) -> None:
        assert store.dialogues.open(record(state="waiting", file_id="f1"))
        assert not store.dialogues.open(record(title="again"))
        assert [one.id for one in store.dialogues.unfinished()] == ["d1"]
        assert store.dialogues.transcribing("d1")
        assert store.dialogues.keep_stretch("d1", stretch)
        assert store.dialogues.keep_stretch("d1", stretch), "a stretch that is done again replaces itself"
        assert store.dialogues.stretches("d1") == [stretch]
        assert store.dialogues.finish("d1", SAID, seconds=61.5, summary={"text": "谈价格"}, language="zh")
        assert store.dialogues.stretches("d1") == []
        assert store.dialogues.unfinished() == []
        assert not store.dialogues.transcribing("d1")

    await company.write(work)
    heard = await company.read(lambda store: store.dialogues.read("d1"))
    assert heard == Dialogue("d1", Source.RECORDING, SAID, "C1", REP.id, "O1", NOW, "zh")
    kept = await company.read(lambda store: store.dialogues.get("d1"))
    assert kept == record(state="ready", file_id="f1", seconds=61.5, summary={"text": "谈价格"})
    assert isinstance(kept.source, Source)
    assert await company.read(lambda store: store.dialogues.read("d2")) is None


async def test_what_can_not_be_used_says_why(company: Database) -> None:
    """A16: the reason stays, what was transcribed doesn't; refused stays refused."""

    def work(store: Store) -> None:
        store.dialogues.open(record())
        store.dialogues.transcribing("d1")
        store.dialogues.keep_stretch("d1", Stretch(0, 0.0, 1.0, SAID[:1], "zh"))
        assert store.dialogues.refuse("d1", "silent")
        assert store.dialogues.stretches("d1") == []
        assert not store.dialogues.finish("d1", SAID)

    await company.write(work)
    kept = await company.read(lambda store: store.dialogues.get("d1"))
    assert kept
    assert (kept.state, kept.reason) == ("refused", "silent")


async def test_a_chat_that_goes_on_keeps_the_order_of_time(company: Database) -> None:
    """A message that is found later may be older than those that are there; the same one counts once."""

    def said(number: int) -> Utterance:
        return Utterance(f"m{number}", f"第{number}句", Side.THEIRS, "", NOW + number * MINUTE)

    def work(store: Store) -> None:
        store.dialogues.open(record(source=Source.CHAT, state="ready", room="r1"))
        assert store.dialogues.add("d1", [said(2), said(4), said(2)]) == [said(2), said(4)]
        assert store.dialogues.add("d1", [said(4), said(3), said(1)]) == [said(3), said(1)]
        assert store.dialogues.add("nowhere", [said(1)]) == []

    await company.write(work)
    heard = await company.read(lambda store: store.dialogues.read("d1"))
    assert heard
    assert [one.id for one in heard.utterances] == ["m1", "m2", "m3", "m4"]


async def test_sentences_of_one_moment_keep_their_order(company: Database) -> None:
    """An e-mail's sentences share one time."""
    mail = [Utterance(f"s{number}", f"{number}", Side.THEIRS, at=NOW) for number in (3, 10, 1)]
    await company.write(lambda store: talk(store, said=mail[:2], source=Source.EMAIL))
    await company.write(lambda store: store.dialogues.add("d1", mail))
    heard = await company.read(lambda store: store.dialogues.read("d1"))
    assert heard
    assert [one.id for one in heard.utterances] == ["s3", "s10", "s1"]


async def test_broken_characters_are_stored_without_what_is_broken(company: Database) -> None:
    """PostgreSQL takes no zero bytes, nobody takes half a character; the rest of the message counts."""
    broken = Utterance("u1", "太\0贵\ud83d了", Side.THEIRS)
    await company.write(lambda store: talk(store, said=[broken]))
    heard = await company.read(lambda store: store.dialogues.read("d1"))
    assert heard
    assert heard.utterances[0].text == "太贵?了"


async def test_dialogues_are_found_by_what_they_are_about(company: Database) -> None:
    def work(store: Store) -> None:
        talk(store, "d1")
        talk(store, "d2", customer_id="C2", deal_id="O2", begun_at=LATER, contacts=("wm1", "wm2"))
        store.dialogues.open(record("d3", person_id="E1002", begun_at=None, state="waiting"))

    await company.write(work)

    async def found(**about: object) -> list[str]:
        rows = await company.read(lambda store: store.dialogues.visible_to(OPERATOR, **about))  # type: ignore[arg-type]  # the tests name real filters
        return [row.id for row in rows]

    assert await found() == ["d2", "d1", "d3"]
    assert await found(customer_id="C1") == ["d1", "d3"]
    assert await found(person_id=REP.id, since=LATER) == ["d2"]
    assert await found(deal_id="O2", limit=1) == ["d2"]
    assert await company.read(lambda store: store.dialogues.of_deals(["O1", "O2"])) == {"O1": ["d1"], "O2": ["d2"]}
    assert await company.read(lambda store: store.contacts.people(["O1", "O2"])) == {
        "O1": frozenset(),
        "O2": {"wm1", "wm2"},
    }


async def test_only_what_a_dialogue_has_can_be_changed(company: Database) -> None:
    await company.write(talk)
    assert await company.write(lambda store: store.dialogues.change("d1", customer_id="C9", contacts=("wm1",)))
    kept = await company.read(lambda store: store.dialogues.get("d1"))
    assert kept
    assert (kept.customer_id, kept.contacts) == ("C9", ("wm1",))
    with pytest.raises(TypeError, match="state"):
        await company.write(lambda store: store.dialogues.change("d1", state="purged"))


async def test_no_other_states_or_sources(company: Database) -> None:
    """A guarantee is a constraint."""
    wrong = DialogueRow(id="x", source="gossip", created_at=NOW)
    with pytest.raises(IntegrityError):
        await company.write(lambda store: store.session.add(wrong))


async def test_a_signal_that_is_found_twice_is_stored_once(company: Database) -> None:
    """A1: it cites the message it came from; detection may run again after a crash."""

    def find(store: Store, signal: Signal, **about: str) -> bool:
        return store.signals.add(signal, happened_at=NOW, found_at=LATER, person_id=REP.id, **about) is not None

    def work(store: Store) -> list[bool]:
        talk(store)
        longer = replace(PRICE, score=0.5, evidence=(replace(PRICE.evidence[0], quote="你们太贵了"),))
        elsewhere = replace(PRICE, evidence=(Evidence("d1", "u3", "报价"),))
        ghosted = Signal("ghosted", 1.0)
        return [
            find(store, PRICE, dialogue_id="d1", customer_id="C1", deal_id="O1"),
            find(store, longer, dialogue_id="d1", customer_id="C1"),
            find(store, elsewhere, dialogue_id="d1", customer_id="C1"),
            find(store, ghosted, deal_id="O1", key="2026-03-02"),
            find(store, ghosted, deal_id="O1", key="2026-03-02"),
            find(store, ghosted, deal_id="O1", key="2026-04-02"),
        ]

    assert await company.write(work) == [True, False, True, True, False, True]
    found = await company.read(lambda store: store.signals.visible_to(OPERATOR, dialogue_id="d1"))
    first = next(one for one in found if one.quotes[0].utterance_id == "u2")
    assert len(found) == 2
    assert first.signal == PRICE
    assert await company.read(lambda store: store.signals.get(first.id)) == first
    assert [one.id for one in await company.read(lambda store: store.signals.these(["none", first.id]))] == [first.id]
    assert len(await company.read(lambda store: store.signals.between(NOW, LATER, ["ghosted"]))) == 2
    assert await company.read(lambda store: store.signals.between(LATER, LATER)) == []


async def test_tasks_are_done_once(company: Database) -> None:
    """A17: what was promised, by when; the most urgent first."""
    id_ = task_id("d1", "u3", "发新报价")
    task = Task(id_, REP.id, "发新报价", NOW, "C1", "d1", "u3", date(2026, 3, 6))
    later = Task("t2", REP.id, "寄样件", NOW, due=date(2026, 4, 1))
    some_day = Task("t3", OTHER.id, "再联系", NOW)

    def work(store: Store) -> None:
        talk(store)
        assert [store.tasks.add(one) for one in (some_day, later, task, task)] == [True, True, True, False]
        assert store.tasks.due(date(2026, 3, 6)) == [task]
        assert store.tasks.visible_to(OPERATOR) == [task, later, some_day]
        assert store.tasks.visible_to(REP) == [task, later]
        assert store.tasks.close(id_, "done", LATER)
        assert not store.tasks.close(id_, "dropped", LATER)

    await company.write(work)
    assert await company.read(lambda store: store.tasks.get(id_)) == replace(task, state="done", done_at=LATER)
    assert await company.read(lambda store: store.tasks.due(date(2026, 3, 6))) == []


async def test_the_last_contact_each_way(company: Database) -> None:
    """A3: from what was said. A recording without the time of each sentence counts when it began."""

    def work(store: Store) -> None:
        customer(store)
        talk(store, "d1")
        mute = Utterance("u1", "喂", Side.THEIRS)
        talk(store, "d2", [mute], begun_at=LATER)
        talk(store, "d3", [replace(SAID[0], at=LATER + MINUTE)], customer_id="C2", deal_id="")

    await company.write(work)
    found = await company.read(lambda store: store.contacts.of_customers(["C1", "C2", "C3", ""]))
    assert found["C1"] == Contact(NOW, NOW + 2 * MINUTE, NOW + MINUTE, LATER)
    assert (found["C1"].first, found["C1"].both_ways) == (NOW, NOW + 2 * MINUTE)
    assert found["C2"] == Contact(LATER + MINUTE, LATER + MINUTE)
    assert found["C2"].both_ways is None
    assert found.keys() == {"C1", "C2"}
    assert await company.read(lambda store: store.contacts.of_deals(["O1"])) == {"O1": found["C1"]}
    moments = await company.read(lambda store: store.contacts.moments(customer_id="C1", since=NOW + MINUTE))
    assert [one.side for one in moments] == [Side.THEIRS, Side.OURS, Side.THEIRS]
    assert [one.account for one in moments] == ["", "", ""], "voices have none"
    [state] = await company.read(lambda store: store.deal_states.open())
    assert (state.deal.id, state.contact, state.quotes, state.stages) == ("O1", found["C1"], (), ())
