"""`xiaoce dev`: try a platform without an account there."""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, run_async
from bot.contracts.errors import ConfigurationError
from bot.contracts.person import OPERATOR

if TYPE_CHECKING:
    from storage.store import Store

HOST = "127.0.0.1"  # the emulator is for this machine's browser only

group = typer.Typer(help="Try a platform without an account: emulators of the real servers.", no_args_is_help=True)


@group.callback()
def _dev() -> None:
    """Keep `dev` a group, whatever the number of its commands."""


@group.command("wecom")
def wecom(port: int = typer.Option(8081, min=1, max=65535, help="Port of the emulator and its phone.")) -> None:
    """Start the bot with the sample company, connected to an emulated WeCom whose phone opens in your browser."""
    run_async(_serve(port))


async def _serve(port: int) -> None:
    _find_emulators()
    from bot.cli.common import settings_and_logs

    settings = settings_and_logs()
    _check_ports(settings.web.host, settings.web.port, port)

    from bot.app import build
    from bot.cli.run import announce
    from bot.cli.sample_company import load_sample
    from bot.server import until_interrupted
    from config.settings import load_settings
    from tests.emulators.wecom.emulator import WecomEmulator
    from tests.emulators.wecom.pairing import pair

    pairing = pair(settings, port)
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


def _check_ports(host: str, port: int, phone: int) -> None:
    """Before the sample company is loaded, which takes a while. Raises ConfigurationError."""
    if phone == port:
        raise ConfigurationError(
            f"Port {port} is the bot's own (web.port): choose another one for the phone, e.g. --port {port + 1}."
        )
    for address, number, remedy in ((host, port, "set web.port"), (HOST, phone, "choose another one with --port")):
        if reason := _why_not(address, number):
            raise ConfigurationError(
                f"Port {number} on {address} can't be used ({reason}). Stop the other program, or {remedy}."
            )


def _why_not(host: str, port: int) -> str:
    """Why nothing can listen there; "" when something can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
            probe.bind(address)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _wecom_users(store: Store) -> dict[str, str]:
    """Who can be chosen on the phone: WeCom account → name."""
    people = store.people.visible_to(OPERATOR)
    linked = ((store.people.accounts(person.id).get("wecom"), person.name) for person in people)
    return {account: name for account, name in linked if account}


def _find_emulators() -> None:
    """The emulators are in the source checkout, beside the tests; an installed package has none."""
    checkout = Path(__file__).resolve().parent.parent.parent
    if not (checkout / "tests" / "emulators").is_dir():
        raise ConfigurationError("The emulators come with the source: run this in a checkout of the project.")
    sys.path.insert(0, str(checkout))
