"""What `xiaoce doctor` says of one thing that it looked at."""

from __future__ import annotations

import errno
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bot.cli.common import say
from bot.contracts.errors import XiaoceError
from config.settings import Settings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, in the operator's language."""

    what: str
    well: bool
    remedy: str = ""


Look = Callable[[Settings], Awaitable[list[Finding]]]


async def tried(what: str, look: Look, settings: Settings) -> list[Finding]:
    """What an examination finds; that it failed is a finding too, so that the others go on."""
    try:
        return await look(settings)
    except XiaoceError as error:
        return [Finding(what, False, str(error))]
    except Exception as error:
        return [Finding(what, False, f"{type(error).__name__}: {error}")]


def found(key: str, well: bool, remedy: str = "", **values: object) -> Finding:
    """`key` and `remedy` name texts of `operator.doctor`."""
    return Finding(tell(key, **values), well, "" if well else tell(f"remedy.{remedy}", **values))


def tell(key: str, **values: object) -> str:
    """A text of `operator.doctor`."""
    return say(f"operator.doctor.{key}", **values)


def existing_parent(path: Path) -> Path:
    """The path itself, or the nearest folder above it that is there."""
    return path if path.exists() else existing_parent(path.parent)


def why_not_makeable(folder: Path) -> str:
    """Why a folder that isn't there can't be made, in the system's words; "" when it can. Makes nothing."""
    parent = existing_parent(folder)
    if not parent.is_dir():
        return os.strerror(errno.ENOTDIR)
    return "" if os.access(parent, os.W_OK | os.X_OK) else os.strerror(errno.EACCES)
