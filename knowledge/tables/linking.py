"""Which words of a question are names or values of a schema: tokens for the grammar, each with what it may mean."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from knowledge.tables.cutting import cut, language, normal
from knowledge.tables.lexicon import lemma, lexicon
from knowledge.tables.naming import HAN, Form, forms_of, phrase, score, split
from knowledge.tables.numbers import Found, english_number, numbers
from knowledge.tables.query import Column
from knowledge.tables.schema import Draft
from knowledge.tables.tokens import Choice, Cues, Piece, Token, cues

LEAST = 0.5  # below, a name isn't meant
_SPAN = 5  # pieces that a name may be said in
_CHOICES = 6
_QUOTED = re.compile(r'"([^"]+)"')
_BREAKS = frozenset("d&,wonB")  # cues that are never inside a name
_WORTH = {"x": 0.45, "k": 0.45, "": 0.0}
_CUE = 0.8  # what a character of a cue is worth; a name has to be surer to take its place

_TIMES = frozenset(("日期", "时间", "date", "time", "年份", "year", "birthday"))

Name = tuple[Choice, Form]


class Linker:
    """Knows the names and values of one schema."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self._names: list[Name] = list(_names(draft))
        self._values: dict[str, list[tuple[Column, str]]] = defaultdict(list)
        for table in draft.tables:
            for column in table.columns:
                if not (table.hidden or column.hidden):
                    for value in column.values:
                        self._values[value.casefold()].append((Column(table.name, column.name), value))
        written = {text for table in draft.tables for text in (table.name, *(one.name for one in table.columns))}
        titles = {text for table in draft.tables for text in (table.title, *table.synonyms)}
        titles |= {text for table in draft.tables for one in table.columns for text in (one.title, *one.synonyms)}
        self._vocabulary = frozenset(
            word for name in written | titles for word in (name, *split(name)) if len(word) > 1 and HAN.search(word)
        )
        self._written = frozenset(name.casefold() for name in written | titles)
        self._cache: dict[tuple[str, ...], tuple[Choice, ...]] = {}

    def tokens(self, question: str) -> list[Token]:
        """The question as tokens, in order."""
        text = normal(question)
        spoken = cues(language(text))
        found: list[Token] = []
        place = 0
        for start, end, fixed in [*self._fixed(text, spoken), (len(text), len(text), None)]:
            pieces = cut(text[place:start], place, spoken, self._vocabulary)
            if pieces and pieces[0].letter == "k" and found and found[-1].letter == "N":
                pieces = pieces[1:]  # a counting word, whatever column it may sound like
            found.extend(self._mentions(pieces, spoken))
            if fixed is not None:
                found.append(fixed)
            place = max(place, end)
        return found

    def _fixed(self, text: str, spoken: Cues) -> list[tuple[int, int, Token]]:
        """Quoted texts, stored values, and numbers: what isn't cut any further. The longest wins."""
        found: list[tuple[int, int, Token]] = []
        for match in _QUOTED.finditer(text):
            choices = self._stored(match[1])
            token = Token("V" if choices else "L", match[1], match[1], choices=choices)
            found.append((match.start(), match.end(), token))
        taken = [(start, end) for start, end, _ in found]
        candidates = [(*span, token) for span, token in self._values_in(text, spoken)]
        candidates += [(one.start, *_number(one, text)) for one in numbers(text)]
        names = [match.span() for name in self._written for match in re.finditer(re.escape(name), text.casefold())]
        for start, end, token in sorted(candidates, key=lambda one: (one[0] - one[1], one[2].letter)):
            inside_name = any(a <= start and end <= b and b - a > end - start for a, b in names)
            if not inside_name and not any(start < b and a < end for a, b in taken):
                taken.append((start, end))
                found.append((start, end, token))
        return sorted(found, key=lambda one: one[0])

    def _values_in(self, text: str, spoken: Cues) -> Iterable[tuple[tuple[int, int], Token]]:
        low = text.casefold()
        for value in self._values:
            if len(value) < 2 or value in self._written or value in spoken.words or value not in low:
                continue
            if value.replace(".", "").isdigit() or (not HAN.search(value) and len(value) < 3):
                continue
            for match in re.finditer(_bounded(value), low):
                yield match.span(), Token("V", text[match.start() : match.end()], choices=self._stored(value))

    def _stored(self, text: str) -> tuple[Choice, ...]:
        """Where a text is stored, or what it is a translation of."""
        low = text.casefold()
        found = [Choice(1.0, column=column, value=value) for column, value in self._values.get(low, ())]
        if not found:
            for other in lexicon().values.get(low, ()):
                places = self._values.get(other.casefold(), ())
                found += [Choice(0.9, column=column, value=value) for column, value in places]
        return tuple(found[:24])

    def _translated(self, words: tuple[str, ...]) -> tuple[Choice, ...]:
        text = ("" if HAN.search(words[0]) else " ").join(words)
        return self._stored(text) if len(words) < 4 and text not in ("是", "有", "否", "is") else ()

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
        choices = self._meanings(tuple(_word(piece) for piece in stretch))
        if only_cues:
            choices = tuple(one for one in choices if one.value is None)
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
            ranked = [Choice(worth, one.table, one.column) for one, worth in best.items()]
            ranked += self._translated(words)
            ranked.sort(key=lambda one: -one.score)
            self._cache[words] = tuple(one for one in ranked[:_CHOICES] if one.score > ranked[0].score - 0.3)
        return self._cache[words]


def _names(draft: Draft) -> Iterable[Name]:
    for table in draft.tables:
        if table.hidden:
            continue
        for name in forms_of(table.name, table.title, table.synonyms, table.comment, ""):
            yield Choice(0.0, table=table.name), name
        for column in table.columns:
            if not column.hidden:
                choice = Choice(0.0, column=Column(table.name, column.name))
                for name in forms_of(column.name, column.title, column.synonyms, column.comment, table.name):
                    yield choice, name
                    if column.type == "date" and not set(name.words) & _TIMES:
                        for word in ("日期", "时间", "date"):  # registered_on is a 注册时间
                            yield choice, Form((*name.words, word), (*name.weights, 0.2))


def _joined(words: tuple[str, ...]) -> Form | None:
    """Chinese words that the lexicon knows as one."""
    text = "".join(words)
    return Form((text,), (1.0,)) if len(words) > 1 and text in lexicon().english else None


def _word(piece: Piece) -> str:
    return piece.text if HAN.search(piece.text) else lemma(piece.text.lower())


def _bounded(value: str) -> str:
    """The text as a pattern; letters aren't found inside longer words."""
    pattern = re.escape(value)
    head = r"(?<![a-z0-9])" if re.match(r"[a-z0-9]", value) else ""
    tail = r"(?![a-z0-9])" if re.search(r"[a-z0-9]$", value) else ""
    return head + pattern + tail


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
    return Token(pieces[0].letter or "U", text, pieces[0].say)


def _number(found: Found, text: str) -> tuple[int, Token]:
    """A number with the unit behind it."""
    units = cues("zh").units
    rest = text[found.end :].lstrip()
    unit = next((one for one in sorted(units, key=len, reverse=True) if rest.lower().startswith(one)), "")
    end = found.end + len(text[found.end :]) - len(rest) + len(unit) if unit else found.end
    kind = found.kind if found.kind != "number" else units.get(unit, "")
    return end, Token("N", text[found.start : end], found.value, unit=kind)
