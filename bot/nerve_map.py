"""The event map and the timelines of orders, put together: a part of the composition root."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.contracts import Clock, Page, Skill
from config.settings import Settings
from knowledge.events.stories import load_stories
from knowledge.events.types import Catalog
from knowledge.slas.rule import Rule
from skills.event_map.pages import map_pages
from skills.event_map.reading import Sources as MapSources
from skills.event_map.skill import EventMapSkill
from skills.orders.pages import order_pages
from skills.orders.reading import Sources as OrderSources
from skills.orders.skill import OrdersSkill
from storage.database import Database


@dataclass(frozen=True, slots=True)
class EventMap:
    """Both skills and their pages."""

    skills: Sequence[Skill]
    pages: Sequence[Page]


def make_map(
    settings: Settings, clock: Clock, database: Database, catalog: Catalog, rules: Mapping[str, Rule]
) -> EventMap:
    """`rules`: the deadlines. Raises ConfigurationError when config/stories.yaml has a fault."""
    orders = OrderSources(catalog, load_stories(catalog), rules)
    wired = MapSources(catalog, rules)
    url, zone, data = settings.public_url, settings.time_zone, settings.data
    return EventMap(
        skills=[OrdersSkill(database, orders, data, url, zone), EventMapSkill(database, wired, data, url)],
        pages=[*order_pages(database, orders, clock, zone), *map_pages(database, wired)],
    )
