"""What one can ask, by role, and hello."""

from __future__ import annotations

import pytest

from bot.contracts import Role, Skill
from knowledge.playbook.playbook import Playbook
from skills.customers.skill import CustomersSkill
from skills.help.skill import HelpSkill
from skills.preferences.skill import PreferencesSkill
from skills.talktracks.skill import TalkTracksSkill
from storage.database import Database
from tests.unit.skills.house import MANAGER, REP, Chat

pytestmark = pytest.mark.asyncio(loop_scope="session")


class ForManagers(CustomersSkill):
    """A skill that only managers have."""

    name = "customers"
    roles = frozenset({Role.MANAGER})


@pytest.fixture
def skills(company: Database, playbook: Playbook) -> list[Skill]:
    """All of them."""
    found: list[Skill] = [TalkTracksSkill(company, playbook), ForManagers(company), PreferencesSkill(company)]
    found.append(HelpSkill(lambda: found))
    return found


async def test_help_lists_the_other_skills(skills: list[Skill], company: Database) -> None:
    card = await Chat(skills[-1], company, MANAGER).card("帮助")
    titles = [section.title.split(" · ")[0] for section in card.sections]
    assert titles == ["话术", "客户", "设置"]
    assert "- 客户说太贵了怎么回" in card.sections[0].body
    assert len(card.actions) <= 6


async def test_help_shows_only_what_the_role_may_use(skills: list[Skill], company: Database) -> None:
    card = await Chat(skills[-1], company, REP).card("help")
    assert [section.title.split(" · ")[0] for section in card.sections] == ["话术", "设置"]


async def test_help_in_english(skills: list[Skill], company: Database) -> None:
    card = await Chat(skills[-1], company, REP, language="en").card("help")
    assert card.headline == "Just ask me in one sentence."
    assert "too expensive" in card.sections[0].body


@pytest.mark.parametrize("text", ["你好", "在吗", "hi", "Hello!", "早上好～", "您好，小策"])
async def test_greeting_gets_three_suggestions(skills: list[Skill], company: Database, text: str) -> None:
    [reply] = await Chat(skills[-1], company, MANAGER).say(text)
    assert reply.card is None
    assert reply.text.startswith("您好，李伟！")
    assert reply.text.count("\n- ") == 3


@pytest.mark.parametrize("text", ["", "😀", "x" * 10_000, "<b>帮助</b>"])
async def test_anything_else_is_help(skills: list[Skill], company: Database, text: str) -> None:
    card = await Chat(skills[-1], company, REP).card(text)
    assert text == "" or text not in repr(card)
