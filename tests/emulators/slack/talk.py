"""People who write, change and delete messages, send files, come and go: and the events of that."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from copy import copy
from typing import Any, Unpack

from tests.emulators.slack import event_bodies as bodies
from tests.emulators.slack.courier import Courier
from tests.emulators.slack.delivery import Attempt, Delivery, How, Said
from tests.emulators.slack.posts import words_in_blocks
from tests.emulators.slack.rooms import Post, Room
from tests.emulators.slack.world import Thread, World

GREETING = "New Assistant Thread"


class Talk:
    """Conversations. A channel is named by its id; "" is the DM with the bot."""

    def __init__(self, world: World, courier: Courier) -> None:
        self.world = world
        self.courier = courier
        world.happened = self._tell_of_own

    async def say(self, user: str, text: str, channel: str = "", *, thread_ts: str = "", **how: Unpack[How]) -> Said:
        """A message from a person, as Slack stores it: `<@bot>` mentions the bot, & < > typed by hand are escaped."""
        return await self._post(self.room(user, channel), self._new(user, text, thread_ts), how)

    async def ask(self, user: str, text: str, channel: str, *, thread_ts: str = "", **how: Unpack[How]) -> Said:
        """A message to the bot by name, in a channel."""
        mention = f"<@{self.world.workspace.bot_user_id}> {text}"
        return await self.say(user, mention, channel, thread_ts=thread_ts, **how)

    async def send_file(
        self,
        user: str,
        name: str,
        content: bytes,
        text: str = "",
        channel: str = "",
        *,
        thread_ts: str = "",
        **how: Unpack[How],
    ) -> Said:
        """A file from a person: a message with `files`, and file_shared."""
        room = self.room(user, channel)
        file = self.world.files.put(user, name, content)
        post = self._new(user, text, thread_ts)
        file.share(room, post.ts)
        post.subtype, post.files = "file_share", [file.as_json(self.world.base_url, self.world.workspace.team_id)]
        said = await self._post(room, post, how)
        shared = await self._event("file_shared", bodies.file_shared(file.id, user, room, post.ts), how)
        return Said(post, (*said.deliveries, *shared))

    async def edit(self, user: str, channel: str, ts: str, text: str, **how: Unpack[How]) -> tuple[Delivery, ...]:
        """A person changes a message of theirs."""
        room = self.room(user, channel)
        post = self._own(room, user, ts)
        before = copy(post)
        post.text, post.blocks, post.edited = text, words_in_blocks(text), self.world.rooms.stamps.next()
        self.world.show(room, post)
        body = bodies.changed(before, post, room, self.world.workspace, post.edited)
        return await self._event(bodies.SUBSCRIPTIONS[room.kind], body, how, room)

    async def take_back(self, user: str, channel: str, ts: str, **how: Unpack[How]) -> tuple[Delivery, ...]:
        """A person deletes a message of theirs."""
        room = self.room(user, channel)
        post = self._own(room, user, ts)
        room.posts.remove(post)
        self.world.show(room, post)
        body = bodies.deleted(post, room, self.world.workspace, self.world.rooms.stamps.next())
        return await self._event(bodies.SUBSCRIPTIONS[room.kind], body, how, room)

    async def open_home(self, user: str, tab: str = "home", **how: Unpack[How]) -> tuple[Delivery, ...]:
        """A person opens the app: the Home or the Messages tab."""
        room, home = self.world.rooms.im(user), self.world.desk.home_of(user)
        view = self.world.view_json(home.id) if home and tab == "home" else None
        body = bodies.home_opened(user, room.id, tab, self.world.rooms.stamps.next(), view)
        return await self._event("app_home_opened", body, how)

    async def start_assistant(self, user: str, context: Mapping[str, Any] | None = None, **how: Unpack[How]) -> Said:
        """A person begins an assistant thread; `post.ts` is its thread_ts."""
        room, space = self.world.rooms.im(user), self.world.workspace
        post = Post(self.world.rooms.stamps.next(), space.bot_user_id, GREETING, subtype="assistant_app_thread")
        post.thread_ts = post.ts
        room.posts.append(post)
        self.world.threads[room.id, post.ts] = Thread()
        self.world.show(room, post)
        body = bodies.assistant_started(user, room, post.ts, context or {}, post.ts)
        return Said(post, await self._event("assistant_thread_started", body, how))

    async def join(self, user: str, channel: str, **how: Unpack[How]) -> tuple[Delivery, ...]:
        """A person (or the bot, by its user id) comes into a channel."""
        room = self.world.rooms.get(channel)
        if user == self.world.workspace.bot_user_id:
            room.bot_in = True
        else:
            room.members.add(user)
        ts = self.world.rooms.stamps.next()
        body = bodies.joined(user, room, self.world.workspace.team_id, ts)
        return await self._event("member_joined_channel", body, how, room)

    async def event(self, fields: Mapping[str, Any], **how: Unpack[How]) -> Delivery:
        """Any event, subscribed or not."""
        return await self._ship({"event_ts": self.world.rooms.stamps.next(), **fields}, how)

    async def verify_url(self, challenge: str = "", **how: Unpack[How]) -> tuple[Attempt, bool]:
        """url_verification: the answer, and whether it was the challenge."""
        challenge = challenge or uuid.uuid4().hex
        token = self.world.workspace.verification_token
        body = {"token": token, "challenge": challenge, "type": "url_verification"}
        attempt = await self.courier.post(body, **how)
        plain = attempt.body.strip().decode(errors="replace")
        return attempt, attempt.ok and plain in (
            challenge,
            f'{{"challenge":"{challenge}"}}',
            f'{{"challenge": "{challenge}"}}',
        )

    async def replay(self, delivery: Delivery) -> Attempt:
        """The same bytes with the same signature again."""
        return await self.courier.replay(delivery)

    def room(self, user: str, channel: str) -> Room:
        """A conversation in which the person is."""
        room = self.world.rooms.get(channel) if channel else self.world.rooms.im(user)
        if user not in room.members:
            raise LookupError(f"{user} isn't in {room.id}")
        return room

    def _new(self, user: str, text: str, thread_ts: str) -> Post:
        ts = self.world.rooms.stamps.next()
        blocks = words_in_blocks(text) if text else []
        return Post(ts, user, text, blocks, thread_ts, client_msg_id=str(uuid.uuid4()))

    def _own(self, room: Room, user: str, ts: str) -> Post:
        post = room.find(ts)
        if post is None or post.user != user:
            raise LookupError(f"{user} has no message {ts} in {room.id}")
        return post

    async def _post(self, room: Room, post: Post, how: How) -> Said:
        room.posts.append(post)
        self.world.show(room, post)
        space = self.world.workspace
        deliveries = await self._event(bodies.SUBSCRIPTIONS[room.kind], bodies.message(post, room, space), how, room)
        if room.kind != "im" and f"<@{space.bot_user_id}>" in post.text:
            deliveries += await self._event("app_mention", bodies.app_mention(post, room, space), how, room)
        if failed := [delivery.failure for delivery in deliveries if not delivery.ok]:
            post.note = failed[-1]
            self.world.show(room, post)
        return Said(post, deliveries)

    async def _event(
        self, subscription: str, body: Mapping[str, Any], how: How, room: Room | None = None
    ) -> tuple[Delivery, ...]:
        """Only what the app has subscribed to, and only where the bot is."""
        if subscription not in self.world.workspace.events or (room and not room.bot_in):
            return ()
        return (await self._ship(body, how),)

    async def _ship(self, body: Mapping[str, Any], how: How) -> Delivery:
        at = int(self.world.clock.now().timestamp())
        payload = bodies.callback(self.world.workspace, body, at, how.get("event_id", ""))
        return await self.courier.ship("events_api", payload, **how)

    def _tell_of_own(self, room: Room, before: Post | None, after: Post | None) -> None:
        """The bot's own messages, and the changes of them, come back as events too."""
        space = self.world.workspace
        if after is None and before is not None:
            body = bodies.deleted(before, room, space, self.world.rooms.stamps.next())
        elif before is not None and after is not None:
            body = bodies.changed(before, after, room, space, after.edited or self.world.rooms.stamps.next())
        elif after is not None:
            body = bodies.message(after, room, space)
        else:
            return
        self.courier.start(self._event(bodies.SUBSCRIPTIONS[room.kind], body, {}, room))
