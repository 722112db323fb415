"""Keeps what the playbook lacks: questions without an answer, and cards that did not fit."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.contracts import Context
from skills.talktracks.thread import Shown

if TYPE_CHECKING:
    from storage.database import Database
    from storage.store import Store

_PERSONAL = re.compile(r"\+?\d[\d\- ]{6,}\d|[\w.+-]+@[\w-]+\.[\w.]+")  # telephone numbers, mail addresses
GAP = "playbook.gap"
NOT_FIT = "playbook.not_fit"


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


async def keep_gap(database: Database, message: str, shown: Shown, context: Context) -> None:
    """Keep a question for sales ops. `message` counts a repeated delivery once."""
    detail = {"question": _masked(shown), "language": shown.language, "message": message}

    def add(store: Store) -> None:
        store.audit.add(context.person.id, GAP, "playbook", detail, context.now)

    await database.write(add)


async def keep_reason(database: Database, message: str, shown: Shown, reason: str, context: Context) -> None:
    """Keep why a card did not fit."""
    detail = {"question": _masked(shown), "reason": reason, "message": message}

    def add(store: Store) -> None:
        store.audit.add(context.person.id, NOT_FIT, shown.card, detail, context.now)

    await database.write(add)


def gaps(entries: Iterable[Any]) -> list[Gap]:
    """Gaps from audit entries, most asked first."""
    by_question: dict[str, list[Any]] = defaultdict(list)
    for entry in entries:
        if entry.action == GAP:
            by_question[str(entry.detail.get("question", ""))].append(entry)
    found = [_gap(question, same) for question, same in by_question.items()]
    return sorted(found, key=lambda gap: (-gap.times, -gap.last.timestamp()))


def misfits(entries: Iterable[Any]) -> list[Misfit]:
    """Cards that did not fit, most often first."""
    reasons: dict[str, Counter[str]] = defaultdict(Counter)
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        key = (entry.subject, str(entry.detail.get("message", "")))
        if entry.action == NOT_FIT and key not in seen:
            seen.add(key)
            reasons[entry.subject][str(entry.detail.get("reason", ""))] += 1
    ordered = sorted(reasons.items(), key=lambda item: -item[1].total())
    return [Misfit(card, tuple(counts.most_common())) for card, counts in ordered]


def _masked(shown: Shown) -> str:
    """D10: the audit log keeps no personal data, and no customer's name."""
    text = shown.question.replace(shown.customer, "***") if shown.customer else shown.question
    return _PERSONAL.sub("***", text)


def _gap(question: str, entries: list[Any]) -> Gap:
    messages = {entry.detail.get("message") for entry in entries}
    people = {entry.actor for entry in entries}
    return Gap(question, len(messages), len(people), max(entry.at for entry in entries))
