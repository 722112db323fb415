"""The twelve features of a conversation. The model knows nothing else about it.

A value that can't be measured is None, never 0: 0 interruptions were counted, None were not.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from enum import StrEnum

from bot.contracts.errors import BadInput
from config.locales import t
from knowledge.risk.constants import constants

Values = Mapping[str, float | None]
"""One value or None for each of the twelve keys, in the order of FEATURES."""


class Family(StrEnum):
    """Where a feature comes from."""

    VOICE = "voice"
    STRUCTURE = "structure"
    TEXT = "text"
    TIME = "time"


class Scale(StrEnum):
    """How a value enters the model."""

    PLAIN = "plain"  # as it is
    LOG = "log"  # log(1 + value): large values differ less and less
    RATIO = "ratio"  # log2(value): twice as long is as far from usual as half as long


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature. Its words are under `risk.feature.<key>` in config/locales."""

    key: str
    family: Family
    unit: str
    low: float  # the least value that can be; anything below is a mistake in the data
    high: float
    scale: Scale = Scale.PLAIN
    shown: str = ".1f"  # format of the value in sentences

    def title(self, lang: str) -> str:
        """What the feature is called."""
        return t(f"risk.feature.{self.key}.title", lang)

    def entered(self, value: float) -> float:
        """The value as the model takes it."""
        if self.scale is Scale.LOG:
            return math.log1p(value)
        return math.log2(value) if self.scale is Scale.RATIO else value


FEATURES = (
    # Voice: our salesperson's, for only of him are there enough recordings to know what is usual.
    Feature("voice_deviation", Family.VOICE, "standard deviations from the person's own pitch and energy", 0, 100),
    Feature("patience", Family.VOICE, "seconds, median wait after the customer ends before we speak", 0, 600),
    Feature("interruptions", Family.VOICE, "times in ten minutes that we cut the customer off", 0, 600, Scale.LOG),
    # Structure: who speaks how much, and how.
    Feature("talk_ratio", Family.STRUCTURE, "our share of the speech, 0..1", 0, 1, shown=".0%"),
    Feature("longest_monologue", Family.STRUCTURE, "minutes, our longest stretch alone", 0, 600, Scale.LOG),
    Feature("question_rate", Family.STRUCTURE, "share of our turns that ask something, 0..1", 0, 1, shown=".0%"),
    # Text: what the customer says, by the signals found in it.
    Feature("sentiment_slope", Family.TEXT, "change of the customer's sentiment (-1..1) over it", -2, 2, shown="+.1f"),
    Feature("objection", Family.TEXT, "probability of an objection or a competitor, 0..1", 0, 1, shown=".0%"),
    Feature("commitment", Family.TEXT, "score of commitments and next steps, 0..1", 0, 1, shown=".0%"),
    # Time: how alive the contact is.
    Feature("reply_latency", Family.TIME, "customer's replies, times as long as usual", 1 / 32, 32, Scale.RATIO),
    Feature("days_since_contact", Family.TIME, "days since either side answered the other", 0, 3650, Scale.LOG),
    Feature("decision_maker", Family.TIME, "contact with who decides and how many know us, 0..1", 0, 1, shown=".0%"),
)
BY_KEY = {feature.key: feature for feature in FEATURES}


def complete(given: Mapping[str, float | None], lang: str = "zh") -> Values:
    """All twelve, None for what isn't given. Raises BadInput for unknown keys and impossible values."""
    unknown = sorted(set(given) - set(BY_KEY))
    if unknown:
        raise BadInput(t("risk.bad.key", lang, keys=", ".join(unknown), known=", ".join(BY_KEY)))
    return {feature.key: _checked(feature, given.get(feature.key), lang) for feature in FEATURES}


def known(values: Values) -> int:
    """How many of the twelve could be measured."""
    return sum(value is not None for value in values.values())


def definition() -> str:
    """What a model was trained for: changes whenever a feature, its order, its unit or a constant in it changes."""
    described = repr(([astuple(feature) for feature in FEATURES], constants()))
    return hashlib.sha256(described.encode()).hexdigest()[:16]


def _checked(feature: Feature, value: float | None, lang: str) -> float | None:
    if value is None:
        return None
    if not math.isfinite(value) or not feature.low <= value <= feature.high:
        raise BadInput(t("risk.bad.value", lang, feature=feature.key, value=value, low=feature.low, high=feature.high))
    return float(value)
