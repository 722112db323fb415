"""A15: follow-ups keep what was being talked about."""

from __future__ import annotations

import pytest

from knowledge.playbook.playbook import Playbook
from skills.talktracks.cards import talktrack_of
from skills.talktracks.skill import TalkTracksSkill
from storage.database import Database
from tests.unit.skills.house import Chat

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def chat(company: Database, playbook: Playbook) -> Chat:
    """A rep's conversation."""
    return Chat(TalkTracksSkill(company, playbook), company)


async def test_what_if_he_wants_more(chat: Chat) -> None:
    await chat.say("客户说太贵了怎么回")
    card = await chat.card("那要是他还要再降5个点呢")
    assert talktrack_of(card)[0] == "discount-again"


@pytest.mark.parametrize("text", ["英文版", "换成英文", "in English", "English version please"])
async def test_the_same_in_english_and_back(chat: Chat, text: str) -> None:
    await chat.say("客户说太贵了怎么回")
    assert talktrack_of(await chat.card(text)) == ("price-too-expensive", "en")
    assert talktrack_of(await chat.card("中文版")) == ("price-too-expensive", "zh")


async def test_no_english_version_is_said(chat: Chat) -> None:
    card = await chat.card("客户暗示要回扣怎么办")
    assert talktrack_of(card) == ("kickback-request", "zh")
    [reply] = await chat.say("英文版")
    assert reply.text == "这条话术还没有英文版。"
    assert reply.card is None


async def test_another_one_until_there_is_none(chat: Chat) -> None:
    seen = [talktrack_of(await chat.card("客户说太贵了怎么回"))[0]]
    for text in ("换一个", "还有吗", "更多", "another one", "下一条", "再来一条", "换一个", "换一个"):
        [reply, *_] = await chat.say(text)
        if reply.card is None:
            assert reply.text.startswith("没有更多合适的话术了")
            break
        seen.append(talktrack_of(reply.card)[0])
    else:
        pytest.fail(f"never ended: {seen}")
    assert len(seen) == len(set(seen)) > 1


async def test_only_the_stage_changes(chat: Chat) -> None:
    await chat.say("报价阶段客户说太贵了怎么回")
    card = await chat.card("那谈判阶段呢")
    assert talktrack_of(card)[0] == "price-too-expensive"
    assert not card.summary.startswith("没有专为")
    card = await chat.card("那续约阶段呢")
    assert "没有专为“续约”写的话术" in card.summary or talktrack_of(card)[0] == "care-renewal"


async def test_only_the_customer_changes(chat: Chat) -> None:
    await chat.say("客户说太贵了怎么回")
    card = await chat.card("那曜源电梯呢")
    assert talktrack_of(card)[0] == "price-too-expensive"
    assert "无锡曜源电梯部件有限公司 · 电梯" in {fact.value for fact in card.facts}


async def test_follow_up_words_without_anything_before_are_a_question(chat: Chat) -> None:
    [reply, *_] = await chat.say("英文版")
    assert reply.card is None or talktrack_of(reply.card)[1] != "en"


async def test_new_question_starts_anew(chat: Chat) -> None:
    await chat.say("泓达农机说现在是淡季，不急着买设备，怎么回")
    card = await chat.card("客户担心售后跟不上")
    assert talktrack_of(card)[0] == "after-sales-worry"
    assert "客户" not in {fact.label for fact in card.facts}


async def test_chosen_language_wins_over_the_words(chat: Chat, company: Database) -> None:
    await company.write(lambda store: store.preferences.set("E1", "language", "en", chat.now))
    try:
        assert talktrack_of(await chat.card("客户说太贵了怎么回"))[1] == "en"
    finally:
        await company.write(lambda store: store.preferences.set("E1", "language", "", chat.now))
