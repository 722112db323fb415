"""Starts the emulator by hand, for a person with a browser."""

from __future__ import annotations

import asyncio
import contextlib
import sys

from tests.emulators.wecom_bot.emulator import WecomBotEmulator


def run_emulator(emulator: WecomBotEmulator) -> None:
    """Serve until interrupted; prints where the phone and the interfaces are."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(emulator))


async def _serve(emulator: WecomBotEmulator) -> None:
    async with emulator:
        sys.stdout.write(f"手机页面  {emulator.base_url}/phone\n接口地址  {emulator.base_url}\n")
        way = emulator.socket_url if emulator.mode == "socket" else emulator.callback_url.url or "（未设置）"
        sys.stdout.write(f"{'长连接' if emulator.mode == 'socket' else '回调'}地址  {way}\n按 Ctrl-C 结束\n")
        sys.stdout.flush()
        await asyncio.Event().wait()
