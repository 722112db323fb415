"""The examinations of `xiaoce doctor`, from the ground up; later ones need what earlier ones found well."""

from __future__ import annotations

import shutil
from pathlib import Path

from bot.cli.checkup_database import examine_database
from bot.cli.common import say
from bot.cli.finding import Finding, existing_parent, found, tell, tried, why_not_makeable
from bot.contracts.errors import ConfigurationError
from config.languages import operator_language
from config.settings import Settings, load_settings, make_data_folder
from config.settings_file import SETTINGS_FILE

FREE_BYTES = 500 * 1024 * 1024  # models, vectors and a few days of messages


async def examine() -> list[Finding]:
    """All findings, in the order in which they should be mended."""
    try:
        settings = load_settings()
    except ConfigurationError as error:
        return [Finding(tell("settings"), False, str(error))]
    folder = _data_folder(settings)
    findings = [_settings(), folder, _disk(settings), *_slides(settings)]
    if not folder.well:
        return findings
    for key, look in (("database", examine_database), ("model", _model), ("platforms", _platforms)):
        findings += await tried(tell(f"looking.{key}"), look, settings)
    return findings + await tried(say("speech.doctor.looking"), _speech, settings)


def _settings() -> Finding:
    """Where the settings come from: the file is looked for where the command was started."""
    path = Path(SETTINGS_FILE).resolve()
    return found("settings_file" if path.exists() else "no_settings_file", True, path=path, folder=path.parent)


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data.resolve()
    if not folder.exists():
        if reason := why_not_makeable(folder):
            remedy = say("settings.data.cannot_make", folder=folder, reason=reason)
            return Finding(tell("data_folder", folder=folder), False, remedy)
        return found("no_data_folder", True, folder=folder)
    try:
        make_data_folder(settings)
    except ConfigurationError as error:
        return Finding(tell("data_folder", folder=folder), False, str(error))
    return found("data_folder", not folder.stat().st_mode & 0o002, "open_folder", folder=folder)


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(existing_parent(settings.data.resolve())).free
    return found("disk", free >= FREE_BYTES, "disk", free=f"{free / 1024**3:.1f}")


def _slides(settings: Settings) -> list[Finding]:
    """Whether the morning meeting's slides can be made with the company's template; nothing if there is none."""
    template = settings.briefing.template
    if template is None:
        return []
    from skills.briefing.deck import check_template

    what = say("briefing.doctor.template", file=template.resolve())
    try:
        check_template(template, operator_language())
    except ConfigurationError as error:
        return [Finding(what, False, str(error))]
    return [Finding(what, True)]


async def _model(settings: Settings) -> list[Finding]:
    from knowledge.retrieval.embedder import make_embedder

    vectors = await make_embedder(settings.retrieval.embedder).embed_queries(["客户说太贵了"])
    return [found("model", True, name=settings.retrieval.embedder, dimensions=vectors.shape[1])]


async def _speech(settings: Settings) -> list[Finding]:
    from bot.cli.checkup_speech import examine_speech

    return [Finding(*one) for one in await examine_speech(settings)]


async def _platforms(settings: Settings) -> list[Finding]:
    from bot.app import build

    app = build(settings)
    try:
        findings: list[Finding] = []
        for name, adapter in app.adapters.items():
            faults = await adapter.check(app.clock.now())
            findings += [Finding(name, False, fault) for fault in faults] or [found("in_order", True, name=name)]
        if settings.llm.enabled:
            faults, name = await app.model.check(), tell("llm", name=settings.llm.model_name)
            findings += [Finding(name, False, fault) for fault in faults] or [found("answers", True, name=name)]
        return findings
    finally:
        for adapter in app.adapters.values():
            await adapter.close()
        await app.model.close()
        await app.library.close()
        app.database.close()
