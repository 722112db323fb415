"""Words that stand for a column though they aren't its name: 谁, 哪一年, 上市, and those that mean the same as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from knowledge.tables.meaning import Meanings
from knowledge.tables.naming import HAN
from knowledge.tables.query import Column
from knowledge.tables.schema import Draft
from knowledge.tables.shapes import days_of, person_columns, yes_of
from knowledge.tables.tokens import Choice, Token
from knowledge.tables.verbs import verbs

_FUNCTION = frozenset("自于到在有被把由所是为着过了的")  # no name of a thing holds one
_LONGEST = 6  # characters of a word whose meaning is looked for


class Implied:
    """Of one schema. `named`: what a word may be the name of."""

    def __init__(self, draft: Draft, named: Callable[[str], Sequence[Choice]]) -> None:
        self._draft, self._named = draft, named
        self._meanings = Meanings(draft)
        self._days = frozenset(day for table in draft.tables for day in days_of(draft, table.name))
        self._people = tuple(Choice(0.7, column=one) for one in person_columns(draft))
        self.yes = frozenset(
            Column(table.name, one.name) for table in draft.tables for one in table.columns if yes_of(one)
        )

    def read(self, found: Sequence[Token]) -> list[Token]:
        """The tokens, with columns where words stand for one."""
        tokens = list(self._meant(found))
        tokens = [self._who(self._when(tokens, index), tokens[index + 1 :]) for index in range(len(tokens))]
        tokens = [self._yes_or_no(tokens, index) for index in range(len(tokens))]
        letters = [*(one.letter for one in tokens), ""]
        return [each for index, one in enumerate(tokens) for each in (one, *self._years(one, letters[index + 1]))]

    def _years(self, one: Token, after: str) -> Iterable[Token]:
        """每年, 哪一年的总量: by the column that holds years; `after`: the letter of the next token."""
        years = tuple(Choice(0.9, column=day) for day in self._days if self._draft.column(day).type == "number")
        asked = one.letter == "w" and one.text.endswith(("哪年", "哪一年")) and after in ("d", "A")
        if years and (asked or (one.letter == "G" and one.value == "year")):
            yield Token("C", "年", choices=tuple(sorted(years, key=str)), score=0.9)

    def _who(self, one: Token, ahead: Sequence[Token]) -> Token:
        """谁写的: a column that holds people."""
        does = ahead[:1] and ahead[0].letter in "xvyUC" and ahead[0].text.rstrip("的过了") in verbs()
        if one.letter != "w" or not one.text.endswith("谁") or not does or not self._people:
            return one
        return Token("C", one.text, choices=self._people, score=0.7)

    def _yes_or_no(self, tokens: Sequence[Token], index: int) -> Token:
        """上市的公司: those where 是否上市 says yes; the column itself where "is" follows, or "whether" is said."""
        one = tokens[index]
        says = [choice for choice in one.choices if choice.value is not None and choice.column in self.yes]
        if not says or one.text in (says[0].value or "") or one.choices[0].score > says[0].score + 0.1:
            return one
        column = "".join(other.letter for other in tokens[index + 1 : index + 3])[:2] in ("iV", "BV", "V", "iL", "BL")
        column = column or one.text.startswith("是否") or (index > 0 and tokens[index - 1].letter == "G")
        kept = tuple(choice for choice in one.choices if (choice.value is None) == column)
        return replace(one, letter="C" if column else "V", choices=kept, score=kept[0].score) if kept else one

    def _meant(self, tokens: Sequence[Token]) -> Iterable[Token]:
        """Stretches of unknown words, as the table or column whose name means the same."""
        index = 0
        while index < len(tokens):
            end = index
            while end < len(tokens) and tokens[end].letter == "U":
                end += 1
            word = "".join(one.text for one in tokens[index:end])
            noun = 1 < len(word) <= _LONGEST and HAN.search(word) and not set(word) & _FUNCTION
            choices = self._meanings.nearest(word) if noun else ()
            if choices:
                yield Token("T" if choices[0].table else "C", word, choices=choices, score=choices[0].score)
            else:
                yield from tokens[index : max(end, index + 1)]
            index = max(end, index + 1)

    def _when(self, tokens: Sequence[Token], index: int) -> Token:
        """哪一年上映, 什么时候办的证: a word beside "when" is the column that tells it."""
        one, near = tokens[index], [*tokens[max(0, index - 2) : index], *tokens[index + 1 : index + 2]]
        if one.letter not in "xvyU" or not any(other.letter == "w" and other.value == "when" for other in near):
            return one
        choices = tuple(
            choice
            for choice in self._named(one.text)
            if choice.column is not None and choice.value is None and choice.column in self._days
        )
        return Token("C", one.text, choices=choices, score=choices[0].score) if choices else one
