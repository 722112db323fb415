"""A verdict as it is kept with a signal or a recording, and as people read it: numbers and features, no word of the
conversation. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from config.locales import t
from knowledge.risk.features import BY_KEY
from knowledge.risk.model import Assessment, Contribution
from knowledge.risk.words import NOTICEABLE, sentence, verdict

KIND = "conversation_risk"
"""The kind in config/signals that tells of a high risk."""
KEPT = "risk"
"""Where a verdict is kept: among a signal's values (as JSON), and in the summary of a recording."""


@dataclass(frozen=True, slots=True)
class Row:
    """One feature as people read it. `value` says that it is missing where it is; `why` is "" where nothing counts."""

    title: str
    value: str
    why: str
    missing: bool


def kept(found: Assessment) -> dict[str, Any]:
    """As plain JSON: all twelve, null for what is missing."""
    return {
        "probability": found.probability,
        "level": found.level,
        "bias": found.bias,
        "version": found.version,
        "features": {one.feature.key: [one.value, one.amount] for one in found.contributions},
    }


def read(told: Mapping[str, Any]) -> Assessment:
    """What `kept` made; features that an older Xiaoce knew and we don't are left out."""
    features = told["features"].items()
    found = tuple(Contribution(BY_KEY[key], value, amount) for key, (value, amount) in features if key in BY_KEY)
    return Assessment(told["probability"], told["level"], told["bias"], found, told["version"])


def values_of(found: Assessment, lang: str) -> dict[str, str]:
    """A signal's values: the probability and what counts most, in words, and everything for the unfolded card."""
    raising = [one for one in found.reasons(len(found.contributions)) if one.amount > 0][:3]
    return {
        "percent": f"{100 * found.probability:.0f}",
        "known": str(sum(one.value is not None for one in found.contributions)),
        "of": str(len(found.contributions)),
        "top": t("conversation_risk.between", lang).join(sentence(one, lang) for one in raising),
        KEPT: json.dumps(kept(found)),
    }


def lines(values: Mapping[str, str], lang: str) -> list[str]:
    """The twelve of a signal's values: what is known with its sign, the weightiest first; then what is missing."""
    if KEPT not in values:
        return []
    found = read(json.loads(values[KEPT]))
    ordered = sorted(found.contributions, key=lambda one: -abs(one.amount))
    counted = [_signed(one, lang) for one in ordered if one.value is not None or abs(one.amount) >= NOTICEABLE]
    missing = [one.feature.title(lang) for one in found.contributions if one.value is None]
    titles = t("conversation_risk.and", lang).join(missing)
    return [*counted, *([t("conversation_risk.missing", lang, count=len(missing), titles=titles)] if missing else [])]


def table(told: Mapping[str, Any], lang: str) -> tuple[str, list[Row]]:
    """The verdict in words, and all twelve in their order."""
    found = read(told)
    return verdict(found, lang), [_row(one, lang) for one in found.contributions]


def _row(one: Contribution, lang: str) -> Row:
    title = one.feature.title(lang)
    if one.value is not None:
        return Row(title, format(one.value, one.feature.shown), _signed(one, lang), missing=False)
    why = _signed(one, lang) if abs(one.amount) >= NOTICEABLE else ""
    return Row(title, t("conversation_risk.none", lang), why, missing=True)


def _signed(one: Contribution, lang: str) -> str:
    return f"{one.amount:+.2f} {sentence(one, lang)}"
