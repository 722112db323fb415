"""What people and machines can do to the Request URL, and what the bot makes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest

from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.slack.signing import Tamper, sign
from tests.scenarios.company import SALES
from tests.scenarios.slack import SlackMember
from tests.scenarios.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

QUESTION = "我有几个客户"
REFUSED = {
    Tamper.WRONG_SIGNATURE: 403,
    Tamper.MISSING_SIGNATURE: 403,
    Tamper.OLD_VERSION: 403,
    Tamper.STALE: 403,
    Tamper.NOT_A_TIME: 403,
    Tamper.MISSING_TIME: 403,
    Tamper.CHANGED_BODY: 403,
}
EVENTS: tuple[Mapping[str, Any], ...] = (
    {
        "type": "reaction_added",
        "user": "U0ADMIN",
        "reaction": "thumbsup",
        "item": {"type": "message", "channel": SALES},
    },
    {"type": "team_join", "user": {"id": "U0NEW", "name": "new"}},
    {"type": "app_uninstalled"},
    {"type": "tokens_revoked", "tokens": {"bot": ["U0XIAOCE"]}},
    {"type": "channel_rename", "channel": {"id": SALES, "name": "销售"}},
    {"type": "message", "subtype": "channel_join", "channel": SALES, "user": "U0ADMIN", "text": "joined", "ts": "1.1"},
    {"type": "message", "subtype": "bot_message", "channel": SALES, "bot_id": "B9", "text": QUESTION, "ts": "1.2"},
    {"type": "message", "channel": "D0X", "channel_type": "im", "user": "U0ADMIN", "bot_id": "B9", "text": QUESTION},
    {"type": "an_event_of_the_year_2030", "deep": {"nested": ["value"]}},
    {"type": ""},
    {"type": "message"},
    {"type": "message", "channel": {"odd": 1}, "user": 7, "text": ["no", "text"], "ts": None},
)


async def test_the_request_url_can_be_saved(slack: SlackEmulator, world: World) -> None:
    """url_verification: the challenge, and nothing to whoever can't sign."""
    _, good = await slack.callbacks.verify_url()
    assert good
    attempt, good = await slack.callbacks.verify_url(tamper=Tamper.WRONG_SIGNATURE)
    assert (attempt.status, good) == (403, False)


@pytest.mark.parametrize("tamper", list(Tamper))
async def test_what_is_not_from_slack_is_refused_and_not_stored(
    world: World, slack: SlackEmulator, member: SlackMember, tamper: Tamper
) -> None:
    """Forged, stale or broken: 403 or another 4xx, never a 5xx, and nothing is left behind."""
    with member.listening() as heard:
        said = await slack.callbacks.say(member.id, QUESTION, tamper=tamper, retry=False)
        await world.quiet()
    [delivery] = said.deliveries
    if tamper in REFUSED:
        assert delivery.status == REFUSED[tamper]
    # An upload that is cut off half-way may end as a closed connection instead of a 413.
    assert delivery.status < 500
    assert heard().entries == ()
    assert await _stored(world, delivery.event_id) is None


