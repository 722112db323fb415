"""People's own rules, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.contracts import Clock, Page, Skill
from bot.flows.rules import PolicyView
from config.settings import Settings
from skills.coaching.casework import Desk
from skills.rules.desk import RuleDesk
from skills.rules.matching import Matcher
from skills.rules.pages import rule_pages
from skills.rules.preview import Past
from skills.rules.skill import RulesSkill
from skills.rules.subjects import Subjects
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Rules:
    """The skill and its pages; `bot.flows.rules.RuleFlow` lets the rules hear what is said."""

    skill: Skill
    pages: Sequence[Page]


def make_rules(settings: Settings, clock: Clock, database: Database, desk: Desk, matcher: Matcher) -> Rules:
    """Raises ConfigurationError when `config/rules` names what isn't there."""
    past = Past(database, matcher, PolicyView(desk), desk.zone)
    rules = RuleDesk(past, Subjects(desk.kinds, matcher.detector), settings.coaching.most_rules)
    return Rules(RulesSkill(rules, settings.public_url), rule_pages(rules, clock))
