"""Names of channels to small integers, in the order in which they appear, across chunks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from knowledge.journeys.paths import Ints

SEPARATOR = ">"


@dataclass
class ChannelNames:
    """The names so far; -1 stands for a blank one."""

    numbers: dict[str, int] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, in order."""
        return tuple(self.numbers)

    def number(self, column: Any) -> NDArray[np.int32]:
        """(T,) index of each cell of an Arrow column of strings, -1 where it is blank."""
        import numpy as np
        import pyarrow as pa

        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        if not isinstance(column, pa.DictionaryArray):
            column = column.cast(pa.string()).dictionary_encode()
        table = np.array([*(self._one(name) for name in column.dictionary.to_pylist()), -1], dtype=np.int32)
        places = column.indices
        if places.null_count:
            places = places.fill_null(len(table) - 1)
        return np.asarray(table[places.to_numpy(zero_copy_only=False)])

    def _one(self, name: str | None) -> int:
        name = (name or "").strip()
        return self.numbers.setdefault(name, len(self.numbers)) if name else -1

    def split(self, paths: Any) -> tuple[NDArray[np.int32], Ints]:
        """Tokens of all paths of an Arrow column, one after the other, and (P,) how many each path has."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        lists = pc.split_pattern(pc.fill_null(paths.cast(pa.string()), ""), SEPARATOR)
        lengths = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)
        tokens = self.number(lists.flatten())
        blank = tokens < 0
        if blank.any():
            owner = np.repeat(np.arange(len(lengths)), lengths)
            lengths = lengths - np.bincount(owner[blank], minlength=len(lengths))
            tokens = tokens[~blank]
        return tokens, lengths
