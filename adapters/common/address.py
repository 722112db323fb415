"""Which addresses a platform's servers can reach."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_private(url: str) -> bool:
    """Whether an address is one that only this machine or its network reaches."""
    host = urlsplit(url).hostname or ""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host in ("", "localhost") or host.endswith((".local", ".internal"))
