"""`xiaoce run`: start everything in one process; `xiaoce web` and `xiaoce worker`: only one half of it."""

from __future__ import annotations

import asyncio
import gc
from contextlib import suppress
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, run_async, settings_and_logs
from bot.contracts.person import OPERATOR
from config.languages import operator_language
from config.locales import t

if TYPE_CHECKING:
    from bot.process import App
    from bot.roles import Roles

LONGEST_START = 60.0  # seconds; by then garbage is looked for in any case


def run(
    sample: bool = typer.Option(False, help="First run: generate and load the sample company."),
) -> None:
    """Start the bot: console, callbacks and durable work. Stop it with Ctrl-C; nothing is lost."""
    run_async(_serve(sample))


def web() -> None:
    """Take messages and serve the console; workers answer. Any number of processes, on PostgreSQL."""
    from bot.roles import Roles

    run_async(_serve_part(Roles.WEB))


def worker() -> None:
    """Answer, keep the clock and send; any number of processes, on PostgreSQL. With web.port set: /healthz there."""
    from bot.roles import Roles

    run_async(_serve_part(Roles.WORKER))


async def _serve(sample: bool) -> None:
    gc.disable()  # a start makes hardly any, and looking for it takes 0.2 s; `_settle` ends this
    from bot.app import build
    from bot.cli.sample_company import load_sample
    from bot.cli.sample_systems import SampleSystems

    settings = settings_and_logs()
    systems = SampleSystems(settings.data) if sample else None
    app = build(systems.connect(settings) if systems else settings)
    try:
        app.migrate()
        links = await load_sample(app, systems.entries()) if systems else {}
        await app.start()
        if systems:
            await systems.start()
        announce(app.public_url, links, listening=_listening(app), people=await _people(app))
        calls = asyncio.create_task(_load_beside(app)) if sample else None
        await until_over(app)
        if calls is not None:
            calls.cancel()
            await asyncio.gather(calls, return_exceptions=True)
    finally:
        gc.enable()
        await app.stop()
        if systems:
            await systems.stop()


async def _load_beside(app: App) -> None:
    """Once questions are answered, and beside everything else: nobody waits for it."""
    from bot.cli.sample_calls import load_calls
    from bot.cli.sample_company import load_sources

    await app.ready()
    await load_sources(app)
    await load_calls(app)


async def _serve_part(roles: Roles) -> None:
    gc.disable()  # a start makes hardly any, and looking for it takes 0.2 s; `_settle` ends this
    from bot.app import build
    from bot.roles import Roles

    settings = settings_and_logs()
    app = build(settings)
    roles.check(is_sqlite=app.database.is_sqlite)
    try:
        app.migrate()
        await app.start(roles, listen=Roles.WEB in roles or "port" in settings.web.model_fields_set)
        if Roles.WORKER in roles and not settings.web.public_url:
            told = t("cli.roles.no_public_url", operator_language(), url=settings.public_url)
            console.print(told, highlight=False, markup=False, soft_wrap=True)
        started = t("cli.roles.started", operator_language(), role=roles.label, name=app.machines.id)
        console.print(started, highlight=False, markup=False)
        await until_over(app)
    finally:
        gc.enable()
        await app.stop()


async def _settle(app: App) -> None:
    """Look for garbage from now on, but not among what the start has made: it stays."""
    with suppress(TimeoutError):
        await asyncio.wait_for(app.ready(), LONGEST_START)
    gc.freeze()
    gc.enable()


async def until_over(app: App) -> None:
    """Return when somebody asks this process to stop. Raises TakenOver when another process has its work."""
    from bot.contracts.errors import TakenOver
    from bot.server import until_interrupted

    settled = asyncio.create_task(_settle(app))
    interrupted = asyncio.create_task(until_interrupted())
    replaced = asyncio.create_task(app.machines.replaced.wait())
    await asyncio.wait({interrupted, replaced}, return_when=asyncio.FIRST_COMPLETED)
    interrupted.cancel()
    replaced.cancel()
    settled.cancel()
    if app.machines.replaced.is_set():
        raise TakenOver  # ends with status 1, so that the service manager starts it again


def announce(url: str, links: dict[str, str], *, listening: str = "", people: int = 1) -> None:
    """Tell where to go and what to try; `listening`: the address itself, where people reach it by another one."""
    console.print(f"\n[bold green]{_say('started')}[/bold green]  {url}\n", highlight=False)
    if listening:
        console.print(f"  {_say('listening', address=listening)}\n", highlight=False, soft_wrap=True)
    for who, link in links.items():
        console.print(f"  {who}\n  {link}\n", highlight=False, soft_wrap=True)
    for key in ("try" if links else "link" if people else "nobody", "stop"):
        console.print(_say(key), highlight=False, markup=False)


async def _people(app: App) -> int:
    return len(await app.database.read(lambda store: store.people.visible_to(OPERATOR)))


def _listening(app: App) -> str:
    web = app.settings.web
    return f"http://{web.host}:{web.port}" if web.public_url else ""


def _say(key: str, **values: object) -> str:
    return t(f"cli.run.{key}", operator_language(), **values)
