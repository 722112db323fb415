"""A8, A15: the buttons of a talk-track card."""

from __future__ import annotations

import pytest

from knowledge.playbook.playbook import Playbook
from skills.talktracks.cards import REASONS, Maker, talktrack_of
from skills.talktracks.skill import TalkTracksSkill
from skills.talktracks.thread import Shown, Thread
from storage.database import Database
from tests.unit.skills.house import OPS, OTHER_REP, Chat

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def chat(company: Database, playbook: Playbook) -> Chat:
    """A rep's conversation."""
    return Chat(TalkTracksSkill(company, playbook), company)


async def test_useful_thanks_in_place(chat: Chat) -> None:
    card = await chat.card("客户说太贵了怎么回")
    [reply] = await chat.press(card, "useful")
    assert reply.update is not None
    assert reply.update.card_id == card.id
    assert reply.update.handle.startswith("handle-")
    assert reply.card is not None
    assert (reply.card.id, reply.card.pressed, reply.card.notice) == (card.id, "useful", "谢谢，已记下。")
    assert reply.card.sections == card.sections


async def test_not_fit_offers_others_and_asks_why(chat: Chat) -> None:
    card = await chat.card("客户说太贵了怎么回")
    [reply] = await chat.press(card, "not_fit")
    assert reply.update is not None
    assert reply.card is not None
    label = next(action.label for action in reply.card.actions if action.key == "pick_2")
    [picked] = await chat.press(reply.card, "pick_2")
    assert picked.card is not None
    assert picked.update is None
    assert talktrack_of(picked.card)[0] != "price-too-expensive"
    assert picked.citations[0].title.startswith(label.rstrip("…"))


@pytest.mark.parametrize("reason", REASONS)
async def test_reason_is_kept_for_sales_ops(chat: Chat, company: Database, reason: str) -> None:
    card = await chat.card("客户说太贵了怎么回")
    [asked] = await chat.press(card, "not_fit")
    assert asked.card is not None
    [reply] = await chat.press(asked.card, reason)
    assert reply.card is not None
    assert reply.card.notice.startswith("谢谢，原因已记下")
    assert {action.key for action in reply.card.actions} == {"pick_1", "pick_2"}
    newest = (await company.read(lambda store: store.audit.listing(OPS, limit=1)))[0]
    assert (newest.action, newest.subject) == ("playbook.not_fit", "price-too-expensive")
    assert newest.detail["reason"] == reason


async def test_more_is_a_new_card(chat: Chat) -> None:
    card = await chat.card("客户说太贵了怎么回")
    [reply] = await chat.press(card, "more")
    assert reply.update is None
    assert reply.card is not None
    assert reply.card.id != card.id
    assert talktrack_of(reply.card)[0] != "price-too-expensive"
    assert f"1. {reply.citations[0].title}" in next(s.body for s in card.sections if s.title == "另外可看")


async def test_buttons_of_a_forgotten_card_still_work(chat: Chat) -> None:
    card = await chat.card("客户说太贵了怎么回")
    chat.forget()
    [reply] = await chat.press(card, "useful")
    assert reply.card is not None
    assert reply.card.pressed == "useful"
    chat.forget()
    [reply] = await chat.press(card, "not_fit")
    assert reply.card is not None
    assert "wrong_stage" in {action.key for action in reply.card.actions}


async def test_older_card_of_the_same_conversation(chat: Chat) -> None:
    first = await chat.card("客户说太贵了怎么回")
    await chat.card("客户担心售后跟不上")
    [reply] = await chat.press(first, "more")
    assert f"1. {reply.citations[0].title}" in next(s.body for s in first.sections if s.title == "另外可看")


async def test_card_of_somebody_else_is_not_shown(chat: Chat, company: Database) -> None:
    """D9: a press with another person's card id from another conversation learns nothing."""
    card = await chat.card("泓达农机说太贵了怎么回")
    stranger = Chat(chat.skill, company, OTHER_REP)
    for action in ("useful", "not_fit", "more", "pick_1"):
        [reply] = await stranger.press(card, action)
        assert reply.card is None
        assert reply.text == "这张卡片已经找不到了，请把问题再发一次。"


async def test_action_that_no_button_has_does_no_harm(chat: Chat) -> None:
    card = await chat.card("客户说太贵了怎么回")
    for action in ("pick_3", "pick_9", "", "drop_table"):
        assert len(await chat.press(card, action)) == 1


async def test_guess_is_shown_when_picked(chat: Chat, playbook: Playbook, company: Database) -> None:
    """A15: nothing fitted; the nearest titles are buttons."""
    ids = ("wait-and-see", "discount-again", "after-sales-worry")
    nearest = [card for id_ in ids if (card := playbook.card(id_, "zh"))]
    maker = Maker(playbook.vocabulary, "zh", "", chat.now.date())
    card = maker.no_answer(nearest, "周敏")
    assert [action.key for action in card.actions] == ["pick_1", "pick_2", "pick_3"]
    assert f"2. {nearest[1].title}" in card.summary
    await company.write(lambda store: store.cards.add(card, "talktracks", chat.to, "E1", "m", chat.now))
    chat.memory = Thread().plus(card.id, Shown("", "zh", "…", ids)).memory()
    [reply] = await chat.press(card, "pick_2")
    assert reply.card is not None
    assert talktrack_of(reply.card) == ("discount-again", "zh")


async def test_guess_of_a_forgotten_card_is_explained(chat: Chat, playbook: Playbook, company: Database) -> None:
    card = Maker(playbook.vocabulary, "zh", "", chat.now.date()).no_answer([], "")
    await company.write(lambda store: store.cards.add(card, "talktracks", chat.to, "E1", "m", chat.now))
    [reply] = await chat.press(card, "pick_1")
    assert reply.text == "这张卡片已经找不到了，请把问题再发一次。"
