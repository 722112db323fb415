"""Which sources are to be loaded now, by their own rhythm."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.contracts.errors import ConfigurationError
from bot.flows.sources_definitions import definition_of
from storage.repositories.loads import Load, Note
from storage.repositories.sources import SourceVersion
from storage.store import Store

AGAIN = timedelta(minutes=15)  # after a source was away; sooner when it is loaded more often
AWAY = Note("unavailable")  # on a load that failed for a reason that may pass

log = structlog.get_logger(__name__)


def due_sources(store: Store, now: datetime) -> list[str]:
    """Those whose time has come and that nobody loads. Rows that are only tried again don't count as a reading."""
    last, at_work = store.loads.latest_of_all("read"), {load.source for load in store.loads.running()}
    return [
        source
        for source, version in store.sources.all().items()
        if source not in at_work and (every := _rhythm(version)) and is_due(last.get(source), every, now)
    ]


def is_due(latest: Load | None, every_seconds: int, now: datetime) -> bool:
    """Whether a source is to be loaded: its time has come, or it was away and may be back."""
    if latest is None:
        return True
    every = timedelta(seconds=every_seconds)
    if latest.state == "failed" and AWAY in latest.notes:
        return now >= (latest.ended_at or latest.begun_at) + min(every, AGAIN)
    return latest.state != "running" and now >= latest.begun_at + every


def _rhythm(version: SourceVersion) -> int | None:
    """Seconds; None for a source without a rhythm, and for one whose definition no longer holds: the others go on."""
    try:
        return definition_of(version).every_seconds
    except ConfigurationError as error:
        log.debug("a source is not loaded", source=version.source, fault=str(error))  # every minute; its page says it
        return None
