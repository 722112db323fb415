"""The examinations of `xiaoce doctor`, from the ground up; later ones need what earlier ones found well."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bot.cli.common import say
from bot.contracts.errors import ConfigurationError, XiaoceError
from bot.contracts.person import OPERATOR
from config.settings import Settings, load_settings, make_data_folder
from config.settings_file import SETTINGS_FILE

FREE_BYTES = 500 * 1024 * 1024  # models, vectors and a few days of messages


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, in the operator's language."""

    what: str
    well: bool
    remedy: str = ""


async def examine() -> list[Finding]:
    """All findings, in the order in which they should be mended."""
    try:
        settings = load_settings()
    except ConfigurationError as error:
        return [Finding(_say("settings"), False, str(error))]
    folder = _data_folder(settings)
    findings = [_settings(), folder, _disk(settings)]
    if not folder.well:
        return findings
    for key, look in (
        ("database", _database),
        ("processes", _processes),
        ("contents", _contents),
        ("model", _model),
        ("platforms", _platforms),
    ):
        findings += await _tried(_say(f"looking.{key}"), look, settings)
    return findings + await _tried(say("speech.doctor.looking"), _speech, settings)


async def _tried(what: str, look: Callable[[Settings], Awaitable[list[Finding]]], settings: Settings) -> list[Finding]:
    try:
        return await look(settings)
    except XiaoceError as error:
        return [Finding(what, False, str(error))]
    except Exception as error:  # whatever it is, the other examinations go on
        return [Finding(what, False, f"{type(error).__name__}: {error}")]


def _settings() -> Finding:
    """Where the settings come from: the file is looked for where the command was started."""
    path = Path(SETTINGS_FILE).resolve()
    return _found("settings_file" if path.exists() else "no_settings_file", True, path=path, folder=path.parent)


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data.resolve()
    try:
        make_data_folder(settings)
    except ConfigurationError as error:
        return Finding(_say("data_folder", folder=folder), False, str(error))
    return _found("data_folder", not folder.stat().st_mode & 0o002, "open_folder", folder=folder)


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(_existing_parent(settings.data.resolve())).free
    return _found("disk", free >= FREE_BYTES, "disk", free=f"{free / 1024**3:.1f}")


def _existing_parent(path: Path) -> Path:
    return path if path.exists() else _existing_parent(path.parent)


async def _database(settings: Settings) -> list[Finding]:
    from storage.database import Database

    database = Database(settings.database_url)
    try:
        database.migrate()
        await database.write(lambda store: store.deliveries.counts())
        return [_found("database", True, kind="SQLite" if database.is_sqlite else "PostgreSQL")]
    finally:
        database.close()


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
        _found("processes" if alive else "no_process", not idle, "idle", names=", ".join(alive)),
        *(_found("silent", False, "silent", name=name) for name in sorted(called.keys() - set(alive))),
    ]


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
        _found("people", people > 0, "people", count=people),
        _found("playbook", cards > 0, "playbook", count=cards),
        _found("dead", dead == 0, "dead", count=dead),
    ]


async def _model(settings: Settings) -> list[Finding]:
    from knowledge.retrieval.embedder import make_embedder

    vectors = await make_embedder(settings.retrieval.embedder).embed_queries(["客户说太贵了"])
    return [_found("model", True, name=settings.retrieval.embedder, dimensions=vectors.shape[1])]


async def _speech(settings: Settings) -> list[Finding]:
    from bot.cli.checkup_speech import examine_speech

    return [Finding(*found) for found in await examine_speech(settings)]


async def _platforms(settings: Settings) -> list[Finding]:
    from bot.app import build

    app = build(settings)
    try:
        findings: list[Finding] = []
        for name, adapter in app.adapters.items():
            faults = await adapter.check(app.clock.now())
            findings += [Finding(name, False, fault) for fault in faults] or [_found("in_order", True, name=name)]
        if settings.llm.enabled:
            faults, name = await app.model.check(), _say("llm", name=settings.llm.model_name)
            findings += [Finding(name, False, fault) for fault in faults] or [_found("answers", True, name=name)]
        return findings
    finally:
        for adapter in app.adapters.values():
            await adapter.close()
        await app.model.close()
        await app.library.close()
        app.database.close()


def _found(key: str, well: bool, remedy: str = "", **values: object) -> Finding:
    """`key` and `remedy` name texts of `operator.doctor`."""
    return Finding(_say(key, **values), well, "" if well else _say(f"remedy.{remedy}", **values))


def _say(key: str, **values: object) -> str:
    return say(f"operator.doctor.{key}", **values)
