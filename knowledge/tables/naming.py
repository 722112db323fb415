"""What columns and tables may be called: their names split, translated, compared with words of a question. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from knowledge.tables.lexicon import lemma, lexicon

HAN = re.compile(r"[\u3400-\u9fff]")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[\u3400-\u9fff]+")
_LIGHT = frozenset(
    "id ID 编号 the of and 所属 所在 是否 每 主要 on at in by 日期 时间 date time 年份 year 量 数量 数 "  # noqa: SIM905  # reads better
    "情况 信息 名称 名 记录 表 列表 明细".split()
)
_WHEN = frozenset(("日期", "时间", "年份", "年度", "时候", "年", "日子"))
_OWNERS = frozenset(("所在", "所属", "对应", "具体", "所"))  # 所在城市 where it is called 城市
_TINY = 0.2  # weight of a word that says little
_PARTLY = 0.72  # one Chinese word holds the other: 书 in 图书, 收入 in 营业收入


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a name: its words, from the first to the head."""

    words: tuple[str, ...]
    weights: tuple[float, ...]


def split(name: str) -> tuple[str, ...]:
    """`dept_name`, `DeptName`, `部门名称` → words in lower case, abbreviations written out."""
    found: list[str] = []
    for word in _CAMEL.findall(name):
        if HAN.search(word):
            found.extend(segment(word))
        else:
            low = word.lower()
            found.extend((lexicon().short.get(low) or lexicon().short.get(lemma(low)) or lemma(low)).split())
    return tuple(found)


@lru_cache(8192)
def segment(text: str) -> tuple[str, ...]:
    """Chinese words of a name; words of the lexicon stay whole."""
    known = lexicon().english
    if text in known:
        return (text,)
    from knowledge.retrieval.dictionary import segmenter

    return tuple(segmenter().cut(text, HMM=False))


def form(name: str, belongs: str = "") -> Form:
    """A name's words; those that only repeat the table's name weigh little."""
    words = split(name)
    table = set(split(belongs)) if belongs else set()
    weights = [_TINY if word in _LIGHT or word in table else 1.0 for word in words]
    if weights and max(weights) < 1.0:
        weights[-1] = 1.0
    return Form(words, tuple(weights))


@lru_cache(100_000)
def alike(said: str, named: str) -> float:
    """How far two words mean the same: 1 equal, 0 not at all."""
    if said == named:
        return 1.0
    ours, theirs = bool(HAN.search(said)), bool(HAN.search(named))
    if ours and theirs:
        return _chinese(said, named)
    if ours != theirs:
        chinese, english = (said, named) if ours else (named, said)
        return _across(chinese, english)
    if _stem(said) == _stem(named):
        return 0.85
    return 0.9 if lemma(said) == lemma(named) else 0.8 if lemma(named) in lexicon().same.get(lemma(said), ()) else 0.0


def _stem(word: str) -> str:
    """hired, hiring → hir; a word of letters alone, and long enough to be sure."""
    for ending in ("ing", "ed", "es", "e", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _across(chinese: str, english: str) -> float:
    found = lexicon().english.get(chinese, frozenset())
    if english in found:
        return 0.95
    if any(_stem(english) == _stem(one) for one in found):
        return 0.9
    if any(english in lexicon().same.get(one, ()) for one in found):
        return 0.8
    return 0.0


def _chinese(said: str, named: str) -> float:
    ours, theirs = lexicon().english.get(said, frozenset()), lexicon().english.get(named, frozenset())
    if said in _WHEN and named in _WHEN:
        return 0.85
    if (ours & theirs) - {"number"}:
        return 0.85
    if said in named or named in said:
        short, long = sorted((len(said), len(named)))
        return _PARTLY + 0.2 * short / long
    if len(said) == len(named) == 3 and said[:2] == named[:2]:
        return 0.6  # 电子版, 电子书
    return 0.0


def score(words: tuple[str, ...], name: Form) -> float:
    """How well a stretch of a question says a name: every word has to be in it, and most of it has to be said."""
    if not words or not name.words:
        return 0.0
    if "".join(words) == "".join(name.words) or " ".join(words) == " ".join(name.words):
        return 1.0
    matrix = [[alike(word, other) for other in name.words] for word in words]
    said = [max(*row, 0.9 if word in _OWNERS else 0.0) for word, row in zip(words, matrix, strict=True)]
    if min(said) == 0.0:
        return 0.0
    hit = [max(row[index] for row in matrix) for index in range(len(name.words))]
    total = sum(name.weights)
    covered = sum(weight * value for weight, value in zip(name.weights, hit, strict=True)) / total
    head = hit[-1] if name.words[-1] not in _LIGHT else max(hit[-2:])
    return math.sqrt(sum(said) / len(said)) * (0.3 + 0.5 * covered + 0.2 * head)


def forms_of(name: str, title: str, synonyms: tuple[str, ...], comment: str, belongs: str) -> Iterator[Form]:
    """Every way in which something may be called."""
    for text in dict.fromkeys((name, title, comment if len(comment) <= 16 else "", *synonyms)):
        if text:
            made = form(text, belongs)
            yield made
            whole = phrase(made.words)
            if whole is not None:
                yield whole


def phrase(words: tuple[str, ...]) -> Form | None:
    """English words that the lexicon knows as one thing (life expectancy), as one word of the comparison."""
    joined = " ".join(words)
    return Form((joined,), (1.0,)) if len(words) > 1 and joined in lexicon().chinese else None
