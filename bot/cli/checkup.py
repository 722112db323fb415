"""The examinations of `xiaoce doctor`, from the ground up; later ones need what earlier ones found well."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bot.contracts.errors import ConfigurationError, XiaoceError
from bot.contracts.person import OPERATOR
from config.settings import Settings, load_settings, make_data_folder

FREE_BYTES = 500 * 1024 * 1024  # models, vectors and a few days of messages


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    well: bool
    remedy: str = ""


async def examine() -> list[Finding]:
    """All findings, in the order in which they should be mended."""
    try:
        settings = load_settings()
    except ConfigurationError as error:
        return [Finding("settings", False, str(error))]
    folder = _data_folder(settings)
    findings = [Finding("settings: xiaoce.toml and environment", True), folder, _disk(settings)]
    if not folder.well:
        return findings
    for what, look in (
        ("database", _database),
        ("people and playbook", _contents),
        ("embedding model", _model),
        ("platforms", _platforms),
    ):
        findings += await _tried(what, look, settings)
    return findings


async def _tried(what: str, look: Callable[[Settings], Awaitable[list[Finding]]], settings: Settings) -> list[Finding]:
    try:
        return await look(settings)
    except XiaoceError as error:
        return [Finding(what, False, str(error))]
    except Exception as error:  # whatever it is, the other examinations go on
        return [Finding(what, False, f"{type(error).__name__}: {error}")]


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data.resolve()
    try:
        make_data_folder(settings)
    except ConfigurationError as error:
        return Finding(f"data folder {folder}", False, str(error))
    open_to_all = folder.stat().st_mode & 0o002
    remedy = f"Everybody may write into it: chmod o-w {folder}" if open_to_all else ""
    return Finding(f"data folder {folder}", not open_to_all, remedy)


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(_existing_parent(settings.data.resolve())).free
    remedy = "" if free >= FREE_BYTES else "Free some space: with a full disk nothing can be accepted."
    return Finding(f"disk: {free / 1024**3:.1f} GB free", free >= FREE_BYTES, remedy)


def _existing_parent(path: Path) -> Path:
    return path if path.exists() else _existing_parent(path.parent)


async def _database(settings: Settings) -> list[Finding]:
    from storage.database import Database

    database = Database(settings.database_url)
    try:
        database.migrate()
        await database.write(lambda store: store.deliveries.counts())
        kind = "SQLite" if database.is_sqlite else "PostgreSQL"
        return [Finding(f"database: {kind}, up to date and writable", True)]
    finally:
        database.close()


async def _contents(settings: Settings) -> list[Finding]:
    from storage.database import Database

    database = Database(settings.database_url)
    try:
        people = len(await database.read(lambda store: store.people.visible_to(OPERATOR)))
        cards = len(await database.read(lambda store: store.playbook.all()))
        dead = (await database.read(lambda store: store.deliveries.counts())).get("dead", 0)
    finally:
        database.close()
    return [
        Finding(f"people: {people}", people > 0, "Load them: xiaoce people import people.csv"),
        Finding(f"playbook: {cards} cards", cards > 0, "Load it: xiaoce playbook import <folder>"),
        Finding(f"dead letters: {dead}", dead == 0, "Look: xiaoce deliveries list; after mending: … replay --all"),
    ]


async def _model(settings: Settings) -> list[Finding]:
    from knowledge.retrieval.embedder import make_embedder

    vectors = await make_embedder(settings.retrieval.embedder).embed_queries(["客户说太贵了"])
    return [Finding(f"embedding model {settings.retrieval.embedder}: {vectors.shape[1]} dimensions", True)]


async def _platforms(settings: Settings) -> list[Finding]:
    from bot.app import build

    app = build(settings)
    try:
        findings: list[Finding] = []
        for name, adapter in app.adapters.items():
            faults = await adapter.check(app.clock.now())
            findings += [Finding(f"{name}", False, fault) for fault in faults] or [Finding(f"{name}: in order", True)]
        return findings
    finally:
        for adapter in app.adapters.values():
            await adapter.close()
        await app.library.close()
        app.database.close()
