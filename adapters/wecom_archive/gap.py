"""What can't be read for want of a key: how long it still can be fetched, and where to begin again. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from adapters.wecom_archive.ports import Gap
from adapters.wecom_archive.translate import Sealed

KEPT = timedelta(days=5)  # how long WeCom keeps a message


def beginning(seq: int, gap: Gap | None, has: Callable[[int], bool]) -> int:
    """Behind which seq to read on: further back as soon as there is a key that was missed."""
    return min(seq, gap.before) if gap and any(has(version) for version in gap.since) else seq


def after_reading(
    gap: Gap | None, missing: Sequence[Sealed], last_seq: int, *, has: Callable[[int], bool], again: bool, now: datetime
) -> Gap | None:
    """The gap after a batch up to `last_seq`; `again`: it was read from the gap's beginning on.

    What isn't read yet when it begins again is found anew, with the time at which its key was first missed.
    """
    since = {version: moment for version, moment in gap.since.items() if not has(version)} if gap else {}
    since = {**{one.version: now for one in missing}, **since}
    if not since:
        return None
    first = missing[0].seq - 1 if missing else last_seq
    before = first if gap is None or again else min(gap.before, first)
    return Gap(before, since, now if missing or gap is None else gap.last)


def left(gap: Gap, now: datetime) -> timedelta:
    """How long the oldest message behind it can still be fetched, at most; not below zero."""
    return max(min(gap.since.values()) + KEPT - now, timedelta())


def is_over(gap: Gap, now: datetime) -> bool:
    """Whether WeCom has deleted the last message of it too."""
    return now - gap.last > KEPT
