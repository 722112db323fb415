"""Tables. Guarantees are constraints here, not conditions elsewhere."""

from storage.tables.attribution import AttributionRunRow, ConfidenceRow
from storage.tables.base import Row
from storage.tables.behaviour import DiagnosisRow
from storage.tables.briefing import BriefDecisionRow, BriefFindingRow, BriefSendingRow
from storage.tables.coaching import AgendaRow, LabelRow, PatternRow, PromptRow, ProposalRow, RuleRow, VisitRow
from storage.tables.customer_people import CustomerPersonRow
from storage.tables.deadlines import DeadlineNoteRow, DeadlineRow
from storage.tables.deals import DealRow, QuoteRow, StageRow
from storage.tables.events import (
    EventAttemptRow,
    EventDeliveryRow,
    EventKeyRow,
    EventRow,
    EventSubscriptionRow,
    EventWatchRow,
    MendingRow,
    QuarantinedEventRow,
    RehearsalRow,
    SystemRow,
)
from storage.tables.identity import IdentityRow, MatchRow, MergeRow
from storage.tables.lights import AlarmRow, LightRow
from storage.tables.listening import (
    ConsentRow,
    DialogueRow,
    SignalRow,
    StretchRow,
    TaskRow,
    UtteranceRow,
)
from storage.tables.loop import CampaignRow, ContractRow, LeadRow, PaymentRow, SpendRow, TicketRow, TouchRow
from storage.tables.machines import MachineRow
from storage.tables.organisation import AccountRow, CustomerRow, PersonRow, PreferenceRow, SignInRow
from storage.tables.quality import QualityDayRow
from storage.tables.questions import AskedRow, SubscriptionRow
from storage.tables.records import AuditRow, FileRow, PlaybookRevisionRow, PlaybookTextRow
from storage.tables.sign_in import SpentMarkRow, WebSessionRow
from storage.tables.sources import LandedRow, LoadRow, RefusedRow, SourceStateRow, SourceVersionRow, StagedRow
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
    "AlarmRow",
    "AskedRow",
    "AttributionRunRow",
    "AuditRow",
    "BriefDecisionRow",
    "BriefFindingRow",
    "BriefSendingRow",
    "CampaignRow",
    "CardRow",
    "ConfidenceRow",
    "ConsentRow",
    "ContractRow",
    "ConversationRow",
    "CustomerPersonRow",
    "CustomerRow",
    "DeadlineNoteRow",
    "DeadlineRow",
    "DealRow",
    "DeliveryRow",
    "DiagnosisRow",
    "DialogueRow",
    "ErrandRow",
    "EventAttemptRow",
    "EventDeliveryRow",
    "EventKeyRow",
    "EventRow",
    "EventSubscriptionRow",
    "EventWatchRow",
    "FileRow",
    "IdentityRow",
    "LabelRow",
    "LandedRow",
    "LeadRow",
    "LeaseRow",
    "LightRow",
    "LoadRow",
    "MachineRow",
    "MatchRow",
    "MemoryRow",
    "MendingRow",
    "MergeRow",
    "MessageRow",
    "ModelUsageRow",
    "OpenAnswerRow",
    "PatternRow",
    "PaymentRow",
    "PersonRow",
    "PlaybookRevisionRow",
    "PlaybookTextRow",
    "PreferenceRow",
    "PressRow",
    "PromptRow",
    "ProposalRow",
    "QualityDayRow",
    "QuarantinedEventRow",
    "QuoteRow",
    "RefusedRow",
    "RehearsalRow",
    "Row",
    "RuleRow",
    "SignInRow",
    "SignalRow",
    "SourceStateRow",
    "SourceVersionRow",
    "SpendRow",
    "SpentMarkRow",
    "StageRow",
    "StagedRow",
    "StretchRow",
    "SubscriptionRow",
    "SystemRow",
    "TaskRow",
    "TicketRow",
    "TimelineRow",
    "TouchRow",
    "UtteranceRow",
    "VisitRow",
    "WebSessionRow",
    "metadata",
]
