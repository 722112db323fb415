"""Faults of ours, put in on purpose: a member is never left in silence, and one fault harms nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import pytest

from bot.contracts import Context, Happening, Outcome, Payload, Reply
from tests.scenarios.world import World


class Broken(RuntimeError):
    """Something that nobody thought of."""


async def test_a_fault_in_a_skill_is_said_with_a_number(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The member gets a number to name; the log has it too; other skills go on."""

    async def fail(happening: Happening, context: Context) -> Sequence[Outcome]:
        raise Broken

    rep = world.newcomer().wecom
    monkeypatch.setattr(world.app.house.skills["help"], "handle", fail)
    assert "编号" in (await world.say(rep, "帮助")).words
    assert "编号" not in (await world.say(rep, "我有几个客户")).words


async def test_a_fault_in_drawing_an_answer_is_said_with_a_number(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An adapter that can't draw one answer must not keep the conversation waiting for ever."""
    rep = world.newcomer().wecom
    adapter = world.app.adapters["wecom"]
    render = adapter.render

    def fail(reply: Reply) -> list[Payload]:
        return _fail() if reply.card else render(reply)

    monkeypatch.setattr(adapter, "render", fail)
    assert "编号" in (await world.say(rep, "帮助")).words
    assert "编号" not in (await world.say(rep, "我有几个客户")).words


async def test_a_fault_in_sending_ends_as_a_dead_letter(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can't be sent because of us is tried as often as anything else, then shown to the operator."""
    rep = world.newcomer().wecom
    adapter = world.app.adapters["wecom"]
    with monkeypatch.context() as broken:
        broken.setattr(adapter, "send", lambda parcel: _fail())
        assert (await world.say(rep, "我有几个客户")).entries == ()
    [letter] = await world.deliveries("dead")
    assert "Broken" in letter.reason
    assert await world.app.delivery.replay(letter.id)
    await world.quiet()
    assert len(world.emulator.ledger.delivered_to(rep)) == 1


def _fail() -> NoReturn:
    raise Broken
