"""Switches that make the emulator misbehave as the real servers sometimes do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What goes wrong."""

    ERRCODE = "errcode"  # the API refuses
    SLOW = "slow"  # the answer comes late
    CUT_BEFORE = "cut_before"  # the answer breaks off, and nothing was done
    CUT_AFTER = "cut_after"  # the answer breaks off, but the message was accepted
    STATUS = "status"  # an HTTP error and a page of HTML


@dataclass
class Fault:
    """One switch; it goes off after `times` requests to `path` (any path if empty)."""

    kind: Kind
    times: int
    path: str = ""
    errcode: int = 0
    seconds: float = 0.0
    status: int = 500

    def fits(self, path: str) -> bool:
        """Whether the switch is on for a request to this path."""
        return self.times > 0 and self.path in ("", path)


@dataclass
class CallbackFaults:
    """How callbacks go astray."""

    duplicates: int = 0  # further copies of each callback
    delay: float = 0.0  # seconds before each callback leaves
    reorder_window: int = 0  # so many callbacks are held back and leave last first


@dataclass
class Faults:
    """The panel of switches. Everything is off at the start."""

    callbacks: CallbackFaults = field(default_factory=CallbackFaults)
    tokens_refused: bool = False
    _armed: list[Fault] = field(default_factory=list)
    _revoke_once: bool = False

    def fail(self, errcode: int, *, times: int = 1, path: str = "") -> None:
        """Refuse the next requests: 45009, 45033, -1, 60020, or any other code."""
        self._armed.append(Fault(Kind.ERRCODE, times, path, errcode=errcode))

    def slow(self, seconds: float, *, times: int = 1, path: str = "") -> None:
        """Answer the next requests late (real seconds)."""
        self._armed.append(Fault(Kind.SLOW, times, path, seconds=seconds))

    def cut_before(self, *, times: int = 1, path: str = "") -> None:
        """Break off the answer in the middle, having done nothing."""
        self._armed.append(Fault(Kind.CUT_BEFORE, times, path))

    def cut_after(self, *, times: int = 1, path: str = "") -> None:
        """Do what was asked, then break off the answer in the middle."""
        self._armed.append(Fault(Kind.CUT_AFTER, times, path))

    def status(self, status: int = 500, *, times: int = 1, path: str = "") -> None:
        """Answer with an HTTP error and a page of HTML."""
        self._armed.append(Fault(Kind.STATUS, times, path, status=status))

    def revoke_token(self) -> None:
        """Make the present token invalid (40014); the next one fetched works."""
        self._revoke_once = True

    def revoke_tokens_for_good(self) -> None:
        """Refuse every token (40014), fresh ones too."""
        self.tokens_refused = True

    def duplicate_callbacks(self, copies: int = 1) -> None:
        """Send every callback again, so many times, as if the first answer was lost."""
        self.callbacks.duplicates = copies

    def delay_callbacks(self, seconds: float) -> None:
        """Hold every callback back for so many (real) seconds."""
        self.callbacks.delay = seconds

    def reorder_callbacks(self, window: int = 2) -> None:
        """Collect so many callbacks and send the last one first."""
        self.callbacks.reorder_window = window

    def clear(self) -> None:
        """Turn everything off."""
        self.callbacks = CallbackFaults()
        self.tokens_refused = self._revoke_once = False
        self._armed.clear()

    def take_revocation(self) -> bool:
        """Whether the present token is to become invalid now."""
        revoked, self._revoke_once = self._revoke_once, False
        return revoked

    def take(self, path: str) -> list[Fault]:
        """The switches that are on for this request, used up by one: at most one of each effect."""
        on = [fault for fault in self._armed if fault.fits(path)]
        slow = [fault for fault in on if fault.kind is Kind.SLOW][:1]
        breaking = [fault for fault in on if fault.kind is not Kind.SLOW][:1]
        for fault in (taken := slow + breaking):
            fault.times -= 1
        return taken
