"""A person in front of the web console: signs in, listens to the stream, writes, presses."""

from __future__ import annotations

import asyncio
import html
import json
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.cli.signing_in import issue_token
from tests.scenarios.world import World, until
from tests.signing_in import follow_link

CSRF = re.compile(r'<meta name="csrf" content="(\w+)">')
CARD = re.compile(r'data-card="([^"]+)"')


@dataclass
class Browser:
    """One open window."""

    world: World
    session: aiohttp.ClientSession
    shown: list[dict[str, Any]] = field(default_factory=list)  # what the stream brought, oldest first
    drafts: list[str] = field(default_factory=list)  # HTML of answers while they were written
    order: list[str] = field(default_factory=list)  # kinds of events, oldest first
    token: str = ""  # by which the person came in
    signed_out: asyncio.Event = field(default_factory=asyncio.Event)  # the stream said so

    async def say(self, text: str) -> list[dict[str, Any]]:
        """Write; what the bot showed for it."""
        return await self._post("/chat/messages", {"id": str(uuid.uuid4()), "text": text})

    async def press(self, card_id: str, action: str, **values: str) -> list[dict[str, Any]]:
        """Press a button, with answers to its form; what the bot showed for it."""
        body = {"id": str(uuid.uuid4()), "card": card_id, "action": action, "values": values}
        return await self._post("/chat/presses", body)

    async def history(self) -> list[dict[str, Any]]:
        """The newest page of the history."""
        async with self.session.get(f"{self.world.url}/chat/history") as response:
            response.raise_for_status()
            entries: list[dict[str, Any]] = (await response.json())["entries"]
            return entries

    async def page(self, path: str) -> tuple[int, str]:
        """Status and text of a page."""
        async with self.session.get(f"{self.world.url}{path}") as response:
            return response.status, await response.text()

    async def submit(self, path: str, form: dict[str, str]) -> int:
        """Send a form of a page; the status."""
        async with self.session.post(f"{self.world.url}{path}", data=form, allow_redirects=False) as response:
            return response.status

    async def _post(self, path: str, body: dict[str, Any]) -> list[dict[str, Any]]:
        before = len(self.shown)
        async with self.session.post(f"{self.world.url}{path}", json=body) as response:
            assert response.status == 202, await response.text()
        await self.world.quiet()
        due = {entry["id"] for entry in await self.history()}
        await until(lambda: self._has(due))
        return [entry for entry in self.shown[before:] if entry["direction"] == "out"]

    async def _has(self, due: set[str]) -> bool:
        return due <= {entry["id"] for entry in self.shown}

    async def listen(self, opened: asyncio.Event) -> None:
        """Read the stream of server-sent events until cancelled."""
        timeout = aiohttp.ClientTimeout(total=None)
        async with self.session.get(f"{self.world.url}/chat/stream", timeout=timeout) as response:
            kind = ""
            async for raw in response.content:
                name, _, value = raw.decode().rstrip("\r\n").partition(": ")
                if name == "event":
                    kind = value
                elif name == "data" and kind == "hello":
                    opened.set()
                elif name == "data" and kind == "signed_out":
                    self.signed_out.set()
                elif name == "data" and kind == "entry":
                    self.shown.append(json.loads(value))
                    self.order.append(kind)
                elif name == "data" and kind == "draft":
                    self.drafts.append(json.loads(value)["html"])
                    self.order.append(kind)


@asynccontextmanager
async def browser(world: World, person_id: str) -> AsyncIterator[Browser]:
    """A window of a person who is signed in by link."""
    token = await issue_token(world.app.database, person_id)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        found = CSRF.search(await follow_link(session, token, world.url))
        assert found
        session.headers["X-CSRF"] = found[1]
        window, opened = Browser(world, session, token=token), asyncio.Event()
        window.shown.extend(await window.history())
        stream = asyncio.create_task(window.listen(opened))
        try:
            await asyncio.wait_for(opened.wait(), 30)
            yield window
        finally:
            stream.cancel()
            await asyncio.gather(stream, return_exceptions=True)


def words(entries: list[dict[str, Any]]) -> str:
    """Everything that can be read in what was shown."""
    return "\n".join(html.unescape(re.sub(r"<[^>]+>", " ", entry["html"])) for entry in entries)


def card_id(entries: list[dict[str, Any]]) -> str:
    """The id of the card that was shown."""
    [found] = {match[1] for entry in entries if (match := CARD.search(entry["html"]))}
    return found
