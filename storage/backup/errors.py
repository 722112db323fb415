"""What can be wrong with a backup, in sentences for the operator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.contracts.errors import BadInput, ConfigurationError
from config.languages import operator_language
from config.locales import t


class BadBackup(BadInput):
    """The archive is damaged, incomplete, or not one of ours: take another backup."""


class NotEmpty(ConfigurationError):
    """There is something already: restore into an empty data folder and database, or overwrite with --replace."""


class StillRunning(ConfigurationError):
    """Xiaoce is running on this data: stop every process first."""


@contextmanager
def disk_border() -> Iterator[None]:
    """A full disk or missing permissions, as a sentence."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise ConfigurationError(say("disk", reason=f"{error.strerror or error}{where}")) from error


def say(key: str, **values: object) -> str:
    """A text of `storage.backup`, in the operator's language."""
    return t(f"storage.backup.{key}", operator_language(), **values)
