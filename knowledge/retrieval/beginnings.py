"""A long list of words in one string, from which a table of words is filled as texts need them."""

from collections.abc import Callable, Iterator

import numpy as np


class Beginnings:
    """Words found by their first two characters. Immutable; made in a tenth of the time that a dict of them takes."""

    def __init__(self, text: str) -> None:
        """`text` has a line for each word, which ends at the first blank or with the line; and it ends with a line."""
        codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
        ends = np.flatnonzero(codes == ord("\n"))
        starts = np.append(0, ends[:-1] + 1)
        second = codes[np.minimum(starts + 1, ends)]
        keys = codes[starts].astype(np.int64) << 32 | np.where(second > ord(" "), second, 0)
        order = np.argsort(keys, kind="stable")
        self.longest = int((ends - starts).max())
        """Characters of the longest line."""
        self._text = text
        self._keys, self._numbers = keys[order], order.astype(np.int32)
        self._starts, self._ends = starts[order].astype(np.int32), ends[order].astype(np.int32)

    def lines(self, beginning: str) -> Iterator[tuple[int, str]]:
        """Number and line of every word that begins with two characters; of the only word that is a single one."""
        key = ord(beginning[0]) << 32 | (ord(beginning[1]) if len(beginning) > 1 else 0)
        first, end = np.searchsorted(self._keys, (key, key + 1)).tolist()
        if first == end:
            return
        found = slice(first, end)
        columns = (self._numbers[found].tolist(), self._starts[found].tolist(), self._ends[found].tolist())
        for number, start, stop in zip(*columns, strict=True):
            yield number, self._text[start:stop]


class GrowingTable(dict[str, int]):
    """For each word of the texts met so far its value, and 0 for what words begin with: as both tokenizers want it.

    Safe in several threads: each step is one operation of a dict or set, and doing one twice changes nothing.
    """

    def __init__(self, words: Beginnings, entry: Callable[[int, str], tuple[str, int]]) -> None:
        """`entry` makes word and value of a line's number and text."""
        super().__init__()
        self._words, self._entry = words, entry
        self._met: set[str] = set()

    def meet(self, text: str) -> None:
        """Have every word that occurs in the text; of others, nothing that is asked for by it."""
        pairs = {text[place : place + 2] for place in range(len(text))}
        for beginning in (pairs | set(text)) - self._met:
            self._learn(beginning)
            self._met.add(beginning)

    def _learn(self, beginning: str) -> None:
        for number, line in self._words.lines(beginning):
            word, value = self._entry(number, line)
            for length in range(1, len(word)):
                self.setdefault(word[:length], 0)
            self[word] = value
