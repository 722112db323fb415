"""Everything that people can do: write, press, fill in, submit, close, give commands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

from tests.emulators.slack import interactions
from tests.emulators.slack.answers import Answers, Submission
from tests.emulators.slack.courier import Courier
from tests.emulators.slack.delivery import Delivery, How
from tests.emulators.slack.interactions import Chosen
from tests.emulators.slack.ledger import Entry
from tests.emulators.slack.rooms import Post, Room
from tests.emulators.slack.talk import Talk
from tests.emulators.slack.world import World


class CallbackSender(Talk):
    """The people of the workspace, as the app hears of them."""

    def __init__(self, world: World, courier: Courier, answers: Answers) -> None:
        super().__init__(world, courier)
        self._answers = answers

    async def press(
        self,
        user: str,
        message: Entry | Post | str,
        action_id: str,
        *,
        chosen: Chosen = None,
        channel: str = "",
        **how: Unpack[How],
    ) -> Delivery:
        """A button or menu of a message (by ledger entry, message or ts)."""
        room, post = self._find(user, message, channel)
        block_id, element = interactions.find_element(post.blocks, action_id)
        actions = [interactions.action(self.world, block_id, element, chosen)]
        payload = interactions.pressed_in_message(self.world, user, room, post, actions)
        return await self.courier.ship("interactive", payload, **how)

    async def press_in_view(
        self, view_id: str, action_id: str, *, chosen: Chosen = None, **how: Unpack[How]
    ) -> Delivery:
        """A button or menu of a modal or App Home."""
        view = self.world.desk.find(view_id)
        block_id, element = interactions.find_element(view.content["blocks"], action_id)
        actions = [interactions.action(self.world, block_id, element, chosen)]
        return await self.courier.ship("interactive", interactions.pressed_in_view(self.world, view, actions), **how)

    async def submit(self, view_id: str, values: Mapping[str, Chosen] | None = None, **how: Unpack[How]) -> Submission:
        """Fill in a modal (by action_id or block_id) and send it; ValueError when a required input is empty."""
        view = self.world.desk.find(view_id)
        view.state = interactions.state_of(view, values or {})
        delivery = await self.courier.ship("interactive", interactions.submitted(self.world, view), **how)
        return self._answers.to_submission(view, delivery)

    async def close_view(self, view_id: str, *, everything: bool = False, **how: Unpack[How]) -> list[Delivery]:
        """Cancel a modal, or the whole stack; the app is told where it asked for that."""
        world = self.world
        view = world.desk.find(view_id)
        closing = [*reversed(world.desk.stack_of(view.user))] if everything else [view]
        payloads = [
            interactions.closed(world, closed, cleared=everything)
            for closed in closing
            if closed.content.get("notify_on_close")
        ]
        world.desk.close(view, everything=everything)
        world.show_views(view.user)
        return [await self.courier.ship("interactive", payload, **how) for payload in payloads]

    async def command(
        self, user: str, text: str, *, name: str = "/xiaoce", channel: str = "", **how: Unpack[How]
    ) -> Delivery:
        """A slash command."""
        if name not in self.world.workspace.commands:
            raise LookupError(f"{name} is not a valid command")
        room = self.room(user, channel)
        payload = interactions.command(self.world, user, room, name, text)
        delivery = await self.courier.ship("slash_commands", payload, **how)
        self._answers.to_command(user, room, delivery)
        return delivery

    def _find(self, user: str, message: Entry | Post | str, channel: str) -> tuple[Room, Post]:
        if isinstance(message, Entry):
            channel = message.channel
        ts = message if isinstance(message, str) else message.ts
        room = self.room(user, channel)
        post = next((post for post in room.seen_by(user) if post.ts == ts), None)
        if post is None:
            raise LookupError(f"{user} sees no message {ts} in {room.id}")
        return room, post
