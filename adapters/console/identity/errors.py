"""Why a platform did not tell who somebody is."""

from __future__ import annotations

from typing import Literal

from bot.contracts.errors import XiaoceError

Why = Literal["not_a_member", "code_refused", "away", "setup"]


class SignInFailed(XiaoceError):
    """The platform did not say who this is; `console.way.failed.{why}` tells the person what to do."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(detail or why)
        self.why: Why = why
