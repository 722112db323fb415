"""A7, A13 wired into the bot: a rule made in chat fires at the next message; ignored prompts bring help, once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import pytest_asyncio
from sqlmodel import col, select

from bot.app import build
from bot.behaviour import Behaviour, make_behaviour
from bot.contracts import Address, Card, Context, Message, Page, PageRequest, Person, Press, Reply, Role
from bot.contracts.listening import Source
from bot.contracts.person import OPERATOR
from bot.process import App
from bot.rules import Rules, make_rules
from config.settings import load_settings
from storage.repositories.consents import Consent
from storage.repositories.customers import Customer
from storage.repositories.deals import Deal, StageEntry
from storage.repositories.dialogues import DialogueRecord
from storage.repositories.people import PersonRecord
from storage.repositories.prompts import Prompt
from storage.store import Store
from storage.tables import CardRow

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Shanghai
HOUR = timedelta(hours=1)
REP = Person("E1", "张敏", Role.REP, "华东组", ("华东",), "M1")
MATE = Person("E2", "王磊", Role.REP, "华东组", ("华东",), "M9")
MANAGER = Person("M1", "李伟", Role.MANAGER, "华东组", ("华东",), "D1")
DIRECTOR = Person("D1", "沈国华", Role.DIRECTOR, "东南大区", ("华东",))
OPS = Person("O1", "周敏", Role.SALES_OPS, "销售运营部")
KINDS = ("price_objection", "red_flag", "discount_pressure")


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
    rules: Rules
    behaviour: Behaviour

    async def say(self, skill: str, text: str = "", press: Press | None = None, person: Person = REP) -> Reply:
        to = Address("console", f"user:{person.id}")
        message = Message(
            "m", "console", to.conversation, person.id, "press" if press else "text", self.clock.at, text, press=press
        )
        context = Context(person, to, "zh", self.clock.at)
        outcomes = await self.app.house.skills[skill].handle(message, context)
        [reply] = [one for one in outcomes if isinstance(one, Reply)]
        return reply

    async def hears(self, number: int, text: str) -> None:
        message = Message(
            f"msg{number}", "wecom", "group:R1", "wmCustomer0001", "text", self.clock.at, text, in_group=True
        )
        await self.app.coaching.listening.hear(message)
        await self.app.coaching.listening.examine(f"R1:2026-W29\n{message.id}")

    async def cards(self, person: Person) -> list[Card]:
        """Everything that was sent to somebody unasked, about diagnoses."""
        sent = select(CardRow.id).where(CardRow.skill == "behaviour", CardRow.person_id == person.id)
        ordered = sent.order_by(col(CardRow.created_at))
        found = await self.app.database.read(lambda s: [s.cards.get(id_) for id_ in s.session.exec(ordered).all()])
        return [one.card for one in found if one is not None]

    async def ignored(self, first: int, count: int = 3, response: str = "ignored") -> None:
        """So many important prompts an hour after each other, all about C1."""

        def add(store: Store) -> None:
            for n in range(first, first + count):
                at = NOW - timedelta(days=2) + n * HOUR
                store.prompts.add(
                    Prompt(f"p{n}", KINDS[n % 3], "E1", "sent", at, customer_id="C1", deal_id="O1", priority="high")
                )
                store.prompts.respond(f"p{n}", response, at + HOUR)  # type: ignore[arg-type]  # one of Response

        await self.app.database.write(add)

    async def look(self) -> None:
        await self.behaviour.flow.look(self.clock.at)


def fill(store: Store) -> None:
    people = (REP, MATE, MANAGER, DIRECTOR, OPS)
    store.people.upsert_all([PersonRecord(p.id, p.name, p.role, p.team, p.regions, p.manager_id) for p in people])
    store.customers.upsert(
        Customer("C1", "苏州恒锐精密机械有限公司", "恒锐", annual_amount=Decimal(8_200_000), owner_id="E1")
    )
    day = NOW.date() - timedelta(days=30)
    store.deals.upsert_all([Deal("O1", "C1", owner_id="E1", stage="quote", created=day)])
    store.deals.add_stages([StageEntry("O1", "quote", day)])
    store.consents.add(Consent("room", "R1", True, NOW, "E1", "rooms.csv"))
    store.dialogues.open(DialogueRecord("R1:old", Source.CHAT, NOW, "C1", "E1", begun_at=NOW, state="ready", room="R1"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bot(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Bot]:
    """Started once; the tests follow each other in time."""
    clock = Clock()
    app = build(load_settings(data=tmp_path_factory.mktemp("own") / "data", coaching={"top": 0}), clock)
    app.migrate()
    app.engine.enqueue = lambda _store, job: None  # type: ignore[method-assign]  # no engine is started
    await app.database.write(fill)
    coaching = app.coaching
    rules = make_rules(app.settings, clock, app.database, coaching.desk, coaching.matcher)
    parts = app.database, app.delivery, app.adapters, app.playbook, coaching.desk
    yield Bot(app, clock, rules, make_behaviour(app.settings, clock, *parts))
    await app.library.close()
    app.database.close()


async def test_a_rule_made_in_chat_fires_at_the_next_message(bot: Bot) -> None:
    """A7: the sentence is routed to the skill, 启用 makes it live at once, the second time brings the card."""
    context = Context(REP, Address("console", "user:E1"), "zh", NOW)
    for text in ("客户说两次竞品就提醒我", "remind me when the customer asks about delivery twice"):
        assert (await bot.app.router.route(text, context, "talktracks")).skill == "rules"
    card = (await bot.say("rules", "客户说两次“行车”就提醒我")).card
    assert card is not None
    await bot.say("rules", press=Press(card.id, "enable", "h"))
    await bot.hears(1, "行车在二号车间")
    await bot.hears(2, "行车能吊五吨")
    prompts = await bot.app.database.read(lambda s: s.prompts.of_person("E1", NOW - HOUR, NOW + HOUR))
    [prompt] = [one for one in prompts if one.kind == "own_rule"]
    shown = await bot.app.database.read(lambda s: s.cards.get(prompt.card_id))
    assert shown is not None
    assert shown.card.headline == "您的规则：行车，7 天内 2 次"
    assert "行车能吊五吨" in shown.card.sections[1].body
    assert (await bot.say("coaching", press=Press(shown.card.id, "used", "h"))).update is not None


async def test_pages_show_ones_own_rules_and_the_teams(bot: Bot) -> None:
    """A7, D9: /rules takes a sentence, shows the preview, switches; a rule of the team can only be read."""
    pages = {page.route: page for page in _pages(bot)}
    mine = PageRequest(REP, "zh")
    listed = (await pages["/rules"].show(mine)).values
    assert [rule.sentence for rule, fired in listed["mine"] if fired == 1] == ["客户说两次“行车”就提醒我"]
    posted = await pages["/rules"].show(replace(mine, method="POST", form={"sentence": "客户提到竞品两次就提醒我"}))
    id_ = posted.redirect.removeprefix("/rules/")
    assert (await pages["/rules/{id}"].show(replace(mine, path={"id": id_}))).values["preview"].last_month == 0
    boss = PageRequest(MANAGER, "zh")
    assert (await pages["/rules/{id}"].show(replace(boss, path={"id": id_}))).status == 404
    assert [person for _, _, person in (await pages["/rules"].show(boss)).values["team"]] == ["张敏"]
    faulty = await pages["/rules"].show(replace(mine, method="POST", form={"sentence": "客户说就提醒我"}))
    assert (faulty.status, faulty.values["fault"]) == (422, "nothing")


async def test_two_ignored_prompts_bring_nothing(bot: Bot) -> None:
    """A13: and neither does what a person's own rule told: its priority is normal."""
    await bot.ignored(0, 2)
    await bot.look()
    assert await bot.cards(REP) == []


