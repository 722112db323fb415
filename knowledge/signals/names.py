"""Competitors' names in what people write and what a transcriber makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.playbook.card import PlaybookCard
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.retrieval.dictionary import segmenter
from knowledge.retrieval.language import is_chinese
from knowledge.signals.sounds import Syllables, find_run, syllables

_LATIN = re.compile(r"[a-z][a-z']*", re.IGNORECASE)
_SHORTEST_BY_SOUND = 3  # syllables; two are too often another word's
_SHORTEST_MISSPELT = 6  # letters
_PLACE = re.compile(r"[路街道巷弄镇乡村县市区桥山河湖港]")  # 百川路八号 is an address


@dataclass(frozen=True, slots=True)
class Mention:
    """A competitor's name in a sentence. `shown` is the first name of its card."""

    shown: str
    begin: int
    end: int
    exact: bool


class Names:
    """Finds names as written, by sound (恒利达), and a letter or two beside (Heng Lida, Hanglida)."""

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        """`names`: how a competitor is shown → everything it is called."""
        every = {(name.lower(), shown) for shown, others in names.items() for name in (shown, *others) if name.strip()}
        longest_first = sorted(every, key=lambda pair: (-len(pair[0]), pair))
        self._written = [(_as_written(name), name, shown) for name, shown in longest_first]
        self._heard = [(syllables(name), shown) for name, shown in longest_first if _can_be_heard(name)]
        self._spelt = [(_letters(name), shown) for name, shown in longest_first if _can_be_misspelt(name)]

    def find(self, text: str, heard: Syllables) -> list[Mention]:
        """Every competitor of a folded sentence once, the first place of each."""
        found: dict[str, Mention] = {}
        for mention in (*self._as_written(text), *self._by_sound(text, heard), *self._misspelt(text)):
            taken = any(mention.begin < other.end and other.begin < mention.end for other in found.values())
            if mention.shown not in found and not taken:
                found[mention.shown] = mention
        return list(found.values())

    def _as_written(self, text: str) -> Iterable[Mention]:
        for pattern, name, shown in self._written:
            for hit in pattern.finditer(text):
                if not _inside_other_words(text, hit.start(), hit.end(), name):
                    yield Mention(shown, hit.start(), hit.end(), exact=True)

    def _by_sound(self, text: str, heard: Syllables) -> Iterable[Mention]:
        for name, shown in self._heard:
            at = find_run(heard, name)
            if at >= 0 and not _inside_other_words(text, at, at + len(name), text[at : at + len(name)]):
                yield Mention(shown, at, at + len(name), exact=False)

    def _misspelt(self, text: str) -> Iterable[Mention]:
        words = list(_LATIN.finditer(text)) if self._spelt else []
        for count in (1, 2, 3):
            for i in range(len(words) - count + 1):
                run = words[i : i + count]
                letters = "".join(word.group().lower() for word in run)
                for name, shown in self._spelt:
                    if _almost(letters, name):
                        yield Mention(shown, run[0].start(), run[-1].end(), exact=False)


def rival_names(
    cards: Iterable[PlaybookCard], vocabulary: Vocabulary, language: str = "zh"
) -> Mapping[str, Sequence[str]]:
    """Names of the playbook's competitor cards, and of the makers that have no card."""
    names: dict[str, set[str]] = {}
    shown: dict[str, str] = {}
    for card in cards:
        if card.kind == "competitor":
            names.setdefault(card.id, set()).update(card.names)
            if card.language == language or card.id not in shown:
                shown[card.id] = card.competitor
    found = {shown[key]: sorted(called) for key, called in names.items()}
    known = {name.lower() for called in found.values() for name in called}
    makers = vocabulary.terms("makers")
    return found | {m.shown[language]: m.words for m in makers if not known & {word.lower() for word in m.words}}


def _as_written(name: str) -> re.Pattern[str]:
    before = r"(?<![a-z0-9])" if name[0].isascii() else ""
    after = r"(?![a-z0-9])" if name[-1].isascii() else ""
    return re.compile(before + re.escape(name) + after, re.IGNORECASE)


def _inside_other_words(text: str, begin: int, end: int, name: str) -> bool:
    """Whether the characters belong to other words: 恒力达 in 持恒力达标, 百川 in 海纳百川, 恒力 in 恒力矩."""
    if not is_chinese(name):
        return False
    if _PLACE.match(text, end):
        return True
    words = _words_around(text, begin, end)
    return any((start < begin < stop or start < end < stop) and stop - start > 1 for start, stop in words)


def _words_around(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    first, last = max(0, begin - 4), min(len(text), end + 4)
    return [(first + start, first + stop) for _, start, stop in segmenter().tokenize(text[first:last], HMM=False)]


def _can_be_heard(name: str) -> bool:
    return len(name) >= _SHORTEST_BY_SOUND and all(is_chinese(character) for character in name)


def _can_be_misspelt(name: str) -> bool:
    return name.isascii() and len(_letters(name)) >= _SHORTEST_MISSPELT


def _letters(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalpha())


def _almost(word: str, name: str) -> bool:
    """At most one letter changed, left out or too many, the first one right."""
    if abs(len(word) - len(name)) > 1 or word[:1] != name[:1]:
        return False
    at = next((i for i, (a, b) in enumerate(zip(word, name, strict=False)) if a != b), min(len(word), len(name)))
    return word[at + 1 :] == name[at + 1 :] or word[at:] == name[at + 1 :] or word[at + 1 :] == name[at:]
