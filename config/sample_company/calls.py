"""Two recorded English calls: their scripts, and voices for them where espeak-ng is installed."""

import json
import shutil
import subprocess
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from config.sample_company.call_scripts import PRODUCT_NAMES, REP_NAMES, RIVALS, SCRIPTS
from config.sample_company.export import Export
from config.sample_company.frame import Frame, at, on_workday
from config.sample_company.manifest import Call
from config.sample_company.opportunities import OPEN, Opportunity
from config.sample_company.people import Person
from config.sample_company.resample import resample

RATE = 16_000  # samples a second, one channel, 16 bits
# espeak-ng voice and words a minute. Some voices (en-gb) silently ignore +f3, so both are American.
_WOMAN, _MAN = ("en-us+f3", 150), ("en-us", 160)
_VOICES = {
    "price": {"REP": _WOMAN, "CUSTOMER": _MAN},
    "delivery": {"REP": _MAN, "CUSTOMER": _WOMAN},
}
_PAUSES = (0.35, 0.6, 0.45)  # seconds between turns, in turn
_TIMEOUT = 30  # seconds for one sentence
_MISSING = "espeak-ng is not installed, so the two calls stay text: install it (Debian: apt-get install espeak-ng)"


@dataclass(frozen=True)
class Rendered:
    """The recordings made, or the problem in one sentence (then `files` is empty)."""

    files: tuple[Path, ...]
    problem: str = ""

    def __str__(self) -> str:
        """One sentence for the operator."""
        return self.problem or f"{len(self.files)} calls recorded: {', '.join(str(file) for file in self.files)}"


def make_calls(frame: Frame, people: Sequence[Person], opportunities: Sequence[Opportunity]) -> tuple[Call, ...]:
    """One call for each rep who works in English, about a deal of theirs, two and one working days ago."""
    reps = [p for p in people if p.wecom in REP_NAMES]
    day = frame.last_workday
    days = (on_workday(day - timedelta(days=1)), day)
    return tuple(
        _call(name, rep, _deal(rep, opportunities), at(when, 10, 5))
        for name, rep, when in zip(SCRIPTS, reps, days, strict=True)
    )


def write_scripts(export: Export, calls: Sequence[Call], deals: Sequence[Opportunity]) -> None:
    """calls/NAME.txt, a speaker and what they say on each line, and calls/calls.json with who called whom."""
    by_id = {deal.id: deal for deal in deals}
    for call in calls:
        turns = _script(call, by_id[call.opportunity])
        export.raw(call.script, "".join(f"{turn}\n" for turn in turns).encode(), len(turns), "utf-8")
    export.json("calls/calls.json", [_as_json(call) for call in calls], len(calls))


def render_calls(folder: Path) -> Rendered:
    """Speak every script of a generated folder into a WAV beside it (16 kHz, mono), with two voices.

    Beside each goes NAME.turns.json: speaker, text, start and end in seconds. Where espeak-ng is missing or
    fails, nothing is raised: `problem` says what to do. FileNotFoundError: the folder was not generated.
    """
    binary = shutil.which("espeak-ng")
    if binary is None:
        return Rendered((), _MISSING)
    try:
        scripts = [folder / "calls" / f"{name}.txt" for name in SCRIPTS]
        return Rendered(tuple(_render(binary, script) for script in scripts))
    except (subprocess.SubprocessError, wave.Error, EOFError) as error:
        return Rendered((), f"espeak-ng could not speak the calls: {error}")


def _deal(rep: Person, opportunities: Sequence[Opportunity]) -> Opportunity:
    """Their newest open deal; their newest of all when none is open."""
    own = [o for o in opportunities if o.owner == rep.id]
    return ([o for o in own if o.outcome == OPEN] or own)[-1]


def _call(name: str, rep: Person, deal: Opportunity, started: datetime) -> Call:
    lines = SCRIPTS[name].splitlines()
    return Call(
        script=f"calls/{name}.txt",
        rep=rep.id,
        customer=deal.customer_id,
        opportunity=deal.id,
        started_at=started.isoformat(),
        competitor=RIVALS[name],
        commitments=tuple(n for n, line in enumerate(lines, 1) if line.startswith(">")),
    )


def _script(call: Call, deal: Opportunity) -> list[str]:
    name = Path(call.script).stem
    rep = dict(zip(SCRIPTS, REP_NAMES.values(), strict=True))[name]
    price = f"{deal.amount / 1e6:.2f}"
    text = SCRIPTS[name].format(rep=rep, product=PRODUCT_NAMES[deal.model.family], price=price)
    return [line.removeprefix("> ") for line in text.splitlines()]


def _as_json(call: Call) -> dict[str, object]:
    return {
        "script": call.script,
        "recording": str(Path(call.script).with_suffix(".wav")),
        "rep_id": call.rep,
        "customer_no": call.customer,
        "opportunity_no": call.opportunity,
        "started_at": call.started_at,
        "language": "en",
        "consent": True,
    }


def _render(binary: str, script: Path) -> Path:
    """One recording: the turns one after the other, a pause between them."""
    sound, turns, voices = bytearray(), [], _VOICES[script.stem]
    with TemporaryDirectory() as scratch:
        for number, line in enumerate(script.read_text(encoding="utf-8").splitlines()):
            speaker, text = line.split(": ", 1)
            start = len(sound) / 2 / RATE
            sound += _speak(binary, voices[speaker], text, Path(scratch) / "turn.wav")
            turns.append({"speaker": speaker, "text": text, "start": start, "end": len(sound) / 2 / RATE})
            sound += bytes(2 * int(RATE * _PAUSES[number % len(_PAUSES)]))
    script.with_suffix(".turns.json").write_text(json.dumps(turns, indent=1) + "\n", encoding="utf-8")
    return _save(script.with_suffix(".wav"), bytes(sound))


def _speak(binary: str, voice: tuple[str, int], text: str, scratch: Path) -> bytes:
    """One sentence as 16-bit samples at 16 kHz."""
    name, speed = voice
    command = [binary, "-v", name, "-s", str(speed), "-w", str(scratch), text]
    # The words are ours (the scripts above), passed as one argument, without a shell.
    subprocess.run(command, check=True, capture_output=True, timeout=_TIMEOUT)  # noqa: S603  # as said above
    with wave.open(str(scratch)) as spoken:
        return resample(spoken.readframes(spoken.getnframes()), spoken.getframerate(), RATE)


def _save(path: Path, samples: bytes) -> Path:
    with wave.open(str(path), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(RATE)
        recording.writeframes(samples)
    return path
