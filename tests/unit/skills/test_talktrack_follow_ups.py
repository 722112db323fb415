"""A15: follow-ups keep what was being talked about."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.contracts import Context
from knowledge.playbook.playbook import Playbook
from skills.preferences.skill import PreferencesSkill
from skills.talktracks.cards import talktrack_of
from skills.talktracks.courtesies import courtesy
from skills.talktracks.examples import PATTERNS
from skills.talktracks.skill import TalkTracksSkill
from skills.talktracks.understanding import language_of
from storage.database import Database
from tests.unit.skills.house import REP, Chat

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def chat(company: Database, playbook: Playbook) -> Chat:
    """A rep's conversation."""
    return Chat(TalkTracksSkill(company, playbook), company)


def context(chat: Chat) -> Context:
    """What the router gives."""
    return Context(chat.person, chat.to, chat.language, chat.now, chat.memory)


async def test_what_if_he_wants_more(chat: Chat) -> None:
    await chat.say("客户说太贵了怎么回")
    card = await chat.card("那要是他还要再降5个点呢")
    assert talktrack_of(card)[0] == "discount-again"


@pytest.mark.parametrize(
    "text",
    ["英文版", "换成英文", "in English", "English version please", "English please", "the English one?"],
)
async def test_the_same_in_english_and_back(chat: Chat, text: str) -> None:
    await chat.say("客户说太贵了怎么回")
    assert talktrack_of(await chat.card(text)) == ("price-too-expensive", "en")
    assert talktrack_of(await chat.card("中文版")) == ("price-too-expensive", "zh")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("英文版", "这条话术还没有英文版，先给您中文版。"),
        ("English please", "This talk-track has no English version yet; here is the Chinese one."),
    ],
)
async def test_no_english_version_is_said(chat: Chat, text: str, note: str) -> None:
    """In the asker's language, on the Chinese card."""
    card = await chat.card("农机客户问能不能赶上春耕投产")
    assert talktrack_of(card) == ("agri-season", "zh")
    english = await chat.card(text)
    assert talktrack_of(english) == ("agri-season", "zh")
    assert english.summary.splitlines()[0] == note
    without_note = replace(english, id="", summary=english.summary.partition("\n")[2])
    assert without_note == replace(card, id=""), "but for the note, the same card: no English label on it"


async def test_english_is_for_one_card_only(chat: Chat) -> None:
    await chat.say("客户说太贵了怎么回")
    assert talktrack_of(await chat.card("English version please"))[1] == "en"
    assert talktrack_of(await chat.card("换一个"))[1] == "zh"
    assert talktrack_of(await chat.card("客户担心售后跟不上"))[1] == "zh"


async def test_cards_that_list_others_do_so_in_their_own_language(chat: Chat) -> None:
    card = await chat.card("The customer says it is too expensive, what do I say?")
    listed = next(part.body for part in card.sections if part.title == "See also")
    assert language_of(listed) == "en"


async def test_typed_unfold_shows_the_whole(chat: Chat) -> None:
    """A8: who types what the button says gets what it does."""
    shown = talktrack_of(await chat.card("客户说太贵了怎么回"))
    card = await chat.card("展开")
    assert (talktrack_of(card), card.unfolded) == (shown, True)
    assert not (await chat.card("收起")).unfolded


async def test_typed_number_picks_from_the_list(chat: Chat) -> None:
    card = await chat.card("客户说太贵了怎么回")
    second = next(part.body for part in card.sections if part.title == "另外可看").splitlines()[1]
    picked = await chat.card("2")
    assert f"2. {picked.citations[0].title}" == second
    [reply] = await chat.say("9")
    assert reply.text.startswith("请告诉我客户说了什么")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("谢谢", "不客气"),
        ("好的，谢谢小策", "不客气"),
        ("thanks!", "You're welcome"),
        ("thank you", "You're welcome"),
        ("3q", "不客气"),
        ("好的", "好的"),
        ("收到", "好的"),
        ("ok", "好的"),
        ("你好", "您好"),
        ("退订", "我只在您发消息时回答"),
        ("1", "请告诉我"),
        ("展开", "请告诉我"),
        ("换一个", "请告诉我"),
        ("英文版", "要看哪条话术的英文版"),
    ],
)
async def test_words_that_ask_for_nothing_are_no_gap(chat: Chat, company: Database, text: str, answer: str) -> None:
    """A15: one polite line; sales ops see real gaps only."""
    before = len(await company.read(lambda store: store.audit.listing(REP)))
    [reply] = await chat.say(text)
    assert reply.text.startswith(answer)
    assert "\n" not in reply.text
    assert reply.card is None
    assert len(await company.read(lambda store: store.audit.listing(REP))) == before


