"""The head of a playbook file: YAML between two `---` lines, read together with its line numbers."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from knowledge.playbook.fault import BadCard, Fault

Scalar = str
Value = Scalar | list[Scalar] | list[dict[str, Scalar]]
FENCE = "---"
LONGEST_HEAD = 4_000  # characters; the YAML scanner's time grows with the square of some inputs


@dataclass(frozen=True, slots=True)
class Entry:
    """One key's value. Scalars stay text: `version: 3` is "3", and a date is what the author typed."""

    value: Value
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """A file cut into head and body."""

    head: dict[str, Entry]
    body: list[str]
    body_line: int  # line number of body[0]


def read_document(text: str, source: str) -> Document:
    """Cut and read. Raises BadCard when there is no head, or it is not YAML."""
    lines = text.split("\n")
    if not lines or lines[0].strip() != FENCE:
        raise BadCard([Fault(source, 1, "no_head")])
    end = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == FENCE), None)
    if end is None:
        raise BadCard([Fault(source, 1, "unclosed_head")])
    head = "\n".join(lines[1:end])
    if len(head) > LONGEST_HEAD:
        raise BadCard([Fault(source, 1, "long_head", values={"limit": LONGEST_HEAD, "length": len(head)})])
    return Document(_entries(head, source), lines[end + 1 :], end + 2)


def _entries(head: str, source: str) -> dict[str, Entry]:
    node = _compose(head, source)
    if not isinstance(node, yaml.MappingNode):
        raise BadCard([Fault(source, 2, "not_a_mapping")])
    entries: dict[str, Entry] = {}
    faults: list[Fault] = []
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 2
        if key in entries:
            faults.append(Fault(source, line, "repeated_key", key))
            continue
        value = _value(value_node)
        if value is None:
            faults.append(Fault(source, line, "odd_value", key))
        else:
            entries[key] = Entry(value, line)
    if faults:
        raise BadCard(faults)
    return entries


def _compose(head: str, source: str) -> yaml.Node | None:
    # Composed, not loaded: nodes know their lines, and no value is turned into something else (dates, yes/no).
    try:
        try:
            return yaml.compose(head, Loader=yaml.CSafeLoader)
        except yaml.YAMLError:  # the slower reader names the fault better
            return yaml.compose(head, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 2
        raise BadCard([Fault(source, line, "bad_yaml", values={"problem": error.problem or ""})]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise BadCard([Fault(source, 2, "bad_yaml", values={"problem": type(error).__name__})]) from error


def _value(node: yaml.Node) -> Value | None:
    """Text, a list of texts or a list of flat mappings; None for anything deeper."""
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if not isinstance(node, yaml.SequenceNode):
        return None
    if all(isinstance(item, yaml.ScalarNode) for item in node.value):
        return [_scalar(item) for item in node.value]
    pairs = [_flat(item) for item in node.value]
    return [pair for pair in pairs if pair is not None] if None not in pairs else None


def _flat(node: yaml.Node) -> dict[str, Scalar] | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    if not all(isinstance(value, yaml.ScalarNode) for _, value in node.value):
        return None
    return {str(key.value): _scalar(value) for key, value in node.value}


def _scalar(node: yaml.ScalarNode) -> Scalar:
    return "" if node.tag == "tag:yaml.org,2002:null" else str(node.value).strip()
