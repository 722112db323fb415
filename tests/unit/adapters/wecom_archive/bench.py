"""A reader at an emulated archive, with a shelf in memory for what it reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from adapters.wecom_archive.client import SdkClient
from adapters.wecom_archive.ports import Answer, Asking, Opened, Place, Rejected
from adapters.wecom_archive.reader import ArchiveReader
from config.groups.wecom_archive import WecomArchive
from tests.emulators.common.clock import ManualClock
from tests.emulators.wecom_archive import ArchiveEmulator

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@dataclass
class Shelf:
    """Fulfils `Archive` in memory."""

    at: Place = field(default_factory=Place)
    lines: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    asked: Asking = field(default_factory=Asking)
    answers: list[Answer] = field(default_factory=list)

    async def place(self) -> Place:
        return self.at

    async def keep(
        self, before: Place, after: Place, opened: Sequence[Opened], rejected: Sequence[Rejected] = ()
    ) -> bool:
        if before != self.at:
            return False
        self.at = after
        self.lines += [one.line for one in opened]
        self.rejected += rejected
        return True

    async def asking(self) -> Asking:
        return self.asked

    async def faults(self) -> list[str]:
        return []

    async def agreed(self, answers: Sequence[Answer]) -> int:
        self.answers += answers
        return len(answers)


async def nobody(path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {}


@dataclass
class Bench:
    """A reader at an emulated archive."""

    archive: ArchiveEmulator
    shelf: Shelf
    clock: ManualClock
    settings: WecomArchive
    reader: ArchiveReader
    sdk: SdkClient

    async def read(self) -> bool:
        """One pull."""
        return await self.reader._read_some()


Make = Callable[..., Awaitable[Bench]]
