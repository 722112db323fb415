"""A strict IMAP server for tests."""

from __future__ import annotations

from tests.emulators.imap.emulator import ImapEmulator

__all__ = ["ImapEmulator"]
