"""A definition as its text: `render`."""

from __future__ import annotations

from typing import Any

import yaml

from knowledge.mapping.rule import Definition, FieldRule, Fresh


def render(definition: Definition) -> str:
    """The YAML of a definition: the very text it was read from, or what it would be written as."""
    return definition.text or yaml.safe_dump(
        _tree(definition), allow_unicode=True, sort_keys=False, default_flow_style=None, width=110
    )


def rule_tree(rule: FieldRule) -> Any:
    """A rule as YAML says it: a name alone where that is all."""
    if rule.const is not None:
        return {"const": rule.const} | _options(rule)
    options = _options(rule)
    if len(rule.sources) > 1:
        return {"from": list(rule.sources), "join": rule.join} | options
    return {"from": rule.sources[0], **options} if options else rule.sources[0]


def _options(rule: FieldRule) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if rule.unit:
        found["unit"] = rule.unit
    if rule.currency or rule.currency_from:
        found["currency"] = rule.currency or {"from": rule.currency_from}
    if rule.format:
        found["format"] = rule.format
    if rule.words:
        found["words"] = dict(rule.words)
    return found


def _tree(definition: Definition) -> dict[str, Any]:
    one = definition
    tree: dict[str, Any] = {"source": one.source, "title": one.title, "system": one.system, "owner": one.owner}
    tree["from"] = {"kind": one.origin.kind, **one.origin.options}
    tree["every"] = f"{one.every_seconds // 60}m" if one.every_seconds else None
    tree["fresh"] = _fresh_tree(one.fresh) if one.fresh else None
    tree["key"] = one.key[0] if len(one.key) == 1 else list(one.key)
    tree |= {"to": one.entity, "zone": one.zone, "rates": {code: float(rate) for code, rate in one.rates.items()}}
    kept = {key: value for key, value in tree.items() if value not in (None, "", [], {})}
    return kept | {"fields": {name: rule_tree(rule) for name, rule in one.fields.items()}}


def _fresh_tree(fresh: Fresh) -> dict[str, Any]:
    hours = {"yellow": fresh.yellow_seconds, "red": fresh.red_seconds}
    spans = {key: f"{seconds // 60}m" for key, seconds in hours.items() if seconds}
    named = {key: value for key, value in (("by", fresh.by), ("per", fresh.per)) if value}
    return named | spans | ({"working_days": True} if fresh.working_days else {})
