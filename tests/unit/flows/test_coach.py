"""A2, A3, A9–A11, A18, D2: from what was said and from deals to prompts, with the real detector and deliveries."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.app import build
from bot.contracts import Card, Claims, Context, Location, Message, Person, Press, Reply, Role
from bot.contracts.listening import Evidence, Side, Signal, Source, Utterance
from bot.contracts.person import OPERATOR
from bot.contracts.reply import Address
from bot.flows.answering import ask_for_words
from bot.flows.turn import Turn
from bot.process import App
from config.settings import load_settings
from storage.repositories.consents import Consent
from storage.repositories.customers import Customer
from storage.repositories.deals import Deal
from storage.repositories.dialogues import DialogueRecord
from storage.repositories.people import PersonRecord
from storage.repositories.prompts import Prompt, State
from storage.store import Store

NOW = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Shanghai
REP = Person("E1", "张敏", Role.REP, "华东组", ("华东",), "M1")
ALL: tuple[State, ...] = ("sent", "withheld", "digest")


@dataclass
class Clock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass
class Bot:
    """The bot with every flow, without a running engine: jobs are run by hand."""

    app: App
    clock: Clock

    async def write(self, work: Any) -> Any:
        return await self.app.database.write(work)

    async def prompts(self, person: str = "E1") -> list[Prompt]:
        until = self.clock.at + timedelta(seconds=1)
        return await self.app.database.read(
            lambda s: s.prompts.of_person(person, NOW - timedelta(days=30), until, states=ALL)
        )

    async def parcels(self) -> int:
        return len(await self.app.database.read(lambda s: s.deliveries.listing("waiting", 1000)))

    async def card(self, prompt: Prompt) -> Card:
        stored = await self.app.database.read(lambda s: s.cards.get(prompt.card_id))
        assert stored is not None
        return stored.card

    async def signal(self, kind: str, customer: str = "C1", key: str = "k", **values: str) -> str:
        def add(store: Store) -> str:
            signal = Signal(kind, 0.9, (), {"name": "恒力达", "days": "9", **values})
            found = store.signals.add(
                signal, happened_at=self.clock.at, found_at=self.clock.at, customer_id=customer, person_id="E1", key=key
            )
            assert found is not None
            return found.id

        return str(await self.write(add))

    async def tell(self, *ids: str) -> list[Prompt]:
        return await self.app.coaching.coach.consider(ids)

    async def press(self, prompt: Prompt, action: str, **values: str) -> Card:
        context = Context(REP, Address("console", "user:E1"), "zh", self.clock.at)
        press = Press(prompt.card_id, action, "h", values)
        message = Message("m", "console", "user:E1", "E1", "press", self.clock.at, press=press)
        [reply] = await self.app.house.skills["coaching"].handle(message, context)
        assert isinstance(reply, Reply)
        assert reply.update is not None, "pressed cards change in place"
        assert reply.card is not None
        await self.write(lambda s: s.cards.replace(reply.card, self.clock.at))
        return reply.card

    async def say(self, text: str) -> Reply:
        context = Context(REP, Address("console", "user:E1"), "zh", self.clock.at)
        message = Message(f"m-{text}", "console", "user:E1", "E1", "text", self.clock.at, text)
        [reply] = await self.app.house.skills["coaching"].handle(message, context)
        assert isinstance(reply, Reply)
        return reply


def fill(store: Store) -> None:
    """A rep with a manager, a customer of the pilot and one outside."""
    people = (REP, Person("M1", "李伟", Role.MANAGER, "华东组", ("华东",)))
    store.people.upsert_all([PersonRecord(p.id, p.name, p.role, p.team, p.regions, p.manager_id) for p in people])
    store.customers.upsert_all(
        [
            Customer("C1", "苏州恒锐精密机械有限公司", "恒锐", annual_amount=Decimal(8_200_000), owner_id="E1"),
            Customer("C2", "无锡泓达金属制品有限公司", "泓达", annual_amount=Decimal(310_000), owner_id="E1"),
        ]
    )
    store.consents.add(Consent("room", "R1", True, NOW, "E1", "rooms.csv"))
    store.consents.add(Consent("room", "R2", False, NOW, "E1", "rooms.csv"))
    for room in ("R1", "R2"):
        store.dialogues.open(
            DialogueRecord(f"{room}:old", Source.CHAT, NOW, "C1", "E1", begun_at=NOW, state="ready", room=room)
        )


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Bot]:
    """Rules: TOP 0, so that the amount alone decides."""
    clock = Clock()
    app = build(load_settings(data=tmp_path / "data", coaching={"top": 0}), clock)
    app.migrate()
    jobs: list[Any] = []
    app.engine.enqueue = lambda _store, job: jobs.append(job)  # type: ignore[method-assign]  # no engine is started
    await app.database.write(fill)
    yield Bot(app, clock)
    await app.library.close()
    app.database.close()
    shutil.rmtree(tmp_path / "data", ignore_errors=True)


def chat(text: str, room: str = "R1", number: int = 1) -> Message:
    """A customer writes in a group."""
    return Message(f"msg{number}", "wecom", f"group:{room}", "wmCustomer0001", "text", NOW, text, in_group=True)


async def test_a_chat_message_becomes_one_card_with_its_evidence(bot: Bot) -> None:
    """A1, A2, A8: consent, utterance, signal, prompt, card on the delivery list; done again it stays one."""
    message = chat("说实话，你们的价格太贵了，超出预算了")
    for _ in range(2):
        await bot.app.coaching.listening.hear(message)
        await bot.app.coaching.listening.examine(f"R1:2026-W29\n{message.id}")
    [prompt] = await bot.prompts()
    assert (prompt.kind, prompt.state, prompt.customer_id) == ("price_objection", "sent", "C1")
    assert await bot.parcels() == 1
    card = await bot.card(prompt)
    assert card.headline == "客户觉得价格高"
    assert not card.unfolded
    assert any("太贵了" in section.body for section in card.sections if section.title == "依据")
    assert [action.key for action in card.actions] == ["used", "not_fit", "later", "less", "interrupted"]


async def test_without_consent_nothing_is_kept(bot: Bot) -> None:
    """A18: a refused room, and a room that nobody named."""
    for room in ("R2", "R9"):
        await bot.app.coaching.listening.hear(chat("太贵了", room))
    assert await bot.app.database.read(lambda s: s.dialogues.active(NOW - timedelta(days=1), NOW + timedelta(1))) == []


async def test_no_two_way_contact_gives_exactly_one_nudge(bot: Bot) -> None:
    """A3: looked at every half hour from day 2 to 5 after the first touch."""
    first = NOW - timedelta(hours=47)

    def begin(store: Store) -> None:
        store.deals.upsert_all([Deal("O1", "C1", owner_id="E1", stage="lead", created=first.date())])
        store.dialogues.open(DialogueRecord("d1", Source.CHAT, first, "C1", "E1", "O1", begun_at=first, state="ready"))
        store.dialogues.add("d1", [Utterance("u1", "您好，我是锐泽的张敏", Side.OURS, "张敏", first)])

    await bot.write(begin)
    for hours in (0, 2, 3, 20, 47, 60):
        bot.clock.at = NOW + timedelta(hours=hours)
        await bot.app.coaching.listening.watch(bot.clock.at)
    nudges = [one for one in await bot.prompts() if one.kind == "stalled_day_2_4"]
    assert [one.state for one in nudges] == ["sent"]
    assert nudges[0].decided_at == NOW + timedelta(hours=2)


async def test_customers_outside_the_pilot_get_zero_pushes(bot: Bot) -> None:
    """A9: recorded with its figures, and nothing on the delivery list; not for the manager either."""
    told = await bot.tell(await bot.signal("red_flag", "C2"), await bot.signal("reply_overdue", "C2"))
    assert {(one.state, one.reason) for one in told} == {("withheld", "scope")}
    assert await bot.parcels() == 0
    assert told[0].arithmetic["least"] == "5000000"


async def test_only_the_greatest_risk_of_an_event_is_told(bot: Bot) -> None:
    """A11."""
    ids = [await bot.signal(kind) for kind in ("price_objection", "discount_pressure")]
    assert sorted((one.kind, one.state) for one in await bot.tell(*ids)) == [
        ("discount_pressure", "withheld"),
        ("price_objection", "sent"),
    ]
    [later] = await bot.tell(await bot.signal("buying_signal"))
    assert (later.state, later.reason) == ("digest", "event")


async def test_an_overdue_reply_reaches_the_manager_whatever_was_muted(bot: Bot) -> None:
    """A10: 基础级 for both; the rep gets nothing, the manager a card."""
    await bot.say("基础级")
    await bot.write(lambda s: s.preferences.set("M1", "coaching_level", "basic", NOW))
    told = {one.person_id: one for one in await bot.tell(await bot.signal("reply_overdue", hours="30"))}
    assert (told["E1"].state, told["E1"].reason, told["M1"].state) == ("withheld", "basic", "sent")
    assert await bot.parcels() == 1


async def test_quiet_hours_wait_for_the_morning_and_low_priority_for_the_evening(bot: Bot) -> None:
    """A11: one card each, and each prompt in one of them only."""
    bot.clock.at = NOW.replace(hour=14)  # 22:00
    await bot.tell(await bot.signal("buying_signal"), await bot.signal("stage_stuck"))
    assert await bot.parcels() == 0
    bot.clock.at = NOW + timedelta(hours=22, minutes=30)
    await bot.app.coaching.coach.morning(bot.clock.at)
    assert await bot.parcels() == 1
    await bot.app.coaching.coach.evening(NOW + timedelta(hours=31))
    await bot.app.coaching.coach.evening(NOW + timedelta(hours=31))
    assert await bot.parcels() == 2
    morning, evening = [await bot.card(prompt) for prompt in await bot.prompts()]
    assert morning.headline == evening.headline == "1 条不急的提示"
    assert morning.id != evening.id


@pytest.mark.parametrize("action", ["used", "not_fit", "later", "less", "interrupted"])
async def test_every_press_is_noted_and_changes_the_card(bot: Bot, action: str) -> None:
    """A8, A11."""
    [prompt] = await bot.tell(await bot.signal("buying_signal"))
    [prompt] = await bot.prompts()
    card = await bot.press(prompt, action, **({"reason": "known"} if action == "not_fit" else {}))
    assert card.notice
    assert card.id == prompt.card_id
    assert (await bot.prompts())[0].response == action


async def test_a_false_alarm_is_noted_and_reasons_are_asked_where_there_is_no_form(bot: Bot) -> None:
    """A12: 误报 keeps the quoted sentence, the prompt and why, for the monthly calibration."""

    def add(store: Store) -> str:
        store.dialogues.add("R1:old", [Utterance("u1", "太贵了", Side.THEIRS, "", NOW)])
        signal = Signal("price_objection", 0.9, (Evidence("R1:old", "u1", "太贵了", NOW),))
        found = store.signals.add(signal, happened_at=NOW, found_at=NOW, dialogue_id="R1:old", customer_id="C1")
        assert found is not None
        return found.id

    await bot.tell(await bot.write(add))
    [prompt] = await bot.prompts()
    asking = await bot.press(prompt, "not_fit")
    assert [action.key for action in asking.actions] == [
        "reason_wrong",
        "reason_known",
        "reason_bad_time",
        "reason_other",
    ]
    asking = await bot.press(prompt, "reason_wrong")
    [label] = await bot.app.database.read(lambda s: s.labels.all("wrong"))
    assert (label.kind, label.text, label.prompt_id, label.reason) == ("price_objection", "太贵了", prompt.id, "")
    assert [action.label for action in asking.actions] == ["话不是这个意思", "说的是别人", "听错了字", "早已解决"]
    card = await bot.press(prompt, "reason_wrong_party")
    [label] = await bot.app.database.read(lambda s: s.labels.all("wrong"))
    assert (label.reason, card.actions) == ("party", ())


async def test_a_signal_without_words_can_be_called_wrong(bot: Bot) -> None:
    """A12: from any prompt's card; there is no sentence to learn from, so it counts in the figures only."""
    await bot.tell(await bot.signal("buying_signal"))
    [prompt] = await bot.prompts()
    await bot.press(prompt, "not_fit", reason="wrong_over", note="上个月的事")
    [label] = await bot.app.database.read(lambda s: s.labels.all("wrong"))
    assert (label.text, label.reason, label.prompt_id) == ("", "over: 上个月的事", prompt.id)


