"""已安排 and 不是问题: what somebody decides about a finding, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from bot.contracts import Person
from knowledge.briefing.scopes import key_of
from knowledge.briefing.types import Finding, Scope
from skills.briefing.token import About
from storage.repositories.brief_kept import Decided, Decision, decision_id
from storage.repositories.tasks import Task, task_id

if TYPE_CHECKING:
    from storage.store import Store

LONGEST_REASON = 500  # characters


def plan(store: Store, about: About, one: Finding, what: str, by: Person, now: datetime) -> bool:
    """The action becomes a task of whoever is to do it: where rows of several teams are in it, of each team's leader.
    False when that was done before."""
    about_what = f"{key_of(about.scope, by)}:{one.key}:{about.day}"
    first, *others = (one.action.who, *one.action.others)
    task = Task(id=task_id("", about_what, what), person_id=first.id, text=what, created_at=now, due=one.action.by)
    if not _decide(store, about, one, "planned", by, now, task_id=task.id):
        return False
    store.tasks.add(task)
    for other in others:
        store.tasks.add(replace(task, id=task_id("", f"{about_what}:{other.id}", what), person_id=other.id))
    return True


def dismiss(store: Store, about: About, one: Finding, reason: str, by: Person, now: datetime) -> bool:
    """Its rows are told no more; new ones are. False when that was said before."""
    return _decide(store, about, one, "dismissed", by, now, reason=reason[:LONGEST_REASON])


def decided(store: Store, scope: Scope, viewer: Person) -> frozenset[str]:
    """Keys of findings that were planned: their buttons are done with."""
    return frozenset(one.key for one in store.brief_kept.decisions(key_of(scope, viewer)) if one.decision == "planned")


def _decide(
    store: Store,
    about: About,
    one: Finding,
    decision: Decided,
    by: Person,
    now: datetime,
    *,
    reason: str = "",
    task_id: str = "",
) -> bool:
    scope = key_of(about.scope, by)
    kept = store.brief_kept.decide(
        Decision(
            id=decision_id(scope, one.key, decision, about.day),
            scope=scope,
            key=one.key,
            finder=one.finder,
            decision=decision,
            by=by.id,
            at=now,
            ids=one.evidence.ids if decision == "dismissed" else (),
            reason=reason,
            task_id=task_id,
        )
    )
    if kept:
        store.audit.add(by.id, f"brief.{decision}", one.key, {"scope": scope, "rows": one.count}, now)
    return kept
