"""D9, row permissions: which rows a viewer may see, as conditions of the queries themselves.

| Viewer | People | Customers | Audit entries |
|---|---|---|---|
| rep, channel owner | themselves | those they own | their own |
| manager | also their team's members and whoever reports to them | also those people's | also those people's |
| director | also the people of their regions | also those of their regions | also those people's |
| sales ops, admin | all | all | all |

What is about a person and a customer (deals, quotes, dialogues, signals, tasks, visits) is seen by whoever sees one of
the two; who works at a customer's, by whoever sees the customer. What is about a person alone (prompts, labels, rules
and what these found) is seen like their audit entries. Consents: of customers and people that one sees; those of rooms
only by sales ops and admins, who keep the archive.

Of the closed loop: leads, by whoever sees a deal that came of them, by directors of their region, and by the owners of
their campaign; contracts, by whoever sees their deal or customer, and whoever leads the signer; payments, with their
contract; tickets, with their customer. Campaigns, touches and spends hold no customer: managers and directors see all
of them, the others those of campaigns they own.

Of business events and their deadlines: by whoever sees the customer, the contract or the person that they are about,
and by directors of their region.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, false, or_, select, true
from sqlmodel import col

from bot.contracts.person import Person, Role
from storage.fold import contains
from storage.tables import (
    AuditRow,
    CampaignRow,
    ConsentRow,
    ContractRow,
    CustomerPersonRow,
    CustomerRow,
    DeadlineRow,
    DealRow,
    DialogueRow,
    EventRow,
    LabelRow,
    LeadRow,
    PaymentRow,
    PersonRow,
    PromptRow,
    QuoteRow,
    Row,
    RuleRow,
    SignalRow,
    SpendRow,
    TaskRow,
    TicketRow,
    TouchRow,
    VisitRow,
)
from storage.tables.listening import OWN_RULE

_SEE_EVERYTHING = frozenset({Role.SALES_OPS, Role.ADMIN})
_SEE_CAMPAIGNS = frozenset({Role.MANAGER, Role.DIRECTOR})


def visible(viewer: Person, rows: type[Row]) -> ColumnElement[bool]:
    """The WHERE for `rows` that this viewer may see. Rows that aren't in the table above have no listing."""
    return true() if viewer.role in _SEE_EVERYTHING else _CONDITIONS[rows](viewer)


def _people(viewer: Person) -> ColumnElement[bool]:
    return or_(col(PersonRow.id) == viewer.id, _led_by(viewer))


def _customers(viewer: Person) -> ColumnElement[bool]:
    own = col(CustomerRow.owner_id) == viewer.id
    if viewer.role is Role.DIRECTOR:
        return or_(own, col(CustomerRow.region).in_([region for region in viewer.regions if region]))
    return or_(own, col(CustomerRow.owner_id).in_(_ids_led_by(viewer)))


def _by(person: Any) -> Callable[[Person], ColumnElement[bool]]:
    """Rows about a person alone."""
    return lambda viewer: or_(col(person) == viewer.id, col(person).in_(_ids_led_by(viewer)))


def _between(person: Any, customer: Any) -> Callable[[Person], ColumnElement[bool]]:
    """Rows about one of us and a customer."""
    return lambda viewer: or_(_by(person)(viewer), col(customer).in_(_customers_of(viewer)))


def _signals(viewer: Person) -> ColumnElement[bool]:
    """What somebody's own rule found is seen like the rule: a manager's rule is not shown to the rep."""
    about, own = _between(SignalRow.person_id, SignalRow.customer_id), _by(SignalRow.person_id)
    return and_(about(viewer), or_(col(SignalRow.kind) != OWN_RULE, own(viewer)))


def _consents(viewer: Person) -> ColumnElement[bool]:
    kind, subject = col(ConsentRow.kind), col(ConsentRow.subject)
    people = or_(subject == viewer.id, subject.in_(_ids_led_by(viewer)))
    return or_(and_(kind == "customer", subject.in_(_customers_of(viewer))), and_(kind == "person", people))


