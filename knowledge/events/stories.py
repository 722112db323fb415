"""Through which steps an order, a contract, a ticket goes: config/stories.yaml, checked with the catalogue (C11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

import config
from bot.contracts.errors import ConfigurationError
from knowledge.events import keys
from knowledge.events.entries import Titles
from knowledge.events.types import Catalog
from knowledge.lines import BadYaml, Lines, read_lines

OURS = Path(config.__file__).parent / "stories.yaml"
LABEL = "config/stories.yaml"
REMEDY = "Compare it with docs/events.md."


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a story."""

    type: str
    silent: bool = False  # nobody wonders when it isn't reported
    until: tuple[tuple[str, str], ...] = ()  # (type, field) of earlier events that promise it


@dataclass(frozen=True, slots=True)
class Story:
    """What happens, in which order, to whatever a key names."""

    key: str  # order_no
    title: Mapping[str, str]
    steps: tuple[Step, ...]
    follow: tuple[str, ...] = ()  # other keys whose events belong here
    over: frozenset[str] = frozenset()  # types after which nothing more is waited for

    def named(self, lang: str = "zh") -> str:
        """What the key names: 订单."""
        return self.title.get(lang) or self.title["zh"]


class _Step(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    silent: bool = False
    until: tuple[str, ...] = ()


class _Story(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Titles
    steps: tuple[_Step, ...]
    follow: tuple[str, ...] = ()
    over: tuple[str, ...] = ()


@lru_cache(8)
def load_stories(catalog: Catalog, path: Path = OURS) -> Mapping[str, Story]:
    """By key. Raises ConfigurationError with file, line and remedy."""
    try:
        lines = read_lines(path.read_text(encoding="utf-8"), LABEL)
    except BadYaml as error:
        raise ConfigurationError(f"{LABEL}:{error.line}: {error.problem} {error.key}. {REMEDY}") from error
    return {key: _story(lines, key, catalog) for key in lines.tree}


def _story(lines: Lines, key: str, catalog: Catalog) -> Story:
    try:
        said = _Story.model_validate(lines.tree[key])
    except ValidationError as error:
        first = error.errors()[0]
        at = tuple(part for part in first["loc"] if isinstance(part, str | int))
        raise _bad(lines, (key, *at), f"{key}: {first['msg']}") from error
    for name in (key, *said.follow):
        if name not in keys.NAMES:
            raise _bad(lines, (key,), f"there is no key {name}; use {', '.join(keys.NAMES)}")
    for type_ in (*(step.type for step in said.steps), *said.over):
        if catalog.get(type_) is None:
            raise _bad(lines, (key,), f"{key}: there is no event {type_}; did you mean {catalog.near(type_)!r}?")
    steps = tuple(
        Step(step.type, step.silent, tuple(_promise(lines, key, one, catalog) for one in step.until))
        for step in said.steps
    )
    return Story(key, said.title.model_dump(), steps, said.follow, frozenset(said.over))


def _promise(lines: Lines, key: str, said: str, catalog: Catalog) -> tuple[str, str]:
    name, _, field = said.partition(":")
    type_ = catalog.get(name)
    if type_ is None or field not in type_.newest.fields:
        raise _bad(
            lines, (key, "steps"), f"{key}: until {said}: write type:field, such as order.confirmed:delivery_date"
        )
    return name, field


def _bad(lines: Lines, at: tuple[str | int, ...], problem: str) -> ConfigurationError:
    return ConfigurationError(f"{lines.fault(at, problem)}. {REMEDY}")
