"""Which addresses lead inside, however they are written (C3)."""

from __future__ import annotations

import pytest

from adapters.webhooks.addresses import Allowed

INSIDE = [
    "127.0.0.1",
    "0.0.0.0",  # noqa: S104 - nothing listens there
    "10.1.2.3",
    "169.254.169.254",
    "100.64.0.1",
    "240.0.0.1",
    "224.0.0.1",
    "::1",
    "::",
    "::ffff:10.0.0.1",
    "::10.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::a00:1",
    "2002:a00:1::",
    "2001:0:a00:1::1",
    "fec0::1",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
]


@pytest.mark.parametrize("address", INSIDE)
def test_inside(address: str) -> None:
    """Also where a gateway makes IPv4 of it; listed, it may be."""
    assert not Allowed([]).address(address)
    assert Allowed(["0.0.0.0/0", "::/0"]).address(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "2002:808:808::1"])
def test_outside(address: str) -> None:
    """Anybody reaches it; so it must be https."""
    assert Allowed([]).address(address)
    assert not Allowed([]).may_be_plain(f"http://[{address}]/" if ":" in address else f"http://{address}/")
