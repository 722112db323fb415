"""Socket Mode: a connection that we open, for servers that the internet can't reach.

slack_sdk's own client isn't used: it waits the same 5 seconds for ever, goes on with a spent ticket when a connection
could not be opened, and writes addresses with tickets into the log.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping
from typing import Any

import aiohttp
import structlog
from aiohttp import ClientWebSocketResponse, WSMsgType

from adapters.slack.background import Background
from adapters.slack.bolt import Bolt
from adapters.slack.client import SlackClient
from bot.contracts.errors import DeliveryFailure

HEARTBEAT = 20.0  # seconds; a peer that answers no ping for half of that is gone
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0  # seconds between attempts
STEADY = 10.0  # a connection that lived so long was a good one
LAST_WORDS = 5.0  # seconds for what is being stored when Slack closes the connection
MESSAGE_LIMIT = 4 * 1024 * 1024  # bytes

log = structlog.get_logger(__name__)


class SocketMode:
    """Keeps one connection."""

    def __init__(self, client: SlackClient, bolt: Bolt) -> None:
        self._client = client
        self._bolt = bolt

    async def run(self) -> None:
        """Connect, again and again with growing waits, until cancelled."""
        failures = 0
        while True:
            began = asyncio.get_running_loop().time()
            try:
                await self._connection()
            except DeliveryFailure as error:
                log.warning("slack.socket_failed", why=str(error), failures=failures)
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                # Without the error's text: it names the address, which holds a ticket.
                status = getattr(error, "status", "")
                log.warning("slack.socket_failed", why=type(error).__name__, status=status, failures=failures)
            except Exception:  # a fault of ours must not leave the bot deaf for good
                log.exception("slack.socket_broken", failures=failures)
            lived = asyncio.get_running_loop().time() - began
            failures = 0 if lived >= STEADY else failures + 1
            await asyncio.sleep(wait_after(failures))

    async def _connection(self) -> None:
        """One connection, until either side ends it."""
        url = await self._client.socket_url()
        work = Background()
        async with self._client.session.ws_connect(url, heartbeat=HEARTBEAT, max_msg_size=MESSAGE_LIMIT) as socket:
            try:
                async for said in socket:
                    if said.type is not WSMsgType.TEXT:
                        continue
                    envelope = _envelope(said.data)
                    if envelope.get("type") == "disconnect":
                        log.info("slack.socket_ends", why=str(envelope.get("reason", ""))[:64])
                        break
                    if envelope.get("type") == "hello":
                        log.info("slack.socket_open")
                    elif isinstance(envelope.get("envelope_id"), str):
                        work.start(self._answer(socket, envelope))
            finally:
                await work.close(LAST_WORDS)  # acknowledged on this connection; else Slack sends it again

    async def _answer(self, socket: ClientWebSocketResponse, envelope: Mapping[str, Any]) -> None:
        """Store, then acknowledge. Without an acknowledgement Slack sends the envelope again."""
        payload = envelope.get("payload")
        response = await self._bolt.socket(payload if isinstance(payload, dict) else {"payload": payload})
        if response.status != 200:
            return
        said: dict[str, Any] = {"envelope_id": envelope["envelope_id"]}
        if response.body and envelope.get("accepts_response_payload"):
            said["payload"] = json.loads(response.body)
        try:
            await socket.send_json(said)
        except (ConnectionError, RuntimeError) as error:
            log.info("slack.not_acknowledged", why=type(error).__name__)


def wait_after(failures: int) -> float:
    """Seconds until the next attempt; spread, so that many bots don't come back at the same moment."""
    if not failures:
        return 0.0
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(failures - 1, 10))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311  no secret


def _envelope(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        log.warning("slack.socket_unreadable", size=len(text))
        return {}
    return found if isinstance(found, dict) else {}
