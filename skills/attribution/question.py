"""What is asked: which journeys, what they are worth, by which model. Read from an address or from words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from config.groups.attribution import Attribution
from knowledge.journeys.building import CONVERSIONS, LEVELS, LONG_AGO, Conversion, Level, Rules
from knowledge.journeys.built import VALUES, Value
from knowledge.journeys.model_settings import ModelSettings
from knowledge.journeys.models import USUAL

T = TypeVar("T", bound=str)
MODEL = "markov"  # answered unless another is asked for: the only one that looks at journeys that didn't convert
LOOKBACKS = (30, 90, 180, 365, 0)
SPANS = (0, 90, 180, 365)  # days back from today in which a journey ended; 0: all


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `span_days` 0: all time."""

    level: Level = "account"
    conversion: Conversion = "won"
    value: Value = "count"
    model: str = MODEL
    lookback_days: int = 90
    span_days: int = 0
    removed: tuple[str, ...] = ()

    @property
    def of_value(self) -> bool:
        """Whether the numbers are value, not conversions."""
        return self.value != "count"

    @property
    def money(self) -> bool:
        """Whether they are yuan."""
        return self.value in {"amount", "payment"}

    def rules(self, settings: Attribution, now: datetime) -> Rules:
        """How its journeys are made."""
        since = now - timedelta(days=self.span_days) if self.span_days else LONG_AGO
        return Rules(self.level, self.conversion, self.lookback_days, settings.lookback_from, settings.reentry, since)

    def address(self, path: str = "/attribution", **more: str) -> str:
        """The page that shows it."""
        return f"{path}?{urlencode({**self.fields(), **more})}"

    def fields(self) -> dict[str, str]:
        """As an address says it."""
        found = {
            "level": self.level,
            "conversion": self.conversion,
            "value": self.value,
            "model": self.model,
            "lookback": str(self.lookback_days),
            "span": str(self.span_days),
        }
        return found | {f"without{number}": name for number, name in enumerate(self.removed)}


def usual(settings: Attribution) -> Question:
    """What the company settled on."""
    return Question(settings.level, settings.conversion, lookback_days=settings.lookback_days)


def read(query: Mapping[str, str], settings: Attribution) -> Question:
    """From an address; what it doesn't say, or says wrongly, is as usual."""
    known = usual(settings)
    return replace(
        known,
        level=_one(query.get("level"), LEVELS, known.level),
        conversion=_one(query.get("conversion"), CONVERSIONS, known.conversion),
        value=_one(query.get("value"), VALUES, known.value),
        model=_one(query.get("model"), USUAL, known.model),
        lookback_days=_days(query.get("lookback"), known.lookback_days),
        span_days=_days(query.get("span"), known.span_days),
        removed=tuple(value for key, value in sorted(query.items()) if key.startswith("without") and value),
    )


def model_settings(settings: Attribution, direct: Sequence[str]) -> ModelSettings:
    """How models count."""
    chosen = ModelSettings(half_life_hours=settings.half_life_hours, order=settings.order)
    return replace(chosen, direct=tuple(direct)) if direct else chosen


def _one(asked: str | None, known: Sequence[T], otherwise: T) -> T:
    return next((one for one in known if one == asked), otherwise)


def _days(asked: str | None, otherwise: int) -> int:
    return min(int(asked), 3650) if asked and asked.isascii() and asked.isdigit() and len(asked) < 9 else otherwise
