"""Decides together what all names of a question mean: what is said best, lies closest, has the right type. Pure."""

from __future__ import annotations

import heapq
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.tables.joining import cost
from knowledge.tables.naming import HAN
from knowledge.tables.schema import Draft
from knowledge.tables.shapes import orderable
from knowledge.tables.tokens import Choice, Token

BEAM = 24
_JOIN = 0.12  # what a join costs
_NEAR = 0.25  # a column of the table that is named beside it
_TYPE = 0.25  # a number where a number is meant
_NAMED = 0.6  # a value in the column that is named before it
_NUMERIC_BEFORE, _NUMERIC_AFTER = frozenset("AX"), frozenset("ABNX")


@dataclass(frozen=True, slots=True)
class Assigned:
    """Tokens with one meaning each; `score`: how well they fit, the best is first."""

    tokens: tuple[Token, ...]
    score: float


@dataclass(frozen=True, slots=True)
class _State:
    chosen: tuple[Choice | None, ...]
    score: float


def assignments(tokens: Sequence[Token], draft: Draft) -> list[Assigned]:
    """The best ways to give every mention one meaning, best first."""
    states = [_State((), 0.0)]
    for index, token in enumerate(tokens):
        if not token.choices:
            states = [_State((*one.chosen, None), one.score) for one in states]
            continue
        grown = [
            _State((*one.chosen, choice), one.score + _fit(tokens, index, choice, one.chosen, draft))
            for one in states
            for choice in token.choices
        ]
        states = heapq.nlargest(BEAM, grown, key=lambda one: one.score)
    ranked = [Assigned(_tokens(tokens, one.chosen), one.score - _joins(one.chosen, draft)) for one in states]
    return sorted(ranked, key=lambda one: -one.score)[:8]


def _fit(tokens: Sequence[Token], index: int, choice: Choice, before: Sequence[Choice | None], draft: Draft) -> float:
    """How well one meaning suits its place."""
    length = min(len(tokens[index].text), 4) if HAN.search(tokens[index].text) else 3
    worth = choice.score**2 * length * 0.75
    if choice.column is None:
        return worth + _owned_by(choice.table, tokens, index)
    worth += _nearness(choice, tokens, index, before)
    if choice.value is not None:
        named = before[index - 1] if index else None
        named = named or (before[index - 2] if index > 1 else None)
        return worth + (_NAMED if named and named.value is None and named.column == choice.column else 0.0)
    letters = "".join(token.letter for token in tokens)
    following = letters[index + 1 : index + 6].lstrip("xdik")
    measured = following[:1] in _NUMERIC_AFTER and not re.match(r"[AX]d?C", following)
    before_it = letters[:index].rstrip("xk")
    if measured or before_it[-1:] in _NUMERIC_BEFORE or before_it.endswith("NP"):
        worth += _TYPE if orderable(draft.column(choice.column)) else -_TYPE
    if choice.column in draft.pointing and "id" not in tokens[index].text.lower() and "号" not in tokens[index].text:
        worth -= 0.6
    return worth


def _owned_by(table: str, tokens: Sequence[Token], index: int) -> float:
    """A table that is asked for stands behind "which" or "each"; before one of its columns it is as welcome."""
    return 0.1 if index and tokens[index - 1].letter in "wGM" and table else 0.0


def _nearness(choice: Choice, tokens: Sequence[Token], index: int, before: Sequence[Choice | None]) -> float:
    """More for a column of the table named last, a little for one of any table named so far."""
    assert choice.column is not None  # noqa: S101  # asked for columns only
    tables = [one.table or (one.column.table if one.column else "") for one in before if one is not None]
    owner = next((one.table for one in reversed(before) if one is not None and one.table), "")
    letters = "".join(token.letter for token in tokens)
    if "p" in letters[max(0, index - 2) : index]:  # 他们的: of those that are asked for
        named = [(place, one.table) for place, one in enumerate(before) if one is not None and one.table]
        asked = [table for place, table in named if letters[place - 1 : place] == "w"]
        owner = next(iter([*asked, *(table for _, table in named)]), owner)
    ahead = {one.table for token in tokens[index + 1 :] for one in token.choices[:1] if one.table}
    table = choice.column.table
    if owner == table:
        return _NEAR * (1.4 if index and tokens[index - 1].letter in "dT" else 1.0)
    return _NEAR * 0.7 if table in tables or table in ahead else 0.0


def _joins(chosen: Sequence[Choice | None], draft: Draft) -> float:
    tables = [one.table or (one.column.table if one.column else "") for one in chosen if one is not None]
    price = cost(draft, tables)
    return 3.0 if price == float("inf") else _JOIN * price


def _tokens(tokens: Sequence[Token], chosen: Sequence[Choice | None]) -> tuple[Token, ...]:
    made = []
    for token, choice in zip(tokens, chosen, strict=True):
        if choice is None:
            made.append(replace(token))
        elif choice.table:
            made.append(replace(token, letter="T", value=choice.table, score=choice.score))
        elif choice.value is None:
            made.append(replace(token, letter="C", value=choice.column, score=choice.score))
        else:
            made.append(replace(token, letter="V", value=choice.value, column=choice.column, score=choice.score))
    return tuple(made)
