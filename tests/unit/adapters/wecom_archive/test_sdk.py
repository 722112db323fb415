"""The calls into WeCom's library, against an object with its functions: real addresses, everything freed."""

from __future__ import annotations

import base64
import ctypes
import itertools
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from adapters.wecom_archive.sdk import LibraryFault, load
from adapters.wecom_archive.worker import Clerk

PIECE = 512 * 1024
FILE = bytes(range(256)) * 4096  # 1 MB with zeros in it: two pieces and an end
MESSAGE = '{"msgid":"m1","text":{"content":"太贵了"}}'.encode()


class Library:
    """libWeWorkFinanceSdk_C.so, as far as C can be told in Python: memory by address, nothing freed twice."""

    def __init__(self, code: int = 0) -> None:
        self.code = code
        self.calls: list[tuple[Any, ...]] = []
        self.alive: dict[int, dict[str, Any]] = {}
        self._numbers = itertools.count(1)
        for name in ("NewSdk", "NewSlice", "NewMediaData"):
            setattr(self, name, lambda name=name: self._new(name))
        for name in ("DestroySdk", "FreeSlice", "FreeMediaData"):
            setattr(self, name, lambda number: self.alive.pop(number) and None)
        self.Init = lambda sdk, corp_id, secret: self._called("Init", corp_id, secret)
        self.GetChatData = lambda sdk, *how, **_: self._fill(how[-1], b'{"chatdata":[]}', "GetChatData", *how[:-1])
        self.DecryptData = lambda key, content, out: self._fill(out, MESSAGE, "DecryptData", key, content)
        self.GetMediaData = partial(self._media)  # takes attributes, as a method doesn't
        self.GetContentFromSlice = lambda out: self._address(out, "data")
        self.GetSliceLen = lambda out: len(self.alive[out]["data"])
        self.GetData, self.GetDataLen = self.GetContentFromSlice, lambda out: len(self.alive[out]["data"])
        self.GetOutIndexBuf = lambda out: self._address(out, "next")
        self.GetIndexLen = lambda out: len(self.alive[out]["next"])
        self.IsMediaDataFinish = lambda out: self.alive[out]["finished"]

    def _new(self, kind: str) -> int:
        number = next(self._numbers)
        self.alive[number] = {"kind": kind}
        return number

    def _called(self, *call: Any) -> int:
        self.calls.append(call)
        return self.code

    def _fill(self, out: int, data: bytes, *call: Any) -> int:
        self.alive[out]["data"] = data
        return self._called(*call)

    def _media(self, sdk: int, index: bytes, file: bytes, *how: Any) -> int:
        begin = int(index.rpartition(b"-")[2] or b"0")
        data, out = FILE[begin : begin + PIECE], self.alive[how[-1]]
        end = begin + len(data)
        out |= {"data": data, "next": b"Range:bytes=0-%d" % end, "finished": int(end == len(FILE))}
        return self._called("GetMediaData", index, file)

    def _address(self, out: int, name: str) -> int:
        held = self.alive[out]
        held[f"{name} buffer"] = ctypes.create_string_buffer(held[name], len(held[name]) or 1)
        return ctypes.addressof(held[f"{name} buffer"])


INIT = {"do": "init", "library": "x.so", "corp_id": "ww1", "secret": "s", "proxy": "p", "password": "u:p", "seconds": 9}


def clerk(library: Library) -> Clerk:
    made = Clerk(lambda path: library)
    assert made.answer(INIT) == {"code": library.code}
    return made


def test_every_function_is_called_as_the_header_says() -> None:
    """Order and kind of arguments; UTF-8 out of a Slice; nothing but the SDK itself stays alive."""
    library = Library()
    desk = clerk(library)
    assert desk.answer({"do": "pull", "seq": 2**40, "limit": 1000}) == {"code": 0, "data": '{"chatdata":[]}'}
    assert desk.answer({"do": "open", "key": "k", "content": "c"}) == {"code": 0, "data": MESSAGE.decode()}
    assert library.calls == [
        ("Init", b"ww1", b"s"),
        ("GetChatData", 2**40, 1000, b"p", b"u:p", 9),
        ("DecryptData", b"k", b"c"),
    ]
    assert [one["kind"] for one in library.alive.values()] == ["NewSdk"]
    desk.answer(INIT)
    assert len(library.alive) == 1, "the one before was destroyed"


def test_a_file_comes_in_pieces_of_512_kb() -> None:
    """Each piece says where the next begins; zeros in it are no end."""
    library = Library()
    desk, index, data = clerk(library), "", b""
    for _ in range(3):
        answer = desk.answer({"do": "media", "file": "f", "index": index})
        data, index = data + base64.b64decode(answer["data"]), answer["next"]
        if answer["finished"]:
            break
    assert data == FILE
    assert [call[1] for call in library.calls[1:]] == [b"", b"Range:bytes=0-%d" % PIECE]
    assert len(library.alive) == 1


def test_a_code_is_told_and_everything_is_freed() -> None:
    library = Library()
    desk = clerk(library)
    library.code = 10001
    asked = ({"do": "pull", "seq": 0, "limit": 1}, {"do": "open", "key": "", "content": ""})
    for question in (*asked, {"do": "media", "file": "", "index": ""}):
        assert desk.answer(question) == {"code": 10001}
    assert len(library.alive) == 1


def test_what_is_no_library_is_said(tmp_path: Path) -> None:
    """A missing file, one of another kind, one that lacks functions; and a process that nobody signed in."""
    for path in ("", "x" * 20):
        file = tmp_path / "libWeWorkFinanceSdk_C.so"
        file.write_text(path)
        assert str(file) in Clerk().answer({**INIT, "library": str(file)})["fault"]
    assert "No such file" in Clerk().answer({**INIT, "library": str(tmp_path / "nothing.so")})["fault"]
    assert "NewSdk" in Clerk(lambda path: ctypes.CDLL(None)).answer(INIT)["fault"]
    assert Clerk().answer({"do": "pull", "seq": 0, "limit": 1}) == {"unready": True}
    with pytest.raises(LibraryFault):
        load(str(tmp_path / "nothing.so"))
