"""What a process does: take messages, run the work, or both."""

from __future__ import annotations

from enum import Flag, auto

from bot.contracts.errors import ConfigurationError
from config.languages import operator_language
from config.locales import t


class Roles(Flag):
    """`web` takes messages and serves the console; `worker` runs jobs, keeps the clock and sends."""

    WEB = auto()
    WORKER = auto()
    ALL = WEB | WORKER

    @property
    def label(self) -> str:
        """As it is called on the command line and in the name of a process."""
        return "run" if self is Roles.ALL else str(self.name).lower()

    def check(self, *, is_sqlite: bool) -> None:
        """Raises ConfigurationError when these roles can't be apart on this database."""
        if is_sqlite and self is not Roles.ALL:
            raise ConfigurationError(t("cli.roles.sqlite", operator_language(), role=self.label))
