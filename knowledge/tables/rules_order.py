"""Rules that read conditions on groups, superlatives, orders and groups. Pure."""

from __future__ import annotations

import re
from decimal import Decimal

from knowledge.tables.engine import Found, Having, Reading, Shown, Sorting, column, first, rule, token
from knowledge.tables.query import Aggregate, Between, Column, Comparison, Expression, Function, Operator, Order
from knowledge.tables.shapes import called, key_of, orderable
from knowledge.tables.tokens import Token

_HINTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("贵 便宜 expensive cheapest", ("价格", "售价", "price", "cost")),
    ("年轻 老 年长 youngest oldest eldest older younger", ("年龄", "age", "出生日期", "birthday", "birth date")),
    ("早 晚 新 近 迟 久 earliest latest newest recent", ("日期", "时间", "date", "time", "年份", "year")),
    ("重 轻 heaviest lightest heavier lighter", ("重量", "体重", "weight")),
    ("长 短 longest shortest longer", ("长度", "时长", "length", "duration")),
    ("高 低 tallest highest taller", ("高度", "身高", "height", "分数", "score", "评分")),
    ("大 小 largest biggest smallest larger", ("面积", "大小", "年龄", "area", "size", "capacity")),
    ("快 慢 fastest slowest", ("速度", "speed")),
    ("远 farthest", ("距离", "distance")),
)
_NO_COUNT = 10_000  # such a number is an amount: it is compared with the number that the table is named after
_COUNTING = tuple(
    "最多 最少 most fewest least number common 常见 受欢迎 热门 popular 频繁 frequent".split()  # noqa: SIM905  # reads better
)


def counted(found: Found) -> Aggregate | None:
    """How many rows of the table, or different values of the column, that the tokens name."""
    one = first(found, "TC")
    if one is None:
        return None
    return Aggregate("count") if one.letter == "T" else Aggregate("count", one.value, distinct=True)


def metric(reading: Reading, found: Found) -> tuple[Expression, str] | None:
    """What is measured: a column, an aggregate of one, or the rows of a table; and that table."""
    how, left, table = first(found, "A"), column(found), first(found, "T")
    if first(found, "K") is not None and table is not None and how is None:
        return Aggregate("count"), table.value
    if left is not None and how is not None:
        return Aggregate(how.value, left), ""
    if left is not None and first(found, "K") is None:
        return left, ""
    return (Aggregate("count"), table.value) if table is not None else None


_BOUNDS = r"(不|至|超|大|小|高|低|多|少)|(more|less|fewer|greater|larger|smaller|higher|lower|at|no|not) "


