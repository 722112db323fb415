"""The child's end of `child.py`: questions on its standard input, answers on its standard output."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Mapping
from typing import Any, BinaryIO

from adapters.common.child import pack, unpack


def own_output() -> BinaryIO:
    """Standard output for us alone: what libraries print goes to standard error."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


def questions() -> queue.Queue[dict[str, Any]]:
    """What the bot asks, read aside, so that its end is noticed in the middle of work: then this process ends too."""
    asked: queue.Queue[dict[str, Any]] = queue.Queue()

    def read() -> None:
        for line in sys.stdin.buffer:
            asked.put(unpack(line))
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return asked


def say(out: BinaryIO, values: Mapping[str, Any]) -> None:
    """One answer."""
    out.write(pack(values))
    out.flush()
