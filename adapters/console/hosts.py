"""Whose request this is: the address it comes from, the host it asks for, the page that sent it.

`X-Forwarded-*` counts only when the connection comes from a configured proxy: anybody else could write anything there.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web

from config.groups.signin import Network

LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
LOCAL_ENDINGS = (".local", ".lan", ".internal", ".localhost")
CROSS_SITE = frozenset({"cross-site", "same-site"})
V6_OF_ONE = 64  # bits: a household or server has a whole /64, so one address of it stands for all


class Hosts:
    """Reads requests for what they really are."""

    def __init__(self, public_url: str, fixed: bool, proxies: tuple[Network, ...]) -> None:
        self.public_url = public_url
        self._public = urlsplit(public_url)
        self._fixed = fixed  # an operator said under which address people come
        self._proxies = proxies

    def address(self, request: web.Request) -> str:
        """The client's address: the last one in the chain that isn't a proxy of ours."""
        peer = request.remote or ""
        if not self._is_proxy(peer):
            return peer
        chain = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")
        for hop in reversed([part.strip() for part in chain]):
            if not _is_address(hop):
                return peer
            if not self._is_proxy(hop):
                return hop
            peer = hop
        return peer

    def counted(self, request: web.Request) -> str:
        """The address as limits count it: of IPv6 the network."""
        address = self.address(request)
        if ":" not in address or not _is_address(address):
            return address
        return str(ipaddress.ip_network(f"{address.partition('%')[0]}/{V6_OF_ONE}", strict=False))

    def knows(self, request: web.Request) -> bool:
        """Whether the host is one of ours: another name that leads here (DNS rebinding) opens nothing."""
        name = _name(self._host(request))
        if name in LOCAL_HOSTS or name == self._public.hostname:
            return True
        return not self._fixed and bool(name) and (_is_address(name) or "." not in name or name.endswith(LOCAL_ENDINGS))

    def is_public(self, request: web.Request) -> bool:
        """Whether the browser came by the public address, to which identity providers send it back."""
        return _name(self._host(request)) == self._public.hostname

    def is_from_our_page(self, request: web.Request) -> bool:
        """Whether the page that sent this is ours, as far as the browser says; the CSRF mark is asked for anyway."""
        if request.headers.get("Sec-Fetch-Site", "") in CROSS_SITE:
            return False
        origin = request.headers.get("Origin")
        if origin is None:
            return True
        place = _place(origin)
        return place != "" and place in {self._host(request).lower(), self._public.netloc.lower()}

    def _host(self, request: web.Request) -> str:
        if self._is_proxy(request.remote or ""):
            return request.headers.get("X-Forwarded-Host", request.host).rpartition(",")[2].strip()
        return request.host

    def _is_proxy(self, address: str) -> bool:
        if not self._proxies or not _is_address(address):
            return False
        return any(ipaddress.ip_address(address) in network for network in self._proxies)


def _name(host: str) -> str:
    """Of "name:port", lower case; "" when it is no host."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _place(origin: str) -> str:
    """Of "https://name:port" the name and port, lower case; "" when it is no origin ("null", half an address)."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
