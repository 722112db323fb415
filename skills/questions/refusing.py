"""Why there is no number, in the asker's language: what can be asked instead, or whom; never anything about rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.contracts import Person, Role
from config.locales import load, t
from knowledge.metrics.refusals import NotAnswerable
from knowledge.questions.outcome import Fault
from skills.questions.naming import Names

NAMED = 6  # dimensions or columns that are offered
_WHOM = {Role.MANAGER: "team", Role.DIRECTOR: "region", Role.CHANNEL_OWNER: "region"}


def refusal(error: Exception, names: Names, asker: Person) -> str:
    """The sentence."""
    if not isinstance(error, NotAnswerable):
        return names.text("refused.busy")
    values = {key: _named(key, value, error.values, names) for key, value in error.values.items()}
    values["whom"] = names.text(f"whom.{_WHOM.get(asker.role, 'self')}")
    reason = error.reason
    if reason == "missing":
        reason = "missing_near" if error.values.get("nearest") else "missing"
    return _said(f"questions.refused.{reason}", values, names, "questions.refused.other")


def fault(found: Fault, names: Names) -> str:
    """What can't be asked, whatever the figures."""
    values = {key: _named(key, value, found.values, names) for key, value in found.values.items()}
    return _said(f"questions.fault.{found.reason}", values, names, "questions.fault.other")


def _said(key: str, values: Mapping[str, object], names: Names, otherwise: str) -> str:
    """The key's sentence; a general one where a reason has none."""
    return t(key if key in load(names.language) else otherwise, names.language, **values)


def _named(key: str, value: object, values: Mapping[str, object], names: Names) -> str:
    """Names of the registry as people call them."""
    registry = names.registry
    if isinstance(value, (tuple, list, frozenset)):
        return _several(key, value, values, names)
    text = str(value)
    if key in {"metric", "nearest"} and text in registry.metrics:
        return names.metric(text)
    if key == "dimension" and text in registry.dimensions:
        return names.dimension(text)
    if key in {"table", "rows"} and text in registry.tables:
        return registry.tables[text].title.of(names.language)
    if key == "why":
        return t(text, names.language) if text in load(names.language) else ""
    return text


def _several(key: str, found: Iterable[Any], values: Mapping[str, object], names: Names) -> str:
    if key == "roles":
        joined = t("xiaoce.or", names.language)
        return joined.join(t(f"console.role.{one}", names.language) for one in found)
    known = names.registry.dimensions
    named = [names.dimension(one) if one in known else str(one) for one in found]
    return names.comma(named[:NAMED])
