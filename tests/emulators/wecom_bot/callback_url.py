"""The wire in HTTP mode: callbacks to the bot's URL, then questions for the next state of every open stream."""

from __future__ import annotations

import asyncio

from tests.emulators.wecom.ledger import Outcome
from tests.emulators.wecom.poster import DEADLINE, RETRIES, Delivery, Poster
from tests.emulators.wecom.sender import Sender
from tests.emulators.wecom_bot.answers import Answers
from tests.emulators.wecom_bot.bodies import refresh
from tests.emulators.wecom_bot.envelope import BotSealer
from tests.emulators.wecom_bot.exchanges import Exchange, Stream, new_msgid
from tests.emulators.wecom_bot.showing import Showing
from tests.emulators.wecom_bot.wire import BotHow
from tests.emulators.wecom_bot.world import BotWorld

COMMON = ("aibotid", "chatid", "chattype", "from")


class JsonPoster(Poster):
    """Posts JSON."""

    content_type = "application/json"


class CallbackUrl(Sender):
    """Plays the server towards the bot's callback URL; `verify_url` is that of the app's callbacks."""

    own_keys = False  # files are sealed with EncodingAESKey

    def __init__(self, world: BotWorld, base_url: str, callback_url: str, refresh_seconds: float) -> None:
        super().__init__(world, base_url, callback_url)
        self._bot_world = world
        self._sealer: BotSealer = BotSealer(world.company)
        self._poster: Poster = JsonPoster(lambda: world.faults.callbacks)
        self._answers = Answers(world, self._sealer.crypto)
        self._showing = Showing(world)
        self._refresh_seconds = refresh_seconds  # real seconds between two questions
        self._asking: set[asyncio.Task[None]] = set()

    async def close(self) -> None:
        """Stop asking and close the connections."""
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)
        await super().close()

    async def deliver(self, exchange: Exchange, how: BotHow) -> Delivery:
        """Post one callback, again when no 200 comes within 5 s, and take the answers."""
        tamper = how.get("tamper")
        delivery = await self._poster.post(
            self.url,
            lambda: self._sealer.seal(exchange.body, self._now(), tamper),
            retries=how.get("retries", RETRIES if tamper is None else 0),
            copies=how.get("copies", 1),
            deadline=how.get("deadline", DEADLINE),
        )
        for attempt in delivery.attempts:
            if attempt.status == 200 and attempt.body:
                self._answers.take(exchange, attempt.body)
        for stream in exchange.streams.values():
            self._keep_asking(exchange, stream)
        return delivery

    async def refresh(self, exchange: Exchange, stream: Stream) -> Delivery:
        """Ask once for the stream's next state."""
        common = {name: exchange.body[name] for name in COMMON if name in exchange.body}
        envelope = self._sealer.seal({"msgid": new_msgid(), **common, **refresh(stream.id)}, self._now())
        attempt = await self._poster.attempt(self.url, envelope, DEADLINE)
        if attempt.status == 200 and attempt.body:
            self._answers.take(exchange, attempt.body, refreshing=True)
        return Delivery((attempt,), envelope)

    def _keep_asking(self, exchange: Exchange, stream: Stream) -> None:
        if not stream.finished:
            task = asyncio.get_running_loop().create_task(self._ask(exchange, stream))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _ask(self, exchange: Exchange, stream: Stream) -> None:
        while stream.is_open(self._bot_world.clock.now()):
            await asyncio.sleep(self._refresh_seconds)
            if stream.is_open(self._bot_world.clock.now()):
                await self.refresh(exchange, stream)
        if not stream.finished:
            content = dict(stream.bubble.content)
            reason = "6 minutes are over and the stream isn't finished: the member keeps what was shown last"
            self._showing.note(Outcome.DROPPED, exchange.chat, "stream", content, stream.bubble.id, reason)
