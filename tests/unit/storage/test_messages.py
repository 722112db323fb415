"""Messages are stored once, in order, and come back as they were."""

from __future__ import annotations

import asyncio
import random
import threading
from dataclasses import replace
from datetime import timedelta, timezone
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.contracts import Address, Attachment, Card, Location, Press
from storage.codec import card_from_json, card_to_json, message_from_json, message_to_json
from storage.database import Database
from storage.store import Store
from tests.unit.storage.company import NOW, OTHER, PLACE, REP, message


async def test_same_id_is_stored_once(company: Database) -> None:
    """Platforms repeat what they think was lost."""
    first = await company.write(lambda store: store.messages.add(message(1), NOW))
    again = await company.write(lambda store: store.messages.add(message(1, text="另一句"), NOW))
    assert first is not None
    assert again is None
    stored = await company.read(lambda store: store.messages.get("m1"))
    assert stored
    assert (stored.seq, stored.message, stored.received_at) == (first, message(1), NOW)
    assert (stored.answered_at, stored.skill) == (None, "")


async def test_answered(company: Database) -> None:
    """Who answered and when is kept; times come back aware, in UTC."""
    shanghai = timezone(timedelta(hours=8))

    def work(store: Store) -> None:
        store.messages.add(message(1), NOW.astimezone(shanghai))
        store.messages.answered("m1", "coaching", NOW.astimezone(shanghai))

    await company.write(work)
    stored = await company.read(lambda store: store.messages.get("m1"))
    assert stored
    assert (stored.skill, stored.answered_at) == ("coaching", NOW)
    assert str(stored.answered_at) == str(stored.received_at) == "2026-03-02 01:30:00+00:00"
    assert await company.read(lambda store: store.messages.get("unknown")) is None


async def test_opening_a_chat_is_not_speaking_there(company: Database) -> None:
    """Where a platform lets the bot write only after a person has."""
    alone = Address("wecom_bot", "user:zhangmin")
    entered = message(1, channel=alone.channel, conversation=alone.conversation, kind="event", event="enter_chat")
    elsewhere = message(2, channel=alone.channel, conversation="group:g1", in_group=True)
    spoken = message(3, channel=alone.channel, conversation=alone.conversation)
    found = []
    for said in (entered, elsewhere, spoken):
        await company.write(partial(lambda store, said: store.messages.add(said, NOW), said=said))
        found.append(await company.read(lambda store: store.messages.has_spoken(alone)))
    assert found == [False, False, True]


async def test_times_without_zone_are_refused(company: Database) -> None:
    """Nobody would know what they mean."""
    with pytest.raises(Exception, match="time zone"):
        await company.write(lambda store: store.messages.add(message(1), NOW.replace(tzinfo=None)))


async def test_every_kind_of_message_survives(company: Database) -> None:
    """Attachments, presses, places, emoji, zero bytes and half characters come back as they came."""
    voice = Attachment("voice", "media-1", "录音.amr", "audio/amr", 12_345, 3.5)
    messages = [
        message(1, kind="attachment", attachments=(voice, Attachment("image", "media-2"))),
        message(2, kind="press", press=Press("card", "unfold", "handle")),
        message(3, kind="location", location=Location(31.3, 120.6, "苏州")),
        message(4, text="😀\x00\ud800 zero byte and half a character", raw={"nested": [1, None, {"键": "值"}]}),
        message(5, text="", kind="event", event="enter_agent", in_group=True, mentioned=True),
    ]
    for one in messages:
        await company.write(lambda store, one=one: store.messages.add(one, NOW))  # type: ignore[misc]  # a default only fixes the loop's value
        stored = await company.read(lambda store, one=one: store.messages.get(one.id))  # type: ignore[misc]  # a default only fixes the loop's value
        assert stored
        assert stored.message == one


@given(text=st.text(), label=st.text(), raw=st.dictionaries(st.text(), st.none() | st.integers() | st.text()))
@settings(max_examples=50, deadline=None)
def test_codec_round_trip(text: str, label: str, raw: dict[str, object]) -> None:
    """Whatever people type, the JSON gives it back."""
    said = message(1, text=text, raw=raw, location=Location(1.0, 2.0, label))
    assert message_from_json(message_to_json(said)) == said
    card = Card("c", headline=text, notice=label)
    assert card_from_json(card_to_json(card)) == card


async def test_eight_writers_with_duplicates(company: Database) -> None:
    """Sixty messages come twice each, in any order, from eight at once: each is stored once."""
    queue = [n % 60 for n in range(120)]
    random.Random(7).shuffle(queue)
    stored: list[int] = []

    async def writer() -> None:
        while queue:
            said = message(number := queue.pop(), conversation=f"place{number % 3}")
            if await company.write(lambda store, said=said: store.messages.add(said, NOW)):  # type: ignore[misc]  # a default only fixes the loop's value
                stored.append(number)

    await asyncio.gather(*(writer() for _ in range(8)))
    assert sorted(stored) == list(range(60))


