"""`xiaoce chat`: talk with the bot in a terminal, as somebody of the company."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import typer

from bot.cli.common import console, run_async, settings_and_log_file
from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t

if TYPE_CHECKING:
    from bot.app import App
    from bot.contracts import Press
    from config.settings import Settings
    from storage.repositories.history import HistoryItem

ANSWER_SECONDS = 60.0
LOOK_SECONDS = 0.1
LOG_FILE = "chat.log"  # in the data folder
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def chat(
    as_: str = typer.Option(..., "--as", help="Id of the person to be: `xiaoce people list` shows them."),
    ask: str = typer.Option("", help="Ask this one question and leave."),
) -> None:
    """Talk with the bot here. Numbers press buttons; Ctrl-D ends. Uses the running server, or starts one inside."""
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
        raise BadInput(f"There is no person {person_id}: `xiaoce people list` shows the ids.")


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
        self._buttons: list[tuple[str, str]] = []  # card id, action key

    async def talk(self, ask: str) -> None:
        """Ask once, or until the end of input."""
        if ask:
            await self._exchange(ask)
            return
        while (line := await asyncio.to_thread(_read_line)) is not None:
            if line:
                await self._exchange(line)

    async def _exchange(self, line: str) -> None:
        if hint := self._hint(line):
            console.print(hint, highlight=False)
            return
        message_id = await self._send(line)
        with console.status(_say("thinking")):
            answers = await self._answers(message_id)
        self._buttons = []
        for answer in answers:
            self._show(answer.payload or {})

    def _hint(self, line: str) -> str:
        """What to say to a number that is no button; "" for everything else."""
        if not line.isdecimal() or self._press(line):
            return ""
        key = "no_such_button" if self._buttons else "no_buttons"
        return _say(key, number=line, count=len(self._buttons))

    def _press(self, line: str) -> Press | None:
        from bot.contracts import Press

        pressed = line.isdecimal() and 0 < int(line) <= len(self._buttons)
        return Press(*self._buttons[int(line) - 1], handle="terminal") if pressed else None

    async def _send(self, line: str) -> str:
        from bot.contracts import Message

        press = self._press(line)
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
        raise BadInput("No answer within a minute. Is the server stuck? `xiaoce doctor` looks.")

    async def _after(self, seq: int) -> list[HistoryItem]:
        """What was said after number `seq` in this conversation."""
        database, person_id = self._app.database, self._person_id
        viewer = await database.read(lambda store: store.people.get(person_id))
        if viewer is None:
            return []
        items = await database.read(lambda store: store.messages.history(viewer, channel="console", limit=20))
        return [item for item in items if item.direction == "out" and item.seq > seq]

    def _show(self, payload: Any) -> None:
        from rich.markdown import Markdown

        if payload.get("text"):
            console.print(Markdown(payload["text"]))
        if card := payload.get("card"):
            self._show_card(card)

    def _show_card(self, card: Any) -> None:
        from rich.markdown import Markdown
        from rich.panel import Panel

        parts = [f"**{card['headline']}**", card["summary"], card["notice"]]
        parts += [_fact(fact["label"], fact["value"]) for fact in card["facts"]]
        if card["unfolded"]:
            parts += [f"### {section['title']}\n\n{section['body']}" for section in card["sections"]]
        body = Markdown("\n\n".join(part for part in parts if part))
        console.print(Panel(body, title=card["source"] or None, subtitle=self._offer(card)))

    def _offer(self, card: Any) -> str:
        """Number the card's buttons, so that they can be pressed."""
        buttons = [(action["key"], action["label"]) for action in card["actions"] if not action["url"]]
        if card["sections"]:
            key = "fold" if card["unfolded"] else "unfold"
            buttons.insert(0, (key, t(f"console.card.{key}", _language_of(card["headline"]))))
        labels = []
        for key, label in buttons:
            self._buttons.append((card["id"], key))
            labels.append(f"{len(self._buttons)} {label}")
        return "  ".join(labels)


def _fact(label: str, value: str) -> str:
    colon = "：" if _language_of(label) == "zh" else ": "
    return f"- {label}{colon}{value}"


def _language_of(text: str) -> str:
    """The language of a card, by its own words: people may ask in the other one than they chose."""
    return "zh" if _CHINESE.search(text) else "en"


def _say(key: str, **values: object) -> str:
    return t(f"cli.chat.{key}", operator_language(), **values)


def _read_line() -> str | None:
    try:
        return console.input(f"[bold]{_say('you')}[/bold]").strip()
    except EOFError:
        return None
