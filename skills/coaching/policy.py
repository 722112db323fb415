"""Whether a finding becomes a prompt: send, digest, or withhold, always with the reason and its arithmetic. Pure.

How often the smart level (智能级) tells follows the person's own answers to the last prompts (`look_back`, 20):

    share = (answered + 1) / (prompts + 1)        # 1 without any history
    bar   = min(95, round(100 × (1 − share²)))    # importance, 0–100, from which a finding is told
    limit = max(1, round(most_per_day × share))   # prompts a day

So what is urgent (importance from 95) always passes the bar; so does what the person asked for by a rule of their own,
for which every other line of the policy holds. The square makes the bar rise where most kinds are
(65–85), so that whoever answers half as often hears clearly less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from config.groups.coaching import Coaching
from skills.coaching.times import is_drill, is_quiet

State = Literal["sent", "withheld", "digest"]
LEVELS = ("basic", "scene", "smart")
HIGHEST_BAR = 95
HIGH, LOW = 70, 40  # importance: from HIGH on high priority, under LOW low priority


@dataclass(frozen=True, slots=True)
class Finding:
    """A signal as the policy sees it."""

    signal_id: str
    kind: str
    importance: int  # 0..100, the kind's priority
    sureness: float = 1.0
    cool_down_hours: float = 0.0
    wanted: bool = False  # the person asked for it by a rule of their own: the smart level's bar doesn't apply

    @property
    def priority(self) -> Literal["high", "normal", "low"]:
        """As it is stored."""
        return "high" if self.importance >= HIGH else "low" if self.importance < LOW else "normal"


@dataclass(frozen=True, slots=True)
class Account:
    """The customer. `place`: 1 for the largest yearly amount; None where no amount is known."""

    id: str = ""
    amount: Decimal | None = None  # CNY yuan a year
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person chose."""

    level: str = "smart"
    muted_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What a person got, and did with it."""

    answered: int = 0
    of: int = 0
    today: int = 0  # sent today
    event_told: bool = False  # a card about this customer and event was sent
    last: Mapping[str, datetime] = field(default_factory=dict)  # by kind: when last sent about this customer


@dataclass(frozen=True, slots=True)
class Case:
    """Findings about one customer in one event, for one person. `now` is in the company's time zone."""

    now: datetime
    account: Account
    findings: Sequence[Finding]
    wishes: Wishes = Wishes()
    history: History = History()
    visiting: str | None = None  # the customer on a visit to whom the person is; "": to somebody; None: to nobody
    manages: bool = False  # the person is told as somebody's manager


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a finding."""

    finding: Finding
    state: State
    reason: str = ""  # the last part of the locale keys coaching.reason.…; "": sent
    arithmetic: Mapping[str, Any] = field(default_factory=dict)


def decide(case: Case, rules: Coaching) -> list[Decision]:
    """One decision for each finding, the most important first; at most one of them is "sent"."""
    ordered = sorted(case.findings, key=lambda one: (-one.importance, -one.sureness, one.kind))
    return _one_card([_alone(finding, case, rules) for finding in ordered], case, rules)


def in_scope(account: Account, rules: Coaching) -> tuple[bool, Mapping[str, Any]]:
    """Whether a customer is in the pilot (A9), and the figures."""
    large = account.amount is not None and account.amount >= rules.least_amount
    top = account.place is not None and account.place <= rules.top
    answer = {"either": large or top, "both": large and top, "amount": large, "top": top, "all": True}[rules.scope]
    amount = str(account.amount) if account.amount is not None else ""
    figures = {"amount": amount, "least": str(rules.least_amount), "place": account.place or 0, "top": rules.top}
    return answer, figures


def frequency(history: History, rules: Coaching) -> Mapping[str, Any]:
    """The smart level's figures (see above)."""
    share = (history.answered + 1) / (history.of + 1)
    return {
        "answered": history.answered,
        "of": history.of,
        "percent": round(share * 100),
        "bar": min(HIGHEST_BAR, round(100 * (1 - share**2))),
        "limit": max(1, round(rules.most_per_day * share)),
        "today": history.today,
    }


def _alone(finding: Finding, case: Case, rules: Coaching) -> Decision:
    """As if it were the only one."""
    if (outside := _outside(finding, case, rules)) is not None:
        return outside
    quiet = is_quiet(case.now, rules) and case.visiting is None
    if case.manages and finding.kind in rules.sla_kinds:
        return _cooling(finding, case) or _now_or_later(finding, {}, quiet=quiet)
    figures = {**frequency(case.history, rules), "importance": finding.importance}
    for held in (_muted(finding, case, rules), _cooling(finding, case), _too_often(finding, case, figures)):
        if held is not None:
            return held
    if finding.priority == "low" and case.visiting is None:
        return Decision(finding, "digest", "low", figures)
    return _now_or_later(finding, figures, quiet=quiet)


def _outside(finding: Finding, case: Case, rules: Coaching) -> Decision | None:
    """Withheld whoever it is for."""
    inside, figures = in_scope(case.account, rules)
    if not rules.enabled:
        return Decision(finding, "withheld", "off")
    return None if inside else Decision(finding, "withheld", "scope", figures)


def _too_often(finding: Finding, case: Case, figures: Mapping[str, Any]) -> Decision | None:
    """Withheld by the smart level."""
    if case.wishes.level != "smart":
        return None
    if finding.importance < figures["bar"] and not finding.wanted:
        return Decision(finding, "withheld", "bar", figures)
    return Decision(finding, "withheld", "limit", figures) if figures["today"] >= figures["limit"] else None


def _now_or_later(finding: Finding, figures: Mapping[str, Any], *, quiet: bool) -> Decision:
    return Decision(finding, "digest", "quiet", figures) if quiet else Decision(finding, "sent", "", figures)


def _muted(finding: Finding, case: Case, rules: Coaching) -> Decision | None:
    """Withheld by what the person chose, or by an hour of practice."""
    wishes = case.wishes
    if wishes.level == "basic":
        return Decision(finding, "withheld", "basic")
    if wishes.muted_until is not None and case.now < wishes.muted_until:
        return Decision(finding, "withheld", "muted", {"until": wishes.muted_until.isoformat()})
    if is_drill(case.now, rules):
        return Decision(finding, "withheld", "drill", {"hours": ", ".join(rules.drill)})
    if wishes.level == "scene" and case.visiting not in {"", case.account.id}:
        return Decision(finding, "withheld", "scene", {"visiting": case.visiting or ""})
    return None


def _cooling(finding: Finding, case: Case) -> Decision | None:
    last, hours = case.history.last.get(finding.kind), finding.cool_down_hours
    if last is None or case.now - last >= timedelta(hours=hours):
        return None
    return Decision(finding, "withheld", "cool_down", {"hours": hours, "last": last.isoformat()})


def _one_card(decisions: list[Decision], case: Case, rules: Coaching) -> list[Decision]:
    """At most one card for a customer and event, about the greatest risk. What the manager must know, and what is
    important and comes after the card, isn't lost: it waits for the digest."""
    first = next((one.finding for one in decisions if one.state == "sent"), None)
    told = case.history.event_told
    result: list[Decision] = []
    for one in decisions:
        if first is None or one.state != "sent" or (one.finding is first and not told):
            result.append(one)
            continue
        important = told and one.finding is first and first.priority == "high"
        waits = important or (case.manages and one.finding.kind in rules.sla_kinds)
        state: State = "digest" if waits else "withheld"
        why = {**one.arithmetic, "first": first.kind}
        result.append(replace(one, state=state, reason="event" if told else "not_top", arithmetic=why))
    return result
