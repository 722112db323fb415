"""The canvas as a form: rules of fields as the values of controls, and back. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.mapping.definition import rule_of
from knowledge.mapping.entities import Entity, EntityField
from knowledge.mapping.faults import Fault
from knowledge.mapping.rule import FieldRule
from knowledge.mapping.suggest import Suggestion

CONST = "="  # what the choice of a field says when its value is constant
_COLUMN = "@"  # before the source's field that says the currency
_ARROW = "="  # between a word of the source and ours


@dataclass(frozen=True, slots=True)
class Target:
    """One business field on the canvas."""

    name: str
    title: str
    field: EntityField
    chosen: str  # value of its choice: "", CONST, or the source's fields as JSON
    const: str
    unit: str
    currency: str
    format: str
    words: str  # one "theirs = ours" a line
    join: str
    options: bool  # whether anything of the small form is filled in
    suggestion: Suggestion | None = None


def target(name: str, field: EntityField, rule: FieldRule | None, lang: str, suggestion: Suggestion | None) -> Target:
    """A business field as it stands in the definition."""
    rule = rule or FieldRule()
    currency = f"{_COLUMN}{rule.currency_from}" if rule.currency_from else rule.currency
    words = "\n".join(f"{theirs} {_ARROW} {ours}" for theirs, ours in rule.words.items())
    plain = rule.unit in ("", "元")
    options = bool(not plain or currency or rule.format or words or rule.const is not None)
    chosen = CONST if rule.const is not None else choice(rule.sources) if rule.sources else ""
    const = rule.const or ""
    return Target(
        name,
        field.named(lang),
        field,
        chosen,
        const,
        rule.unit,
        currency,
        rule.format,
        words,
        rule.join,
        options,
        suggestion,
    )


def choice(sources: tuple[str, ...]) -> str:
    """The value of an option for one or several fields of the source."""
    return json.dumps(list(sources), ensure_ascii=False)


def rules(form: Mapping[str, str], entity: Entity) -> tuple[dict[str, FieldRule], list[Fault]]:
    """The rules that a form says, in the entity's order, and what is wrong with them."""
    found: dict[str, FieldRule] = {}
    faults: list[Fault] = []
    for name in entity.fields:
        tree = _tree(form, name)
        if tree is None:
            continue
        rule, wrong = rule_of(tree, entity, name)
        faults += wrong
        if rule is not None:
            found[name] = rule
    return found, faults


def _tree(form: Mapping[str, str], name: str) -> dict[str, Any] | None:
    """A rule as YAML would say it; None for a field that isn't mapped."""
    chosen = form.get(f"from:{name}", "")
    if not chosen:
        return None
    said = {key: form.get(f"{key}:{name}", "").strip() for key in ("unit", "format", "currency")}
    tree: dict[str, Any] = {key: value for key, value in said.items() if value}
    if said["currency"].startswith(_COLUMN):
        tree["currency"] = {"from": said["currency"].removeprefix(_COLUMN)}
    tree |= {"const": form.get(f"const:{name}", "")} if chosen == CONST else {"from": _sources(chosen)}
    if join := form.get(f"join:{name}", ""):
        tree["join"] = join
    if words := _words(form.get(f"words:{name}", "")):
        tree["words"] = words
    return tree


def _sources(chosen: str) -> list[str]:
    try:
        names = json.loads(chosen)
    except ValueError:
        return [chosen]
    return [str(name) for name in names] if isinstance(names, list) else [chosen]


def _words(text: str) -> dict[str, str]:
    pairs = (
        line.partition(_ARROW)
        for line in text.replace("＝", _ARROW).splitlines()
        if _ARROW in line.replace("＝", _ARROW)
    )
    return {theirs.strip(): ours.strip() for theirs, _, ours in pairs if theirs.strip()}
