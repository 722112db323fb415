"""Tables. Guarantees are constraints here, not conditions elsewhere."""

from storage.tables.base import Row
from storage.tables.machines import MachineRow
from storage.tables.organisation import AccountRow, CustomerRow, PersonRow, PreferenceRow, SignInRow
from storage.tables.records import AuditRow, FileRow, PlaybookRevisionRow, PlaybookTextRow
from storage.tables.sign_in import SpentMarkRow, WebSessionRow
from storage.tables.talk import (
    CardRow,
    ConversationRow,
    DeliveryRow,
    MemoryRow,
    MessageRow,
    PressRow,
    TimelineRow,
)
from storage.tables.usage import ModelUsageRow
from storage.tables.wire import ErrandRow, LeaseRow, OpenAnswerRow

metadata = Row.metadata

__all__ = [
    "AccountRow",
    "AuditRow",
    "CardRow",
    "ConversationRow",
    "CustomerRow",
    "DeliveryRow",
    "ErrandRow",
    "FileRow",
    "LeaseRow",
    "MachineRow",
    "MemoryRow",
    "MessageRow",
    "ModelUsageRow",
    "OpenAnswerRow",
    "PersonRow",
    "PlaybookRevisionRow",
    "PlaybookTextRow",
    "PreferenceRow",
    "PressRow",
    "Row",
    "SignInRow",
    "SpentMarkRow",
    "TimelineRow",
    "WebSessionRow",
    "metadata",
]
