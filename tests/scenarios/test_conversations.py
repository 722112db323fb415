"""The same scripted conversation in WeCom and in the console: the same words, whatever the platform.

A conversation is a YAML file: `person`, and `turns` of `said` (or `press`, a button of the card before) with the
parts that the answer must (`expect`) and must not (`never`) contain.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.emulators.wecom.ledger import Entry
from tests.scenarios.browser import Browser, browser, card_id, words
from tests.scenarios.company import STAFF
from tests.scenarios.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONVERSATIONS = sorted((Path(__file__).parent / "conversations").glob("*.yaml"))
Turn = Callable[[dict[str, Any]], Awaitable[str]]


@pytest.mark.parametrize("path", CONVERSATIONS, ids=lambda path: path.stem)
async def test_in_wecom(world: World, path: Path) -> None:
    """A15, D9: as played in WeCom."""
    script = yaml.safe_load(path.read_text(encoding="utf-8"))
    [account] = [person.wecom for person in STAFF if person.id == script["person"]]
    await _play(script, _phone(world, account))


@pytest.mark.parametrize("path", CONVERSATIONS, ids=lambda path: path.stem)
async def test_in_the_console(world: World, path: Path) -> None:
    """A15, D9: as played in the console."""
    script = yaml.safe_load(path.read_text(encoding="utf-8"))
    async with browser(world, script["person"]) as window:
        await _play(script, _window(window))


async def _play(script: dict[str, Any], turn: Turn) -> None:
    for step in script["turns"]:
        answer = await turn(step)
        for part in step["expect"]:
            assert part in answer, (step, answer)
        for part in step.get("never", ()):
            assert part not in answer, (step, answer)


def _phone(world: World, account: str) -> Turn:
    card: list[Entry] = []

    async def turn(step: dict[str, Any]) -> str:
        pressed = "press" in step
        heard = await (world.press(account, card[-1], step["press"]) if pressed else world.say(account, step["said"]))
        card.extend(heard.cards)
        return heard.words

    return turn


def _window(window: Browser) -> Turn:
    card: list[str] = []

    async def turn(step: dict[str, Any]) -> str:
        shown = await (window.press(card[-1], step["press"]) if "press" in step else window.say(step["said"]))
        if any("data-card" in entry["html"] for entry in shown):
            card.append(card_id(shown))
        return words(shown)

    return turn
