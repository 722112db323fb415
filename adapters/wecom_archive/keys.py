"""Private keys, one for each version of the public key that WeCom was given (消息加密公钥)."""

from __future__ import annotations

import base64
import binascii
import re
from pathlib import Path
from typing import TYPE_CHECKING

from bot.contracts.errors import ConfigurationError
from config.languages import operator_language
from config.locales import t

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_NAME = re.compile(r"(\d{1,9})\.pem")  # the version
BITS = 2048
_LONGEST = 256  # characters of a message's own key


class NoKey(Exception):
    """There is no private key of this version, or one that isn't its. Never leaves this package."""

    def __init__(self, version: int) -> None:
        super().__init__(version)
        self.version = version


class BadSeal(Exception):
    """This one message's key can't be unwrapped, though others of its version can. Never leaves this package."""


class KeyRing:
    """Reads the folder anew whenever a version is looked for that it hasn't: keys may be added at any time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._keys: dict[int, RSAPrivateKey] = {}
        self._proved: set[int] = set()  # versions whose key has unwrapped something
        self._wrong: dict[int, int] = {}  # version -> when its file, which holds another key, was written

    def has(self, version: int) -> bool:
        """Whether there is a usable key. Raises ConfigurationError for a file that is none."""
        if version not in self._keys:
            path = self._folder / f"{version}.pem"
            written = _written(path)
            if written is None or self._wrong.get(version) == written:
                return False
            self._keys[version] = _read(path)
        return True

    def unwrap(self, version: int, wrapped: str) -> str:
        """A message's own key. Raises NoKey, BadSeal, and ConfigurationError as `has`."""
        if not self.has(version):
            raise NoKey(version)
        key = _unwrapped(self._keys[version], wrapped)
        if key:
            self._proved.add(version)
            return key
        if version in self._proved:
            raise BadSeal
        self._is_wrong(version)
        raise NoKey(version)

    def is_wrong(self, version: int) -> bool:
        """Whether there is a key, but not the one that WeCom was given the public half of."""
        return version in self._wrong and version not in self._keys

    def versions(self) -> list[int]:
        """The versions there are, every file looked at. Raises ConfigurationError."""
        try:
            names = [path.name for path in self._folder.iterdir()]
        except OSError as error:
            raise ConfigurationError(_say("no_folder", folder=self._folder, why=error.strerror or "")) from error
        found = sorted(int(match[1]) for name in names if (match := _NAME.fullmatch(name)))
        return [version for version in found if self.has(version)]

    def _is_wrong(self, version: int) -> None:
        """Its file is read again when somebody has replaced it."""
        del self._keys[version]
        self._wrong[version] = _written(self._folder / f"{version}.pem") or 0


def _written(path: Path) -> int | None:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return None


def _read(path: Path) -> RSAPrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise ConfigurationError(_say("unreadable", file=path.name, why=error.strerror or "")) from error
    except (ValueError, TypeError, UnsupportedAlgorithm):  # no PEM; locked with a password; odd
        raise ConfigurationError(_say("no_key", file=path.name)) from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < BITS:
        raise ConfigurationError(_say("not_rsa", file=path.name, bits=BITS))
    return key


def _unwrapped(key: RSAPrivateKey, wrapped: str) -> str:
    """ "" when this isn't the key that it was wrapped for: OpenSSL then gives random bytes, or refuses."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    try:
        found = key.decrypt(base64.b64decode(wrapped, validate=True), PKCS1v15()).decode("ascii")
    except (ValueError, binascii.Error):
        return ""
    return found if 0 < len(found) <= _LONGEST and found.isprintable() else ""


def _say(key: str, **values: object) -> str:
    return t(f"wecom_archive.keys.{key}", operator_language(), **values)
