"""Private keys by version, with real RSA: what is missing is never passed over, what is broken is."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from adapters.wecom_archive.keys import BadSeal, KeyRing, NoKey
from bot.contracts.errors import ConfigurationError
from tests.emulators.wecom_archive.emulator import pem


def wrapped(version: int, key: bytes = b"a message's own key") -> str:
    private = load_pem_private_key(pem(version), None)
    assert isinstance(private, rsa.RSAPrivateKey)
    return base64.b64encode(private.public_key().encrypt(key, padding.PKCS1v15())).decode()


def test_a_key_is_used_as_soon_as_its_file_is_there(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    with pytest.raises(NoKey) as missing:
        ring.unwrap(2, wrapped(2))
    assert missing.value.version == 2
    (tmp_path / "2.pem").write_bytes(pem(2))
    assert ring.unwrap(2, wrapped(2)) == "a message's own key"
    assert ring.versions() == [2]


def test_a_key_of_another_pair_counts_as_missing_until_it_is_replaced(tmp_path: Path) -> None:
    """Else every message of this version would be lost for somebody's mistake."""
    ring = KeyRing(tmp_path)
    (tmp_path / "2.pem").write_bytes(pem(3))
    with pytest.raises(NoKey):
        ring.unwrap(2, wrapped(2))
    assert not ring.has(2)
    assert ring.is_wrong(2)
    (tmp_path / "2.pem").unlink()
    (tmp_path / "2.pem").write_bytes(pem(2))
    assert ring.unwrap(2, wrapped(2))


def test_one_broken_seal_among_good_ones_is_that_messages_fault(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    (tmp_path / "2.pem").write_bytes(pem(2))
    ring.unwrap(2, wrapped(2))
    broken = base64.b64encode(secrets.token_bytes(256)).decode()
    for seal in (broken, "", "not base64!", wrapped(3), wrapped(2, b"\x00\xff"), wrapped(2, b"")):
        with pytest.raises(BadSeal):
            ring.unwrap(2, seal)
    assert ring.unwrap(2, wrapped(2)), "and the key goes on working"


def test_files_that_are_no_keys_are_named(tmp_path: Path) -> None:
    small = rsa.generate_private_key(65537, 1024)  # noqa: S505  the fault that is looked for
    other = ec.generate_private_key(ec.SECP256R1())
    locked = BestAvailableEncryption(b"password")
    formats = Encoding.PEM, PrivateFormat.PKCS8
    files = {
        "1.pem": b"nothing",
        "2.pem": small.private_bytes(*formats, NoEncryption()),
        "3.pem": other.private_bytes(*formats, NoEncryption()),
        "4.pem": small.private_bytes(*formats, locked),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ConfigurationError, match=name):
            KeyRing(tmp_path).versions()
        (tmp_path / name).unlink()
    with pytest.raises(ConfigurationError, match="nowhere"):
        KeyRing(tmp_path / "nowhere").versions()
    (tmp_path / "public.pem").write_bytes(b"not ours")
    assert KeyRing(tmp_path).versions() == []
