"""Every word that names something of the registry or its data, and what it names; built once for each state of both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from config.attribution import known as known_channels
from knowledge.metrics.registry import Registry, Table, Title
from knowledge.playbook.vocabulary import Vocabulary
from knowledge.questions.cues import filler_words, heads
from knowledge.questions.outcome import UNITS, KnownValues
from knowledge.questions.tokens import Meaning
from knowledge.retrieval.folding import fold

Named = tuple[str, Meaning]

SHORTEST = 2  # characters of a name that stand for all of it: 展会 for 展会扫码
_RECORDS = ("记录", "明细")
_MOST_CUSTOMERS = 20_000  # of more only the whole names are known
_SHORTEST_CUSTOMER = 4
_LEGAL_FORM = re.compile(r"(?:股份|集团)*(?:有限(?:责任)?公司|公司|集团)$")
_TEAM_ENDS = ("组", "团队", "小组", "队", "部")
_PLACES = re.compile(r"(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区|特别行政区)$")
_NEGATIONS = "无未不非没"  # 响应 is no short name of 无响应
_RESULTS = {"open": ("进行中",), "won": (), "lost": ()}


@cache
def folded(text: str) -> str:
    """As questions are compared."""
    return fold(text).lower()


def names(registry: Registry, values: KnownValues, vocabulary: Vocabulary) -> Iterator[Named]:
    """Words and what each names; a word may come several times."""
    own = list(_of_registry(registry))
    taken = {word for word, _ in own} | filler_words()
    things = {word for word, one in own if one.kind in ("rows", "dimension") and len(word) > 1}
    yield from own
    yield from _exact(registry, values, vocabulary)
    for dimension, shown in values.items():
        if dimension in registry.dimensions:
            yield from ((word, one) for word, one in _short(dimension, shown, things) if word not in taken)


def _of_registry(registry: Registry) -> Iterator[Named]:
    for name, metric in registry.metrics.items():
        yield from _titled(metric.title, Meaning("metric", name))
    for word, several in registry.ambiguous.items():
        yield from ((folded(word), Meaning("metric", name)) for name in several)
    for name, dimension in registry.dimensions.items():
        meaning = Meaning("dimension", name)
        yield from _titled(dimension.title, meaning)
        said = f"{dimension.title.zh} {dimension.title.en}".lower()
        yield from ((head, meaning) for head in heads() if head.rstrip("s") in said)
    for table in registry.tables.values():
        yield from _of_table(table)


def _of_table(table: Table) -> Iterator[Named]:
    rows = Meaning("rows", table.name)
    yield from _titled(table.title, rows)
    for word in (table.title.zh, *table.title.synonyms):
        stems = [word.removesuffix(end) for end in _RECORDS if word.endswith(end)]
        yield from ((stem + end, rows) for stem in stems for end in ("流水", *_RECORDS))
    for column in table.columns.values():
        if column.kind in ("money", "number", "day", "moment"):
            yield from _titled(column.title, Meaning("column", table.name, column.name))


def _titled(title: Title, meaning: Meaning) -> Iterator[Named]:
    return ((folded(word), meaning) for word in (title.zh, title.en, *title.synonyms))


def _exact(registry: Registry, values: KnownValues, vocabulary: Vocabulary) -> Iterator[Named]:
    for dimension, shown in values.items():
        if dimension not in registry.dimensions:
            continue
        for value, label in shown.items():
            for word in {value, label, *_also(dimension, value, label)} - {""}:
                if _can_stand_alone(word):
                    yield folded(word), Meaning("value", dimension, value)
    for unit, regions in values.get(UNITS, {}).items():
        for word in {unit, unit.removesuffix("大区")} - {""}:
            yield from ((folded(word), Meaning("value", "region", one)) for one in regions.split("|"))
    for name, described in registry.dimensions.items():
        if described.vocabulary:
            yield from _of_vocabulary(name, described.vocabulary, values.get(name, {}), vocabulary)


def _can_stand_alone(word: str) -> bool:
    """A single letter or figure says too little: "A" is not tier A, "A级" is."""
    return len(word) > 1


def _also(dimension: str, value: str, label: str) -> Iterator[str]:
    """Usual other words for a value."""
    if dimension == "tier" and len(value) <= 2:
        yield from (
            f"{value}{end}" for end in ("级", "类", "档", "等", "级客户的", "-tier", " tier", " level", " class")
        )
        yield from (f"{begin} {value}" for begin in ("tier", "level", "class", "grade"))
    elif dimension == "province":
        yield _PLACES.sub("", value)
        yield from (_PLACES.sub("", value) + end for end in ("省", "市"))
        yield _pinyin(_PLACES.sub("", value))
    elif dimension == "channel":
        yield from known_channels().names(value)
        yield f"{value}渠道"
    elif dimension == "team":
        stem = next((value.removesuffix(end) for end in _TEAM_ENDS if value.endswith(end)), value)
        yield from (stem + end for end in _TEAM_ENDS)
        yield from (f"{stem} {end}" for end in ("team", "group"))
    elif dimension == "rep" and label != value:
        yield from _people(label)
    elif dimension == "result":
        yield from _RESULTS.get(value, ())


def _people(name: str) -> Iterator[str]:
    """张敏 as zhang min, min zhang, zhangmin; 林凯文 also as 凯文."""
    if not name or name.isascii():
        return
    parts = _syllables(name)
    given = "".join(parts[1:])
    yield from (f"{parts[0]} {given}", f"{given} {parts[0]}", f"{parts[0]}{given}")
    if len(name) == 3:
        yield name[1:]


def _syllables(name: str) -> list[str]:
    from pypinyin import lazy_pinyin  # imported here: a quarter of a second

    return [str(one) for one in lazy_pinyin(name)]


def _pinyin(name: str) -> str:
    return "".join(_syllables(name))


def _of_vocabulary(dimension: str, listed: str, shown: Mapping[str, str], vocabulary: Vocabulary) -> Iterator[Named]:
    """The company's words for values. A term's value is what is stored under its label or key, else all that its words
    name: 激光机 are the models of that family."""
    stored = {folded(value): value for value in shown}
    for term in vocabulary.terms(listed):
        labels = [folded(one) for one in (term.shown["zh"], term.key, term.shown["en"])]
        found = [stored[one] for one in labels if one in stored][:1]
        if not found:
            found = [stored[word] for one in term.words if (word := folded(one)) in stored]
        if not found and not shown:
            found = [term.key]
        for word in {*labels, *(folded(one) for one in term.words)}:
            if word not in stored:
                yield from ((word, Meaning("value", dimension, value)) for value in found)


def _short(dimension: str, shown: Mapping[str, str], things: set[str]) -> Iterator[Named]:
    """Beginnings and ends that only one value has. Not of people and numbers, and not of thousands."""
    if dimension == "customer":
        yield from _customers(shown)
    if dimension in ("rep", "customer", "campaign", "province", "tier", "severity") or len(shown) > 200:
        return
    labels = {folded(label or value): value for value, label in shown.items()}
    parts: dict[str, set[str]] = {}
    for label, value in labels.items():
        for part in _parts(label, things):
            parts.setdefault(part, set()).add(value)
    for part, found in parts.items():
        if len(found) == 1 and part not in labels:
            yield part, Meaning("value", dimension, next(iter(found)))


def _customers(shown: Mapping[str, str]) -> Iterator[Named]:
    """常州建岳金属制品有限公司 as 常州建岳, 建岳金属, or without its legal form, where only one is called so."""
    parts: dict[str, set[str]] = {}
    if len(shown) > _MOST_CUSTOMERS:
        return
    for value, label in shown.items():
        stem = _LEGAL_FORM.sub("", folded(label))
        for part in {stem, stem[:4], stem[:6], stem[2:], stem[2:6]}:
            if len(part) >= _SHORTEST_CUSTOMER and not part.isascii():
                parts.setdefault(part, set()).add(value)
    for part, found in parts.items():
        if len(found) == 1:
            yield part, Meaning("value", "customer", next(iter(found)))


def _parts(label: str, things: set[str]) -> Iterable[str]:
    """No part has any of a thing's name in it: 老客 of 老客户转介绍 would be said of any customer."""
    if label.isascii() or len(label) <= SHORTEST or label[0] in _NEGATIONS:
        return ()
    named = [label.find(thing) for thing in things if thing in label]
    ends = [label.find(thing) + len(thing) for thing in things if thing in label]
    heads_to, tails_from = min(named, default=len(label) - 1), max(ends, default=1)
    heads_of = {label[:size] for size in range(SHORTEST, heads_to + 1)}
    return heads_of | {label[at:] for at in range(tails_from, len(label) - SHORTEST + 1)}
