"""What of a question isn't cut any further: quoted texts, stored values, numbers. The longest wins."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from knowledge.tables.lexicon import lexicon
from knowledge.tables.naming import HAN
from knowledge.tables.numbers import Found, numbers
from knowledge.tables.query import Column
from knowledge.tables.schema import Draft
from knowledge.tables.tokens import Choice, Cues, Token, cues

_QUOTED = re.compile(r'"([^"]+)"')


class Spotter:
    """Knows the values of one schema. `names`: what its tables and columns are called, which no value may cut."""

    def __init__(self, draft: Draft, names: frozenset[str]) -> None:
        self._names = names
        self._values: dict[str, list[tuple[Column, str]]] = defaultdict(list)
        for table in draft.tables:
            for column in table.columns:
                if not (table.hidden or column.hidden):
                    for value in column.values:
                        self._values[value.casefold()].append((Column(table.name, column.name), value))

    def spots(self, text: str, spoken: Cues) -> list[tuple[int, int, Token]]:
        """Quoted texts, stored values, and numbers: what isn't cut any further. The longest wins."""
        found: list[tuple[int, int, Token]] = []
        for match in _QUOTED.finditer(text):
            choices = self.stored(match[1])
            token = Token("V" if choices else "L", match[1], match[1], choices=choices)
            found.append((match.start(), match.end(), token))
        taken = [(start, end) for start, end, _ in found]
        candidates = [(*span, token) for span, token in self._values_in(text, spoken)]
        candidates += [(one.start, *_number(one, text)) for one in numbers(text)]
        names = [match.span() for name in self._names for match in re.finditer(re.escape(name), text.casefold())]
        for start, end, token in sorted(candidates, key=lambda one: (one[0] - one[1], one[2].letter)):
            inside_name = any(a <= start and end <= b and b - a > end - start for a, b in names)
            if not inside_name and not any(start < b and a < end for a, b in taken):
                taken.append((start, end))
                found.append((start, end, token))
        return sorted(found, key=lambda one: one[0])

    def _values_in(self, text: str, spoken: Cues) -> Iterable[tuple[tuple[int, int], Token]]:
        low = text.casefold()
        for value in self._values:
            if len(value) < 2 or value in self._names or value in spoken.words or value not in low:
                continue
            if value.replace(".", "").isdigit() or (not HAN.search(value) and len(value) < 3):
                continue
            for match in re.finditer(_bounded(value), low):
                yield match.span(), Token("V", text[match.start() : match.end()], choices=self.stored(value))

    def stored(self, text: str) -> tuple[Choice, ...]:
        """Where a text is stored, or what it is a translation of."""
        low = text.casefold()
        found = [Choice(1.0, column=column, value=value) for column, value in self._values.get(low, ())]
        if not found:
            for other in lexicon().values.get(low, ()):
                places = self._values.get(other.casefold(), ())
                found += [Choice(0.9, column=column, value=value) for column, value in places]
        return tuple(found[:24])


def _bounded(value: str) -> str:
    """The text as a pattern; letters aren't found inside longer words."""
    pattern = re.escape(value)
    head = r"(?<![a-z0-9])" if re.match(r"[a-z0-9]", value) else ""
    tail = r"(?![a-z0-9])" if re.search(r"[a-z0-9]$", value) else ""
    return head + pattern + tail


def _number(found: Found, text: str) -> tuple[int, Token]:
    """A number with the unit behind it."""
    units = cues("zh").units
    rest = text[found.end :].lstrip()
    unit = next((one for one in sorted(units, key=len, reverse=True) if rest.lower().startswith(one)), "")
    end = found.end + len(text[found.end :]) - len(rest) + len(unit) if unit else found.end
    kind = found.kind if found.kind != "number" else units.get(unit, "")
    return end, Token("N", text[found.start : end], found.value, unit=kind)
