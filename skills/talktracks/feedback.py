"""Keeps what the playbook lacks: questions without an answer, and cards that did not fit."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.contracts import Context
from knowledge.playbook import masking
from knowledge.playbook.masking import GAP, masked
from skills.talktracks.thread import Shown

if TYPE_CHECKING:
    from storage.database import Database
    from storage.repositories.audit import AuditEntry
    from storage.store import Store

NOT_FIT = "playbook.not_fit"
CLOSED = "playbook.gap_closed"  # on "gap" or "misfit"
LONGEST_NOTE = 300  # characters
NOTES = 3  # shown for each card
UNSAID = "unsaid"  # 不适用 was pressed, and no reason yet


@dataclass(frozen=True, slots=True)
class Gap:
    """A question that nothing answered."""

    question: str
    times: int  # by how many messages
    people: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Misfit:
    """A card that did not fit, and the reasons that people chose."""

    card: str
    reasons: tuple[tuple[str, int], ...]
    notes: tuple[str, ...] = ()  # the newest ones


async def keep_gap(database: Database, message: str, shown: Shown, context: Context) -> None:
    """Keep a question for sales ops. `message` counts a repeated delivery once."""

    def add(store: Store) -> None:
        question = masked(store, shown.question, shown.customer)
        masking.keep_gap(store, question, shown.language, message, context.person, context.now)

    await database.write(add)


async def keep_reason(
    database: Database, message: str, shown: Shown, reason: str, context: Context, note: str = ""
) -> None:
    """Keep that a card did not fit, and why; UNSAID while nobody said why. `note`: in the person's own words."""

    def add(store: Store) -> None:
        detail = {"question": masked(store, shown.question, shown.customer), "reason": reason, "message": message}
        if words := " ".join(note.split())[:LONGEST_NOTE]:
            detail["note"] = masked(store, words, shown.customer)
        store.audit.add(context.person.id, NOT_FIT, shown.card, detail, context.now)

    await database.write(add)


async def close(database: Database, kind: str, subject: str, how: str, by: str, at: datetime) -> None:
    """Settle a gap (`subject`: its question) or a misfit (its card): "done" until it comes again, or "ignored"."""
    await database.write(lambda store: store.audit.add(by, CLOSED, kind, {"subject": subject, "how": how}, at))


def gaps(entries: Sequence[AuditEntry]) -> list[Gap]:
    """Gaps that are still open, from audit entries, most asked first."""
    by_question: dict[str, list[AuditEntry]] = defaultdict(list)
    for entry in _open(entries, GAP, "gap", lambda entry: str(entry.detail.get("question", ""))):
        by_question[str(entry.detail.get("question", ""))].append(entry)
    found = [_gap(question, same) for question, same in by_question.items()]
    return sorted(found, key=lambda gap: (-gap.times, -gap.last.timestamp()))


def misfits(entries: Sequence[AuditEntry]) -> list[Misfit]:
    """Cards that did not fit and are still open, most often first."""
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    notes: dict[str, list[str]] = defaultdict(list)
    asked: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    seen: set[tuple[str, str]] = set()
    for entry in _open(entries, NOT_FIT, "misfit", lambda entry: entry.subject):
        key = (entry.subject, str(entry.detail.get("message", "")))
        if key not in seen:
            seen.add(key)
            question = str(entry.detail.get("question", ""))
            asked[entry.subject, entry.actor, question][str(entry.detail.get("reason", ""))] += 1
            notes[entry.subject] += [str(entry.detail["note"])] if "note" in entry.detail else []
    for (card, _, _), counts in asked.items():
        reasons[card] += _explained(counts)
    ordered = sorted(reasons.items(), key=lambda item: -item[1].total())
    return [Misfit(card, tuple(counts.most_common()), tuple(notes[card][:NOTES])) for card, counts in ordered]


def _explained(counts: Counter[str]) -> Counter[str]:
    """One person's presses on one question's card: a reason explains the press of 不适用 before it."""
    given = counts.total() - counts[UNSAID]
    return counts - Counter({UNSAID: given})


def _open(
    entries: Sequence[AuditEntry], action: str, kind: str, subject_of: Callable[[AuditEntry], str]
) -> Iterator[AuditEntry]:
    """The entries of an action that came after they were settled."""
    ended: dict[str, float] = {}
    for entry in entries:
        if entry.action == CLOSED and entry.subject == kind:
            until = math.inf if entry.detail.get("how") == "ignored" else entry.seq
            subject = str(entry.detail.get("subject", ""))
            ended[subject] = max(until, ended.get(subject, 0))
    return (entry for entry in entries if entry.action == action and entry.seq > ended.get(subject_of(entry), 0))


def _gap(question: str, entries: list[AuditEntry]) -> Gap:
    messages = {entry.detail.get("message") for entry in entries}
    people = {entry.actor for entry in entries}
    return Gap(question, len(messages), len(people), max(entry.at for entry in entries))
