"""What people do in Slack: channels, direct messages, commands, files, the Home tab, forms, assistant threads."""

from __future__ import annotations

import pytest

from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.slack.ledger import Outcome
from tests.scenarios.browser import browser
from tests.scenarios.company import ANNA, EAST, MIN, OPS, SALES, SLACK_STRANGER, Employee
from tests.scenarios.reading import mrkdwn_words
from tests.scenarios.slack import Heard, SlackMember, buttons, labels
from tests.scenarios.world import World, audited, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION, POINT = "客户说太贵了怎么回", "先问贵在和什么比"


async def test_a_question_gets_a_folded_card_that_unfolds_in_place(member: SlackMember) -> None:
    """A8, A15: one line, then the whole in the same message; folded again on request."""
    card = (await member.say(QUESTION)).card
    assert card.outcome is Outcome.DELIVERED
    assert labels(card.blocks)[:2] == ["展开", "有用"]
    assert "这样说" not in mrkdwn_words(card.payload), "folded: the details are not shown yet"
    opened = (await member.press(card, "unfold")).card
    assert (opened.outcome, opened.ts) == (Outcome.UPDATED, card.ts)
    words = mrkdwn_words(opened.payload)
    assert all(part in words for part in (POINT, "这样说", "步骤", "避免", "周敏 v3", "有效期"))
    closed = (await member.press(opened, "fold")).card
    assert mrkdwn_words(closed.payload) == mrkdwn_words(card.payload)


async def test_a_mention_in_a_channel_is_answered_once_in_its_thread(world: World, member: SlackMember) -> None:
    """A15: it comes as message and as app_mention; the answer opens a thread, and follow-ups continue there."""
    card = (await member.ask(QUESTION, SALES)).card
    question = card.payload["thread_ts"]
    assert question != card.ts
    follow_up = (await member.ask("换一个", SALES, thread_ts=question)).card
    assert follow_up.payload["thread_ts"] == question
    assert POINT not in mrkdwn_words(follow_up.payload), "another one"
    colleague = SlackMember(world, world.newcomer().slack)
    assert (await colleague.press(card, "unfold")).card.ts == card.ts, "a card of the channel is everybody's"


async def test_in_a_channel_it_is_silent_unless_it_is_mentioned(member: SlackMember) -> None:
    """Neither a question to the others nor a reply in a thread of the bot's gets a word."""
    assert (await member.say(QUESTION, SALES)).entries == ()
    card = (await member.ask(QUESTION, SALES)).card
    assert (await member.say("那要是他还嫌贵呢", SALES, thread_ts=card.payload["thread_ts"])).entries == ()


@pytest.mark.parametrize(
    ("person", "question", "follow_up", "notice", "row"),
    [
        pytest.param(MIN, "我的客户有哪些", "其中A级的有哪些", "这里人多，已私信发给您。", "恒锐", id="zh"),
        pytest.param(
            ANNA,
            "which customers do I have",
            "my largest customer",
            "Others read along here, so I have sent it to you alone.",
            "远洋",
            id="en",
        ),
    ],
)
async def test_customers_asked_for_in_a_channel_come_as_direct_messages(
    world: World, person: Employee, question: str, follow_up: str, notice: str, row: str
) -> None:
    """D9, D10: the channel reads where the answer is and no row; a follow-up there keeps the topic, for the asker."""
    member, colleague = SlackMember(world, person.slack), SlackMember(world, world.newcomer().slack)
    with member.listening() as alone:
        channel = await member.ask(question, SALES)
        first = alone()
        thread = channel.entries[0].payload["thread_ts"]
        again = await member.ask(follow_up, SALES, thread_ts=thread)
    assert [channel.words, again.words] == [notice, notice]
    assert row in first.words
    assert row in Heard(alone().entries[len(first.entries) :]).words
    assert row in (await member.press(first.card, "unfold")).words, "it works where it stands"
    with colleague.listening() as theirs:
        assert row not in (await colleague.ask(follow_up, SALES, thread_ts=thread)).words
    assert row not in theirs().words
    mine = [entry for entry in await audited(world, "answer.private") if entry.actor == person.id]
    assert [entry.subject for entry in mine] == ["customers", "customers"]
    assert all(entry.detail == {"group": f"slack|{SALES}:{thread}"} for entry in mine)


