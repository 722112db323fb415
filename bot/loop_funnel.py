"""The funnel, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.contracts import Clock, Page
from config.settings import Settings
from knowledge.funnel.benchmarks import load_benchmarks
from knowledge.playbook.vocabulary import Vocabulary
from skills.funnel.pages import funnel_pages
from skills.funnel.skill import FunnelSkill
from storage.database import Database


@dataclass(frozen=True, slots=True)
class FunnelParts:
    """Its skill and its page."""

    skill: FunnelSkill
    pages: Sequence[Page]


def make_funnel(settings: Settings, clock: Clock, database: Database) -> FunnelParts:
    """Raises ConfigurationError when a benchmark has no source."""
    load_benchmarks()
    words = settings.playbook.vocabulary
    vocabulary = Vocabulary.load(words) if words else Vocabulary.load()
    skill = FunnelSkill(database, vocabulary, settings.public_url, settings.time_zone)
    return FunnelParts(skill, funnel_pages(database, clock, settings.time_zone))
