"""`xiaoce chat`: talk with the bot in a terminal, as somebody of the company."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import typer

from bot.cli.common import console, run_async, settings_and_log_file
from bot.cli.drawing import LETTERS, Drawing, no_button
from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t

if TYPE_CHECKING:
    from bot.process import App
    from config.settings import Settings
    from storage.repositories.history import HistoryItem

ANSWER_SECONDS = 60.0
LOOK_SECONDS = 0.1
LOG_FILE = "chat.log"  # in the data folder


def chat(
    as_: str = typer.Option(..., "--as", help="Id of the person to be: `xiaoce people list` shows them."),
    ask: str = typer.Option("", help="Ask this one question and leave."),
) -> None:
    """Talk with the bot here. Letters press buttons; Ctrl-D ends. Uses the running server, or starts one inside."""
    with settings_and_log_file(LOG_FILE) as settings:
        run_async(_chat(settings, as_, ask))


async def _chat(settings: Settings, person_id: str, ask: str) -> None:
    from bot.app import build

    app = build(settings)
    try:
        app.migrate()
        await _expect(app, person_id)
        await (app.engine.connect() if await _is_running(app) else app.start(listen=False))
        await Terminal(app, person_id).talk(ask)
    finally:
        await app.stop()


async def _expect(app: App, person_id: str) -> None:
    if await app.database.read(lambda store: store.people.get(person_id)) is None:
        raise BadInput(t("cli.people.unknown", operator_language(), id=person_id))


async def _is_running(app: App) -> bool:
    from aiohttp import ClientError, ClientSession, ClientTimeout

    url = f"http://{app.settings.web.host}:{app.settings.web.port}/healthz"
    try:
        async with ClientSession(timeout=ClientTimeout(2)) as session, session.get(url) as response:
            return response.status == 200
    except (ClientError, TimeoutError):
        return False


class Terminal:
    """One conversation. Messages go through the ordinary intake, as those of the console do."""

    def __init__(self, app: App, person_id: str) -> None:
        self._app = app
        self._person_id = person_id
        self._shown = Drawing(app.public_url)  # the last exchange: its buttons can be pressed

    async def talk(self, ask: str) -> None:
        """Ask once, or until the end of input."""
        if ask:
            await self._exchange(ask)
            return
        while (line := await asyncio.to_thread(_read_line)) is not None:
            if line:
                await self._exchange(line)

    async def _exchange(self, line: str) -> None:
        if _is_letter(line) and line.lower() not in self._shown.buttons:
            console.print(no_button(line, self._shown), highlight=False)
            return
        message_id = await self._send(line)
        with console.status(_say("thinking")):
            answers = await self._answers(message_id)
        self._shown = Drawing(self._app.public_url)
        for answer in answers:
            self._shown.add(answer.payload or {})
        for part in self._shown.parts:
            console.print(part, highlight=False, soft_wrap=False)

    async def _send(self, line: str) -> str:
        from bot.contracts import Message, Press

        button = self._shown.buttons.get(line.lower()) if _is_letter(line) else None
        press = Press(*button, handle="terminal") if button else None
        message = Message(
            id=f"console:{self._person_id}:{uuid4()}",
            channel="console",
            conversation=f"user:{self._person_id}",
            sender=self._person_id,
            kind="press" if press else "text",
            at=datetime.now(UTC),
            text="" if press else line,
            press=press,
        )
        await self._app.intake([message])
        return message.id

    async def _answers(self, message_id: str) -> list[HistoryItem]:
        """What was said to this message, once it is answered."""
        database = self._app.database
        deadline = asyncio.get_running_loop().time() + ANSWER_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            stored = await database.read(lambda store: store.messages.get(message_id))
            if stored and stored.answered_at:
                return await self._after(stored.seq)
            await asyncio.sleep(LOOK_SECONDS)
        raise BadInput(_say("no_answer"))

    async def _after(self, seq: int) -> list[HistoryItem]:
        """What was said after number `seq` in this conversation."""
        database, person_id = self._app.database, self._person_id
        viewer = await database.read(lambda store: store.people.get(person_id))
        if viewer is None:
            return []
        items = await database.read(lambda store: store.messages.history(viewer, channel="console", limit=20))
        return [item for item in items if item.direction == "out" and item.seq > seq]


def _is_letter(line: str) -> bool:
    """Letters press buttons. Digits are words: cards offer numbered lists to choose from."""
    return len(line) == 1 and line.lower() in LETTERS


def _say(key: str, **values: object) -> str:
    return t(f"cli.chat.{key}", operator_language(), **values)


def _read_line() -> str | None:
    try:
        return console.input(f"[bold]{_say('you')}[/bold]").strip()
    except EOFError:
        return None
