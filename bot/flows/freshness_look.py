"""One look at how new the data is: lights as they are now, and what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from bot.contracts.errors import ConfigurationError
from config.groups.freshness import Freshness as Rules
from knowledge.freshness.incidents import Fault
from knowledge.freshness.lights import AHEAD, colour_of, is_retired
from knowledge.freshness.newest import Newest, newest_of
from knowledge.freshness.rule import FreshRule, rule_of
from knowledge.mapping.definition import parse
from knowledge.mapping.rule import Definition
from storage.repositories.lights import Light
from storage.repositories.source_health import Health
from storage.repositories.sources import SourceVersion
from storage.store import Store

OF_CHANNELS = frozenset({"touch", "lead", "spend"})  # things whose parts are channels
Parse = Callable[[str, str], Definition]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found."""

    lights: Mapping[str, Light]  # by subject
    gone: tuple[Light, ...] = ()  # of sources or parts that there are no more
    health: Mapping[str, Health] = field(default_factory=dict)

    def late(self) -> list[Fault]:
        """Red lights; where a source has parts, these, for the whole would say it twice."""
        split = {light.source for light in self.lights.values() if light.part and light.state != "retired"}
        red = [one for one in self.lights.values() if one.colour == "red"]
        return [Fault(one.subject) for one in red if one.part or one.source not in split]

    def is_looked_at(self, subject: str) -> bool:
        """Whether its data may come again: not of what is gone, nor of a channel that was left."""
        return subject in self.lights and self.lights[subject].state != "retired"

    def fresh(self) -> frozenset[str]:
        """Lights that can't turn red within minutes: green ones, of channels that were left, of what is gone."""
        green = {one.subject for one in self.lights.values() if one.state in ("green", "retired")}
        return frozenset(green | {one.subject for one in self.gone})


class Looking:
    """Definitions are parsed once for each version."""

    def __init__(self, rules: Rules, zone: ZoneInfo, parse: Parse = parse) -> None:
        self._rules, self._zone, self._parse = rules, zone, parse
        self._defaults = FreshRule(timedelta(hours=rules.yellow_hours), timedelta(hours=rules.red_hours))
        self._parsed: dict[tuple[str, int], Definition | None] = {}

    def look(self, store: Store, now: datetime) -> Seen:
        """Only rows that came since the last look are counted, unless the definition changed."""
        versions, before = store.sources.all(), {one.subject: one for one in store.lights.all()}
        health = store.source_health.of(versions, now - timedelta(minutes=self._rules.settle_minutes))
        owners = store.lights.channel_owners()
        running = store.lights.running_channels(now.astimezone(self._zone).date())
        lights: dict[str, Light] = {}
        for version in versions.values():
            old = [one for one in before.values() if one.source == version.source]
            found = self._source(store, version, health[version.source], old, now)
            found = [self._left(one, before.get(one.subject), running, now) for one in found]
            lights |= {one.subject: replace(one, owner_id=owners.get(one.part) or one.owner_id) for one in found}
        gone = tuple(one for subject, one in before.items() if subject not in lights)
        return Seen(lights, gone, health)

    def failing(self, seen: Seen, now: datetime) -> list[Fault]:
        """Sources that can't be read for a while, and those with rows that were refused."""
        before = now - timedelta(minutes=self._rules.failing_minutes)
        return [
            Fault(source, one.refused)
            for source, one in seen.health.items()
            if one.refused or (one.failing_since is not None and one.failing_since <= before)
        ]

    def _source(
        self, store: Store, version: SourceVersion, health: Health, old: Iterable[Light], now: datetime
    ) -> list[Light]:
        definition = self._definition(version)
        if definition is None:
            return list(old)
        rule, zone = rule_of(definition, self._defaults), ZoneInfo(definition.zone) if definition.zone else self._zone
        same = {one.part: one for one in old}
        if not rule.by:
            found = {"": Newest(health.read_at)}
        else:
            found = self._newest(store, version, rule, zone, health.done, same, now)
        made = [self._light(definition, version, part, one, health, same.get(part), now) for part, one in found.items()]
        return [_judged(one, same.get(one.part), now, rule, zone) for one in made]

    def _left(self, light: Light, old: Light | None, running: Collection[str], now: datetime) -> Light:
        """A channel that was left isn't late. What has no channels can't be left: it is cut off."""
        if light.entity not in OF_CHANNELS or not light.part or light.part in running:
            return light
        left = is_retired(light.newest_at, now, timedelta(days=self._rules.retired_days))
        since = old.since if old and old.state == "retired" else now
        return replace(light, colour="unknown", since=since) if left else light

    def _newest(
        self,
        store: Store,
        version: SourceVersion,
        rule: FreshRule,
        zone: ZoneInfo,
        done: int,
        old: Mapping[str, Light],
        now: datetime,
    ) -> dict[str, Newest]:
        """By part, and of all of them together under ""."""
        whole = old.get("")
        counted = whole.counted if whole and whole.version == version.version else 0
        known = {part: Newest(one.newest_at, one.ahead_at) for part, one in old.items()} if counted else {}
        texts: list[tuple[str, str]] = []
        if done > counted:
            limit = (now + AHEAD).astimezone(zone)
            texts = store.lights.times(version.source, rule.by, rule.per, (counted, done), limit)
        texts = [(rule.words.get(part, part), text) for part, text in texts]
        everything = [("", text) for part, text in texts if part]
        return {"": Newest()} | newest_of([*texts, *everything], now, zone, known)

    def _light(
        self,
        definition: Definition,
        version: SourceVersion,
        part: str,
        newest: Newest,
        health: Health,
        old: Light | None,
        now: datetime,
    ) -> Light:
        return Light(
            version.source,
            part,
            definition.title,
            definition.entity,
            definition.owner,
            newest.at,
            newest.ahead,
            old.colour if old else "unknown",
            old.since if old else now,
            health.done,
            version.version,
        )

    def _definition(self, version: SourceVersion) -> Definition | None:
        """None where what was valid once isn't any more: its lights stay as they are."""
        key = (version.source, version.version)
        if key not in self._parsed:
            try:
                self._parsed[key] = self._parse(version.text, version.source)
            except ConfigurationError as error:
                log.warning("a source's definition can't be read", source=version.source, error=str(error))
                self._parsed[key] = None
        return self._parsed[key]


def _judged(light: Light, old: Light | None, now: datetime, rule: FreshRule, zone: ZoneInfo) -> Light:
    colour = colour_of(light.newest_at, now, rule, zone)
    return light if old and colour == old.colour else replace(light, colour=colour, since=now)
