"""WeCom's library (libWeWorkFinanceSdk_C.so) by ctypes. Runs in the child process only: it aborts on odd input."""

from __future__ import annotations

import ctypes
from ctypes import c_char_p, c_int, c_uint, c_ulonglong, c_void_p
from dataclasses import dataclass
from typing import Any

_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "NewSdk": (c_void_p, []),
    "Init": (c_int, [c_void_p, c_char_p, c_char_p]),
    "GetChatData": (c_int, [c_void_p, c_ulonglong, c_uint, c_char_p, c_char_p, c_int, c_void_p]),
    "DecryptData": (c_int, [c_char_p, c_char_p, c_void_p]),
    "GetMediaData": (c_int, [c_void_p, c_char_p, c_char_p, c_char_p, c_char_p, c_int, c_void_p]),
    "DestroySdk": (None, [c_void_p]),
    "NewSlice": (c_void_p, []),
    "FreeSlice": (None, [c_void_p]),
    "GetContentFromSlice": (c_void_p, [c_void_p]),
    "GetSliceLen": (c_int, [c_void_p]),
    "NewMediaData": (c_void_p, []),
    "FreeMediaData": (None, [c_void_p]),
    "GetOutIndexBuf": (c_void_p, [c_void_p]),
    "GetIndexLen": (c_int, [c_void_p]),
    "GetData": (c_void_p, [c_void_p]),
    "GetDataLen": (c_int, [c_void_p]),
    "IsMediaDataFinish": (c_int, [c_void_p]),
}


class LibraryFault(Exception):
    """The file can't be loaded, or lacks a function."""


class Failed(Exception):
    """A function gave a code that isn't 0."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Connection:
    """How WeCom is reached."""

    proxy: bytes = b""
    password: bytes = b""  # user:password of the proxy
    seconds: int = 30


@dataclass(frozen=True, slots=True)
class Piece:
    """At most 512 KB of a file, and where the next one begins."""

    data: bytes
    next: bytes
    finished: bool


def load(path: str) -> Any:
    """The library. Raises LibraryFault with the loader's own words."""
    try:
        return ctypes.CDLL(path)
    except OSError as error:
        raise LibraryFault(str(error)) from error


class Sdk:
    """One company's archive. Everything that the library allots is freed."""

    def __init__(self, library: Any, connection: Connection) -> None:
        """`library`: what `load` gives. Raises LibraryFault when it isn't WeCom's."""
        self._library = library
        self._connection = connection
        for name, (result, arguments) in _SIGNATURES.items():
            try:
                function = getattr(library, name)
            except AttributeError as error:
                raise LibraryFault(str(error)) from error
            function.restype, function.argtypes = result, arguments
        self._sdk: Any = None

    def open(self, corp_id: str, secret: str) -> None:
        """Sign in. Raises Failed."""
        self.close()
        self._sdk = self._library.NewSdk()
        _check(self._library.Init(self._sdk, corp_id.encode(), secret.encode()))

    def pull(self, seq: int, limit: int) -> bytes:
        """The messages behind `seq`, at most 1000: JSON. Raises Failed."""
        how = self._connection
        return self._sliced(
            lambda out: self._library.GetChatData(self._sdk, seq, limit, how.proxy, how.password, how.seconds, out)
        )

    def decrypt(self, key: bytes, content: bytes) -> bytes:
        """One message: JSON. Raises Failed."""
        return self._sliced(lambda out: self._library.DecryptData(key, content, out))

    def media(self, file: bytes, index: bytes) -> Piece:
        """A piece of a file; `index`: b"" at first, then `next` of the piece before. Raises Failed."""
        library, how = self._library, self._connection
        out = library.NewMediaData()
        try:
            _check(library.GetMediaData(self._sdk, index, file, how.proxy, how.password, how.seconds, out))
            data = _bytes(library.GetData(out), library.GetDataLen(out))
            following = _bytes(library.GetOutIndexBuf(out), library.GetIndexLen(out))
            return Piece(data, following, bool(library.IsMediaDataFinish(out)))
        finally:
            library.FreeMediaData(out)

    def close(self) -> None:
        """Give back what is open."""
        if self._sdk is not None:
            self._library.DestroySdk(self._sdk)
            self._sdk = None

    def _sliced(self, call: Any) -> bytes:
        out = self._library.NewSlice()
        try:
            _check(call(out))
            return _bytes(self._library.GetContentFromSlice(out), self._library.GetSliceLen(out))
        finally:
            self._library.FreeSlice(out)


def _check(code: int) -> None:
    if code != 0:
        raise Failed(code)


def _bytes(address: int | None, length: int) -> bytes:
    return ctypes.string_at(address, length) if address and length > 0 else b""
