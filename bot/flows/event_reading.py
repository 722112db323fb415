"""What is made of events before anything is written: may they come from there, what do they say, can it be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from bot.contracts import Event
from bot.contracts.verdict import Verdict
from config.locales import t
from knowledge.events import mending
from knowledge.events.systems import System
from knowledge.events.types import Approved, Catalog, EventType, Read
from knowledge.events.validation import sentence
from storage.repositories.quarantine import Mending

TYPE = "@type"  # as a mapping's field: the whole type is called otherwise there
UNKNOWN_TYPE = "unknown_type"
_TOLD = 3  # faults in one sentence

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Coming:
    """One event on its way in: good, to be quarantined (`reason`), or refused (`verdict`)."""

    event: Event  # its data of the newest version, when it is good
    envelope: Mapping[str, Any]
    producer: str
    type: EventType | None = None
    version: int = 0
    original: Mapping[str, Any] | None = None  # the data as they came; None: `event.data` is it
    mended: Sequence[Mapping[str, Any]] = ()
    reason: str = ""
    faults: Sequence[Mapping[str, Any]] = ()
    proposal: Sequence[Mapping[str, Any]] = ()
    verdict: Verdict | None = None

    @property
    def name(self) -> tuple[str, str]:
        """What is unique."""
        return self.event.source, self.event.id


@dataclass(frozen=True, slots=True)
class Agreed:
    """The mappings that people approved, by (producer, type)."""

    by_type: Mapping[tuple[str, str], Sequence[Approved]] = field(default_factory=dict)
    renamed: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (producer, its type) -> ours

    @classmethod
    def of(cls, mendings: Sequence[Mending]) -> Agreed:
        """As they are kept."""
        by_type: dict[tuple[str, str], list[Approved]] = {}
        renamed: dict[tuple[str, str], str] = {}
        for one in mendings:
            if one.given == TYPE:
                renamed[one.producer, one.type] = one.field
            else:
                approved = Approved(one.given, one.field, one.convert)
                by_type.setdefault((one.producer, one.type), []).append(approved)
        return cls(by_type, renamed)

    def of_type(self, producer: str, theirs: str, ours: str) -> Sequence[Approved]:
        """What holds for a type of a system, by its own name of it and by ours."""
        found = list(self.by_type.get((producer, theirs), ()))
        return found if theirs == ours else [*found, *self.by_type.get((producer, ours), ())]


def read(
    event: Event, envelope: Mapping[str, Any], producer: System, catalog: Catalog, agreed: Agreed, zone: str
) -> Coming:
    """One event. Pure, and the dearest part of accepting it: nobody waits for a lock meanwhile."""
    coming = Coming(event, envelope, producer.name)
    if not producer.may_use(event.source):
        return _refused(coming, "source", system=producer.name, source=event.source, own=", ".join(producer.sources))
    ours = event.type if catalog.get(event.type) else agreed.renamed.get((producer.name, event.type), event.type)
    type_ = catalog.get(ours)
    if type_ is None:
        return _unknown(coming, catalog)
    if not producer.may_send(ours):
        return _refused(coming, "producer", system=producer.name, type=ours)
    approved, coming = agreed.of_type(producer.name, event.type, ours), replace(coming, type=type_)
    try:
        found = mending.read(type_, _data(event, envelope), event.version, approved, zone=zone)
    except Exception:  # a fault of ours: it is kept, and the others of its batch don't suffer
        log.exception("an event can't be read", system=producer.name, type=ours)
        return replace(coming, reason=mending.INVALID)
    return _read(coming, type_, found)


def _read(coming: Coming, type_: EventType, found: Read) -> Coming:
    if found.data is None:
        return replace(coming, reason=found.reason, faults=found.faults, proposal=found.proposal)
    mended, event = list(found.mended), coming.event
    if event.type != type_.name:
        mended.append({"field": TYPE, "given": event.type, "how": "approved:"})
    same = found.data == event.data
    return replace(
        coming,
        event=replace(event, type=type_.name, data=found.data),
        version=type_.newest.number,
        original=None if same else event.data,
        mended=mended,
    )


def _data(event: Event, envelope: Mapping[str, Any]) -> Any:
    """What the sender put there, also where it is no object."""
    said = envelope.get("data")
    if said is None and "data_base64" in envelope and not event.data:
        return envelope["data_base64"]
    return event.data if isinstance(said, Mapping) or said is None else said


def _unknown(coming: Coming, catalog: Catalog) -> Coming:
    """A type that the catalogue doesn't have: perhaps a slip, perhaps one that is still to be described."""
    near = catalog.near(coming.event.type)
    proposal = [{"given": TYPE, "field": near, "convert": "", "sample": coming.event.type}] if near else []
    return replace(coming, reason=UNKNOWN_TYPE, faults=[{"field": "", "problem": UNKNOWN_TYPE}], proposal=proposal)


def _refused(coming: Coming, reason: str, **details: object) -> Coming:
    said = (t(f"events.door.{reason}.{part}", "en", **details) for part in ("error", "remedy"))
    verdict = Verdict("refused", coming.event.id, coming.event.source, None, reason, *said)
    return replace(coming, verdict=verdict)


def told(coming: Coming, lang: str) -> str:
    """Why it is quarantined."""
    if coming.reason == UNKNOWN_TYPE:
        return t("events.reason.unknown_type", lang, type=coming.event.type)
    said = "；".join(sentence(fault, coming.type, lang) for fault in coming.faults[:_TOLD])
    return said or t("events.reason.unreadable", lang)
