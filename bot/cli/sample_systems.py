"""The sample company's ERP, MES, finance and HR at work: they verify and answer as connected systems do (C4)."""

from __future__ import annotations

import asyncio
import json
import os
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_bytes, token_urlsafe
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from bot.server import free_port

if TYPE_CHECKING:
    from aiohttp import web

    from config.settings import Settings

SOURCE = Path(__file__).parent.parent.parent / "config" / "sample_company" / "systems"
WRITTEN = "http://127.0.0.1:8089"  # where the entries say that they listen
LISTENING = ("erp", "mes", "finance", "hr")
SENDING = ("crm", *LISTENING)
STRUCTURED = "application/cloudevents+json"


class SampleSystems:
    """Four systems on a port of this machine, with secrets of their own that stay in the data folder."""

    def __init__(self, data: Path) -> None:
        self._file = data / "sample_systems" / "systems.json"
        self._runner: web.AppRunner | None = None
        self._known: dict[str, Any] = {}

    @property
    def are_known(self) -> bool:
        """Whether they were connected before: commands beside the server need their secrets, too."""
        return self._file.exists()

    def connect(self, settings: Settings) -> Settings:
        """The settings with which the bot knows their secrets, and may call them."""
        self._known = self._read() or self._make()
        own = {name: SecretStr(value) for name, value in self._known["secrets"].items()}
        events = settings.events
        secrets = {**own, **events.secrets}
        allowed = tuple({*events.allow_private, "127.0.0.1"})
        return settings.model_copy(
            update={"events": events.model_copy(update={"secrets": secrets, "allow_private": allowed})}
        )

    def entries(self) -> Mapping[str, str]:
        """The text of each system's entry, by its name, with the port that is really listened on."""
        return {
            path.stem: path.read_text(encoding="utf-8").replace(WRITTEN, f"http://127.0.0.1:{self._known['port']}")
            for path in sorted(SOURCE.glob("*.yaml"))
        }

    async def start(self) -> None:
        """Listen. When another program has the port, what is sent to them is tried again, also after the next start."""
        from aiohttp import web

        app = web.Application()
        app.router.add_post("/{system}", self._receive)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        with suppress(OSError):
            await web.TCPSite(self._runner, "127.0.0.1", self._known["port"]).start()

    async def stop(self) -> None:
        """Close the port."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _receive(self, request: web.Request) -> web.Response:
        from aiohttp import web
        from cloudevents.core.bindings.http import HTTPMessage, from_http_event
        from standardwebhooks import Webhook, WebhookVerificationError

        from config.sample_company.playing import play

        name, body = request.match_info["system"], await request.read()
        if name not in LISTENING:
            raise web.HTTPNotFound
        headers = {key.lower(): value for key, value in request.headers.items()}
        try:
            Webhook(self._known["secrets"][f"{name}_out"]).verify(body, headers, json_parse=False)
        except WebhookVerificationError:
            return web.json_response({"error": "bad signature"}, status=401)
        event = await asyncio.to_thread(from_http_event, HTTPMessage(headers, body))
        answer = play(name, {**event.get_attributes(), "data": event.get_data()})
        if answer is None:
            return web.json_response({"received": True})
        return web.Response(body=json.dumps(answer, ensure_ascii=False).encode(), content_type=STRUCTURED)

    def _read(self) -> dict[str, Any]:
        if not self._file.exists():
            return {}
        found: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
        return found

    def _make(self) -> dict[str, Any]:
        """New secrets, readable by their owner only."""
        secrets = {f"{name}_token": token_urlsafe(24) for name in SENDING}
        secrets |= {f"{name}_out": f"whsec_{b64encode(token_bytes(24)).decode()}" for name in LISTENING}
        made = {"port": free_port(), "secrets": secrets}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(made, file)
        return made
