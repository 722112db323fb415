"""Generates the sample company: the files its systems would export, dated back from today."""

from datetime import date
from pathlib import Path

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
    tickets,
    touches,
)
from config.sample_company.company import Company, make_company
from config.sample_company.export import Export
from config.sample_company.facts import make_facts
from config.sample_company.frame import Frame
from config.sample_company.manifest import MANIFEST_NAME, Manifest, read_manifest

SEED = 20260101


def generate(folder: Path, *, today: date, seed: int = SEED) -> Manifest:
    """Write all exports into `folder` (made if missing) in about two seconds, the manifest last.

    Equal `today` and `seed` give byte-identical files. A former generation in the folder is replaced; other
    files there are left alone. OSError: the folder cannot be written.
    """
    _clear(folder)
    company = make_company(Frame(today, seed))
    export = Export(folder)
    _write_crm(export, company)
    _write_marketing(export, company)
    _write_operations(export, company)
    _write_chats(export, company)
    calls.write_scripts(export, company.calls, company.opportunities)
    manifest = Manifest(today, seed, tuple(export.files), make_facts(company))
    manifest.write(folder)
    return manifest


def _clear(folder: Path) -> None:
    """Remove what the last manifest lists: months and rows differ from day to day."""
    if not (folder / MANIFEST_NAME).exists():
        return
    for file in read_manifest(folder).files:
        (folder / file.path).unlink(missing_ok=True)
    (folder / MANIFEST_NAME).unlink()


def _write_crm(export: Export, company: Company) -> None:
    """The CRM exports for Excel on a Chinese Windows: GBK. HR's export begins with a byte order mark."""
    deals = company.opportunities
    export.table("hr/people.csv", people.PEOPLE_COLUMNS, company.people, "utf-8-sig")
    export.table("crm/customers.csv", customers.CUSTOMER_COLUMNS, company.customers, "gbk")
    export.table("crm/opportunities.csv", opportunities.OPPORTUNITY_COLUMNS, deals, "gbk")
    history = opportunities.stage_history(deals)
    export.table("crm/stage_history.csv", opportunities.STAGE_COLUMNS, history, "gbk")
    export.table("crm/quotes.csv", quotes.QUOTE_COLUMNS, company.quotes, "gbk")
    export.table("crm/contacts.csv", contacts.CONTACT_COLUMNS, company.contacts, "gbk")
    book = contracts.workbook(company.contracts)
    export.raw("crm/contracts.xlsx", book, len(company.contracts), "binary")


def _write_marketing(export: Export, company: Company) -> None:
    plans = company.campaigns
    export.json("marketing/campaigns.json", campaigns.as_document(company.frame, plans), len(plans))
    export.table("marketing/touches.csv", touches.TOUCH_COLUMNS, company.touches)
    export.table("marketing/leads.csv", leads.LEAD_COLUMNS, company.leads)


def _write_operations(export: Export, company: Company) -> None:
    frame = company.frame
    paid = company.payments
    export.raw("finance/payments.sql", payments.dump(paid).encode(), len(paid), "utf-8")
    export.json_lines("service/tickets.json", tickets.make_tickets(frame, company.contracts))
    export.table("erp/orders.csv", erp.ORDER_COLUMNS, company.orders)
    export.json_lines("erp/events.jsonl", erp.events(frame, company.orders))


def _write_chats(export: Export, company: Company) -> None:
    export.table("chat/rooms.csv", chats.ROOM_COLUMNS, company.rooms)
    for month, messages in chats.by_month(company.messages).items():
        export.json_lines(f"chat/{month}.jsonl", messages)
