"""How alike two names of fields are: their words, their pinyin, their initials."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from storage.fold import fold

_UNIT = re.compile(r"[（(\[][^）)\]]*[）)\]]|(?<=[a-z])_?(?:cny|rmb|yuan|wan|cents?)$", re.IGNORECASE)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN = re.compile(r"[\s_\-./·:]+")
_ABBREVIATIONS = {
    "no": "id",
    "num": "id",
    "number": "id",
    "amt": "amount",
    "cust": "customer",
    "dt": "date",
    "tel": "mobile",
}
_GENERIC = {"id", "name", "title", "type", "date", "time"}  # a nested customer.name isn't the record's name
_SPELT = 0.92  # written in pinyin
_INITIALS = 0.8  # the first letters of the pinyin only
_LEAST_INITIALS = 3


def alike(name: str, known: Sequence[str]) -> tuple[float, str]:
    """(0–1, why: last part of a locale key below mapping.why) for the best of the known names."""
    ours = [plain(one) for one in known]
    theirs = plain(name)
    leaf = plain(name.rpartition(".")[2])
    if theirs in ours or (leaf in ours and leaf not in _GENERIC):
        return 1.0, "same_name"
    if theirs.isascii() and (score := _by_pinyin(theirs, known)):
        return score, "pinyin"
    from rapidfuzz import fuzz  # 20 ms that `xiaoce --help` needn't wait for

    best = max((_fuzzy(fuzz.ratio(theirs, one), theirs, one) for one in ours), default=0.0)
    return (best, "like_name") if best > 0 else (0.0, "")


@lru_cache(4096)
def plain(name: str) -> str:
    """A name without case, separators, units and usual abbreviations."""
    bare = _UNIT.sub("", name).strip()
    words = [word for word in _BETWEEN.split(_CAMEL.sub(" ", bare)) if word]
    return fold("".join(_ABBREVIATIONS.get(word.lower(), word) for word in words))


def _fuzzy(ratio: float, one: str, two: str) -> float:
    """Half alike is nothing alike; one name inside the other is something."""
    inside = min(len(one), len(two)) >= 2 and (one in two or two in one)
    score = max(ratio / 100, 0.6 if inside else 0.0)
    return score * 0.9 if score > 0.5 else 0.0


def _by_pinyin(name: str, known: Sequence[str]) -> float:
    spelt = [_pinyin(one) for one in known if not one.isascii()]
    if any(name == full for full, _ in spelt):
        return _SPELT
    return _INITIALS if len(name) >= _LEAST_INITIALS and any(name == short for _, short in spelt) else 0.0


@lru_cache(4096)
def _pinyin(name: str) -> tuple[str, str]:
    from pypinyin import lazy_pinyin  # its dictionary takes 0.1 s

    syllables = lazy_pinyin(plain(name))
    return "".join(syllables), "".join(syllable[:1] for syllable in syllables)
