"""Listening: what our flow adds to faster-whisper's own time on the same file, with the same parameters."""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from tests.benchmarks.figures import table
from tests.benchmarks.machine import ROOT

AUDIO = ROOT / "tests" / "fixtures" / "audio"
SECONDS = 300  # of the recording
RUNS = 3
RATE = 16_000
MEGABYTE = 1024**2
TOGETHER = 4

Tell = Callable[[str], None]

# faster-whisper alone: the same model, threads, beam, batch and language, words with their times
PLAIN = """
import json, resource, sys, time
from faster_whisper import BatchedInferencePipeline, WhisperModel
model, path, batch = sys.argv[1:]
whisper = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=1)
begun, before = time.monotonic(), time.process_time()
options = {"language": "en", "beam_size": 1, "word_timestamps": True}
if int(batch):
    segments, _ = BatchedInferencePipeline(whisper).transcribe(path, batch_size=int(batch), **options)
else:
    segments, _ = whisper.transcribe(path, vad_filter=True, condition_on_previous_text=False, **options)
words = sum(len(segment.words) for segment in segments)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"wall": time.monotonic() - begun, "processor": time.process_time() - before, "peak": peak}))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One file, transcribed once by a process that had its model loaded."""

    wall: float  # seconds
    processor: float  # seconds
    peak: float  # resident bytes at most


def run(tell: Tell) -> str:
    """Measure; the section for the page."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        data, path = Path(folder), _recording(Path(folder) / "talk.wav")
        model = _joined(data)
        runs: dict[str, list[Run]] = {name: [] for name in ("plain", "text", "all", "sequential")}
        for number in range(RUNS):  # in turn, so that other work on the machine meets all alike
            tell(f"faster-whisper alone, {number + 1} of {RUNS}")
            runs["plain"].append(_plain(model, path, TOGETHER))
            tell(f"our flow, {number + 1} of {RUNS}")
            text, everything = asyncio.run(_ours(data, path))
            runs["text"].append(text)
            runs["all"].append(everything)
        tell("faster-whisper, window by window")
        runs["sequential"].append(_plain(model, path, 0))
    return _report(runs)


def _joined(data: Path) -> str:
    from adapters.speech.weights import whisper_folder

    return whisper_folder("base", data)


def _recording(path: Path) -> Path:
    """Five minutes of the real call and of sentences, in an order that doesn't repeat soon."""
    from tests.unit.adapters.speech.sounds import CALL, clip, read

    call, order = read(CALL), random.Random(4)
    cuts = [(6.5, 10.8), (10.8, 14.4), (14.4, 18.0), (18.0, 21.7), (21.7, 27.8), (27.4, 30.0)]
    pieces = [call[int(begin * RATE) : int(end * RATE)] for begin, end in cuts]
    pieces += [clip(name) for name in ("en_counting", "en_quick_brown_fox", "en_hello_world")]
    samples = bytearray()
    while len(samples) < SECONDS * RATE * 2:
        for piece in order.sample(pieces, len(pieces)):
            samples += (piece * 32767).astype("<i2").tobytes() + bytes(2 * int(order.uniform(0.1, 1.5) * RATE))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(bytes(samples[: SECONDS * RATE * 2]))
    return path


def _plain(model: str, path: Path, batch: int) -> Run:
    command = ["nice", sys.executable, "-c", PLAIN, model, str(path), str(batch)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=_one_thread())
    return Run(**json.loads(done.stdout))


def _one_thread() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


async def _ours(data: Path, path: Path) -> tuple[Run, Run]:
    """Up to the text, and with speakers and measures."""
    from adapters.speech.adapter import SpeechTranscriber
    from bot.contracts.listening import Hints
    from config.groups.speech import Speech
    from tests.unit.adapters.speech.sounds import CALL

    transcriber, hints = SpeechTranscriber(Speech(), data), Hints(language="en")
    await anext(transcriber.transcribe(CALL, hints))  # the model is loaded
    begun, before = time.monotonic(), _processor(transcriber)
    stretches = [stretch async for stretch in transcriber.transcribe(path, hints)]
    text = _since(transcriber, begun, before)
    spoken = await transcriber.speakers(path, stretches, hints)
    await transcriber.measure(path, spoken)
    everything = _since(transcriber, begun, before)
    await transcriber.close()
    return text, everything


def _since(transcriber: Any, begun: float, before: float) -> Run:
    return Run(time.monotonic() - begun, _processor(transcriber) - before, _peak(transcriber.worker.pid))


def _processor(transcriber: Any) -> float:
    """Of the worker and of ourselves."""
    times = psutil.Process(transcriber.worker.pid).cpu_times()
    return float(times.user + times.system) + time.process_time()


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return 1024.0 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def _report(runs: dict[str, list[Run]]) -> str:
    names = {
        "plain": f"faster-whisper alone, {TOGETHER} windows at once",
        "text": "our flow: decoded, heard, in stretches",
        "all": "our flow, with speakers and measures",
        "sequential": "for comparison: faster-whisper alone, window by window",
    }
    rows = [(names[name], *_figures(found, runs["plain"])) for name, found in runs.items()]
    head = ["", "processor time / length", "added", "time / length", "most memory", "runs"]
    return (
        f"The multilingual base model, int8, one thread, beam 1, words with their times; {SECONDS} s of English speech "
        "(the real call and sentences of `tests/fixtures/audio`), median of the runs, models loaded before. "
        "Added: to the processor time of faster-whisper alone.\n\n" + table(head, rows)
    )


def _figures(found: list[Run], plain: list[Run]) -> tuple[str, ...]:
    processor, usual = (median(one.processor for one in many) for many in (found, plain))
    return (
        f"{processor / SECONDS:.4f}",
        f"{processor / usual - 1:+.1%}" if found is not plain else "–",
        f"{median(one.wall for one in found) / SECONDS:.4f}",
        f"{max(one.peak for one in found) / MEGABYTE:.0f} MB",
        str(len(found)),
    )
