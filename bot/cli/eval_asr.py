"""`xiaoce eval asr`: how well is speech transcribed, in your own recordings?"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.common import console, existing, progress, run_async, say, settings_and_logs

if TYPE_CHECKING:
    from adapters.speech.adapter import SpeechTranscriber
    from adapters.speech.scoring import Score
    from config.settings import Settings

SHORTEST = 0.3  # seconds: test clips may be single words


@dataclass(frozen=True, slots=True)
class Entry:
    """A recording and what is said in it."""

    file: str
    path: Path
    language: str
    transcript: str


def asr(
    manifest: Path = typer.Option(..., help='JSON list of {"file","lang","transcript"}; files beside the manifest.'),
    out: Path | None = typer.Option(None, help='Write a JSON list of {"file","text"} here.'),
) -> None:
    """Character error rate (zh) or word error rate (en) of each recording and of all, with n."""
    entries = _entries(existing(manifest))
    settings = settings_and_logs()
    with progress(say("speech.eval.progress")) as tell:
        heard = run_async(_heard(settings, entries, tell))
    if out:
        found = [{"file": entry.file, "text": text} for entry, text in zip(entries, heard, strict=True)]
        out.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    _print(entries, heard)


def _entries(manifest: Path) -> list[Entry]:
    from bot.contracts.errors import BadInput

    try:
        listed = json.loads(manifest.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInput(say("speech.eval.manifest", file=manifest)) from error
    if not isinstance(listed, list):
        raise BadInput(say("speech.eval.manifest", file=manifest))
    return [_entry(manifest, number, values) for number, values in enumerate(listed, 1)]


def _entry(manifest: Path, number: int, values: Any) -> Entry:
    from bot.contracts.errors import BadInput

    fields = (
        {name: value for name, value in values.items() if isinstance(value, str)} if isinstance(values, dict) else {}
    )
    if not fields.keys() >= {"file", "lang", "transcript"} or fields["lang"] not in ("zh", "en"):
        raise BadInput(say("speech.eval.entry", file=manifest, number=number))
    path = manifest.parent / fields["file"]
    if not path.is_file():
        raise BadInput(say("speech.eval.missing", file=path, number=number))
    return Entry(fields["file"], path, fields["lang"], fields["transcript"])


async def _heard(settings: Settings, entries: Sequence[Entry], tell: Callable[[int, int], None]) -> list[str]:
    from adapters.speech.adapter import SpeechTranscriber

    transcriber = SpeechTranscriber(settings.speech, settings.data, least_seconds=SHORTEST)
    texts = []
    try:
        for number, entry in enumerate(entries):
            tell(number, len(entries))
            texts.append(await _transcript(transcriber, entry))
    finally:
        await transcriber.close()
    return texts


async def _transcript(transcriber: SpeechTranscriber, entry: Entry) -> str:
    """Empty for a recording that is refused: everything in it counts as missed."""
    from bot.contracts.errors import UnusableRecording
    from bot.contracts.listening import Hints

    try:
        stretches = [stretch async for stretch in transcriber.transcribe(entry.path, Hints(entry.language))]
    except UnusableRecording as error:
        console.print(f"{entry.file}: {error}", highlight=False, markup=False)
        return ""
    space = "" if entry.language == "zh" else " "
    return space.join(said.text for stretch in stretches for said in stretch.utterances)


def _print(entries: Sequence[Entry], heard: Sequence[str]) -> None:
    from rich.table import Table

    from adapters.speech.scoring import score

    scores = [score(entry.transcript, text, entry.language) for entry, text in zip(entries, heard, strict=True)]
    table = Table(*(say(f"speech.eval.{name}") for name in ("file", "measure", "errors", "size", "heard")))
    for entry, text, found in zip(entries, heard, scores, strict=True):
        table.add_row(entry.file, found.measure, f"{found.rate:.3f}", str(found.units), text)
    console.print(table)
    for measure in ("CER", "WER"):
        _print_total(measure, [found for found in scores if found.measure == measure])


def _print_total(measure: str, scores: Sequence[Score]) -> None:
    if not scores:
        return
    errors, size = sum(found.errors for found in scores), sum(found.units for found in scores)
    rate = f"{errors / size:.3f}" if size else "–"
    console.print(say("speech.eval.total", measure=measure, rate=rate, files=len(scores), size=size), highlight=False)
