"""A question about any database as a query, or why not: words → meanings → grammar → the best reading. Pure.

A reading counts only when nothing that would change the answer is left over and nearly all words were understood;
otherwise the question is declined, with what wasn't understood.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise

from knowledge.tables import (
    rules_computed,
    rules_difference,
    rules_groups,
    rules_nested,
    rules_order,
    rules_select,
    rules_share,
    rules_where,
)
from knowledge.tables.assigning import Assigned, assignments
from knowledge.tables.composing import compose
from knowledge.tables.cutting import language, normal
from knowledge.tables.engine import Doubted, Reading, Unread, apply
from knowledge.tables.joining import NoPath, TwoWays
from knowledge.tables.linking import Linker
from knowledge.tables.naming import HAN
from knowledge.tables.preparing import prepared
from knowledge.tables.query import Column, Query
from knowledge.tables.roles import with_roles
from knowledge.tables.schema import Draft
from knowledge.tables.shapes import name_of
from knowledge.tables.sql import to_sql
from knowledge.tables.tokens import Token

LONGEST = 400  # characters of a question
_UNKNOWN = 0.2  # share of the content that may stay unknown
_TIE = 0.02  # readings that lie so close are equally likely
_FAR = 0.6  # how much less fitting another meaning of the words may be

# 都没有获奖吗 wants yes or no; 所有演员都参演过的 what holds for every row, 只种番茄的 what holds for no other
_MOODS = re.compile(
    r"(?<![能道])(?:都|有|是|会)[^，,。？?可能知]{1,30}(?:吗|(?<![什怎那这多])么)[?？。]*$"
    r"|(?<![\d一二三四五六七八九十两几每船])只(?![有看保显列要需能])"
    r"|(?:所有|全部|每[个位家名种项门一])[^，,。]{1,12}都[^，,。是在为]{1,12}的"
)


@dataclass(frozen=True, slots=True)
class Understood:
    """`query` and its `sql`; None and "" when declined: `unknown` are the words that weren't understood."""

    query: Query | None = None
    sql: str = ""
    unknown: tuple[str, ...] = ()
    options: tuple[str, ...] = ()  # what an ambiguous word may mean
    reason: str = ""  # nothing, unread, ambiguous, no_path, two_ways, too_long
    penalty: float = 0.0
    draft: Draft | None = None  # with the columns that the question computes


def understand(question: str, linker: Linker) -> Understood:
    """The best reading of a question; never raises for what people write."""
    if len(question) > LONGEST:
        return Understood(reason="too_long")
    if mood := _MOODS.search(question):
        return Understood(unknown=(mood.group(),), reason="unread")
    tokens = linker.tokens(question)
    unknown = tuple(one.text for one in tokens if one.letter == "U" and (len(one.text) > 1 or HAN.search(one.text)))
    if not any(one.letter in "TCV" for one in tokens):
        return Understood(unknown=unknown, reason="nothing")
    spoken = language(normal(question))
    failed = Understood(unknown=unknown, reason="unread")
    ranked = assignments(tokens, linker.draft)
    read: list[tuple[float, Assigned, Understood]] = []
    for one in ranked:
        if one.score < ranked[0].score - _FAR:
            break  # what was likely meant can't be read; what can be read wasn't meant
        try:
            made = _read(one, linker, spoken)
        except Doubted as error:
            failed = replace(failed, unknown=(str(error),))
            break
        except Unread as error:
            failed = (
                failed if failed.options else replace(failed, unknown=tuple(filter(None, (str(error),))) or unknown)
            )
        except TwoWays as error:
            failed = Understood(options=(str(error),), reason="two_ways")
        except NoPath:
            failed = replace(failed, reason="no_path")
        else:
            read.append((one.score - made.penalty, one, made))
    return _best(read, linker.draft) or failed


