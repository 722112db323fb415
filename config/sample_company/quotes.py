"""Quotes beside the competitor's price, and whether the rep said what the difference is worth."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from config.sample_company.frame import Frame, between, in_hours, on_workday
from config.sample_company.opportunities import OPEN, WON, Opportunity

PLANTED = 17  # quotes of last week, ≥ 15 % above the competitor and not explained
LIMIT = 1.15
_JUST_BELOW = 1.147  # one quote of that week is not quite dear enough (prices are whole thousands)
_EXPLAINED = 6  # in the same week: as dear, but explained
_UNOPENED, _OPENED = 3, 5  # newest quotes of open deals that went out as a link whose opening is seen
_WAITED = 5  # days: the unopened ones were sent so long ago
_EXPLANATIONS = (
    "已说明：6mm 碳钢每米切割成本低 0.12 元，两年可抵差价",
    "附三年总成本对比表，客户已签收",
    "已说明差异：含两年维保与 4 小时上门，对方另收费",
    "当面演示切割断面，客户认可精度差异",
    "差异说明见技术协议附件 2：激光器质保 3 年",
)
_PLAIN = ("客户要求三天内报价", "按标准配置报价", "客户只要总价", "含运费与安装", "口头告知价格", "")


@dataclass(frozen=True)
class Quote:
    """One row; prices in yuan; `explained` is 是 or 否; the competitor's price may be unknown."""

    id: str
    opportunity: str
    customer: str
    owner: str
    product: str
    price: int
    competitor: str
    competitor_price: int | None
    explained: str
    version: int
    day: date
    note: str
    sent: datetime | None = None  # as a link; None: on paper or as a file, and nobody sees whether it was opened
    opened: datetime | None = None


QUOTE_COLUMNS = {
    "报价单号": "id",
    "商机编号": "opportunity",
    "客户编号": "customer",
    "负责人工号": "owner",
    "产品": "product",
    "报价金额(元)": "price",
    "竞品名称": "competitor",
    "竞品报价(元)": "competitor_price",
    "已说明差异价值": "explained",
    "版本": "version",
    "报价日期": "day",
    "备注": "note",
    "发送时间": "sent",
    "打开时间": "opened",
}


def make_quotes(frame: Frame, opportunities: Sequence[Opportunity]) -> list[Quote]:
    """Every quote of every opportunity that came that far, in order of day."""
    dice = frame.dice("quotes")
    quoted = [o for o in opportunities if "报价" in o.reached]
    quotes = [quote for o in quoted for quote in _versions(frame, dice, o)]
    quotes += _last_week(frame, dice, [o for o in quoted if o.fresh_quote])
    quotes.sort(key=lambda q: (q.day, q.opportunity, q.version))
    return _sent(frame, quoted, [replace(q, id=f"Q{n:05d}") for n, q in enumerate(quotes, 1)])


def unexplained(frame: Frame, quotes: Sequence[Quote]) -> tuple[str, ...]:
    """Quotes of the last full week that are 15 % or more above the competitor, without explanation."""
    monday, sunday = frame.last_week
    return tuple(q.id for q in quotes if monday <= q.day <= sunday and _dear(q) and q.explained == "否")


def unopened(quotes: Sequence[Quote]) -> tuple[str, ...]:
    """Quotes that went out as links and were not opened."""
    return tuple(q.id for q in quotes if q.sent and not q.opened)


def _sent(frame: Frame, deals: Sequence[Opportunity], quotes: list[Quote]) -> list[Quote]:
    """Eight newest quotes of open deals get the time they were sent; five of these were opened within hours."""
    dice = frame.dice("proposals")
    still_open = {deal.id for deal in deals if deal.outcome == OPEN}
    newest = {q.opportunity: q for q in quotes if q.opportunity in still_open}
    old = [q for q in newest.values() if (frame.today - q.day).days >= _WAITED]
    links: dict[str, Quote] = {}
    for number, quote in enumerate(dice.sample(old, min(len(old), _UNOPENED + _OPENED))):
        sent = in_hours(dice, quote.day)
        opened = sent + timedelta(minutes=dice.randint(20, 600)) if number >= _UNOPENED else None
        links[quote.id] = replace(quote, sent=sent, opened=opened)
    return [links.get(q.id, q) for q in quotes]


