"""Switches that make the emulator misbehave as the real servers sometimes do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What goes wrong."""

    ERROR = "error"  # ok: false
    RATELIMITED = "ratelimited"  # HTTP 429
    SLOW = "slow"  # the answer comes late
    CUT_BEFORE = "cut_before"  # the answer breaks off, and nothing was done
    CUT_AFTER = "cut_after"  # the answer breaks off, but it was done
    STATUS = "status"  # an HTTP error and a page of HTML


@dataclass
class Fault:
    """One switch; it goes off after `times` calls of `method` (any method if empty)."""

    kind: Kind
    times: int
    method: str = ""
    error: str = ""
    seconds: float = 0.0
    status: int = 500

    def fits(self, method: str) -> bool:
        """Whether the switch is on for a call of this method."""
        return self.times > 0 and self.method in ("", method)


@dataclass
class SendingFaults:
    """How events and presses go astray."""

    duplicates: int = 0  # further copies of each
    delay: float = 0.0  # seconds before each leaves
    reorder_window: int = 0  # so many are held back and leave last first
    lost_acks: int = 0  # so many Socket Mode acknowledgements are overheard


@dataclass
class Faults:
    """The panel of switches. Everything is off at the start."""

    sending: SendingFaults = field(default_factory=SendingFaults)
    refused_tokens: dict[str, str] = field(default_factory=dict)  # token -> invalid_auth, token_revoked …
    refuse_blocks: bool = False
    _armed: list[Fault] = field(default_factory=list)

    def fail(self, error: str, *, times: int = 1, method: str = "") -> None:
        """Refuse the next calls with this error."""
        self._armed.append(Fault(Kind.ERROR, times, method, error=error))

    def rate_limit(self, *, times: int = 1, retry_after: int = 1, method: str = "") -> None:
        """Answer the next calls with HTTP 429."""
        self._armed.append(Fault(Kind.RATELIMITED, times, method, seconds=retry_after))

    def slow(self, seconds: float, *, times: int = 1, method: str = "") -> None:
        """Answer the next calls late (real seconds)."""
        self._armed.append(Fault(Kind.SLOW, times, method, seconds=seconds))

    def cut_before(self, *, times: int = 1, method: str = "") -> None:
        """Break off the answer in the middle, having done nothing."""
        self._armed.append(Fault(Kind.CUT_BEFORE, times, method))

    def cut_after(self, *, times: int = 1, method: str = "") -> None:
        """Do what was asked, then break off the answer in the middle."""
        self._armed.append(Fault(Kind.CUT_AFTER, times, method))

    def status(self, status: int = 500, *, times: int = 1, method: str = "") -> None:
        """Answer with an HTTP error and a page of HTML."""
        self._armed.append(Fault(Kind.STATUS, times, method, status=status))

    def revoke(self, token: str, error: str = "token_revoked") -> None:
        """Refuse this token from now on: invalid_auth, token_revoked, account_inactive, token_expired."""
        self.refused_tokens[token] = error

    def refuse_all_blocks(self) -> None:
        """Answer every call that carries blocks with invalid_blocks."""
        self.refuse_blocks = True

    def duplicate_events(self, copies: int = 1) -> None:
        """Send every event again, so many times, with the same event_id."""
        self.sending.duplicates = copies

    def delay_events(self, seconds: float) -> None:
        """Hold everything back for so many (real) seconds."""
        self.sending.delay = seconds

    def reorder_events(self, window: int = 2) -> None:
        """Collect so many and send the last one first."""
        self.sending.reorder_window = window

    def lose_acks(self, times: int = 1) -> None:
        """Overhear the next Socket Mode acknowledgements, so that the envelopes come again."""
        self.sending.lost_acks = times

    def clear(self) -> None:
        """Turn everything off."""
        self.sending = SendingFaults()
        self.refused_tokens.clear()
        self.refuse_blocks = False
        self._armed.clear()

    def take(self, method: str) -> dict[Kind, Fault]:
        """The switches that are on for this call, used up by one: at most one late and one broken answer."""
        on = [fault for fault in self._armed if fault.fits(method)]
        slow = [fault for fault in on if fault.kind is Kind.SLOW][:1]
        breaking = [fault for fault in on if fault.kind is not Kind.SLOW][:1]
        for fault in (taken := slow + breaking):
            fault.times -= 1
        return {fault.kind: fault for fault in taken}