async def test_the_third_brings_help_to_the_rep_and_their_manager_once(bot: Bot) -> None:
    """A13: evidence with what happened to the deal, a suggestion; looked again, nothing more."""
    await bot.ignored(2, 1)
    await bot.app.database.write(lambda s: s.deals.upsert_all([_lost()]))
    for _ in range(2):
        await bot.look()
    [own], [managers] = await bot.cards(REP), await bot.cards(MANAGER)
    assert len(await bot.app.database.read(lambda s: s.deliveries.listing("waiting", 1000))) == 3, "and the rule's"
    assert own.headline == "连续 3 条要紧的提示没有回应：也许卡在谈价"
    assert managers.headline.startswith("张敏连续 3 条")
    evidence = own.sections[0].body.splitlines()
    assert len(evidence) == 3
    assert all("恒锐" in line and "商机输单（价格）" in line for line in evidence)
    assert "之后没有联系记录" in evidence[0]
    assert [action.key for action in own.actions] == ["acted", "wrong"]
    assert managers.actions == ()
    for nobody in (DIRECTOR, OPS, MATE):
        assert await bot.cards(nobody) == []


async def test_only_the_person_and_their_own_manager_may_read_it(bot: Bot) -> None:
    """A13, D9: no director, sales ops, admin or other manager; nothing in the audit log."""

    def seen(store: Store) -> dict[str, int]:
        other = replace(MANAGER, id="M9", manager_id="")
        viewers = (REP, MANAGER, MATE, other, DIRECTOR, OPS, OPERATOR)
        return {f"{one.id}": len(store.diagnoses.visible_to(one)) for one in viewers}

    assert await bot.app.database.read(seen) == {"E1": 1, "M1": 1, "E2": 0, "M9": 0, "D1": 0, "O1": 0, "operator": 0}
    audited = await bot.app.database.read(lambda s: s.audit.listing(OPERATOR, 1000))
    assert [one for one in audited if "diagnos" in f"{one.action}{one.subject}{one.detail}"] == []
    page = next(page for page in _pages(bot) if page.route == "/behaviour")
    rows = {one.id: (await page.show(PageRequest(one, "zh"))).values["rows"] for one in (REP, MANAGER, MATE)}
    assert [len(rows[id_]) for id_ in ("E1", "M1", "E2")] == [1, 1, 0]
    assert (rows["E1"][0]["person"], rows["M1"][0]["person"]) == ("", "张敏")
    assert "先听本人说" in rows["M1"][0]["advice"][0]
    assert "张敏" in (await bot.say("behaviour", "能力诊断", person=MANAGER)).card.summary  # type: ignore[union-attr]  # a card


