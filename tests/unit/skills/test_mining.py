"""A14: what is said and shown of a pattern, who sees which quote, and how it gets into the playbook."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from adapters.console.door import Visitor
from adapters.console.security import Seal, load_key
from adapters.console.view import View
from bot.contracts import Address, PageRequest, PageResult, Person
from bot.contracts.listening import Side, Source, Utterance
from config.settings import Settings
from knowledge.patterns.draft import card_id, draft
from knowledge.patterns.effect import Counts, Effect
from knowledge.patterns.move import load_moves
from knowledge.patterns.record import effect_of, gone, renewed
from knowledge.playbook.playbook import Playbook
from knowledge.retrieval.library import Library
from knowledge.signals.load import load_kinds
from skills.mining.agreeing import Decisions
from skills.mining.cards import Maker
from skills.mining.pages import mining_pages
from skills.mining.skill import MiningSkill
from storage.database import Database
from storage.repositories.dialogues import DialogueRecord
from storage.repositories.patterns import Pattern
from storage.store import Store
from tests.unit.skills.house import DIRECTOR, MANAGER, NOW, OPS, OTHER_REP, REP, Chat, fill, open_database

pytestmark = pytest.mark.asyncio(loop_scope="session")

URL = "http://console.example"
QUESTIONS = Path(__file__).parents[2] / "evals" / "routing" / "questions.jsonl"
MOVES, KINDS = load_moves(), load_kinds()
KEYS = ("concern_response", "value_reanchor", "timed_close")
OBJECTION, ANSWERS = "你们这个年费贵了一倍", ("您是跟谁家比的？", "一年能省十二万", "这周签还是老价")
EFFECT = Effect(Counts(40, 44, 12, 40), 0.43, 0.74, 0.0005, 173, {"rep": 0.6, "amount": 0.3, "industry": None})


class Requests:
    """The flows' side of the door: it notes what was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Address | None]] = []

    async def begin(self, key: str, person: Person, to: Address | None) -> None:
        """Note it."""
        self.asked.append((person.id, to))


class StillClock:
    """It is always NOW."""

    def now(self) -> Any:
        return NOW


class House:
    """Skill and pages on one database."""

    def __init__(self, database: Database, playbook: Playbook, data: Path) -> None:
        self.database, self.playbook, self.requests = database, playbook, Requests()
        maker, zone = Maker(URL, KINDS), "Asia/Shanghai"
        decisions = Decisions(database, playbook, MOVES, KINDS, URL, ZoneInfo(zone))
        self.skill = MiningSkill(database, self.requests, decisions, maker, 18)
        self.pages = mining_pages(database, self.requests, decisions, maker, StillClock(), zone)
        self._view = View(Settings(data=data), Seal(load_key(data), StillClock()), self.pages)

    def chat(self, person: Person, language: str = "zh") -> Chat:
        return Chat(self.skill, self.database, person, language)

    async def ask(self, route: str, viewer: Person, **request: Any) -> tuple[PageResult, str]:
        """A page, as the console asks for it, rendered in the real frame."""
        page = next(page for page in self.pages if page.route == route)
        result = await page.show(PageRequest(viewer, viewer.language, **request))
        if not result.template:
            return result, ""
        visitor = Visitor(viewer, "mark-of-csrf")
        values = dict(folder=page.templates, path=route, **result.values)
        return result, str(self._view.page(result.template, visitor, viewer.language, **values).text)

    async def pattern(self) -> Pattern:
        """As it is kept now."""
        found = await self.database.read(lambda store: store.patterns.get("-".join(KEYS)))
        assert found is not None
        return found


@pytest_asyncio.fixture(loop_scope="session")
async def house(library: Library, tmp_path: Path) -> AsyncIterator[House]:
    """A pattern with two examples: one of each rep."""
    database = open_database(tmp_path)
    await database.write(fill)
    await database.write(_talks)
    await database.write(lambda store: store.patterns.put(found()))
    yield House(database, Playbook(database, library.collection("mining")), tmp_path)
    database.close()


def found(**changes: Any) -> Pattern:
    """What a run keeps."""
    stages = tuple({"move": key, "title": dict(MOVES[key].title), "means": dict(MOVES[key].means)} for key in KEYS)
    counts = {"won_with": 40, "with_": 44, "won_without": 12, "without": 40}
    figures = {"low": 0.43, "high": 0.74, "chance": 0.0005, "tried": 173, "within": dict(EFFECT.within)}
    more = {"trigger_share": 0.8, "won": 52, "lost": 32, "since": "2025-01-15", "until": "2026-07-15"}
    quotes = tuple(
        quote for number, (id_, person) in enumerate(PLACES.items(), 1) for quote in _quotes(number, id_, person)
    )
    name = " → ".join(stage["title"]["zh"] for stage in stages)
    pattern = Pattern("-".join(KEYS), name, NOW, stages, quotes, counts | figures | more, "price_objection", "O1")
    return replace(pattern, **changes)


