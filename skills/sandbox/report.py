"""What a rehearsal found, and whether it is passed: by rules that the report itself states (C8). Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

SLOWEST_P95 = 5000  # milliseconds
MOST_OWN_FAULTS = 0.01  # share of requests that may fail by the subscriber's own doing
TAKEN_ALREADY = 409  # how some subscribers say that they have it


@dataclass(frozen=True, slots=True)
class Request:
    """One request that really reached out. `number`: the how many-th for this event."""

    event: str
    number: int
    status: int
    reason: str  # "" when it arrived
    milliseconds: int
    heard: bool = True  # False: the answer was taken from us on purpose

    @property
    def arrived(self) -> bool:
        """Whether the subscriber said that it has it."""
        return not self.reason


@dataclass(slots=True)
class Findings:
    """Collected while it runs."""

    events: int = 0
    delivered: int = 0
    dead: int = 0
    attempts: int = 0
    seconds: float = 0.0
    stopped: str = ""  # why it ended early: down, gone, too_long
    requests: list[Request] = field(default_factory=list)
    injected: Counter[str] = field(default_factory=Counter)
    probes: dict[str, int] = field(default_factory=dict)  # name -> status; 0: no answer
    secrets: list[bool] = field(default_factory=list)  # whether each alone is taken
    order_broken: int | None = None  # None: order isn't asked for

    @property
    def acknowledged(self) -> set[str]:
        """Events that the subscriber said it has."""
        return {one.event for one in self.requests if one.arrived}


@dataclass(frozen=True, slots=True)
class Check:
    """One rule. `ok` None: it doesn't apply. One that isn't `required` is advice."""

    key: str
    ok: bool | None
    required: bool
    values: Mapping[str, Any]


def report_of(found: Findings) -> dict[str, Any]:
    """As it is stored: figures, checks, and whether it is passed."""
    checks = list(_checks(found))
    passed = all(one.ok is not False for one in checks if one.required)
    repeats = _repeats(found.requests)
    times = sorted(one.milliseconds for one in found.requests if one.status)
    return {
        "passed": passed,
        "events": found.events,
        "delivered": found.delivered,
        "lost": found.events - len(found.acknowledged),
        "attempts": found.attempts,
        "requests": len(found.requests),
        "retried": max(0, found.attempts - found.events),
        "repeats": len(repeats),
        "repeats_taken": sum(map(_is_taken, repeats)),
        "injected": dict(sorted(found.injected.items())),
        "own_faults": dict(Counter(_named(one) for one in _own_faults(found.requests)).most_common(10)),
        "p50": _quantile(times, 0.5),
        "p95": _quantile(times, 0.95),
        "seconds": round(found.seconds, 1),
        "secrets": found.secrets,
        "stopped": found.stopped,
        "checks": [
            {"key": one.key, "ok": one.ok, "required": one.required, "values": dict(one.values)} for one in checks
        ],
    }


def _checks(found: Findings) -> Sequence[Check]:
    lost, repeats = found.events - len(found.acknowledged), _repeats(found.requests)
    taken, own = sum(map(_is_taken, repeats)), len(_own_faults(found.requests))
    p95 = _quantile(sorted(one.milliseconds for one in found.requests if one.status), 0.95)
    checks = [
        Check("all_there", not lost and not found.stopped, True, {"lost": lost, "events": found.events}),
        Check(
            "own_faults",
            own <= MOST_OWN_FAULTS * max(1, len(found.requests)),
            True,
            {"faults": own, "requests": len(found.requests), "most": MOST_OWN_FAULTS},
        ),
        Check("repeats", _all(taken, len(repeats)), True, {"taken": taken, "repeats": len(repeats)}),
        Check("forged", _refused(found.probes.get("forged")), True, {"status": found.probes.get("forged", 0)}),
        Check("speed", bool(p95 is not None and p95 <= SLOWEST_P95), True, {"p95": p95 or 0, "most": SLOWEST_P95}),
        Check("secrets", any(found.secrets) if found.secrets else None, True, _secrets(found.secrets)),
        Check(
            "order",
            None if found.order_broken is None else not found.order_broken,
            True,
            {"broken": found.order_broken or 0},
        ),
        Check(
            "secrets_all",
            all(found.secrets) if len(found.secrets) > 1 else None,
            False,
            _secrets(found.secrets),
        ),
        Check("stale", _refused(found.probes.get("stale")), False, {"status": found.probes.get("stale", 0)}),
        Check("unknown", _accepted(found.probes.get("unknown")), False, {"status": found.probes.get("unknown", 0)}),
        Check("older", _accepted(found.probes.get("older")), False, {"status": found.probes.get("older", 0)}),
    ]
    return [one for one in checks if one.ok is not None]


def _secrets(taken: Sequence[bool]) -> Mapping[str, Any]:
    refused = "、".join(str(number) for number, ok in enumerate(taken, 1) if not ok)
    return {"taken": sum(taken), "secrets": len(taken), "refused": refused or "–"}


def order_broken(taken: Sequence[tuple[str, int]]) -> int:
    """How many of (key, number), in the order in which they were taken, came after a later one of their key."""
    latest: dict[str, int] = defaultdict(int)
    broken = 0
    for key, number in taken:
        broken += bool(key) and number < latest[key]
        latest[key] = max(latest[key], number)
    return broken


def _repeats(requests: Sequence[Request]) -> list[Request]:
    """Those of events that the subscriber had acknowledged before."""
    seen: set[str] = set()
    found = []
    for one in requests:
        if one.event in seen:
            found.append(one)
        if one.arrived:
            seen.add(one.event)
    return found


def _own_faults(requests: Sequence[Request]) -> list[Request]:
    """What failed by the subscriber's doing; that it says "I have it" to a repeat isn't a fault."""
    repeats = set(map(id, _repeats(requests)))
    return [one for one in requests if not one.arrived and not (id(one) in repeats and one.status == TAKEN_ALREADY)]


def _is_taken(one: Request) -> bool:
    return one.arrived or one.status == TAKEN_ALREADY


def _named(one: Request) -> str:
    return str(one.status) if one.reason == "status" else one.reason


def _all(part: int, whole: int) -> bool | None:
    return None if not whole else part == whole


def _refused(status: int | None) -> bool | None:
    return None if status is None else 400 <= status < 500


def _accepted(status: int | None) -> bool | None:
    return None if status is None else 200 <= status < 300


def _quantile(sorted_: Sequence[int], share: float) -> int | None:
    """The value below which that share lies; of few, the next higher one."""
    return sorted_[min(len(sorted_) - 1, int(len(sorted_) * share))] if sorted_ else None