async def test_the_row_goes_on_and_nobody_is_told_again(bot: Bot) -> None:
    await bot.ignored(3, 2)
    await bot.look()
    assert len(await bot.cards(REP)) == 1


async def test_an_answer_begins_the_count_anew(bot: Bot) -> None:
    """A13: 已经处理 on the diagnosis; then three more bring another one; an answer to a prompt does the same."""
    [card] = await bot.cards(REP)
    stranger = await bot.say("behaviour", press=Press(card.id, "acted", "h"), person=MANAGER)
    assert stranger.card is None, "only who it is about answers it"
    bot.clock.at = NOW + HOUR
    done = (await bot.say("behaviour", press=Press(card.id, "acted", "h"))).card
    assert done is not None
    assert done.notice == "好的，记下了，从现在起重新计。"
    await bot.ignored(50, 2)  # decided after the answer
    await bot.look()
    assert len(await bot.cards(REP)) == 1
    await bot.ignored(52, 1, "used")
    await bot.ignored(53, 2)
    bot.clock.at = NOW + 24 * HOUR
    await bot.look()
    assert len(await bot.cards(REP)) == 1
    await bot.ignored(55, 1)
    await bot.look()
    assert len(await bot.cards(REP)) == 2


async def test_quiet_hours_and_mutes_are_waited_for(bot: Bot) -> None:
    """A13, A10: it is no alarm; who chose 基础级 is left alone."""
    await bot.ignored(60, 1, "used")
    await bot.ignored(61, 3)
    before = len(await bot.cards(REP))
    bot.clock.at = NOW + 36 * HOUR  # 22:00
    await bot.look()
    bot.clock.at = NOW + 48 * HOUR
    for level in ("基础级", "免打扰 2 小时"):
        await bot.say("coaching", level)
        await bot.look()
        assert len(await bot.cards(REP)) == before
        await bot.say("coaching", "智能级")
    await bot.look()
    assert len(await bot.cards(REP)) == before + 1


def _lost() -> Deal:
    return Deal("O1", "C1", owner_id="E1", stage="quote", closed=NOW.date(), result="lost", lost_reason="价格")


def _pages(bot: Bot) -> list[Page]:
    return [*bot.rules.pages, *bot.behaviour.pages]
