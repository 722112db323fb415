"""Writes the same thing in the same way: full and half width, traditional and simplified, clean."""

import functools
import unicodedata
from typing import Any


def fold(text: str) -> str:
    """Text as the embedding model reads it: NFKC, simplified characters, one space between, case kept."""
    printable = "".join(character if _is_text(character) else " " for character in text)
    return " ".join(to_simplified(unicodedata.normalize("NFKC", printable)).split())


def to_simplified(text: str) -> str:
    """Traditional characters become simplified ones; text that has none is returned as it is."""
    return text if _traditional().isdisjoint(text) else str(_converter().convert(text))


def _is_text(character: str) -> bool:
    # Control characters end strings inside the C engine; lone surrogates can't be encoded.
    return unicodedata.category(character) not in {"Cc", "Cs"}


@functools.cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@functools.cache
def _traditional() -> frozenset[str]:
    """Every character that OpenCC may change: most texts have none, and converting costs 0.1 ms a line."""
    # The converter's dictionaries are (longest key, shortest key, mapping), grouped in chains.
    entries = [entry for chain in _converter()._dict_chain_data for entry in chain]
    changed = {key[i] for _, _, mapping in entries for key, value in mapping.items() for i in _changes(key, value)}
    return frozenset(changed)


def _changes(key: str, value: str) -> list[int]:
    return [i for i in range(len(key)) if i >= len(value) or key[i] != value[i]]
