"""YAML with line numbers, so that a fault in a signal's file can be named by its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from bot.contracts.errors import ConfigurationError

At = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """What a file says, and on which line each part of it begins."""

    path: Path
    tree: Mapping[str, Any]
    line_of: Mapping[At, int]

    def fault(self, at: At, problem: str) -> str:
        """`file:line: problem`, with the line of the closest part that exists."""
        while at and at not in self.line_of:
            at = at[:-1]
        return f"config/signals/{self.path.name}:{self.line_of.get(at, 1)}: {problem}"


def read_lines(path: Path) -> Lines:
    """Read a file. Raises ConfigurationError when it isn't YAML, isn't a mapping, or says a key twice."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)  # libyaml: ten times as quick
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"config/signals/{path.name}:{line}: {error.problem}. Correct the YAML.") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"config/signals/{path.name}: {error}. Save it as YAML in UTF-8.") from error
    if not isinstance(node, yaml.MappingNode):
        raise ConfigurationError(f"config/signals/{path.name}:1: begin each signal with its key and a colon.")
    line_of: dict[At, int] = {}
    return Lines(path, _value(node, (), line_of, path), line_of)


def _value(node: yaml.Node, at: At, line_of: dict[At, int], path: Path) -> Any:
    line_of.setdefault(at, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, at, line_of, path)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*at, number), line_of, path) for number, item in enumerate(node.value)]
    # Only a plain scalar can be a number or a truth value; what stands in quotes is text.
    plain = isinstance(node, yaml.ScalarNode) and not node.style
    return SafeConstructor().construct_object(node) if plain else node.value


def _mapping(node: yaml.MappingNode, at: At, line_of: dict[At, int], path: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in found:
            raise ConfigurationError(f"config/signals/{path.name}:{line}: {key!r} is there twice; remove one.")
        line_of[*at, key] = line
        found[key] = _value(value_node, (*at, key), line_of, path)
    return found
