"""`xiaoce backup`, `restore` and `retention`, as an operator types them beside a running bot."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.server import free_port
from tests.emulators.wecom.emulator import WecomEmulator
from tests.faults.process import BotProcess


async def test_a_night_of_an_operator(data: Path, emulator: WecomEmulator, tmp_path: Path) -> None:
    """A backup while the bot runs; no restore under it; after it stopped, the restore; and what retention would do."""
    bot = BotProcess(data, emulator, free_port(), {"RETENTION__MESSAGES_DAYS": "30", "RETENTION__AUDIT_DAYS": "0"})
    archive = str(tmp_path / "b.tar.gz")
    await bot.start()
    try:
        assert "b.tar.gz" in await bot.command("backup", archive)
        with pytest.raises(AssertionError, match="正在运行"):
            await bot.command("restore", "--replace", archive)
        counted = await bot.command("retention", "--dry-run")
        assert "消息" in counted or "messages" in counted
        assert "审计" not in counted, "what is kept for ever isn't counted"
        assert "backup.made" in await bot.command("audit", "--limit", "3")
    finally:
        await bot.stop()
    with pytest.raises(AssertionError, match="--replace"):
        await bot.command("restore", archive)
    assert "xiaoce run" in await bot.command("restore", "--replace", archive)
    await bot.start()
    await bot.ready()
    await bot.stop()
