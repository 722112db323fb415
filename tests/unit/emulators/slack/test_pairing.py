"""Credentials for a bot and an emulator that are started together."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.settings import load_settings
from tests.emulators.slack import SlackEmulator
from tests.emulators.slack.pairing import pair


@pytest.mark.parametrize("mode", ["events", "socket"])
async def test_both_sides_fit(mode: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings()
    pairing = pair(settings, 0, mode)
    slack = pairing.settings["slack"]
    async with SlackEmulator(**pairing.emulator) as emulator:
        space = emulator.workspace
        assert (space.bot_token, space.app_token) == (slack["bot_token"], slack["app_token"])
        assert (space.signing_secret, space.client_secret) == (slack["signing_secret"], slack["client_secret"])
        assert (emulator.world.socket_url is None) == (mode == "events")
    expected = f"{settings.public_url}{slack['events_path']}" if mode == "events" else ""
    assert pairing.emulator["callback_url"] == expected
    assert pair(settings, 0).settings != pairing.settings
