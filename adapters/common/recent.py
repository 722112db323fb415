"""Memories that can't grow without end."""

from __future__ import annotations

from collections import UserDict
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(UserDict[K, V]):
    """A mapping that keeps the entries set last; setting one more than `most` forgets the one set longest ago."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: K, item: V) -> None:
        self.data.pop(key, None)
        self.data[key] = item
        while len(self.data) > self._most:
            del self.data[next(iter(self.data))]