def _group_count(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """名人不超过5个, 至少两个学生, 学生人数超过10: a bound on how many rows a group has."""
    table, sign, number = first(found, "T"), first(found, "BP"), first(found, "N")
    if table is None or number is None or not isinstance(number.value, int | Decimal) or number.unit:
        return None
    operator: Operator = sign.value if sign is not None else "="
    words = next(
        (names for said, names in _HINTS if sign and any(one in sign.text.split("于")[0] for one in said.split())), ()
    )
    hinted = words if sign is not None and not re.match(_BOUNDS, sign.text) else ()
    if hinted or number.value >= _NO_COUNT:
        left = called(reading.draft, [table.value], hinted) if hinted else _named_after(reading, table)
        return [table, token("c", found, Comparison(left, operator, number.value))] if left is not None else None
    return [token("q", found, Having(Comparison(Aggregate("count"), operator, number.value), table.value))]


def _named_after(reading: Reading, table: Token) -> Column | None:
    """The number whose name the table's name ends with."""
    columns = [one for one in reading.draft.by_name[table.value].columns if one.type == "number"]
    return next((Column(table.value, one.name) for one in columns if table.text.endswith(one.name)), None)


def _group_range(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    table, (low, high) = first(found, "T"), [one.value for one in found if one.letter == "N"]
    if table is None:
        return None
    return [token("q", found, Having(Between(Aggregate("count"), low, high), table.value))]


def _group_column(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    """平均工资超过5000: a bound on an aggregate. A column with days has none."""
    how, left, sign, number = first(found, "AX"), column(found), first(found, "BP"), first(found, "N")
    if how is None or left is None or number is None or reading.draft.column(left).type != "number":
        return None
    highest: Function = "max" if how.value in ("desc", "late") else "min"
    function: Function = how.value if how.letter == "A" else highest
    operator: Operator = sign.value if sign is not None else "="
    return [token("q", found, Having(Comparison(Aggregate(function, left), operator, number.value)))]


def _count_of_column(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """国家数小于5: different values of a text."""
    left, sign, number = column(found), first(found, "BP"), first(found, "N")
    if left is None or number is None or reading.draft.column(left).type == "number" or number.unit:
        return None
    if match.start() and reading.tokens[match.start() - 1].letter in "wG":
        made = Having(Comparison(Aggregate("count"), sign.value if sign else "=", number.value))
        return [found[0], token("q", found[1:], made)]  # 哪些类别的记录数: rows of each, not different ones
    counted_ = Aggregate("count", left, distinct=True)
    return [token("q", found, Having(Comparison(counted_, sign.value if sign else "=", number.value)))]


def _superlative(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """年龄最大的, 平均工资最高的3个, 学生最多的, 排名前5."""
    sign = first(found, "XF")
    if sign is None:
        return None
    number = first(found, "N")
    limit = int(number.value) if number is not None and isinstance(number.value, int) else None
    if sign.letter == "F" and limit is None:
        return None
    measured = metric(reading, [one for one in found if one is not sign])
    if measured is None:
        return None
    by, table = measured
    if table and not any(word in sign.text for word in _COUNTING) and first(found, "K") is None:
        return _hinted(reading, found, sign, limit, table)
    if isinstance(by, Column) and not orderable(reading.draft.column(by)) and sign.letter == "X":
        often = Sorting(Order(Aggregate("count"), sign.value == "desc"), limit or 1)
        return [token("s", found, often), _group(found, by)]
    return [token("s", found, Sorting(Order(by, _descending(reading, by, sign)), limit or 1, table))]


def _group(found: Found, by: Column) -> Token:
    return Token("g", by.name, by)


def _descending(reading: Reading, by: Expression, sign: Token) -> bool:
    """最年轻 by age is the lowest, by day of birth the latest."""
    if sign.value in ("desc", "asc"):
        return bool(sign.value == "desc")
    number = isinstance(by, Column) and reading.draft.column(by).type == "number"
    age = number and isinstance(by, Column) and called(reading.draft, [by.table], ("年龄", "age")) == by
    return bool(sign.value == "late") != age


def _hinted(reading: Reading, found: Found, sign: Token, limit: int | None, table: str) -> list[Token] | None:
    """最贵的商品, the youngest student: the column that the word itself means."""
    words = next((names for said, names in _HINTS if any(one in sign.text for one in said.split())), ())
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


def _most_of(reading: Reading, found: Found, match: re.Match[str]) -> list[Token] | None:
    """拥有最多学生的, the most students: most rows."""
    table, sign, number = first(found, "T"), first(found, "X"), first(found, "N")
    if table is None or sign is None or _dangling(reading, match):
        return None
    if not any(word in sign.text for word in _COUNTING):
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
    if text and any(word in sign.text for word in _COUNTING):
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


def _grouped(reading: Reading, found: Found, _: re.Match[str]) -> list[Token] | None:
    one = first(found, "CT")
    if one is None:
        return None
    return [token("g", found, one.value)]


HAVING = (
    rule(r"Ad?Cd?[iv]*(?:BN|NP)", _group_column),
    rule(r"Cd?Ad?[iv]*(?:BN|NP)", _group_column),
    rule(r"Td?K?[iv]*RN[J&]Nr?", _group_range),
    rule(r"Td?K?[iv]*Bv?N(?!k?T)K?", _group_count),
    rule(r"KdT[iv]*BN", _group_count),
    rule(r"Cd?K[iv]*BN", _count_of_column),
    rule(r"[vi]*Bv?Nd?K?T(?!d?C)", _group_count),
    rule(r"[vi]*NPd?T(?=d|$|,)", _group_count),
    rule(r"[vi]NT(?=d|$|,)", _group_count),
    rule(r"TN(?:P|(?=d|,|$))", _group_count),
)
SUPERLATIVES = (
    rule(r"Ad?Cd?[wi]?(?:Xd?w?N?|FN)", _superlative),
    rule(r"Cd?Ad?(?:Xd?w?N?|FN)", _superlative),
    rule(r"(?:KdT|Td?K)[iv]*(?:Xd?w?N?|FN)", _superlative),
    rule(r"C(?!dX[dA]?C)d?i?(?:Xd?w?N?|i?FN)", _superlative),
    rule(r"Td?K?(?:Xd?w?N?)", _superlative),
    rule(r"[vi]*Xd?K?N?d?T(?=d|$|,)", _most_of),
    rule(r"[vi]*p?XK?N?d?T", _most_of),
    rule(r"XN?d?A?d?C", _before_column),
    rule(r"XN?d?T", _hint_alone),
)
ORDERS = (
    rule(r"Od?Ad?C[,z]?S?D?[,i]?S?(?:FN)?", _sorted),
    rule(r"O[pdi]*Cd?A[,z]?D?S?(?:FN)?", _sorted),
    rule(r"O[pdi]*(?:KdT|T[vd]*K)[,z]?S?[,z]?D?[,i]?S?(?:FN)?", _sorted),
    rule(r"[OZ][pdi]*C[,zd]?(?:S?D+|D*S|(?=.*D))?[,iz]*(?:D|S)*(?:FN)?", _sorted),
    rule(r"(?:Ad?C|C)d?i?DS?(?:FN)?", _sorted),
    rule(r"T?d?KDS?", _sorted),
)
GROUPS = (rule(r"Gd?[CT]", _grouped),)
