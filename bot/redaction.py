"""The last door before a log: what must never stand there is crossed out, whoever wrote it.

Nobody is meant to rely on it: code that logs a secret is a fault, and a test looks for it with this door open.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, unquote, urlsplit

from pydantic import BaseModel, SecretStr

CROSSED_OUT = "***"
SHORTEST = 6  # characters: crossing out shorter ones would spoil every line and protect nothing
# What secrets look like that no setting holds: tokens fetched from platforms, signing in, addresses with passwords.
_SHAPES = re.compile(
    r"((?:access_token|corpsecret|suite_access_token|ticket|token|secret|api_key|apikey|password|passwd)"
    r"(?:=|%3D|[\"']?:\s*[\"']?))[^\s&\"',}]+"
    r"|(\bBearer\s+)[\w.~+/=-]+"
    r"|()\bxox[a-z]-[\w-]+|()\bxapp-[\w-]+"
    r"|(://[^/\s:@]*:)[^/\s@]+(?=@)",
    re.IGNORECASE,
)


class Redaction:
    """Crosses out known secrets and everything that looks like one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
        longest_first = sorted(known, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first))) if known else None

    def __call__(self, line: str) -> str:
        """The line as it may be written."""
        if self._known is not None:
            line = self._known.sub(CROSSED_OUT, line)
        return _SHAPES.sub(lambda found: next((g for g in found.groups() if g), "") + CROSSED_OUT, line)


def secrets_of(settings: BaseModel) -> Iterator[str]:
    """Every secret in the settings, and the passwords inside addresses."""
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            yield from secrets_of(value)
        else:
            for one in value.values() if isinstance(value, Mapping) else [value]:
                if isinstance(one, SecretStr):
                    secret = one.get_secret_value()
                    yield secret
                    yield from _password(secret)


def _password(address: str) -> Iterator[str]:
    try:
        password = urlsplit(address).password
    except ValueError:
        return
    if password:
        yield password
        yield unquote(password)


def _forms(secret: str) -> set[str]:
    """As it is, and as it stands in JSON and in addresses."""
    return {secret, json.dumps(secret, ensure_ascii=False)[1:-1], quote(secret, safe="")}
