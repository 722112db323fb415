"""Each skill gets the sentences that are its own, from the real router."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.contracts import Address, Context, Role, Skill
from bot.flows.router import Router
from knowledge.playbook.playbook import Playbook
from knowledge.retrieval.library import Library
from knowledge.retrieval.passage import Passage
from skills.adoption.skill import AdoptionSkill
from skills.customers.skill import CustomersSkill
from skills.help.skill import HelpSkill
from skills.preferences.skill import PreferencesSkill
from skills.talktracks.skill import TalkTracksSkill
from storage.database import Database
from tests.unit.skills.house import NOW, REP, SAMPLE, Chat

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def skills(company: Database, playbook: Playbook) -> list[Skill]:
    """In the order of bot/app.py."""
    found: list[Skill] = [TalkTracksSkill(company, playbook), CustomersSkill(company), PreferencesSkill(company)]
    return [*found, HelpSkill(lambda: found)]


@pytest_asyncio.fixture(loop_scope="session")
async def router(skills: list[Skill], library: Library, playbook: Playbook) -> Router:
    """With everything learnt."""
    router = Router(skills, library.collection("examples"), playbook.triggers)
    await router.refresh()
    return router


def moment() -> Context:
    """A rep, in a conversation in which nothing was said yet."""
    return Context(REP, Address("console", "new"), "zh", NOW)


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("客户说太贵了怎么回", "talktracks"),
        ("我的客户说太贵了怎么回", "talktracks"),
        ("有几个客户嫌贵怎么跟客户解释", "talktracks"),
        ("换一个", "talktracks"),
        ("英文版", "talktracks"),
        ("help me answer a customer who says it is too expensive", "talktracks"),
        ("How do I respond to a cheaper quote?", "talktracks"),
        ("我的客户有哪些", "customers"),
        ("客户", "customers"),
        ("客户嫌贵", "talktracks"),
        ("客户压价", "talktracks"),
        ("泓达农机", "customers"),
        ("查一下谁也不认识的公司", "customers"),
        ("江苏的客户", "customers"),
        ("江苏的客户嫌贵", "talktracks"),
        ("auto parts customers in Jiangsu", "customers"),
        ("华东有多少客户", "customers"),
        ("泓达农机是谁负责？", "customers"),
        ("how many customers do I have", "customers"),
        ("切换英文", "preferences"),
        ("请用英文回复我", "preferences"),
        ("以后都用中文", "preferences"),
        ("别说英文了", "preferences"),
        ("speak English", "preferences"),
        ("我的设置", "preferences"),
        ("帮助", "help"),
        ("help", "help"),
        ("？", "help"),
        ("你会什么", "help"),
        ("在吗", "help"),
        ("Hello!", "help"),
    ],
)
async def test_route(router: Router, text: str, skill: str) -> None:
    route = await router.route(text, moment(), "")
    assert route.skill == skill, route


@pytest.mark.parametrize(
    "text",
    [
        "客户嫌贵",
        "他嫌贵",
        "那要是他还嫌贵呢",
        "那他要是说没预算呢",
        "客户只说英文",
        "我的客户说太贵了",
        "有几个客户嫌贵",
        "my customers say it is too expensive",
        "客户 说太贵了",
    ],
)
async def test_what_a_customer_says_is_no_command(router: Router, company: Database, text: str) -> None:
    """A15: neither the list of customers nor the language is meant, not even after a list of customers."""
    chat = Chat(CustomersSkill(company), company)
    await chat.say("我的客户有哪些")
    context = Context(REP, chat.to, "zh", chat.now, chat.memory)
    route = await router.route(text, context, "customers")
    assert route.skill == "talktracks", route


@pytest.mark.parametrize("text", ["那华南呢", "其中A级的", "下一页", "更多", "有哪些", "and in East China?"])
async def test_what_goes_on_with_a_list_goes_to_the_list(router: Router, company: Database, text: str) -> None:
    chat = Chat(CustomersSkill(company), company)
    await chat.say("华东有多少客户")
    route = await router.route(text, Context(REP, chat.to, "zh", chat.now, chat.memory), "customers")
    assert (route.skill, route.how) == ("customers", "claim")


async def test_off_topic_is_asked_about(router: Router) -> None:
    route = await router.route("今天天气怎么样", moment(), "")
    assert (route.skill, route.how) == ("", "unsure")


async def test_what_is_for_others_is_named_and_nothing_else_answers(company: Database, library: Library) -> None:
    """D9: a rep's question for managers doesn't end at a talk-track that sounds alike; a customer's words do."""
    skills: list[Skill] = [TalkTracksSkill(company, Playbook(company, library.collection("none")))]
    skills.append(AdoptionSkill(company, "http://xiaoce.example", "Asia/Shanghai"))
    router = Router(skills, library.collection("closed"), _nothing)
    await router.refresh()
    for text in ("新人多久出第一单", "爬坡", "how long do new hires take to their first deal"):
        route = await router.route(text, moment(), "")
        assert (route.skill, route.how, route.candidates) == ("", "closed", ("adoption",)), text
    told = await router.route("客户问我们新人多久上手怎么回", moment(), "")
    assert told.how != "closed"
    manager = replace(moment(), person=replace(REP, role=Role.MANAGER))
    assert (await router.route("新人多久出第一单", manager, "")).skill == "adoption"


async def _nothing() -> Sequence[Passage]:
    return []


QUESTIONS = Path(__file__).parents[2] / "evals" / "routing" / "questions.jsonl"
RIGHT = 0.95  # share of the labelled questions; 1.0 when this was written
ASKED_BACK = 0.03  # of those that a skill answers; 0.0 when this was written


@pytest_asyncio.fixture(loop_scope="session")
async def whole_playbook(company: Database, library: Library, tmp_path: Path) -> AsyncIterator[Playbook]:
    """All talk-tracks of the sample company, in a database of their own."""
    database = Database(f"sqlite:///{tmp_path / 'whole.db'}")
    database.migrate()
    playbook = Playbook(database, library.collection("whole"))
    await playbook.import_folder(SAMPLE, "O1")
    await playbook.refresh()
    yield playbook
    database.close()


async def test_labelled_questions(company: Database, library: Library, whole_playbook: Playbook) -> None:
    """A15, D9: how often the right skill answers, and how often the bot asks back, over all labelled questions."""
    skills: list[Skill] = [
        TalkTracksSkill(company, whole_playbook), CustomersSkill(company), PreferencesSkill(company)
    ]  # fmt: skip
    skills.append(HelpSkill(lambda: skills))
    router = Router(skills, library.collection("whole_examples"), whole_playbook.triggers)
    await router.refresh()
    by_name = {skill.name: skill for skill in skills}
    questions = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    wrong, asked = [], []
    for question in questions:
        topic = question.get("topic", "")
        chat = Chat(by_name[topic or "help"], company)
        if question.get("after"):
            await chat.say(question["after"])
        route = await router.route(question["text"], Context(REP, chat.to, "zh", chat.now, chat.memory), topic)
        wrong += [(question, route)] if route.skill != question["skill"] else []
        asked += [question] if question["skill"] and not route.skill else []
    assert 1 - len(wrong) / len(questions) >= RIGHT, wrong
    assert len(asked) / len(questions) <= ASKED_BACK, asked


async def test_skills_declare_enough(skills: list[Skill]) -> None:
    for skill in skills:
        assert len(skill.examples) >= 12
        assert {example.language for example in skill.examples} == {"zh", "en"}
        assert skill.commands
        assert skill.patterns
