"""The WeCom AI bot end to end, on both connections: asked, pressed, in groups. Conversations: `test_conversations`."""

from __future__ import annotations

import pytest

from tests.emulators.wecom_bot.emulator import WecomBotEmulator
from tests.scenarios.company import ANNA, CROWD, MIN, Employee
from tests.scenarios.test_recordings import CALL, HENGRUI, agreed, finished
from tests.scenarios.wecom_bot import BotHeard, BotMember
from tests.scenarios.world import World, audited

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROWS = ("恒锐", "泓达", "远洋", "820", "310", "150")  # of Min and Anna
HERE_ZH, HERE_EN = "这里人多", "Others read along here"


@pytest.fixture
def bot(bot_world: World) -> WecomBotEmulator:
    """The platform."""
    assert bot_world.bot is not None
    return bot_world.bot


@pytest.fixture
def newcomer(bot_world: World) -> BotMember:
    """Somebody who never wrote to the bot."""
    return BotMember(bot_world, bot_world.newcomer().wecom)


@pytest.mark.parametrize(
    ("person", "question", "follow_up", "here", "there"),
    [
        pytest.param(MIN, "我的客户有哪些", "其中A级的有哪些", HERE_ZH, "恒锐", id="zh"),
        pytest.param(ANNA, "which customers do I have", "my largest customer", HERE_EN, "远洋", id="en"),
    ],
)
async def test_customers_asked_for_in_a_group_are_told_to_the_asker_alone(
    bot_world: World, bot: WecomBotEmulator, person: Employee, question: str, follow_up: str, here: str, there: str
) -> None:
    """D9, D10: nobody else in the group reads the asker's rows; callbacks can't send them anywhere, and say so."""
    asker = BotMember(bot_world, person.wecom)
    await asker.say("帮助")  # the chat with the bot is open
    for words in (question, follow_up):
        async with asker.listening() as alone:
            group = await asker.say(words, CROWD)
        assert here in group.words
        assert_no_rows(group)
        assert (there in alone.words) == (bot.mode == "socket")
        assert ("单聊" in group.words or "our own chat" in group.words) == (bot.mode == "http")
        noted = (await audited(bot_world, "answer.private", "answer.withheld"))[0]
        assert noted.actor == person.id
        assert (noted.subject, noted.detail) == ("customers", {"group": f"wecom_bot|group:{CROWD}"})
        assert noted.action == ("answer.private" if bot.mode == "socket" else "answer.withheld")
    assert await bot_world.deliveries("dead") == []


async def test_whoever_never_wrote_to_the_bot_is_asked_to(newcomer: BotMember) -> None:
    """D9: WeCom lets nobody be written to first (93006), so nothing is promised that can't be kept."""
    async with newcomer.listening() as alone:
        group = await newcomer.say("我的客户有哪些", CROWD)
    assert group.words == "这里人多，请在单聊里问我。"
    assert alone.entries == []
    assert await newcomer.world.deliveries("dead") == []
    await newcomer.bot.callbacks.enter_chat(newcomer.id)
    await newcomer.world.quiet()
    assert "请在单聊里问我" in (await newcomer.say("我有几个客户", CROWD)).words, "opening the chat isn't writing"


async def test_a_private_list_goes_on_where_it_stands(bot_world: World, bot: WecomBotEmulator) -> None:
    """D9: its buttons and follow-ups work in the asker's own chat, and are nobody else's in the group."""
    asker, colleague = BotMember(bot_world, MIN.wecom), BotMember(bot_world, ANNA.wecom)
    await asker.say("帮助")
    async with asker.listening() as alone:
        await asker.say("我的客户有哪些", CROWD)
    if bot.mode == "http":
        alone = await asker.say("我的客户有哪些")
    opened = await asker.press(alone.card, "unfold")
    assert "820 万元" in opened.words
    assert "恒锐" in (await asker.say("其中A级的")).words
    async with colleague.listening() as hers:
        group = await colleague.say("其中A级的", CROWD)
    assert_no_rows(group)
    assert "恒锐" not in hers.words


@pytest.mark.parametrize(
    ("person", "question", "says", "name"),
    [
        pytest.param(MIN, "恒锐说太贵了怎么回", "这样说", "苏州恒锐精密机械有限公司", id="zh"),
        pytest.param(ANNA, "远洋 says it is too expensive", "Say this", "宁波远洋厨房电器有限公司", id="en"),
    ],
)
async def test_a_talk_track_for_a_named_customer_shows_none_of_its_figures(
    bot_world: World, person: Employee, question: str, says: str, name: str
) -> None:
    """D9: what to say is for all of the group; what the named customer buys and how it is rated isn't."""
    asker = BotMember(bot_world, person.wecom)
    await asker.say("speak English" if person is ANNA else "说中文")  # the customers' names are Chinese
    opened = await asker.press((await asker.say(question, CROWD)).card, "unfold", CROWD)
    assert says in opened.words
    assert name in opened.words, "the customer was recognised"
    for figure in ("820", "8.20", "150", "1.50", "万元", "CNY", "A 级", "level B", "等级", "Level", "年采购额"):
        assert figure not in opened.words


async def test_a_question_from_the_help_in_a_group_is_answered_privately_too(
    bot_world: World, bot: WecomBotEmulator
) -> None:
    """D9: a tap on 我的客户有哪些 asks the same as the words do."""
    asker = BotMember(bot_world, MIN.wecom)
    await asker.say("帮助")
    card = (await asker.say("帮助", CROWD)).card
    [key] = [button["key"] for button in card.payload["button_list"] if button["text"] == "我的客户有哪些"]
    async with asker.listening() as alone:
        group = await asker.press(card, key.rpartition(":")[2], CROWD)
    assert HERE_ZH in group.words
    assert_no_rows(group)
    assert ("恒锐" in alone.words) == (bot.mode == "socket")


def assert_no_rows(heard: BotHeard) -> None:
    """What a group may read."""
    assert not [row for row in ROWS if row in heard.words], heard.words


async def test_a_recording_ends_as_a_card_and_a_page(bot_world: World, bot: WecomBotEmulator) -> None:
    """A16: what is sent to the AI bot is transcribed; callbacks can't tell later, so the person's own app does."""
    await agreed(bot_world, "C001")
    member = BotMember(bot_world, MIN.wecom)
    async with member.listening() as here:
        with bot_world.listening(MIN.wecom) as heard_there:
            delivery = await bot.callbacks.send_file(MIN.wecom, f"{HENGRUI} 电话.flac", CALL.read_bytes())
            assert delivery.ok, delivery.attempts
            record = await finished(bot_world, MIN.id)
    there = heard_there().words
    assert record.state == "ready", record.reason
    assert "正在转写" in here.words
    told, silent = (here.words, there) if bot.mode == "socket" else (there, here.words)
    assert "我是说话人1" in told, "in the reader's language, whatever was spoken"
    assert "我是说话人1" not in silent
    assert "{count}" not in told
    assert await bot_world.deliveries("dead") == []
