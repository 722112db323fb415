"""Whether data satisfy a version's schema (JSON Schema 2020-12), and what is wrong, said so that people can mend it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from config.locales import t
from knowledge.events.types import EventType, Version

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

MOST = 20  # faults that are told
_SHOWN = 60  # characters of a value
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class DataFault:
    """One thing that is wrong with data."""

    field: str  # dotted; "": the data as a whole
    problem: str  # missing, type, format, choice, range, shape, not_an_object, not_finite
    expected: str = ""
    given: str = ""

    def as_json(self) -> Mapping[str, str]:
        """To be stored."""
        return asdict(self)


def faults_of(version: Version, data: Any) -> list[DataFault]:
    """Everything that is wrong, at most `MOST`; [] when the data are good."""
    if unusable := unusable_as(data):
        return [unusable]
    errors = islice(_validator(version).iter_errors(data), MOST)
    found = dict.fromkeys(fault for error in errors for fault in _faults(error))
    return sorted(found, key=lambda fault: fault.field)


def unusable_as(data: Any) -> DataFault | None:
    """Why no version could be satisfied: it is no object, or holds what JSON can't."""
    if not isinstance(data, Mapping):
        return DataFault("", "not_an_object", "object", _shown(data))
    field = next(_not_finite(data), None)
    return None if field is None else DataFault(field, "not_finite", "number", "NaN")


def fits(version: Version, field: str, value: Any) -> bool:
    """Whether a value satisfies one field's schema."""
    found = faults_of(version, {field: value})
    return not any(fault.problem != "missing" and fault.field.partition(".")[0] == field for fault in found)


def sentence(fault: Mapping[str, str], type_: EventType | None = None, lang: str = "zh") -> str:
    """A stored fault in words, without the place of the event."""
    field = fault.get("field", "")
    title = type_.field_named(field, lang) if type_ and field else field
    name = field if title == field else t("event_types.named", lang, title=title, field=field)
    values = {"name": name, "expected": fault.get("expected", ""), "given": fault.get("given", "")}
    return t(f"event_types.fault.{fault.get('problem', 'shape')}", lang, **values)


def is_moment(value: object) -> bool:
    """RFC 3339, as JSON Schema's date-time: with an offset."""
    if not isinstance(value, str):
        return True
    if not _MOMENT.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value.upper())
    except ValueError:
        return False
    return True


def is_day(value: object) -> bool:
    """2026-01-31."""
    if not isinstance(value, str):
        return True
    if not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


@cache
def _validator(version: Version) -> Draft202012Validator:
    """Compiled once; only events need the package, which takes its time to load."""
    from jsonschema import Draft202012Validator, FormatChecker

    formats = FormatChecker(formats=())
    formats.checks("date-time")(is_moment)
    formats.checks("date")(is_day)
    return Draft202012Validator(version.schema, format_checker=formats)


def _faults(error: ValidationError) -> Iterator[DataFault]:
    path = ".".join(str(part) for part in error.absolute_path)
    rule = str(error.validator)
    wanted: Any = error.validator_value
    if rule == "required":  # the validator says each missing one alone, but not its name
        instance: Any = error.instance
        missing = (name for name in wanted if name not in instance)
        yield from (DataFault(".".join(filter(None, (path, name))), "missing") for name in missing)
        return
    expected = ", ".join(str(one) for one in wanted) if isinstance(wanted, list) else str(wanted)
    yield DataFault(path, _PROBLEMS.get(rule, "shape"), _range(rule, expected), _shown(error.instance))


def _range(rule: str, expected: str) -> str:
    signs = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    return f"{signs[rule]} {expected}" if rule in signs else expected


_PROBLEMS = {
    "type": "type",
    "format": "format",
    "enum": "choice",
    "const": "choice",
    "minimum": "range",
    "maximum": "range",
    "exclusiveMinimum": "range",
    "exclusiveMaximum": "range",
    "minLength": "empty",
    "maxLength": "too_long",
}


def _shown(value: object) -> str:
    said = str(value)
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"


def _not_finite(data: Any) -> Iterator[str]:
    """Where NaN or an infinity stands: JSON has neither, and a database takes neither."""
    waiting: list[tuple[str, Any]] = [("", data)]
    while waiting:
        place, one = waiting.pop()
        if isinstance(one, float) and not math.isfinite(one):
            yield place
        elif isinstance(one, Mapping):
            waiting += [(f"{place}.{name}" if place else str(name), inner) for name, inner in one.items()]
        elif isinstance(one, list):
            waiting += [(f"{place}.{number}", inner) for number, inner in enumerate(one)]
