"""A false positive is noted with its reason, for the monthly calibration (A12). By itself it changes nothing."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from storage.repositories.labels import Label

if TYPE_CHECKING:
    from storage.repositories.prompts import Prompt
    from storage.store import Store

LONGEST_NOTE = 300  # characters


def label_wrong(store: Store, prompt: Prompt, reason: str, note: str, by: str, at: datetime) -> None:
    """Note that a person calls a prompt wrong, once; said again, the reason is the last one.

    A signal of words keeps the quote that it rests on; one of facts has none.
    """
    words = " ".join(note.split())[:LONGEST_NOTE]
    why = reason.removeprefix("wrong").removeprefix("_")
    why = f"{why}: {words}" if words else why
    for signal in store.signals.these(prompt.signal_ids):
        id_ = sha256(f"{signal.id}|{by}".encode()).hexdigest()[:32]
        text = signal.quotes[0].quote if signal.quotes else ""
        label = Label(id_, signal.kind, text, "wrong", by, at, signal.id, signal.dialogue_id, why, prompt.id)
        if not store.labels.add(label) and why:
            store.labels.explain(id_, by, why)
