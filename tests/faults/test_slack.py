"""Slack is busy, slow, breaks off, or refuses: every answer arrives once and in order, or an operator is told why."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from itertools import pairwise

from bot.server import free_port
from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.slack.faults import Faults
from tests.faults.process import BotProcess
from tests.scenarios.reading import mrkdwn_words
from tests.scenarios.slack import Heard, SlackMember, buttons
from tests.scenarios.world import World, until

POST = "chat.postMessage"
TEXT, CARD = "我有几个客户", "帮助"

TROUBLES: dict[str, Callable[[Faults], None]] = {
    "too many": lambda faults: faults.rate_limit(times=2, retry_after=1, method=POST),
    "busy": lambda faults: faults.fail("internal_error", times=2, method=POST),
    "HTTP 500": lambda faults: faults.status(500, times=2, method=POST),
    "HTTP 503 everywhere": lambda faults: faults.status(503, times=3),
    "slow": lambda faults: faults.slow(0.5, times=2, method=POST),
    "cut before it was done": lambda faults: faults.cut_before(times=2, method=POST),
    "cut after it was done": lambda faults: faults.cut_after(times=1, method=POST),
}


async def test_every_trouble_ends_with_one_message(slack_world: World, slack: SlackEmulator) -> None:
    """Texts and cards arrive exactly once, whatever went wrong on the way: also when Slack did it and didn't say so."""
    for name, arm in TROUBLES.items():
        for question in (TEXT, CARD):
            member = _newcomer(slack_world)
            arm(slack.faults)
            heard = await member.say(question)
            assert len(heard.entries) == 1, (name, question, heard.entries)
            slack.faults.clear()
    assert await slack_world.deliveries("dead") == []
    assert slack.warnings == []


async def test_in_a_storm_of_429_everything_arrives_once_in_order_and_late(
    slack_world: World, slack: SlackEmulator
) -> None:
    """Slack's Retry-After is kept to; nobody's answers overtake each other."""
    members = [_newcomer(slack_world) for _ in range(3)]
    slack.faults.rate_limit(times=9, retry_after=1, method=POST)
    begun = slack.world.clock.now()
    heard = await asyncio.gather(*(_asks_thrice(member) for member in members))
    for answers in heard:
        assert [re.findall(r"qq\d", text) for text in answers.texts] == [["qq0"], ["qq1"], ["qq2"]]
        assert (answers.entries[0].at - begun).total_seconds() >= 1
    assert len([entry for entry in slack.ledger.rejected if entry.reason == "ratelimited"]) == 0, "none but the storm"
    assert await slack_world.deliveries("dead") == []


async def test_a_burst_keeps_to_what_a_channel_takes(slack_world: World, slack: SlackEmulator) -> None:
    """Ten answers at once to one person leave at Slack's pace: not one is refused for it."""
    member = _newcomer(slack_world)
    with member.listening() as heard:
        for number in range(10):
            assert (await slack.callbacks.say(member.id, f"{TEXT} qq{number}")).ok
        await slack_world.quiet()
    times = [entry.at.timestamp() for entry in heard().entries]
    assert len(times) == 10
    assert all(later > earlier for earlier, later in pairwise(times))
    assert slack.ledger.rejected == []


async def test_blocks_that_slack_refuses_go_out_as_text(slack_world: World, slack: SlackEmulator) -> None:
    """Nothing of the card's words is lost, neither folded nor unfolded."""
    member = _newcomer(slack_world)
    card = (await member.say("客户说太贵了怎么回")).card
    slack.faults.refuse_all_blocks()
    [plain] = (await member.say("客户说太贵了怎么回")).entries
    assert not buttons(plain.blocks)
    assert "先问贵在和什么比" in plain.text
    opened = (await member.press(card, "unfold")).entries[-1]
    assert opened.ts == card.ts
    assert all(
        part in opened.text
        for part in ("先问贵在和什么比", "王总，一百三十多万确实不是小数", "不要一听嫌贵就报折扣", "周敏 v3")
    )
    slack.faults.clear()
    assert await slack_world.deliveries("dead") == []


async def test_a_revoked_token_ends_as_dead_letters_that_can_be_replayed(
    slack_world: World, slack: SlackEmulator
) -> None:
    """The reason says what to do; after that `xiaoce deliveries replay --all` sends each once, in order."""
    members = [_newcomer(slack_world) for _ in range(2)]
    slack.faults.revoke(slack.workspace.bot_token)
    for member in members:
        for number in range(2):
            assert (await member.say(f"{TEXT} qq{number}")).entries == ()
    dead = await slack_world.deliveries("dead")
    assert len(dead) == 4
    assert all("token_revoked" in letter.reason and "重新安装" in letter.reason for letter in dead)
    slack.faults.clear()
    operator = BotProcess(slack_world.data, slack_world.emulator, free_port(), slack=slack)
    assert "未送达 4" in await operator.command("deliveries", "list")
    assert "4 条已重新排队" in await operator.command("deliveries", "replay", "--all")
    await until(lambda: _none_left(slack_world))
    for member in members:
        words = [mrkdwn_words(entry.payload) for entry in slack.ledger.delivered_to(member.dm)]
        assert [re.findall(r"qq\d", text) for text in words] == [["qq0"], ["qq1"]]


async def test_a_channel_that_the_bot_was_removed_from_harms_nobody_else(
    slack_world: World, slack: SlackEmulator
) -> None:
    """not_in_channel is one dead letter that says to invite it; direct messages go on."""
    member = _newcomer(slack_world)
    slack.faults.fail("not_in_channel", method=POST)
    assert (await member.say(TEXT)).entries == ()
    assert len((await member.say(TEXT)).entries) == 1
    [letter] = await slack_world.deliveries("dead")
    assert "/invite" in letter.reason


async def test_events_that_come_twice_late_and_out_of_order(slack_world: World, slack: SlackEmulator) -> None:
    """Each event three times: one answer each."""
    slack.faults.duplicate_events(2)
    member = _newcomer(slack_world)
    for number in range(3):
        assert len((await member.say(f"{TEXT} qq{number}")).entries) == 1


def _newcomer(world: World) -> SlackMember:
    return SlackMember(world, world.newcomer().slack)


async def _asks_thrice(member: SlackMember) -> Heard:
    with member.listening() as heard:
        for number in range(3):
            assert (await member.slack.callbacks.say(member.id, f"{TEXT} qq{number}")).ok
        await member.world.quiet()
    return heard()


async def _none_left(world: World) -> bool:
    counts = await world.app.database.read(lambda store: store.deliveries.counts())
    return counts["dead"] == counts["waiting"] == counts["sending"] == 0
