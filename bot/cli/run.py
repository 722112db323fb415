"""`xiaoce run`: start everything in one process."""

from __future__ import annotations

import typer

from bot.cli.common import console, run_async, settings_and_logs
from config.languages import operator_language
from config.locales import t


def run(
    sample: bool = typer.Option(False, help="First run: generate and load the sample company."),
) -> None:
    """Start the bot: console, callbacks and durable work. Stop it with Ctrl-C; nothing is lost."""
    run_async(_serve(sample))


async def _serve(sample: bool) -> None:
    from bot.app import build
    from bot.cli.sample_company import load_sample
    from bot.server import until_interrupted

    settings = settings_and_logs()
    app = build(settings)
    try:
        app.migrate()
        links = await load_sample(app) if sample else {}
        await app.start()
        announce(app.public_url, links)
        await until_interrupted()
    finally:
        await app.stop()


def announce(url: str, links: dict[str, str]) -> None:
    """Tell where to go and what to try."""
    console.print(f"\n[bold green]{_say('started')}[/bold green]  {url}\n", highlight=False)
    for who, link in links.items():
        console.print(f"  {who}\n  {link}\n", highlight=False, soft_wrap=True)
    for key in ("try" if links else "link", "stop"):
        console.print(_say(key), highlight=False, markup=False)


def _say(key: str) -> str:
    return t(f"cli.run.{key}", operator_language())
