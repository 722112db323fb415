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
    """The names so far; -1 stands for a blank one. `clean`: blanks around names don't count."""

    numbers: dict[str, int] = field(default_factory=dict)
    clean: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """All of them, in order."""
        return tuple(self.numbers)

    def number(self, column: Any, ending: str = "") -> NDArray[np.int32]:
        """(T,) index of each cell of an Arrow column of strings, taken without `ending`; -1 where it is blank."""
        import numpy as np
        import pyarrow as pa

        if isinstance(column, pa.ChunkedArray):
            column = column.combine_chunks()
        if not isinstance(column, pa.DictionaryArray):
            column = column.cast(pa.string()).dictionary_encode()
        names = ((name or "").removesuffix(ending) for name in column.dictionary.to_pylist())
        table = np.array([*(self._one(name) for name in names), -1], dtype=np.int32)
        places = column.indices
        if places.null_count:
            places = places.fill_null(len(table) - 1)
        return np.asarray(table[places.to_numpy(zero_copy_only=False)])

    def _one(self, name: str) -> int:
        name = name.strip() if self.clean else name
        return self.numbers.setdefault(name, len(self.numbers)) if name else -1

    def split(self, paths: Any) -> tuple[NDArray[np.int32], Ints]:
        """Tokens of all paths of an Arrow column, one after the other, and (P,) how many each path has."""
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        paths = paths.cast(pa.string())
        text, bounds = _text(pc.fill_null(paths, "") if paths.null_count else paths)
        begins, place = _begins(text, bounds)
        tokens = self.number(_strings(text, np.append(begins, np.int32(len(text)))), SEPARATOR)
        lengths = place[1:] - place[:-1]
        blank = tokens < 0
        if blank.any():
            owner = np.repeat(np.arange(len(lengths)), lengths)
            lengths = lengths - np.bincount(owner[blank], minlength=len(lengths))
            tokens = tokens[~blank]
        return tokens, lengths


def _text(strings: Any) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """All bytes of an Arrow column of strings as they lie in memory, and (P + 1,) where each one begins."""
    import numpy as np

    _, offsets, data = strings.buffers()
    bounds = np.frombuffer(offsets, dtype=np.int32)[strings.offset : strings.offset + len(strings) + 1]
    text = np.frombuffer(data or b"", dtype=np.uint8)[bounds[0] : bounds[-1]]
    return text, bounds - bounds[0]


def _begins(text: NDArray[np.uint8], bounds: NDArray[np.int32]) -> tuple[NDArray[np.int32], Ints]:
    """Where tokens begin: at each string and after each separator, which is the last byte of the token before it; and
    (P + 1,) how many of them are before each string.
    """
    import numpy as np

    heads, begins = np.zeros(len(text) + 1, dtype=bool), np.zeros(len(text) + 1, dtype=bool)
    heads[bounds] = True
    np.equal(text, ord(SEPARATOR), out=begins[1:])
    begins |= heads
    found = np.flatnonzero(begins[:-1])
    first = np.flatnonzero(heads.take(found))
    if len(first) + 1 < len(bounds):  # empty strings begin where the next one does
        return found.astype(np.int32), np.searchsorted(found, bounds)
    return found.astype(np.int32), np.append(first, len(found))


def _strings(text: NDArray[np.uint8], bounds: NDArray[np.int32]) -> Any:
    """An Arrow column of strings over bytes that stay where they are."""
    import pyarrow as pa

    return pa.StringArray.from_buffers(len(bounds) - 1, pa.py_buffer(bounds), pa.py_buffer(text))
