"""The dictionary of fields (config/events/fields.yaml), and the JSON Schemas that versions are made of. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"
LARGEST = 1e15  # of an amount or number: more is a mistake, and JSON would no longer be exact
_OWN = ("zh", "en", "is", "of")
_KINDS: Mapping[str, Mapping[str, Any]] = {
    # No space at its ends, no control characters: what looks the same is the same.
    "id": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": r"^(?!\s)[^\u0000-\u001f]*(?<!\s)$(?!\n)"},
    "text": {"type": "string", "maxLength": 4000},
    "amount": {"type": "number", "minimum": -LARGEST, "maximum": LARGEST},
    "number": {"type": "number", "minimum": -LARGEST, "maximum": LARGEST},
    "count": {"type": "integer", "minimum": -LARGEST, "maximum": LARGEST},
    "date": {"type": "string", "format": "date"},
    "moment": {"type": "string", "format": "date-time"},
    "words": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 200}, "maxItems": 1000},
    "one_of": {"type": "string"},
}
KINDS = tuple(_KINDS)


def field_schema(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """One field's JSON Schema. `title` is Chinese; `x-title-en` and `x-kind` are annotations of ours."""
    kind = str(entry["is"])
    own = {name: value for name, value in entry.items() if name not in _OWN}
    titles = {"title": entry["zh"], "x-title-en": entry.get("en", entry["zh"]), "x-kind": kind}
    choices = {"enum": list(entry["of"])} if kind == "one_of" else {}
    return {**titles, **_KINDS[kind], **choices, **own}


def data_schema(
    name: str, number: int, title: str, fields: Mapping[str, Mapping[str, Any]], required: Sequence[str]
) -> Mapping[str, Any]:
    """The schema of one version's data. What it doesn't name is allowed: a system may say more than we use."""
    return {
        "$schema": DIALECT,
        "$id": schema_id(name, number),
        "title": title,
        "type": "object",
        "required": list(required),
        "properties": dict(fields),
    }


def schema_id(name: str, number: int) -> str:
    """What a sender writes under `dataschema`."""
    return f"urn:xiaoce:event:{name}:{number}"


def entry_faults(name: str, entry: object) -> list[str]:
    """What is wrong with an entry of the dictionary."""
    if not isinstance(entry, Mapping) or "zh" not in entry or entry.get("is") not in KINDS:
        return [f"{name}: say zh, en and is ({', '.join(KINDS)})"]
    if entry["is"] == "one_of" and not (isinstance(entry.get("of"), list) and entry["of"]):
        return [f"{name}: a one_of needs its choices under `of`"]
    return []
