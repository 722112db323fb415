"""A company's registered name, taken apart: place, brand, trade, branch. Pure.

苏州泓达汽车零部件有限公司无锡分公司 is place 苏州, brand 泓达, trade 汽车零部件, branch 无锡分公司. `key` is
equal where only the way of writing differs: width, traditional characters, spaces, punctuation, 市, the branch, and
whether it says 有限公司 or 有限责任公司.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import config
from config.yaml_file import read_yaml
from knowledge.retrieval.folding import to_simplified
from knowledge.signals.sounds import plain, syllables
from storage.imports.layout import read_words

FILE = Path(config.__file__).parent / "quality" / "company_words.yaml"
SHORTEST = 2  # characters of a brand: a single one says nothing
_BRACKETED = re.compile(r"\(([^)]*)\)")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_GROUP = "集团"


@dataclass(frozen=True, slots=True)
class CompanyName:
    """The parts. `sound` is the brand in pinyin, so that 泓达 and Hongda meet."""

    key: str
    place: str
    brand: str
    sound: str
    trade: str
    branch: str
    latin: bool


def taken_apart(name: str) -> CompanyName:
    """Any company's name; what can't be told apart stays in the brand."""
    text = to_simplified(unicodedata.normalize("NFKC", name)).casefold().strip()
    return _chinese("".join(text.split())) if _CHINESE.search(text) else _latin(text)


def name_key(name: str) -> str:
    """Equal for two ways to write one registered name; "" when nothing is left to compare."""
    return taken_apart(name).key


def _chinese(text: str) -> CompanyName:
    whole, branch = _without_branch(_only_words(_BRACKETED.sub(_opened, text)))
    told = _cut_once(whole, _words()["forms"])
    place, core = _without_leading_places(told)
    key = place + core
    if not place:
        place, core = _without_inner_place(core)
    brand, trade = _divided(core)
    sound = "".join(syllables(brand))
    return CompanyName(key, _place_sound(place), brand, sound, trade, branch, latin=False)


def _latin(text: str) -> CompanyName:
    words = [word for word in re.split(r"[^a-z0-9&]+", text) if word]
    branch = " ".join(word for word in words if word in _words()["latin_branches"])
    dropped = {*_words()["latin_forms"], *_words()["latin_branches"]}
    told = [word for word in words if word not in dropped] or words
    place = next((word for word in (told[:1] if len(told) > 1 else ()) if plain(word) in _places_by_sound()), "")
    rest = told[1:] if place else told
    cut = len(rest)
    while cut > 1 and rest[cut - 1] in _words()["latin_trades"]:
        cut -= 1
    brand = "".join(rest[:cut])
    return CompanyName("".join(told), plain(place), brand, plain(brand), " ".join(rest[cut:]), branch, latin=True)


def _opened(found: re.Match[str]) -> str:
    """（苏州）says where, and counts; （原泓达机械）and the like are remarks."""
    return found[1] if found[1] == _GROUP or _leading_place(found[1]) == found[1] else ""


def _only_words(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _without_branch(text: str) -> tuple[str, str]:
    found = _branch().fullmatch(text)
    return (found[1], found[2]) if found else (text, "")


def _without_leading_places(text: str) -> tuple[str, str]:
    """(the nearest place, rest): of 江苏省苏州市泓达 it is 苏州."""
    place = ""
    while (begin := _leading_place(text)) and len(text) - len(begin) >= SHORTEST:
        if place and place not in _words()["provinces"]:
            break
        place, text = begin.rstrip("省市县区") or begin, text[len(begin) :]
    return place, text


def _without_inner_place(text: str) -> tuple[str, str]:
    """(place, rest) of 泓达苏州汽车零部件, as brackets leave it: maybe not the company 苏州泓达, so its key differs."""
    found = _inner_place().search(text)
    if found and found.start() >= SHORTEST:
        return found[0], text[: found.start()] + text[found.end() :]
    return "", text


def _leading_place(text: str) -> str:
    found = _place().match(text)
    return found[0] if found else ""


def _divided(core: str) -> tuple[str, str]:
    """(brand, trade): trades are cut from the end as often as one fits."""
    brand = core
    while (shorter := _cut_once(brand, _trades())) != brand and len(shorter) >= SHORTEST:
        brand = shorter
    return brand, core[len(brand) :]


def _cut_once(text: str, endings: Sequence[str]) -> str:
    ending = next((one for one in endings if text.endswith(one) and len(text) - len(one) >= SHORTEST), "")
    return text[: len(text) - len(ending)]


def _place_sound(place: str) -> str:
    spelled = _sounds().get(place)
    return plain(spelled) if spelled else "".join(syllables(place))


@cache
def _words() -> Mapping[str, tuple[str, ...]]:
    """Longest first."""
    lists = {kind: words for kind, words in read_yaml(FILE).items() if isinstance(words, list)}
    return {kind: tuple(sorted(map(str, words), key=len, reverse=True)) for kind, words in lists.items()}


@cache
def _sounds() -> Mapping[str, str]:
    return {str(place): str(sound) for place, sound in read_yaml(FILE)["sounds"].items()}


@cache
def _trades() -> tuple[str, ...]:
    return tuple(sorted(read_words("short_names")["business"], key=len, reverse=True))


@cache
def _places() -> tuple[str, ...]:
    return tuple(sorted(read_words("short_names")["places"], key=len, reverse=True))


@cache
def _places_by_sound() -> frozenset[str]:
    return frozenset(_place_sound(place) for place in _places())


@cache
def _place() -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(map(re.escape, _places()))})[省市县区]?")


@cache
def _inner_place() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _places())))


@cache
def _branch() -> re.Pattern[str]:
    return re.compile(f"(.+公司)(.{{0,12}}(?:{'|'.join(map(re.escape, _words()['branches']))}))")
