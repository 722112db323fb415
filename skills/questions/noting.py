"""What was asked and what became of it is kept, for sales ops to see which words and figures are lacking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.metrics.plan import Plan, dump
from knowledge.playbook.masking import masked
from storage.repositories.questions import Asked

if TYPE_CHECKING:
    from skills.questions.answering import Asker
    from skills.questions.desk import Desk
    from storage.store import Store

LONGEST = 300  # characters that are kept


async def note(desk: Desk, asker: Asker, text: str, outcome: str, plan: Plan | None = None) -> None:
    """Keep it, without personal data; of rows that were listed the audit log knows, too."""

    def keep(store: Store) -> None:
        kept = masked(store, text[:LONGEST])
        said = dump(plan) if plan else {}
        store.questions.note(Asked(asker.now, asker.person.id, kept, outcome, said))
        if plan and plan.kind == "list":
            store.audit.add(asker.person.id, "questions.listed", plan.rows, {"question": kept}, asker.now)

    await desk.database.write(keep)


async def note_rows(desk: Desk, asker: Asker, plan: Plan, action: str) -> None:
    """Rows that a link showed, and files that were taken away, stand in the audit log (D10)."""
    subject, detail = plan.rows or "·".join(plan.metrics), {"kind": plan.kind}
    await desk.database.write(lambda store: store.audit.add(asker.person.id, action, subject, detail, asker.now))
