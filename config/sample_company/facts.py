"""Collects the planted facts of a company for its manifest."""

from collections.abc import Sequence

from config.sample_company import campaigns, chats, customers, erp, leads, quotes, touches
from config.sample_company.catalog import CHANNELS, LATE_CHANNEL, LATE_HOURS
from config.sample_company.company import Company
from config.sample_company.frame import Frame
from config.sample_company.manifest import Facts, LateChannel, WeakIndustry


def make_facts(company: Company) -> Facts:
    """What is planted, and in which rows."""
    frame, clients = company.frame, company.customers
    rejected = [x for x in company.leads if x.rejected_at]
    return Facts(
        week=frame.last_week,
        single_threaded_deals=_deals((*company.planted.single, *company.planted.silent)),
        silent_deciders=_deals(company.planted.silent),
        unopened_proposals=quotes.unopened(company.quotes),
        unexplained_quotes=quotes.unexplained(frame, company.quotes),
        lead_count=len(company.leads),
        rejected_leads=tuple(x.id for x in rejected),
        rescued_leads=tuple(x.id for x in rejected if x.converts),
        late_channel=_late_channel(frame),
        duplicates=customers.duplicates(clients),
        off_list_industries=customers.off_list(clients),
        missing=customers.missing(clients),
        weak_industry=_weak_industry(company.leads),
        tied_touches=touches.ties(company.touches),
        three_stage_deals=chats.staged_deals(company.messages),
        rooms_without_consent=tuple(r.id for r in company.rooms if r.consent == "否"),
        stalled_order=erp.stalled(company.orders),
        late_orders=erp.late(company.orders),
        calls=company.calls,
    )


def _deals(rooms: Sequence[chats.Room]) -> tuple[str, ...]:
    return tuple(sorted(room.opportunity for room in rooms))


def _late_channel(frame: Frame) -> LateChannel:
    channel = next(c for c in CHANNELS if c.key == LATE_CHANNEL)
    exported = campaigns.last_export(frame, channel)
    return LateChannel(channel.label, channel.owner, exported.isoformat(), LATE_HOURS)


def _weak_industry(rows: Sequence[leads.Lead]) -> WeakIndustry:
    weak = leads.WEAKEST.label
    own = [x for x in rows if x.industry == weak]
    rest = [x for x in rows if x.industry != weak]
    return WeakIndustry(weak, _accepted(own), _accepted(rest))


def _accepted(rows: Sequence[leads.Lead]) -> float:
    """MQL→SQL, rounded to four places."""
    return round(sum(x.sql_at is not None for x in rows) / len(rows), 4)
