"""A sentence as known pieces: spans, numbers, names and small words, each at its place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from knowledge.questions.cues import cue_tokens, words
from knowledge.questions.lexicon import Lexicon
from knowledge.questions.numerals import numbers
from knowledge.questions.spans import spans
from knowledge.questions.tokens import Meaning, Token, cut
from knowledge.retrieval.folding import fold

_SPAN, _NUMBER, _TRANSLATED = 0.9, 1.2, 1.0
_MOVED_NUMBER = re.compile(r"(?<![能才以])(?P<a>[一-鿿])了?(?P<n>[\d一二两三四五六七八九十百]+)(?P<b>[单价款])")
_SHARE = re.compile(r"占(?:[一-鿿]{0,6}?)(?:的)?(?:比例|比重|百分比|比率)")


def folded(text: str) -> str:
    """As everything here reads a sentence."""
    return fold(text).lower().replace("->", "→").replace("’", "'")


def read(text: str, lexicon: Lexicon, today: date) -> list[Token]:
    """The best cut of a folded text."""
    return cut(text, candidates(text, lexicon, today))


def candidates(text: str, lexicon: Lexicon, today: date) -> Iterator[Token]:
    """Everything that any piece may mean; pieces overlap."""
    for span in spans(text, today):
        meaning = Meaning("span", period=span.period)
        yield Token(span.start, span.end, text[span.start : span.end], (meaning,), _SPAN)
    for number in numbers(text):
        meaning = Meaning("number", number=number)
        yield Token(number.start, number.end, text[number.start : number.end], (meaning,), _NUMBER)
    yield from cue_tokens(text)
    yield from lexicon.tokens(text)
    yield from _translated(text, lexicon)
    yield from _shares(text, lexicon)


def rewritten(text: str, lexicon: Lexicon) -> str:
    """丢了5单以上 → 丢单5单以上: what is counted stands before its number."""

    def moved(found: re.Match[str]) -> str:
        name = found["a"] + found["b"]
        known = any(one.kind == "metric" for one in lexicon.words.get(name, ()))
        return f"{name}{found['n']}{found['b']}" if known else found[0]

    return _MOVED_NUMBER.sub(moved, text)


def _translated(text: str, lexicon: Lexicon) -> Iterator[Token]:
    """Words of another language for values that the data has."""
    for pattern, word in words():
        for found in pattern.finditer(text):
            meanings = tuple(one for one in lexicon.words.get(word, ()) if one.kind == "value")
            if meanings:
                yield Token(*found.span(), found[0], meanings, _TRANSLATED)


def _shares(text: str, lexicon: Lexicon) -> Iterator[Token]:
    """复购占赢单的比例 where 复购占比 is a metric."""
    for found in _SHARE.finditer(text):
        for start in range(max(0, found.start() - 8), found.start()):
            name = f"{text[start : found.start()]}占比"
            meanings = tuple(one for one in lexicon.words.get(name, ()) if one.kind == "metric")
            if meanings:
                yield Token(start, found.end(), text[start : found.end()], meanings, 1.0)
                break
