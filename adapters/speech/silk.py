"""SILK, the voice messages of WeChat and WeCom: the one format that FFmpeg can't read."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import numpy as np

from adapters.speech.limits import RATE, Refused

HEADER = b"#!SILK_V3"
TENCENT = b"\x02"  # what WeChat puts before the header
PACKETS_TOGETHER = 1500  # 30 seconds: a bound for the memory that one call takes
LARGEST_PACKET = 1250  # bytes


def is_silk(head: bytes) -> bool:
    """Whether a file begins like one."""
    return head.removeprefix(TENCENT).startswith(HEADER)


def decode_silk(content: bytes) -> Iterator[np.ndarray[tuple[int, int], np.dtype[np.int16]]]:
    """Samples of shape (n, 1), 16 kHz, half a minute at a time. Raises Refused when it isn't SILK inside."""
    import pysilk

    packets = list(_packets(content.removeprefix(TENCENT)[len(HEADER) :]))
    for begin in range(0, len(packets), PACKETS_TOGETHER):
        part = HEADER + b"".join(packets[begin : begin + PACKETS_TOGETHER])
        pcm = io.BytesIO()
        try:
            pysilk.decode(io.BytesIO(part), pcm, RATE)
        except pysilk.SilkError as error:
            raise Refused("unreadable") from error
        yield np.frombuffer(pcm.getvalue(), np.int16).reshape(-1, 1)


def _packets(body: bytes) -> Iterator[bytes]:
    """Each packet with its length before it, up to the end mark, or up to where the file breaks off."""
    at = 0
    while at + 2 <= len(body):
        (length,) = struct.unpack_from("<h", body, at)
        if length < 0 or at + 2 + length > len(body):
            return
        if length > LARGEST_PACKET:
            raise Refused("unreadable")
        yield body[at : at + 2 + length]
        at += 2 + length