async def test_a_private_card_that_stands_in_a_channel_does_not_unfold_there(
    world: World, slack: SlackEmulator, member: SlackMember
) -> None:
    """D9: neither a card from before this rule nor a forged button shows the asker's rows to a channel."""
    owner = SlackMember(world, MIN.slack)
    with owner.listening() as alone:
        await owner.ask("我的客户有哪些", SALES)
    [forged] = [b["action_id"] for b in buttons(alone().card.blocks) if b["action_id"].endswith("|unfold")]
    shown = (await owner.ask(QUESTION, SALES)).card
    post = slack.channel(SALES).find(shown.ts)
    assert post is not None
    for block in post.blocks:
        for element in block.get("elements", ()):
            if str(element.get("action_id", "")).endswith("|unfold"):
                element["action_id"] = forged
    heard = await owner.press(shown, "unfold")
    assert "恒锐" not in heard.words
    assert "失效或不是发给您的" in heard.words


async def test_a_channel_is_told_to_ask_alone_where_slack_opens_no_direct_messages(
    world: World, slack: SlackEmulator, member: SlackMember
) -> None:
    """D9: nothing is promised that can't be kept."""
    slack.faults.fail("user_disabled", method="conversations.open")
    assert (await member.ask("我的客户有哪些", SALES)).words == "这里人多，请在单聊里问我。"


async def test_direct_messages_that_can_not_be_found_in_time_are_no_obstacle(
    world: World, slack: SlackEmulator, member: SlackMember
) -> None:
    """D9: a busy Slack; the person's id is an address too."""
    slack.faults.fail("internal_error", times=5, method="conversations.open")
    with member.listening() as alone:
        assert (await member.ask("我有几个客户", SALES)).words == "这里人多，已私信发给您。"
    slack.faults.clear()
    assert "您能查看的客户" in alone().words


async def test_a_command_is_confirmed_on_the_spot_and_answered_in_private(
    slack: SlackEmulator, member: SlackMember
) -> None:
    """/xiaoce in a channel: nobody else reads question or answer; what follows in the DM keeps the topic."""
    with member.listening(SALES) as channel:
        card = (await member.command(QUESTION, channel=SALES)).card
    assert POINT in mrkdwn_words(card.payload)
    [confirmed] = channel().entries
    assert confirmed.outcome is Outcome.EPHEMERAL
    assert "私聊" in confirmed.text
    assert POINT not in mrkdwn_words((await member.say("换一个")).card.payload)


async def test_a_file_is_kept_whatever_its_name(world: World, slack: SlackEmulator, member: SlackMember) -> None:
    """Fetched with the bearer, stored under a name of ours; the words beside it are answered too."""
    for name in ("报价单.txt", "../../etc/passwd"):
        with member.listening() as heard:
            said = await slack.callbacks.send_file(member.id, name, b"root:x:0:0", "我有几个客户")
            assert said.ok
            await world.quiet()
        words = heard().words
        assert "已收到并保存" in words
        assert "您能查看的客户" in words
        assert ".." not in words
    kept = [path for path in (world.data / "files").iterdir() if path.read_bytes() == b"root:x:0:0"]
    assert len(kept) == 2


async def test_a_file_that_can_not_be_fetched_is_reported(
    world: World, slack: SlackEmulator, member: SlackMember
) -> None:
    """Without a good bearer Slack answers 200 with a page: that page isn't stored as the file."""
    slack.faults.revoke(slack.workspace.bot_token)
    said = await slack.callbacks.send_file(member.id, "报价单.txt", b"content")
    assert said.ok
    await until(lambda: _dead(world))
    slack.faults.clear()
    [letter] = await world.deliveries("dead")
    with member.listening() as heard:
        assert await world.app.delivery.replay(letter.id)
        await world.quiet()
    assert "没能保存" in heard().words


