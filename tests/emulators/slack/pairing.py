"""Credentials that bot and emulator share when both are started together by hand."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from config.settings import Settings

EVENTS_PATH = "/slack/events"


@dataclass(frozen=True, slots=True)
class Pairing:
    """Settings for the bot and arguments for the emulator that fit each other."""

    settings: dict[str, Any]
    emulator: dict[str, Any]


def pair(settings: Settings, port: int, mode: str = "events") -> Pairing:
    """New credentials at every start; events go to the bot's own port, or over Socket Mode when `mode` says so."""
    shared = {
        "bot_token": f"xoxb-{secrets.token_hex(20)}",
        "app_token": f"xapp-1-{secrets.token_hex(20)}",
        "signing_secret": secrets.token_hex(16),
        "client_id": f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**13)}",
        "client_secret": secrets.token_hex(16),
    }
    own = {"enabled": True, "base_url": f"http://127.0.0.1:{port}", "mode": mode, "events_path": EVENTS_PATH}
    callback = f"{settings.public_url}{EVENTS_PATH}" if mode == "events" else ""
    return Pairing(
        settings={"slack": {**shared, **own}},
        emulator={**shared, "callback_url": callback, "host": "127.0.0.1", "port": port},
    )
