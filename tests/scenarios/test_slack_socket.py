"""Slack in Socket Mode: the same conversation, and connections that break."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.wecom.emulator import WecomEmulator
from tests.scenarios.company import STAFF
from tests.scenarios.slack import SlackMember
from tests.scenarios.test_conversations import CONVERSATIONS, client, play
from tests.scenarios.world import QUICK, World, company_data, running, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = "我有几个客户"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    workshop: Path, emulator: WecomEmulator, slack: SlackEmulator, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """The running bot, connected by a socket of its own."""
    data = company_data(workshop, tmp_path_factory.mktemp("bot") / "data")
    async with running(data, emulator, slack, mode="socket") as world:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(world.app.adapters["slack"], "limit", QUICK)
            await until(lambda: _connected(slack))
            yield world


async def test_a_conversation_over_the_socket(world: World) -> None:
    """A15: as played over HTTP."""
    [path] = [path for path in CONVERSATIONS if path.stem == "price"]
    script = yaml.safe_load(path.read_text(encoding="utf-8"))
    [user] = [person.slack for person in STAFF if person.id == script["person"]]
    await play(script, client(SlackMember(world, user)))


async def test_commands_forms_and_home_come_over_it_too(slack: SlackEmulator, member: SlackMember) -> None:
    """The answer to a command travels in the acknowledgement."""
    with member.listening() as heard:
        card = (await member.command("客户说太贵了怎么回")).card
    assert any("私聊" in entry.text for entry in heard().entries)
    await member.press(card, "not_fit")
    assert (await member.submit({"reason": "other", "note": "不对"})).card.ts == card.ts
    assert await member.home()


async def test_lost_acknowledgements_bring_it_again_and_it_is_answered_once(
    slack: SlackEmulator, member: SlackMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack overhears the acknowledgement of a question and of a press."""
    monkeypatch.setattr(slack.sockets, "ack_seconds", 0.3)
    slack.faults.lose_acks()
    with member.listening() as heard:
        said = await slack.callbacks.say(member.id, "客户说太贵了怎么回")
        await said.deliveries[0].finished()
        assert [attempt.ok for attempt in said.deliveries[0].attempts] == [False, True]
        await member.world.quiet()
    card = heard().card
    slack.faults.lose_acks()
    [useful] = [b["action_id"] for b in card.blocks[-1]["elements"] if b["action_id"].endswith("|useful")]
    with member.listening() as heard:
        delivery = await (await slack.callbacks.press(member.id, card, useful)).finished()
        assert delivery.ok
        await member.world.quiet()
    assert len(heard().entries) == 1


async def test_a_connection_that_slack_ends_is_opened_again(slack: SlackEmulator, member: SlackMember) -> None:
    """refresh_requested comes every few hours."""
    before = slack.sockets.opened
    await slack.sockets.ask_to_leave()
    await until(lambda: _connected(slack, before))
    assert len((await member.say(QUESTION)).entries) == 1


async def test_a_connection_that_breaks_is_opened_again(slack: SlackEmulator, member: SlackMember) -> None:
    """Without a word, twice in a row; what is said meanwhile comes with Slack's repeat."""
    for _ in range(2):
        before = slack.sockets.opened
        slack.sockets.cut()
        await until(partial(_connected, slack, before))
    assert len((await member.say(QUESTION)).entries) == 1


async def _connected(slack: SlackEmulator, before: int = 0) -> bool:
    return slack.sockets.opened > before and bool(slack.sockets.connections)
