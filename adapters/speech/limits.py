"""What a recording must be to be listened to, and why one is refused. Pure."""

from __future__ import annotations

from dataclasses import dataclass

RATE = 16_000  # Hz, of all decoded sound
LEAST_SECONDS = 3.0  # below this nothing useful was said
SPOKEN = 3  # the least that must be speech is so many times less
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of the settings, in bytes and seconds."""

    max_bytes: int
    max_seconds: float
    least_seconds: float = LEAST_SECONDS

    @property
    def least_speech(self) -> float:
        """Seconds of speech that must be heard."""
        return self.least_seconds / SPOKEN


class Refused(Exception):
    """A recording can't be used. `reason` is the last part of a text of `speech.unusable`."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values
