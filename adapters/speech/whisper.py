"""faster-whisper: windows of speech become words with their times in the recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from adapters.speech import guards
from adapters.speech.limits import RATE
from adapters.speech.samples import Samples, Wave
from adapters.speech.weights import MODEL_FOLDER, ModelFault, whisper_folder
from adapters.speech.windows import Window
from bot.contracts.listening import Word

LANGUAGES = {"zh": ("zh", "yue"), "en": ("en",)}  # ours -> Whisper's
NAMES_LENGTH = 200  # characters of names to expect: more would crowd out what is heard


@dataclass(frozen=True, slots=True)
class _Heard:
    text: str
    words: tuple[Word, ...]
    log_probability: float


class Whisper:
    """One loaded model. Blocks; uses `threads` cores."""

    def __init__(self, model: str, data: Path, *, threads: int, beam: int) -> None:
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        folder = whisper_folder(model, data)
        try:
            self._model = WhisperModel(
                folder,
                device="auto",
                compute_type="int8",
                cpu_threads=threads,
                download_root=str(data / MODEL_FOLDER),
            )
        except Exception as error:  # whatever CTranslate2 or the hub raises: the operator is told which model
            raise ModelFault("model", name=model, reason=f"{type(error).__name__}: {error}"[:300]) from error
        self._together = BatchedInferencePipeline(self._model)
        self._beam = beam

    def language(self, samples: Samples, channel: int | None, windows: Sequence[Window]) -> str:
        """ "zh" or "en", whichever the first half minute is more likely in."""
        if not windows or not self._model.model.is_multilingual:
            return "en" if windows else "zh"
        _, _, found = self._model.detect_language(_wave(samples, channel, windows[0]))
        likely = dict(found or [])
        return max(LANGUAGES, key=lambda ours: sum(likely.get(name, 0.0) for name in LANGUAGES[ours]))

    def words(
        self, samples: Samples, channel: int | None, windows: Sequence[Window], language: str, names: Sequence[str]
    ) -> list[list[Word]]:
        """The words of each window, with times in the recording; a window where nothing was said has none."""
        if not windows:
            return []
        waves = [_wave(samples, channel, window) for window in windows]
        hints = {"language": language, "beam_size": self._beam, "hotwords": _hotwords(names)}
        found = [
            self._again(wave, hints) if guards.suspicious(heard.text, heard.log_probability) else heard
            for wave, heard in zip(waves, self._together_heard(waves, hints), strict=True)
        ]
        again = guards.echoes([heard.text for heard in found])
        return [
            [] if heard.text.strip() in again else [_placed(word, window) for word in heard.words]
            for window, heard in zip(windows, found, strict=True)
        ]

    def _together_heard(self, waves: Sequence[Wave], hints: dict[str, Any]) -> Iterator[_Heard]:
        """All windows at once: a third quicker than one after the other."""
        ends = np.cumsum([len(wave) for wave in waves])
        begins = ends - [len(wave) for wave in waves]
        clips = [{"start": b / RATE, "end": e / RATE} for b, e in zip(begins, ends, strict=True)]
        segments, _ = self._together.transcribe(
            np.concatenate(waves),
            vad_filter=False,
            clip_timestamps=clips,
            batch_size=len(waves),
            word_timestamps=True,
            **hints,
        )
        for segment, begin in zip(segments, begins, strict=True):
            yield _heard([segment], begin / RATE)

    def _again(self, wave: Wave, hints: dict[str, Any]) -> _Heard:
        """The window alone, at rising temperatures; what still looks made up is left out."""
        segments, _ = self._model.transcribe(wave, condition_on_previous_text=False, word_timestamps=True, **hints)
        real = [
            segment
            for segment in segments
            if not guards.nothing_said(segment.avg_logprob, segment.no_speech_prob) and not guards.made_up(segment.text)
        ]
        return _heard(real, 0.0)


def _heard(segments: Sequence[Any], begun: float) -> _Heard:
    words = tuple(
        Word(word.word, float(word.start) - begun, float(word.end) - begun, float(word.probability))
        for segment in segments
        for word in segment.words or ()
    )
    log_probability = min((float(segment.avg_logprob) for segment in segments), default=0.0)
    return _Heard("".join(segment.text for segment in segments), words, log_probability)


def _wave(samples: Samples, channel: int | None, window: Window) -> Wave:
    return np.concatenate([samples.wave(span.begin, span.end, channel) for span in window.spans])


def _placed(word: Word, window: Window) -> Word:
    # both ends in the piece in which its middle lies: a word doesn't last over a pause that was cut out
    start, end = window.around((word.start + word.end) / 2, word.start, word.end)
    return Word(word.text, start, end, word.probability)


def _hotwords(names: Sequence[str]) -> str | None:
    line = ""
    for name in dict.fromkeys(" ".join(name.split()) for name in names):
        if name and len(line) + len(name) + 2 <= NAMES_LENGTH:
            line += f", {name}" if line else name
    return line or None
