"""What can go wrong with listening, besides the recording itself (UnusableRecording)."""

from __future__ import annotations

from bot.contracts.errors import XiaoceError


class ListeningFailed(XiaoceError):
    """The recording could not be transcribed now; it is kept, and can be tried again."""


class WorkerLost(ListeningFailed):
    """The transcription process broke off; it is started again by itself."""