def _dear(quote: Quote) -> bool:
    # In whole numbers: 1.15 has no exact binary form, and one planted quote lies exactly on the limit.
    return bool(quote.competitor_price) and quote.price * 100 >= (quote.competitor_price or 0) * 115


def _versions(frame: Frame, dice: Random, deal: Opportunity) -> list[Quote]:
    """One or two quotes between entering the stage and the end; none of them is the planted kind."""
    monday, sunday = frame.last_week
    last = deal.closed or frame.today - timedelta(days=1)
    count = 1 if deal.fresh_quote else dice.choices((1, 2), (60, 40))[0]
    days = sorted(on_workday(between(dice, deal.reached["报价"], last)) for _ in range(count))
    quotes = [_usual(dice, deal, n, max(day, deal.reached["报价"])) for n, day in enumerate(days, 1)]
    if deal.fresh_quote:
        quotes = [q for q in quotes if q.day < monday]
    return [_say_why(dice, q) if monday <= q.day <= sunday and _dear(q) else q for q in quotes]


def _usual(dice: Random, deal: Opportunity, version: int, day: date) -> Quote:
    """A won deal's dear quotes were mostly explained, a lost one's mostly not."""
    price = _thousands(deal.amount * (1.04 if version == 1 else 1))
    known = bool(deal.competitor) and dice.random() < 0.6
    ratio = dice.choices((dice.uniform(0.9, 1.14), dice.uniform(1.16, 1.32)), (62, 38))[0]
    quote = _quote(deal, version, day, price, _thousands(price / ratio) if known else None)
    told = dice.random() < (0.8 if deal.outcome == WON else 0.45 if deal.outcome == OPEN else 0.25)
    return _say_why(dice, quote) if told else replace(quote, note=dice.choice(_PLAIN))


def _last_week(frame: Frame, dice: Random, deals: Sequence[Opportunity]) -> list[Quote]:
    """17 planted, 6 as dear but explained, one just below the limit, the rest near the competitor or without one."""
    monday, _ = frame.last_week
    near = len(deals) - PLANTED - _EXPLAINED - 1
    ratios = [LIMIT, *(dice.uniform(1.16, 1.31) for _ in range(PLANTED - 1 + _EXPLAINED)), _JUST_BELOW]
    ratios += [dice.uniform(0.93, 1.13) for _ in range(near)]
    quotes = []
    for number, (deal, ratio) in enumerate(zip(dice.sample(deals, len(deals)), ratios, strict=True)):
        competitor_price = _thousands(deal.amount / ratio)
        price = round(competitor_price * ratio) if number == 0 else deal.amount
        quote = _quote(deal, 2, monday + timedelta(days=dice.randint(0, 4)), price, competitor_price)
        quotes.append(_fresh(dice, quote, number))
    return quotes


def _fresh(dice: Random, quote: Quote, number: int) -> Quote:
    if PLANTED <= number < PLANTED + _EXPLAINED:
        return _say_why(dice, quote)
    blind = number > PLANTED + _EXPLAINED and number % 3 == 0
    return replace(quote, note=dice.choice(_PLAIN), competitor_price=None if blind else quote.competitor_price)


def _say_why(dice: Random, quote: Quote) -> Quote:
    return replace(quote, explained="是", note=dice.choice(_EXPLANATIONS))


def _thousands(yuan: float) -> int:
    return round(yuan / 1000) * 1000


def _quote(deal: Opportunity, version: int, day: date, price: int, competitor_price: int | None) -> Quote:
    competitor = deal.competitor if competitor_price else ""
    return Quote(
        id="",
        opportunity=deal.id,
        customer=deal.customer_id,
        owner=deal.owner,
        product=deal.product,
        price=price,
        competitor=competitor,
        competitor_price=competitor_price,
        explained="否",
        version=version,
        day=day,
        note="",
    )
