"""The process that WeCom's library runs in: a question a line on its standard input, an answer a line on its output.

It has the archive's secret and the keys of single messages, never a private key. It ends when the bot ends.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from adapters.common.child_end import own_output, questions, say
from adapters.wecom_archive.sdk import Connection, Failed, LibraryFault, Sdk, load

Load = Callable[[str], Any]


class Unready(Exception):
    """Nobody has signed in yet: the process before this one died between two questions."""


class Clerk:
    """Answers questions with the library's help."""

    def __init__(self, load_library: Load = load) -> None:
        self._load = load_library
        self._sdk: Sdk | None = None

    def answer(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """`code` is the library's, 0 when all is well; `fault`: there is no library; `unready`: init comes first."""
        try:
            return {"code": 0, **getattr(self, f"_{asked['do']}")(asked)}
        except Failed as failed:
            return {"code": failed.code}
        except LibraryFault as fault:
            return {"fault": str(fault)[:500]}
        except Unready:
            return {"unready": True}

    def _init(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        connection = Connection(asked["proxy"].encode(), asked["password"].encode(), asked["seconds"])
        if self._sdk is not None:
            self._sdk.close()
        sdk = Sdk(self._load(asked["library"]), connection)
        sdk.open(asked["corp_id"], asked["secret"])
        self._sdk = sdk
        return {}

    def _pull(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return {"data": _text(self._opened().pull(asked["seq"], asked["limit"]))}

    def _open(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return {"data": _text(self._opened().decrypt(asked["key"].encode(), asked["content"].encode()))}

    def _media(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        piece = self._opened().media(asked["file"].encode(), base64.b64decode(asked["index"]))
        data, following = base64.b64encode(piece.data).decode(), base64.b64encode(piece.next).decode()
        return {"data": data, "next": following, "finished": piece.finished}

    def _opened(self) -> Sdk:
        if self._sdk is None:
            raise Unready
        return self._sdk


def _text(data: bytes) -> str:
    return data.rstrip(b"\0").decode("utf-8", "replace")


def main() -> None:
    """Answer until the bot ends."""
    out, asked, clerk = own_output(), questions(), Clerk()
    while True:
        question = asked.get()
        say(out, {"id": question["id"], **clerk.answer(question)})


if __name__ == "__main__":
    main()
