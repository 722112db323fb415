"""The text of a definition, checked: `parse` and `render`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bot.contracts.sources import Origin
from knowledge.lines import At, BadYaml, Lines, read_lines
from knowledge.mapping.entities import Entity, load_entities
from knowledge.mapping.faults import BadDefinition, Fault
from knowledge.mapping.rule import UNITS, Definition, FieldRule, Fresh

SYSTEMS = ("marketing", "sales", "service", "finance", "other")
_KEYS = ("source", "title", "system", "owner", "from", "every", "fresh", "key", "to", "zone", "rates", "fields")
_RULE_KEYS = ("from", "const", "join", "unit", "currency", "format", "words")
_FRESH_KEYS = ("by", "per", "yellow", "red", "working_days")
_SLUG = re.compile(r"[a-z0-9_]{1,60}")
_SPAN = re.compile(r"(\d{1,5})\s*(m|min|h|d|w|分钟|小时|天|周)")
_SECONDS = {
    "m": 60,
    "min": 60,
    "分钟": 60,
    "h": 3600,
    "小时": 3600,
    "d": 86_400,
    "天": 86_400,
    "w": 604_800,
    "周": 604_800,
}
_CURRENCY = re.compile(r"[A-Z]{3}")
LARGEST = 1_000_000  # characters of a definition


def parse(text: str, file: str, entities: Mapping[str, Entity] | None = None) -> Definition:
    """A definition. Raises BadDefinition (a ConfigurationError) with every fault: file, line, remedy."""
    if len(text) > LARGEST:
        raise BadDefinition(file, [Fault(1, (), "too_long", {"limit": LARGEST})])
    try:
        lines = read_lines(text, file)
    except BadYaml as error:
        problem = error.problem if error.problem in {"twice", "not_a_mapping"} else "bad_yaml"
        details = {"word": error.key, "problem": error.problem}
        raise BadDefinition(file, [Fault(error.line, (), problem, details)]) from error
    parsing = _Parsing(lines, entities or load_entities())
    found = parsing.definition(text)
    if found is None or parsing.faults:
        raise BadDefinition(file, sorted(parsing.faults, key=lambda fault: fault.line))
    return found


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


def rule_of(tree: Any, entity: Entity, name: str) -> tuple[FieldRule | None, list[Fault]]:
    """One rule alone, for forms; its faults are at line 1."""
    parsing = _Parsing(Lines("", {}, {}), load_entities())
    return parsing.rule(entity, name, tree), parsing.faults


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


class _Parsing:
    """One pass over one definition; faults are collected, so that whoever mends it mends it once."""

    def __init__(self, lines: Lines, entities: Mapping[str, Entity]) -> None:
        self._lines = lines
        self._entities = entities
        self.faults: list[Fault] = []

    def definition(self, text: str) -> Definition | None:
        """The whole; None when something that the rest hangs on is missing."""
        tree = self._lines.tree
        self._known(tree, _KEYS, ())
        entity = self._entities.get(str(tree.get("to", "")))
        if entity is None:
            self._fault(("to",), "unknown_entity", value=tree.get("to", ""), expected=self._entities)
        source = self._text(tree, "source")
        if not _SLUG.fullmatch(source):
            self._fault(("source",), "bad_slug", value=source)
        origin = self._origin(tree.get("from"))
        if entity is None or origin is None:
            return None
        fields = self._fields(entity, tree.get("fields"))
        return Definition(
            source=source,
            entity=entity.name,
            origin=origin,
            fields=fields,
            title=self._text(tree, "title") or source,
            system=self._system(tree),
            owner=self._text(tree, "owner"),
            every_seconds=self._span(("every",), tree.get("every")),
            fresh=self._fresh(tree.get("fresh")),
            key=self._key(tree.get("key"), fields),
            zone=self._zone(tree),
            rates=self._rates(tree.get("rates") or {}),
            text=text,
        )

    def rule(self, entity: Entity, name: str, tree: Any) -> FieldRule | None:
        """How one field is filled; None when that can't be said."""
        at: At = ("fields", name)
        if name not in entity.fields:
            near = get_close_matches(name, entity.fields, 1)
            self._fault(at, "unknown_field", value=name, entity=entity.name, near=near or entity.fields)
            return None
        options = tree if isinstance(tree, Mapping) else {"from": tree}
        self._known(options, _RULE_KEYS, at)
        sources = self._names((*at, "from"), options.get("from"))
        if not sources and options.get("const") is None:
            self._fault(at, "no_source", value=name)
            return None
        if sources and options.get("const") is not None:
            self._fault(at, "source_and_const", value=name)
        self._fitting(entity.fields[name].type, options, at)
        currency, said_by = self._currency((*at, "currency"), options.get("currency"))
        return FieldRule(
            sources=sources,
            const=None if options.get("const") is None else _word(options["const"]),
            join=str(options.get("join", " ")),
            unit=self._unit((*at, "unit"), options.get("unit")),
            currency=currency,
            currency_from=said_by,
            format=self._text(options, "format", at),
            words=self._words((*at, "words"), options.get("words")),
        )

    def _fields(self, entity: Entity, tree: Any) -> Mapping[str, FieldRule]:
        if not isinstance(tree, Mapping):
            self._fault(("fields",), "no_fields")
            return {}
        read = {str(name): self.rule(entity, str(name), value) for name, value in tree.items()}
        missing = [name for name in entity.required if name not in tree]
        for name in missing:
            self._fault(("fields",), "field_missing", name=name, title=entity.fields[name].named())
        return {name: rule for name, rule in read.items() if rule}

    def _fitting(self, kind: str, options: Mapping[str, Any], at: At) -> None:
        """Options that mean nothing for a type are mistakes, not decoration."""
        wanted = {"unit": {"money"}, "currency": {"money"}, "format": {"date", "time"}}
        for option, kinds in wanted.items():
            if options.get(option) is not None and kind not in kinds:
                self._fault((*at, option), "wrong_option", option=option, kind=kind)

    def _origin(self, tree: Any) -> Origin | None:
        if not isinstance(tree, Mapping) or not isinstance(tree.get("kind"), str):
            self._fault(("from",), "no_origin")
            return None
        return Origin(tree["kind"], {str(key): value for key, value in tree.items() if key != "kind"})

    def _fresh(self, tree: Any) -> Fresh | None:
        if tree is None:
            return None
        if not isinstance(tree, Mapping):
            self._fault(("fresh",), "bad_fresh")
            return None
        self._known(tree, _FRESH_KEYS, ("fresh",))
        spans = [self._span(("fresh", key), tree.get(key)) for key in ("yellow", "red")]
        if spans[0] and spans[1] and spans[0] >= spans[1]:
            self._fault(("fresh", "yellow"), "yellow_after_red")
        by, per = (self._text(tree, key, ("fresh",)) for key in ("by", "per"))
        return Fresh(by, per, spans[0], spans[1], tree.get("working_days") is True)

    def _key(self, tree: Any, fields: Mapping[str, FieldRule]) -> tuple[str, ...]:
        """The fields that identify a row: as said, or those that the record's id is made of."""
        if names := self._names(("key",), tree):
            return names
        sources = fields["id"].sources if "id" in fields else ()
        if not sources:
            self._fault(("key",), "no_key")
        return sources

    def _rates(self, tree: Any) -> Mapping[str, Decimal]:
        rates: dict[str, Decimal] = {}
        for code, rate in tree.items() if isinstance(tree, Mapping) else [("", tree)]:
            try:
                rates[str(code)] = Decimal(str(rate))
            except InvalidOperation:
                rates[str(code)] = Decimal(0)
            if not _CURRENCY.fullmatch(str(code)) or not 0 < rates[str(code)] < LARGEST:
                self._fault(("rates", str(code)), "bad_rate", code=code, rate=rate)
        return rates

    def _currency(self, at: At, value: Any) -> tuple[str, str]:
        if value is None:
            return "", ""
        if isinstance(value, Mapping) and isinstance(value.get("from"), str):
            return "", value["from"]
        code = str(value).upper()
        if not _CURRENCY.fullmatch(code):
            self._fault(at, "bad_currency", value=value)
        elif code != "CNY" and code not in (self._lines.tree.get("rates") or {}) and self._lines.tree:
            self._fault(at, "no_rate", code=code)
        return code, ""

    def _unit(self, at: At, value: Any) -> str:
        if value is not None and value not in UNITS:
            self._fault(at, "bad_unit", value=value, expected=("元", "万元", "千元", "分"))
        return "" if value is None else str(value)

    def _words(self, at: At, value: Any) -> Mapping[str, str]:
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self._fault(at, "bad_words")
            return {}
        return {str(theirs): _word(ours) for theirs, ours in value.items()}

    def _zone(self, tree: Mapping[str, Any]) -> str:
        name = self._text(tree, "zone")
        try:
            return ZoneInfo(name).key if name else ""
        except (ValueError, OSError, KeyError):
            self._fault(("zone",), "bad_zone", value=name)
            return ""

    def _system(self, tree: Mapping[str, Any]) -> str:
        system = self._text(tree, "system") or "other"
        if system not in SYSTEMS:
            self._fault(("system",), "bad_system", value=system, expected=SYSTEMS)
        return system

    def _span(self, at: At, value: Any) -> int | None:
        if value is None:
            return None
        found = _SPAN.fullmatch(str(value).strip())
        if found is None or int(found[1]) == 0:
            self._fault(at, "bad_span", value=value)
            return None
        return int(found[1]) * _SECONDS[found[2]]

    def _names(self, at: At, value: Any) -> tuple[str, ...]:
        names = value if isinstance(value, list) else [] if value is None else [value]
        if any(isinstance(name, (list, dict)) or name is None or str(name) == "" for name in names):
            self._fault(at, "bad_names")
            return ()
        return tuple(str(name) for name in names)

    def _text(self, tree: Mapping[str, Any], key: str, at: At = ()) -> str:
        value = tree.get(key)
        if isinstance(value, (list, dict)):
            self._fault((*at, key), "not_text", word=key)
            return ""
        return "" if value is None else str(value)

    def _known(self, tree: Mapping[str, Any], keys: Iterable[str], at: At) -> None:
        for key in tree:
            if key not in keys:
                near = get_close_matches(str(key), tuple(keys), 1)
                self._fault((*at, key), "unknown_key", word=key, expected=near or keys)

    def _fault(self, at: At, problem: str, **details: object) -> None:
        said = {
            key: "、".join(value) if isinstance(value, (list, tuple, Mapping)) else value
            for key, value in details.items()
        }
        self.faults.append(Fault(self._lines.line(at), at, problem, said))


def _word(value: Any) -> str:
    """A plain true or no in YAML is a truth value; people meant the word."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
