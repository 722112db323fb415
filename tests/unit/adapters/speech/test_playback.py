"""A17: moments of recordings that no browser plays (AMR, SILK, 3GP) are played from a copy; A18: it goes with them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import av
import pytest

from adapters.common.files import media_type
from adapters.speech.limits import Limits, Refused
from adapters.speech.playback import Playback, copy_of
from adapters.speech.playing import write_copy
from bot.flows.purge import unlink
from config.groups.speech import Speech
from tests.unit.adapters.speech.sounds import clip, encode, silk

LIMITS = Limits(10_000_000, 60.0, 1.0)


def seconds(path: Path) -> float:
    with av.open(str(path)) as container:
        assert container.format.name == "mp3"
        return sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0))


@pytest.fixture
async def playback(tmp_path: Path) -> AsyncIterator[Playback]:
    found = Playback(Speech(), tmp_path / "data")
    yield found
    await found.close()


async def test_what_browsers_do_not_play_is_copied_once(playback: Playback, tmp_path: Path) -> None:
    """By a process of its own; the second time the copy is there, and the worker isn't asked."""
    sound = clip("zh_nihao_shijie")
    source = silk(tmp_path / "voice.silk", sound)
    found, kind = await playback.playable(source, media_type(source))
    assert (found, kind) == (copy_of(source), "audio/mpeg")
    assert seconds(found) == pytest.approx(len(sound) / 16_000, abs=0.2)
    stamp = found.stat().st_mtime_ns
    assert await playback.playable(source, media_type(source)) == (found, kind)
    assert found.stat().st_mtime_ns == stamp
    unlink(tmp_path, [source.name])
    assert list(tmp_path.glob("voice*")) == []


async def test_what_can_not_be_copied_and_what_needs_none_stay(playback: Playback, tmp_path: Path) -> None:
    broken = tmp_path / "a.amr"
    broken.write_bytes(b"#!AMR\nxx")
    assert await playback.playable(broken, "audio/amr") == (broken, "audio/amr")
    assert not copy_of(broken).exists()
    plain = encode(tmp_path / "a.mp3", clip("en_hello_world"), "libmp3lame", 16_000)
    assert await playback.playable(plain, "audio/mpeg") == (plain, "audio/mpeg")


@pytest.mark.parametrize(("name", "codec", "rate"), [("a.amr", "libopencore_amrnb", 8000), ("a.au", "pcm_alaw", 8000)])
def test_formats(tmp_path: Path, name: str, codec: str, rate: int) -> None:
    if codec not in av.codec.codecs_available:
        pytest.skip(f"this FFmpeg can't write {codec}")
    source = encode(tmp_path / name, clip("en_hello_world"), codec, rate)
    write_copy(source, copy_of(source), tmp_path, LIMITS)
    assert seconds(copy_of(source)) == pytest.approx(len(clip("en_hello_world")) / 16_000, abs=0.3)


def test_a_copy_is_bounded_and_never_half(tmp_path: Path) -> None:
    source = encode(tmp_path / "a.au", clip("en_hello_world"), "pcm_alaw", 8_000)
    with pytest.raises(Refused, match="too_long"):
        write_copy(source, copy_of(source), tmp_path, Limits(10_000_000, 0.5, 0.1))
    assert [path.name for path in tmp_path.iterdir()] == ["a.au"]


def test_no_copy_outlives_its_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A18: revoked while the copy was being written."""
    source = encode(tmp_path / "a.au", clip("en_hello_world"), "pcm_alaw", 8_000)
    rename = Path.replace

    def revoked(part: Path, target: Path) -> Path:
        unlink(tmp_path, [source.name])
        return rename(part, target)

    monkeypatch.setattr(Path, "replace", revoked)
    write_copy(source, copy_of(source), tmp_path, LIMITS)
    assert list(tmp_path.iterdir()) == []
