"""What one can ask, by role, and hello."""

from __future__ import annotations

import re

import pytest

from bot.contracts import Context, Message, Press, Role, Skill
from bot.contracts.skill import Ask
from knowledge.playbook.playbook import Playbook
from skills.customers.skill import CustomersSkill
from skills.help.skill import HelpSkill
from skills.preferences.skill import PreferencesSkill
from skills.preferences.understanding import wanted_language
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
    assert 3 <= len(card.actions) <= 5, "WeCom has six buttons, and 展开 is one"


async def test_help_shows_only_what_the_role_may_use(skills: list[Skill], company: Database) -> None:
    card = await Chat(skills[-1], company, REP).card("help")
    assert [section.title.split(" · ")[0] for section in card.sections] == ["话术", "设置"]


async def test_help_in_english(skills: list[Skill], company: Database) -> None:
    card = await Chat(skills[-1], company, REP, language="en").card("help")
    assert card.headline == "Just ask me in one sentence."
    assert "too expensive" in card.sections[0].body


@pytest.mark.parametrize("text", ["你好", "在吗", "hi", "Hello!", "早上好～", "您好，小策"])
async def test_greeting_gets_three_suggestions(skills: list[Skill], company: Database, text: str) -> None:
    card = await Chat(skills[-1], company, MANAGER).card(text)
    assert card.headline.startswith("您好，李伟！")
    assert card.summary.count("\n- ") == 3
    assert len(card.actions) == 3


async def test_roles_are_offered_their_own_questions(company: Database, playbook: Playbook) -> None:
    """A manager asks about the team, a rep about their own customers."""
    found: list[Skill] = [TalkTracksSkill(company, playbook), CustomersSkill(company)]
    skill = HelpSkill(lambda: found)
    rep = (await Chat(skill, company, REP).card("帮助")).sections[1].body
    manager = (await Chat(skill, company, MANAGER).card("帮助")).sections[1].body
    assert "- 我的客户有哪些" in rep
    assert "- 团队有多少客户" in manager
    assert set(rep.splitlines()).isdisjoint(manager.splitlines())


@pytest.mark.parametrize("text", ["帮助", "你好"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_tap_asks_the_question(skills: list[Skill], company: Database, text: str, language: str) -> None:
    chat = Chat(skills[-1], company, MANAGER, language)
    card = await chat.card(text)
    asked = []
    for action in card.actions:
        assert re.fullmatch(r"[a-z0-9_]{1,40}", action.key)
        press = Message("m", "console", "c", "M1", "press", chat.now, press=Press(card.id, action.key))
        [outcome] = await chat.skill.handle(press, Context(MANAGER, chat.to, language, chat.now))
        assert isinstance(outcome, Ask)
        assert outcome.text == action.label, "each platform cuts what its buttons can't hold"
        asked.append(outcome.text)
    assert 3 <= len(set(asked)) == len(asked) <= 5


async def test_a_button_of_another_role_gives_help(company: Database) -> None:
    """D9: what a role may not ask it can't tap either."""
    found: list[Skill] = [ForManagers(company)]
    skill = HelpSkill(lambda: found)
    card = await Chat(skill, company, MANAGER).card("帮助")
    [reply] = await Chat(skill, company, REP).press(card, card.actions[0].key)
    assert reply.card is not None
    assert reply.card.actions == ()


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_only_the_other_language_is_offered(skills: list[Skill], company: Database, language: str) -> None:
    """Whoever reads English needs nobody to tell them how to ask for it."""
    card = await Chat(skills[-1], company, MANAGER, language).card("帮助")
    shown = [line.removeprefix("- ") for section in card.sections for line in section.body.splitlines()]
    wishes = {wanted_language(line) for line in [*shown, *(action.label for action in card.actions)]}
    assert wishes - {""} == {"en" if language == "zh" else "zh"}


@pytest.mark.parametrize("text", ["", "😀", "x" * 10_000, "<b>帮助</b>"])
async def test_anything_else_is_help(skills: list[Skill], company: Database, text: str) -> None:
    card = await Chat(skills[-1], company, REP).card(text)
    assert text == "" or text not in repr(card)
