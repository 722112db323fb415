"""Finders: each looks at the facts for one thing that could go better. `ALL` lists them by the names of their rules.

A finder returns what there is, however little; whether that is enough to be told, `ranking` decides. `about`: the part
of a finding's key after the colon, when an old one is measured again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from config.briefing import BriefRules
from knowledge.briefing.facts import Facts
from knowledge.briefing.finders.channels import channel_cost, late_data
from knowledge.briefing.finders.contact import followups, promises
from knowledge.briefing.finders.leads import rescue
from knowledge.briefing.finders.losses import lost
from knowledge.briefing.finders.money import completeness, overdue
from knowledge.briefing.finders.pipeline import stalled
from knowledge.briefing.finders.prices import quotes
from knowledge.briefing.finders.talk import ignored, silent_deciders, single_threaded
from knowledge.briefing.types import Finding

Finder = Callable[[Facts, BriefRules, str], list[Finding]]

ALL: Mapping[str, Finder] = {
    "quotes": quotes,
    "followups": followups,
    "promises": promises,
    "stalled": stalled,
    "lost": lost,
    "single_threaded": single_threaded,
    "silent_deciders": silent_deciders,
    "ignored": ignored,
    "late_data": late_data,
    "channel_cost": channel_cost,
    "rescue": rescue,
    "overdue": overdue,
    "completeness": completeness,
}
