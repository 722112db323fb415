"""`xiaoce run`: start everything in one process."""

from __future__ import annotations

import typer

from bot.cli.common import console, run_async, settings_and_logs


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
    console.print(f"\n[bold green]小策已启动[/bold green]  {url}\n", highlight=False)
    for who, link in links.items():
        console.print(f"  {who}\n  {link}\n", highlight=False, soft_wrap=True)
    if links:
        console.print("试试问：客户说太贵了怎么回 / 客户拿恒力达来比 / 我的客户有哪些 / 帮助", highlight=False)
    else:
        console.print("登录链接：xiaoce people token <工号>", highlight=False)
    console.print("按 Ctrl-C 结束；没说完的话下次启动接着回。", highlight=False)
