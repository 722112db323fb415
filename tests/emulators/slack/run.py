"""Starts the emulator by hand, for a person with a browser."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import Any

from tests.emulators.slack.emulator import SlackEmulator


def run_emulator(**arguments: Any) -> None:
    """Serve until interrupted; prints where the client and the API are. Arguments: those of SlackEmulator."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(SlackEmulator(**arguments), str(arguments.get("callback_url", ""))))


async def _serve(emulator: SlackEmulator, callback_url: str) -> None:
    async with emulator:
        sys.stdout.write(f"客户端页面  {emulator.base_url}/client\n接口地址    {emulator.base_url}\n")
        sys.stdout.write(f"事件发往    {callback_url or 'Socket Mode'}\n按 Ctrl-C 结束\n")
        sys.stdout.flush()
        await asyncio.Event().wait()
