"""Decides together what all names of a question mean: what is said best, lies closest, has the right type. Pure."""

from __future__ import annotations

import heapq
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.tables.joining import cost
from knowledge.tables.naming import HAN
from knowledge.tables.query import Column
from knowledge.tables.schema import Draft
from knowledge.tables.shapes import days_of, orderable
from knowledge.tables.tokens import Choice, Token

BEAM = 24
_JOIN = 0.15  # what a join costs; two cost four times as much
_NEAR = 0.25  # a column of the table that is named beside it
_TYPE = 0.25  # a number where a number is meant
_NAMED = 0.6  # a value in the column that is named before it
_ELSEWHERE = 0.3  # a column of a table that isn't named, where one that is has a column that might be meant
_SPANS = ("year", "month", "day", "decade")
_KEY = 1.2  # a key is hardly ever what is meant, unless it is called a number or id
_ROWS = 0.5  # a table whose rows are counted or missing
_TABLE = 0.05  # a table, where it might be what its rows are called as well
_ALIKE = 0.3  # a value of the column that the value before is of
_COUNTS = ("数", "数量", "人数", "次数", "量")
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
        return worth + _TABLE + _owned_by(choice.table, tokens, index)
    worth += _nearness(choice, tokens, index, before)
    if choice.value is not None:
        return worth + _said_before(choice, index, before)
    timed = any(token.letter == "N" and token.unit in _SPANS for token in tokens[max(0, index - 2) : index])
    worth += _TYPE if timed and choice.column in days_of(draft, choice.column.table) else 0.0
    measured = _measured(tokens, index)
    if measured:
        worth += _TYPE if orderable(draft.column(choice.column)) else -_TYPE
    worth -= _ELSEWHERE if _elsewhere(choice.column, tokens, index) else 0.0
    counted = next((token for token in tokens[index + 1 : index + 4] if token.letter == "N"), None)
    if measured and counted is not None and counted.counts and not choice.column.name.endswith(_COUNTS):
        worth -= 2 * _TYPE
    if choice.column in draft.pointing and "id" not in tokens[index].text.lower() and "号" not in tokens[index].text:
        worth -= _KEY
    return worth


def _said_before(choice: Choice, index: int, before: Sequence[Choice | None]) -> float:
    """More for a value of the column that is named before it, or that the value before it is of."""
    named = (before[index - 1] if index else None) or (before[index - 2] if index > 1 else None)
    others = [one for one in before[-4:] if one is not None and one.value is not None]
    worth = _ALIKE if others and others[-1].column == choice.column else 0.0
    return worth + (_NAMED if named and named.value is None and named.column == choice.column else 0.0)


def _measured(tokens: Sequence[Token], index: int) -> bool:
    """Whether something is meant that has an order: compared, averaged, the most."""
    letters = "".join(token.letter for token in tokens)
    following, before = letters[index + 1 : index + 6].lstrip("xdik"), letters[:index].rstrip("xk")
    behind = following[:1] in _NUMERIC_AFTER and not re.match(r"[AX]d?C", following)
    return behind or before[-1:] in _NUMERIC_BEFORE or before.endswith("NP")


def _elsewhere(column: Column, tokens: Sequence[Token], index: int) -> bool:
    """Whether its table isn't named, and another is that has a column which might be meant."""
    tables = {token.choices[0].table for token in tokens if token.choices}
    others = [other.column.table for other in tokens[index].choices if other.column is not None]
    return column.table not in tables and bool(tables & set(others))


def _owned_by(table: str, tokens: Sequence[Token], index: int) -> float:
    """A table that is asked for stands behind "which" or "each"; before one of its columns it is as welcome."""
    if index and tokens[index - 1].letter == "n":
        return _ROWS  # 没有车站: no row of it
    if any(token.letter == "N" and token.counts for token in tokens[index + 1 : index + 4]):
        return _ROWS  # 评价不少于2条
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
    following = [token for token in tokens[index + 1 : index + 3] if token.letter != "d"][:1]
    if following and following[0].choices and following[0].choices[0].table == table:
        return _NEAR * 1.4  # 城市的景点
    if owner == table:
        return _NEAR * (1.4 if index and tokens[index - 1].letter in "dT" else 1.0)
    return _NEAR * 0.7 if table in tables or table in ahead else 0.0


def _joins(chosen: Sequence[Choice | None], draft: Draft) -> float:
    tables = [one.table or (one.column.table if one.column else "") for one in chosen if one is not None]
    price = cost(draft, tables)
    return 3.0 if price == float("inf") else _JOIN * price**2


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
