"""Language and other choices."""

from __future__ import annotations

import pytest

from skills.preferences.skill import PreferencesSkill
from skills.preferences.understanding import wanted_language
from storage.database import Database
from tests.unit.skills.house import MANAGER, OPS, Chat

in_session = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("说中文", "zh"),
        ("切换英文", "en"),
        ("speak English", "en"),
        ("switch to Chinese please", "zh"),
        ("别说英文了，说中文", "zh"),
        ("不要再用英语", "zh"),
        ("don't speak Chinese", "en"),
        ("我的设置", ""),
        ("英文和中文有什么区别", ""),
        ("", ""),
        ("😀" * 5000, ""),
    ],
)
def test_wanted_language(text: str, language: str) -> None:
    assert wanted_language(text) == language


@in_session
async def test_language_is_kept_and_confirmed_in_that_language(company: Database) -> None:
    chat = Chat(PreferencesSkill(company), company, MANAGER)
    [reply] = await chat.say("speak English")
    assert reply.text == "All right, I'll answer you in English from now on."
    assert await company.read(lambda store: store.preferences.get("M1")) == {"language": "en"}
    card = await chat.card("my settings")
    assert ("Language", "English") in [(fact.label, fact.value) for fact in card.facts]
    [changed] = await chat.press(card, "language_zh")
    assert changed.card is not None
    assert changed.update is not None
    assert changed.card.notice == "好的，以后用中文回答您。"
    assert await company.read(lambda store: store.preferences.get("M1")) == {"language": "zh"}


@in_session
@pytest.mark.parametrize(("language", "other"), [("zh", "切换英文"), ("en", "switch to Chinese")])
async def test_where_there_are_no_forms_the_other_language_is_offered_in_words(
    company: Database, language: str, other: str
) -> None:
    chat = Chat(PreferencesSkill(company), company, OPS, language)
    [reply] = await chat.press(await chat.card("我的设置"), "change")
    assert other in reply.text
    assert ("说中文" if language == "zh" else "English") not in reply.text


@in_session
async def test_unknown_button_changes_nothing(company: Database) -> None:
    chat = Chat(PreferencesSkill(company), company, MANAGER)
    before = await company.read(lambda store: store.preferences.get("M1"))
    card = await chat.card("我的设置")
    await chat.press(card, "language_xx")
    assert await company.read(lambda store: store.preferences.get("M1")) == before
