"""What each errcode means for us, as data. Sentences with their remedies are in config/locales/wecom.*.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.contracts.errors import DeliveryFailure, PermanentFailure, TemporaryFailure
from config.locales import t


class Refused(PermanentFailure):
    """WeCom refuses this call for good; the message names the errcode and the remedy."""

    def __init__(self, message: str, errcode: int) -> None:
        super().__init__(message)
        self.errcode = errcode


class StaleToken(Exception):
    """WeCom no longer takes this access token: get a new one and try once more. Never leaves this package."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errcode)
        self.errcode, self.errmsg = errcode, errmsg


@dataclass(frozen=True, slots=True)
class Fault:
    """How to treat one errcode. Its sentence is the locale key `wecom.errors.e{errcode}`."""

    kind: Literal["token", "busy", "permanent"]
    retry_after: float | None = None  # seconds, for kind "busy"


_PERMANENT = (
    40003, 40004, 40005, 40006, 40007, 40008, 40009, 40011, 40013, 40031, 40033, 40035, 40056, 40058, 41002,
    41004, 42014, 43012, 44001, 44004, 45001, 45002, 45007, 48002, 50001, 60011, 60020, 60111, 81013, 82001,
    86001, 301002, 301017,
)  # fmt: skip

FAULTS: Mapping[int, Fault] = {
    -1: Fault("busy"),
    6000: Fault("busy", 1.0),
    45009: Fault("busy", 60.0),  # the narrowest window that WeCom counts in is a minute
    45033: Fault("busy", 2.0),
    40001: Fault("token"),
    40014: Fault("token"),
    42001: Fault("token"),
    **{code: Fault("permanent") for code in _PERMANENT},
}

# Asking for a token with these again and again gets the address banned for an hour.
CREDENTIALS = frozenset({40001, 40013, 41002, 41004, 40056})

# Faults of the app, its rights or the addressee: another way of saying the same would fare no better.
NOT_THE_CARD = CREDENTIALS | {
    40003, 40014, 40031, 42001, 43012, 48002, 60011, 60020, 60111, 81013, 82001, 301002,
}  # fmt: skip

_CALLER = re.compile(r"from ip:\s*([0-9A-Fa-f.:]*[0-9A-Fa-f])")
_SECRETS = re.compile(r"((?:access_token|corpsecret|response_code|key)=)[^&\s\"'<>]+")


def raise_for(errcode: int, errmsg: str, *, asking_for_token: bool = False) -> None:
    """Do nothing for errcode 0. Raises StaleToken, TemporaryFailure or Refused, each with its remedy."""
    if errcode == 0:
        return
    fault = FAULTS.get(errcode)
    if fault and fault.kind == "token" and not asking_for_token:
        raise StaleToken(errcode, errmsg)
    raise failure(errcode, errmsg)


def failure(errcode: int, errmsg: str) -> DeliveryFailure:
    """The error of ours for an errcode that isn't 0."""
    fault = FAULTS.get(errcode)
    if fault is None:
        return Refused(t("wecom.errors.unknown", errcode=errcode, errmsg=scrub(errmsg)), errcode)
    text = t(f"wecom.errors.e{errcode}".replace("-", "minus"), address=caller_address(errmsg))
    if fault.kind == "busy":
        return TemporaryFailure(text, retry_after=fault.retry_after)
    return Refused(text, errcode)


def caller_address(errmsg: str) -> str:
    """The address that WeCom saw us calling from, or "?" when it doesn't say."""
    found = _CALLER.search(errmsg)
    return found[1] if found else "?"


def scrub(text: str) -> str:
    """Without tokens and secrets, short enough for a log line."""
    return _SECRETS.sub(r"\1***", text)[:500]
