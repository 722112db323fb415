"""Reading a mailbox for ever: catch up, wait for news, again; a line that breaks is made anew."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import ParamSpec, TypeVar

import structlog

from adapters.email.errors import UnusableMail
from adapters.email.parse import head_of, parse_mail
from adapters.email.policy import LARGEST
from adapters.email.ports import EmailPorts, Place
from adapters.email.session import Session
from adapters.email.translate import message_of_mail, refusal
from bot.contracts.adapter import Receive
from bot.contracts.clock import Clock
from bot.contracts.errors import ConfigurationError, IntakeUnavailable, TemporaryFailure
from bot.contracts.message import Message
from config.groups.email import Email

FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0  # seconds after a line broke; doubled each time
REFUSED_WAIT = 600.0  # after a wrong password: it doesn't get right by trying, and accounts get locked
LEASE_EVERY = 10.0

P = ParamSpec("P")
R = TypeVar("R")
Open = Callable[[], Session]

log = structlog.get_logger(__name__)


class MailboxReader:
    """Hands each mail on once it is there. `fault` is what an operator should know, "" when all is well."""

    def __init__(self, settings: Email, clock: Clock, ports: EmailPorts, *, first_wait: float = FIRST_WAIT) -> None:
        self._settings = settings
        self._clock = clock
        self._ports = ports
        self._first_wait = first_wait
        self._name = f"{settings.user}@{settings.host}/{settings.folder}"
        self._session: Session | None = None
        self.fault = ""
        self.reads = False  # whether the lease was ours when we last asked

    async def run(self, receive: Receive) -> None:
        """Read until cancelled."""
        failures = 0
        while True:
            try:
                self.reads = await self._ports.lease()
                if not self.reads:
                    await asyncio.sleep(LEASE_EVERY)
                    continue
                await self._connected(receive)
                failures = 0
            except ConfigurationError as error:
                await self._pause("email.refused", error, REFUSED_WAIT)
            except (TemporaryFailure, IntakeUnavailable) as error:
                failures = 0 if self._was_well() else failures + 1
                await self._pause("email.broken", error, self._wait(failures))
            except Exception as error:  # whatever it is, mail that comes later must still be read
                log.exception("email.failed", mailbox=self._name)
                await self._pause("email.failed", error, LONGEST_WAIT)

    def abort(self) -> None:
        """Cut the line, if there is one."""
        if self._session is not None:
            self._session.abort()

    async def _connected(self, receive: Receive) -> None:
        """One connection, in a thread of its own, as long as it and the lease last."""
        worker = _Worker()
        self._session = session = Session(self._settings)
        holding = asyncio.create_task(self._hold(session))
        try:
            await worker.do(session.open)
            self.fault = ""
            log.info("email.open", mailbox=self._name)
            while not holding.done():
                await self._catch_up(worker, session, receive)
                if not await worker.do(session.wait, self._settings.poll_seconds):
                    await asyncio.wait({holding}, timeout=self._settings.poll_seconds)
        except TemporaryFailure:
            if not holding.done():  # else we cut the line ourselves
                raise
        finally:
            holding.cancel()
            self._session = None
            worker.end(session)

    async def _hold(self, session: Session) -> None:
        """Keep the right to read, also while the server is waited for; when it is another's, cut the line."""
        try:
            while True:
                await asyncio.sleep(LEASE_EVERY)
                if not await self._ports.lease():
                    break
        except IntakeUnavailable as error:
            log.warning("email.lease_unknown", mailbox=self._name, why=str(error))
        log.info("email.lease_lost", mailbox=self._name)
        session.abort()

    async def _catch_up(self, worker: _Worker, session: Session, receive: Receive) -> None:
        place = await self._ports.progress.last(self._name)
        if place is None or place.validity != session.validity:
            since = (self._clock.now() - timedelta(days=self._settings.first_days)).date()
            uids = await worker.do(session.uids_after, 0, since)
        else:
            uids = await worker.do(session.uids_after, place.uid, None)
        for uid in uids:
            if (message := await worker.do(self._message, session, uid)) is not None:
                await receive([message])
            await self._ports.progress.keep(self._name, Place(session.validity, uid))

    def _message(self, session: Session, uid: int) -> Message | None:
        """The mail, read; None when it is gone. A mail that can't be read is a message that says so."""
        now = self._clock.now()
        size = session.size(uid)
        if size is None:
            return None
        if size > LARGEST:
            head = session.head(uid)
            return None if head is None else _refused(head, "too_large", self._clock)
        data = session.raw(uid)
        if data is None:
            return None
        try:
            return message_of_mail(parse_mail(data), data, f"{session.validity}/{uid}", now)
        except UnusableMail as error:
            return _refused(data, error.reason, self._clock)
        except Exception:  # one odd mail must not stop all that come after it
            log.exception("email.unreadable", uid=uid)
            return _refused(data, "unreadable", self._clock)

    async def _pause(self, event: str, error: Exception, seconds: float) -> None:
        self.fault = str(error)
        log.warning(event, mailbox=self._name, why=str(error), wait=round(seconds, 1))
        await asyncio.sleep(seconds)

    def _was_well(self) -> bool:
        return not self.fault

    def _wait(self, failures: int) -> float:
        longest = min(LONGEST_WAIT, self._first_wait * 2.0 ** min(failures, 10))
        return longest * random.uniform(0.5, 1.0)  # noqa: S311  no secret


def _refused(data: bytes, reason: str, clock: Clock) -> Message:
    try:
        head = head_of(data)
    except UnusableMail:
        head = None
    return refusal(head, data, reason, clock.now())


class _Worker:
    """One thread: a connection is used by one at a time, and waiting for the server takes nobody else's place."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="email")

    async def do(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run it there."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: work(*args, **kwargs))

    def end(self, session: Session) -> None:
        """Wake the thread if it waits; it says goodbye by itself."""
        session.abort()
        self._pool.submit(session.close)
        self._pool.shutdown(wait=False)
