"""Words of both languages that mean the same, read once from `lexicon.yaml`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config.yaml_file import read_yaml

_IRREGULAR = {
    "people": "person", "children": "child", "men": "man", "women": "woman", "wives": "wife", "cities": "city",
    "feet": "foot", "mice": "mouse", "teeth": "tooth", "leaves": "leave", "lives": "live", "wolves": "wolf",
    "series": "series", "species": "species", "status": "status", "address": "address", "class": "class",
    "sales": "sales", "news": "news", "business": "business", "campus": "campus", "gas": "gas", "bus": "bus",
    "has": "has", "is": "is", "was": "was", "this": "this", "details": "detail", "data": "data", "alumni": "alumnus",
    "movies": "movie", "zombies": "zombie", "cookies": "cookie", "ties": "tie", "pies": "pie", "calories": "calorie",
    "purchases": "purchase", "houses": "house", "courses": "course", "races": "race", "databases": "database",
    "prices": "price", "pages": "page", "ages": "age", "names": "name", "types": "type", "employees": "employee",
    "nurses": "nurse", "horses": "horse", "diseases": "disease", "releases": "release", "languages": "language",
    "warehouses": "warehouse", "invoices": "invoice", "devices": "device", "services": "service", "venues": "venue",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`english`: Chinese word → English ones. `chinese`: the other way. `same`: English word → its equals.
    `short`: abbreviation → what it stands for. `values`: word → other words that are stored for it."""

    english: Mapping[str, frozenset[str]]
    chinese: Mapping[str, tuple[str, ...]]
    same: Mapping[str, frozenset[str]]
    short: Mapping[str, str]
    values: Mapping[str, frozenset[str]]


@cache
def lexicon() -> Lexicon:
    """The one of this process."""
    read = read_yaml(Path(__file__).with_name("lexicon.yaml"))
    chinese = {str(word): tuple(dict.fromkeys(str(said).split())) for word, said in read["words"].items()}
    english: dict[str, set[str]] = defaultdict(set)
    for word, said in chinese.items():
        for one in said:
            english[one].add(word)
    same: dict[str, set[str]] = defaultdict(set)
    for group in read["same"]:
        for word in group:
            same[word] |= set(group) - {word}
    values: dict[str, set[str]] = defaultdict(set)
    for word, stored in read["values"].items():
        values[str(word)] |= {str(one) for one in stored}
        for one in stored:
            values[str(one)] |= {str(word), *(str(other) for other in stored)} - {str(one)}
    return Lexicon(_frozen(english), chinese, _frozen(same), dict(read["short"]), _frozen(values))


def lemma(word: str) -> str:
    """The singular of an English word, roughly: what both sides of a comparison are brought to."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


def _frozen(found: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {word: frozenset(others) for word, others in found.items()}
