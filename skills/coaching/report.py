"""为什么少推了 and 提示效果: what was decided, with the arithmetic. Reading takes a viewer (D9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from bot.contracts import Card, Person, Section
from config.locales import load, t
from knowledge.signals.kind import Kind
from skills.coaching.cards import told
from skills.coaching.casework import Desk, soon
from skills.coaching.policy import frequency
from skills.coaching.times import is_drill

if TYPE_CHECKING:
    from storage.repositories.prompts import KindCounts, Prompt
    from storage.store import Store

WEEK, MONTH = timedelta(days=7), timedelta(days=30)
MOST_LINES = 10
FEW_DEALS = 20
LARGE = {"zh": Decimal(10_000), "en": Decimal(1_000_000)}  # yuan: 万元, and millions


@dataclass(frozen=True, slots=True)
class Line:
    """A decision as it is read."""

    prompt: Prompt
    person: str
    customer: str
    headline: str
    reason: str  # with its figures; "" when sent
    response: str
    wrong: bool = False  # somebody called it a false positive


@dataclass(frozen=True, slots=True)
class Drill:
    """Deals that closed after a signal was found in hours of practice, and at other times (D3)."""

    won_in: int = 0
    closed_in: int = 0
    won_out: int = 0
    closed_out: int = 0


def why_card(store: Store, desk: Desk, person: Person, language: str, now: datetime) -> Card | None:
    """What a person did not get, and the figures behind it; None when nothing was withheld."""
    decided = store.prompts.of_person(person.id, now - WEEK, soon(now), states=("sent", "withheld", "digest"))
    less = [prompt for prompt in reversed(decided) if prompt.state != "sent"]
    if not less:
        return None
    sent = len(decided) - len(less)
    totals = Counter(prompt.reason for prompt in less)
    lines = lines_of(store, desk, less[:MOST_LINES], language)
    each = [t("coaching.why.line", language, customer=x.customer, headline=x.headline, reason=x.reason) for x in lines]
    counted = [
        t("coaching.why.total", language, reason=t(f"coaching.reason.{reason}", language), count=count)
        for reason, count in totals.most_common()
    ]
    return Card(
        f"why-{uuid4().hex}",
        headline=t("coaching.why.headline", language, sent=sent, withheld=len(less)),
        summary=rate_line(store, desk, person.id, language, now),
        source=t("coaching.title", language),
        sections=(
            Section(t("coaching.why.totals", language), "\n".join(counted)),
            Section(t("coaching.why.title", language), "\n".join(each)),
        ),
        unfolded=True,
    )


def rate_line(store: Store, desk: Desk, person_id: str, language: str, now: datetime) -> str:
    """How the smart level counts for a person now."""
    history = desk.history(store, person_id, now)
    figures = frequency(history, desk.rules)
    return t("coaching.why.rate" if history.of else "coaching.why.no_history", language, **figures)


def effect_card(store: Store, desk: Desk, viewer: Person, language: str, now: datetime) -> Card | None:
    """How each kind fares among the people the viewer may see; None when there was no prompt."""
    counts = store.prompts.counts(viewer, now - MONTH, soon(now))
    if not counts:
        return None
    sent, complaints = sum(one.sent for one in counts), sum(one.complaints for one in counts)
    lines = "\n".join(_effect(desk.kinds, one, language) for one in counts)
    drill = drill_of(store, desk, viewer, now)
    sections = [Section(t("coaching.effect.title", language), lines)]
    if desk.rules.drill:
        words = t("coaching.effect.drill_line", language, **_fields(drill))
        few = t("coaching.effect.drill_few", language) if min(drill.closed_in, drill.closed_out) < FEW_DEALS else ""
        sections.append(Section(t("coaching.effect.drill", language), f"{words}\n{few}".strip()))
    return Card(
        f"effect-{uuid4().hex}",
        headline=t("coaching.effect.headline", language, sent=sent, complaints=percent(complaints, sent)),
        source=t("coaching.title", language),
        sections=tuple(sections),
        unfolded=True,
    )


def drill_of(store: Store, desk: Desk, viewer: Person, now: datetime) -> Drill:
    """Win rates of deals with signals found in hours of practice and of those with signals at other times."""
    inside: dict[str, bool] = {}
    for signal in store.signals.visible_to(viewer, since=now - timedelta(days=365), limit=10_000):
        if signal.deal_id:
            drilled = is_drill(signal.happened_at.astimezone(desk.zone), desk.rules)
            inside[signal.deal_id] = inside.get(signal.deal_id, False) or drilled
    closed = [deal for deal in store.deals.records(inside).values() if deal.result in {"won", "lost"}]
    won = Counter((inside[deal.id], deal.result == "won") for deal in closed)
    return Drill(
        won[True, True], won[True, True] + won[True, False], won[False, True], won[False, True] + won[False, False]
    )


def lines_of(store: Store, desk: Desk, prompts: Sequence[Prompt], language: str) -> list[Line]:
    """Decisions with names and figures."""
    customers = store.customers.records({prompt.customer_id for prompt in prompts if prompt.customer_id})
    names = store.people.names({prompt.person_id for prompt in prompts})
    signals = {one.id: one for one in store.signals.these({id_ for prompt in prompts for id_ in prompt.signal_ids[:1]})}
    wrong = store.labels.wrong_prompts([prompt.id for prompt in prompts])
    found = []
    for prompt in prompts:
        signal = signals.get(prompt.signal_ids[0]) if prompt.signal_ids else None
        kind, customer = desk.kinds.get(prompt.kind), customers.get(prompt.customer_id)
        known = kind is not None and signal is not None
        title = kind.title[language] if kind else prompt.kind
        headline = told(kind, signal.facts, signal.quotes, "headline", language) if known and kind and signal else title
        name = (customer.short_name or customer.name) if customer else ""
        response = t(f"coaching.response.{prompt.response or 'none'}", language) if prompt.state == "sent" else ""
        who = names.get(prompt.person_id, prompt.person_id)
        found.append(Line(prompt, who, name, headline, reason_of(prompt, language), response, prompt.id in wrong))
    return found


def reason_of(prompt: Prompt, language: str) -> str:
    """Why a prompt was not sent, with its figures."""
    if not prompt.reason:
        return ""
    words, key = t(f"coaching.reason.{prompt.reason}", language), f"coaching.figures.{prompt.reason}"
    if key not in load(language):
        return words
    if prompt.reason == "scope" and not prompt.arithmetic.get("place"):  # without a rank, none is spoken of
        key = "coaching.figures.unplaced"
    unknown = t("coaching.figures.unknown", language)
    figures = {name: _figure(name, value, language) or unknown for name, value in prompt.arithmetic.items()}
    return t("coaching.figures.because", language, reason=words, figures=t(key, language, **figures))


def percent(part: int, whole: int) -> str:
    """A share; a dash where there is nothing to share."""
    return f"{part / whole:.0%}" if whole else "–"


def _effect(kinds: Mapping[str, Kind], one: KindCounts, language: str) -> str:
    kind = kinds[one.kind].title[language] if one.kind in kinds else one.kind
    figures = {"sent": one.sent, "withheld": one.withheld, "used": one.used, "complaints": one.complaints}
    return t("coaching.effect.line", language, kind=kind, rate=percent(one.complaints, one.sent), **figures)


def _fields(drill: Drill) -> dict[str, Any]:
    names = ("won_in", "closed_in", "won_out", "closed_out")
    return {name: getattr(drill, name) for name in names}


def _figure(name: str, value: object, language: str) -> str:
    """As people read it: much money in 万元 or millions; "" where it isn't known."""
    if value in ("", None):
        return ""
    if name not in {"amount", "least"}:
        return str(value)
    yuan, large = Decimal(str(value)), LARGE[language]
    number = f"{yuan / large if yuan >= large else yuan:,.2f}".rstrip("0").removesuffix(".")
    return t(f"coaching.figures.{'large' if yuan >= large else 'yuan'}", language, number=number)
