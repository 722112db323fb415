"""`xiaoce dev`: try a platform without an account there."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import typer

from bot.cli.common import console, run_async, say
from bot.contracts.errors import ConfigurationError
from bot.contracts.person import OPERATOR

if TYPE_CHECKING:
    from config.settings import Settings
    from storage.store import Store

HOST = "127.0.0.1"  # the emulator is for this machine's browser only

group = typer.Typer(help="Try a platform without an account: emulators of the real servers.", no_args_is_help=True)


def _port(usual: int) -> Any:
    return typer.Option(usual, min=1, max=65535, help="Port of the emulator and its page.")


@group.callback()
def _dev() -> None:
    """Keep `dev` a group, whatever the number of its commands."""


@group.command("wecom")
def wecom(port: int = _port(8081)) -> None:
    """Start the bot with the sample company, connected to an emulated WeCom whose phone opens in your browser."""
    run_async(_serve(_wecom, port))


@group.command("slack")
def slack(
    port: int = _port(8082), socket_mode: bool = typer.Option(False, "--socket", help="Socket Mode instead of events.")
) -> None:
    """Start the bot with the sample company, connected to an emulated Slack whose client opens in your browser."""
    run_async(_serve(_slack_socket if socket_mode else _slack, port))


@group.command("wecom-bot")
def wecom_bot(
    port: int = _port(8083),
    socket_mode: bool = typer.Option(False, "--socket", help="The long connection instead of callbacks."),
) -> None:
    """Start the bot with the sample company, connected to an emulated WeCom AI bot (智能机器人) with a phone."""
    run_async(_serve(_wecom_bot_socket if socket_mode else _wecom_bot, port))


@dataclass(frozen=True, slots=True)
class Stand:
    """An emulated platform: the bot's settings for it, the server (made from its users), and its page."""

    channel: str
    title: str
    page: str
    settings: Mapping[str, Any]
    emulator: Callable[[Mapping[str, str]], AbstractAsyncContextManager[Any]]


def _wecom(settings: Settings, port: int) -> Stand:
    from tests.emulators.wecom.emulator import WecomEmulator
    from tests.emulators.wecom.pairing import pair

    fit = pair(settings, port)
    return Stand(
        "wecom", say("cli.dev.wecom"), "/phone", fit.settings, lambda users: WecomEmulator(**fit.emulator, users=users)
    )


def _wecom_bot(settings: Settings, port: int, mode: Literal["http", "socket"] = "http") -> Stand:
    from tests.emulators.wecom_bot.emulator import WecomBotEmulator
    from tests.emulators.wecom_bot.pairing import pair

    fit = pair(settings, port, mode)

    def emulator(users: Mapping[str, str]) -> WecomBotEmulator:
        return WecomBotEmulator(**fit.emulator, users=users, groups={"sales": tuple(users)})

    return Stand("wecom", say("cli.dev.wecom_bot"), "/phone", fit.settings, emulator)


def _wecom_bot_socket(settings: Settings, port: int) -> Stand:
    return _wecom_bot(settings, port, "socket")


def _slack(settings: Settings, port: int, mode: Literal["events", "socket"] = "events") -> Stand:
    from tests.emulators.slack.emulator import SlackEmulator
    from tests.emulators.slack.pairing import pair
    from tests.emulators.slack.workspace import Channel

    fit = pair(settings, port, mode)

    def emulator(users: Mapping[str, str]) -> SlackEmulator:
        sales = Channel("sales", tuple(users))  # where everybody can mention the bot
        return SlackEmulator(**fit.emulator, users=users, channels={"C0SALES": sales})

    return Stand("slack", say("cli.dev.slack"), "/client", fit.settings, emulator)


def _slack_socket(settings: Settings, port: int) -> Stand:
    return _slack(settings, port, "socket")


async def _serve(stand: Callable[[Settings, int], Stand], port: int) -> None:
    _find_emulators()
    from bot.cli.common import settings_and_logs

    settings = settings_and_logs()
    _check_ports(settings.web.host, settings.web.port, port)

    from bot.app import build
    from bot.cli.run import announce
    from bot.cli.sample_company import load_sample
    from bot.cli.sample_systems import SampleSystems
    from bot.server import until_interrupted
    from config.settings import load_settings

    platform = stand(settings, port)
    paired = load_settings(**platform.settings)
    systems = SampleSystems(paired.data)
    app = build(systems.connect(paired))
    async with AsyncExitStack() as stack:
        stop = await stack.enter_async_context(AsyncExitStack())
        stop.push_async_callback(app.stop)
        app.migrate()
        links = await load_sample(app, systems.entries())
        users = await app.database.read(lambda store: _users(store, platform.channel))
        emulator = await stack.enter_async_context(platform.emulator(users))
        stack.push_async_callback(stop.aclose)  # the bot goes before the platform, which it would miss
        await app.start()
        stack.push_async_callback(systems.stop)
        await systems.start()
        announce(app.public_url, links)
        console.print(f"  {platform.title}\n  {emulator.base_url}{platform.page}\n", highlight=False)
        await until_interrupted()


def _check_ports(host: str, port: int, phone: int) -> None:
    """Before the sample company is loaded, which takes a while. Raises ConfigurationError."""
    from bot.server import port_taken

    if phone == port:
        raise ConfigurationError(say("cli.port.own", port=port, other=port + 1))
    for address, number, remedy in ((host, port, "set_web"), (HOST, phone, "choose")):
        try:
            _bind(address, number)
        except OSError as error:
            raise ConfigurationError(port_taken(address, number, error, remedy)) from error


def _bind(host: str, port: int) -> None:
    """Raises OSError when nothing can listen there."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        probe.bind(address)


def _users(store: Store, channel: str) -> dict[str, str]:
    """Who can be chosen on the platform's page: account there → name."""
    people = store.people.visible_to(OPERATOR)
    linked = ((store.people.accounts(person.id).get(channel), person.name) for person in people)
    return {account: name for account, name in linked if account}


def _find_emulators() -> None:
    """The emulators are in the source checkout, beside the tests; an installed package has none."""
    checkout = Path(__file__).resolve().parent.parent.parent
    if not (checkout / "tests" / "emulators").is_dir():
        raise ConfigurationError(say("cli.dev.no_source"))
    sys.path.insert(0, str(checkout))
