"""`xiaoce doctor`, the settings, and the manifest."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import structlog
import yaml
from aiohttp import web
from pydantic import ValidationError

import adapters.slack
from adapters.slack import SlackAdapter, SlackPorts
from adapters.slack.check import SCOPES, faults
from adapters.slack.client import SlackClient
from bot.contracts.errors import TemporaryFailure
from config.groups.slack import Slack

MANIFEST = yaml.safe_load((Path(adapters.slack.__file__).parent / "manifest.yaml").read_text(encoding="utf-8"))
ALL = {"X-OAuth-Scopes": ",".join(sorted(SCOPES))}


def authorised(headers: dict[str, str]) -> web.Response:
    return web.json_response({"ok": True, "user_id": "UBOT"}, headers=headers)


async def test_nothing_to_say_when_all_is_well(adapter: SlackAdapter, platform: Any, clock: Any) -> None:
    platform.says("auth.test", authorised(ALL))
    assert await adapter.check(clock.now()) == []


async def test_missing_scopes_are_named(adapter: SlackAdapter, platform: Any, clock: Any) -> None:
    platform.says("auth.test", authorised({"X-OAuth-Scopes": ",".join(sorted(SCOPES - {"files:read"}))}))
    (fault,) = await adapter.check(clock.now())
    assert "files:read" in fault


async def test_a_refused_token(adapter: SlackAdapter, platform: Any, clock: Any) -> None:
    platform.says("auth.test", {"ok": False, "error": "invalid_auth"})
    (fault,) = await adapter.check(clock.now())
    assert "slack.bot_token" in fault


async def test_socket_mode_tries_its_own_token(
    platform: Any, clock: Any, front: Any, tools: Any, tmp_path: Path
) -> None:
    platform.says("auth.test", authorised(ALL))
    platform.says("apps.connections.open", {"ok": False, "error": "invalid_auth"})
    settings = tools.settings_for(platform.url, mode="socket", app_token="xoxb-wrong")
    adapter = SlackAdapter(settings, clock, "http://127.0.0.1:8080", tmp_path, SlackPorts(front))
    found = await adapter.check(clock.now())
    assert len(found) == 2
    assert all("slack.app_token" in fault for fault in found)
    await adapter.close()


async def test_an_address_that_slack_cannot_reach(clock: Any, front: Any, tools: Any, tmp_path: Path) -> None:
    settings = tools.settings_for("https://slack.com")

    class Answering(SlackClient):
        async def scopes(self) -> frozenset[str]:
            return SCOPES

    found = await faults(Answering(settings), settings, "http://127.0.0.1:8080")
    assert len(found) == 1
    assert "http://127.0.0.1:8080/slack/events" in found[0]


def test_the_manifest_has_the_scopes_that_are_checked() -> None:
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == SCOPES


def test_the_manifest_keeps_slacks_rules() -> None:
    """App manifest reference: the long description has at least 174 characters, the bot's name none but these."""
    assert 174 <= len(MANIFEST["display_information"]["long_description"]) <= 4000
    assert len(MANIFEST["display_information"]["description"]) <= 140
    assert re.fullmatch(r"[a-z0-9._-]{1,80}", MANIFEST["features"]["bot_user"]["display_name"])


def test_the_manifest_has_the_default_path() -> None:
    path = Slack().events_path
    settings = MANIFEST["settings"]
    addresses = [
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
        MANIFEST["features"]["slash_commands"][0]["url"],
    ]
    assert all(address.endswith(path) for address in addresses)


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({}, "slack.bot_token, slack.signing_secret"),
        ({"bot_token": "x"}, "slack.signing_secret"),
        ({"mode": "socket", "bot_token": "x", "signing_secret": "y"}, "slack.app_token"),
        ({"bot_token": "x", "signing_secret": "y", "client_id": "1"}, "slack.client_secret"),
        ({"bot_token": "x", "signing_secret": "y", "base_url": "slack.com"}, "slack.base_url"),
        ({"bot_token": "x", "signing_secret": "y", "events_path": "slack"}, "slack.events_path"),
    ],
)
def test_settings_name_what_is_missing(values: dict[str, str], missing: str) -> None:
    with pytest.raises(ValidationError, match=missing):
        Slack(enabled=True, **values)


def test_a_switched_off_adapter_needs_nothing() -> None:
    assert Slack().enabled is False


async def test_a_bad_token_is_told_at_the_start(adapter: SlackAdapter, platform: Any, door: Any) -> None:
    """With events nobody would notice before the first answer fails."""
    platform.says("auth.test", {"ok": False, "error": "invalid_auth"})
    with structlog.testing.capture_logs() as logs:
        await adapter.run()
    [warning] = logs
    assert (warning["log_level"], "slack.bot_token" in warning["fault"]) == ("warning", True)


async def test_why_slack_is_out_of_reach_is_said_in_words(tools: Any) -> None:
    """The name of a Python class helps nobody."""
    for address, words in (("http://slack.invalid", "找不到它的主机名"), ("http://127.0.0.1:1", "连接被拒绝或不通")):
        client = SlackClient(tools.settings_for(address))
        with pytest.raises(TemporaryFailure, match=words) as caught:
            await client.call("auth.test")
        await client.close()
        assert "Error" not in str(caught.value)
