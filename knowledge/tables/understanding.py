"""A question about any database as a query, or why not: words → meanings → grammar → the best reading. Pure.

A reading counts only when nothing that would change the answer is left over and nearly all words were understood;
otherwise the question is declined, with what wasn't understood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from knowledge.tables import rules_nested, rules_order, rules_select, rules_where
from knowledge.tables.assigning import Assigned, assignments
from knowledge.tables.composing import compose
from knowledge.tables.cutting import language, normal
from knowledge.tables.engine import Reading, Unread, apply
from knowledge.tables.joining import NoPath, TwoWays
from knowledge.tables.linking import Linker
from knowledge.tables.naming import HAN
from knowledge.tables.query import Column, Query
from knowledge.tables.sql import to_sql
from knowledge.tables.tokens import Token

LONGEST = 400  # characters of a question
_UNKNOWN = 0.34  # share of the content that may stay unknown
_TIE = 0.02  # readings that lie so close are equally likely
_FAR = 0.6  # how much less fitting another meaning of the words may be


@dataclass(frozen=True, slots=True)
class Understood:
    """`query` and its `sql`; None and "" when declined: `unknown` are the words that weren't understood."""

    query: Query | None = None
    sql: str = ""
    unknown: tuple[str, ...] = ()
    options: tuple[str, ...] = ()  # what an ambiguous word may mean
    reason: str = ""  # nothing, unread, ambiguous, no_path, two_ways, too_long
    penalty: float = 0.0


def understand(question: str, linker: Linker) -> Understood:
    """The best reading of a question; never raises for what people write."""
    if len(question) > LONGEST:
        return Understood(reason="too_long")
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
    return _best(read) or failed


def _best(read: list[tuple[float, Assigned, Understood]]) -> Understood | None:
    """The reading that fits best; two that fit alike and give other rows are asked back."""
    ranked = sorted(read, key=lambda one: -one[0])
    if not ranked:
        return None
    worth, chosen, made = ranked[0]
    for other, meant, _ in (one for one in ranked[1:] if one[2].sql != made.sql):
        if other > worth - _TIE:
            pairs = zip(chosen.tokens, meant.tokens, strict=True)
            apart = [(one, two) for one, two in pairs if (one.value, one.column) != (two.value, two.column)]
            one, two = apart[0]  # two assignments differ somewhere
            return Understood(unknown=(one.text,), options=(_named(one), _named(two)), reason="ambiguous")
    return made


def _named(token: Token) -> str:
    """What a mention was taken for; of a stored value, the column that holds it."""
    meant = token.column or token.value
    return f"{meant.table}.{meant.name}" if isinstance(meant, Column) else str(meant)


def _read(assigned: Assigned, linker: Linker, spoken: str) -> Understood:
    tokens = _prepared(assigned.tokens)
    reading = Reading(linker.draft, tokens, spoken, apart=any(one.letter == "l" for one in assigned.tokens))
    query = rules_nested.difference(reading)
    if query is None:
        _reduce(reading)
        query = compose(reading)
    unknown = [one for one in reading.tokens if one.letter == "U"]
    for one, other in pairwise(tokens):
        if {one.letter, other.letter} in ({"U", "C"}, {"U", "T"}) and len(one.text) == len(other.text) == 1:
            raise Unread(one.text + other.text)  # half of a word that nobody knows
    content = sum(len(one.text) for one in tokens if one.letter in "TCVUa")
    share = sum(len(one.text) for one in unknown) / max(1, content)
    if share > _UNKNOWN:
        raise Unread("".join(one.text for one in unknown))
    sql = to_sql(query, linker.draft)
    return Understood(query, sql, tuple(one.text for one in unknown), penalty=reading.penalty + 2 * share)


def _reduce(reading: Reading) -> None:
    """The order matters: what is said most closely together is read first."""
    apply(reading, rules_where.VALUES[:1])
    apply(reading, rules_nested.COMPARED)
    apply(reading, rules_order.HAVING[:2])
    apply(reading, rules_where.VALUES)
    apply(reading, rules_order.HAVING[2:])
    apply(reading, rules_where.LOOSE)
    apply(reading, rules_where.COMBINED)
    apply(reading, rules_order.ORDERS)
    apply(reading, rules_select.SEVERAL)
    apply(reading, rules_order.SUPERLATIVES)
    apply(reading, rules_nested.MISSING)
    apply(reading, rules_where.COMBINED)
    apply(reading, rules_order.GROUPS)
    apply(reading, rules_select.SELECTED)


def _prepared(tokens: Sequence[Token]) -> list[Token]:
    """Without words that say nothing; counting words go with what they count; single figures behind "each" too."""
    found: list[Token] = []
    for one in tokens:
        if one.letter in "xkl" or (one.letter == "U" and len(one.text) == 1 and not one.text.isalnum()):
            continue
        if one.letter == "N" and one.value == 1 and found and found[-1].letter == "G":
            continue
        if one.letter == "K" and found and found[-1].letter == "K":
            continue
        if one.letter in "wM" and found and found[-1].letter == "B" and found[-1].value == "=":
            found[-1] = replace(found[-1], letter="i")  # 属于什么, 来自哪个: nothing is compared
        found.append(replace(one))
    return found
