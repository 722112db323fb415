"""What a sentence about data quality asks for. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.mapping.entities import load_entities
from knowledge.quality.gates import Gate, Standards
from storage.fold import fold

Wish = Literal["board", "pairs", "gate"]
_PAIRS = re.compile(r"重复|查重|去重|同一家|撞单|合并客户|(?i:duplicat|same company|doubles?\b|dedup)")
_INVALID = re.compile(r"无效|垃圾线索|(?i:invalid|junk|rejected leads?)")
_EMPTY = re.compile(r"缺|没有?填|没填|未填|空着|为空|漏填|不全|没有|(?i:missing|without|empty|blank|lack|no )")
_LISTED = re.compile(r"不规范|不标准|清单|标准|乱填|(?i:off.?list|golden|non.?standard)")
_LINKED = re.compile(r"对不上|关联不|找不到|没有合同|孤儿|(?i:dangling|orphan|without a contract|unlinked)")
_POSSIBLE = re.compile(r"不可能|不合理|异常|未来的?日期|负数|早于|(?i:impossible|implausible|negative|in the future)")
# How people call what the entities' titles don't say.
_CALLED = {
    "customer": ("客户", "customer", "account"),
    "lead": ("线索", "lead"),
    "deal": ("商机", "deal", "opportunit"),
}
_CALLED |= {"contract": ("合同", "contract"), "payment": ("回款", "payment"), "ticket": ("工单", "ticket")}
_CALLED |= {"touch": ("触点", "touch"), "campaign": ("活动", "campaign")}


@dataclass(frozen=True, slots=True)
class Asked:
    """The board, the pairs, or one gate."""

    wish: Wish
    gate: Gate | None = None


def read(text: str, standards: Standards) -> Asked:
    """The most telling thing that the words name; the board where nothing is."""
    if _PAIRS.search(text):
        return Asked("pairs")
    gate = _gate(fold(text), text, standards)
    return Asked("gate", gate) if gate else Asked("board")


def _gate(folded: str, text: str, standards: Standards) -> Gate | None:
    entities = [name for name, words in _CALLED.items() if any(word in folded for word in words)]
    if _INVALID.search(text):
        return standards.gate("lead.valid")
    for pattern, kind in ((_LISTED, "listed"), (_EMPTY, "filled")):
        found = _of_field(folded, kind, entities, standards) if pattern.search(text) else None
        if found:
            return found
    for pattern, kind in ((_LINKED, "linked"), (_POSSIBLE, "possible")):
        if pattern.search(text):
            named = (standards.gate(f"{entity}.{kind}") for entity in (*reversed(entities), *_CALLED))
            return next((gate for gate in named if gate), None)
    return None


def _of_field(folded: str, kind: str, entities: list[str], standards: Standards) -> Gate | None:
    """Of the named entity, else of the first that has such a gate: most people mean customers."""
    gates = [gate for gate in standards.gates if gate.kind == kind and _is_named(gate, folded)]
    return next((gate for gate in gates if gate.entity in entities), None) or (gates[0] if gates else None)


def _is_named(gate: Gate, folded: str) -> bool:
    field = load_entities()[gate.entity].fields[gate.field]
    names = (*field.title.values(), *field.headers, gate.field)
    return any(fold(name) in folded for name in names if len(name) > 1)
