"""A12: from 误报 on a card to a change that three people approved, in every process, and back again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.console.door import Visitor
from adapters.console.security import Seal, load_key
from adapters.console.view import View
from bot.app import build
from bot.coaching import make_ears
from bot.contracts import Card, Context, Message, Page, PageRequest, Person, Press, Reply, Role
from bot.contracts.listening import Evidence, Side, Signal, Source, Utterance
from bot.contracts.person import OPERATOR
from bot.contracts.reply import Address
from bot.process import App
from config.settings import load_settings
from knowledge.signals.calibration import in_force
from skills.calibration.pages import calibration_pages
from skills.coaching.pages import coaching_pages
from storage.repositories.consents import Consent
from storage.repositories.customers import Customer
from storage.repositories.dialogues import DialogueRecord
from storage.repositories.people import PersonRecord
from storage.repositories.prompts import Prompt
from storage.store import Store

SHANGHAI = ZoneInfo("Asia/Shanghai")
APRIL = datetime(2026, 4, 14, 2, 0, tzinfo=UTC)
REP = Person("E1", "张敏", Role.REP, "华东组", ("华东",), "M1")
STRANGER = Person("E2", "王磊", Role.REP, "华南组", ("华南",), "M2")
MANAGER = Person("M1", "李伟", Role.MANAGER, "华东组", ("华东",))
ADMIN = Person("A1", "管理员", Role.ADMIN)
WRONG = ("孩子补习班太贵了，一年要五万", "补习班贵得很，孩子一年要花五万块", "现在给孩子补课太贵了，一年好几万")
RIGHT = ("你们的价格太贵了，超出预算了", "这个报价比我们预想的高太多")


@dataclass
class Clock:
    at: datetime = APRIL

    def now(self) -> datetime:
        return self.at


@dataclass
class House:
    """The bot without a running engine, and its pages."""

    app: App
    clock: Clock
    view: View
    pages: list[Page]

    async def write(self, work: Any) -> Any:
        return await self.app.database.write(work)

    async def read(self, work: Any) -> Any:
        return await self.app.database.read(work)

    async def draft(self, day: int) -> None:
        """The clock strikes half past nine of a day in May 2026, whose first five days are holidays."""
        self.clock.at = datetime(2026, 5, day, 9, 30, tzinfo=SHANGHAI)
        await self.app.coaching.calibration.monthly(self.clock.at)

    async def ask(self, person: Person, text: str = "", press: Press | None = None) -> list[Card]:
        context = Context(person, Address("console", f"user:{person.id}"), "zh", self.clock.at)
        message = Message("m", "console", f"user:{person.id}", person.id, "text", self.clock.at, text, press=press)
        replies = await self.app.house.skills["calibration"].handle(message, context)
        return [reply.card for reply in replies if isinstance(reply, Reply) and reply.card]

    async def page(self, route: str, viewer: Person, **form: str) -> str:
        page = next(page for page in self.pages if page.route == route)
        request = PageRequest(viewer, "zh", "POST" if form else "GET", form=form)
        result = await page.show(request)
        if result.redirect:
            return result.redirect
        visitor = Visitor(viewer, "mark-of-csrf")
        shown = self.view.page(result.template, visitor, "zh", folder=page.templates, path=page.route, **result.values)
        return str(shown.text)

    async def told(self) -> tuple[int, int]:
        """How many of the wrong and of the right sentences another process, with its own detector, would tell."""
        app = self.app
        detector = await make_ears(app.database, app.playbook, app.coaching.desk).detector()
        scores = await detector.score_texts([(text, Side.THEIRS, Source.CHAT) for text in (*WRONG, *RIGHT)])
        told = [one["price_objection"] >= detector.report_at("price_objection") for one in scores]
        return sum(told[: len(WRONG)]), sum(told[len(WRONG) :])


def fill(store: Store) -> None:
    """Three people of the three parties, and somebody else's team."""
    people = (REP, STRANGER, MANAGER, ADMIN)
    store.people.upsert_all([PersonRecord(p.id, p.name, p.role, p.team, p.regions, p.manager_id) for p in people])
    store.customers.upsert_all([Customer("C1", "苏州恒锐精密机械有限公司", "恒锐", owner_id="E1")])
    store.consents.add(Consent("room", "R1", True, APRIL, "E1", "rooms.csv"))
    store.dialogues.open(
        DialogueRecord("R1:w", Source.CHAT, APRIL, "C1", "E1", begun_at=APRIL, state="ready", room="R1")
    )
    for number, text in enumerate((*WRONG, *RIGHT)):
        prompted(store, number, text)


