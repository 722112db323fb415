"""What one move is, and how `config/moves/` is read and checked: nothing starts with a file that has a fault."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

import config
from bot.contracts.errors import ConfigurationError
from config.yaml_file import read_yaml

FOLDER = Path(config.__file__).parent / "moves"
LEAST = {"zh": 8, "en": 5}  # exemplars: fewer teach the embedding too little
_KEY = re.compile(r"[a-z]+(_[a-z]+)*")
_REMEDY = "Compare it with config/moves/README.md."
Sentences = dict[Literal["zh", "en"], tuple[str, ...]]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _InBothLanguages(_Strict):
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class _Entry(_Strict):
    title: _InBothLanguages
    means: _InBothLanguages
    say: _InBothLanguages | None = None
    exemplars: Sentences
    against: Sentences
    plain: bool = False

    @model_validator(mode="after")
    def _complete(self) -> _Entry:
        if not self.plain and self.say is None:
            raise ValueError("a move needs something to `say`")
        for language, least in LEAST.items():
            if len(set(self.exemplars.get(language, ()))) < least:  # type: ignore[call-overload]  # the same keys
                raise ValueError(f"give at least {least} different exemplars in {language}")
            if not self.against.get(language):  # type: ignore[call-overload]  # as above
                raise ValueError(f"say `against` in {language} what looks like it and is not")
        return self


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that our people do in a conversation to move a deal."""

    key: str
    title: Mapping[str, str]  # by language
    means: Mapping[str, str]
    say: Mapping[str, str]  # an example of ours; empty for plain talk
    exemplars: tuple[str, ...]
    against: tuple[str, ...]
    plain: bool = False  # no move: competes with the others and never becomes a stage


def load_moves(folder: Path = FOLDER) -> Mapping[str, Move]:
    """Every move by its key, in the order of files and entries. Raises ConfigurationError with every fault found."""
    found: dict[str, Move] = {}
    faults: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            for key, move in _read(path).items():
                if key in found:
                    faults.append(f"config/moves/{path.name}: {key} is in another file too; remove one.")
                found.setdefault(key, move)
        except ConfigurationError as error:
            faults.append(str(error))
    if not faults and not any(not move.plain for move in found.values()):
        faults.append("config/moves: there are no moves. Put back the files that came with us.")
    if faults:
        raise ConfigurationError("\n".join(faults))
    return found


def _read(path: Path) -> dict[str, Move]:
    try:
        tree = read_yaml(path)
        entries = TypeAdapter(dict[str, _Entry]).validate_python(tree)
    except ValidationError as error:
        raise ConfigurationError(
            "\n".join(_sentence(path, fault["loc"], fault["msg"]) for fault in error.errors())
        ) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"config/moves/{path.name}: {error}. Save it as YAML in UTF-8.") from error
    if odd := [key for key in entries if not _KEY.fullmatch(key)]:
        raise ConfigurationError(f"config/moves/{path.name}: {odd[0]}: keys are of a-z and _. {_REMEDY}")
    return {key: _move(key, entry) for key, entry in entries.items()}


def _sentence(path: Path, place: Sequence[int | str], problem: str) -> str:
    return f"config/moves/{path.name}: {'.'.join(map(str, place))}: {problem}. {_REMEDY}"


def _move(key: str, entry: _Entry) -> Move:
    say = {"zh": entry.say.zh, "en": entry.say.en} if entry.say else {}
    return Move(
        key,
        {"zh": entry.title.zh, "en": entry.title.en},
        {"zh": entry.means.zh, "en": entry.means.en},
        say,
        tuple(text for texts in entry.exemplars.values() for text in texts),
        tuple(text for texts in entry.against.values() for text in texts),
        entry.plain,
    )
