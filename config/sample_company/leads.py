"""Marketing's leads (MQL): who came, what sales made of them, and the rejected ones that convert later."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from config.sample_company.campaigns import Campaign, campaign_on, exhibition_day
from config.sample_company.catalog import CHANNELS, INDUSTRIES, Channel
from config.sample_company.companies import Company
from config.sample_company.customers import Customer
from config.sample_company.frame import Frame, between, in_hours, on_workday
from config.sample_company.names import GIVEN, SURNAMES

COUNT = 1500
REJECTED = 480  # 32 % of the traffic …
RESCUED = 200  # … of which 41.7 % convert later
WEAKEST = min(INDUSTRIES, key=lambda industry: industry.sql_rate)
_PROSPECTS = 420  # companies that are not in the CRM
_REASONS = ("电话未接通", "个人邮箱", "夜间提交", "重复提交", "暂无预算", "信息不全")
_REASON_WEIGHTS = (30, 22, 16, 12, 12, 8)


@dataclass(frozen=True)
class Lead:
    """One row; `sql_at` is when sales accepted it, `converts` the day its opportunity is opened (not exported)."""

    id: str
    visitor: str
    company_name: str
    contact: str
    mobile: str
    email: str
    industry: str
    province: str
    region: str
    channel: str
    campaign: str
    created: datetime
    status: str = "有效"
    reason: str = ""
    rejected_at: datetime | None = None
    sql_at: datetime | None = None
    source: Channel = CHANNELS[0]
    customer: Customer | None = None
    converts: date | None = None


LEAD_COLUMNS = {
    "线索编号": "id",
    "访客ID": "visitor",
    "公司名称": "company_name",
    "联系人": "contact",
    "手机": "mobile",
    "邮箱": "email",
    "行业": "industry",
    "省份": "province",
    "大区": "region",
    "来源渠道": "channel",
    "活动编号": "campaign",
    "创建时间": "created",
    "状态": "status",
    "无效原因": "reason",
    "无效标记时间": "rejected_at",
    "SQL时间": "sql_at",
}


def make_leads(
    frame: Frame, customers: list[Customer], campaigns: list[Campaign], source: Iterator[Company]
) -> list[Lead]:
    """1500 leads in order of time."""
    dice = frame.dice("leads")
    prospects = [next(source) for _ in range(_PROSPECTS)]
    drafts = sorted((_draft(frame, dice, campaigns) for _ in range(COUNT)), key=lambda draft: draft[0])
    leads = [_lead(dice, n, *draft, customers, prospects) for n, draft in enumerate(drafts, 1)]
    return _accept(frame, dice, _reject(frame, dice, leads))


def _draft(frame: Frame, dice: Random, campaigns: list[Campaign]) -> tuple[datetime, Channel, str]:
    """When, through which channel and campaign. Exhibition leads come while the exhibition is on."""
    channel = dice.choices(CHANNELS, [c.volume for c in CHANNELS])[0]
    day = between(dice, frame.start + timedelta(days=15), frame.today - timedelta(days=1))
    campaign = campaign_on(campaigns, channel, day)
    if channel.key == "expo_scan":
        day = exhibition_day(frame, dice, campaign)
    return in_hours(dice, day, 8, 21), channel, campaign.id


def _lead(
    dice: Random,
    number: int,
    created: datetime,
    channel: Channel,
    campaign: str,
    customers: list[Customer],
    prospects: list[Company],
) -> Lead:
    known = [c for c in customers if c.created <= created.date()]
    customer = dice.choice(known) if dice.random() < 0.75 else None
    company = customer.company if customer else dice.choice(prospects)
    return Lead(
        id=f"L{number:05d}",
        visitor=f"V{number * 7919 % 100000:05d}",  # a prime step: unique, and not in the order of the leads
        company_name=customer.name if customer else company.name,
        contact=dice.choice(SURNAMES) + dice.choice(GIVEN),
        mobile=f"1990000{5100 + number:04d}",
        email=f"contact{number:04d}@{dice.choice(('mail', 'plant', 'factory'))}.example",
        industry=company.industry.label,
        province=company.city.province,
        region=company.city.region,
        channel=channel.label,
        campaign=campaign,
        created=created,
        source=channel,
        customer=customer,
    )


def _reject(frame: Frame, dice: Random, leads: list[Lead]) -> list[Lead]:
    """Mark 480 as invalid within days; 200 of the older ones come back as opportunities weeks later."""
    deadline = frame.today - timedelta(days=100)
    rejected = {lead.id for lead in dice.sample([x for x in leads if x.created.date() < deadline], REJECTED)}
    eligible = [lead.id for lead in leads if lead.id in rejected and lead.customer]
    rescued = set(dice.sample(eligible, RESCUED))
    return [_rejected(dice, x, x.id in rescued) if x.id in rejected else x for x in leads]


def _rejected(dice: Random, lead: Lead, rescued: bool) -> Lead:
    marked = in_hours(dice, on_workday(lead.created.date() + timedelta(days=dice.randint(3, 6))))
    return replace(
        lead,
        status="无效",
        reason=dice.choices(_REASONS, _REASON_WEIGHTS)[0],
        rejected_at=marked,
        converts=on_workday(marked.date() + timedelta(days=dice.randint(14, 80))) if rescued else None,
    )


def _accept(frame: Frame, dice: Random, leads: list[Lead]) -> list[Lead]:
    """Sales accepts each industry's share of its leads; good channels are accepted first."""
    by_industry: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        by_industry[lead.industry].append(lead)
    accepted: set[str] = set()
    for industry in INDUSTRIES:
        own = by_industry[industry.label]
        accepted |= _best(frame, dice, own, round(len(own) * industry.sql_rate))
    return [_accepted(frame, dice, lead) if lead.id in accepted else lead for lead in leads]


def _best(frame: Frame, dice: Random, leads: Sequence[Lead], count: int) -> set[str]:
    ready = [x for x in leads if x.status == "有效" and x.created.date() < frame.today - timedelta(days=16)]
    ready.sort(key=lambda x: dice.random() ** (1 / x.source.quality), reverse=True)
    return {lead.id for lead in ready[:count]}


def _accepted(frame: Frame, dice: Random, lead: Lead) -> Lead:
    sql_at = in_hours(dice, on_workday(lead.created.date() + timedelta(days=dice.randint(3, 12))))
    opens = on_workday(sql_at.date() + timedelta(days=dice.randint(3, 15)))
    converts = opens if lead.customer and opens < frame.today and dice.random() < 0.9 else None
    return replace(lead, sql_at=sql_at, converts=converts)
