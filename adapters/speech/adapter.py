"""Speech to text: a Transcriber that asks a process of its own, so that chats are never delayed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.speech.errors import ListeningFailed, WorkerLost
from adapters.speech.limits import LEAST_SECONDS, MEGABYTE
from adapters.speech.messages import WorkerConfig, stretch_in, utterances_in, utterances_out
from adapters.speech.process import Worker
from adapters.speech.voice_measures import VoiceMeasures
from bot.contracts.errors import ConfigurationError, UnusableRecording
from bot.contracts.listening import Hints, Sound, Stretch, Utterance
from config.groups.speech import Speech
from config.languages import operator_language
from config.locales import t

TRIES = 3  # times that a request is made when the process dies over it
IDLE_SECONDS = 300.0
LOOK_SECONDS, HANG_SECONDS = 5.0, 120.0


class SpeechTranscriber:
    """Fulfils `bot.contracts.listening.Transcriber`. Requests take turns; a stretch is one request."""

    def __init__(
        self,
        settings: Speech,
        data: Path,
        *,
        least_seconds: float = LEAST_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
        look_seconds: float = LOOK_SECONDS,
        hang_seconds: float = HANG_SECONDS,
    ) -> None:
        self._settings = settings
        config = WorkerConfig(
            model=settings.model,
            data=str(data.resolve()),
            threads=settings.threads,
            beam=settings.beam,
            max_bytes=settings.max_mb * MEGABYTE,
            max_seconds=settings.max_minutes * 60.0,
            least_seconds=least_seconds,
            idle_seconds=idle_seconds,
        )
        self.worker = Worker(config, look_seconds=look_seconds, hang_seconds=hang_seconds)
        self._turn = asyncio.Lock()

    async def probe(self, path: Path) -> Sound:
        """What is in the file. Raises UnusableRecording, and ConfigurationError when a package or model is missing."""
        return Sound(**(await self._opened(path))["sound"])

    async def stretches(self, path: Path) -> int:
        """Into how many stretches it is cut: what progress is measured by. Raises as `probe`."""
        return int((await self._opened(path))["stretches"])

    async def transcribe(self, path: Path, hints: Hints, done: Sequence[Stretch] = ()) -> AsyncIterator[Stretch]:
        """The stretches that are not in `done`, in order, each as soon as it is ready. Raises as `probe`."""
        heard = {stretch.number for stretch in done}
        language = hints.language or self._settings.language or next((stretch.language for stretch in done), "")
        for number in range(await self.stretches(path)):
            if number in heard:
                continue
            request = {"do": "hear", "path": _name(path), "number": number, "names": list(hints.names)}
            stretch = stretch_in((await self._ask({**request, "language": language}))["stretch"])
            language = language or stretch.language
            yield replace(stretch, utterances=tuple(_shown(stretch.utterances, language)))

    async def speakers(self, path: Path, stretches: Sequence[Stretch], hints: Hints) -> Sequence[Utterance]:
        """All utterances, in order, with speakers; "" where a voice can't be told. Raises as `probe`."""
        said = [said for stretch in stretches for said in stretch.utterances]
        request = {"do": "speakers", "path": _name(path), "utterances": utterances_out(said), "people": hints.people}
        found = utterances_in((await self._ask(request))["utterances"])
        language = hints.language or next((stretch.language for stretch in stretches), "zh")
        return _shown(found, language)

    async def measure(self, path: Path, utterances: Sequence[Utterance]) -> Mapping[str, VoiceMeasures]:
        """How each speaker speaks, by the utterances' `speaker`. Raises as `probe`."""
        request = {"do": "measure", "path": _name(path), "utterances": utterances_out(utterances)}
        measured = (await self._ask(request))["measures"]
        return {speaker: VoiceMeasures(**values) for speaker, values in measured.items()}

    async def close(self) -> None:
        """End the worker process."""
        await self.worker.kill()

    async def _opened(self, path: Path) -> dict[str, Any]:
        return await self._ask({"do": "probe", "path": _name(path)})

    async def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        async with self._turn:
            answer = await self._patiently(request)
        return self._without_errors(answer)

    async def _patiently(self, request: Mapping[str, Any]) -> dict[str, Any]:
        for _ in range(TRIES):
            try:
                return await self.worker.ask(request)
            except WorkerLost:
                continue
        if request["do"] == "probe":  # a file that kills its reader each time
            return {"refused": "unreadable", "values": {}}
        raise ListeningFailed(t("speech.failed.died", operator_language(), times=TRIES))

    def _without_errors(self, answer: dict[str, Any]) -> dict[str, Any]:
        lang, values = operator_language(), answer.get("values", {})
        if reason := answer.get("refused"):
            raise UnusableRecording(reason, t(f"speech.unusable.{reason}", lang, **values))
        if key := answer.get("fault"):
            raise ConfigurationError(t(f"speech.failed.{key}", lang, **values))
        if error := answer.get("error"):
            raise ListeningFailed(error)
        return answer


def _name(path: Path) -> str:
    return str(path.absolute())


def _shown(utterances: Sequence[Utterance], language: str) -> list[Utterance]:
    """Speakers' numbers as people read them."""
    return [replace(said, speaker=_speaker(said.speaker, language)) for said in utterances]


def _speaker(number: str, language: str) -> str:
    return t("speech.speaker", language, number=number) if number.isdigit() else number
