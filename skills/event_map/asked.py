"""Which event or system a question about the map means. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.events.systems import System
from knowledge.events.types import Catalog, EventType
from storage.fold import fold

PATTERNS = (
    r"(业务)?事件(地图|目录|清单|类型)",
    r"(谁|哪(些|个)系统|什么系统).{0,8}(在)?(监听|订阅|收听|接收|上报|产生|发出|能发)",
    r"(监听|订阅|听|上报|能发)(了|着|的是)?(什么|哪些)(业务)?事件|(哪些|什么)(业务)?事件.{0,8}(没人|没有人|没有系统|无人)",
    r"(?i)\b(business )?event (map|catalogue|catalog|types?)\b",
    r"(?i)\bwho (listens?|is listening|subscribes?|hears?|sends?|produces?)\b",
    r"(?i)\bwhich systems? (listens?|subscribes?|hears?|sends?|produces?|may send)\b",
    r"(?i)\bwhat (events )?does .{2,30} (listen to|send|hear|produce)\b",
)
_NOBODY = re.compile(
    r"(哪些|什么|哪种)(业务)?事件.{0,6}(没人|没有人|没有系统|无人)|"
    r"(?i:\b(which|what) (business )?events? (does|do|has|have) (nobody|no ?one|no system|no (sender|listener)s?)\b)"
)
_SHORTEST = 2  # characters of a name that count


@dataclass(frozen=True, slots=True)
class Asked:
    """An event's type, a system's name, or neither: the whole."""

    type: str = ""
    system: str = ""


def asked(text: str, catalog: Catalog, systems: Mapping[str, System]) -> Asked:
    """The longest name in the text counts; an event's before a system's, which is the more usual word."""
    types = {name: one.name for one in catalog for name in _words_for(one)}
    if type_ := _longest(text, types):
        return Asked(type=type_)
    return Asked(system=_longest(text, {title: one.name for one in systems.values() for title in _called(one)}))


def is_surely_about_gaps(text: str) -> bool:
    """Whether events without a sender or a listener are asked for: of other events people ask elsewhere."""
    return bool(_NOBODY.search(text))


def asks_for_senders(text: str) -> bool:
    """Whether the one who tells is asked for, rather than those who hear."""
    return bool(re.search(r"(?i)上报|产生|发出|能发|谁发|\b(sends?|produces?|may send)\b", text))


def _words_for(one: EventType) -> tuple[str, ...]:
    """order.confirmed is said as order confirmed, too."""
    return one.name, re.sub(r"[._]", " ", one.name), *one.title.values(), *one.also


def _called(system: System) -> tuple[str, ...]:
    """财务系统 is 财务, too."""
    return system.name, system.title, system.title.removesuffix("系统"), system.kind


def _longest(text: str, names: Mapping[str, str]) -> str:
    found = [(len(name), of) for name, of in names.items() if len(name) >= _SHORTEST and _stands_in(name, text)]
    return max(found)[1] if found else ""


def _stands_in(name: str, text: str) -> bool:
    """Chinese anywhere; what is written with spaces between words, as words: hr isn't in three."""
    if name.isascii():
        return bool(re.search(rf"(?<![a-z0-9]){re.escape(name.casefold())}s?(?![a-z0-9])", text.casefold()))
    return fold(name) in fold(text)
