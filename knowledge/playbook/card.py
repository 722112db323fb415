"""What one card of the playbook says, whatever file or table it came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["talktrack", "competitor"]


@dataclass(frozen=True, slots=True)
class Link:
    """A document that goes with a card."""

    title: str
    url: str  # http or https


@dataclass(frozen=True, slots=True)
class TestReport:
    """A measured comparison, for competitor cards."""

    title: str
    url: str
    date: date


@dataclass(frozen=True, slots=True)
class PlaybookCard:
    """One language version of a card. Parts of the body are Markdown; "" or () where the file has none."""

    id: str  # the same in both languages
    kind: Kind
    language: str  # "zh" | "en"
    title: str
    situation: str  # when it applies, one sentence
    triggers: tuple[str, ...]  # what a rep or customer would really say
    stage: tuple[str, ...]  # keys of the vocabulary; () fits any
    industry: tuple[str, ...]
    product: tuple[str, ...]
    owner: str
    version: int  # as the owner counts
    valid_until: date  # last day on which it may be offered
    links: tuple[Link, ...]
    point: str  # one line: the headline
    steps: str
    say: str
    avoid: str
    basis: str
    competitor: str = ""
    aliases: tuple[str, ...] = ()
    test_reports: tuple[TestReport, ...] = ()
    comparison: str = ""
    related: tuple[str, ...] = ()  # ids of cards to show beside this one, chosen by its owner

    def expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.valid_until < today

    @property
    def names(self) -> tuple[str, ...]:
        """What the competitor is called; () for talk-tracks."""
        return (self.competitor, *self.aliases) if self.competitor else ()

    @property
    def newest_report(self) -> TestReport | None:
        """The test report with the latest date."""
        return max(self.test_reports, key=lambda report: report.date, default=None)
