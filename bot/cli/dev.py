"""`xiaoce dev`: try a platform without an account there."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from bot.cli.common import console, run_async

group = typer.Typer(help="Try a platform without an account: emulators of the real servers.", no_args_is_help=True)


@group.callback()
def _dev() -> None:
    """Keep `dev` a group, whatever the number of its commands."""


@group.command("wecom")
def wecom(port: int = typer.Option(8081, help="Port of the emulator and its phone.")) -> None:
    """Start the bot with the sample company, connected to an emulated WeCom whose phone opens in your browser."""
    run_async(_serve(port))


async def _serve(port: int) -> None:
    _find_emulators()
    from bot.app import build
    from bot.cli.common import settings_and_logs
    from bot.cli.run import announce
    from bot.cli.sample_company import load_sample
    from bot.server import until_interrupted
    from config.settings import load_settings
    from tests.emulators.wecom.emulator import WecomEmulator
    from tests.emulators.wecom.pairing import pair, phone_users

    pairing = pair(settings_and_logs(), port)
    app = build(load_settings(**pairing.settings))
    try:
        app.migrate()
        links = await load_sample(app)
        people = await app.database.read(lambda store: store.people.accounts("wecom"))
        async with WecomEmulator(**pairing.emulator, users=phone_users(people)) as emulator:
            await app.start()
            announce(app.public_url, links)
            console.print(f"  企业微信模拟手机\n  {emulator.base_url}/phone\n", highlight=False)
            await until_interrupted()
    finally:
        await app.stop()


def _find_emulators() -> None:
    """The emulators are in the source checkout, beside the tests; an installed package has none."""
    from bot.contracts.errors import ConfigurationError

    checkout = Path(__file__).resolve().parent.parent.parent
    if not (checkout / "tests" / "emulators").is_dir():
        raise ConfigurationError("The emulators come with the source: run this in a checkout of the project.")
    sys.path.insert(0, str(checkout))
