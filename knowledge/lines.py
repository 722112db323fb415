"""YAML with line numbers, so that a fault in a file that people edit can be named by its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

At = tuple[str | int, ...]
TAB = "a tab where only spaces may stand"
MOST = 100_000  # values of one file: aliases of aliases make millions out of a few lines


class BadYaml(Exception):
    """A text isn't YAML, isn't a mapping or says a key twice; `problem` is not_a_mapping, twice, or YAML's words."""

    def __init__(self, line: int, problem: str, key: str = "") -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem
        self.key = key


@dataclass(frozen=True, slots=True)
class Lines:
    """What a file says, and on which line each part of it begins."""

    label: str  # how the file is called in faults
    tree: Mapping[str, Any]
    line_of: Mapping[At, int]

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.label.rsplit("/", 1)[-1]

    def line(self, at: At) -> int:
        """The line of the closest part that exists."""
        while at and at not in self.line_of:
            at = at[:-1]
        return self.line_of.get(at, 1)

    def fault(self, at: At, problem: str) -> str:
        """`file:line: problem`."""
        return f"{self.label}:{self.line(at)}: {problem}"


def read_lines(text: str, label: str) -> Lines:
    """What a text says. Raises BadYaml."""
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)  # libyaml: ten times as quick
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        said = text.splitlines()[line - 1 : line] or [""]
        raise BadYaml(line, TAB if "\t" in said[0] else error.problem or "YAML") from error
    except (yaml.YAMLError, RecursionError) as error:
        raise BadYaml(1, str(error).split("\n", maxsplit=1)[0]) from error
    if not isinstance(node, yaml.MappingNode):
        raise BadYaml(1, "not_a_mapping")
    line_of: dict[At, int] = {}
    try:
        return Lines(label, _value(node, (), line_of), line_of)
    except RecursionError as error:
        raise BadYaml(1, "nested too deeply") from error


def _value(node: yaml.Node, at: At, line_of: dict[At, int]) -> Any:
    line_of.setdefault(at, node.start_mark.line + 1)
    if len(line_of) > MOST:
        raise BadYaml(node.start_mark.line + 1, f"more than {MOST} values")
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, at, line_of)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*at, number), line_of) for number, item in enumerate(node.value)]
    # Only a plain scalar can be a number or a truth value; what stands in quotes is text.
    plain = isinstance(node, yaml.ScalarNode) and not node.style
    return _scalar(node) if plain and not _is_word(node) else node.value


def _is_word(node: yaml.Node) -> bool:
    """YAML 1.1 takes no, on, off and yes for truth values; a column may be called so, and nobody means it."""
    return str(node.tag).endswith(":bool") and str(node.value).lower() not in {"true", "false"}


def _scalar(node: yaml.Node) -> Any:
    try:
        return SafeConstructor().construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the 45th of a month, a tag of Python's
        raise BadYaml(node.start_mark.line + 1, f"not a value: {str(node.value)[:40]}") from error


def _mapping(node: yaml.MappingNode, at: At, line_of: dict[At, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in found:
            raise BadYaml(line, "twice", key)
        line_of[*at, key] = line
        found[key] = _value(value_node, (*at, key), line_of)
    return found
