"""An emulated chat archive. See README.md."""

from __future__ import annotations

from tests.emulators.wecom_archive.emulator import ArchiveEmulator

__all__ = ["ArchiveEmulator"]
