"""Structured logs on standard error, ours and the libraries' in one format. Secrets never get here: settings hold them
as SecretStr, tracebacks show no local variables, and the last step crosses out what looks like one."""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Iterable
from typing import TextIO, cast

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.types import EventDict, Processor, WrappedLogger

from bot.redaction import Redaction
from config.groups.operations import Log


class _StandardError(io.TextIOBase):
    """Standard error as it is at the time of each write: whoever redirects it gets the lines."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


class _Libraries(logging.StreamHandler[TextIO]):
    """Where the standard library's logging goes. A class of its own, so that setting up again replaces it."""


def configure_logs(settings: Log, secrets: Iterable[str] = ()) -> None:
    """Set up structlog and the standard library's logging; `secrets` are crossed out wherever they appear."""
    as_json = settings.format == "json"
    beginning: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    ending = [*(_as_json() if as_json else _as_text()), _crossing_out(Redaction(secrets))]
    structlog.configure(
        processors=[*beginning, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.level]),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _StandardError())),
        cache_logger_on_first_use=True,
    )
    _configure_libraries([structlog.stdlib.add_logger_name, *beginning], ending)
    logging.captureWarnings(as_json)


def _configure_libraries(beginning: list[Processor], ending: list[Processor]) -> None:
    handler = _Libraries(cast(TextIO, _StandardError()))
    handler.setLevel(logging.WARNING)  # on the handler: some libraries lower the level of their own loggers
    meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=beginning, processors=[meta, *ending]))
    root = logging.getLogger()
    for former in [one for one in root.handlers if isinstance(one, _Libraries)]:
        root.removeHandler(former)
    root.addHandler(handler)
    engine = logging.getLogger("dbos")  # without a handler it would add one that writes in a format of its own
    engine.handlers[:] = [logging.NullHandler()]
    engine.propagate = True


def _as_json() -> list[Processor]:
    return [
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
    ]


def _as_text() -> list[Processor]:
    colors = sys.stderr.isatty()
    return [structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)]


def _crossing_out(redaction: Redaction) -> Processor:
    """The line is text by now. `cast`: structlog names every step's result an event dictionary."""

    def cross_out(_logger: WrappedLogger, _name: str, line: EventDict) -> EventDict:
        return cast(EventDict, redaction(str(line)))

    return cross_out
