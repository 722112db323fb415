"""The text of a definition, checked: `parse`. How one is written: `rendering.py`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from bot.contracts.sources import KINDS, Origin
from knowledge.lines import TAB, At, BadYaml, Lines, read_lines
from knowledge.mapping.definition_values import Said, word
from knowledge.mapping.entities import Entity, load_entities
from knowledge.mapping.faults import BadDefinition, Fault
from knowledge.mapping.rule import Definition, FieldRule, Fresh

_KEYS = ("source", "title", "system", "owner", "from", "every", "fresh", "key", "to", "zone", "rates", "fields")
_RULE_KEYS = ("from", "const", "join", "unit", "currency", "format", "words")
_FRESH_KEYS = ("by", "per", "yellow", "red", "working_days")
_SLUG = re.compile(r"[a-z0-9_]{1,60}")
LARGEST = 1_000_000  # characters of a definition


def parse(text: str, file: str, entities: Mapping[str, Entity] | None = None) -> Definition:
    """A definition. Raises BadDefinition (a ConfigurationError) with every fault: file, line, remedy."""
    if len(text) > LARGEST:
        raise BadDefinition(file, [Fault(1, (), "too_long", {"limit": LARGEST})])
    try:
        lines = read_lines(text, file)
    except BadYaml as error:
        problems = {"twice": "twice", "not_a_mapping": "not_a_mapping", TAB: "tab"}
        problem = problems.get(error.problem, "bad_yaml")
        details = {"word": error.key, "problem": error.problem}
        raise BadDefinition(file, [Fault(error.line, (), problem, details)]) from error
    parsing = _Parsing(lines, entities or load_entities())
    found = parsing.definition(text)
    if found is None or parsing.faults:
        raise BadDefinition(file, sorted(parsing.faults, key=lambda fault: fault.line))
    return found


def rule_of(tree: Any, entity: Entity, name: str) -> tuple[FieldRule | None, list[Fault]]:
    """One rule alone, for forms; its faults are at line 1."""
    parsing = _Parsing(Lines("", {}, {}), load_entities())
    return parsing.rule(entity, name, tree), parsing.faults


class _Parsing(Said):
    """One pass over one definition; faults are collected, so that whoever mends it mends it once."""

    def __init__(self, lines: Lines, entities: Mapping[str, Entity]) -> None:
        super().__init__(lines)
        self._entities = entities

    def definition(self, text: str) -> Definition | None:
        """The whole; None when something that the rest hangs on is missing."""
        tree = self._lines.tree
        self.known(tree, _KEYS, ())
        entity = self._entities.get(str(tree.get("to", "")))
        if entity is None:
            self.fault(("to",), "unknown_entity", value=tree.get("to", ""), expected=self._entities)
        source = self.text(tree, "source")
        if not _SLUG.fullmatch(source):
            self.fault(("source",), "bad_slug", value=source)
        origin = self._origin(tree.get("from"))
        if entity is None or origin is None:
            return None
        fields = self._fields(entity, tree.get("fields"))
        return Definition(
            source=source,
            entity=entity.name,
            origin=origin,
            fields=fields,
            title=self.text(tree, "title") or source,
            system=self.system(tree),
            owner=self.text(tree, "owner"),
            every_seconds=self.span(("every",), tree.get("every")),
            fresh=self._fresh(tree.get("fresh")),
            key=self._key(tree.get("key"), fields),
            zone=self.zone(tree),
            rates=self.rates(tree.get("rates") or {}),
            text=text,
        )

    def rule(self, entity: Entity, name: str, tree: Any) -> FieldRule | None:
        """How one field is filled; None when that can't be said."""
        at: At = ("fields", name)
        if name not in entity.fields:
            near = get_close_matches(name, entity.fields, 1)
            self.fault(at, "unknown_field", value=name, entity=entity.name, near=near or entity.fields)
            return None
        options = tree if isinstance(tree, Mapping) else {"from": tree}
        self.known(options, _RULE_KEYS, at)
        sources = self.names((*at, "from"), options.get("from"))
        if not sources and options.get("const") is None:
            self.fault(at, "no_source", value=name)
            return None
        if sources and options.get("const") is not None:
            self.fault(at, "source_and_const", value=name)
        self._fitting(entity.fields[name].type, options, at)
        currency, said_by = self.currency((*at, "currency"), options.get("currency"))
        return FieldRule(
            sources=sources,
            const=None if options.get("const") is None else word(options["const"]),
            join=str(options.get("join", " ")),
            unit=self.unit((*at, "unit"), options.get("unit")),
            currency=currency,
            currency_from=said_by,
            format=self.text(options, "format", at),
            words=self.words((*at, "words"), options.get("words")),
        )

    def _fields(self, entity: Entity, tree: Any) -> Mapping[str, FieldRule]:
        if not isinstance(tree, Mapping):
            self.fault(("fields",), "no_fields")
            return {}
        read = {str(name): self.rule(entity, str(name), value) for name, value in tree.items()}
        missing = [name for name in entity.required if name not in tree]
        for name in missing:
            self.fault(("fields",), "field_missing", name=name, title=entity.fields[name].named())
        return {name: rule for name, rule in read.items() if rule}

    def _fitting(self, kind: str, options: Mapping[str, Any], at: At) -> None:
        """Options that mean nothing for a type are mistakes, not decoration."""
        wanted = {"unit": {"money"}, "currency": {"money"}, "format": {"date", "time"}}
        for option, kinds in wanted.items():
            if options.get(option) is not None and kind not in kinds:
                self.fault((*at, option), "wrong_option", option=option, kind=kind)

    def _origin(self, tree: Any) -> Origin | None:
        if not isinstance(tree, Mapping) or not isinstance(tree.get("kind"), str):
            self.fault(("from",), "no_origin")
            return None
        if tree["kind"] not in KINDS:
            near = get_close_matches(tree["kind"], KINDS, 1)
            self.fault(("from", "kind"), "unknown_kind", value=tree["kind"], near=near or KINDS)
            return None
        return Origin(tree["kind"], {str(key): value for key, value in tree.items() if key != "kind"})

    def _fresh(self, tree: Any) -> Fresh | None:
        if tree is None:
            return None
        if not isinstance(tree, Mapping):
            self.fault(("fresh",), "bad_fresh")
            return None
        self.known(tree, _FRESH_KEYS, ("fresh",))
        spans = [self.span(("fresh", key), tree.get(key)) for key in ("yellow", "red")]
        if spans[0] and spans[1] and spans[0] >= spans[1]:
            self.fault(("fresh", "yellow"), "yellow_after_red")
        by, per = (self.text(tree, key, ("fresh",)) for key in ("by", "per"))
        return Fresh(by, per, spans[0], spans[1], tree.get("working_days") is True)

    def _key(self, tree: Any, fields: Mapping[str, FieldRule]) -> tuple[str, ...]:
        """The fields that identify a row: as said, or those that the record's id is made of."""
        if names := self.names(("key",), tree):
            return names
        sources = fields["id"].sources if "id" in fields else ()
        if not sources:
            self.fault(("key",), "no_key")
        return sources