async def test_home_shows_each_role_its_own(world: World) -> None:
    """D9: a rep's customers, a manager's team; everybody what can be asked and what is set."""
    rep, manager = SlackMember(world, MIN.slack), SlackMember(world, EAST.slack)
    own, team = [mrkdwn_words({"blocks": await person.home()}) for person in (rep, manager)]
    assert "苏州恒锐精密机械有限公司" in own
    assert "东莞鼎峰" not in own + team
    assert "张敏" in team
    assert all(QUESTION in words and "语言" in words for words in (own, team))


async def test_home_of_a_stranger_says_how_to_get_in(world: World) -> None:
    """D9: and nothing else; opening it sends no message."""
    stranger = SlackMember(world, SLACK_STRANGER)
    with stranger.listening() as heard:
        words = mrkdwn_words({"blocks": await stranger.home()})
    assert SLACK_STRANGER in words
    assert "销售运营" in words
    assert "客户" not in words
    assert heard().entries == ()
    assert "销售运营" in (await stranger.say(QUESTION)).words


async def test_a_press_on_the_home_tab_is_answered_in_the_direct_messages(member: SlackMember) -> None:
    """D1: what can be asked is one tap away, also before anything was asked."""
    await member.home()
    assert POINT in mrkdwn_words((await member.press_home(QUESTION)).card.payload)


async def test_the_language_is_chosen_in_a_form_and_the_home_follows(member: SlackMember) -> None:
    """我的设置 → 修改: the form shows what is set; afterwards card, home and answers are in English."""
    await member.home()
    assert (await member.press_home("change")).entries == ()
    assert member.modal.content["title"]["text"] == "设置"
    assert (await member.submit({"language": "en"})).entries == ()
    await until(lambda: _english(member))
    assert "answer you in English" in mrkdwn_words({"blocks": member.home_blocks()})
    await member.home()
    assert "Language" in mrkdwn_words({"blocks": member.home_blocks()})
    assert "Customers you can see" in (await member.say("how many customers do I have")).words
    card = (await member.say("my settings")).card
    await member.press(card, "change")
    changed = await member.submit({"language": "zh"})
    assert changed.card.ts == card.ts
    assert "以后用中文" in changed.words


async def test_why_a_card_does_not_fit_reaches_the_keepers_of_the_playbook(world: World, member: SlackMember) -> None:
    """A15: 不适用 asks at once; reason and note stand on the page of gaps, alternatives on the card."""
    card = (await member.say("客户说竞品更便宜")).card
    assert (await member.press(card, "not_fit")).entries == ()
    changed = (await member.submit({"reason": "outdated", "note": "对方上周又降了 3 万，清单要更新"})).card
    assert changed.ts == card.ts
    assert "谢谢" in mrkdwn_words(changed.payload)
    other = (await member.press(changed, "pick_1")).card
    assert other.outcome is Outcome.DELIVERED
    async with browser(world, OPS.id) as window:
        status, page = await window.page("/playbook-gaps")
    assert status == 200
    assert "对方上周又降了 3 万，清单要更新" in page


async def test_a_form_that_is_cancelled_changes_nothing(slack: SlackEmulator, member: SlackMember) -> None:
    """The card stays as it is and can be pressed again."""
    card = (await member.say(QUESTION)).card
    await member.press(card, "not_fit")
    with member.listening() as heard:
        await slack.callbacks.close_view(member.modal.id)
    assert heard().entries == ()
    assert (await member.press(card, "useful")).card.ts == card.ts


