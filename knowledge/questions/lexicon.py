"""Finds the registry's words in a sentence: at every place, of all lengths, also with small words inside (赢了几单)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from knowledge.metrics.registry import Registry
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.questions.naming import names
from knowledge.questions.outcome import KnownValues, Scope
from knowledge.questions.places import Index, index, occurrences
from knowledge.questions.tokens import Meaning, Token

_EXACT, _GAP = 1.0, 1.15  # costs: words as written win over words with something in between
_KEPT = 4  # lexicons of so many states of the data
_SMALL = re.compile(
    r"[了有]?(?:多少|几)(?:个|条|家|单(?!$|[^\w])|笔|份|位|次|通|张|台)?(?=[^\s])|的|了|过|能|已经?|都|被|是|在(?!谈|途|手|跟)|及?以上|到(?!账)|并|且",
    re.ASCII,
)
_SAME = (("没有", "未"), ("没", "未"), ("还未", "未"), ("解释", "说明"))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by their first character, longest first; the same for squeezed words."""

    words: dict[str, tuple[Meaning, ...]]
    _short: dict[str, tuple[Meaning, ...]] = field(repr=False)
    _index: Index = field(repr=False)
    _short_index: Index = field(repr=False)

    def metrics(self, word: str) -> tuple[str, ...]:
        """Metrics that a folded word names, as written or with small words in it."""
        meanings = self.words.get(word) or self._short.get(squeeze(word)[0], ())
        return tuple(one.name for one in meanings if one.kind == "metric")

    @classmethod
    def of(cls, registry: Registry, values: KnownValues, vocabulary: Vocabulary) -> Lexicon:
        """From the registry and the values that its dimensions have."""
        words: dict[str, tuple[Meaning, ...]] = {}
        for word, meaning in names(registry, values, vocabulary):
            if word:
                words[word] = tuple(dict.fromkeys((*words.get(word, ()), meaning)))
                if plural := _plural(word):
                    words.setdefault(plural, words[word])
        for word, meaning in list(_named_apart(words)):
            words.setdefault(word, (meaning,))
        words = {word: _things_first(meanings) for word, meanings in words.items() if not _is_pair(word, words)}
        squeezed: dict[str, tuple[Meaning, ...]] = {}
        for word, meanings in words.items():
            known = tuple(one for one in meanings if one.kind in ("metric", "column"))
            short = squeeze(word)[0]
            if known and len(short) >= 2 and (not word.isascii() or " " in word):
                squeezed[short] = tuple(dict.fromkeys((*squeezed.get(short, ()), *known)))
        for short, known in _turned(squeezed, words):
            squeezed.setdefault(short, known)
        return cls(words, squeezed, index(words), index(squeezed))

    def tokens(self, text: str) -> Iterator[Token]:
        """Names in a folded, lower-case text."""
        for start, word in occurrences(text, self._index):
            yield Token(start, start + len(word), word, self.words[word], _EXACT)
        short, places = squeeze(text)
        if short != text:
            for at, word in occurrences(short, self._short_index):
                start, end = places[at], places[at + len(word) - 1] + 1
                yield Token(start, end, text[start:end], self._short[word], _GAP)


def lexicon(scope: Scope) -> Lexicon:
    """Of a scope's registry and values; made once for each."""
    for registry, values, vocabulary, made in _made:
        if registry is scope.registry and values is scope.values and vocabulary is scope.vocabulary:
            return made
    made = Lexicon.of(scope.registry, scope.values, scope.vocabulary)
    _made.append((scope.registry, scope.values, scope.vocabulary, made))
    del _made[:-_KEPT]
    return made


_made: list[tuple[Registry, KnownValues, Vocabulary, Lexicon]] = []


def squeeze(text: str) -> tuple[str, list[int]]:
    """Without the small words that stand inside names, and where each character left was: 赢了几单 → 赢单."""
    kept: list[int] = []
    place = 0
    while place < len(text):
        small = _SMALL.match(text, place) if place else None
        if small and small.end() > place:
            place = small.end()
            continue
        kept.append(place)
        place += 1
    short = "".join(text[one] for one in kept)
    return _same(short, kept)


def _same(text: str, places: list[int]) -> tuple[str, list[int]]:
    """Words that mean the same become one; the place of each of its characters is where the word ended."""
    for said, meant in _SAME:
        while (at := text.find(said)) >= 0:
            end = at + len(said)
            text = text[:at] + meant + text[end:]
            places = [*places[:at], *places[end - len(meant) : end], *places[end:]]
    return text, places


def _is_pair(word: str, words: dict[str, tuple[Meaning, ...]]) -> bool:
    """渠道ROI says no more than 渠道 and ROI, which can be read apart: 各渠道ROI."""
    metrics = {one.name for one in words[word] if one.kind == "metric"}
    return bool(metrics) and any(
        any(one.kind == "dimension" for one in words.get(word[:at], ()))
        and metrics == {one.name for one in words.get(word[at:].strip(), ()) if one.kind == "metric"}
        for at in range(2, len(word) - 1)
    )


def _turned(
    squeezed: dict[str, tuple[Meaning, ...]], words: dict[str, tuple[Meaning, ...]]
) -> list[tuple[str, tuple[Meaning, ...]]]:
    """停滞商机 also as 商机停滞: what is said of a thing may stand behind it."""
    things = [word for word, meanings in words.items() if any(one.kind == "rows" for one in meanings)]
    return [
        (thing + short.removesuffix(thing), known)
        for short, known in squeezed.items()
        for thing in things
        if short.endswith(thing) and len(short) >= len(thing) + 2 and not thing.isascii()
    ]


def _named_apart(words: dict[str, tuple[Meaning, ...]]) -> Iterator[tuple[str, Meaning]]:
    """阶段是报价, 报价阶段: with its dimension's name a value is no thing any more."""
    dimensions: dict[str, list[str]] = {}
    for word, meanings in words.items():
        for one in meanings:
            if one.kind == "dimension":
                dimensions.setdefault(one.name, []).append(word)
    for word, meanings in words.items():
        values = [one for one in meanings if one.kind == "value"] if any(one.kind == "rows" for one in meanings) else []
        for value in values:
            for title in dimensions.get(value.name, ()):
                yield f"{word}{title}", value
                yield from ((f"{title}{is_}{word}", value) for is_ in ("", "是", "为", "在"))


def _things_first(meanings: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
    """报价 is the thing, not the stage of that name."""
    if any(one.kind == "rows" for one in meanings):
        return tuple(one for one in meanings if one.kind != "value")
    return meanings


def _plural(word: str) -> str:
    if not word[-1].isascii() or not word[-1].isalpha() or word.endswith("s") or len(word) < 3:
        return ""
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"
