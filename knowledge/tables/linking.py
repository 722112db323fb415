"""Which words of a question are names or values of a schema: tokens for the grammar, each with what it may mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from knowledge.tables.cutting import cut, language, normal
from knowledge.tables.implied import Implied
from knowledge.tables.lexicon import lemma, lexicon
from knowledge.tables.names import Name, names_in, row_names, total_names
from knowledge.tables.naming import HAN, Form, phrase, score, split
from knowledge.tables.numbers import english_number
from knowledge.tables.rewording import Rewording
from knowledge.tables.schema import Draft
from knowledge.tables.spotting import Spotter
from knowledge.tables.tokens import Choice, Cues, Piece, Token, cues
from knowledge.tables.totals import with_totals
from knowledge.tables.verbs import verbs

LEAST = 0.5  # below, a name isn't meant
_SPAN = 5  # pieces that a name may be said in
_CHOICES = 6
_QUOTED = re.compile(r'"([^"]+)"')
_BREAKS = frozenset("d&,wonB")  # cues that are never inside a name
_WORTH = {"x": 0.45, "k": 0.45, "": 0.0}
_CUE = 0.8  # what a character of a cue is worth; a name has to be surer to take its place


_ALONE = frozenset(
    "校者版店馆剧片园站厂省市县区队院系班课书人奖车船药国村街路桥山河湖岛港州城镇户股票费价税薪歌曲碟房楼"
)


class Linker:
    """Knows the names and values of one schema."""

    def __init__(self, found: Draft) -> None:
        draft = self.draft = with_totals(found)
        self._names: list[Name] = list(names_in(draft))
        written = {text for table in draft.tables for text in (table.name, *(one.name for one in table.columns))}
        titles = {text for table in draft.tables for text in (table.title, *table.synonyms)}
        titles |= {text for table in draft.tables for one in table.columns for text in (one.title, *one.synonyms)}
        self._vocabulary = frozenset(
            word for name in written | titles for word in (name, *split(name)) if len(word) > 1 and HAN.search(word)
        )
        self._spotter = Spotter(draft, frozenset(name.casefold() for name in written | titles))
        numbers = [one for table in draft.tables for one in table.columns if one.type == "number"]
        called = (name for one in numbers for name in (one.name, one.title))
        self._rewording = Rewording(called, dict((*row_names(draft), *total_names(draft))))
        self._implied = Implied(draft, lambda word: self._meanings((word,)))
        self._cache: dict[tuple[str, ...], tuple[Choice, ...]] = {}

    def tokens(self, question: str) -> list[Token]:
        """The question as tokens, in order."""
        text = self._rewording.reword(normal(question))
        spoken = cues(language(text))
        found: list[Token] = []
        place = 0
        for start, end, fixed in [*self._spotter.spots(text, spoken), (len(text), len(text), None)]:
            pieces = cut(text[place:start], place, spoken, self._vocabulary)
            if pieces and pieces[0].letter == "k" and found and found[-1].letter == "N":
                found[-1] = replace(found[-1], counts=True)
                pieces = pieces[1:]  # a counting word, whatever column it may sound like
            found.extend(self._mentions(pieces, spoken))
            if fixed is not None:
                found.append(fixed)
            place = max(place, end)
        return self._implied.read(found)

    def _translated(self, words: tuple[str, ...]) -> tuple[Choice, ...]:
        text = ("" if HAN.search(words[0]) else " ").join(words)
        return self._spotter.stored(text) if len(words) < 4 and text not in ("是", "有", "否", "is") else ()

    def _mentions(self, pieces: list[Piece], spoken: Cues) -> list[Token]:
        """The best way to read pieces as names, translated values, cues and unknown words."""
        size = len(pieces)
        best: list[tuple[float, int, tuple[Choice, ...]]] = [(0.0, 0, ()), *((-1.0, 0, ()) for _ in range(size))]
        for end in range(1, size + 1):
            for begin in range(max(0, end - _SPAN), end):
                stretch = pieces[begin:end]
                summed = "".join(piece.letter for piece in pieces[:begin]).rstrip("x").endswith("A")
                worth, choices = self._worth(stretch, summed=summed)
                if worth is not None and best[begin][0] + worth > best[end][0]:
                    best[end] = (best[begin][0] + worth, begin, choices)
        found: list[Token] = []
        end = size
        while end:
            _, begin, choices = best[end]
            found.append(_token(pieces[begin:end], choices, spoken))
            end = begin
        return found[::-1]

    def _worth(self, stretch: Sequence[Piece], *, summed: bool) -> tuple[float | None, tuple[Choice, ...]]:
        length = sum(len(piece.text) for piece in stretch)
        if len(stretch) == 1:
            plain = _WORTH.get(stretch[0].letter, _CUE) * length
            if stretch[0].letter in _BREAKS:
                return plain, ()
        elif any(piece.letter and piece.letter in _BREAKS for piece in stretch):
            return None, ()
        else:
            plain = None
        only_cues = all(piece.letter for piece in stretch)
        if len(stretch) == 1 and _half_a_word(stretch[0]):
            return plain, ()
        choices = self._meanings(tuple(_word(piece) for piece in stretch))
        if only_cues:
            choices = tuple(one for one in choices if one.value is None or one.column in self._implied.yes)
        named = choices[0].score * length if choices else 0.0
        if named and only_cues and not (summed and stretch[-1].letter == "K"):
            named *= (
                0.9 if choices[0].score > 0.95 else 0.6 if stretch[0].letter != "x" else 0.4
            )  # nothing but cues: only an equal name takes their place
        if plain is None or named > plain:
            return (named, choices) if choices else (None, ())
        return plain, ()

    def _meanings(self, words: tuple[str, ...]) -> tuple[Choice, ...]:
        """What these words may name, best first."""
        if words not in self._cache:
            best: dict[Choice, float] = {}
            whole = phrase(words) or _joined(words)
            for choice, name in self._names:
                worth = max(score(words, name), score(whole.words, name) if whole else 0.0)
                if worth >= LEAST and worth > best.get(choice, 0.0):
                    best[choice] = worth
            ranked = [replace(one, score=worth) for one, worth in best.items()]
            ranked += self._translated(words)
            ranked.sort(key=lambda one: -one.score)
            self._cache[words] = tuple(one for one in ranked[:_CHOICES] if one.score > ranked[0].score - 0.3)
        return self._cache[words]


def _joined(words: tuple[str, ...]) -> Form | None:
    """Chinese words that the lexicon knows as one."""
    text = "".join(words)
    return Form((text,), (1.0,)) if len(words) > 1 and text in lexicon().english else None


def _half_a_word(piece: Piece) -> bool:
    """A character that nobody knows alone: 导 in 执导 isn't 导演."""
    alone = len(piece.text) == 1 and bool(HAN.search(piece.text))
    return alone and piece.text not in _ALONE and piece.text not in lexicon().english


def _word(piece: Piece) -> str:
    return piece.text if HAN.search(piece.text) else lemma(piece.text.lower())


def _token(pieces: Sequence[Piece], choices: tuple[Choice, ...], spoken: Cues) -> Token:
    text = ("" if HAN.search(pieces[0].text) else " ").join(piece.text for piece in pieces)
    if choices:
        letter = "T" if choices[0].table else "C" if choices[0].value is None else "V"
        return Token(letter, text, choices=choices, score=choices[0].score)
    number = english_number(text.lower())
    if number is not None:
        return Token("N", text, number)
    if not pieces[0].letter and text in spoken.units:
        return Token("x", text, unit=spoken.units[text])
    letter = pieces[0].letter or ("y" if text in verbs() else "U")
    return Token(letter, text, pieces[0].say)