PLACES = {"room1:W1": REP, "room2:W1": OTHER_REP}


def _quotes(number: int, dialogue_id: str, person: Person) -> list[dict[str, Any]]:
    shared = {"example": number, "dialogue_id": dialogue_id, "person_id": person.id, "at": NOW.isoformat()}
    said = [("陈经理", OBJECTION), *((person.name, text) for text in ANSWERS)]
    return [
        shared | {"stage": at, "utterance_id": f"u{at}", "text": text, "speaker": who, "start": None, "source": "chat"}
        for at, (who, text) in enumerate(said)
    ]


def _talks(store: Store) -> None:
    for (id_, person), customer in zip(PLACES.items(), ("C1", "C3"), strict=True):
        store.dialogues.open(DialogueRecord(id_, Source.CHAT, NOW, customer, person.id, room=id_, begun_at=NOW))
        said = [Utterance("u0", OBJECTION, Side.THEIRS, "陈经理", NOW)]
        said += [Utterance(f"u{at}", text, Side.OURS, person.name, NOW) for at, text in enumerate(ANSWERS, 1)]
        store.dialogues.finish(id_, said)


async def test_sales_ops_reads_agrees_and_owns_it(house: House) -> None:
    """A14: the card tells effect, interval, luck and confounders; agreed, the playbook has it in both languages."""
    chat = house.chat(OPS)
    card = await chat.card("行为模式库")
    assert card.headline == "赢单话术：异议响应 → 价值重锚 → 限时促成"
    facts = {fact.label: fact.value for fact in card.facts}
    assert facts["用了"] == "40/44 赢（91%）"
    assert facts["没用"] == "12/40 赢（30%）"
    assert facts["差别"] == "+61 个百分点（95% 区间 +43 到 +74）"
    assert facts["触发"] == "价格异议（80% 的开头之前）"
    assert facts["偶然的可能"] == "不到 0.1%（共试 173 种）"
    caveats = card.sections[1].body
    assert "同一金额档之内差别小得多" in caveats
    assert "同一行业之内比不出来" in caveats
    assert "同一销售之内差别" not in caveats
    assert "不是实验" in caveats
    assert not any(words in str(card) for words in (OBJECTION, *ANSWERS)), "A18: no words of a dialogue in a card"
    [reply] = await chat.press(card, "agree")
    assert reply.card is not None
    assert reply.card.notice == "已放进话术库，负责人 周敏。"
    name = card_id((await house.pattern()).id)
    for language in ("zh", "en"):
        kept = house.playbook.card(name, language)
        assert kept is not None
        assert kept.owner == "周敏"
        assert kept.links[0].url == f"{URL}/patterns#{'-'.join(KEYS)}"
    assert (await house.pattern()).state == "published"
    assert (await house.pattern()).owner_id == OPS.id


async def test_the_draft_holds_no_customers_words(house: House) -> None:
    """A18: a playbook outlives dialogues: what stands in it is ours, and the figures."""
    pattern = await house.pattern()
    for language in ("zh", "en"):
        text = draft(pattern, MOVES, KINDS["price_objection"], "周敏", f"{URL}/patterns", NOW.date(), language)
        assert not any(words in text for words in (OBJECTION, *ANSWERS))
        assert all(MOVES[key].say[language] in text for key in KEYS)
        assert "40" in text
        assert "+43" in text
        house.playbook.check(card_id(pattern.id), language, text)


async def test_only_sales_ops_decides_and_mines(house: House) -> None:
    """A14, D9: a manager reads; mining and agreeing are refused, from a chat and from the page."""
    manager = house.chat(MANAGER)
    replies = await manager.say("挖掘赢单话术")
    assert replies[0].text == "挖掘由销售运营发起。已有的模式如下。"
    assert replies[1].card is not None
    for action in ("mine", "agree", "refuse"):
        form = {"do": action, "pattern": "-".join(KEYS)}
        result, _ = await house.ask("/patterns", MANAGER, method="POST", form=form)
        assert result.redirect == "/patterns"
    assert house.requests.asked == []
    assert (await house.pattern()).state == "found"
    ops = house.chat(OPS)
    assert "开始挖掘" in (await ops.say("挖掘赢单话术"))[0].text
    await house.ask("/patterns", OPS, method="POST", form={"do": "mine"})
    assert house.requests.asked == [(OPS.id, ops.to), (OPS.id, None)]


