"""The name by which people call a company."""

from __future__ import annotations

import re
from functools import cache

from storage.imports.layout import read_words

_BRANCH = re.compile(r"(公司)[^公司]{1,8}分公司$")
_BRACKETS = re.compile(r"[（(][^）)]*[）)]")
SHORTEST = 2  # characters: a single one occurs everywhere


def short_name(name: str) -> str:
    """苏州泓达汽车零部件有限公司 -> 泓达. The longer name where too little, or only a trade, would remain."""
    plain = _BRACKETS.sub("", _BRANCH.sub(r"\1", name)).strip()
    without_form = _cut_end(plain, "legal")
    core = _place().sub("", without_form)
    while (shorter := _cut_end(core, "business")) != core and len(shorter) >= SHORTEST:
        core = shorter
    return next((part for part in (core, without_form, plain) if _is_telling(part)), name)


def _is_telling(name: str) -> bool:
    return len(name) >= SHORTEST and name not in _words("business")


def _cut_end(name: str, kind: str) -> str:
    folded = name.casefold()
    for ending in _words(kind) if folded.endswith(_words(kind)) else ():
        if folded.endswith(ending) and folded != ending:
            return name[: -len(ending)].rstrip(" ,，")
    return name


@cache
def _words(kind: str) -> tuple[str, ...]:
    """Longest first."""
    return tuple(sorted(read_words("short_names")[kind], key=len, reverse=True))


@cache
def _place() -> re.Pattern[str]:
    return re.compile(f"^(?:{'|'.join(map(re.escape, _words('places')))})[省市]?")
