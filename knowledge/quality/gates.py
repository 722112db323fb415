"""The gates and golden lists: files of config/quality, or the company's own beside its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

import config
from bot.contracts.errors import ConfigurationError
from config.languages import operator_language
from config.locales import t
from config.yaml_file import read_yaml
from knowledge.mapping.entities import load_entities
from storage.repositories.impossible import RULES

FOLDER = Path(config.__file__).parent / "quality"
LINKED = ("contract", "deal", "lead", "payment", "ticket", "touch")
Kind = Literal["filled", "listed", "valid", "linked", "possible", "single"]
KINDS: tuple[Kind, ...] = ("filled", "listed", "valid", "linked", "possible", "single")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    least: Mapping[Kind, float]
    filled: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    listed: Mapping[str, str] = Field(default_factory=dict)
    owners: Mapping[str, str] = Field(default_factory=dict)

    @field_validator("least")
    @classmethod
    def _shares(cls, value: Mapping[Kind, float]) -> Mapping[Kind, float]:
        if missing := [kind for kind in KINDS if not 0 < value.get(kind, 0) <= 1]:
            raise ValueError(t("data_quality.settings.least", operator_language(), kinds=", ".join(missing)))
        return value


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing that is counted. `name` is what links and alarms know it by."""

    kind: Kind
    entity: str
    field: str
    least: float
    owner_id: str = ""
    golden: str = ""  # the list, of kind "listed"

    @property
    def name(self) -> str:
        """customer.industry.filled"""
        return ".".join(filter(None, (self.entity, self.field, self.kind)))


@dataclass(frozen=True, slots=True)
class Standards:
    """Everything that data is measured by. `golden`: list → value → how people write it otherwise."""

    gates: tuple[Gate, ...]
    golden: Mapping[str, Mapping[str, tuple[str, ...]]]

    def gate(self, name: str) -> Gate | None:
        """One, by its name."""
        return next((gate for gate in self.gates if gate.name == name), None)


def load_standards(folder: Path | None = None) -> Standards:
    """Raises ConfigurationError, which names the file and what is wrong in it."""
    golden = _golden(_path(folder, "golden.yaml"))
    path = _path(folder, "gates.yaml")
    try:
        read = _File.model_validate(_read(path))
    except ValidationError as error:
        first = error.errors()[0]
        raise _fault(path, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    return Standards(tuple(_gates(read, golden, path)), golden)


def _gates(read: _File, golden: Mapping[str, Any], path: Path) -> list[Gate]:
    def gate(kind: Kind, entity: str, field: str = "", wanted: str = "") -> Gate:
        return Gate(kind, entity, field, read.least[kind], read.owners.get(entity, ""), wanted)

    _known(read, golden, path)
    filled = [gate("filled", entity, field) for entity, fields in read.filled.items() for field in fields]
    places = ((*place.split("."), wanted) for place, wanted in read.listed.items())
    listed = [gate("listed", entity, field, wanted) for entity, field, wanted in places]
    impossible = sorted({rule.entity for rule in RULES.values()})
    return [
        *filled,
        *listed,
        gate("valid", "lead"),
        *(gate("linked", entity) for entity in LINKED),
        *(gate("possible", entity) for entity in impossible),
        gate("single", "customer"),
    ]


def _known(read: _File, golden: Mapping[str, Any], path: Path) -> None:
    """Raises ConfigurationError where a name means nothing."""
    entities = load_entities()
    places = [(entity, field) for entity, fields in read.filled.items() for field in fields]
    places += [(place.partition(".")[0], place.partition(".")[2]) for place in read.listed]
    for entity, field in places:
        if entity not in entities or field not in entities[entity].fields:
            raise _fault(path, t("data_quality.settings.field", operator_language(), field=f"{entity}.{field}"))
    for wanted in read.listed.values():
        if wanted not in golden:
            raise _fault(path, t("data_quality.settings.list", operator_language(), name=wanted))


def _golden(path: Path) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    read = _read(path)
    if not isinstance(read, dict) or not all(isinstance(values, dict) and values for values in read.values()):
        raise _fault(path, t("data_quality.settings.golden", operator_language()))
    return {
        str(name): {str(value): tuple(map(str, others or ())) for value, others in values.items()}
        for name, values in read.items()
    }


def _path(folder: Path | None, name: str) -> Path:
    own = folder / name if folder else None
    return own if own and own.exists() else FOLDER / name


def _read(path: Path) -> Any:
    try:
        return read_yaml(path) or {}
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        raise _fault(path, str(error)) from error


def _fault(path: Path, message: str) -> ConfigurationError:
    return ConfigurationError(t("data_quality.settings.fault", operator_language(), file=path, message=message))
