"""What follows a load that is done: those who look at it, what it says of benchmarks, and rows that waited for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import structlog

from bot.contracts import Clock
from bot.contracts.errors import ConfigurationError, IntakeUnavailable
from bot.flows.sources_definitions import definition_of
from knowledge.funnel.stored import load_marks
from storage.database import Database
from storage.repositories.loads import Load, Note
from storage.store import Store

WAITS_FOR: Mapping[str, tuple[str, ...]] = {"customer": ("unknown_customer",)}  # entity -> refusals it may settle
DEVIATION = "deviation"  # note on a load of leads: an industry that differs from its benchmark (B8)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load brought, for those who look at it afterwards."""

    source: str
    entity: str
    added: int
    changed: int


After = Callable[[Loaded], Awaitable[None]]


class Aftermath:
    """Called at least once for each load that is done; a fault of one who looks stops nobody."""

    def __init__(self, database: Database, clock: Clock, zone: ZoneInfo, after: Sequence[After]) -> None:
        self._database, self._clock, self._zone = database, clock, zone
        self._after = tuple(after)

    async def tell(self, load: Load) -> set[str]:
        """Tell everybody; the sources whose refused rows may pass now."""
        entity = await self._entity(load)
        if entity == "lead" and (load.added or load.changed):
            await self._mark(load)
        for after in self._after if entity else ():
            try:
                await after(Loaded(load.source, entity, load.added, load.changed))
            except IntakeUnavailable:
                raise
            except Exception:
                log.exception("a look at what was loaded failed", source=load.source)
        waiting: set[str] = set()
        if load.added and entity in WAITS_FOR:
            waiting = await self._database.read(lambda store: store.refusals.waiting_for(WAITS_FOR[entity]))
        return waiting

    async def told(self, load: Load) -> None:
        """That was all. A command tells nobody: the server does, within a minute."""
        if self._after:
            await self._database.write(lambda store: store.loads.told(load.id))

    async def _entity(self, load: Load) -> str:
        """What was loaded; "" when its definition doesn't hold any more."""
        version = await self._database.read(lambda store: store.sources.version(load.source, load.version))
        try:
            return definition_of(version).entity
        except ConfigurationError as error:
            log.warning("nobody is told of a load", source=load.source, load=load.id, fault=str(error))
            return ""

    async def _mark(self, load: Load) -> None:
        """Industries that deviate, as notes on the load: its report says them, wherever it is shown."""
        now = self._clock.now()

        def marks(store: Store) -> list[Note]:
            texts = [load_marks(store, now, self._zone, lang) for lang in ("zh", "en")]
            return [Note(DEVIATION, {"said": {"zh": zh, "en": en}}) for zh, en in zip(*texts, strict=True)]

        found = await self._database.read(marks)
        notes = [*(note for note in load.notes if note.note != DEVIATION), *found]
        if notes != list(load.notes):
            await self._database.write(lambda store: store.loads.noted(load.id, notes))
