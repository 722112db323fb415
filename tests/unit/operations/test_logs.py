"""Logs: one format for ours and the libraries', one id from callback to delivery, and no secrets."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from aiohttp import ClientSession, CookieJar
from pydantic import BaseModel, SecretStr

from bot.flows.trace import trace_of
from bot.logs import configure_logs
from bot.redaction import Redaction, secrets_of
from bot.server import free_port
from config.groups.operations import Log
from config.settings import load_settings
from tests.emulators.wecom.emulator import WecomEmulator
from tests.faults.process import BotProcess
from tests.scenarios.company import MIN
from tests.scenarios.world import until
from tests.signing_in import follow_link

DEBUG = {"LOG__LEVEL": "DEBUG", "LOG__FORMAT": "json"}
SEND = "/cgi-bin/message/send"
FIGURES_TOKEN = "a-token-that-nobody-may-read"
OPEN_DOOR = """
from bot.redaction import Redaction
Redaction.__call__ = lambda self, line: line
from bot.cli import main
main()
"""


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """Gives what went to standard error since the last time; afterwards logging is as it was."""
    root, engine = logging.getLogger(), logging.getLogger("dbos")
    before, engines = list(root.handlers), list(engine.handlers)
    yield lambda: capsys.readouterr().err
    root.handlers[:], engine.handlers[:] = before, engines
    logging.captureWarnings(False)
    structlog.reset_defaults()


def test_json_is_one_object_a_line_of_ours_and_of_libraries(written: Callable[[], str]) -> None:
    logging.getLogger("dbos").propagate = False  # as the engine leaves it when it comes first
    configure_logs(Log(format="json"))
    with structlog.contextvars.bound_contextvars(trace="abc"):
        structlog.get_logger("ours").info("hello", 名字="张敏")
        logging.getLogger("dbos").warning("from the engine")
        try:
            raise ValueError("broken\nin two lines")
        except ValueError:
            logging.getLogger("library").exception("from a library")
    lines = [json.loads(line) for line in written().splitlines()]
    assert [line["event"] for line in lines] == ["hello", "from the engine", "from a library"]
    assert {line["trace"] for line in lines} == {"abc"}
    assert lines[0]["名字"] == "张敏"
    assert lines[2]["exception"][0]["exc_type"] == "ValueError"


def test_text_is_for_people(written: Callable[[], str]) -> None:
    configure_logs(Log())
    structlog.get_logger("ours").warning("hello", number=7)
    structlog.get_logger("ours").debug("not at this level")
    text = written()
    assert "hello" in text
    assert "number=7" in text
    assert "not at this level" not in text


def test_setting_up_again_writes_each_line_once(written: Callable[[], str]) -> None:
    for _ in range(3):
        configure_logs(Log())
    logging.getLogger("library").warning("only once")
    assert written().count("only once") == 1


def test_the_last_door_crosses_out_what_slipped_through(written: Callable[[], str]) -> None:
    """In our lines, in libraries', in exceptions; known secrets, and what looks like one."""
    configure_logs(Log(format="json"), ["pä\"ss'word"])
    log = structlog.get_logger("ours")
    log.info("1", value="pä\"ss'word", url="https://api/cgi?access_token=ABC123&x=1", header="Bearer abc.def-ghi")
    log.info("2", slack="xoxb-123-456-abc", database="postgresql://me:hunter2@db/x")
    try:
        raise RuntimeError("corpsecret=S3CR3T in an address")
    except RuntimeError:
        log.exception("3")
        logging.getLogger("library").exception("4 pä\"ss'word")
    text = written()
    for secret in ('pä\\"ss', "ABC123", "abc.def", "xoxb-", "hunter2", "S3CR3T"):
        assert secret not in text
    assert "x=1" in text
    assert "me:***@db/x" in text


def test_short_words_are_not_taken_for_secrets() -> None:
    assert Redaction(["a", "", "true"])("a true story") == "a true story"


