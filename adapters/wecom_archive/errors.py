"""What the codes of the library and of WeCom mean for us. Sentences with remedies: wecom_archive.* of the locales."""

from __future__ import annotations

from bot.contracts.errors import ConfigurationError, PermanentFailure, TemporaryFailure
from config.languages import operator_language
from config.locales import t

BUSY = frozenset({10001, 10003})  # the network, WeCom's servers
EXPLAINED = frozenset({*range(10000, 10012)})
ERRCODES = frozenset({301042, 301052, 40001, 40013, 41001, 60020, 45009, -1})
TEMPORARY = frozenset({-1, 45009, 45033, 6000})


class Nonsense(TemporaryFailure):
    """WeCom's library gave an answer that nobody understands; it is asked again after a while."""


class Refused(PermanentFailure):
    """The library refuses this one message or file; the message names the code."""

    def __init__(self, code: int) -> None:
        super().__init__(sentence(code))
        self.code = code


def raise_for_code(code: int) -> None:
    """Nothing for 0. Raises TemporaryFailure, or ConfigurationError when somebody must act."""
    if code == 0:
        return
    if code in BUSY:
        raise TemporaryFailure(sentence(code))
    raise ConfigurationError(sentence(code))


def raise_for_errcode(errcode: int, errmsg: str) -> None:
    """The same for an errcode inside an answer."""
    if errcode == 0:
        return
    if errcode in EXPLAINED:
        raise_for_code(errcode)
    key = f"e{errcode}".replace("-", "minus") if errcode in ERRCODES else "unknown"
    text = t(f"wecom_archive.errcode.{key}", operator_language(), errcode=errcode, errmsg=errmsg[:200])
    if errcode in TEMPORARY:
        raise TemporaryFailure(text)
    raise ConfigurationError(text)


def sentence(code: int) -> str:
    """What a code of the library means, and what to do."""
    key = f"c{code}" if code in EXPLAINED else "unknown"
    return t(f"wecom_archive.code.{key}", operator_language(), code=code)
