"""The sample company's recorded calls: by the same door as any, in the background, with ready transcripts."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

if TYPE_CHECKING:
    from bot.process import App

LOADED = "loaded"  # in the folder of the calls: they were taken in, once

log = structlog.get_logger(__name__)


async def load_calls(app: App) -> None:
    """Speak the calls where espeak-ng is installed, and import them with what was said. Never stops anything else.

    Transcribing them again would take minutes of processor time and tell nothing that their scripts don't.
    """
    folder = app.settings.data / "sample_company" / "calls"
    try:
        if await asyncio.to_thread(_is_new, folder):
            await _load(app, folder)
            (folder / LOADED).touch()
    except Exception:
        log.exception("the sample company's calls couldn't be loaded")


def _is_new(folder: Path) -> bool:
    return folder.is_dir() and not (folder / LOADED).exists()


async def _load(app: App, folder: Path) -> None:
    from bot.flows.recording_import import Import
    from storage.imports.recordings import read_list

    await app.ready()  # questions come first
    await asyncio.to_thread(_prepare, folder)
    listed = await asyncio.to_thread(read_list, folder, ZoneInfo(app.settings.time_zone))
    door = Import(app.database, app.settings.data, listed, app.clock.now())
    taken = {name: what async for name, what in door.run(folder)}
    await app.recordings.desk.take_up()
    log.info("sample calls", **{Path(name).stem: what for name, what in taken.items()})


def _prepare(folder: Path) -> None:
    """Sound with the times of every turn; without espeak-ng only what was said."""
    from config.sample_company.calls import render_calls

    rendered = render_calls(folder.parent)
    if rendered.problem:
        log.info("sample calls without sound", why=rendered.problem)
        for script in sorted(folder.glob("*.txt")):
            lines = script.read_text(encoding="utf-8").splitlines()
            turns = [dict(zip(("speaker", "text"), line.split(": ", 1), strict=True)) for line in lines]
            script.with_suffix(".turns.json").write_text(json.dumps(turns, indent=1) + "\n", encoding="utf-8")
