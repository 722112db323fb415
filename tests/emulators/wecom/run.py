"""Starts the emulator by hand, for a person with a browser."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Iterable, Mapping

from tests.emulators.wecom.emulator import DEFAULT_USERS, WecomEmulator


def run_emulator(
    *,
    corp_id: str,
    agent_id: int,
    secret: str,
    token: str,
    aes_key: str,
    callback_url: str = "",
    host: str = "127.0.0.1",
    port: int = 8081,
    users: Mapping[str, str] | Iterable[str] = DEFAULT_USERS,
    webhook_keys: Iterable[str] = (),
) -> None:
    """Serve until interrupted; prints where the phone and the API are."""
    emulator = WecomEmulator(
        corp_id=corp_id,
        agent_id=agent_id,
        secret=secret,
        token=token,
        aes_key=aes_key,
        callback_url=callback_url,
        host=host,
        port=port,
        users=users,
        webhook_keys=webhook_keys,
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(emulator, callback_url))


async def _serve(emulator: WecomEmulator, callback_url: str) -> None:
    async with emulator:
        sys.stdout.write(f"手机页面  {emulator.base_url}/phone\n接口地址  {emulator.base_url}\n")
        sys.stdout.write(f"回调地址  {callback_url or '（未设置）'}\n按 Ctrl-C 结束\n")
        sys.stdout.flush()
        await asyncio.Event().wait()
