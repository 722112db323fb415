"""What can be wrong with a mail, in sentences."""

from __future__ import annotations

from bot.contracts.errors import BadInput
from config.locales import t


class UnusableMail(BadInput):
    """A mail can't be read; `reason` is the last part of its text's key: encrypted, signed, too_large,
    too_many_parts, empty, unreadable, gone.
    """

    def __init__(self, reason: str, lang: str = "zh") -> None:
        super().__init__(t(f"email.refused.{reason}", lang))
        self.reason = reason
