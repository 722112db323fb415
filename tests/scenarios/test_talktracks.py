"""A8, A15: a rep asks for help in WeCom and gets a foldable card with the talk-track that fits."""

from __future__ import annotations

import pytest

from bot.contracts.person import OPERATOR
from tests.emulators.wecom.emulator import WecomEmulator
from tests.emulators.wecom.ledger import Outcome
from tests.scenarios.company import ANNA, MIN, STRANGER, Employee
from tests.scenarios.world import World, buttons, labels

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_question_gets_a_folded_card_with_its_source(world: World, rep: Employee) -> None:
    """A8, A15: one line first, 展开 for the rest, the source named, everything within the platform's limits."""
    heard = await world.say(rep.wecom, "客户说太贵了怎么回")
    card = heard.card
    assert card.outcome is Outcome.DELIVERED
    assert "先问贵在和什么比" in card.payload["main_title"]["title"]
    assert "展开" in labels(card)
    assert "quote_area" not in card.payload, "folded: the details are not shown yet"
    assert "周敏 v3" in heard.words, "owner and version of the talk-track"
    assert world.emulator.warnings == [], "also the advised lengths are kept"
    assert world.emulator.ledger.truncated == []


async def test_unfolding_changes_the_card_in_place_and_folding_takes_it_back(world: World, rep: Employee) -> None:
    """A8: press → unfolds; the response_code of the press is used, no second card appears."""
    card = (await world.say(rep.wecom, "客户说太贵了怎么回")).card
    opened = (await world.press(rep.wecom, card, "unfold")).card
    assert opened.outcome is Outcome.UPDATED
    assert opened.msgid == card.msgid
    assert "收起" in labels(opened)
    assert "quote_area" in opened.payload
    closed = (await world.press(rep.wecom, opened, "fold")).card
    assert closed.outcome is Outcome.UPDATED
    assert "展开" in labels(closed)


async def test_useful_is_thanked_for_on_the_card(world: World, rep: Employee) -> None:
    """A8: the press is confirmed where it happened."""
    card = (await world.say(rep.wecom, "客户说太贵了怎么回")).card
    heard = await world.press(rep.wecom, card, "useful")
    assert [entry.outcome for entry in heard.entries] == [Outcome.UPDATED]
    assert "谢谢" in heard.words
    assert "✓ 有用" in heard.words
    assert "有用" not in labels(heard.card), "it can't be pressed again"


async def test_the_whole_text_goes_out_when_it_is_unfolded_and_only_then(world: World, rep: Employee) -> None:
    """A8: thanks and folding change the card; unfolding again is asking for the text again."""
    card = (await world.say(rep.wecom, "客户说太贵了怎么回")).card
    opened = await world.press(rep.wecom, card, "unfold")
    assert opened.texts
    useful = await world.press(rep.wecom, opened.card, "useful")
    assert [entry.outcome for entry in useful.entries] == [Outcome.UPDATED]
    closed = await world.press(rep.wecom, useful.card, "fold")
    assert [entry.outcome for entry in closed.entries] == [Outcome.UPDATED]
    assert (await world.press(rep.wecom, closed.card, "unfold")).texts == opened.texts


async def test_useful_then_unfolded_brings_the_text(world: World, rep: Employee) -> None:
    """A8: the other way round."""
    card = (await world.say(rep.wecom, "客户说太贵了怎么回")).card
    useful = (await world.press(rep.wecom, card, "useful")).card
    opened = await world.press(rep.wecom, useful, "unfold")
    assert opened.texts
    assert "✓ 有用" in opened.words


async def test_a_button_pressed_twice_counts_once(world: World, emulator: WecomEmulator, rep: Employee) -> None:
    """A8: the same press delivered again is silent; a second press on a stale phone changes the card, not the count."""
    card = (await world.say(rep.wecom, "客户说太贵了怎么回")).card
    [key] = [key for key in buttons(card) if key.endswith(":useful")]
    codes = [emulator.world.cards.issue_code(card.msgid) for _ in range(2)]
    outcomes = []
    for time, code in enumerate((codes[0], codes[0], codes[1])):
        fields = {
            "Event": "template_card_event",
            "EventKey": key,
            "ResponseCode": code,
            "CreateTime": 1740967200 + time,
        }
        with world.listening(rep.wecom) as heard:
            assert (await emulator.callbacks.event(rep.wecom, fields)).ok
            await world.quiet()
        outcomes.append([entry.outcome for entry in heard().entries])
    assert outcomes == [[Outcome.UPDATED], [], [Outcome.UPDATED]]
    presses = await world.app.database.read(lambda store: store.cards.presses(key.rpartition(":")[0]))
    assert [press.action for press in presses] == ["useful"]


