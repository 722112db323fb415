"""What Markov models count: steps between states, and where walks end. A state is the last `order` touches."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from bot.contracts.errors import BadInput
from config.languages import operator_language
from config.locales import t
from knowledge.journeys.grams import digits, fits, gram_codes, powers
from knowledge.journeys.groups import COARSEST, group_of
from knowledge.journeys.paths import is_unit
from knowledge.journeys.tally import Grouped, Tally, coarser

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.journeys.paths import Ints, Paths

LOST, WON, WORTH = 0, 1, 2
"""Kinds of weight: journeys without conversion, conversions, value."""


@dataclass(frozen=True)
class Moves:
    """Statistics of a Markov model of some order with S states, kept for every group of journeys.

    `begins`, `steps` are rows of `moves`, `begin_at`, `source`, `target`, `end_at` the states they belong to; a path
    shorter than the order is one state of its own, which begins as often as it ends (`short`: rows of `ends`).
    """

    order: int
    states: Ints  # (S, order) channel + 1 of each touch of the state, 0 where the path is shorter
    moves: Grouped  # kinds LOST, WON
    ends: Grouped  # kinds LOST, WON, WORTH
    begins: Ints
    begin_at: Ints
    steps: Ints
    source: Ints
    target: Ints
    end_at: Ints
    short: Ints

    @property
    def groups(self) -> int:
        """Number of groups."""
        return self.moves.groups

    @cached_property
    def walked(self) -> Grouped:
        """Steps and beginnings of all walks."""
        return self.moves.merged((LOST, WON))

    @cached_property
    def won(self) -> Grouped:
        """Those of walks that convert."""
        return self.moves.merged((WON,))

    def holds(self, channels: int) -> NDArray[np.bool_]:
        """(S, channels) whether each state contains each channel."""
        import numpy as np

        held = np.zeros((len(self.states), channels + 1), dtype=bool)
        for place in range(self.order):
            held[np.arange(len(self.states)), self.states[:, place]] = True
        return held[:, 1:]


@dataclass
class MoveTally:
    """Collects the statistics chunk by chunk."""

    order: int
    groups: int = 0  # asked for; 0: as many as fit
    channels: int = 0
    moves: Tally = field(init=False)
    ends: Tally = field(init=False)

    def __post_init__(self) -> None:
        self.moves, self.ends = Tally(self.order + 1, 2), Tally(self.order, 3)

    def add(self, paths: Paths) -> None:
        """Count one chunk. Raises BadInput when so many channels at this order can't be numbered."""
        self.channels = len(paths.channels)
        if not fits(self.channels, self.order + 1, COARSEST):
            sentence = "attribution_engine.too_high_an_order"
            raise BadInput(t(sentence, operator_language(), order=self.order, channels=self.channels))
        base = self.channels + 1
        self.moves.prepare(base, self.groups)
        self.ends.prepare(base, self.groups)
        codes = gram_codes(paths, self.order + 1)
        self._add_ends(paths, codes[paths.starts[1:] - 1] % base**self.order)
        self._add_moves(paths, codes)

    def _add_ends(self, paths: Paths, codes: Ints) -> None:
        self.ends.add(codes, group_of(paths, self.ends.groups), [paths.nulls, paths.conversions, paths.value])

    def _add_moves(self, paths: Paths, codes: Ints) -> None:
        import numpy as np

        group, owner = group_of(paths, self.moves.groups), paths.owner
        if self.moves.dense is not None and is_unit(paths):
            grams = self.moves.base**self.moves.width
            codes *= 2
            codes += (group * (grams * 2) + paths.conversions.astype(np.int64)).take(owner)
            self.moves.add_flagged(codes)
            return
        self.moves.add(codes, group.take(owner), [paths.nulls.take(owner), paths.conversions.take(owner)])

    def finish(self) -> Moves:
        """The statistics, states numbered."""
        moves, ends = self.moves.finish(), self.ends.finish()
        fewest = min(moves.groups, ends.groups)
        return _numbered(coarser(moves, fewest), coarser(ends, fewest), self.order, self.channels + 1)


def _numbered(moves: Grouped, ends: Grouped, order: int, base: int) -> Moves:
    """Grams told apart: with one leading 0 they begin a walk, with none they are a step, with more they are unripe."""
    import numpy as np

    unit = powers(order + 1, base)
    before = moves.codes // base  # the gram without its last touch
    after = moves.codes % unit[0]
    ripe = after >= (unit[1] if order > 1 else 1)  # as many touches as the order asks
    steps = np.flatnonzero(moves.codes >= unit[0])
    begins = np.flatnonzero((moves.codes < unit[0]) & ripe)
    short = np.flatnonzero(ends.codes < unit[1]) if order > 1 else np.zeros(0, dtype=np.int64)
    codes = np.unique(np.concatenate((before[steps], after[steps], after[begins], ends.codes)))

    def number(grams: Ints) -> Ints:
        return np.searchsorted(codes, grams)

    return Moves(
        order,
        digits(codes, order, base),
        moves,
        ends,
        begins,
        number(after[begins]),
        steps,
        number(before[steps]),
        number(after[steps]),
        number(ends.codes),
        short,
    )