async def test_the_page_shows_stages_and_the_quotes_one_may_see(house: House) -> None:
    """A14, D9: the manager of the east reads the quotes of the east; sales ops reads all; buttons follow the role."""
    _, html = await house.ask("/patterns", OPS)
    assert html.count('<div class="example">') == 2
    assert html.count(ANSWERS[0]) == 2
    assert all(words in html for words in ("异议响应", "价值重锚", "限时促成", "价格异议", "同意入话术库", "待决定"))
    assert "40/44 赢（91%）" in html
    _, html = await house.ask("/patterns", MANAGER)
    assert html.count('<div class="example">') == 1
    assert "张敏" in html
    assert "王磊" not in html
    assert "同意入话术库" not in html
    _, html = await house.ask("/patterns", DIRECTOR)
    assert html.count('<div class="example">') == 2


async def test_a_quoted_dialogue_is_shown_to_whom_it_belongs(house: House) -> None:
    """D9: with the quoted words marked; somebody else's, or one that nothing quotes, doesn't exist."""
    route = "/patterns/dialogues/{id}"
    _, html = await house.ask(route, MANAGER, path={"id": "room1:W1"})
    assert f"<mark>{OBJECTION}</mark>" in html
    assert (await house.ask(route, MANAGER, path={"id": "room2:W1"}))[0].status == 404
    await house.database.write(lambda store: store.patterns.put(found(quotes=())))
    assert (await house.ask(route, OPS, path={"id": "room1:W1"}))[0].status == 404


async def test_a_consent_taken_back_takes_its_quotes(house: House) -> None:
    """A18: the example goes with its dialogue, and a later run can't bring it back."""
    await house.database.write(lambda store: store.purging.revoke("room", "room1:W1", by="E1", at=NOW, source="test"))
    _, html = await house.ask("/patterns", OPS)
    assert html.count('<div class="example">') == 1
    await house.database.write(lambda store: store.patterns.put(found()))
    assert {quote["dialogue_id"] for quote in (await house.pattern()).quotes} == {"room2:W1"}


async def test_what_is_refused_stays_out(house: House) -> None:
    """A14: refused, it is no longer listed in the chat; later runs keep the decision; a published one isn't undone."""
    chat = house.chat(OPS)
    card = await chat.card("行为模式库")
    [reply] = await chat.press(card, "refuse")
    assert reply.card is not None
    assert reply.card.notice == "好的，不放进话术库。"
    assert "还是空的" in (await chat.say("行为模式库"))[0].text
    assert renewed(await house.pattern(), found()).state == "off"
    await house.database.write(lambda store: store.patterns.put(found(state="published")))
    [reply] = await chat.press(card, "refuse")
    assert (await house.pattern()).state == "published"


async def test_nobody_presses_anothers_card(house: House) -> None:
    """D9: a forwarded card, and one whose pattern is gone."""
    card = await house.chat(OPS).card("行为模式库")
    [reply] = await house.chat(MANAGER).press(card, "agree")
    assert reply.card is None
    own = house.chat(MANAGER)
    listed = await own.card("行为模式库")
    [reply] = await own.press(replace(listed), "agree")
    assert (await house.pattern()).state == "found"


async def test_versions_follow_the_figures() -> None:
    """A14: the same figures are the same version; others are the next; what isn't found any more says since when."""
    first = found()
    assert effect_of(first) == EFFECT
    assert renewed(first, found()).version == 1
    changed = renewed(replace(first, owner_id="E9"), found(effect={**first.effect, "won_with": 41}))
    assert (changed.version, changed.owner_id) == (2, "E9")
    lost = gone(gone(first, NOW.date()), NOW.date().replace(year=2027))
    assert lost.effect["gone_since"] == "2026-07-15"
    assert renewed(lost, found()).version == 2
    told = Maker(URL, KINDS).caveats(lost, "zh")
    assert told[0] == "2026-07-15 起的挖掘没有再发现它，数字是以前的。"


async def test_its_sentences_are_its_own(house: House) -> None:
    """A14: what asks for patterns is caught by rule; of the questions that belong to other skills none is."""
    rules = [re.compile(pattern, re.IGNORECASE) for pattern in house.skill.patterns]
    own = [
        "挖一下赢单的套路",
        "从成交的聊天里找找规律",
        "看下行为模式",
        "what do winning talks share",
        "mine the deals",
    ]
    assert [text for text in own if not any(rule.search(text) for rule in rules)] == []
    questions = [json.loads(line)["text"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    assert [text for text in questions if any(rule.search(text) for rule in rules)] == []
