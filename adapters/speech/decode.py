"""From a file, whatever its name says, to samples. It may lie about its length, its rate and its format."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from adapters.speech.limits import MEGABYTE, RATE, Limits, Refused
from adapters.speech.samples import Samples, Sound16
from adapters.speech.silk import decode_silk, is_silk
from bot.contracts.listening import Sound

if TYPE_CHECKING:
    import av

# What FFmpeg may take a file for. Playlists (HLS, DASH, concat, SDP) would make it open other files and addresses.
FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,mp3,wav,w64,amr,amrnb,amrwb,aac,ogg,flac,matroska,webm,asf,aiff,au,caf,mpegts,avi"
LOWEST_RATE = 4_000  # Hz: below it a small file would blow up without bound
GAP = 0.25  # seconds missing between two frames that are filled with silence, so that times agree with a player's
MOSTLY = 0.5  # share of packets that must be readable

Tell = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was in the file."""

    sound: Sound
    samples: Samples


def decode(path: Path, folder: Path, limits: Limits, tell: Tell = lambda: None) -> Decoded:
    """Decode into a nameless file in `folder`; `tell` is called again and again. Raises Refused with the reason."""
    _weigh(path, limits)
    with path.open("rb") as file:
        silk = is_silk(file.read(16))
    decoded = _of_silk(path, folder, limits) if silk else _of_container(path, folder, limits, tell)
    if decoded.samples.seconds < limits.least_seconds or not len(decoded.samples):
        decoded.samples.close()
        reason = "too_short" if len(decoded.samples) else "unreadable"
        raise Refused(reason, seconds=f"{decoded.samples.seconds:.1f}", least=f"{limits.least_seconds:g}")
    decoded.samples.finish()
    return decoded


def _weigh(path: Path, limits: Limits) -> None:
    try:
        size = path.stat().st_size
    except OSError as error:
        raise Refused("unreadable") from error
    if size == 0:
        raise Refused("empty")
    if size > limits.max_bytes:
        raise Refused("too_large", mb=limits.max_bytes // MEGABYTE)


def _of_silk(path: Path, folder: Path, limits: Limits) -> Decoded:
    samples = Samples(folder, 1)
    _fill(samples, decode_silk(path.read_bytes()), limits)
    return Decoded(Sound(samples.seconds, 1, RATE, "silk"), samples)


def _of_container(path: Path, folder: Path, limits: Limits, tell: Tell) -> Decoded:
    import av

    options = {"format_whitelist": FORMATS, "protocol_whitelist": "none"}
    try:
        with path.open("rb") as file, av.open(file, "r", options=options, metadata_errors="ignore") as container:
            return _of_stream(container, folder, limits, tell)
    except (av.FFmpegError, ValueError, MemoryError) as error:
        raise Refused("unreadable") from error


def _of_stream(container: av.container.InputContainer, folder: Path, limits: Limits, tell: Tell) -> Decoded:
    stream = container.streams.best("audio")
    codec: Any = stream.codec_context if stream else None
    if stream is None or codec is None or (codec.sample_rate or RATE) < LOWEST_RATE:
        raise Refused("unreadable")
    samples = Samples(folder, 2 if codec.channels == 2 else 1)
    _fill(samples, _resampled(_frames(container, stream, tell), samples.channels), limits)
    sound = Sound(samples.seconds, codec.channels, codec.sample_rate or RATE, codec.codec.canonical_name)
    return Decoded(sound, samples)


def _fill(samples: Samples, pieces: Iterator[Sound16], limits: Limits) -> None:
    try:
        for piece in pieces:
            samples.append(piece, limits.max_seconds)
    except BaseException:
        samples.close()
        raise


def _frames(container: Any, stream: Any, tell: Tell) -> Iterator[Any]:
    """Frames that can be read. Raises Refused when most can't: damaged or encrypted."""
    import av

    read = broken = 0
    for packet in _packets(container, stream):
        try:
            yield from packet.decode()
            read += 1
        except av.FFmpegError:
            broken += 1
        if (read + broken) % 2000 == 0:
            tell()
    if read < MOSTLY * (read + broken):
        raise Refused("unreadable")


def _packets(container: Any, stream: Any) -> Iterator[Any]:
    """Up to the end, or to where a file breaks off: what was recorded until then is listened to."""
    import av

    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError:
            return
        if packet is None:
            return
        yield packet


def _resampled(frames: Iterator[Any], channels: int) -> Iterator[Sound16]:
    import av

    resampler = av.AudioResampler("s16", "stereo" if channels == 2 else "mono", RATE)
    done, begun = 0, None
    for frame in itertools.chain(frames, [None]):
        if frame is not None and frame.pts is not None and frame.time_base:
            at = float(frame.pts * frame.time_base)
            begun = at if begun is None else begun
            missing = int((at - begun - GAP) * RATE) - done
            yield from _silence(missing + int(GAP * RATE) if missing > 0 else 0, channels)
            done += missing + int(GAP * RATE) if missing > 0 else 0
            frame.pts = None
        for piece in resampler.resample(frame):
            samples = piece.to_ndarray().astype(np.int16, copy=False).reshape(-1, channels)
            done += len(samples)
            yield samples


def _silence(length: int, channels: int) -> Iterator[Sound16]:
    for begin in range(0, length, RATE):
        yield np.zeros((min(RATE, length - begin), channels), np.int16)