async def test_numbers_rise_in_the_order_of_commits(company: Database) -> None:
    """Who comes second in a conversation waits for the first one's commit, and gets the larger number."""
    release = threading.Event()

    def slowly(store: Store) -> int | None:
        seq = store.messages.add(message(1), NOW)
        assert release.wait(10)
        return seq

    first = asyncio.create_task(company.write(slowly))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(company.write(lambda store: store.messages.add(message(2), NOW)))
    reply = asyncio.create_task(company.write(lambda store: store.deliveries.add("d", "", PLACE, {}, NOW)))
    finished, _ = await asyncio.wait({second, reply}, timeout=0.3)
    assert not finished
    release.set()
    assert (await first or 0) < min(await second or 0, await reply)


async def test_history_is_one_persons_both_directions(company: Database) -> None:
    """D9: a person sees what they said and were told, nobody else does, whatever their role."""

    def talk(store: Store) -> None:
        store.messages.add(message(1), NOW)
        store.deliveries.add("d1", "m1", PLACE, {"text": "你好", "card_id": "k1"}, NOW)
        store.cards.add(Card("k1", "一句话"), "coaching", PLACE, REP.id, "m1", NOW)
        store.cards.replace(Card("k1", "一句话", unfolded=True), NOW)
        store.messages.add(message(2, conversation="E1002", sender="E1002"), NOW)
        store.deliveries.add("d2", "m2", Address("console", "E1002"), {"text": "给王磊"}, NOW)
        store.deliveries.add("d3", "", PLACE, {"text": "早报"}, NOW)

    await company.write(talk)
    mine = await company.read(lambda store: store.messages.history(REP, channel="console"))
    assert [(item.direction, item.id, item.text) for item in mine] == [
        ("in", "m1", "第1句"),
        ("out", "d1", "你好"),
        ("out", "d3", "早报"),
    ]
    assert mine[1].card == Card("k1", "一句话", unfolded=True)
    assert mine[1].payload == {"text": "你好", "card_id": "k1"}
    other = await company.read(lambda store: store.messages.history(OTHER))
    assert [item.id for item in other] == ["m2", "d2"]


async def test_history_in_pages(company: Database) -> None:
    """The last ones first, then what came before them."""
    for number in range(7):
        await company.write(lambda store, n=number: store.messages.add(message(n), NOW))  # type: ignore[misc]  # a default only fixes the loop's value
    last = await company.read(lambda store: store.messages.history(REP, limit=3))
    before = await company.read(
        lambda store: store.messages.history(REP, limit=3, before_seq=last[0].seq, conversation="E1001")
    )
    assert [item.id for item in before + last] == ["m1", "m2", "m3", "m4", "m5", "m6"]
    assert await company.read(lambda store: store.messages.history(REP, channel="wecom")) == []


async def test_history_of_a_group_holds_only_ones_own(company: Database) -> None:
    """D9: in a group each sees only what they said and were answered; what nobody asked is nobody's."""
    group = Address("console", "group")

    def talk(store: Store) -> None:
        store.messages.add(message(1, conversation="group", in_group=True), NOW)
        store.messages.add(message(2, conversation="group", in_group=True, sender="E1002"), NOW)
        store.deliveries.add("d1", "m1", group, {"text": "一"}, NOW)
        store.deliveries.add("d2", "m2", group, {"text": "二"}, NOW)
        store.deliveries.add("d3", "", group, {"text": "给大家"}, NOW)

    await company.write(talk)
    assert [i.id for i in await company.read(lambda store: store.messages.history(REP))] == ["m1", "d1"]
    assert [i.id for i in await company.read(lambda store: store.messages.history(OTHER))] == ["m2", "d2"]


async def test_an_account_that_changes_hands_keeps_histories_apart(company: Database) -> None:
    """Whoever gets somebody's account doesn't get what was said before, nor the pushes after."""
    await company.write(lambda store: store.messages.add(message(1), NOW))

    def hand_over(store: Store) -> None:
        for person, account in ((REP, ""), (OTHER, "E1001")):
            stored = store.people.records([person.id])[person.id]
            store.people.upsert(replace(stored, accounts={"console": account}))

    await company.write(hand_over)
    await company.write(lambda store: store.messages.add(message(2), NOW))
    await company.write(lambda store: store.deliveries.add("d", "", PLACE, {"text": "早报"}, NOW))
    assert [i.id for i in await company.read(lambda store: store.messages.history(REP))] == ["m1"]
    assert [i.id for i in await company.read(lambda store: store.messages.history(OTHER))] == ["m2"]


async def test_what_came_unasked_is_in_the_history_of_who_never_wrote(company: Database) -> None:
    """A8: a prompt waits in the console for somebody who only ever opened its pages; nobody else reads it."""
    place = Address("console", f"user:{REP.id}")
    await company.write(lambda store: store.deliveries.add("d1", "", place, {"text": "提示"}, NOW))
    await company.write(lambda store: store.deliveries.add("d2", "", Address("console", "group:x"), {"text": "x"}, NOW))
    assert [one.id for one in await company.read(lambda store: store.messages.history(REP, channel="console"))] == [
        "d1"
    ]
    assert await company.read(lambda store: store.messages.history(OTHER)) == []