async def test_later_comes_back_once_and_silence_counts_as_ignored(bot: Bot) -> None:
    """稍后: again after two hours."""
    await bot.tell(await bot.signal("buying_signal"))
    [prompt] = await bot.prompts()
    await bot.press(prompt, "later")
    for hours, cards in ((1, 1), (2, 2), (3, 2)):
        bot.clock.at = NOW + timedelta(hours=hours)
        await bot.app.coaching.coach.put_off()
        assert await bot.parcels() == cards
    bot.clock.at = NOW + timedelta(hours=27)
    await bot.app.coaching.coach.put_off()
    assert [one.response for one in await bot.prompts()] == ["later", "ignored"]


async def test_what_was_put_off_waits_for_the_end_of_quiet_hours(bot: Bot) -> None:
    """A10: from 20:00 to 8:30 nothing is sent, also nothing that was promised for later."""
    bot.clock.at = NOW + timedelta(hours=9)  # 19:00
    await bot.tell(await bot.signal("buying_signal"))
    [prompt] = await bot.prompts()
    await bot.press(prompt, "later")
    for hours, cards in ((11.5, 1), (22.4, 1), (22.6, 2)):
        bot.clock.at = NOW + timedelta(hours=hours)
        await bot.app.coaching.coach.put_off()
        assert await bot.parcels() == cards


