"""The sample company's systems and what they have told each other so far, by the door's own rules (C1, C5)."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.webhooks.translate import item_of
from bot.contracts.person import OPERATOR
from config.languages import operator_language
from config.locales import t
from knowledge.events.system_reading import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.contracts import Event
    from bot.process import App

SOURCE = Path(__file__).parent.parent.parent / "config" / "sample_company" / "systems"
EVENTS = "erp/events.jsonl"  # in the sample's folder: as the message bus recorded them


def entries() -> dict[str, str]:
    """The text of each system's entry, by its name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(SOURCE.glob("*.yaml"))}


async def load_events(app: App, texts: Mapping[str, str], folder: Path) -> str:
    """Each event as sent by the system whose source it has; how many, in a sentence.

    To be done before the entries hold: what happened long ago isn't sent on to anybody.
    """
    events = app.nerve.events
    systems = [parse(text, name, events.catalog) for name, text in texts.items()]
    read = await asyncio.to_thread(_read, folder / EVENTS)
    counts = Counter[str]()
    for system in systems:
        own = [(event, envelope) for event, envelope in read if system.may_use(event.source)]
        verdicts = await events.flow.accept([event for event, _ in own], system, raw=[one for _, one in own])
        counts.update(verdict.outcome for verdict in verdicts)
    outcomes = ("accepted", "duplicate", "quarantined", "refused")
    return t("events.cli.sample", operator_language(), **{name: counts[name] for name in outcomes})


async def apply_systems(app: App, texts: Mapping[str, str]) -> None:
    """Let the entries hold. What somebody has changed since stays as they wrote it, and who was removed away."""
    versions = await app.database.read(lambda store: {name: store.systems.versions(name) for name in texts})
    for name, text in texts.items():
        if not versions[name] or (versions[name][0].by == OPERATOR.id and versions[name][0].text):
            await app.nerve.events.registry.apply(text, f"{name}.yaml", OPERATOR.id)


def _read(path: Path) -> list[tuple[Event, dict[str, object]]]:
    """The history; empty when there is none."""
    if not path.exists():
        return []
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    items = ((item_of(line, datetime.now(UTC)), line) for line in lines)
    return [(item.event, line) for item, line in items if item.event]
