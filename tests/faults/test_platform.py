"""WeCom is busy, slow, breaks off, or refuses: every answer arrives once, or an operator is told why not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from adapters.wecom import errors
from bot.server import free_port
from tests.emulators.wecom.emulator import WecomEmulator
from tests.emulators.wecom.faults import Faults
from tests.emulators.wecom.ledger import Outcome
from tests.faults.process import BotProcess
from tests.scenarios.company import Employee
from tests.scenarios.world import World, until

SEND = "/cgi-bin/message/send"
TEXT, CARD = "我有几个客户", "帮助"

TROUBLES: dict[str, Callable[[Faults], None]] = {
    "busy": lambda faults: faults.fail(-1, times=2, path=SEND),
    "too many in a minute": lambda faults: faults.fail(45009, times=2, path=SEND),
    "too many at once": lambda faults: faults.fail(45033, times=2, path=SEND),
    "token revoked": lambda faults: faults.revoke_token(),
    "no token for a while": lambda faults: faults.fail(-1, times=2, path="/cgi-bin/gettoken"),
    "HTTP 500": lambda faults: faults.status(500, times=2, path=SEND),
    "HTTP 429": lambda faults: faults.status(429, times=2, path=SEND),
    "slow": lambda faults: faults.slow(0.5, times=2, path=SEND),
    "cut before it was done": lambda faults: faults.cut_before(times=2, path=SEND),
    "cut after it was done": lambda faults: faults.cut_after(times=2, path=SEND),
}


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """WeCom's windows last a minute; how long the bot waits is data."""
    for errcode, fault in errors.FAULTS.items():
        if fault.retry_after:
            monkeypatch.setitem(errors.FAULTS, errcode, errors.Fault("busy", 0.05))


async def test_every_trouble_ends_with_one_delivery(world: World, emulator: WecomEmulator) -> None:
    """Bounded retries with the same key: texts and cards arrive exactly once, whatever went wrong on the way."""
    for name, arm in TROUBLES.items():
        for question in (TEXT, CARD):
            member = world.newcomer().wecom
            arm(emulator.faults)
            heard = await world.say(member, question)
            assert len(heard.entries) == 1, (name, question, heard.entries)
            emulator.faults.clear()
    assert await world.deliveries("dead") == []


async def test_what_arrived_without_our_knowing_is_recognised_by_the_platform(
    world: World, emulator: WecomEmulator
) -> None:
    """The ledger shows the repeats: a card's task_id is refused (42014), an equal text is dropped."""
    rep = world.newcomer().wecom
    emulator.faults.cut_after(path=SEND)
    await world.say(rep, CARD)
    assert [entry.errcode for entry in emulator.ledger.rejected] == [42014]
    emulator.faults.cut_after(path=SEND)
    await world.say(rep, TEXT)
    assert len(emulator.ledger.of(Outcome.DUPLICATE, place=rep)) == 1
    assert len(emulator.ledger.delivered_to(rep)) == 2


async def test_a_card_that_was_changed_without_our_knowing_is_not_sent_anew(
    world: World, emulator: WecomEmulator
) -> None:
    """A8: the response_code is used up by our own first attempt."""
    rep = world.newcomer().wecom
    card = (await world.say(rep, "客户说太贵了怎么回")).card
    emulator.faults.cut_after(path="/cgi-bin/message/update_template_card")
    heard = await world.press(rep, card, "useful")
    assert [entry.outcome for entry in heard.entries] == [Outcome.UPDATED]


async def test_refused_for_good_then_mended_then_replayed(world: World, emulator: WecomEmulator) -> None:
    """Dead letters name the remedy; after mending, `xiaoce deliveries replay --all` sends each once, in order."""
    members = [world.newcomer() for _ in range(3)]
    emulator.faults.revoke_tokens_for_good()
    for member in members:
        assert (await world.say(member.wecom, TEXT)).entries == ()
        assert (await world.say(member.wecom, f"{TEXT} qq")).entries == ()
    dead = await world.deliveries("dead")
    assert len(dead) == 6
    assert all("40014" in letter.reason or "token" in letter.reason.lower() for letter in dead)
    emulator.faults.clear()
    operator = BotProcess(world.data, emulator, free_port())
    listed = await operator.command("deliveries", "list")
    assert "未送达 6" in listed
    emulator.set_callback(f"{world.url}/wecom/callback")
    assert "6 条已重新排队" in await operator.command("deliveries", "replay", "--all")
    await until(lambda: _none_left(world))
    for member in members:
        assert ["qq" in text for text in emulator.ledger.texts_to(member.wecom)] == [False, True]


async def test_an_address_that_is_not_trusted_is_shown_to_the_operator(world: World, emulator: WecomEmulator) -> None:
    """60020 names the caller's address: that is what has to be added."""
    emulator.faults.fail(60020, path=SEND)
    await world.say(world.newcomer().wecom, TEXT)
    [letter] = await world.deliveries("dead")
    assert "127.0.0.1" in letter.reason


async def test_a_member_who_left_harms_nobody_else(world: World, emulator: WecomEmulator) -> None:
    """81013 is one dead letter; the others' answers go on."""
    gone, there = world.newcomer(), world.newcomer()
    emulator.faults.fail(81013, path=SEND)
    await world.say(gone.wecom, TEXT)
    assert len((await world.say(there.wecom, TEXT)).entries) == 1
    assert len(await world.deliveries("dead")) == 1


async def test_callbacks_that_come_twice_late_and_out_of_order(world: World, emulator: WecomEmulator) -> None:
    """Every callback comes three times: one answer each."""
    emulator.faults.duplicate_callbacks(2)
    rep: Employee = world.newcomer()
    for number in range(3):
        assert len((await world.say(rep.wecom, f"{TEXT} qq{number}")).entries) == 1


async def _none_left(world: World) -> bool:
    counts = await world.app.database.read(lambda store: store.deliveries.counts())
    return counts["dead"] == counts["waiting"] == counts["sending"] == 0
