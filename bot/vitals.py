"""What the probes tell: whether this process can answer, and how much waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.contracts import Clock
from bot.contracts.errors import XiaoceError
from bot.metrics import Metrics
from bot.recent import Recent
from config.languages import operator_language
from config.locales import t
from storage.database import Database
from storage.revision import known_revisions, revision
from storage.vital_signs import VitalSigns, vital_signs

if TYPE_CHECKING:
    from prometheus_client.core import Metric

SIGNS_SECONDS = 5.0  # age of figures from the database
REVISION_SECONDS = 1.0
PATIENCE = 2.0  # seconds that a probe waits for the database

Checks = dict[str, str]  # what was looked at → "ok", or what is wrong


class Readiness:
    """Can this process take messages and answer them?"""

    def __init__(self, database: Database, is_learnt: Callable[[], bool], is_working: Callable[[], bool]) -> None:
        """`is_learnt`: playbook and examples are indexed; `is_working`: its heartbeat was seen lately."""
        self._is_learnt, self._is_working = is_learnt, is_working
        self._revision = Recent(lambda: database.read(revision), REVISION_SECONDS)

    async def checks(self) -> Checks:
        """Each check with its result; never raises, takes about PATIENCE seconds at most."""
        database, migrations = await self._database()
        return {
            "database": database,
            "migrations": migrations,
            "index": "ok" if self._is_learnt() else _say("index"),
            "worker": "ok" if self._is_working() else _say("worker"),
        }

    async def _database(self) -> tuple[str, str]:
        try:
            there = await self._revision.get(PATIENCE)
        except TimeoutError:
            return _say("slow", seconds=PATIENCE), _say("unknown")
        except XiaoceError as error:
            return str(error), _say("unknown")
        known = await asyncio.to_thread(known_revisions)
        # A revision that we don't know is newer: another process was updated first. Changes of tables leave room for
        # the processes of the version before, so this one goes on.
        behind = there in (*known[1:], "")
        return "ok", _say("migrations", there=there or "-", needed=known[0]) if behind else "ok"


class Vitals:
    """The figures page: counters of this process, and gauges that every process reads from the database."""

    def __init__(self, metrics: Metrics, database: Database, clock: Clock) -> None:
        self._metrics, self._clock = metrics, clock
        self._recent = Recent(lambda: database.read(vital_signs), SIGNS_SECONDS)
        self._signs: VitalSigns | None = None
        metrics.registry.register(self)  # a collector is whatever has `collect`

    async def page(self) -> bytes:
        """Everything in Prometheus's text format; without the database's figures while it doesn't answer."""
        try:
            self._signs = await self._recent.get(PATIENCE)
        except (TimeoutError, XiaoceError):
            self._signs = None
        return self._metrics.page()

    def describe(self) -> list[Metric]:
        """Nothing: the registry needn't collect us to learn our names."""
        return []

    def collect(self) -> Iterator[Metric]:
        """What `page` has seen."""
        from prometheus_client.core import GaugeMetricFamily

        signs, now = self._signs, self._clock.now()
        yield GaugeMetricFamily("xiaoce_database_up", "1 when the database answers.", value=signs is not None)
        if signs is None:
            return
        for name, meaning, value in (
            ("messages_waiting", "Messages that are accepted and not answered.", signs.messages_waiting),
            ("messages_oldest_seconds", "Age of the oldest of them.", _age(signs.oldest_message, now)),
            ("deliveries_waiting", "Parts of answers that are not sent.", signs.deliveries_waiting),
            ("deliveries_oldest_seconds", "Age of the oldest of them.", _age(signs.oldest_delivery, now)),
            ("dead_letters", "Parts of answers that only an operator can send again.", signs.dead_letters),
            ("machines_alive", "Processes that share the work.", signs.machines),
        ):
            yield GaugeMetricFamily(f"xiaoce_{name}", meaning, value=value)


def _age(since: datetime | None, now: datetime) -> float:
    if since is None:
        return 0.0
    return max(0.0, (now - (since if since.tzinfo else since.replace(tzinfo=UTC))).total_seconds())


def _say(key: str, **values: object) -> str:
    return t(f"operate.ready.{key}", operator_language(), **values)
