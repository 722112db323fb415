"""Mode "websocket": keeping the one connection that a bot may have.

A newer connection ends the older, so two programs that both reconnect at once would end each other for ever. Whoever
is ended waits, longer each time, and comes back only while the lease is theirs. Between processes of one installation
the lease decides who connects.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import structlog

from adapters.wecom_bot.client import HttpClient
from adapters.wecom_bot.connection import Connection, Frame, req_id_of
from adapters.wecom_bot.errors import errcode_of, scrub
from adapters.wecom_bot.inbox import Inbox
from adapters.wecom_bot.ports import Lease
from adapters.wecom_bot.translate import event_type
from bot.contracts.errors import TemporaryFailure
from config.groups.wecom_bot import WecomBot
from config.locales import t

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds between attempts
REFUSED_WAIT = 60.0  # after a refused subscription: a wrong secret doesn't get right by trying
KICKED_WAIT, LONGEST_KICKED_WAIT = 60.0, 1800.0
STEADY = 30.0  # a connection that lived so long was a good one
LEASE_EVERY = 10.0
FRAME_LIMIT = 4 * 1024 * 1024  # bytes

Work = Callable[[], Coroutine[Any, Any, None]]

log = structlog.get_logger(__name__)


class Link:
    """Connects, subscribes, reads; again and again. `fault` is what an operator should know, "" when all is well."""

    def __init__(self, settings: WecomBot, client: HttpClient, lease: Lease, inbox: Inbox) -> None:
        self._settings = settings
        self._client = client
        self._lease = lease
        self._inbox = inbox
        self.connection: Connection | None = None  # only while subscribed
        self.holds = False  # whether the lease was ours when we last asked
        self.fault = ""
        self._kicked = asyncio.Event()
        self._kicks = 0

    async def run(self, beside: Work) -> None:
        """Keep the connection until cancelled; `beside` runs while it is there."""
        try:
            await self._keep(beside)
        finally:
            await self._give_back()

    async def _keep(self, beside: Work) -> None:
        failures = 0
        while True:
            if not await self._may():
                await asyncio.sleep(LEASE_EVERY)
                continue
            began = asyncio.get_running_loop().time()
            wait = await self._once(beside)
            steady = asyncio.get_running_loop().time() - began >= STEADY
            failures = 0 if steady else failures + 1
            await asyncio.sleep(self._pause(failures, wait))

    async def _once(self, beside: Work) -> float:
        """One connection. The least seconds until the next attempt."""
        self._kicked = asyncio.Event()
        try:
            return await self._connected(beside)
        except TemporaryFailure as error:
            log.warning("wecom_bot.socket_failed", why=str(error))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.fault = t("wecom_bot.check.unreachable", url=self._settings.ws_url, why=type(error).__name__)
            log.warning("wecom_bot.socket_failed", why=scrub(f"{type(error).__name__} {error}"))
        except Exception:  # a fault of ours must not leave the bot deaf for good
            log.exception("wecom_bot.socket_broken")
        finally:
            self.connection = None
        return 0.0

    async def _connected(self, beside: Work) -> float:
        timeout = aiohttp.ClientWSTimeout(ws_close=5.0)
        how: dict[str, Any] = {"max_msg_size": FRAME_LIMIT, "timeout": timeout}
        async with self._client.session.ws_connect(self._settings.ws_url, **how) as socket, AsyncExitStack() as stack:
            connection = Connection(socket, self._take)
            reading = asyncio.create_task(connection.read(), name="wecom_bot read")
            stack.push_async_callback(_ended, reading)
            if not await self._subscribed(connection):
                return REFUSED_WAIT
            self.connection, self.fault = connection, ""
            for work in (connection.ping(), self._guard(connection), beside()):
                stack.push_async_callback(_ended, asyncio.create_task(work))
            log.info("wecom_bot.socket_open")
            kicked = asyncio.create_task(self._kicked.wait())
            stack.push_async_callback(_ended, kicked)
            await asyncio.wait({reading, kicked}, return_when=asyncio.FIRST_COMPLETED)
            self.connection = None
        log.info("wecom_bot.socket_closed", code=socket.close_code, kicked=self._kicked.is_set())
        return self._after_kick() if self._kicked.is_set() else 0.0

    async def _subscribed(self, connection: Connection) -> bool:
        secret = self._settings.secret.get_secret_value()
        answer = await connection.ask("aibot_subscribe", {"bot_id": self._settings.bot_id, "secret": secret})
        errcode = errcode_of(answer)
        if errcode:
            errmsg = scrub(str(answer.get("errmsg", "")))
            self.fault = t("wecom_bot.check.refused", errcode=errcode, errmsg=errmsg)
            log.error("wecom_bot.not_subscribed", why=self.fault)
        return not errcode

    async def _guard(self, connection: Connection) -> None:
        """Give the connection up when the lease is another's."""
        while True:
            await asyncio.sleep(LEASE_EVERY)
            if not await self._may():
                break
        log.info("wecom_bot.lease_lost")
        await connection.close()

    async def _may(self) -> bool:
        """Whether the lease is ours. When nobody can say (no database), what we last knew holds."""
        try:
            self.holds = await self._lease()
        except Exception as error:
            log.warning("wecom_bot.lease_unknown", why=type(error).__name__)
        return self.holds

    async def _give_back(self) -> None:
        """So that the next process, which may be this one started again, needn't wait until the lease runs out."""
        if not self.holds:
            return
        try:
            await self._lease.give_back()
        except Exception as error:
            log.warning("wecom_bot.lease_not_given_back", why=type(error).__name__)

    def _take(self, frame: Frame) -> None:
        body = frame.get("body")
        if not isinstance(body, Mapping):
            return
        if event_type(body) == "disconnected_event":
            self._kicked.set()  # nothing said here arrives any more, whenever WeCom closes the socket
            return
        self._inbox.put(body, req_id_of(frame))

    def _after_kick(self) -> float:
        self._kicks += 1
        wait = min(LONGEST_KICKED_WAIT, KICKED_WAIT * 2.0 ** min(self._kicks - 1, 10))
        self.fault = t("wecom_bot.check.kicked")
        log.warning("wecom_bot.kicked", times=self._kicks, wait=wait)
        return wait

    def _pause(self, failures: int, least: float) -> float:
        """Seconds to wait; spread, so that many bots don't come back at the same moment."""
        if least:
            return least * random.uniform(1.0, 1.25)  # noqa: S311  no secret
        self._kicks = 0 if not failures else self._kicks
        longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(max(failures - 1, 0), 10))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311  no secret


async def _ended(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
