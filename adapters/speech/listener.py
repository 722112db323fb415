"""What the worker process does: each request is one function, from plain values to plain values."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from adapters.speech import guards, messages
from adapters.speech.limits import RATE, Limits
from adapters.speech.measures import measure
from adapters.speech.messages import WorkerConfig
from adapters.speech.playing import write_copy
from adapters.speech.recording import Recording, open_recording
from adapters.speech.speakers import who_speaks
from adapters.speech.utterances import utterances
from adapters.speech.voiceprint import VoiceEncoder
from adapters.speech.weights import SILERO, VOICE
from adapters.speech.whisper import Whisper
from adapters.speech.windows import Part
from bot.contracts.listening import Stretch, Utterance

KEPT = 2  # recordings that stay decoded, because two people may have sent one each

Tell = Callable[[], None]
_Key = tuple[str, int, int]


class Listener:
    """Holds the loaded models and the recordings that are being worked on."""

    def __init__(self, config: WorkerConfig, tell: Tell = lambda: None) -> None:
        self._config = config
        self._tell = tell
        self._recordings: OrderedDict[_Key, Recording] = OrderedDict()

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What was asked for: probe, hear, speakers, measure or copy. Raises Refused, ModelFault."""
        work = {
            "probe": self._probe,
            "hear": self._hear,
            "speakers": self._speakers,
            "measure": self._measure,
            "copy": self._copy,
        }
        return work[request["do"]](request)

    @cached_property
    def _whisper(self) -> Whisper:
        config = self._config
        return Whisper(config.model, Path(config.data), threads=config.threads, beam=config.beam)

    @cached_property
    def _encoder(self) -> VoiceEncoder:
        return VoiceEncoder.load(VOICE.verified())

    @cached_property
    def _folder(self) -> Path:
        folder = Path(self._config.data)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    @property
    def _limits(self) -> Limits:
        return Limits(self._config.max_bytes, self._config.max_seconds, self._config.least_seconds)

    def _recording(self, path: str) -> Recording:
        status = Path(path).stat() if Path(path).exists() else None
        key = (path, status.st_size, status.st_mtime_ns) if status else (path, 0, 0)
        if key not in self._recordings:
            SILERO.verified()  # before the first recording is listened to
            self._recordings[key] = open_recording(Path(path), self._folder, self._limits, self._tell)
        self._recordings.move_to_end(key)
        while len(self._recordings) > KEPT:
            self._recordings.popitem(last=False)[1].samples.close()
        return self._recordings[key]

    def _probe(self, request: Mapping[str, Any]) -> dict[str, Any]:
        recording = self._recording(request["path"])
        return {"sound": messages.sound_out(recording.sound), "stretches": len(recording.parts)}

    def _hear(self, request: Mapping[str, Any]) -> dict[str, Any]:
        recording = self._recording(request["path"])
        part = recording.parts[request["number"]]
        language = request["language"] or self._language(recording)
        said = self._said(recording, part, language, request["names"])
        stretch = Stretch(part.number, part.begin / RATE, part.end / RATE, tuple(said), language)
        return {"stretch": messages.stretch_out(stretch)}

    def _language(self, recording: Recording) -> str:
        loudest = max(recording.ears, key=lambda ear: ear.speech)
        first = next((found for part in recording.parts if (found := recording.windows(part, loudest))), [])
        return self._whisper.language(recording.samples, loudest.channel, first)

    def _said(self, recording: Recording, part: Part, language: str, names: list[str]) -> list[Utterance]:
        said: list[Utterance] = []
        for number, ear in enumerate(recording.ears):
            windows = recording.windows(part, ear)
            heard = self._whisper.words(recording.samples, ear.channel, windows, language, names)
            words = [word for window in heard for word in window if guards.heard(word, ear.probabilities)]
            own = recording.one_person_each
            prefix = f"{part.number}{'ab'[number]}" if own else str(part.number)
            said += utterances(words, prefix, language, str(number + 1) if own else "")
        return sorted(said, key=lambda utterance: utterance.start or 0.0)

    def _speakers(self, request: Mapping[str, Any]) -> dict[str, Any]:
        recording = self._recording(request["path"])
        said = messages.utterances_in(request["utterances"])
        if not recording.one_person_each:
            channel = recording.ears[0].channel
            said = who_speaks(recording.samples, channel, said, self._encoder, request["people"])
        return {"utterances": messages.utterances_out(said)}

    def _measure(self, request: Mapping[str, Any]) -> dict[str, Any]:
        recording = self._recording(request["path"])
        return {"measures": measure(recording, messages.utterances_in(request["utterances"]))}

    def _copy(self, request: Mapping[str, Any]) -> dict[str, Any]:
        write_copy(Path(request["path"]), Path(request["target"]), self._folder, self._limits)
        return {}
