"""Credentials that bot and emulator share when both are started together by hand."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import Any

from config.settings import Settings

CALLBACK_PATH = "/wecom-bot/callback"
MODES = {"http": "callback", "socket": "websocket"}  # as the settings call them
LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Pairing:
    """Settings for the bot and arguments for the emulator that fit each other."""

    settings: dict[str, Any]
    emulator: dict[str, Any]


def pair(settings: Settings, port: int, mode: str = "http") -> Pairing:
    """New credentials at every start; the callback goes to the bot's own port, the long connection to the emulator."""
    shared = {
        "bot_id": f"aib{secrets.token_urlsafe(24)}",
        "secret": secrets.token_urlsafe(32),
        "token": secrets.token_hex(12),
        "aes_key": "".join(secrets.choice(LETTERS) for _ in range(42)) + "A",
    }
    bot = {"enabled": True, "mode": MODES[mode], "ws_url": f"ws://127.0.0.1:{port}", "callback_path": CALLBACK_PATH}
    return Pairing(
        settings={"wecom_bot": {**shared, **bot}},
        emulator={
            **shared,
            "mode": mode,
            "callback_url": f"{settings.public_url}{CALLBACK_PATH}",
            "host": "127.0.0.1",
            "port": port,
        },
    )
