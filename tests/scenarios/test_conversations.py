"""The same scripted conversation in WeCom, with its AI bot, in Slack and in the console: the same words everywhere.

A conversation is a YAML file: `person`, and `turns` of `said` (or `press`, a button of the card before) with the
parts that the answer must (`expect`) and must not (`never`) contain. What differs is listed in `differences`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.emulators.slack.ledger import Entry as SlackEntry
from tests.emulators.wecom.ledger import Entry
from tests.scenarios.browser import Browser, browser, card_id
from tests.scenarios.company import STAFF
from tests.scenarios.differences import missing
from tests.scenarios.reading import page_words, wecom_words
from tests.scenarios.slack import SlackMember
from tests.scenarios.wecom_bot import BotMember
from tests.scenarios.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")

CONVERSATIONS = sorted((Path(__file__).parent / "conversations").glob("*.yaml"))
Turn = Callable[[dict[str, Any]], Awaitable[str]]


@pytest.mark.parametrize("path", CONVERSATIONS, ids=lambda path: path.stem)
async def test_everywhere(bot_world: World, path: Path) -> None:
    """A15, D9: what is expected is said on each platform, and after each turn a person has read the same on all.

    Nothing was cut, refused or longer than the platform advises on the way.
    """
    world = bot_world
    script = yaml.safe_load(path.read_text(encoding="utf-8"))
    [person] = [person for person in STAFF if person.id == script["person"]]
    heard = {
        "wecom": await play(script, _phone(world, person.wecom)),
        "slack": await play(script, client(SlackMember(world, person.slack))),
        ai_bot_of(world): await play(script, _ai_bot(BotMember(world, person.wecom))),
    }
    async with browser(world, person.id) as window:
        heard["console"] = await play(script, _window(window))
    for turn, step in enumerate(script["turns"], 1):
        so_far = {platform: "\n".join(answers[:turn]) for platform, answers in heard.items()}
        assert {platform: missing(platform, so_far) for platform in heard} == dict.fromkeys(heard, frozenset()), step
    assert faults_of(world) == []


async def play(script: dict[str, Any], turn: Turn) -> list[str]:
    answers = []
    for step in script["turns"]:
        answers.append(answer := await turn(step))
        for part in step["expect"]:
            assert part in answer, (step, answer)
        for part in step.get("never", ()):
            assert part not in answer, (step, answer)
    return answers


def _phone(world: World, account: str) -> Turn:
    card: list[Entry] = []

    async def turn(step: dict[str, Any]) -> str:
        pressed = "press" in step
        heard = await (world.press(account, card[-1], step["press"]) if pressed else world.say(account, step["said"]))
        card.extend(heard.cards)
        return "\n".join(wecom_words(entry.payload) for entry in heard.entries)

    return turn


def client(member: SlackMember) -> Turn:
    """Slack's part. Where a press opens a form, it is sent as it stands."""
    card: list[SlackEntry] = []

    async def turn(step: dict[str, Any]) -> str:
        pressed = "press" in step
        heard = await (member.press_through(card[-1], step["press"]) if pressed else member.say(step["said"]))
        card.extend(heard.cards)
        return heard.words

    return turn


def faults_of(world: World) -> list[object]:
    """What some platform refused, cut, dropped or would show shorter than it was meant."""
    assert world.slack is not None
    assert world.bot is not None
    ledgers = (world.emulator.ledger, world.bot.ledger)
    lost = [entry for ledger in ledgers for entry in (*ledger.rejected, *ledger.truncated, *ledger.dropped)]
    warnings = [*world.emulator.warnings, *world.slack.warnings, *world.bot.warnings]
    return [*lost, *world.slack.ledger.truncated, *warnings]


def ai_bot_of(world: World) -> str:
    """What the AI bot is called in `differences`, by its mode."""
    return "wecom_bot_socket" if world.bot and world.bot.mode == "socket" else "wecom_bot"


def _ai_bot(member: BotMember) -> Turn:
    card: list[Entry] = []

    async def turn(step: dict[str, Any]) -> str:
        heard = await (member.press(card[-1], step["press"]) if "press" in step else member.say(step["said"]))
        card.extend(heard.cards)
        return heard.words

    return turn


def _window(window: Browser) -> Turn:
    card: list[str] = []

    async def turn(step: dict[str, Any]) -> str:
        shown = await (window.press(card[-1], step["press"]) if "press" in step else window.say(step["said"]))
        if any("data-card" in entry["html"] for entry in shown):
            card.append(card_id(shown))
        return page_words(shown)

    return turn
