"""The words by which people name stages, industries, products and regions (`vocabulary.yaml`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.contracts.errors import ConfigurationError
from config.yaml_file import read_yaml
from knowledge.retrieval.folding import fold

DEFAULT_FILE = Path(__file__).with_name("vocabulary.yaml")
LISTS = ("stages", "industries", "products", "regions", "makers")
_OPTIONAL = frozenset({"makers"})  # came later: a file of before is as good as ever


@dataclass(frozen=True, slots=True)
class Term:
    """One key, how it is shown, and every word that means it."""

    key: str
    shown: Mapping[str, str]  # language → label
    words: tuple[str, ...]


class Vocabulary:
    """Finds terms in sentences and labels for keys."""

    def __init__(self, terms: Mapping[str, tuple[Term, ...]]) -> None:
        self._terms = terms
        self._words = {name: _longest_first(listed) for name, listed in terms.items()}

    @classmethod
    def load(cls, path: Path = DEFAULT_FILE, lists: Iterable[str] = LISTS) -> Vocabulary:
        """Read the file. Raises ConfigurationError when it is not as described in its first lines."""
        try:
            tree = read_yaml(path)
            known = {**{name: {} for name in _OPTIONAL}, **tree}
            return cls({name: tuple(_term(*item) for item in known[name].items()) for name in lists})
        except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
            raise ConfigurationError(f"{path.name}: {error}. Compare it with the file that came with us.") from error

    def keys(self, name: str) -> tuple[str, ...]:
        """All keys of a list."""
        return tuple(term.key for term in self._terms[name])

    def terms(self, name: str) -> tuple[Term, ...]:
        """All terms of a list."""
        return self._terms[name]

    def label(self, name: str, key: str, language: str) -> str:
        """How a key is shown; the key itself when nobody described it."""
        for term in self._terms[name]:
            if term.key == key:
                return term.shown.get(language, key)
        return key

    def labels(self, name: str, keys: Iterable[str], language: str) -> str:
        """Several labels in one line."""
        comma = "、" if language == "zh" else ", "
        return comma.join(self.label(name, key, language) for key in keys)

    def mentioned(self, name: str, text: str) -> str:
        """The key whose word occurs in the text, the longest word winning; "" when there is none."""
        folded = _folded(text)
        return next((key for word, key in self._words[name] if _occurs(word, folded)), "")

    def without(self, name: str, text: str) -> str:
        """The folded text with every word of a list taken out."""
        return self.take(name, text)[1]

    def take(self, name: str, text: str) -> tuple[tuple[str, ...], str]:
        """All keys whose words occur, and the folded text without those words. A word inside a longer one that
        occurs doesn't count."""
        rest, keys = _folded(text), []
        for word, key in self._words[name]:
            if _occurs(word, rest):
                rest = _pattern(word).sub(" ", rest)
                keys.append(key)
        return tuple(dict.fromkeys(keys)), rest


def longest_mention(text: str, names: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """The longest of (name, key) that occurs in the text, whatever its case and width."""
    folded = _folded(text)
    found = [(name, key) for name, key in names if name and _occurs(_folded(name), folded)]
    return max(found, key=lambda pair: len(pair[0]), default=None)


def _longest_first(terms: Iterable[Term]) -> tuple[tuple[str, str], ...]:
    """(folded word, key) of every word of a list."""
    words = [(word, term.key) for term in terms for word in term.words]
    return tuple((_folded(word), key) for word, key in sorted(words, key=lambda pair: len(pair[0]), reverse=True))


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return fold(text).lower()


def _occurs(word: str, text: str) -> bool:
    """Both folded. Hardly any of a vocabulary's words is in a sentence, and `in` finds that out ten times sooner."""
    return word in text and _pattern(word).search(text) is not None


@lru_cache(maxsize=4096)
def _pattern(folded: str) -> re.Pattern[str]:
    # A latin name counts only as a whole word: HLD is not in "HLDX-200". Chinese has no such borders.
    before = r"(?<![a-z0-9])" if folded[:1].isascii() else ""
    after = r"(?![a-z0-9])" if folded[-1:].isascii() else ""
    return re.compile(before + re.escape(folded) + after)


def _term(key: str, entry: Mapping[str, Any]) -> Term:
    shown = {"zh": str(entry["zh"]), "en": str(entry["en"])}
    return Term(str(key), shown, tuple(dict.fromkeys([*shown.values(), *map(str, entry.get("words", ()))])))