def _leads(viewer: Person) -> ColumnElement[bool]:
    deals = select(col(DealRow.lead_id)).where(_deals(viewer), col(DealRow.lead_id) != "")
    campaigns = select(col(CampaignRow.id)).where(col(CampaignRow.owner_id) == viewer.id)
    seen = or_(col(LeadRow.id).in_(deals), col(LeadRow.campaign_id).in_(campaigns))
    regions = [region for region in viewer.regions if region] if viewer.role is Role.DIRECTOR else []
    return or_(seen, col(LeadRow.region).in_(regions)) if regions else seen


def _contracts(viewer: Person) -> ColumnElement[bool]:
    deals = select(col(DealRow.id)).where(_deals(viewer))
    between = _between(ContractRow.signer_id, ContractRow.customer_id)
    return or_(between(viewer), col(ContractRow.deal_id).in_(deals))


def _payments(viewer: Person) -> ColumnElement[bool]:
    return col(PaymentRow.contract_id).in_(select(col(ContractRow.id)).where(_contracts(viewer)))


def _happening(rows: type[EventRow] | type[DeadlineRow]) -> Callable[[Person], ColumnElement[bool]]:
    """What systems reported about a customer, a contract or one of us."""

    def condition(viewer: Person) -> ColumnElement[bool]:
        about = _between(rows.person_id, rows.customer_id)(viewer)
        signed = select(col(ContractRow.id)).where(_contracts(viewer))
        regions = [region for region in viewer.regions if region] if viewer.role is Role.DIRECTOR else []
        return or_(about, col(rows.contract_id).in_(signed), col(rows.region).in_(regions))

    return condition


def _campaigned(campaign: Any) -> Callable[[Person], ColumnElement[bool]]:
    """Rows of a campaign that hold no customer."""
    own = select(col(CampaignRow.id))

    def condition(viewer: Person) -> ColumnElement[bool]:
        if viewer.role in _SEE_CAMPAIGNS:
            return true()
        return col(campaign).in_(own.where(col(CampaignRow.owner_id) == viewer.id))

    return condition


def _customers_of(viewer: Person) -> Select[str]:
    return select(col(CustomerRow.id)).where(_customers(viewer))


def _ids_led_by(viewer: Person) -> Select[str]:
    return select(col(PersonRow.id)).where(_led_by(viewer))


def _led_by(viewer: Person) -> ColumnElement[bool]:
    """The people under a manager or director; nobody under anybody else."""
    if viewer.role is Role.MANAGER:
        reports = col(PersonRow.manager_id) == viewer.id
        return or_(reports, col(PersonRow.team) == viewer.team) if viewer.team else reports
    if viewer.role is Role.DIRECTOR:
        return or_(false(), *(_works_in(region) for region in viewer.regions if region))
    return false()


def _works_in(region: str) -> ColumnElement[bool]:
    return contains(cast(col(PersonRow.regions), Text), f"|{region}|")


_deals = _between(DealRow.owner_id, DealRow.customer_id)

_CONDITIONS: Mapping[type[Row], Callable[[Person], ColumnElement[bool]]] = {
    PersonRow: _people,
    CustomerRow: _customers,
    CustomerPersonRow: lambda viewer: col(CustomerPersonRow.customer_id).in_(_customers_of(viewer)),
    AuditRow: _by(AuditRow.actor),
    DealRow: _deals,
    QuoteRow: _between(QuoteRow.owner_id, QuoteRow.customer_id),
    DialogueRow: _between(DialogueRow.person_id, DialogueRow.customer_id),
    SignalRow: _signals,
    TaskRow: _between(TaskRow.person_id, TaskRow.customer_id),
    VisitRow: _between(VisitRow.person_id, VisitRow.customer_id),
    PromptRow: _by(PromptRow.person_id),
    LabelRow: _by(LabelRow.by),
    RuleRow: _by(RuleRow.owner_id),
    ConsentRow: _consents,
    CampaignRow: _campaigned(CampaignRow.id),
    TouchRow: _campaigned(TouchRow.campaign_id),
    SpendRow: _campaigned(SpendRow.campaign_id),
    LeadRow: _leads,
    ContractRow: _contracts,
    PaymentRow: _payments,
    EventRow: _happening(EventRow),
    DeadlineRow: _happening(DeadlineRow),
    TicketRow: lambda viewer: col(TicketRow.customer_id).in_(_customers_of(viewer)),
}
