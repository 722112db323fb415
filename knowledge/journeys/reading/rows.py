"""Touches as they are read, and the same with channels as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.journeys.paths import Floats, Ints


@dataclass(frozen=True)
class Rows:
    """Touches as they are read."""

    key: Ints  # (T,) of the journey
    channel: Any  # Arrow strings or dictionary
    order: Floats | None  # rising along a journey
    hours: Floats | None
    milestone: Any = None  # Arrow strings


@dataclass(frozen=True)
class Touches:
    """Touches with channels as numbers; the columns of Rows otherwise."""

    key: Ints
    token: NDArray[np.int32]
    order: Floats | None
    hours: Floats | None
    mark: NDArray[np.int8] | None  # 0..2 which milestone, -1 none

    def part(self, where: Any) -> Touches:
        """Some of them: a slice or a mask."""
        pick = [None if one is None else one[where] for one in (self.order, self.hours, self.mark)]
        return Touches(self.key[where], self.token[where], *pick)


def joined(parts: Sequence[Touches]) -> Touches:
    """Some after the others."""
    import numpy as np

    if len(parts) == 1:
        return parts[0]
    columns = [[getattr(part, name) for part in parts] for name in ("order", "hours", "mark")]
    rest = [None if any(one is None for one in column) else np.concatenate(column) for column in columns]
    return Touches(np.concatenate([part.key for part in parts]), np.concatenate([part.token for part in parts]), *rest)