async def test_why_fewer_and_levels_from_any_card(bot: Bot) -> None:
    """A10: 少发点 offers the levels; the arithmetic is shown on request; complaints are reported."""
    await bot.tell(await bot.signal("buying_signal"))
    [prompt] = await bot.prompts()
    card = await bot.press(prompt, "less")
    assert [action.key for action in card.actions] == ["level_basic", "level_scene", "mute"]
    assert "每天最多" in card.notice
    await bot.press(prompt, "level_scene")
    await bot.tell(await bot.signal("red_flag", key="k2"))
    why = (await bot.say("为什么少推了")).card
    assert why is not None
    assert "场景级" in why.sections[0].body
    assert "(1+1)÷(1+1)=100%" in why.summary
    await bot.press(prompt, "interrupted")
    [counts] = [
        one
        for one in await bot.app.database.read(lambda s: s.prompts.counts(OPERATOR, NOW, NOW + timedelta(days=1)))
        if one.kind == "buying_signal"
    ]
    assert counts.complaint_rate == 1.0
    assert (await bot.say("提示效果")).text.startswith("提示效果由主管")


async def test_a_visit_opens_the_scene_level(bot: Bot) -> None:
    """A10: 我在客户这 … 离开了; it ends by itself after three hours."""
    await bot.say("场景级")
    assert "恒锐" in (await bot.say("我在客户这，恒锐")).text
    [told] = [one for one in await bot.tell(await bot.signal("buying_signal")) if one.person_id == "E1"]
    assert told.state == "sent"
    assert (await bot.say("离开了")).text == "好的，拜访结束。"
    skill, context = bot.app.house.skills["coaching"], Context(REP, Address("console", "user:E1"), "zh", bot.clock.at)
    assert isinstance(skill, Claims)
    said = ("刚到恒锐", "我在苏州恒锐精密机械有限公司", "Just arrived at 恒锐", "刚到泓达门口了")
    assert [await skill.claims(text, context) for text in said] == [True] * 4
    other = ("刚到苏州", "在恒锐的报价是多少", "到期了没有", "刚到恒锐吗？")
    assert [await skill.claims(text, context) for text in other] == [False] * 4
    assert "恒锐" in (await bot.say("刚到恒锐")).text
    for label, meant in (("苏州恒锐精密机械有限公司(东门)", "我在苏州恒锐精密机械有限公司"), ("虹桥火车站", "")):
        place = Message("p", "wecom", "u", "u", "location", NOW, location=Location(31.2, 120.6, label))
        turn = Turn(place, NOW, REP)
        await ask_for_words(turn, bot.app.house)
        assert (turn.message.text, turn.done) == (meant, not meant)
    bot.clock.at = NOW + timedelta(days=1)
    [told] = await bot.tell(await bot.signal("buying_signal", key="k2"))
    assert (told.state, told.reason) == ("withheld", "scene")


async def test_the_page_shows_decisions_to_who_may_see_them(bot: Bot) -> None:
    """/prompts: rows of the viewer's people only (D9)."""
    from bot.contracts import PageRequest
    from skills.coaching.pages import CoachingPages

    await bot.tell(await bot.signal("buying_signal"), await bot.signal("red_flag", "C2"))
    pages = CoachingPages(bot.app.database, bot.app.coaching.desk, bot.clock)
    manager = Person("M1", "李伟", Role.MANAGER, "华东组", ("华东",))
    values = (await pages.list(PageRequest(manager, "zh"))).values
    assert {(line.prompt.state, line.person) for line in values["lines"]} >= {("sent", "张敏"), ("withheld", "张敏")}
    stranger = replace(manager, id="M9", team="华南组", regions=("华南",))
    assert (await pages.list(PageRequest(stranger, "zh"))).values["lines"] == []