async def test_what_does_not_fit_is_followed_by_alternatives(world: World, rep: Employee) -> None:
    """A15: 不适用 offers other talk-tracks; choosing one shows it as a new card."""
    card = (await world.say(rep.wecom, "客户说太贵了怎么回")).card
    changed = (await world.press(rep.wecom, card, "not_fit")).card
    assert changed.outcome is Outcome.UPDATED
    assert any(key.endswith(":pick_1") for key in (b.get("key", "") for b in changed.payload["button_list"]))
    other = (await world.press(rep.wecom, changed, "pick_1")).card
    assert other.outcome is Outcome.DELIVERED
    assert other.payload["main_title"]["title"] != card.payload["main_title"]["title"]


async def test_a_follow_up_keeps_the_topic(world: World, rep: Employee) -> None:
    """A15: 英文版 and 换一个 say nothing by themselves; they continue what was asked."""
    first = (await world.say(rep.wecom, "客户说太贵了怎么回")).card
    english = (await world.say(rep.wecom, "英文版")).card
    assert 'Ask "compared with what?"' in english.payload["quote_area"]["quote_text"]
    other = (await world.say(rep.wecom, "another one")).card
    assert other.payload["main_title"] not in (first.payload["main_title"], english.payload["main_title"])


async def test_an_english_question_gets_an_english_card(world: World) -> None:
    """A15 in English, buttons included."""
    heard = await world.say(ANNA.wecom, "The customer says it is too expensive, what do I say?")
    assert 'Ask "compared with what?"' in heard.card.payload["quote_area"]["quote_text"]
    assert "Details" in labels(heard.card)
    assert "Useful" in labels(heard.card)


async def test_an_unknown_question_is_answered_honestly(world: World, rep: Employee) -> None:
    """A15: no good source → says so, and who keeps the talk-tracks."""
    heard = await world.say(rep.wecom, "话术 今天食堂中午吃什么")
    assert "话术库里没有合适的答案" in heard.words
    assert "话术库由销售运营" in heard.words


async def test_a_customer_in_the_question_is_shown_on_the_card(world: World) -> None:
    """A15: the talk-track is chosen for the customer; the rep's own customer is recognised by its short name."""
    card = (await world.say(MIN.wecom, "恒锐的客户说太贵了怎么回")).card
    opened = await world.press(MIN.wecom, card, "unfold")
    assert "恒锐" in opened.words


async def test_help_shows_what_can_be_asked(world: World, rep: Employee) -> None:
    """D1: without knowing anything, 帮助 leads on."""
    assert "客户说太贵了怎么回" in (await world.say(rep.wecom, "帮助")).words


async def test_a_stranger_is_told_how_to_get_in_and_nothing_else(world: World) -> None:
    """D9: who is on no list sees no content."""
    heard = await world.say(STRANGER, "客户说太贵了怎么回")
    [text] = heard.texts
    assert STRANGER in text
    assert "销售运营" in text
    assert not heard.cards


async def test_an_old_card_still_answers_with_a_card(world: World, emulator: WecomEmulator, rep: Employee) -> None:
    """A8: when a card can't be changed any more, the press is answered by a new card instead of silence."""
    card = (await world.say(rep.wecom, "客户说太贵了怎么回")).card
    emulator.faults.fail(42022, path="/cgi-bin/message/update_template_card")
    heard = await world.press(rep.wecom, card, "useful")
    assert [entry.outcome for entry in heard.entries] == [Outcome.DELIVERED]
    assert "谢谢" in heard.words


async def test_a_question_that_we_could_only_ask_back_about_is_kept_for_sales_ops(world: World, rep: Employee) -> None:
    """A15, D10: 话术缺口 shows it, without the telephone number; another try and a slip of the finger are not kept."""

    async def kept() -> list[str]:
        entries = await world.app.database.read(lambda store: store.audit.listing(OPERATOR, 50, ["playbook.gap"]))
        return [str(entry.detail["question"]) for entry in entries]

    heard = await world.say(rep.wecom, "怎么跟老外做生意啊这行情 13812345678")
    assert "不太确定" in heard.words
    assert "怎么跟老外做生意啊这行情 ***" in await kept()
    before = await kept()
    for text in ("asdf", "不行，换一个", "有哪些话术"):
        await world.say(rep.wecom, text)
    assert await kept() == before
