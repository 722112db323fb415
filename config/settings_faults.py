"""What is wrong with a setting, in our words: where it stands, what it must be, what it is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel, SecretStr, ValidationError
from pydantic.fields import FieldInfo

from config.languages import operator_language
from config.locales import t
from config.settings_file import SETTINGS_FILE, line_of

PREFIX = "XIAOCE_"
_SIMPLE: Mapping[object, str] = {bool: "bool", str: "text", SecretStr: "text", float: "number", Path: "path"}


def explain(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One sentence for each setting that is wrong: those of the environment first, then line by line."""
    fields = dict(all_fields(model))
    found = ((".".join(str(part) for part in item["loc"] if isinstance(part, str)), item) for item in error.errors())
    in_order = sorted(found, key=lambda one: _line(one[0]) or 0)
    return list(dict.fromkeys(_sentence(key, item, fields) for key, item in in_order))


def all_fields(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every setting and every group, by dotted name."""
    for name, field in model.model_fields.items():
        yield f"{prefix}{name}", field
        if group := group_of(field):
            yield from all_fields(group, f"{prefix}{name}.")


def group_of(field: FieldInfo) -> type[BaseModel] | None:
    """The model of a group of settings; None for a single setting."""
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _sentence(key: str, item: Any, fields: Mapping[str, FieldInfo]) -> str:
    lang = operator_language()
    return t("settings.fault", lang, place=_place(key, lang), setting=key, problem=_problem(key, item, fields, lang))


def _place(key: str, lang: str) -> str:
    line = _line(key)
    return f"{SETTINGS_FILE}:{line}" if line else t("settings.environment", lang, name=_variable(key))


def _line(key: str) -> int | None:
    """The environment wins over the file, so a fault is there if the variable is set."""
    return None if _variable(key) in {name.upper() for name in os.environ} else line_of(key)


def _variable(key: str) -> str:
    return f"{PREFIX}{key.upper().replace('.', '__')}"


def _problem(key: str, item: Any, fields: Mapping[str, FieldInfo], lang: str) -> str:
    if item["type"] == "value_error":  # from our own checks, which say it in a sentence
        return str(item["ctx"]["error"])
    if key in fields and item["type"] != "extra_forbidden":
        return t("settings.must", lang, expected=_expected(key, fields[key], lang), value=_shown(key, item, fields))
    near = get_close_matches(key, fields, 1)
    return t("settings.unknown_near", lang, near=near[0]) if near else t("settings.unknown", lang)


def _shown(key: str, item: Any, fields: Mapping[str, FieldInfo]) -> str:
    """The value, shortened; never a secret."""
    return "***" if fields[key].annotation is SecretStr else repr(item["input"])[:60]


def _expected(key: str, field: FieldInfo, lang: str) -> str:
    name, values = _kind(key, field)
    return t(f"settings.expected.{name}", lang, **values)


def _kind(key: str, field: FieldInfo) -> tuple[str, dict[str, object]]:
    kind = field.annotation
    if group_of(field):
        return "group", {"setting": key}
    if get_origin(kind) is Literal:
        return "one_of", {"words": ", ".join(get_args(kind))}
    if get_origin(kind) is tuple:
        return "numbers", {}
    if kind is int:
        return _whole(field)
    return next((name for type_, name in _SIMPLE.items() if type_ is kind or type_ in get_args(kind)), "text"), {}


def _whole(field: FieldInfo) -> tuple[str, dict[str, object]]:
    low = next((bound.ge for bound in field.metadata if isinstance(bound, Ge)), None)
    high = next((bound.le for bound in field.metadata if isinstance(bound, Le)), None)
    if low is None:
        return "whole", {}
    return ("whole_from", {"low": low}) if high is None else ("whole_between", {"low": low, "high": high})
