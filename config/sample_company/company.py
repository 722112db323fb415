"""The whole company in memory: each part made from those before it."""

from dataclasses import dataclass

from config.sample_company import (
    calls,
    campaigns,
    chats,
    contacts,
    contracts,
    customers,
    erp,
    leads,
    opportunities,
    payments,
    people,
    quotes,
    touches,
)
from config.sample_company.companies import companies
from config.sample_company.frame import Frame
from config.sample_company.manifest import Call


@dataclass(frozen=True)
class Company:
    """Everything about the company, before it is written as files."""

    frame: Frame
    people: list[people.Person]
    customers: list[customers.Customer]
    campaigns: list[campaigns.Campaign]
    leads: list[leads.Lead]
    touches: list[touches.Touch]
    opportunities: list[opportunities.Opportunity]
    quotes: list[quotes.Quote]
    contracts: list[contracts.Contract]
    payments: list[payments.Payment]
    orders: list[erp.Order]
    rooms: list[chats.Room]
    messages: list[chats.Message]
    planted: contacts.Planted
    contacts: list[contacts.Contact]
    calls: tuple[Call, ...]


def make_company(frame: Frame) -> Company:
    """All parts, in the order in which business happens."""
    source = companies(frame.dice("companies"))
    staff = people.make_people(frame)
    clients = customers.make_customers(frame, staff, source)
    plans = campaigns.make_campaigns(frame)
    prospects = leads.make_leads(frame, clients, plans, source)
    deals = opportunities.make_opportunities(frame, staff, clients, prospects)
    signed = contracts.make_contracts(frame, deals)
    rooms = chats.make_rooms(frame, staff, deals)
    messages = chats.make_messages(frame, rooms)
    planted = contacts.plant(frame, messages)
    return Company(
        frame=frame,
        people=staff,
        customers=clients,
        campaigns=plans,
        leads=prospects,
        touches=touches.make_touches(frame, prospects, plans),
        opportunities=deals,
        quotes=quotes.make_quotes(frame, deals),
        contracts=signed,
        payments=payments.make_payments(frame, signed),
        orders=erp.make_orders(frame, signed),
        rooms=rooms,
        messages=messages,
        planted=planted,
        contacts=contacts.make_contacts(frame, deals, planted),
        calls=calls.make_calls(frame, staff, deals),
    )
