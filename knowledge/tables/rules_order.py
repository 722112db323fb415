"""Rules that read superlatives and orders. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from knowledge.tables.engine import Found, Reading, Shown, Sorting, column, first, rule, token
from knowledge.tables.hints import COUNTING, HINTS, metric
from knowledge.tables.query import Aggregate, Column, Expression, Order
from knowledge.tables.shapes import called, days_of, key_of, orderable
from knowledge.tables.tokens import Token


def _superlative(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """年龄最大的, 平均工资最高的3个, 学生最多的, 排名前5."""
    sign, number = first(found, "XF"), first(found, "N")
    limit = int(number.value) if number is not None and isinstance(number.value, int) else None
    if sign is None or (sign.letter == "F" and limit is None):
        return None
    measured = metric(reading, [one for one in found if one is not sign])
    if measured is None:
        return None
    by, table = measured
    if table and not any(word in sign.text for word in COUNTING) and first(found, "K") is None:
        return _hinted(reading, found, sign, limit, table)
    if isinstance(by, Column) and not orderable(reading.draft.column(by)) and sign.letter == "X":
        return _most_often(reading, found, match, (by, Sorting(Order(by, sign.value == "desc"), limit or 1)))
    if limit is not None and any(one.letter == "F" and one.value == "nth" for one in found):
        down = sign.value == "nth" or _descending(reading, by, sign)
        return [token("s", found, Sorting(Order(by, down), 1, table, offset=limit - 1))]
    return [token("s", found, Sorting(Order(by, _descending(reading, by, sign)), limit or 1, table))]


def _most_often(reading: Reading, found: Found, match: re.Match[str], what: tuple[Column, Sorting]) -> list[Token]:
    """籍贯最多的: the text that most rows have; 哪个省份的茶叶种类最多: the group with most different ones."""
    by, sorting = what
    behind = reading.tokens[match.end() : match.end() + 1]
    owned = bool(behind) and behind[0].letter == "T" and behind[0].value != by.table  # 作物种类最多的农场
    kinds = owned or re.search(r"w[^,]*C[^,]*$", reading.letters[: match.start()]) is not None
    counted = Aggregate("count", by, distinct=True) if kinds else Aggregate("count")
    made = token("s", found, replace(sorting, order=replace(sorting.order, by=counted)))
    return [made] if kinds else [made, _group(found, by)]


def _group(found: Found, by: Column) -> Token:
    return Token("g", by.name, by)


def _descending(reading: Reading, by: Expression, sign: Token) -> bool:
    """最年轻 by age is the lowest, by day of birth the latest."""
    if sign.text == "最近" and isinstance(by, Column) and by in days_of(reading.draft, by.table):
        return True  # the latest, not the nearest
    if sign.value in ("desc", "asc"):
        return bool(sign.value == "desc")
    number = isinstance(by, Column) and reading.draft.column(by).type == "number"
    age = number and isinstance(by, Column) and called(reading.draft, [by.table], ("年龄", "age")) == by
    return bool(sign.value == "late") != age


def _hinted(reading: Reading, found: Found, sign: Token, limit: int | None, table: str) -> list[Token] | None:
    """最贵的商品, the youngest student: the column that the word itself means."""
    words = next((names for said, names in HINTS if any(one in sign.text for one in said.split())), ())
    by = called(reading.draft, [table, *reading.tables()], words) if words else None
    if by is None:
        return None
    made = token("s", found, Sorting(Order(by, _descending(reading, by, sign)), limit or 1))
    owner = first(found, "T")
    return [made, Token("d", ""), owner] if owner is not None else [made]


def _hint_alone(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    sign, owner, number = first(found, "XF"), first(found, "T"), first(found, "N")
    limit = number.value if number is not None and isinstance(number.value, int) else None
    if _dangling(reading, match):
        return None
    return _hinted(reading, found, sign, limit, owner.value) if sign is not None and owner is not None else None


def _hint_among(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """文物中最高的是哪件: of the rows that were named before."""
    sign, number, tables = first(found, "X"), first(found, "N"), reading.tables()
    limit = number.value if number is not None and isinstance(number.value, int) else None
    return _hinted(reading, found, sign, limit, tables[-1]) if sign is not None and tables else None


def _most_of(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """拥有最多学生的, the most students: most rows."""
    table, sign, number = first(found, "T"), first(found, "X"), first(found, "N")
    if table is None or sign is None or _dangling(reading, match):
        return None
    if not any(word in sign.text for word in COUNTING):
        return None
    limit = number.value if number is not None and isinstance(number.value, int) else 1
    return [token("s", found, Sorting(Order(Aggregate("count"), sign.value == "desc"), limit, table.value))]


def _dangling(reading: Reading, match: re.Match[str]) -> bool:
    """利润最高的商品 where nobody knows 利润: "highest" is not of what comes behind it."""
    return match.start() > 0 and reading.tokens[match.start() - 1].letter == "U"


def _before_column(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """`X C d T` and "with the highest C": the row that has it; else the number itself."""
    sign, left = first(found, "X"), column(found)
    if sign is None or left is None or _dangling(reading, match):
        return None
    if left in reading.draft.pointing or left == key_of(reading.draft, left.table):
        return None  # nobody asks for the highest key
    text = not orderable(reading.draft.column(left))
    if text and any(word in sign.text for word in COUNTING):
        return [token("s", found, Sorting(Order(Aggregate("count"), sign.value == "desc"), 1)), _group(found, left)]
    number = first(found, "N")
    if number is not None and isinstance(number.value, int):
        return [token("s", found, Sorting(Order(left, _descending(reading, left, sign)), number.value))]
    how = first(found, "A")
    if how is not None:
        return [token("s", found, Sorting(Order(Aggregate(how.value, left), sign.value == "desc"), 1))]
    return [_highest(reading, found, match, Order(left, _descending(reading, left, sign)))]


def _highest(reading: Reading, found: Found, match: re.Match[str], order: Order) -> Token:
    """The row that has it where one is asked for, else the number itself."""
    behind, ahead = reading.letters[match.end() :], reading.letters[: match.start()]
    if reading.spoken == "zh":
        owned = bool(re.match(r"d[iN]*[TwNC]", behind))
    else:
        owned = bool(re.search(r"[TC][^,]*[vzwpi]$|[TC]w?p?v?i?d?$", ahead))
    if owned or not isinstance(order.by, Column):
        return token("s", found, Sorting(order, 1))
    return token("a", found, Shown(Aggregate("max" if order.descending else "min", order.by)))


def _by_that_count(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """…的网点数量，按数量从多到少: by the number that is shown."""
    if not set(reading.letters) & set("aAM") and reading.letters.count("K") < 2:
        return None
    return [one for one in found if one.letter == "D"][:1]


def _sorted(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    measured = metric(reading, found)
    if measured is None:
        return None
    way = first(found, "DZ")
    number = first(found, "N")
    said = way is not None or first(found, "SF") is not None
    if reading.spoken == "zh" and not said and isinstance(measured[0], Column) and set(reading.letters) & set("KMA"):
        return [token("g", found, measured[0])]  # 按性别统计人数
    order = Order(measured[0], way is not None and way.value == "desc")
    first_ = first(found, "F")
    if first_ is not None and first_.value == "desc" and way is None:
        order = Order(measured[0], descending=True)
    limit = int(number.value) if number is not None and first_ is not None else None
    return [token("s", found, Sorting(order, limit, measured[1]))]


SUPERLATIVES = (
    rule(r"Ad?Cd?[wi]?(?:Xd?w?F?N?|FN)", _superlative),
    rule(r"Cd?Ad?(?:Xd?w?N?|FN)", _superlative),
    rule(r"(?:KdT|Td?K)[iv]*(?:Xd?w?N?|FN)", _superlative),
    rule(r"C(?!dX[dA]?C)d?i?(?:Xd?w?F?N?|i?FN)", _superlative),
    rule(r"Td?K?(?:Xd?w?N?)", _superlative),
    rule(r"[vi]*Xd?K?N?d?T(?=d|$|,)", _most_of),
    rule(r"[vi]*p?XK?N?d?T", _most_of),
    rule(r"XN?d?A?d?C", _before_column),
    rule(r"Xd?N?d?T", _hint_alone),
    rule(r"(?<=z)[,]?Xd?N?(?=d?i?w|$)", _hint_among),
)


ORDERS = (
    rule(r"O[pd]*K?S?[,i]?S?D+S?", _by_that_count),
    rule(r"Od?Ad?C[,z]?S?D?[,i]?S?(?:FN)?", _sorted),
    rule(r"O[pdi]*Cd?A[,z]?D?S?(?:FN)?", _sorted),
    rule(r"O[pdi]*(?:KdT|T[vd]*K)[,z]?S?[,z]?D?[,i]?S?(?:FN)?", _sorted),
    rule(r"[OZ][pdi]*C[,zd]?(?:S?D+|D*S|(?=.*D))?[,iz]*(?:D|S)*(?:FN)?", _sorted),
    rule(r"(?:Ad?C|C)d?i?DS?(?:FN)?", _sorted),
    rule(r"T?d?KDS?", _sorted),
)
