"""Where events may be sent: nowhere inside, unless the operator lists it. Looked at when the connection is made.

A name is looked up once for each connection, and what is connected to is the address that was looked at: a name that
means another machine a moment later leads nowhere.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from aiohttp import TCPConnector

_GIVEN_OUT = IPv6Network("2000::/3")


class PrivateAddress(OSError):
    """An address leads to a machine or network inside, which `events.allow_private` doesn't list."""

    def __init__(self, address: str) -> None:
        super().__init__(f"{type(self).__name__} {address}")  # its name is found where several errors became one


class Allowed:
    """Hosts and networks inside that events may be sent to nevertheless."""

    def __init__(self, listed: Sequence[str]) -> None:
        """`listed`: erp.internal, 10.1.2.3 or 10.1.0.0/16."""
        self._networks = [network for one in listed if (network := _network(one)) is not None]
        self._hosts = frozenset(one.lower().rstrip(".") for one in listed if _network(one) is None)

    def host(self, host: str) -> bool:
        """Whether this name is listed: wherever it leads."""
        return host.lower().rstrip(".") in self._hosts

    def address(self, address: str) -> bool:
        """Whether this address is public, or listed."""
        found = plain(address)
        return _is_public(found) or any(found in network for network in self._networks)

    def may_be_plain(self, url: str) -> bool:
        """Whether http:// will do: inside, where somebody listed it. Everywhere else others could read along."""
        host = urlsplit(url).hostname or ""
        try:
            return not _is_public(plain(host))
        except ValueError:
            return self.host(host)


def plain(address: str) -> IPv4Address | IPv6Address:
    """The address itself: IPv4 that is written as IPv6 is IPv4, and a zone doesn't matter."""
    found = ip_address(address.split("%", maxsplit=1)[0])
    inner = (found.ipv4_mapped or found.sixtofour) if isinstance(found, IPv6Address) else None
    return inner or found


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    """Of IPv6 only what is given out to anybody (2000::/3): gateways lead from much of the rest to IPv4, inside too."""
    if isinstance(address, IPv6Address) and address not in _GIVEN_OUT:
        return False
    return address.is_global and not address.is_multicast


def guarded_connector(allowed: Allowed, connections: int) -> TCPConnector:
    """Connections that lead only where they may; others end as PrivateAddress, before a byte is sent."""

    def opened(info: Any) -> socket.socket:
        family, kind, protocol, _, place = info
        if not allowed.address(str(place[0])):
            raise PrivateAddress(str(place[0]))
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        return made

    return TCPConnector(limit=connections, socket_factory=opened, use_dns_cache=False)


def _network(text: str) -> Any:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None
