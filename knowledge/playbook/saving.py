"""Writes cards to storage, inside one transaction of the caller."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from config.locales import t
from knowledge.playbook.card import PlaybookCard
from knowledge.playbook.fault import EditConflict, Fault
from knowledge.playbook.files import FileCard
from knowledge.playbook.parse import normal

if TYPE_CHECKING:
    from storage.store import Store

Saved = Literal["added", "changed", "unchanged", "kept"]
_VERSION = re.compile(r"^version:[^\n]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, as (id, language) pairs. `kept`: edited since in the console, so the file is older."""

    added: tuple[tuple[str, str], ...]
    changed: tuple[tuple[str, str], ...]
    unchanged: tuple[tuple[str, str], ...]
    kept: tuple[tuple[str, str], ...]
    faults: tuple[Fault, ...]

    def sentence(self, language: str = "zh") -> str:
        """What happened, in one line."""
        counts = {name: len(getattr(self, name)) for name in ("added", "changed", "unchanged", "kept", "faults")}
        return t("playbook.imported", language, **counts)


def bring_in(store: Store, found: Sequence[FileCard], by: str, at: datetime) -> list[tuple[tuple[str, str], Saved]]:
    """Store the cards of a folder; says for each what happened, and audits what changed."""
    return [((item.card.id, item.card.language), _bring_in(store, item, by, at)) for item in found]


def report(done: Sequence[tuple[tuple[str, str], Saved]], faults: Sequence[Fault]) -> ImportReport:
    """What `bring_in` did, and what could not be read."""

    def of(what: Saved) -> tuple[tuple[str, str], ...]:
        return tuple(key for key, did in done if did == what)

    return ImportReport(of("added"), of("changed"), of("unchanged"), of("kept"), tuple(faults))


def save(store: Store, card: PlaybookCard, text: str, by: str, at: datetime, *, seen_revision: int | None) -> int:
    """Store an edited card and audit it; returns the version that it carries. Raises EditConflict.

    An author who changes a text and leaves `version:` gets the next number, so that "v3" is one text only.
    """
    text = normal(text)
    stored = store.playbook.get(card.id, card.language)
    if stored and seen_revision is not None and stored.revision != seen_revision:
        raise EditConflict()
    version = card.version
    if stored and stored.text != text and _version_in(stored.text) == version:
        version += 1
        text = _VERSION.sub(f"version: {version}", text, count=1)
    _put(store, card, text, by, at)
    return version


def _bring_in(store: Store, item: FileCard, by: str, at: datetime) -> Saved:
    card = item.card
    stored = store.playbook.get(card.id, card.language)
    if stored and stored.text == item.text:
        return "unchanged"
    # A text that was stored before and then replaced is older than what the console made of it.
    if any(old.text == item.text for old in store.playbook.revisions(card.id, card.language)):
        return "kept"
    _put(store, card, item.text, by, at)
    return "changed" if stored else "added"


def _put(store: Store, card: PlaybookCard, text: str, by: str, at: datetime) -> None:
    before = store.playbook.get(card.id, card.language)
    revision = store.playbook.put(
        card.id, card.language, text, kind=card.kind, valid_until=card.valid_until, by=by, at=at
    )
    if before is None or before.revision != revision:
        detail = {"language": card.language, "revision": revision, "title": card.title}
        store.audit.add(by, "playbook.edit", card.id, detail, at)


def _version_in(text: str) -> int:
    line = _VERSION.search(text)
    digits = re.search(r"\d+", line.group()) if line else None
    return int(digits.group()) if digits else 0