def prompted(store: Store, number: int, text: str) -> None:
    """The customer said it and the rep was told; what is right was used."""
    at = APRIL + timedelta(minutes=number)
    store.dialogues.add("R1:w", [Utterance(f"u{number}", text, Side.THEIRS, "", at)])
    signal = Signal("price_objection", 0.9, (Evidence("R1:w", f"u{number}", text, at),))
    found = store.signals.add(signal, happened_at=at, found_at=at, dialogue_id="R1:w", customer_id="C1")
    assert found
    prompt = Prompt(f"p{number}", "price_objection", "E1", "sent", at, (found.id,), "C1", dialogue_id="R1:w")
    assert store.prompts.add(prompt)
    if text in RIGHT:
        store.prompts.respond(prompt.id, "used", at)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Everything as in the running bot; jobs aren't run."""
    clock, settings = Clock(), load_settings(data=tmp_path / "data")
    app = build(settings, clock)
    app.migrate()
    app.engine.enqueue = lambda _store, _job: None  # type: ignore[method-assign]  # no engine is started
    await app.database.write(fill)
    desk = app.coaching.desk
    pages = [
        *calibration_pages(app.database, desk.kinds, clock, settings.calibration, settings.time_zone),
        *coaching_pages(app.database, desk, clock),
    ]
    yield House(app, clock, View(settings, Seal(load_key(settings.data), clock), pages), pages)
    await app.library.close()
    app.database.close()


async def test_from_a_label_to_three_approvals_and_back(house: House) -> None:
    """A12: labels alone change nothing; three people do, at once and in every process; one of them takes it back."""
    await house.page("/prompts", STRANGER, id="p0", reason="wrong_party")  # D9: who may not see it labels nothing
    await house.page("/prompts", MANAGER, id="p0", reason="nonsense")
    assert await house.read(lambda s: s.labels.all()) == []
    for number in range(3):  # a manager labels on the page, with a reason
        await house.page("/prompts", MANAGER, id=f"p{number}", reason="wrong_party", note="说的是孩子")
    assert "已标为误报" in await house.page("/prompts", MANAGER)
    assert await house.told() == (3, 2)
    await house.draft(day=5)
    assert await house.read(lambda s: s.agendas.latest()) == [], "the fifth of May is a holiday"
    await house.draft(day=6)
    await house.draft(day=7)  # done already
    [proposal] = await house.read(lambda s: s.proposals.open())
    assert proposal.change["what"] == "labels"
    assert (proposal.replay["fewer"], proposal.replay["missed"], proposal.replay["repeated"]) == (3, 0, 3)
    agenda = await house.read(lambda s: s.agendas.of_month("2026-05"))
    [figure] = agenda.figures
    assert (figure["sent"], figure["looked_at"], figure["wrong"]) == (5, 5, 3)
    invited = await house.read(lambda s: s.deliveries.listing("waiting", 100))
    assert len(invited) == 2, "who leads and who speaks for the algorithm; the rep labelled nothing"

    agenda_card, card = await house.ask(REP, "校准")
    assert "少 3 条误报，漏 0 条真报" in card.summary
    assert [action.key for action in card.actions] == ["approve_rep", "refuse"]
    assert "价格异议：推了 5 条" in agenda_card.sections[0].body
    [shown] = await house.ask(MANAGER, press=Press(agenda_card.id, "show"))
    quotes = [section.body for section in shown.sections if WRONG[0] in section.body]
    assert quotes, "the manager sees the sentence with its reason"
    assert "说的是别人" in quotes[0]
    assert not any(WRONG[0] in section.body for section in (await house.ask(STRANGER, "校准"))[1].sections), "D9"
    [denied] = await house.ask(REP, press=Press(card.id, "approve_manager"))
    assert "不能代表" in denied.notice
    await house.ask(MANAGER, press=Press(card.id, "approve_rep"))
    [twice] = await house.ask(MANAGER, press=Press(card.id, "approve_manager"))
    assert "三个人" in twice.notice
    assert (await house.page("/calibration", ADMIN, do="approve", id=proposal.id, party="algorithm")).endswith(
        "approved"
    )
    assert (await house.read(in_force)).labels == (), "two of three change nothing"
    director = Person("D1", "沈国华", Role.DIRECTOR, regions=("华东",))
    [applied] = await house.ask(director, press=Press(card.id, "approve_manager"))
    assert "v1 已生效" in applied.notice
    assert await house.told() == (0, 2)

    html = await house.page("/calibration", ADMIN)
    assert all(words in html for words in ("v1", "李伟", "少 3 条误报", "60 %", "撤回"))
    assert (await house.page("/calibration", ADMIN, do="revert", id=proposal.id)).endswith("reason")
    assert (await house.page("/calibration", STRANGER, do="revert", id=proposal.id, note="x")).endswith("denied")
    [back] = await house.ask(MANAGER, press=Press(card.id, "revert", values={"note": "漏了真的"}))
    assert "恢复到之前" in back.notice
    assert await house.told() == (3, 2)
    assert "漏了真的" in await house.page("/calibration", REP)
    trail = await house.read(lambda s: s.audit.listing(OPERATOR, 100))
    did = [entry.action for entry in reversed(trail) if entry.action.startswith("calibration.")]
    assert did == ["calibration.propose", *["calibration.approve"] * 3, "calibration.apply", "calibration.revert"]
