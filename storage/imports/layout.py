"""Which header means which field: the files in config/imports."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

import config
from bot.contracts.errors import ConfigurationError
from config import languages
from config.yaml_file import read_yaml
from storage.fold import fold

FOLDER = Path(config.__file__).parent / "imports"


class Field(BaseModel, extra="forbid", frozen=True):
    """One field and the headers that mean it; the first is the one we name."""

    headers: tuple[str, ...]
    need: Literal["value", "column", "no"] = "no"
    free: bool = False  # a long text, over several lines if need be


class Layout(BaseModel, extra="forbid", frozen=True):
    """The columns of one kind of list."""

    fields: Mapping[str, Field]
    choices: Mapping[str, Mapping[str, tuple[str, ...]]]  # field -> value -> words in cells

    def field_of(self, header: str) -> str | None:
        """The field that a header means."""
        folded = fold(header)
        for name, field in self.fields.items():
            if folded in {fold(known) for known in field.headers}:
                return name
        return None

    def choice(self, field: str, word: str) -> str | None:
        """The value that a cell's word means."""
        folded = fold(word)
        for value, words in self.words(field).items():
            if folded in {fold(known) for known in words}:
                return value
        return None

    def words(self, field: str) -> Mapping[str, tuple[str, ...]]:
        """The words that a field takes: its own, or those of every language name."""
        return languages.WORDS if field == "language" else self.choices[field]

    def expected(self, field: str) -> str:
        """The words to suggest for a field."""
        return "、".join(words[0] for words in self.words(field).values())


@cache
def load_layout(kind: str) -> Layout:
    """The layout of one kind of list: a file of config/imports. Raises ConfigurationError."""
    try:
        return Layout.model_validate(read_words(kind))
    except ValidationError as error:
        raise ConfigurationError(f"config/imports/{kind}.yaml: {error}") from error


def read_words(name: str) -> Any:
    """One file of config/imports."""
    return read_yaml(FOLDER / f"{name}.yaml")
