"""Changes of a definition's text that leave people's comments and order where they are."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import unified_diff
from typing import Any

import yaml

from knowledge.lines import BadYaml, read_lines
from knowledge.mapping.definition import parse
from knowledge.mapping.faults import BadDefinition
from knowledge.mapping.rendering import rule_tree
from knowledge.mapping.rule import FieldRule

Pair = tuple[yaml.Node, yaml.Node]
_WIDE = 10_000  # one field, one line


def with_fields(text: str, fields: Mapping[str, FieldRule]) -> str:
    """The text with exactly these fields. Lines of fields that stay as they are aren't touched, nor is anything else.

    The text must be a valid definition.
    """
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    place = next(pair for pair in node.value if pair[0].value == "fields") if node else None
    assert place is not None  # noqa: S101 - a valid definition has fields; for the type checker
    lines = text.splitlines()
    edited = "" if place[1].flow_style else _edited(lines, place, read_lines(text, "").tree["fields"], fields)
    # Anchors and the like stand where their marks don't: then the fields are written out.
    return edited if edited and _says(edited, fields) else _written(lines, place, fields)


def _edited(lines: list[str], place: Pair, old: Mapping[str, Any], fields: Mapping[str, FieldRule]) -> str:
    """Line by line."""
    position, indent = place[0].start_mark.line + 1, " " * place[1].start_mark.column
    rewritten = lines[:position]
    for key, value in place[1].value:
        rewritten += lines[position : key.start_mark.line]  # comments before it
        position = _end(value)
        rule = fields.get(key.value)
        if rule is not None:
            same = rule_tree(rule) == old[key.value]
            rewritten += lines[key.start_mark.line : position] if same else [indent + _line(key.value, rule)]
    rewritten += [indent + _line(name, rule) for name, rule in fields.items() if name not in old]
    return "\n".join([*rewritten, *lines[position:]]) + "\n"


def _written(lines: list[str], place: Pair, fields: Mapping[str, FieldRule]) -> str:
    """All fields anew."""
    block = ["fields:", *(f"  {_line(name, rule)}" for name, rule in fields.items())]
    return "\n".join([*lines[: place[0].start_mark.line], *block, *lines[_end(place[1]) :]]) + "\n"


def _says(text: str, fields: Mapping[str, FieldRule]) -> bool:
    try:
        tree = read_lines(text, "").tree.get("fields")
    except BadYaml:
        return False
    return tree == {name: rule_tree(rule) for name, rule in fields.items()} or _parsed(text) == fields


def _parsed(text: str) -> Mapping[str, FieldRule] | None:
    try:
        return parse(text, "").fields
    except BadDefinition:
        return None


def difference(old: str, new: str) -> list[tuple[str, str]]:
    """("+", line), ("-", line) and (" ", line) of what changed, with a line around each change."""
    found = unified_diff(old.splitlines(), new.splitlines(), n=1, lineterm="")
    return [(line[:1], line[1:]) for line in found if not line.startswith(("---", "+++", "@@"))]


def _end(node: yaml.Node) -> int:
    """The number of the first line after a value."""
    mark = node.end_mark
    return mark.line if mark.column == 0 and mark.line > node.start_mark.line else mark.line + 1


def _line(name: str, rule: FieldRule) -> str:
    tree = rule_tree(rule)
    value = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, default_flow_style=True, width=_WIDE)
    # Not every blank goes: a column's name may end with one that people don't see.
    shown = value.rstrip("\n").removesuffix("...").strip(" \n")
    return f"{name}: {shown}"
