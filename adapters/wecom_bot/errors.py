"""What errcodes mean for us, as data. Sentences with their remedies are in config/locales/wecom_bot.*.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.contracts.errors import DeliveryFailure, PermanentFailure, TemporaryFailure
from config.locales import t

NOT_SUBSCRIBED = 846609  # everything said on this connection is refused: only a new one helps
BUSY: Mapping[int, float | None] = {  # seconds to wait
    -1: None,
    6000: 1.0,
    45009: 60.0,
    45033: 2.0,
    846607: 60.0,  # 30 a minute; beyond 1000 an hour it comes again, until delivery gives up
    NOT_SUBSCRIBED: 3.0,
}
_MEDIA = frozenset({40004, 40006, 40007, 40009, 40010, 40011})
_KNOWN = frozenset({*BUSY, *_MEDIA, 40008, 40058, 42014, 93000, 93004, 93006, 93008, 846605, 846608})
_SECRETS = re.compile(r"((?:access_token|secret|response_code|key)=)[^&\s\"'<>]+|https?://\S+")


class Refused(PermanentFailure):
    """WeCom refuses this call for good; the message names the errcode and the remedy."""

    def __init__(self, message: str, errcode: int) -> None:
        super().__init__(message)
        self.errcode = errcode


def raise_for(answer: Mapping[str, Any]) -> None:
    """Do nothing for errcode 0. Raises TemporaryFailure or Refused, each with its remedy."""
    errcode = errcode_of(answer)
    if errcode:
        raise failure(errcode, str(answer.get("errmsg", "")))


def failure(errcode: int, errmsg: str) -> DeliveryFailure:
    """The error of ours for an errcode that isn't 0."""
    if errcode not in _KNOWN:
        return Refused(t("wecom_bot.errors.unknown", errcode=errcode, errmsg=scrub(errmsg)), errcode)
    name = "media" if errcode in _MEDIA else f"e{errcode}".replace("-", "minus")
    text = t(f"wecom_bot.errors.{name}", errcode=errcode)
    return TemporaryFailure(text, retry_after=BUSY[errcode]) if errcode in BUSY else Refused(text, errcode)


def errcode_of(answer: Mapping[str, Any]) -> int:
    """The errcode, 0 when there is none, -1 when it is no number."""
    try:
        return int(answer.get("errcode", 0) or 0)
    except (TypeError, ValueError):
        return -1


def scrub(text: str) -> str:
    """Without secrets and addresses that hold them, short enough for a log line."""
    return _SECRETS.sub(r"\1***", text)[:500]
