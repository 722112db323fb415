"""What `xiaoce doctor` says about speech to text: are the packages there, and the model?"""

from __future__ import annotations

import asyncio
from pathlib import Path

from bot.cli.common import say
from config.settings import Settings


async def examine_speech(settings: Settings) -> list[tuple[str, bool, str]]:
    """What was looked at, whether it is well, and the remedy; every byte of the weights is read (half a second)."""
    return await asyncio.to_thread(_look, settings)


def _look(settings: Settings) -> list[tuple[str, bool, str]]:
    from adapters.speech.weights import missing_packages

    if missing := missing_packages():
        return [(say("speech.doctor.package", names=", ".join(missing)), False, say("speech.doctor.remedy"))]
    return [(say("speech.doctor.packages"), True, ""), _model(settings.speech.model, settings.data)]


def _model(name: str, data: Path) -> tuple[str, bool, str]:
    from adapters.speech.weights import ModelFault, check_packaged, whisper_folder

    try:
        if name == "base":
            check_packaged()  # they are joined at the first recording: a check-up makes nothing
        here = name == "base" or Path(whisper_folder(name, data)).is_dir()
    except ModelFault as fault:
        return say("speech.doctor.missing", name=name), False, say(f"speech.failed.{fault.key}", **fault.values)
    return say(f"speech.doctor.{'model' if here else 'hub'}", name=name), True, ""
