"""Errors of ours. A docstring is the sentence that a user or operator reads; it says what to do."""

from __future__ import annotations


class XiaoceError(Exception):
    """Something went wrong in Xiaoce; the log has the details."""

    def __str__(self) -> str:
        return " ".join(str(part) for part in self.args) or (type(self).__doc__ or "").strip()


class ConfigurationError(XiaoceError):
    """The configuration is wrong; the message names file, line and remedy."""


class IntakeUnavailable(XiaoceError):
    """Messages can't be stored now (database locked or disk full); the platform will send them again."""


class TakenOver(XiaoceError):
    """This process was silent for so long that another has its work: it sends nothing more and stops."""


class DeliveryFailure(XiaoceError):
    """A reply could not be handed to the platform."""


class TemporaryFailure(DeliveryFailure):
    """The platform is busy or unreachable; delivery tries again by itself."""

    def __init__(self, message: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds, when the platform says


class PermanentFailure(DeliveryFailure):
    """The platform refuses this for good; the message says what an operator must change before replaying."""


class FetchFailed(XiaoceError):
    """An attachment could not be downloaded: gone, too large, or not what it claims to be."""


class BadInput(XiaoceError):
    """A file or value from outside is wrong; the message names the place and the remedy."""


class UnusableRecording(BadInput):
    """A recording can't be transcribed; `reason` is the locale key's last part: silent, too_short, unreadable…"""

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(message or reason)
        self.reason = reason


class SourceUnavailable(XiaoceError):
    """The source can't be read now; what was read is kept, and the next load goes on from there."""


class SourceRefused(XiaoceError):
    """The source can't be read as it is; nothing was changed. The sentence says what to do."""
