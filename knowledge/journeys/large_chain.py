"""The same chain where there are too many states for a matrix: sparse steps, walked until nothing is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from knowledge.journeys.chain import Chains, chains
from knowledge.journeys.moves import LOST, WON, WORTH, Moves

if TYPE_CHECKING:
    from knowledge.journeys.paths import Floats, Ints

DENSE_STATES = 16_000
"""States up to which there is a matrix (2 GB at most; 0.8 GB for 10,000 channels). Sparse factors fill up sooner than
that: those of 10,000 channels met at random didn't end within five minutes, the matrix takes half a minute."""
CELLS = 2**24
"""Numbers that are walked at once: 128 MB."""
LEFT = 1e-15
"""Share of the walks that may still be under way at the end."""
PATIENCE = 3_000
"""Steps of a walk after which a matrix, where it is possible, is the better way: some journeys go round and round."""
SMALL = 1_500
"""States up to which a matrix is quick, however few the steps."""
WALK_COST = 4_000
"""What walking costs for each step between states and channel, where a matrix costs 4/3 for each state cubed: two
hundred rounds, each twenty times as dear as in the matrix."""


class TooSlow(ArithmeticError):
    """Walks were still under way when patience ended."""


@dataclass(frozen=True)
class LargeChain:
    """One chain over S states, `steps` a scipy CSR matrix Q. Answers like Chains with D = 1."""

    steps: Any
    begin: Floats  # (S,)
    convert: Floats
    worth: Floats
    patience: int = PATIENCE

    @cached_property
    def ahead(self) -> Floats:
        """(S, 2) chance to convert and value to come from each state."""
        import numpy as np

        return _walked(self.steps, np.stack((self.convert, self.worth), axis=1), None, self.patience)

    def converges(self) -> bool:
        """Whether patience suffices; walks that end earlier, without some states, need no more."""
        try:
            _ = self.ahead
        except TooSlow:
            return False
        return True

    @property
    def p_conversion(self) -> Floats:
        """(1,) chance that a walk converts."""
        return (self.begin @ self.ahead)[:1]

    @property
    def p_value(self) -> Floats:
        """(1,) expected value of a walk."""
        return (self.begin @ self.ahead)[1:]

    def lost_without(self, states: Sequence[Ints]) -> tuple[Floats, Floats]:
        """(1, len(states)) as of Chains: what is ahead of the walks where they first enter a set of states."""
        import numpy as np

        batch = max(CELLS // len(self.begin), 1)
        parts = [self._lost(states[at : at + batch]) for at in range(0, len(states), batch)]
        lost = np.concatenate(parts) if parts else np.zeros((0, 2))
        return lost[None, :, 0], lost[None, :, 1]

    def _lost(self, states: Sequence[Ints]) -> Floats:
        """Walks that stop where they enter: begun anywhere, walked outside the set, entered from there."""
        import numpy as np

        outside = np.ones((len(self.begin), len(states)))
        for column, one in enumerate(states):
            outside[one, column] = 0.0
        back = self.steps.T.tocsr()
        walks = _walked(back, self.begin[:, None] * outside, outside, self.patience)
        entering = (self.begin[:, None] + back @ walks) * (1.0 - outside)
        return np.asarray(entering.T @ self.ahead)


def _walked(steps: Any, begin: Floats, inside: Floats | None, patience: int) -> Floats:
    """begin + Q begin + Q² begin + …, within `inside`, until what is added no longer matters (all terms are >= 0).

    Raises TooSlow when that takes more than `patience` steps.
    """
    import numpy as np

    total, added = begin.copy(), begin
    for _ in range(patience):
        added = steps @ added
        if inside is not None:
            added *= inside
        total += added
        if np.all(added.sum(axis=0) <= LEFT * total.sum(axis=0)):
            return total
    raise TooSlow


def chain_of(moves: Moves, *, null: bool, self_loops: bool) -> Chains | LargeChain:
    """The chain of the data as they are, in the form that suits its size."""
    size = len(moves.states)
    walking = WALK_COST * len(moves.steps) * int(moves.states.max(initial=0)) < 4 / 3 * size**3
    if size <= SMALL or (size <= DENSE_STATES and not walking):
        return chains(moves, null=null, self_loops=self_loops)
    sparse = large_chain(moves, null=null, self_loops=self_loops)
    if sparse.converges():
        return sparse
    if size <= DENSE_STATES:
        return chains(moves, null=null, self_loops=self_loops)
    return replace(sparse, patience=PATIENCE**2)


def large_chain(moves: Moves, *, null: bool, self_loops: bool) -> LargeChain:
    """The chain with sparse steps."""
    import numpy as np
    from scipy.sparse import csr_array, diags_array

    kinds = [LOST, WON] if null else [WON]
    flow, ends = moves.moves.total[:, kinds].sum(axis=1), moves.ends.total[:, kinds].sum(axis=1)
    size, kept = len(moves.states), (moves.source != moves.target) | self_loops
    at = (moves.source[kept], moves.target[kept])
    steps = csr_array((flow[moves.steps[kept]], at), shape=(size, size))
    begin, left, convert, worth = (np.zeros(size) for _ in range(4))
    begin[moves.begin_at] = flow[moves.begins]
    begin[moves.end_at[moves.short]] = ends[moves.short]
    left[moves.end_at] = ends
    convert[moves.end_at], worth[moves.end_at] = moves.ends.total[:, WON], moves.ends.total[:, WORTH]
    out = steps.sum(axis=1) + left
    out[out == 0] = 1.0
    scaled = (diags_array(1 / out) @ steps).tocsr()
    return LargeChain(scaled, begin / (begin.sum() or 1.0), convert / out, worth / out)
