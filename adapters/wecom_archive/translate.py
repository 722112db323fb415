"""What the library answers, as values of ours. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.wecom_archive.errors import Nonsense, raise_for_errcode


@dataclass(frozen=True, slots=True)
class Sealed:
    """A message as WeCom hands it out."""

    seq: int
    id: str
    version: int  # of the public key that its own key is wrapped with
    key: str  # base64
    content: str


def sealed_in(text: str) -> list[Sealed]:
    """The messages of one answer of GetChatData, oldest first.

    Raises Nonsense for an answer that isn't one; TemporaryFailure or ConfigurationError for an errcode in it.
    """
    try:
        answer = json.loads(text)
        errcode = int(answer.get("errcode", 0))
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Nonsense() from error
    raise_for_errcode(errcode, str(answer.get("errmsg", "")))
    messages = answer.get("chatdata") or []
    if not isinstance(messages, list):
        raise Nonsense()
    return sorted((_sealed(one) for one in messages), key=lambda one: one.seq)


def _sealed(one: Any) -> Sealed:
    """Only the seq is needed to pass over a message; whatever else is missing is found out when it is opened."""
    seq = _whole(one, "seq") if isinstance(one, Mapping) else None
    if seq is None:
        raise Nonsense()
    return Sealed(
        seq,
        _text(one, "msgid")[:128],
        _whole(one, "publickey_ver") or 0,
        _text(one, "encrypt_random_key"),
        _text(one, "encrypt_chat_msg"),
    )


def _whole(one: Mapping[str, Any], name: str) -> int | None:
    value = one.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63 else None


def _text(one: Mapping[str, Any], name: str) -> str:
    value = one.get(name)
    return value if isinstance(value, str) else ""
