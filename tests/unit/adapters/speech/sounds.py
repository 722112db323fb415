"""Sound for the tests: made by NumPy or taken from real recordings, written in any format."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

RATE = 16_000
AUDIO = Path(__file__).parents[3] / "fixtures" / "audio"
CALL = AUDIO / "call.flac"

Wave = NDArray[np.float32]


def silence(seconds: float) -> Wave:
    return np.zeros(int(seconds * RATE), np.float32)


def noise(seconds: float, level: float = 0.1) -> Wave:
    return (np.random.default_rng(7).standard_normal(int(seconds * RATE)) * level).astype(np.float32)


def tone(seconds: float, hertz: float = 440, level: float = 0.3) -> Wave:
    return (level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


def music(seconds: float) -> Wave:
    """Chords with overtones that change twice a second."""
    chords = [(262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294)]
    pieces = []
    for number in range(int(seconds * 2)):
        fade = np.exp(-3 * np.arange(RATE // 2) / RATE)
        notes = [tone(0.5, hertz * over, 0.12 / over) for hertz in chords[number // 2 % 4] for over in (1, 2, 3)]
        pieces.append(np.sum(notes, axis=0) * fade)
    return np.concatenate(pieces).astype(np.float32)


def read(path: Path) -> Wave:
    """A file of the fixtures, mono, 16 kHz."""
    with av.open(str(path)) as container:
        pieces = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    return np.concatenate(pieces).astype(np.float32) / 32768


def clip(name: str) -> Wave:
    return read(AUDIO / f"{name}.flac")


def write_wav(path: Path, *channels: Wave, rate: int = RATE) -> Path:
    length = max(map(len, channels))
    stacked = np.stack([np.pad(channel, (0, length - len(channel))) for channel in channels], axis=1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(stacked, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def encode(path: Path, sound: Wave, codec: str, rate: int, options: dict[str, str] | None = None) -> Path:
    """Written by FFmpeg; the format is that of the path's ending."""
    with av.open(str(path), "w", options=options or {}) as container:
        stream: Any = container.add_stream(codec, rate=rate, layout="mono")
        resampler = av.AudioResampler(stream.codec_context.format.name, "mono", rate)
        frame = av.AudioFrame.from_ndarray((sound * 32767).astype(np.int16)[None], "s16", "mono")
        frame.sample_rate = RATE
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path


def silk(path: Path, sound: Wave) -> Path:
    """As WeCom sends voice messages."""
    import pysilk

    out = io.BytesIO()
    pysilk.encode(io.BytesIO((sound * 32767).astype("<i2").tobytes()), out, RATE, RATE)
    content = out.getvalue()
    path.write_bytes(content if content.startswith(b"\x02") else b"\x02" + content)
    return path
