"""Links that sign in the sample's people. They are kept, so that the next start prints the same ones.

Nobody else's links are ever kept in clear: of them the database has only a fingerprint.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.contracts.clock import SystemClock
from config.settings import new_token

if TYPE_CHECKING:
    from storage.database import Database
    from storage.store import Store

LINKS_FILE = "sample_links.json"  # in the data folder, readable by its owner only


async def sample_tokens(database: Database, data: Path, people: Sequence[str]) -> dict[str, str]:
    """A token for each of these people: the one that was kept, or a new one when that opens nothing any more."""
    kept = _read(data / LINKS_FILE)
    dead = await database.read(lambda store: [one for one in people if not _opens(store, one, kept.get(one, ""))])
    if dead:
        fresh = {person_id: new_token() for person_id in dead}
        await database.write(lambda store: _issue(store, fresh))
        kept |= fresh
        _write(data / LINKS_FILE, kept)
    return {person_id: kept[person_id] for person_id in people}


def _opens(store: Store, person_id: str, token: str) -> bool:
    person = store.sign_ins.person_for(token) if token else None
    return person is not None and person.id == person_id


def _issue(store: Store, tokens: Mapping[str, str]) -> None:
    """Beside former ones: whoever is signed in by another link stays so."""
    now = SystemClock().now()
    for person_id, token in tokens.items():
        store.sign_ins.issue(person_id, token, now)
        store.audit.add("operator", "sign_in.issued", person_id, {}, now)


def _read(path: Path) -> dict[str, str]:
    """What was kept; nothing when the file isn't there or was damaged."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(person_id): str(token) for person_id, token in kept.items()} if isinstance(kept, dict) else {}


def _write(path: Path, tokens: Mapping[str, str]) -> None:
    path.unlink(missing_ok=True)  # whoever had it open before keeps the old one
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(dict(tokens), file)
