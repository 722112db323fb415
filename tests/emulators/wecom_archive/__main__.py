"""The child: speaks the pipe protocol of `adapters/wecom_archive/worker.py`, out of a script instead of the library.

The script is the "library". It is read anew at each question, so that a test can go on writing it; every question is
noted beside it before it is answered, so that what was asked outlives the child.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

MOST, REFUSED, NO_SUCH, NO_FILE = 1000, 10006, 10000, 10005
PIECE = 512 * 1024


class Clerk:
    """Answers as the library would."""

    def __init__(self) -> None:
        self._script: Path | None = None

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Misbehave as the script says, or answer."""
        if asked["do"] == "init":
            self._script = Path(asked["library"])
        if self._script is None:
            return {"unready": True}
        if not self._script.is_file():
            return {"fault": f"{self._script.name}: cannot open shared object file: No such file or directory"}
        script, before = json.loads(self._script.read_text()), self._noted(asked)
        answer: dict[str, Any] = getattr(self, f"_{asked['do']}")(asked, script, before)
        return answer

    def _init(self, asked: dict[str, Any], script: dict[str, Any], before: int) -> dict[str, Any]:
        return {"code": 0 if asked["secret"] == script["secret"] else NO_SUCH}

    def _pull(self, asked: dict[str, Any], script: dict[str, Any], before: int) -> dict[str, Any]:
        faults = script["pulls"]
        if before < len(faults) and faults[before]:
            return _misbehave(faults[before])
        if not 0 < asked["limit"] <= MOST:
            return {"code": NO_SUCH}
        found = [one for one in script["messages"] if one["seq"] > asked["seq"]][: asked["limit"]]
        return {"code": 0, "data": json.dumps({"errcode": 0, "errmsg": "ok", "chatdata": found})}

    def _open(self, asked: dict[str, Any], script: dict[str, Any], before: int) -> dict[str, Any]:
        """The content says whose key it wants, and what befalls whoever opens it."""
        fault, _, rest = asked["content"].partition("|")
        owner, _, content = rest.partition("|")
        if fault and not (fault.endswith(" once") and before):
            return _misbehave(fault.removesuffix(" once"))
        if owner != hashlib.sha256(asked["key"].encode()).hexdigest():
            return {"code": REFUSED}
        return {"code": 0, "data": base64.b64decode(content).decode()}

    def _media(self, asked: dict[str, Any], script: dict[str, Any], before: int) -> dict[str, Any]:
        content = base64.b64decode(script["files"].get(asked["file"], ""))
        if not content:
            return {"code": NO_FILE}
        begin = int(base64.b64decode(asked["index"]) or b"0")
        end = min(begin + PIECE, len(content))
        following = begin if script["stuck"] else end
        index, data = base64.b64encode(b"%d" % following), base64.b64encode(content[begin:end])
        return {"code": 0, "data": data.decode(), "next": index.decode(), "finished": end == len(content)}

    def _noted(self, asked: dict[str, Any]) -> int:
        """Note the question; how many of its kind, of an opening the very same, came before."""
        path = Path(f"{self._script}.log")
        lines = path.read_text().splitlines() if path.exists() else []
        kind = f"open {hashlib.sha256(asked['content'].encode()).hexdigest()}" if asked["do"] == "open" else asked["do"]
        with path.open("a") as file:
            file.write(json.dumps({"kind": kind, "seq": asked.get("seq"), "pid": os.getpid()}) + "\n")
        return sum(json.loads(line)["kind"] == kind for line in lines)


def _misbehave(fault: str) -> dict[str, Any]:
    if fault == "die":
        os.abort()
    if fault == "hang":
        time.sleep(3600)
    if fault == "garbage":
        sys.stdout.write("terminate called after throwing an instance of 'std::out_of_range'\n")
    if fault.startswith("errcode "):
        return {"code": 0, "data": json.dumps({"errcode": int(fault.split()[1]), "errmsg": "no, from ip: 1.2.3.4"})}
    return {"code": int(fault)} if fault.isdigit() else {}


def main() -> None:
    """One question a line, one answer a line."""
    clerk = Clerk()
    for line in sys.stdin:
        asked = json.loads(line)
        sys.stdout.write(json.dumps({"id": asked["id"], **clerk.answer(asked)}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
