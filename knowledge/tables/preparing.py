"""Tokens made ready for the grammar: without words that say nothing, verbs between tables as what they are. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knowledge.tables.naming import HAN
from knowledge.tables.tokens import Token
from knowledge.tables.verbs import verbs

_SURE = 0.97  # a column that is said so well is meant, whatever else the word may be
_SILENT = "xkl"
_WHOLE = frozenset("公司 医院 学校 企业 单位 机构 我们 全公司 全校 全院 本店 商店".split())  # noqa: SIM905  # reads better


def prepared(tokens: Sequence[Token]) -> list[Token]:
    """Counting words go with what they count; single figures behind "each" too."""
    found: list[Token] = []
    for one in (_related(tokens, index) for index in range(len(tokens))):
        if one.letter in _SILENT or (one.letter == "U" and len(one.text) == 1 and not one.text.isalnum()):
            continue
        if _unit(one) and found and found[-1].letter == "N":
            continue  # 100天, 20度: what is counted, whatever it is
        if one.letter == "N" and one.value == 1 and found and found[-1].letter == "G":
            continue
        if one.letter == "K" and found and found[-1].letter == "K":
            continue
        if one.letter == "B" and len(found) > 1 and found[-1].letter == "&" and found[-2].letter == "C":
            found.pop()  # 营业额也不低于50亿
        if one.letter in "wM" and found and found[-1].letter == "B" and found[-1].value == "=":
            found[-1] = replace(found[-1], letter="i")  # 属于什么, 来自哪个: nothing is compared
        found.append(replace(one))
    return found


def _unit(one: Token) -> bool:
    vague = one.letter == "U" or (one.letter == "C" and one.score < _SURE)
    return vague and len(one.text) == 1 and bool(HAN.search(one.text))


def _related(tokens: Sequence[Token], index: int) -> Token:
    """The token as what it is beside its neighbours."""
    one, ahead = tokens[index], _heard(tokens[index + 1 :])
    after = "".join(each.letter for each in ahead[:2])
    if one.letter == "U" and not index and one.text in _WHOLE:
        return replace(one, letter="x")  # 公司有多少员工: all of them
    if one.text in ("一共有", "共有", "总共有") and after == "MC":
        return replace(one, letter="A", value="sum")  # of a column that counts
    if one.letter == "J" and index and tokens[index - 1].text in verbs() and after[:1] == "V":
        return replace(one, letter="x")  # 出口到日本
    return _verb(tokens, index, ahead)


def _heard(tokens: Sequence[Token]) -> list[Token]:
    return [each for each in tokens if each.letter not in _SILENT]


def _verb(tokens: Sequence[Token], index: int, ahead: Sequence[Token]) -> Token:
    """A verb between two things (沈默执导的电影) says what their keys say; alone (退回的包裹) it is unknown."""
    one = tokens[index]
    after = "".join(each.letter for each in ahead[:3])
    before = "".join(each.letter for each in _heard(tokens[:index])[-1:])
    if one.letter == "y":
        part_of_more = index and tokens[index - 1].letter == "U"  # 副作用 is one word that nobody knows
        return replace(one, letter="v" if not part_of_more and _joins(before, after) else "U")
    if one.letter not in "CT" or one.score >= _SURE or one.text not in verbs():
        return one
    lasting = ahead[:1] and ahead[0].letter == "M" and ahead[0].text.endswith(("年", "天", "时间", "久", "月"))
    whose = before in ("V", "T") and after[:2] in ("wT", "dT")
    stored = next((each.column for each in ahead[:2] if each.letter == "V"), None) if after[:2] == "iV" else None
    related = (
        after[:2] == "JV"
        or (stored is not None and stored != one.value)
        or (before in ("n", "T", "V", "C") and (after[:1] == "T" or _counts(after) or whose))
    )
    return replace(one, letter="v") if related and not lasting else one


def _joins(before: str, after: str) -> bool:
    """Whether what stands around a verb are things that it may join."""
    whose = before in ("T", "V", "C") and after[:2] in ("dT", "dC")
    last = (before in ("V", "C", "w") and after[:1] in ("", ",")) or (before in ("C", "w") and after == "d")
    thing = after[:1] == "V" or (after[:1] == "T" and before not in ("", ",", "d"))  # 免费展览 is some of them
    return thing or after.lstrip("i")[:2] in ("wT", "wC", "JV") or _counts(after) or whose or last


def _counts(after: str) -> bool:
    return after[:1] == "M" and after[1:2] in ("T", "C", "")