async def test_rubbish_is_never_a_fault_of_ours(world: World, slack: SlackEmulator) -> None:
    """Signed or not, JSON or not, of a shape that nobody expects."""
    now = str(int(slack.world.clock.now().timestamp()))
    bodies: tuple[bytes, ...] = (
        b"",
        b"null",
        b"[]",
        b"\xff\xfe\x00",
        b'{"type": 7}',
        b'{"type":"event_callback","event":[]}',
        b"[" * 5000,
    )
    bodies += (b"payload=", b"payload=%7B%7D", b"payload=[1]", b"command=/xiaoce", b"a=b&" * 500, b"ssl_check=1")
    async with aiohttp.ClientSession() as session:
        for body in bodies:
            for kind in ("application/json", "application/x-www-form-urlencoded", "text/xml"):
                signature = sign(slack.workspace.signing_secret, now, body)
                for headers in (
                    {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": now},
                    {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": "1e3"},
                    {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": "١٢٣"},
                    {},
                ):
                    url = f"{world.url}/slack/events"
                    async with session.post(url, data=body, headers={**headers, "Content-Type": kind}) as response:
                        assert response.status < 500, (body[:40], kind, headers)
                        assert response.status == 403 or headers.get("X-Slack-Request-Timestamp") == now


async def test_the_same_event_four_times_at_once_is_answered_once(member: SlackMember) -> None:
    """Copies with one event_id are one question."""
    assert len((await member.say(QUESTION, copies=4)).entries) == 1


async def test_a_replayed_request_is_not_answered_again(
    world: World, slack: SlackEmulator, member: SlackMember
) -> None:
    """The very same bytes and signature within the five minutes: taken, but nothing happens."""
    said = await slack.callbacks.say(member.id, QUESTION)
    await world.quiet()
    with member.listening() as heard:
        assert (await slack.callbacks.replay(said.deliveries[0])).status == 200
        await world.quiet()
    assert heard().entries == ()


async def test_what_slack_sends_again_is_answered_once(
    world: World, slack: SlackEmulator, member: SlackMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack didn't wait for our answer: the repeat with X-Slack-Retry-Num is taken, and was answered already."""
    with member.listening() as heard, monkeypatch.context() as impatient:
        impatient.setattr(slack.callbacks.courier, "deadline", 0.0001)
        said = await slack.callbacks.say(member.id, QUESTION)
        assert not said.ok
        impatient.undo()
        [delivery] = said.deliveries
        await delivery.finished()
        assert delivery.ok
        assert len(delivery.attempts) == 2
        await world.quiet()
    assert len(heard().entries) == 1


async def test_a_press_that_comes_twice_counts_once(world: World, slack: SlackEmulator, member: SlackMember) -> None:
    """A8: two copies of one press change the card once."""
    card = (await member.say("客户说太贵了怎么回")).card
    [useful] = [b["action_id"] for b in card.blocks[-1]["elements"] if b["action_id"].endswith("|useful")]
    with member.listening() as heard:
        assert (await slack.callbacks.press(member.id, card, useful, copies=3)).ok
        await world.quiet()
    assert len(heard().entries) == 1
    presses = await world.app.database.read(lambda store: store.cards.presses(useful.rpartition("|")[0]))
    assert [press.action for press in presses] == ["useful"]


async def test_two_people_with_the_same_words_are_both_answered(world: World) -> None:
    """What makes a question one question is its event, not its words."""
    members = [SlackMember(world, world.newcomer().slack) for _ in range(6)]
    assert members[0].slack.dm(members[0].id).id != members[1].slack.dm(members[1].id).id
    for heard in await asyncio.gather(*(member.say(QUESTION) for member in members)):
        assert len(heard.entries) == 1


@pytest.mark.parametrize("fields", EVENTS, ids=[str(number) for number in range(len(EVENTS))])
async def test_every_event_is_kept_and_none_is_answered(
    world: World, slack: SlackEmulator, fields: Mapping[str, Any]
) -> None:
    """Known or not, well-formed or not: acknowledged, stored, and nobody gets a message."""
    before = len(slack.ledger.delivered)
    delivery = await slack.callbacks.event(fields)
    await world.quiet()
    assert delivery.status == 200
    assert len(slack.ledger.delivered) == before
    assert await _stored(world, delivery.event_id) is not None


@pytest.mark.parametrize(
    "text",
    ["", " ", "<@U0XIAOCE>", "&lt;script&gt;", "*_~`>", "<!channel> <#C0SALES|sales> <https://a.cn|b>", "很" * 12_000],
    ids=["empty", "blank", "mention", "markup", "marks", "tokens", "long"],
)
async def test_whatever_is_typed_is_answered(member: SlackMember, text: str) -> None:
    """Something comes back, and nobody in the channel is called by it."""
    heard = await member.say(text)
    assert heard.entries
    assert "编号" not in heard.words, "no error was reported"
    assert not any("<!" in entry.text or "<@" in entry.text for entry in heard.entries)


async def _stored(world: World, event_id: str) -> object:
    return await world.app.database.read(lambda store: store.messages.get(f"slack:{event_id}"))
