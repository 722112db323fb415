"""Credentials that bot and emulator share when both are started together by hand."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass
from typing import Any

from config.settings import Settings

CORP_ID = "ww0000000000emulator"
AGENT_ID = 1000002


@dataclass(frozen=True, slots=True)
class Pairing:
    """Settings for the bot and arguments for the emulator that fit each other."""

    settings: dict[str, Any]
    emulator: dict[str, Any]


def pair(settings: Settings, port: int) -> Pairing:
    """New credentials at every start; the callback goes to the bot's own port."""
    shared = {
        "corp_id": CORP_ID,
        "agent_id": AGENT_ID,
        "secret": secrets.token_urlsafe(32),
        "token": secrets.token_hex(12),
        "aes_key": "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(42)) + "A",
    }
    base = f"http://127.0.0.1:{port}"
    callback = f"{settings.public_url}{settings.wecom.callback_path}"
    return Pairing(
        settings={
            "wecom": {**shared, "enabled": True, "base_url": base},
            "signin": {"wecom_authorize_url": base, "wecom_login_url": base},
        },
        emulator={**shared, "callback_url": callback, "host": "127.0.0.1", "port": port},
    )
