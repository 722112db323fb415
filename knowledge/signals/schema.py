"""How an entry of `config/signals/` is written; what isn't so is refused with a sentence."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from config.locales import LANGUAGES, load

CARD_TEXTS = ("headline", "why")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


def _has_texts(card: str) -> str:
    missing = [f"{card}.{part}" for part in CARD_TEXTS for lang in LANGUAGES if f"{card}.{part}" not in load(lang)]
    if missing:
        raise ValueError(f"config/locales/signals.*.yaml lacks {', '.join(sorted(set(missing)))}")
    return card


Pattern = Annotated[str, AfterValidator(_compiles)]
CardTexts = Annotated[str, AfterValidator(_has_texts)]
Sentences = dict[Literal["zh", "en"], tuple[str, ...]]


class InBothLanguages(_Strict):
    """One sentence or title in each language."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class PolicyEntry(_Strict):
    """`tell: []` needs a `because`; anything else needs a card with texts, a cool-down and a question."""

    tell: tuple[Literal["rep", "manager", "channel_owner"], ...]
    cool_down_hours: float | None = Field(default=None, gt=0)
    card: CardTexts | None = None
    ask: InBothLanguages | None = None
    because: str = ""

    @model_validator(mode="after")
    def _complete(self) -> PolicyEntry:
        if not self.tell and not self.because:
            raise ValueError("nobody is told: say `because`, or whom to tell")
        if self.tell and (self.card is None or self.ask is None or self.cool_down_hours is None):
            raise ValueError("whoever is told needs a `card`, a `cool_down_hours` and a question under `ask`")
        return self


class Thresholds(_Strict):
    """Scores from which a text is reported, and from which it counts as strong."""

    report: float = Field(default=0.5, gt=0, lt=1)
    strong: float = Field(default=0.8, gt=0, lt=1)


class KindEntry(_Strict):
    """One signal."""

    title: InBothLanguages
    family: str
    method: Literal["text", "structure", "deal", "rule", "model"]
    level: Literal["utterance", "dialogue", "deal"]
    sources: tuple[Literal["recording", "chat", "email"], ...] = Field(min_length=1)
    policy: PolicyEntry
    priority: int = Field(ge=0, le=100)
    speaker: Literal["ours", "theirs", "any"] = "any"
    question: Literal["any", "only", "never"] = "any"
    rule: str = ""
    limits: dict[str, float] = {}
    stages: tuple[str, ...] = ()
    names: bool = False
    beside: tuple[str, ...] = ()
    heedless: tuple[Literal["denied", "quoted", "supposed", "joking", "over"], ...] = ()
    patterns: tuple[Pattern, ...] = ()
    unless: tuple[Pattern, ...] = ()
    sounds: tuple[str, ...] = ()
    exemplars: Sentences = {}
    against: Sentences = {}
    thresholds: Thresholds = Thresholds()

    @model_validator(mode="after")
    def _fits_method(self) -> KindEntry:
        if self.method == "text" and not (self.exemplars.get("zh") and self.exemplars.get("en")):
            raise ValueError("a text signal needs `exemplars` in zh and en")
        if self.method == "text" and not (self.against.get("zh") and self.against.get("en")):
            raise ValueError("a text signal needs counter-examples (`against`) in zh and en")
        if self.method in {"structure", "deal"} and not self.rule:
            raise ValueError(f"a {self.method} signal needs a `rule`")
        return self