def test_every_secret_of_the_settings_is_known_passwords_in_addresses_too() -> None:
    url = "postgresql+psycopg://me:p%40ssw0rd@db/x"
    settings = load_settings(database={"url": url}, wecom={"secret": "the-app-secret"})
    found = set(secrets_of(settings))
    assert {url, "p%40ssw0rd", "p@ssw0rd", "the-app-secret"} <= found
    assert len(list(secrets_of(settings))) >= len(_secret_fields(settings))


async def test_one_id_leads_from_the_callback_to_the_last_call(data: Path, emulator: WecomEmulator) -> None:
    """Two messages at the same time: each one's lines carry its own id, and tell the whole way."""
    text = await _scenario(BotProcess(data, emulator, free_port(), DEBUG))
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    received = [line for line in lines if line["event"] == "received"]
    assert len(received) == 3
    for start in received:
        assert start["trace"] == trace_of(start["id"])
        way = [line["event"] for line in lines if line.get("trace") == start["trace"]]
        assert way[0] == "received"
        assert [event for event in way if event in {"answered", "delivered"}] == ["answered", "delivered"]
        assert "routed" in way
    others = [line for line in lines if line["event"] in {"routed", "answered", "delivered", "delivery failed"}]
    assert {line["trace"] for line in others} == {line["trace"] for line in received}
    failed = [line for line in lines if line["event"] == "delivery failed"]
    assert failed, "a failure is on the way of its message, too"


async def test_secrets_are_in_no_line_even_at_debug(
    data: Path, emulator: WecomEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D10: nothing that the bot writes holds a secret, and not because the last door crossed it out: it is open."""
    monkeypatch.setattr("tests.faults.process.COMMAND", (sys.executable, "-c", OPEN_DOOR))
    bot = BotProcess(data, emulator, free_port(), {**DEBUG, "WEB__METRICS_TOKEN": FIGURES_TOKEN})
    link = (await bot.command("people", "token", MIN.id)).split()[-1]
    text = await _scenario(bot, link, f"{bot.url}/?token=guessed-{FIGURES_TOKEN}")
    company = emulator.company
    secrets = [company.secret, company.token, company.aes_key, FIGURES_TOKEN, link.partition("token=")[2]]
    tokens = {request.query["access_token"] for request in emulator.requests if "access_token" in request.query}
    secrets += [(data / "console.key").read_text().strip(), *tokens]
    assert len(tokens) >= 2, "a second token was fetched"
    assert text.count('"delivered"') == 3
    assert [secret for secret in secrets if secret in text] == []


async def _scenario(bot: BotProcess, *visits: str) -> str:
    """Three members ask; the platform is busy, forgets the token, and browsers come. What was written."""
    emulator = bot.emulator
    await bot.start()
    try:
        await bot.ready()
        emulator.faults.fail(45033, path=SEND)
        await _ask(emulator, 1, 2)
        emulator.faults.revoke_token()
        await _ask(emulator, 3)
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser:
            for url in visits:
                await browser.get(url)
                await browser.post(f"{bot.url}/sign-in", data={"token": url.partition("token=")[2]})
            if visits:
                assert "张敏" in await follow_link(browser, visits[0].partition("token=")[2], bot.url)
    finally:
        await bot.stop()
    return bot.log.read_text(encoding="utf-8")


async def _ask(emulator: WecomEmulator, *numbers: int) -> None:
    """These members ask at the same time; returns when each has got an answer."""
    members = [f"rep{number:05d}" for number in numbers]
    sent = await asyncio.gather(*(emulator.callbacks.send_text(member, "客户说太贵了怎么回") for member in members))
    assert all(delivery.ok for delivery in sent)

    async def all_heard() -> bool:
        return all(emulator.ledger.delivered_to(member) for member in members)

    await until(all_heard)


def _secret_fields(model: BaseModel) -> list[str]:
    own = [name for name in type(model).model_fields if isinstance(getattr(model, name), SecretStr)]
    groups = [getattr(model, name) for name in type(model).model_fields if isinstance(getattr(model, name), BaseModel)]
    return own + [name for group in groups for name in _secret_fields(group)]
