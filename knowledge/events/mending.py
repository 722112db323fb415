"""Reading what a system sent: as it is, put right where that is certain and harmless, else refused with proposals (C6).

What is put right at once is certain because nothing is guessed: the same name written in another style, a name that
the type itself once had, a number within quotes, a moment in another form of ISO 8601, an empty value where nothing is
needed; and whatever a person approved before. Names that are merely alike, and values that could mean two things, are
proposals for a person, whatever their score. Pure; the flow keeps what came.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from knowledge.events.casting import CannotCast, up
from knowledge.events.certain import mended_names, mended_values
from knowledge.events.conversions import Unconvertible, converted
from knowledge.events.proposing import propose
from knowledge.events.types import Approved, Data, EventType, Read, Version
from knowledge.events.validation import DataFault, faults_of, unusable_as

UNKNOWN_VERSION, INVALID = "unknown_version", "invalid"
Mended = Mapping[str, Any]


def read(
    type_: EventType,
    data: Any,
    said_version: int | None,
    approved: Sequence[Approved] = (),
    *,
    zone: str = "Asia/Shanghai",
) -> Read:
    """Data of the newest version, or why they can't be had and what a person might approve.

    `zone`: what is proposed for a moment that doesn't say its offset.
    """
    if said_version is not None and type_.version(said_version) is None:
        newest = str(type_.newest.number)
        fault = DataFault("", UNKNOWN_VERSION, newest, str(said_version))
        return Read(None, said_version, (), UNKNOWN_VERSION, [fault.as_json()])
    if unusable := unusable_as(data):
        return Read(None, said_version, (), INVALID, [unusable.as_json()])
    given, agreed = _approved(data, approved)
    for version in _order(type_, said_version):
        if faults_of(version, given):
            continue
        data, names = _well_named(type_, version, given)
        if (found := _cast(type_, data, version)) is not None:
            return Read(found, version.number, [*agreed, *names, *_other_version(version, said_version)])
    return _mended(type_, given, said_version, agreed, zone)


def _well_named(type_: EventType, version: Version, given: Data) -> tuple[Data, Sequence[Mended]]:
    """Good data may still have an optional field under another style of its name."""
    if given.keys() <= version.fields.keys():
        return given, ()
    data, names = mended_names(type_, version, given)
    return (given, ()) if faults_of(version, data) else (data, names)


def _mended(type_: EventType, given: Data, said_version: int | None, agreed: Sequence[Mended], zone: str) -> Read:
    """With everything certain put right; the version that was said, else the one with the fewest faults, counts."""
    tries = [_Try(type_, given, version) for version in _order(type_, said_version)]
    for one in tries:
        if not one.faults and (found := _cast(type_, one.data, one.version)) is not None:
            return Read(found, one.version.number, [*agreed, *one.mended, *_other_version(one.version, said_version)])
    best = tries[0] if said_version is not None else min(tries, key=lambda one: len(one.faults))
    # Also when every version is satisfied but the way up isn't exact: then the newest says what is missing.
    faults = best.faults or faults_of(type_.newest, best.data)
    told = [fault.as_json() for fault in faults]
    return Read(None, best.version.number, (), INVALID, told, propose(type_, best.version, best.data, faults, zone))


class _Try:
    """Data read as one version, with what could be put right."""

    def __init__(self, type_: EventType, given: Data, version: Version) -> None:
        self.version = version
        named, names = mended_names(type_, version, given)
        self.data, values = mended_values(version, named)
        self.mended = [*names, *values]
        self.faults = faults_of(version, self.data)


def _order(type_: EventType, said_version: int | None) -> Sequence[Version]:
    """The version that was said first, then the newest ones."""
    newest_first = list(reversed(type_.versions))
    return sorted(newest_first, key=lambda version: version.number != said_version) if said_version else newest_first


def _other_version(version: Version, said: int | None) -> Iterator[Mended]:
    """Noted when the sender says one version and sends another."""
    if said is not None and said != version.number:
        yield {"field": "", "given": str(said), "how": f"version:{version.number}"}


def _cast(type_: EventType, data: Data, version: Version) -> Data | None:
    try:
        return up(type_, data, version.number)
    except CannotCast:
        return None


def _approved(data: Data, approved: Sequence[Approved]) -> tuple[Data, list[Mended]]:
    """What somebody approved for this producer; an approval that doesn't fit this time changes nothing."""
    found = dict(data)
    mended: list[Mended] = []
    for one in approved:
        if one.given not in data or (one.field in data and one.field != one.given):
            continue
        try:
            value = converted(data[one.given], one.convert)
        except Unconvertible:
            continue
        if one.field == one.given and value == data[one.given]:
            continue
        found.pop(one.given, None)
        found[one.field] = value
        mended.append({"field": one.field, "given": one.given, "how": f"approved:{one.convert}"})
    return found, mended
