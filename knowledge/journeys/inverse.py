"""The expected visits N = (I - Q)^-1 of a chain, kept as the inverses of the two triangular factors in one matrix.

Everything that is asked (a row or a column times N, its diagonal, blocks of it) comes from the two: half the memory
and two thirds of the work of N itself. I - Q has no negative pivots and its factors' inverses no negative entries, so
nothing cancels out; and LAPACK's routines for it aren't slowed down by threads where matrices are small.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from knowledge.journeys.paths import Floats, Ints

CELLS = 2**20
"""Numbers of each factor that are copied at once."""


@dataclass(frozen=True)
class Inverse:
    """N = P R T: R unit upper triangular, T lower triangular, both in `factors`, P a permutation."""

    factors: Floats  # (S, S) R above the diagonal, T on it and below
    order: Ints  # (S,) which row of N each row of R T is: nearly always itself
    place: Ints  # (S,) the other way round

    @classmethod
    def of(cls, steps: Floats) -> Inverse:
        """From Q (S, S) with contiguous rows, which is overwritten. 4/3 S³ operations.

        LAPACK wants columns first, so it works on the transpose. Raises ArithmeticError where a state has no way out.
        """
        import numpy as np
        from scipy.linalg.lapack import dgetrf, dtrtri

        np.negative(steps, out=steps)
        steps[np.diag_indices(len(steps))] += 1.0
        factors, pivots, singular = dgetrf(steps.T, overwrite_a=True)
        if singular:
            raise ArithmeticError("a state without a way out")  # every path ends, so there is one
        factors, _ = dtrtri(factors, overwrite_c=True)
        factors, _ = dtrtri(factors, lower=True, unitdiag=True, overwrite_c=True)
        order = np.arange(len(steps))
        for row in np.flatnonzero(pivots != order):
            order[[row, pivots[row]]] = order[[pivots[row], row]]
        return cls(factors.T, order, np.argsort(order))

    def before(self, row: Floats) -> Floats:
        """(S,) row N: visits to each state of walks that begin so."""
        import numpy as np

        upper = sum(row[part] @ rows for part, rows, _ in self._parts())
        return np.concatenate([upper @ columns for _, _, columns in self._parts()])

    def after(self, column: Floats) -> Floats:
        """(S,) N column: what is to come from each state, where `column` is what comes at once."""
        import numpy as np

        lower = sum(columns @ column[part] for part, _, columns in self._parts())
        return np.concatenate([rows @ lower for _, rows, _ in self._parts()])

    def diagonal(self) -> Floats:
        """(S,) visits to each state of walks that begin there."""
        import numpy as np

        return np.concatenate([np.einsum("jk,kj->j", rows, columns) for _, rows, columns in self._parts()])

    def block(self, states: Ints) -> Floats:
        """(n, n) visits between some states."""
        return self._rows(states) @ self._columns(states)

    def _parts(self) -> Iterable[tuple[Ints, Floats, Floats]]:
        """Some states at a time, with their rows of P R and columns of T; kept where they are all states."""
        import numpy as np

        size = len(self.factors)
        step = max(CELLS // size, 1)
        if step >= size:
            return (self._all,)
        parts = (np.arange(at, min(at + step, size)) for at in range(0, size, step))
        return ((part, self._rows(part), self._columns(part)) for part in parts)

    @cached_property
    def _all(self) -> tuple[Ints, Floats, Floats]:
        import numpy as np

        size = len(self.factors)
        above, below = _triangles(size)
        rows = self.factors * above
        rows.reshape(-1)[:: size + 1] = 1.0
        return np.arange(size), rows[self.place], self.factors * below

    def _rows(self, states: Ints) -> Floats:
        """(n, S) the rows of P R."""
        import numpy as np

        at = self.place[states]
        rows = np.where(np.arange(len(self.factors)) > at[:, None], self.factors[at], 0.0)
        rows[np.arange(len(at)), at] = 1.0
        return rows

    def _columns(self, states: Ints) -> Floats:
        """(S, n) those of T."""
        import numpy as np

        return np.where(np.arange(len(self.factors))[:, None] >= states, self.factors[:, states], 0.0)


@lru_cache(maxsize=2)
def _triangles(size: int) -> tuple[Floats, Floats]:
    """Ones above the diagonal, and on it and below."""
    import numpy as np

    return np.triu(np.ones((size, size)), 1), np.tril(np.ones((size, size)))