def _best(read: list[tuple[float, Assigned, Understood]], draft: Draft) -> Understood | None:
    """The reading that fits best; two that fit alike and give other rows are asked back."""
    ranked = sorted(read, key=lambda one: -one[0])
    if not ranked:
        return None
    worth, chosen, made = ranked[0]
    for other, meant, _ in (one for one in ranked[1:] if one[2].sql != made.sql):
        if other > worth - _TIE:
            pairs = zip(chosen.tokens, meant.tokens, strict=True)
            apart = [(one, two) for one, two in pairs if (one.value, one.column) != (two.value, two.column)]
            if all(_row_or_name(chosen_, other_, draft) for chosen_, other_ in apart):
                continue
            one, two = apart[0]  # two assignments differ somewhere
            return Understood(unknown=(one.text,), options=(_named(one), _named(two)), reason="ambiguous")
    return made


def _row_or_name(one: Token, other: Token, draft: Draft) -> bool:
    """书 as a table or as what its rows are called: nothing that has to be asked back."""
    tables = [token.value for token in (one, other) if token.letter == "T"]
    columns = [token.value for token in (one, other) if token.letter == "C"]
    return len(tables) == len(columns) == 1 and columns[0] == name_of(draft, tables[0])


def _named(token: Token) -> str:
    """What a mention was taken for; of a stored value, the column that holds it."""
    meant = token.column or token.value
    return f"{meant.table}.{meant.name}" if isinstance(meant, Column) else str(meant)


def _read(assigned: Assigned, linker: Linker, spoken: str) -> Understood:
    draft, tokens = with_roles(linker.draft, prepared(assigned.tokens))
    reading = Reading(draft, tokens, spoken, apart=any(one.letter == "l" for one in assigned.tokens))
    _counted_elsewhere(reading)
    query = rules_difference.difference(reading)
    if query is None:
        apply(reading, rules_computed.COMPUTED)
        query = rules_share.share(reading, _composed) or _composed(reading)
    unknown = [one for one in reading.tokens if one.letter == "U"]
    for one, other in pairwise(tokens):
        if {one.letter, other.letter} in ({"U", "C"}, {"U", "T"}) and len(one.text) == len(other.text) == 1:
            raise Unread(one.text + other.text)  # half of a word that nobody knows
    content = sum(len(one.text) for one in tokens if one.letter in "TCVUa")
    share = sum(len(one.text) for one in unknown) / max(1, content)
    if share > _UNKNOWN:
        raise Unread("".join(one.text for one in unknown))
    sql = to_sql(query, reading.draft)
    words = tuple(one.text for one in unknown)
    return Understood(query, sql, words, penalty=reading.penalty + 2 * share, draft=reading.draft)


def _counted_elsewhere(reading: Reading) -> None:
    """车站数 where 车站 is a table that is asked about, and another has a column of that name: either may be meant."""
    tables = reading.tables()
    columns = (one.value for one in reading.tokens if one.letter == "C")
    for one in columns:
        if one.table not in tables and re.sub(r"(数|数量|人数)$", "", one.name) in tables:
            raise Doubted(one.name)


def _composed(reading: Reading) -> Query:
    _reduce(reading)
    return compose(reading)


def _reduce(reading: Reading) -> None:
    """The order matters: what is said most closely together is read first."""
    apply(reading, rules_where.VALUES[:1])
    apply(reading, rules_computed.COMPUTED)
    apply(reading, rules_nested.COMPARED)
    apply(reading, rules_groups.HAVING[:2])
    apply(reading, rules_where.VALUES)
    apply(reading, rules_groups.HAVING[2:])
    apply(reading, rules_where.LOOSE)
    apply(reading, rules_where.COMBINED)
    apply(reading, rules_order.ORDERS)
    apply(reading, rules_select.SEVERAL)
    apply(reading, rules_order.SUPERLATIVES)
    apply(reading, rules_nested.MISSING)
    apply(reading, rules_where.COMBINED)
    apply(reading, rules_groups.GROUPS)
    apply(reading, rules_select.SELECTED)
