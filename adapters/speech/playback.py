"""Recordings in formats that browsers don't play (AMR, SILK, WMA …) get a copy beside them, when first asked for."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from adapters.speech.errors import WorkerLost
from adapters.speech.limits import MEGABYTE
from adapters.speech.messages import WorkerConfig
from adapters.speech.process import Worker
from config.groups.speech import Speech

PLAYED = frozenset(
    {"audio/mpeg", "audio/wav", "audio/x-wav", "audio/flac", "audio/x-flac", "audio/ogg", "audio/webm", "video/webm"}
    | {"audio/aac", "audio/mp4", "audio/x-m4a", "video/mp4"}
)
COPY, COPY_TYPE = ".play.mp3", "audio/mpeg"
PHONES = b"ftyp3g"  # 3GP: an MP4 whose sound is AMR
IDLE_SECONDS = 30.0

log = structlog.get_logger(__name__)


def copy_of(path: Path) -> Path:
    """Where the copy of a recording is, if it has one. Whoever deletes the recording deletes it too."""
    return path.with_name(path.name + COPY)


class Playback:
    """Copies are made one at a time, by a process of its own: a recording that is being transcribed delays none."""

    def __init__(self, settings: Speech, data: Path) -> None:
        config = WorkerConfig(
            model=settings.model,
            data=str(data.resolve()),
            threads=1,
            beam=1,
            max_bytes=settings.max_mb * MEGABYTE,
            max_seconds=settings.max_minutes * 60.0,
            least_seconds=0.0,
            idle_seconds=IDLE_SECONDS,
        )
        self._worker = Worker(config, look_seconds=5.0, hang_seconds=60.0)
        self._turn = asyncio.Lock()

    async def playable(self, path: Path, media_type: str) -> tuple[Path, str]:
        """The file itself, or its copy; with its type. What can't be copied is given as it is."""
        if media_type in PLAYED and not await asyncio.to_thread(_is_of_a_phone, path):
            return path, media_type
        target = copy_of(path)
        async with self._turn:
            if not await asyncio.to_thread(target.is_file) and not await self._made(path, target):
                return path, media_type
        return target, COPY_TYPE

    async def close(self) -> None:
        """End the worker process."""
        await self._worker.kill()

    async def _made(self, path: Path, target: Path) -> bool:
        request = {"do": "copy", "path": _name(path), "target": _name(target)}
        try:
            answer = await self._worker.ask(request)
        except WorkerLost:
            answer = {"error": "the process was lost"}
        if failed := answer.get("refused") or answer.get("error") or answer.get("fault"):
            log.warning("recording can't be played in a browser", file=path.name, why=failed)
        return not failed


def _name(path: Path) -> str:
    return str(path.absolute())


def _is_of_a_phone(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(10)[4:10] == PHONES
    except OSError:
        return False
