"""Readers, each with a child of its own, at one emulated archive."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.wecom_archive import client
from adapters.wecom_archive.client import SdkClient
from adapters.wecom_archive.ports import ArchivePorts
from adapters.wecom_archive.reader import ArchiveReader
from config.groups.wecom_archive import WecomArchive
from tests.emulators.common.clock import ManualClock
from tests.emulators.wecom_archive import ArchiveEmulator
from tests.unit.adapters.wecom_archive.bench import NOW, Bench, Make, Shelf, nobody


@pytest.fixture
async def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Make]:
    monkeypatch.setattr(client, "WORKER", ArchiveEmulator.worker)
    clients: list[SdkClient] = []
    archive, clock = ArchiveEmulator(tmp_path), ManualClock(NOW)

    async def made(shelf: Shelf | None = None, **more: Any) -> Bench:
        settings = WecomArchive(**archive.settings(tmp_path / "rooms.csv", **more))
        sdk, shelf = SdkClient(settings, "ww1"), shelf or Shelf()
        clients.append(sdk)
        ports = ArchivePorts(shelf, nobody)
        return Bench(archive, shelf, clock, settings, ArchiveReader(settings, clock, ports, sdk, first_wait=0.0), sdk)

    yield made
    for sdk in clients:
        await sdk.close()
