"""Statistics once, models from them: one pass over the journeys, then every question costs micro- to milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from knowledge.journeys.credits import CreditTally, distinct_pairs
from knowledge.journeys.freed_memory import keep_freed_memory
from knowledge.journeys.groups import dealt
from knowledge.journeys.model_settings import ModelSettings
from knowledge.journeys.models import ADDITIVE, USUAL
from knowledge.journeys.moves import Moves, MoveTally
from knowledge.journeys.reach import Reach, ReachTally
from knowledge.journeys.reading.again import ReadAgain
from knowledge.journeys.sets import Sets, SetTally

if TYPE_CHECKING:
    from knowledge.journeys.paths import Floats, Paths

Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Counts:
    """Sufficient statistics of some models, by group of journeys. K channels in the order in which they appeared."""

    channels: tuple[str, ...]
    settings: ModelSettings
    models: tuple[str, ...]  # those that can be answered
    credits: Mapping[str, Floats]  # (G, K, 2) conversions and value by additive model
    moves: Moves | None
    sets: Sets | None
    reach: Reach
    notes: tuple[str, ...] = ()  # keys under attribution_engine.note

    @property
    def conversions(self) -> float:
        """Conversions of all journeys that have touches."""
        return self.reach.conversions

    @property
    def value(self) -> float:
        """Their value."""
        return self.reach.value

    @classmethod
    def from_paths(
        cls,
        paths: Paths | Iterable[Paths],
        settings: ModelSettings | None = None,
        models: Sequence[str] = USUAL,
        *,
        grouped: bool = True,
    ) -> Counts:
        """Collect from paths, or from chunks of them whose channels only grow (each chunk's names begin with the
        names of the one before). Models that need hours are left out, with a note, where there are none.

        `grouped=False` keeps one group instead of many: quicker, but no bootstrap.
        """
        from knowledge.journeys.paths import Paths

        keep_freed_memory()
        chunks = [paths] if isinstance(paths, Paths) else paths
        while True:
            tally = Tallies(settings or ModelSettings(), models, grouped)
            try:
                for chunk in chunks:
                    tally.add(chunk)
                return tally.finish()
            except ReadAgain:  # the source goes another way now, and asks this once at most for each
                continue

    @classmethod
    def from_touches(
        cls,
        journeys: Sequence[object],
        channels: Sequence[str],
        outcomes: Mapping[object, tuple[float, float]],
        *,
        order: Sequence[float] | None = None,
        hours: Sequence[float] | None = None,
        settings: ModelSettings | None = None,
        models: Sequence[str] = USUAL,
    ) -> Counts:
        """Collect from touches in memory: journey and channel of each, outcomes as journey -> (conversions, value).

        Touches may come in any order; within a journey they are sorted by `order`, those alike stay as they came.
        A journey without outcome counts as not converted; an outcome without touches is left out.
        """
        from knowledge.journeys.clustering import cluster

        paths = cluster(journeys, channels, outcomes, order=order, hours=hours)
        return cls.from_paths(paths, settings, models)


@dataclass
class Tallies:
    """All collectors of a run, fed chunk by chunk."""

    settings: ModelSettings
    models: Sequence[str]
    grouped: bool = True
    channels: tuple[str, ...] = ()
    timed: bool = True
    marked: bool = False
    credits: CreditTally = field(init=False)
    moves: MoveTally | None = field(init=False)
    sets: SetTally | None = field(init=False)
    reach: ReachTally = field(init=False)

    def __post_init__(self) -> None:
        additive = [model for model in ADDITIVE if model in self.models]
        groups = self.settings.groups if self.grouped else 1
        self.credits = CreditTally(additive, self.settings, groups)
        self.moves = MoveTally(self.settings.order, groups) if "markov" in self.models else None
        self.sets = SetTally(self.settings.rate_size) if "shapley_rate" in self.models else None
        self.reach = ReachTally()

    def add(self, paths: Paths) -> None:
        """Count one chunk."""
        if not len(paths.conversions):
            return
        self.channels = paths.channels
        self._look_at(paths)
        if self.grouped and paths.group is None:
            for piece in _pieces(paths):
                self._add(dealt(piece))
        else:
            self._add(paths)

    def _add(self, paths: Paths) -> None:
        won = paths.pick(paths.conversions > 0)
        pairs = distinct_pairs(won)
        self.reach.add(paths, won, pairs)
        if len(won.conversions):
            self.credits.add(won, pairs)
        for tally in (self.moves, self.sets):
            if tally:
                tally.add(paths)

    def _look_at(self, paths: Paths) -> None:
        self.marked = self.marked or paths.milestones is not None
        if paths.hours is None and self.timed:
            self.timed = False
            left = [model for model in self.credits.models if model != "time_decay"]
            self.credits = replace(self.credits, models=left)

    def finish(self) -> Counts:
        """The statistics of everything that was added."""
        return Counts(
            self.channels,
            self.settings,
            tuple(model for model in self.models if self.timed or model != "time_decay"),
            self.credits.finish(len(self.channels)),
            self.moves.finish() if self.moves and self.channels else None,
            self.sets.finish() if self.sets else None,
            self.reach.finish(len(self.channels)),
            self._notes(),
        )

    def _notes(self) -> tuple[str, ...]:
        milestones = not self.marked and any(model in self.models for model in ("w_shaped", "full_path"))
        hours = not self.timed and "time_decay" in self.models
        return (*(["no_milestones"] if milestones else []), *(["no_hours"] if hours else []))


def _pieces(paths: Paths, most: int = 2_000_000) -> Iterator[Paths]:
    """Parts of a path table that stay small when dealt out: at most about so many touches each."""
    import numpy as np

    from knowledge.journeys.paths import FINEST

    journeys = np.minimum(np.ceil(paths.conversions), FINEST) + np.minimum(np.ceil(paths.nulls), FINEST)
    part = (np.cumsum(journeys * paths.lengths) // most).astype(np.int64)
    if part[-1] == part[0]:
        yield paths
        return
    for number in np.unique(part):
        yield paths.pick(part == number)
