"""A bot in a process of its own that only works: `python -m tests.faults.listening_bot DATA`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bot.app import build
from config.settings import load_settings


async def main(data: Path) -> None:
    """Until it is killed."""
    app = build(load_settings(data=data, console={"enabled": False}))
    await app.start(listen=False)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
