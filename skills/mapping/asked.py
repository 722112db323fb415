"""Which metric, business field or record a question about lineage means. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.lineage.graph import Lineage
from storage.fold import fold

_RECORD = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z\-]*\d)[A-Za-z]{1,4}-?\d[\d-]*(?![A-Za-z0-9])")
_ALSO = {  # how people say it beside the titles
    "received": ("回款", "到账", "payments", "received"),
    "contract_amount": ("合同额", "签约额", "contract value"),
    "mql_to_sql": ("线索转化", "转化率", "mql", "conversion"),
    "roas": ("投产比", "roas", "roi"),
    "attribution": ("渠道贡献", "归因", "attribution"),
    "won": ("赢单", "成交额", "won"),
    "leads": ("线索数", "线索量", "leads"),
    "spend": ("花费", "投放", "spend", "cost"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is meant: a metric, or a field of an entity ("" for all), or nothing in particular."""

    metric: str = ""
    entity: str = ""
    field: str = ""


def record_ids(text: str) -> list[str]:
    """What looks like the number of a record: SK000001, HT-2025-0004."""
    return list(dict.fromkeys(found.group() for found in _RECORD.finditer(text)))


def asked(text: str, lineage: Lineage) -> Asked:
    """The longest title in the text; a field's own title before a metric's, a metric's before an entity's."""
    words = fold(text)
    best: tuple[int, int, Asked] = (0, 0, Asked())
    for length, rank, meant in _candidates(words, lineage):
        if length:
            best = max(best, (length, rank, meant), key=lambda one: one[:2])
    return best[2]


def _candidates(words: str, lineage: Lineage) -> list[tuple[int, int, Asked]]:
    found = []
    for key, metric in lineage.metrics.items():
        for title in (*metric.title.values(), *_ALSO.get(key, ())):
            found.append((_length(title, words), 2, Asked(metric=key)))
    for name, entity in lineage.entities.items():
        for title in entity.title.values():
            found.append((_length(title, words), 1, Asked(entity=name)))
        for field, one in entity.fields.items():
            for title in one.title.values():
                whole = [f"{owner}{mark}{title}" for owner in entity.title.values() for mark in ("", "的")]
                longest = max(_length(text, words) for text in whole)
                distinct = _length(title, words) if len(fold(title)) > 2 else 0
                found.append((max(longest, distinct), 3, Asked(entity=name, field=field)))
    return found


def _length(title: str, words: str) -> int:
    folded = fold(title)
    return len(folded) if folded in words else 0
