"""Each skill gets the sentences that are its own, from the real router."""

from __future__ import annotations

import pytest
import pytest_asyncio

from bot.contracts import Skill
from bot.flows.router import Router
from knowledge.playbook.playbook import Playbook
from knowledge.retrieval.library import Library
from skills.customers.skill import CustomersSkill
from skills.help.skill import HelpSkill
from skills.preferences.skill import PreferencesSkill
from skills.talktracks.skill import TalkTracksSkill
from storage.database import Database
from tests.unit.skills.house import REP

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
    route = await router.route(text, REP.role, "")
    assert route.skill == skill, route


@pytest.mark.parametrize(
    "text",
    ["客户只说英文", "我的客户说太贵了", "有几个客户嫌贵", "my customers say it is too expensive", "客户 说太贵了"],
)
async def test_what_a_customer_says_is_no_command(router: Router, text: str) -> None:
    """Neither the list of customers nor the language is meant."""
    route = await router.route(text, REP.role, "talktracks")
    assert route.skill == "talktracks", route


async def test_skills_declare_enough(skills: list[Skill]) -> None:
    for skill in skills:
        assert len(skill.examples) >= 12
        assert {example.language for example in skill.examples} == {"zh", "en"}
        assert skill.commands
        assert skill.patterns
