"""MQL→SQL by industry, held against a benchmark where one is known, else against the other industries (B8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import erfc, sqrt
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

import config
from bot.contracts.errors import ConfigurationError
from config.locales import t
from knowledge.metrics.noise import SURE, corrected, share_chance
from knowledge.risk.figures import Share, share

FILE = Path(config.__file__).parent / "benchmarks" / "industries.yaml"
FEW = 30
"""Leads of an industry below which nothing is said about it."""


class _Texts(BaseModel):
    model_config = ConfigDict(extra="forbid")
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Rate(BaseModel):
    """What others reach, and who says so."""

    model_config = ConfigDict(extra="forbid")
    percent: float = Field(gt=0, lt=100)
    source: _Texts


class Benchmark(BaseModel):
    """One industry. `mql_to_sql` is None where no source is known."""

    model_config = ConfigDict(extra="forbid")
    key: str
    zh: str
    en: str
    words: tuple[str, ...] = ()
    mql_to_sql: Rate | None = None


@dataclass(frozen=True, slots=True)
class Deviation:
    """One industry's rate, and what it was held against."""

    industry: str
    found: Share
    expected: float  # the benchmark's rate, or that of all other industries together
    rate: Rate | None  # the benchmark; None: held against the others
    chance: float | None  # corrected for all industries
    verdict: Literal["below", "above", "like", "few"]

    @property
    def is_marked(self) -> bool:
        """Whether it deviates by more than chance."""
        return self.verdict in {"below", "above"}

    def sentence(self, lang: str = "zh") -> str:
        """The rate, what it was held against, and the source."""
        source = getattr(self.rate.source, "en" if lang == "en" else "zh") if self.rate else ""
        key = f"funnel.deviation.{'benchmark' if self.rate else 'peers'}"
        return t(
            key,
            lang,
            industry=self.industry or t("funnel.unknown", lang),
            rate=f"{self.found.value:.1%}",
            hits=self.found.hits,
            n=self.found.n,
            low=f"{self.found.low:.0%}",
            high=f"{self.found.high:.0%}",
            expected=f"{self.expected:.1%}",
            source=source,
            verdict=t(f"funnel.verdict.{self.verdict}", lang),
        )


@cache
def load_benchmarks(file: Path = FILE) -> Mapping[str, Benchmark]:
    """By every word that names the industry, folded. Raises ConfigurationError that names file and industry."""
    found: dict[str, Benchmark] = {}
    for place, entry in enumerate(yaml.safe_load(file.read_text(encoding="utf-8")) or (), 1):
        try:
            one = Benchmark.model_validate(entry)
        except ValidationError as error:
            where = ".".join(str(part) for part in error.errors()[0]["loc"])
            text = f"config/benchmarks/{file.name}, entry {place}, {where}: {error.errors()[0]['msg']}"
            raise ConfigurationError(f"{text}; a rate needs percent and a source in zh and en.") from error
        found |= {word.casefold(): one for word in (one.key, one.zh, one.en, *one.words)}
    return found


def deviations(
    counts: Mapping[str, tuple[int, int]], benchmarks: Mapping[str, Benchmark] | None = None
) -> list[Deviation]:
    """Each industry's (leads, accepted by sales), the clearest deviation first. Pure but for the file of benchmarks."""
    known = load_benchmarks() if benchmarks is None else benchmarks
    wanted = [(industry, n, hits) for industry, (n, hits) in counts.items() if n]
    measured = [_measured(industry, n, hits, wanted, known) for industry, n, hits in wanted]
    # an industry that says nothing can't be marked, so it isn't looked at: the correction is for the others
    chances = corrected([one.chance if _can_say(one) else None for one in measured])
    judged = [_judged(one, chance) for one, chance in zip(measured, chances, strict=True)]
    return sorted(judged, key=lambda one: (not one.is_marked, one.verdict == "few", one.found.value, one.industry))


def _measured(
    industry: str, n: int, hits: int, everybody: Sequence[tuple[str, int, int]], known: Mapping[str, Benchmark]
) -> Deviation:
    found = share(hits, n)
    assert found is not None, "counted only where there are leads"  # noqa: S101  # told to mypy
    benchmark = known.get(industry.casefold())
    if rate := benchmark.mql_to_sql if benchmark else None:
        expected = rate.percent / 100
        return Deviation(industry, found, expected, rate, _one_sample(found, expected), "like")
    others = [one for one in everybody if one[0] != industry]
    other_n, other_hits = sum(one[1] for one in others), sum(one[2] for one in others)
    expected = other_hits / other_n if other_n else found.value
    return Deviation(industry, found, expected, None, share_chance(hits, n, other_hits, other_n), "like")


def _can_say(one: Deviation) -> bool:
    return bool(one.industry) and one.found.n >= FEW


def _judged(one: Deviation, chance: float | None) -> Deviation:
    verdict: Literal["below", "above", "like", "few"] = "like"
    if not _can_say(one):
        verdict = "few"
    elif chance is not None and chance < SURE:
        verdict = "below" if one.found.value < one.expected else "above"
    return Deviation(one.industry, one.found, one.expected, one.rate, chance, verdict)


def _one_sample(found: Share, expected: float) -> float:
    """Two-sided score test against a rate that is taken as known."""
    z = (found.value - expected) / sqrt(expected * (1 - expected) / found.n)
    return erfc(abs(z) / sqrt(2))
