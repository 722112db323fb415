"""Files that we send: those of the data folder and no others."""

from __future__ import annotations

from pathlib import Path

from bot.contracts.errors import PermanentFailure
from config.locales import t


def inside(data: Path, relative: str) -> Path:
    """The file of the data folder. Raises PermanentFailure for anything beside it."""
    root = data.resolve()
    path = (root / relative).resolve()
    if not path.is_relative_to(root):
        raise PermanentFailure(t("adapters.send.outside", name=Path(relative).name))
    return path


def missing(name: str) -> PermanentFailure:
    """The file isn't there any more."""
    return PermanentFailure(t("adapters.send.no_file", name=name))
