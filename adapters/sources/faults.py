"""What can be wrong with a source, in words for its owner."""

from __future__ import annotations

from bot.contracts.errors import SourceRefused, SourceUnavailable
from config.languages import operator_language
from config.locales import t


def refused(fault: str, **values: object) -> SourceRefused:
    """A person must act. `fault`: last part of a locale key below sources.refused."""
    return SourceRefused(t(f"sources.refused.{fault}", operator_language(), **values))


def unavailable(fault: str, **values: object) -> SourceUnavailable:
    """It may work later. `fault`: last part of a locale key below sources.unavailable."""
    return SourceUnavailable(t(f"sources.unavailable.{fault}", operator_language(), **values))
