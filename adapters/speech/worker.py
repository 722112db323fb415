"""The process that listens: one request a line on its standard input, one answer a line on its standard output.

It is politer than the bot (nice), ends when the bot ends or when there was nothing to do for a while, keeps nothing.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import warnings
from collections.abc import Mapping
from typing import Any

from adapters.common.child_end import own_output, questions, say
from adapters.speech.limits import Refused
from adapters.speech.listener import Listener
from adapters.speech.messages import config_of
from adapters.speech.weights import ModelFault

NICENESS = 10


def main() -> None:
    """Answer until there is nothing more to answer."""
    config = config_of(sys.argv[1])
    out = own_output()
    warnings.simplefilter("ignore")  # of libraries; ours are errors in the tests
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    requests = questions()
    listener = Listener(config, lambda: None)
    while True:
        try:
            request = requests.get(timeout=config.idle_seconds)
        except queue.Empty:
            return
        say(out, {"id": request["id"], **_answer(listener, request)})


def _answer(listener: Listener, request: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return listener.answer(request)
    except Refused as refused:
        return {"refused": refused.reason, "values": refused.values}
    except ModelFault as fault:
        return {"fault": fault.key, "values": fault.values}
    except Exception as error:  # whatever it is, the next recording is listened to
        return {"error": f"{type(error).__name__}: {error}"[:500]}


if __name__ == "__main__":
    main()
