"""By what one sees that rows changed since a copy was made: loads, records that found their customer, imports.

What is imported beside the loads shows by the number of rows, and by the audit log where a command did it. What is
said, noticed and waited for comes all day long: it counts from the next whole ten minutes on, so that a lively company
doesn't copy everything for each message.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session

from bot.contracts.person import OPERATOR
from storage.tables import (
    AuditRow,
    ContractRow,
    CustomerRow,
    DeadlineRow,
    DealRow,
    DialogueRow,
    IdentityRow,
    LeadRow,
    LoadRow,
    MergeRow,
    PaymentRow,
    PromptRow,
    QuoteRow,
    SignalRow,
    StageRow,
    TaskRow,
)
from storage.upsert import table_of

_loads, _identities, _merges = table_of(LoadRow), table_of(IdentityRow), table_of(MergeRow)
_COUNTED = [table_of(kind) for kind in (CustomerRow, DealRow, StageRow, QuoteRow, LeadRow, ContractRow, PaymentRow)]
_dialogues, _tasks = table_of(DialogueRow), table_of(TaskRow)
_deadlines = table_of(DeadlineRow)
_prompts, _signals = table_of(PromptRow), table_of(SignalRow)
_TALKED = (
    (_dialogues, _dialogues.c.created_at),
    (_signals, _signals.c.found_at),
    (_tasks, _tasks.c.created_at),
    (_tasks, _tasks.c.done_at),
    (_prompts, _prompts.c.decided_at),
    (_prompts, _prompts.c.responded_at),
    (_deadlines, _deadlines.c.opened_at),
    (_deadlines, _deadlines.c.closed_at),
)
EVERY = timedelta(minutes=10)  # that long, talk may be missing from figures
_audit = table_of(AuditRow)
_imported = (
    select(_audit.c.seq)
    .where(_audit.c.actor == OPERATOR.id, _audit.c.action.like("import.%"))
    .order_by(_audit.c.seq.desc())
    .limit(1)
)


def state_of(session: Session) -> str:
    """Equal for equal states."""
    run = session.connection().execute
    loads = run(select(func.count(_loads.c.id), func.max(_loads.c.id)).where(_loads.c.state == "done")).one()
    known = run(select(func.count(_identities.c.record_id), func.max(_identities.c.at))).one()
    merged = run(select(func.count(_merges.c.id), func.count(_merges.c.undone_at))).one()
    imported = run(_imported).scalar()
    rows = [run(select(func.count()).select_from(table)).scalar_one() for table in _COUNTED]
    talked = [run(select(func.count()).select_from(one).where(at < _settled())).scalar_one() for one, at in _TALKED]
    return "/".join(str(part) for part in (*loads, *known, *merged, imported, *rows, *talked))


def _settled() -> datetime:
    """The last whole ten minutes."""
    now = datetime.now(UTC)
    return now - timedelta(seconds=now.timestamp() % EVERY.total_seconds())