@pytest.mark.parametrize(("text", "start"), [("谢谢", "不客气"), ("thanks", "You're welcome"), ("ok", "All right")])
async def test_thanks_after_an_english_card(chat: Chat, text: str, start: str) -> None:
    await chat.say("The customer says it is too expensive, what do I say?")
    [reply] = await chat.say(text)
    assert reply.text.startswith(start)


async def test_thanks_keep_the_thread(chat: Chat) -> None:
    await chat.say("客户说太贵了怎么回")
    await chat.say("谢谢")
    assert talktrack_of(await chat.card("那要是他还要再降5个点呢"))[0] == "discount-again"


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("展开", True),
        ("2", True),
        ("英文版", True),
        ("那要是他还嫌贵呢", True),
        ("如果是新能源行业呢", True),
        ("那我的客户有哪些呢", False),
        ("客户担心售后跟不上", False),
        ("how many customers do I have then", False),
    ],
)
async def test_claims_what_goes_on_with_the_last_card(
    chat: Chat, company: Database, playbook: Playbook, text: str, claimed: bool
) -> None:
    """The router asks the skill that answered last; without a card before, nothing is claimed."""
    assert not await TalkTracksSkill(company, playbook).claims(text, context(chat))
    await chat.say("客户说太贵了怎么回")
    assert await TalkTracksSkill(company, playbook).claims(text, context(chat)) is claimed


async def test_long_repetition_is_sorted_at_once() -> None:
    """No pattern tries every way to cut what somebody pasted."""
    for text in ("嗯" * 5000 + "x", "好的" * 5000 + "x", "看" * 5000, "you " * 5000, " " * 5000 + "x"):
        assert not courtesy(text)
        assert not any(re.search(pattern, text, re.IGNORECASE) for pattern in PATTERNS)


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


@pytest.mark.parametrize(
    ("text", "once"),
    [
        ("英文版", True),
        ("English please", True),
        ("English version please", True),
        ("给我英文版", True),
        ("用英文说一遍", True),
        ("以后用英文", False),
        ("切换英文", False),
        ("switch to English", False),
        ("please answer in English", False),
    ],
)
async def test_once_and_for_good_are_told_apart(text: str, once: bool) -> None:
    """One card in English is this skill's; English from now on is the settings'."""
    assert any(re.search(pattern, text, re.IGNORECASE) for pattern in PATTERNS) is once
    assert any(re.search(pattern, text, re.IGNORECASE) for pattern in PreferencesSkill.patterns) is not once


async def test_a_number_means_the_list_on_the_screen(chat: Chat) -> None:
    """A15: after 1, 2 is still the second title of the same list."""
    card = await chat.card("客户说太贵了怎么回")
    first, second = next(part.body for part in card.sections if part.title == "另外可看").splitlines()
    one = await chat.card("1")
    assert f"1. {one.citations[0].title}" == first
    assert second in next(part.body for part in one.sections if part.title == "另外可看")
    assert f"2. {(await chat.card('2')).citations[0].title}" == second


async def test_a_follow_up_goes_on_from_the_card_shown_last(chat: Chat) -> None:
    """A15: after a follow-up that led elsewhere, a change of the stage is about that card, not the first one."""
    await chat.say("客户说太贵了怎么回")
    assert talktrack_of(await chat.card("那要是他还要再降5个点呢"))[0] == "discount-again"
    assert talktrack_of(await chat.card("那谈判阶段呢"))[0] == "discount-again"


async def test_a_follow_up_goes_on_from_the_title_picked(chat: Chat) -> None:
    await chat.say("客户说太贵了怎么回")
    picked = talktrack_of(await chat.card("换一个"))[0]
    assert picked != "price-too-expensive"
    assert talktrack_of(await chat.card("那曜源电梯呢"))[0] == picked


@pytest.mark.parametrize(
    "text",
    ["还有别的说法吗", "不行，换一个", "这个不合适，换一条", "还有吗", "有没有别的", "any other ways to say it?"],
)
async def test_another_one_in_everyday_words(chat: Chat, text: str) -> None:
    first = talktrack_of(await chat.card("客户说太贵了怎么回"))[0]
    assert await chat.claims(text)
    assert any(re.search(pattern, text, re.IGNORECASE) for pattern in PATTERNS)
    assert talktrack_of(await chat.card(text))[0] not in {"", first}


async def test_alternatives_are_near_the_subject(chat: Chat) -> None:
    """A8: beside 太贵了 stand other cards about the price."""
    card = await chat.card("客户说太贵了怎么回")
    listed = next(part.body for part in card.sections if part.title == "另外可看")
    assert {line.partition(". ")[2] for line in listed.splitlines()} == {"让过价了还要再打折", "客户说竞品更便宜"}
