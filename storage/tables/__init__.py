"""Tables. Guarantees are constraints here, not conditions elsewhere."""

from storage.tables.base import Row
from storage.tables.machines import MachineRow
from storage.tables.organisation import AccountRow, CustomerRow, PersonRow, PreferenceRow, SignInRow
from storage.tables.records import AuditRow, FileRow, PlaybookRevisionRow, PlaybookTextRow
from storage.tables.talk import (
    CardRow,
    ConversationRow,
    DeliveryRow,
    MemoryRow,
    MessageRow,
    PressRow,
    TimelineRow,
)

metadata = Row.metadata

__all__ = [
    "AccountRow",
    "AuditRow",
    "CardRow",
    "ConversationRow",
    "CustomerRow",
    "DeliveryRow",
    "FileRow",
    "MachineRow",
    "MemoryRow",
    "MessageRow",
    "PersonRow",
    "PlaybookRevisionRow",
    "PlaybookTextRow",
    "PreferenceRow",
    "PressRow",
    "Row",
    "SignInRow",
    "TimelineRow",
    "metadata",
]
