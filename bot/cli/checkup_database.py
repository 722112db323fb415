"""What `xiaoce doctor` says about the database and what is in it. It looks, and makes nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.cli.common import say
from bot.cli.finding import Finding, found, tell, tried, why_not_makeable
from bot.contracts.person import OPERATOR
from config.settings import Settings

if TYPE_CHECKING:
    from storage.database import Database


async def examine_database(settings: Settings) -> list[Finding]:
    """The database; if its tables are there, the processes, people, talk-tracks and dead letters in it."""
    from storage.database import Database
    from storage.revision import known_revisions

    database = Database(settings.database_url)
    try:
        there, known = await asyncio.to_thread(database.revision), known_revisions()
        if not there:
            return _not_yet(database)
        if there != known[0]:
            old = there in known
            return [found("old_database" if old else "new_database", old, "new_database", kind=_kind(database))]
        await database.write(lambda store: store.deliveries.counts())
        usable = found("database", True, kind=_kind(database))
    finally:
        database.close()
    processes = await tried(tell("looking.processes"), _processes, settings)
    return [usable, *processes, *await tried(tell("looking.contents"), _contents, settings)]


def _not_yet(database: Database) -> list[Finding]:
    """Before the first start."""
    if database.file and (reason := why_not_makeable(database.file.parent)):
        sentence = say("storage.errors.folder", folder=database.file.parent, reason=reason)
        return [Finding(tell("looking.database"), False, sentence)]
    return [found("no_database", True, kind=_kind(database)), found("no_process", True), *_counted(0, 0, 0)]


def _kind(database: Database) -> str:
    return tell("sqlite", file=database.file.resolve()) if database.file else "PostgreSQL"


async def _processes(settings: Settings) -> list[Finding]:
    from bot.flows.roll_call import roll_call
    from storage.database import Database

    database = Database(settings.database_url)
    try:
        called = await roll_call(database, settings.machines.beat_seconds)
    finally:
        database.close()
    alive = sorted(name for name, lives in called.items() if lives)
    idle = bool(alive) and all(":web:" in name for name in alive)
    return [
        found("processes" if alive else "no_process", not idle, "idle", names=", ".join(alive)),
        *(found("silent", False, "silent", name=name) for name in sorted(called.keys() - set(alive))),
        *_links(settings, alive),
    ]


def _links(settings: Settings, alive: list[str]) -> list[Finding]:
    """Of several processes each would put its own port into the links of cards."""
    if settings.web.public_url or len(alive) < 2:
        return []
    return [found("links", False, "links", url=settings.public_url)]


async def _contents(settings: Settings) -> list[Finding]:
    from storage.database import Database

    database = Database(settings.database_url)
    try:
        people = len(await database.read(lambda store: store.people.visible_to(OPERATOR)))
        cards = len(await database.read(lambda store: store.playbook.all()))
        dead = (await database.read(lambda store: store.deliveries.counts())).get("dead", 0)
    finally:
        database.close()
    return _counted(people, cards, dead)


def _counted(people: int, cards: int, dead: int) -> list[Finding]:
    return [
        found("people", people > 0, "people", count=people),
        found("playbook", cards > 0, "playbook", count=cards),
        found("dead", dead == 0, "dead", count=dead),
    ]
