"""A member of the emulated Slack workspace: writes, presses, fills in forms, opens the Home tab."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Unpack

from tests.emulators.slack.answers import Submission
from tests.emulators.slack.delivery import How
from tests.emulators.slack.desk import View
from tests.emulators.slack.emulator import SlackEmulator
from tests.emulators.slack.ledger import Entry, Outcome
from tests.emulators.slack.shapes.blocks import elements_of
from tests.scenarios.reading import mrkdwn_words
from tests.scenarios.world import World, until

SHOWN = frozenset({Outcome.DELIVERED, Outcome.TRUNCATED, Outcome.EPHEMERAL, Outcome.UPDATED})
Block = dict[str, Any]


@dataclass(frozen=True)
class Heard:
    """What came into one conversation, or changed there."""

    entries: tuple[Entry, ...]

    @property
    def texts(self) -> list[str]:
        """Messages without buttons."""
        return [mrkdwn_words(entry.payload) for entry in self.entries if not buttons(entry.blocks)]

    @property
    def cards(self) -> list[Entry]:
        """Messages with buttons, new and changed ones."""
        return [entry for entry in self.entries if buttons(entry.blocks)]

    @property
    def card(self) -> Entry:
        """The one card."""
        [card] = self.cards
        return card

    @property
    def words(self) -> str:
        """Everything that can be read."""
        return "\n".join(mrkdwn_words(entry.payload) for entry in self.entries)


@dataclass(frozen=True)
class SlackMember:
    """One person at a Slack client. Without a `channel` everything happens in the DM with the bot."""

    world: World
    id: str

    @property
    def slack(self) -> SlackEmulator:
        """The platform."""
        assert self.world.slack is not None, "this world has no Slack"
        return self.world.slack

    @property
    def dm(self) -> str:
        """The id of the direct messages with the bot."""
        return self.slack.dm(self.id).id

    async def say(self, text: str, channel: str = "", thread_ts: str = "", **how: Unpack[How]) -> Heard:
        """Write; what comes for it."""
        with self.listening(channel) as heard:
            said = await self.slack.callbacks.say(self.id, text, channel, thread_ts=thread_ts, **how)
            assert said.ok, said.deliveries
            await self.world.quiet()
        return heard()

    async def ask(self, text: str, channel: str, thread_ts: str = "", **how: Unpack[How]) -> Heard:
        """Write to the bot by name, in a channel."""
        return await self.say(f"<@{self.slack.workspace.bot_user_id}> {text}", channel, thread_ts, **how)

    async def command(self, text: str, channel: str = "") -> Heard:
        """/xiaoce; what comes for it into the DM."""
        with self.listening() as heard:
            delivery = await self.slack.callbacks.command(self.id, text, channel=channel)
            assert delivery.ok, delivery.attempts
            await self.world.quiet()
        return heard()

    async def press(self, card: Entry, key: str) -> Heard:
        """Press the button with this action's key. A form that opens stays on the screen."""
        with self.listening(card.channel) as heard:
            delivery = await self.slack.callbacks.press(self.id, card, action_id(card.blocks, key))
            assert delivery.ok, delivery.attempts
            await self.world.quiet()
        return heard()

    async def press_through(self, card: Entry, key: str) -> Heard:
        """Press it, and send the form that opens as it stands."""
        heard = await self.press(card, key)
        return await self.submit({}, card.channel) if self.modals else heard

    @property
    def modals(self) -> list[View]:
        """The forms before this person, the visible one last."""
        return self.slack.world.desk.stack_of(self.id)

    @property
    def modal(self) -> View:
        """The form on the screen."""
        [view] = self.modals
        return view

    async def submit(self, values: Mapping[str, str], channel: str = "") -> Heard:
        """Fill in the form on the screen and send it; it closes."""
        with self.listening(channel) as heard:
            submission: Submission = await self.slack.callbacks.submit(self.modal.id, values)
            assert submission.delivery.ok, submission.delivery.attempts
            assert not submission.errors, submission.errors
            await self.world.quiet()
        assert self.modals == []
        return heard()

    async def home(self) -> list[Block]:
        """Open the Home tab; what stands there."""
        before = self._homes()
        for delivery in await self.slack.callbacks.open_home(self.id):
            assert delivery.ok, delivery.attempts
        await self.world.quiet()
        await until(lambda: self._published(before))
        return self.home_blocks()

    def home_blocks(self) -> list[Block]:
        """What stands on the Home tab now."""
        view = self.slack.world.desk.home_of(self.id)
        assert view is not None, "nothing was published"
        return list(view.content["blocks"])

    async def press_home(self, key: str) -> Heard:
        """Press a button of the Home tab, by key or label; what comes into the DM for it."""
        view = self.slack.world.desk.home_of(self.id)
        assert view is not None, "nothing was published"
        with self.listening() as heard:
            delivery = await self.slack.callbacks.press_in_view(view.id, action_id(self.home_blocks(), key))
            assert delivery.ok, delivery.attempts
            await self.world.quiet()
        return heard()

    @contextmanager
    def listening(self, channel: str = "") -> Iterator[Callable[[], Heard]]:
        """Called afterwards, it gives what came into the conversation meanwhile."""
        ledger, room = self.slack.ledger, channel or self.dm
        begin, end = len(ledger), 0

        def heard() -> Heard:
            found = (ledger[index] for index in range(begin, end or len(ledger)))
            return Heard(tuple(entry for entry in found if entry.channel == room and entry.outcome in SHOWN))

        yield heard
        end = len(ledger)

    async def _published(self, before: int) -> bool:
        return self._homes() > before

    def _homes(self) -> int:
        return len(self.slack.ledger.of(Outcome.HOME, place=self.id))


def buttons(blocks: list[Block]) -> list[Block]:
    """The buttons of a message or view."""
    return [element for block in blocks for _, element in elements_of(block) if element["type"] == "button"]


def labels(blocks: list[Block]) -> list[str]:
    """What stands on them."""
    return [button["text"]["text"] for button in buttons(blocks)]


def action_id(blocks: list[Block], key: str) -> str:
    """The action_id of the button with this action's key, or this label."""
    own = [button for button in buttons(blocks) if "url" not in button]
    [found] = [b["action_id"] for b in own if key in (b["action_id"].rpartition("|")[2], b["text"]["text"])]
    return str(found)
