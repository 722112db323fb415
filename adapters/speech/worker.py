"""The process that listens: one request a line on its standard input, one answer a line on its standard output.

It is politer than the bot (nice), ends when the bot ends or when there was nothing to do for a while, keeps nothing.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import warnings
from collections.abc import Mapping
from typing import Any, BinaryIO

from adapters.speech.limits import Refused
from adapters.speech.listener import Listener
from adapters.speech.messages import config_of, pack, unpack
from adapters.speech.weights import ModelFault

NICENESS = 10


def main() -> None:
    """Answer until there is nothing more to answer."""
    config = config_of(sys.argv[1])
    out = _own_output()
    warnings.simplefilter("ignore")  # of libraries; ours are errors in the tests
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    requests = _requests()
    listener = Listener(config, lambda: None)
    while True:
        try:
            request = requests.get(timeout=config.idle_seconds)
        except queue.Empty:
            return
        _say(out, {"id": request["id"], **_answer(listener, request)})


def _own_output() -> BinaryIO:
    """Standard output for us alone: what libraries print goes to standard error."""
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return out


def _requests() -> queue.Queue[dict[str, Any]]:
    """What the bot asks, read aside, so that its end is noticed in the middle of work."""
    requests: queue.Queue[dict[str, Any]] = queue.Queue()

    def read() -> None:
        for line in sys.stdin.buffer:
            requests.put(unpack(line))
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return requests


def _answer(listener: Listener, request: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return listener.answer(request)
    except Refused as refused:
        return {"refused": refused.reason, "values": refused.values}
    except ModelFault as fault:
        return {"fault": fault.key, "values": fault.values}
    except Exception as error:  # whatever it is, the next recording is listened to
        return {"error": f"{type(error).__name__}: {error}"[:500]}


def _say(out: BinaryIO, values: Mapping[str, Any]) -> None:
    out.write(pack(values))
    out.flush()


if __name__ == "__main__":
    main()
