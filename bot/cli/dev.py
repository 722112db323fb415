"""`xiaoce dev`: try a platform without an account there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, run_async
from bot.contracts.person import OPERATOR

if TYPE_CHECKING:
    from storage.store import Store

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
    from tests.emulators.wecom.pairing import pair

    pairing = pair(settings_and_logs(), port)
    app = build(load_settings(**pairing.settings))
    try:
        app.migrate()
        links = await load_sample(app)
        users = await app.database.read(_wecom_users)
        async with WecomEmulator(**pairing.emulator, users=users) as emulator:
            await app.start()
            announce(app.public_url, links)
            console.print(f"  企业微信模拟手机\n  {emulator.base_url}/phone\n", highlight=False)
            await until_interrupted()
    finally:
        await app.stop()


def _wecom_users(store: Store) -> dict[str, str]:
    """Who can be chosen on the phone: WeCom account → name."""
    people = store.people.visible_to(OPERATOR)
    linked = ((store.people.accounts(person.id).get("wecom"), person.name) for person in people)
    return {account: name for account, name in linked if account}


def _find_emulators() -> None:
    """The emulators are in the source checkout, beside the tests; an installed package has none."""
    from bot.contracts.errors import ConfigurationError

    checkout = Path(__file__).resolve().parent.parent.parent
    if not (checkout / "tests" / "emulators").is_dir():
        raise ConfigurationError("The emulators come with the source: run this in a checkout of the project.")
    sys.path.insert(0, str(checkout))
