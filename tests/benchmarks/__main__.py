"""`python -m tests.benchmarks [NAME…]`: run all benchmarks, or those named, and rewrite their sections."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from rich.console import Console

from bot.logs import configure_logs
from config.settings import Log
from tests.benchmarks import (
    attribution,
    chat,
    event_deliveries,
    events_in,
    funnel,
    journeys,
    listening,
    prompts,
    questions_answers,
    questions_speed,
    retrieval_section,
    scale,
    sla,
    sources,
    speech,
    start,
    storage,
)
from tests.benchmarks.document import DOCUMENT, write_section
from tests.benchmarks.machine import describe, stamp

Tell = Callable[[str], None]

BENCHMARKS: dict[str, Callable[[Tell], str]] = {
    "start": start.run,
    "storage": storage.run,
    "chat": chat.run,
    "scale": scale.run,
    "retrieval": retrieval_section.run,
    "speech": speech.run,
    "listening": listening.run,
    "prompts": prompts.run,
    "sources": sources.run,
    "journeys": journeys.run,
    "attribution": attribution.run,
    "funnel": funnel.run,
    "figures": questions_speed.run,
    "answers": questions_answers.run,
    "events_in": events_in.run,
    "event_deliveries": event_deliveries.run,
    "sla": sla.run,
}

console = Console()


def main(names: list[str]) -> None:
    """Run in the order of the table above. Ends with status 2 when a name isn't known."""
    if unknown := sorted(set(names) - set(BENCHMARKS)):
        console.print(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}.")
        sys.exit(2)
    configure_logs(Log(level="WARNING"))
    write_section("machine", describe())
    for name in names or BENCHMARKS:
        _run(name)
    console.print(f"Written to {DOCUMENT.relative_to(DOCUMENT.parent.parent)}", highlight=False)


def _run(name: str) -> None:
    before, begun = stamp(), time.monotonic()
    with console.status(name) as line:
        text = BENCHMARKS[name](lambda what: line.update(f"{name}: {what} ({time.monotonic() - begun:.0f} s)"))
    section = f"{before} Took {time.monotonic() - begun:.0f} s.\n\n{text}"
    write_section(name, section)
    console.rule(name)
    console.print(section, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main(sys.argv[1:])
