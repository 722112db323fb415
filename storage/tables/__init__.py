"""Tables. Guarantees are constraints here, not conditions elsewhere."""

from storage.tables.base import Row
from storage.tables.behaviour import DiagnosisRow
from storage.tables.coaching import AgendaRow, LabelRow, PatternRow, PromptRow, ProposalRow, RuleRow, VisitRow
from storage.tables.customer_people import CustomerPersonRow
from storage.tables.deals import DealRow, QuoteRow, StageRow
from storage.tables.listening import (
    ConsentRow,
    DialogueRow,
    SignalRow,
    StretchRow,
    TaskRow,
    UtteranceRow,
)
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
    "AgendaRow",
    "AuditRow",
    "CardRow",
    "ConsentRow",
    "ConversationRow",
    "CustomerPersonRow",
    "CustomerRow",
    "DealRow",
    "DeliveryRow",
    "DiagnosisRow",
    "DialogueRow",
    "ErrandRow",
    "FileRow",
    "LabelRow",
    "LeaseRow",
    "MachineRow",
    "MemoryRow",
    "MessageRow",
    "ModelUsageRow",
    "OpenAnswerRow",
    "PatternRow",
    "PersonRow",
    "PlaybookRevisionRow",
    "PlaybookTextRow",
    "PreferenceRow",
    "PressRow",
    "PromptRow",
    "ProposalRow",
    "QuoteRow",
    "Row",
    "RuleRow",
    "SignInRow",
    "SignalRow",
    "SpentMarkRow",
    "StageRow",
    "StretchRow",
    "TaskRow",
    "TimelineRow",
    "UtteranceRow",
    "VisitRow",
    "WebSessionRow",
    "metadata",
]
