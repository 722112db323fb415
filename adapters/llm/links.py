"""Links, addresses and markup in a text: what could lead a reader somewhere. Pure."""

from __future__ import annotations

import re

_ASCII = r"[A-Za-z0-9\-._~:/?#\[\]@!$&'*+,;=%]"
_URL = rf"(?:https?|hxxps?|ftps?|wss?|file|weixin|wxwork|slack)://{_ASCII}*|(?:javascript|data|mailto|tel|sms|vbscript):{_ASCII}+"
_MAIL = r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+"
_DOMAIN = r"(?<![A-Za-z0-9@])(?:[A-Za-z0-9-]{2,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z])(?:[:/?#]" + _ASCII + "*)?"
_SPOKEN = r"[A-Za-z0-9-]{2,63}(?:[ ]?[(\[]?(?:点|[ ]dot[ ])[)\]]?[ ]?)(?:com|cn|net|org|io|top|xyz|cc|vip)(?![A-Za-z])"
_MARKUP = r"<[A-Za-z/!][^>\n]{0,200}>?|!\["
_LINK = re.compile("|".join((_URL, _MAIL, _DOMAIN, _SPOKEN, _MARKUP)), re.IGNORECASE)


def links(text: str) -> frozenset[str]:
    """Every link, e-mail address, domain and piece of markup, in one spelling each."""
    return frozenset(_same(match[0]) for match in _LINK.finditer(text))


def without_links(text: str) -> str:
    """The text with a space for each of them, so that their letters and digits aren't taken for figures or names."""
    return _LINK.sub(" ", text)


def _same(link: str) -> str:
    link = link.rstrip(".,;:!?'*_)]")
    scheme, separator, rest = link.partition("://")
    host, slash, path = rest.partition("/") if separator else link.partition("/")
    return (f"{scheme}{separator}{host}".lower() if separator else host.lower()) + slash + path
