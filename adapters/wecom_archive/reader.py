"""Pulling the archive for ever: who agreed, what is new, decrypted and handed on with the place in one go."""

from __future__ import annotations

import asyncio
import random
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from adapters.common.child import ChildLost
from adapters.wecom_archive.client import SdkClient
from adapters.wecom_archive.consents import answers_of_wecom
from adapters.wecom_archive.gap import after_reading, beginning, is_over, left
from adapters.wecom_archive.keys import KeyRing
from adapters.wecom_archive.opening import Batch, Opener
from adapters.wecom_archive.ports import ArchivePorts, Gap, Place, Rejected
from bot.contracts.clock import Clock
from bot.contracts.errors import (
    ConfigurationError,
    DeliveryFailure,
    IntakeUnavailable,
    TemporaryFailure,
    XiaoceError,
)
from config.groups.wecom_archive import WecomArchive
from config.languages import operator_language
from config.locales import t

FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0  # seconds after a failure; doubled each time
REFUSED_WAIT = 300.0  # where somebody must act: a wrong secret again and again gets the address banned
LEASE_EVERY = 10.0
ALL_BAD = 10  # so many messages of one batch and none that can be read: then it isn't the messages
WARN_EVERY = timedelta(hours=1)
ASK_AGAIN = timedelta(minutes=1)  # when WeCom couldn't be asked who agreed

log = structlog.get_logger(__name__)


class ArchiveReader:
    """`fault` is what an operator should know, "" when all is well."""

    def __init__(
        self,
        settings: WecomArchive,
        clock: Clock,
        ports: ArchivePorts,
        sdk: SdkClient,
        *,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._ports = ports
        self._sdk = sdk
        self._ring = KeyRing(settings.keys_folder)
        self._opener = Opener(sdk, self._ring)
        self._first_wait = first_wait
        self._ask_at = clock.now()  # from when on WeCom is asked who agreed
        self._listed: int | None = None  # when the list of rooms was written that was asked about last
        self._warned_at: datetime | None = None
        self.fault = ""

    async def run(self) -> None:
        """Pull until cancelled."""
        failures = 0
        while True:
            try:
                if await self._ports.lease():
                    await self._look()
                    self.fault, failures = "", 0
                    await asyncio.sleep(self._settings.pull_seconds)
                else:
                    await asyncio.sleep(LEASE_EVERY)
            except ConfigurationError as error:
                await self._pause("wecom_archive.refused", error, REFUSED_WAIT)
            except (TemporaryFailure, IntakeUnavailable, ChildLost) as error:
                failures += 1
                await self._pause("wecom_archive.broken", error, self._wait(failures))
            except Exception as error:  # whatever it is, what comes later must still be read
                log.exception("wecom_archive.failed")
                await self._pause("wecom_archive.failed", error, LONGEST_WAIT)

    async def _look(self) -> None:
        """Everything that is there now."""
        await self._check_in()
        while await self._read_some() and await self._ports.lease():
            pass

    async def _check_in(self) -> None:
        """Now and then, and when our list changed, ask WeCom who agreed. A failure there stops no reading."""
        now, listed = self._clock.now(), _written(self._settings.rooms)
        if now < self._ask_at and listed == self._listed:
            return
        asking = await self._ports.archive.asking()
        try:
            answers = await answers_of_wecom(asking, self._ports.ask)
        except DeliveryFailure as error:
            self._ask_at = now + ASK_AGAIN
            log.warning("wecom_archive.consents_unknown", why=str(error))
            return
        news = await self._ports.archive.agreed(answers)
        self._ask_at, self._listed = now + timedelta(minutes=self._settings.check_minutes), listed
        log.info("wecom_archive.consents", asked=len(asking.pairs) + len(asking.rooms), news=news)

    async def _read_some(self) -> bool:
        """One pull; whether there may be more."""
        before = await self._ports.archive.place()
        begin = beginning(before.seq, before.gap, self._ring.has)
        sealed = [one for one in await self._sdk.pull(begin) if one.seq > begin]
        batch = await self._opener.open_all(sealed)
        if len(batch.rejected) >= ALL_BAD and len(batch.rejected) == len(sealed):
            raise TemporaryFailure(t("wecom_archive.all_bad", operator_language(), count=len(sealed)))
        last = sealed[-1].seq if sealed else before.seq
        again, now = begin < before.seq, self._clock.now()
        gap = after_reading(before.gap, batch.missing, last, has=self._ring.has, again=again, now=now)
        after = Place(last, self._upkeep(gap, batch, now))
        if after == before:
            return False
        if not await self._keep(before, after, batch):
            log.info("wecom_archive.overtaken", seq=before.seq)
            return False
        self._tell(batch, after)
        return again or len(sealed) >= self._settings.batch

    async def _keep(self, before: Place, after: Place, batch: Batch) -> bool:
        """Hand it on; one by one if there is a message among them that can't be stored, so that it stops no other."""
        archive = self._ports.archive
        try:
            return await archive.keep(before, after, batch.opened, batch.rejected)
        except XiaoceError:
            raise
        except Exception:
            log.exception("wecom_archive.unstorable", seq=before.seq)
        opened, batch.opened = batch.opened, []
        for one in opened:
            try:
                if not await archive.keep(before, here := Place(one.seq, before.gap), [one]):
                    return False
            except XiaoceError:
                raise
            except Exception:
                batch.rejected.append(Rejected(one.seq, "", "unstorable"))
            else:
                before = here
                batch.opened.append(one)
        return await archive.keep(before, after, [], batch.rejected)

    def _upkeep(self, gap: Gap | None, batch: Batch, now: datetime) -> Gap | None:
        """Say that a key is missing and how long there is time; give up what WeCom has deleted."""
        if gap is None:
            self._warned_at = None
        elif is_over(gap, now):
            log.error("wecom_archive.lost", versions=sorted(gap.since), seq=gap.before + 1)
            batch.rejected.append(Rejected(gap.before + 1, "", "expired"))
            return None
        elif self._warned_at is None or now - self._warned_at >= WARN_EVERY:
            self._warned_at = now
            log.warning("wecom_archive.no_key", why=self.missed(gap, now))
        return gap

    def missed(self, gap: Gap, now: datetime) -> str:
        """Which key is missing, what to do, and how long there is time."""
        versions = "、".join(map(str, sorted(gap.since)))
        wrong = any(self._ring.is_wrong(version) for version in gap.since)
        hours = int(left(gap, now).total_seconds() // 3600)
        file = self._settings.keys_folder / f"{min(gap.since)}.pem"
        key = "wrong" if wrong else "missing"
        return t(f"wecom_archive.keys.{key}", operator_language(), versions=versions, file=file, hours=hours)

    def _tell(self, batch: Batch, after: Place) -> None:
        log.info(
            "wecom_archive.read",
            seq=after.seq,
            read=len(batch.opened),
            rejected=len(batch.rejected),
            waiting=len(batch.missing),
        )

    async def _pause(self, event: str, error: Exception, seconds: float) -> None:
        self.fault = str(error)
        log.warning(event, why=str(error), wait=round(seconds, 1))
        await asyncio.sleep(seconds)

    def _wait(self, failures: int) -> float:
        longest = min(LONGEST_WAIT, self._first_wait * 2.0 ** min(failures - 1, 10))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311  no secret


def _written(path: Path | None) -> int | None:
    try:
        return path.stat().st_mtime_ns if path else None
    except OSError:
        return None
