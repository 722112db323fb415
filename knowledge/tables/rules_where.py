"""Rules that read conditions on rows, in the order in which they are tried; negation and alternatives of them. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.tables import rules_numbers as numbers
from knowledge.tables import rules_values as values
from knowledge.tables.engine import Found, Reading, first, rule, token
from knowledge.tables.query import Comparison, Group
from knowledge.tables.tokens import Token

_FLIPPED = {"=": "!=", "!=": "=", ">": "<=", "<": ">=", ">=": "<", "<=": ">", "in": "not_in", "like": "not_like"}


def _either(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    one, other = found[0].value, found[-1].value
    parts = (*(one.parts if isinstance(one, Group) and one.how == "or" else (one,)), other)
    return [token("c", found, Group("or", parts))]


def _both_or(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """A且B，或者C."""
    one, two, other = (each.value for each in found if each.letter == "c")
    return [token("c", found, Group("or", (Group("and", (one, two)), other)))]


def _either_of_both(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """国籍不是中国的导演，或者…的导演: the table is said twice."""
    said = first(found, "T")
    again = reading.tokens[match.end() + 1]
    return _either(reading, found, match) if said is not None and said.value == again.value else None


def _except(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """除了X: the condition turned round."""
    one = first(found, "c")
    if one is None or not isinstance(one.value, Comparison) or one.value.operator not in _FLIPPED:
        return None
    flipped = replace(one.value, operator=_FLIPPED[one.value.operator])  # type: ignore[arg-type]  # as above
    return [token("c", found, flipped)]


VALUES = (
    rule(r"bNY", numbers.than_number),
    rule(r"RV(?!&V)", lambda reading, found, match: [found[1]]),
    rule(r"VC", values.value_and_kind),
    rule(r"VT[&,o]VT", values.value_twice),
    rule(r"ViwTd?C", values.value_of_which),
    rule(r"nv?V", values.not_so),
    rule(r"NC", values.numbered),
    rule(r"C[iz]*BC", numbers.two_columns),
    rule(r"Cd?bCd?Y", numbers.two_columns),
    rule(r"C?d?[iB]?E?V(?:[&o,]V)+", values.listed),
    rule(r"C[iv]*Rd?N[J&]Nr?", numbers.range),
    rule(r"Ci?[Oi]?NJNr?", numbers.range),
    rule(r"C[inz]*H[LUVNCT]+", values.part),
    rule(r"C[in]*O?[LUVNCT]{1,2}h", values.part),
    rule(r"C[id]*BC?V", values.value),
    rule(r"C[id]*nv?V", values.value),
    rule(r"Ci?V(?![db]?C[bB])", values.value),
    rule(r"C?[id]*BUV", values.partly_stored),
    rule(r"Bv?V", values.value),
    rule(r"C[idz]*B[LU]+[LUV]*", values.quoted),
    rule(r"C[id]*L", values.quoted),
    rule(r"Cd?[iv]?Bi?N", numbers.plain),
    rule(r"C[iv]?i?NP", numbers.plain),
    rule(r"CXN", numbers.most_as_bound),
    rule(r"C[iz]?N(?!P|k?[TCJ])", numbers.plain),
    rule(r"c[&,oit]*(?:BN|NP)(?!k?[TK])", numbers.implied_left),
)


LOOSE = (
    rule(r"i?NP?C(?=d)", numbers.said_before),
    rule(r"Ci+NP?", numbers.said_before),
    rule(r"BNz?(?!k?[TK])", numbers.bare_number),
    rule(r"i?NP", numbers.bare_number),
    rule(r"i?N", numbers.bare_number),
    rule(r"E?V", values.value),
    rule(r"nv?Cv?(?=d|,|$|&)", values.nothing),
    rule(r"Cii?n(?=d|,|$|&)", values.nothing),
)


COMBINED = (
    rule(r"Ed?cE?", _except),
    rule(r"c&c,o[,i]*c", _both_or),
    rule(r"c[d,&i]*o[,i]*c", _either),
    rule(r"cd?T[,]*o[,i]*c(?=dT)", _either_of_both),
)
