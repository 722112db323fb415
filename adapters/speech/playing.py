"""Sound that every browser plays: what a file holds, whatever its format, as MP3. Runs in the worker process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adapters.speech.decode import decode
from adapters.speech.limits import RATE, Limits
from adapters.speech.samples import Samples

BIT_RATE = 48_000  # 0.36 MB a minute: speech at 16 kHz has no more to say


def write_copy(source: Path, target: Path, folder: Path, limits: Limits) -> None:
    """Decode within the limits, and write it beside the original: all of it or nothing. Raises Refused."""
    samples = decode(source, folder, limits).samples
    begun = target.with_name(f"{target.name}.part")
    try:
        _encode(samples, begun)
        begun.replace(target)
    finally:
        samples.close()
        begun.unlink(missing_ok=True)
        if not source.exists():  # deleted meanwhile (A18)
            target.unlink(missing_ok=True)


def _encode(samples: Samples, path: Path) -> None:
    import av

    layout = "stereo" if samples.channels == 2 else "mono"
    with av.open(str(path), "w", format="mp3") as container:
        stream: Any = container.add_stream("libmp3lame", rate=RATE, layout=layout)
        stream.codec_context.bit_rate = BIT_RATE * samples.channels
        resampler = av.AudioResampler(stream.codec_context.format.name, layout, RATE, stream.codec_context.frame_size)
        for piece in samples.pieces():
            frame = av.AudioFrame.from_ndarray(piece.reshape(1, -1), "s16", layout)
            frame.sample_rate = RATE
            for part in resampler.resample(frame):
                container.mux(stream.encode(part))
        for part in resampler.resample(None):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