async def test_a_form_that_can_not_open_is_asked_in_words(slack: SlackEmulator, member: SlackMember) -> None:
    """A trigger that expired: the press is handed on without answers, and the card offers the reasons as buttons."""
    card = (await member.say(QUESTION)).card
    slack.faults.fail("expired_trigger_id", method="views.open")
    changed = (await member.press(card, "not_fit")).card
    assert {"阶段不对", "已过时"} & set(labels(changed.blocks)), labels(changed.blocks)


async def test_an_assistant_thread_suggests_shows_that_it_writes_and_answers(
    world: World, slack: SlackEmulator, member: SlackMember
) -> None:
    """D1: questions to tap for the role; a status while the answer is made; the answer in the thread."""
    started = await slack.callbacks.start_assistant(member.id)
    place = (member.dm, started.post.ts)
    await slack.ledger.wait_for(1, place=member.dm, outcome=Outcome.STATUS)
    prompts = [prompt["message"] for prompt in slack.world.threads[place].prompts]
    assert 1 <= len(prompts) <= 4
    card = (await member.say(prompts[0], thread_ts=started.post.ts)).card
    assert card.payload["thread_ts"] == started.post.ts
    shown = [entry for entry in slack.ledger.of(Outcome.STATUS, place=member.dm) if "status" in entry.payload]
    assert [entry.payload["status"] for entry in shown] == ["正在写回答…"]
    assert slack.world.threads[place].status == "", "gone with the answer"


async def test_an_english_card_is_english_to_its_last_button(world: World) -> None:
    """A15: the name of a Chinese colleague on the card doesn't make its buttons Chinese."""
    card = (await SlackMember(world, ANNA.slack).say("The customer says it is too expensive, what do I say?")).card
    assert labels(card.blocks) == ["Unfold", "Useful", "Doesn't fit", "More", "Read it all"]


async def test_changes_and_deletions_are_no_questions(world: World, slack: SlackEmulator, member: SlackMember) -> None:
    """No loops: our own cards come back as message_changed when they unfold; people edit what they asked."""
    card = (await member.say(QUESTION)).card
    asked = next(post for post in slack.dm(member.id).posts if post.user == member.id)
    with member.listening() as heard:
        assert all(delivery.ok for delivery in await slack.callbacks.edit(member.id, member.dm, asked.ts, "帮助"))
        assert all(delivery.ok for delivery in await slack.callbacks.take_back(member.id, member.dm, asked.ts))
        await world.quiet()
    assert heard().entries == ()
    for key in ("unfold", "fold", "useful"):
        card = (await member.press(card, key)).card
        assert card.outcome is Outcome.UPDATED


async def test_whoever_opens_the_messages_first_is_greeted_once(
    world: World, slack: SlackEmulator, member: SlackMember, rep: Employee
) -> None:
    """D1: a newcomer hears who this is; later nothing."""
    with member.listening() as heard:
        for _ in range(2):
            assert all(delivery.ok for delivery in await slack.callbacks.open_home(member.id, "messages"))
            await world.quiet()
    [text] = heard().texts
    assert rep.name in text


async def test_somebody_elses_card_can_not_be_pressed(world: World, slack: SlackEmulator, member: SlackMember) -> None:
    """D9: knowing a card's id opens nothing."""
    owner = SlackMember(world, MIN.slack)
    card = (await owner.say("我的客户有哪些")).card
    [forged] = [b["action_id"] for b in card.blocks[-1]["elements"] if b["action_id"].endswith("|unfold")]
    mine = (await member.say(QUESTION)).card
    room = slack.channel(mine.channel)
    post = room.find(mine.ts)
    assert post is not None
    for block in post.blocks:
        for element in block.get("elements", ()):
            if str(element.get("action_id", "")).endswith("|unfold"):
                element["action_id"] = forged
    heard = await member.press(mine, "unfold")
    assert "恒锐" not in heard.words
    assert "失效或不是发给您的" in heard.words


async def _dead(world: World) -> bool:
    return bool(await world.deliveries("dead"))


async def _english(member: SlackMember) -> bool:
    return "English" in mrkdwn_words({"blocks": member.home_blocks()})
