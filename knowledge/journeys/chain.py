"""The absorbing chain of a Markov model, solved exactly: removal effects of all channels from one factorisation.

With Q the steps between states (rows normalised over all exits), a the beginnings, r the chance to convert at a state:
N = (I - Q)^-1, f = a N, b = N r, P(conversion) = a b. The removal effect of a set of states G, visits to which become
null, is f_G N_GG^-1 b_G / (a b): a walk's last visit structure through G, by the block inverse of I - Q.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from knowledge.journeys.inverse import Inverse
from knowledge.journeys.moves import LOST, WON, WORTH, Moves

if TYPE_CHECKING:
    from knowledge.journeys.paths import Floats, Ints


@dataclass(frozen=True)
class Chains:
    """D chains over the same S states: one for the data as they are, or one for each reweighting."""

    steps: Floats  # (D, S, S) Q
    begin: Floats  # (D, S) a
    convert: Floats  # (D, S) r
    worth: Floats  # (D, S) expected value at absorption

    @cached_property
    def inverses(self) -> list[Inverse]:
        """N of each chain. They take the place of the steps, which are lost."""
        return [Inverse.of(steps) for steps in self.steps]

    @cached_property
    def visits(self) -> Floats:
        """(D, S) f: expected visits to each state in a walk from the beginning."""
        import numpy as np

        return np.stack([inverse.before(row) for inverse, row in zip(self.inverses, self.begin, strict=True)])

    @cached_property
    def chances(self) -> Floats:
        """(D, S) b: chance to convert after each state."""
        return self._after(self.convert)

    @cached_property
    def prospects(self) -> Floats:
        """(D, S) the same for value."""
        return self._after(self.worth)

    def _after(self, columns: Floats) -> Floats:
        import numpy as np

        return np.stack([inverse.after(column) for inverse, column in zip(self.inverses, columns, strict=True)])

    @property
    def p_conversion(self) -> Floats:
        """(D,) chance that a walk converts."""
        chance: Floats = (self.begin * self.chances).sum(axis=1)
        return chance

    @property
    def p_value(self) -> Floats:
        """(D,) expected value of a walk."""
        worth: Floats = (self.begin * self.prospects).sum(axis=1)
        return worth

    def lost_without(self, states: Sequence[Ints]) -> tuple[Floats, Floats]:
        """(D, len(states)) chance and value that are lost when visits to each set of states become null.

        Not yet divided by what there is: `p_conversion`, `p_value`.
        """
        import numpy as np

        if all(len(one) == 1 for one in states):
            return self._lost_singly(np.concatenate(states)) if states else (np.zeros((len(self.begin), 0)),) * 2
        pairs = [self._lost(one) for one in states]
        return np.stack([pair[0] for pair in pairs], axis=1), np.stack([pair[1] for pair in pairs], axis=1)

    def _lost_singly(self, states: Ints) -> tuple[Floats, Floats]:
        import numpy as np

        diagonal = np.stack([inverse.diagonal() for inverse in self.inverses])
        share = self.visits[:, states] / diagonal[:, states]
        return share * self.chances[:, states], share * self.prospects[:, states]

    def _lost(self, states: Ints) -> tuple[Floats, Floats]:
        import numpy as np

        block = np.stack([inverse.block(states) for inverse in self.inverses])
        ahead = np.stack((self.chances[:, states], self.prospects[:, states]), axis=2)
        lost = (self.visits[:, states, None] * np.linalg.solve(block, ahead)).sum(axis=1)
        return lost[:, 0], lost[:, 1]


def chains(moves: Moves, *, null: bool, self_loops: bool, weights: Floats | None = None) -> Chains:
    """Chains of the data as they are (D = 1) or under D reweightings of the groups (D, G)."""
    import numpy as np

    walked = moves.walked if null else moves.won
    flows = (walked.total[None] if weights is None else walked.weighted(weights))[:, :, 0]
    ends = moves.ends.total[None] if weights is None else moves.ends.weighted(weights)
    leaving = ends[:, :, WON] + ends[:, :, LOST] if null else ends[:, :, WON]
    size, draws = len(moves.states), len(flows)
    steps = np.zeros((draws, size, size))
    steps.reshape(draws, -1)[:, moves.source * size + moves.target] = flows[:, moves.steps]
    if not self_loops:
        steps[:, np.arange(size), np.arange(size)] = 0.0
    left, begin, convert, worth = (np.zeros((draws, size)) for _ in range(4))
    left[:, moves.end_at] = leaving
    begin[:, moves.begin_at] = flows[:, moves.begins]
    begin[:, moves.end_at[moves.short]] = leaving[:, moves.short]
    out = steps.sum(axis=2) + left
    out[out == 0] = 1.0  # a state that nobody reached in this draw
    convert[:, moves.end_at] = ends[:, :, WON]
    worth[:, moves.end_at] = ends[:, :, WORTH]
    steps /= out[:, :, None]
    walks = begin.sum(axis=1, keepdims=True)
    walks[walks == 0] = 1.0
    return Chains(steps, begin / walks, convert / out, worth / out)
