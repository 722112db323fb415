"""JSON answers: what a schema allows, and whether the values are the text's own. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any, Literal, cast

from pydantic import BaseModel, ValidationError, create_model

from adapters.llm.answers import bare_json
from adapters.llm.guard import Source, faults
from adapters.llm.masking import Mask
from bot.contracts.model import Filled


class Unfit(Exception):
    """The answer isn't what the schema asks for; the message may be shown to the model. Never leaves this package."""


def choice_of(keys: list[str]) -> type[BaseModel]:
    """A schema whose only field is one of these keys."""
    return create_model("Choice", choice=(cast(Any, Literal[tuple(keys)]), ...))


def read(answer: str, schema: type[Filled], mask: Mask) -> Filled:
    """The answer as the schema has it, placeholders restored. Raises Unfit."""
    try:
        values = json.loads(bare_json(answer))
    except (ValueError, RecursionError) as error:
        raise Unfit(f"not JSON ({type(error).__name__})") from None
    try:
        return schema.model_validate(mask.restore_all(values))
    except ValidationError as error:
        # without the input: it has been restored, and this goes back to the model
        found = error.errors(include_input=False, include_context=False, include_url=False)
        raise Unfit("; ".join(f"{'.'.join(map(str, item['loc']))}: {item['type']}" for item in found[:5])) from None


def ungrounded(filled: BaseModel, source: Source) -> list[str]:
    """Values that the source doesn't have. The schema's own words (choices, defaults) are ours."""
    ours = set(_own(type(filled).model_json_schema()))
    return [fault for leaf in _leaves(filled.model_dump()) if _key(leaf) not in ours for fault in _faults(leaf, source)]


def _faults(leaf: object, source: Source) -> list[str]:
    if isinstance(leaf, str):
        return faults(leaf, source)
    if isinstance(leaf, date | time):
        return faults(leaf.isoformat().replace("T", " ").removesuffix(" 00:00:00"), source)
    value = Decimal(str(leaf))
    known = {figure for _, figure in source.figures if isinstance(figure, Decimal)}
    percents = {figure / 100 for kind, figure in source.figures if kind == "%" and isinstance(figure, Decimal)}
    return [] if abs(value) in known | percents else ["figure value"]


def _leaves(value: object) -> Iterator[object]:
    """Every text, number and time inside; yes, no and nothing claim nothing that could be compared."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, Enum):
        yield from _leaves(value.value)
    elif isinstance(value, str | int | float | Decimal | date | time) and not isinstance(value, bool):
        yield value


def _own(schema: Any) -> Iterator[str]:
    """Texts and numbers that the schema itself names."""
    if isinstance(schema, list):
        for inner in schema:
            yield from _own(inner)
    elif isinstance(schema, Mapping):
        for key, inner in schema.items():
            if key in ("enum", "const", "default"):
                yield from (_key(leaf) for leaf in _leaves([inner]))
            else:
                yield from _own(inner)


def _key(leaf: object) -> str:
    return f"{type(leaf).__name__} {leaf}"
