"""Models on disk: one JSON file and one card for each version, and which one is in use. Nothing is ever overwritten."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.contracts.errors import BadInput
from config.locales import t
from knowledge.risk.features import definition
from knowledge.risk.model import FORMAT, RiskModel
from knowledge.risk.prior import PRIOR, prior_model


class ModelShelf:
    """The models in a folder. Version 0 is the prior model, which needs no file.

    Texts of errors are in `lang`: they are read by whoever runs the command.
    """

    def __init__(self, folder: Path, lang: str = "zh") -> None:
        self._folder = folder
        self._lang = lang

    def versions(self) -> list[int]:
        """All that are there, oldest first; always begins with the prior."""
        numbers = (path.stem.removeprefix("model-") for path in self._folder.glob("model-*.json"))
        return [PRIOR, *sorted(int(number) for number in numbers if number.isdigit())]

    def used(self) -> int:
        """The version in use. Raises BadInput when the note of it can't be read."""
        path = self._folder / "in-use.json"
        if not path.exists():
            return PRIOR
        found = self._read(path)
        if not isinstance(found.get("version"), int):
            raise self._bad("damaged", path)
        return int(found["version"])

    def current(self) -> RiskModel:
        """The model in use. Raises BadInput with the remedy when its file is damaged or of an older Xiaoce."""
        return self.load(self.used())

    def load(self, version: int) -> RiskModel:
        """One model, checked. Raises BadInput: not there, damaged, another format, other features."""
        if version == PRIOR:
            return prior_model()
        path = self.path(version)
        if not path.exists():
            versions = ", ".join(str(one) for one in self.versions())
            raise BadInput(t("risk.bad.no_version", self._lang, version=version, versions=versions))
        return self._checked(path, self._read(path), version)

    def use(self, version: int) -> RiskModel:
        """Take this version from now on, if it can be read; the one before stays on the shelf."""
        model = self.load(version)
        _replace(self._folder / "in-use.json", json.dumps({"version": version}))
        return model

    def next_version(self) -> int:
        """The number for a new model."""
        return self.versions()[-1] + 1

    def keep(self, model: RiskModel, card: str) -> Path:
        """Put a new model and its card on the shelf; it isn't in use by that. Raises FileExistsError on a race."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self.path(model.version)
        with path.open("x", encoding="utf-8") as file:
            contents = {**model.model_dump(mode="json"), "checksum": model.digest()}
            file.write(json.dumps(contents, ensure_ascii=False, indent=1))
            file.flush()
            os.fsync(file.fileno())
        self.card_path(model.version).write_text(card, encoding="utf-8")
        return path

    def path(self, version: int) -> Path:
        """The model's file."""
        return self._folder / f"model-{version}.json"

    def card_path(self, version: int) -> Path:
        """The model's card."""
        return self._folder / f"model-{version}.md"

    def __iter__(self) -> Iterator[tuple[int, RiskModel | BadInput]]:
        """Every version with its model, or with what is wrong with it."""
        for version in self.versions():
            try:
                yield version, self.load(version)
            except BadInput as error:
                yield version, error

    def _read(self, path: Path) -> dict[str, Any]:
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise self._bad("damaged", path) from error
        if not isinstance(found, dict):
            raise self._bad("damaged", path)
        return found

    def _checked(self, path: Path, found: dict[str, Any], version: int) -> RiskModel:
        if found.get("format") != FORMAT:
            raise self._bad("format", path, found=found.get("format"), expected=FORMAT)
        if found.get("definition") != definition():
            raise self._bad("definition", path)
        checksum = found.pop("checksum", None)
        try:
            model = RiskModel.model_validate(found)
        except ValidationError as error:
            raise self._bad("damaged", path) from error
        if model.digest() != checksum or model.version != version:
            raise self._bad("damaged", path)
        return model

    def _bad(self, key: str, path: Path, **values: object) -> BadInput:
        return BadInput(t(f"risk.bad.{key}", self._lang, path=path, **values))


def _replace(path: Path, text: str) -> None:
    """Write whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
