"""A16, A17: from a recording to who said what, in a process of its own that may die without anything being lost."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil
import pytest
import pytest_asyncio

from adapters.speech.adapter import SpeechTranscriber
from adapters.speech.scoring import score
from bot.contracts.errors import ConfigurationError, UnusableRecording
from bot.contracts.listening import Hints, Stretch
from config.groups.speech import Speech
from tests.unit.adapters.speech import sounds
from tests.unit.adapters.speech.test_recording import turns

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one process with a loaded model for all
ENGLISH = Hints(language="en")


@pytest.fixture(scope="module")
def long_call(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody puts the telephone down for more than two minutes: two stretches."""
    call = sounds.read(sounds.CALL)
    talk = np.concatenate((call, sounds.silence(130), call[14 * 16000 : 24 * 16000]))
    return sounds.write_wav(tmp_path_factory.mktemp("call") / "long.wav", talk)


async def heard(transcriber: SpeechTranscriber, path: Path, done: Sequence[Stretch] = ()) -> list[Stretch]:
    return [stretch async for stretch in transcriber.transcribe(path, ENGLISH, done)]


def text_of(stretches: Sequence[Stretch]) -> str:
    return " ".join(said.text for stretch in stretches for said in stretch.utterances)


async def test_a_real_call(transcriber: SpeechTranscriber) -> None:
    """Words, times and speakers of a telephone call that nobody prepared."""
    sound = await transcriber.probe(sounds.CALL)
    assert (sound.seconds, sound.channels, sound.codec) == (pytest.approx(30, abs=0.1), 1, "flac")
    stretches = await heard(transcriber, sounds.CALL)
    lines = (sounds.AUDIO / "call.stm").read_text(encoding="utf-8").splitlines()
    truth = " ".join(" ".join(line.split()[5:]) for line in lines)
    assert score(truth, text_of(stretches), "en").rate < 0.3
    spoken = await transcriber.speakers(sounds.CALL, stretches, Hints(language="en", people=2))
    texas = next(said for said in spoken if "Chicago" in said.text)
    assert 14.0 < (texas.start or 0) < 15.5
    assert {said.speaker for said in spoken} - {""} == {"Speaker 1", "Speaker 2"}
    measured = await transcriber.measure(sounds.CALL, spoken)
    assert sum(found.share for found in measured.values()) <= 1.001
    assert all(100 < (found.pitch or 0) < 350 for found in measured.values())


async def test_chinese_is_recognised_and_written_in_simplified_characters(
    transcriber: SpeechTranscriber, tmp_path: Path
) -> None:
    names = ("zh_pangrama", "zh_jishu", "zh_nihao_shijie")
    wave = np.concatenate([piece for name in names for piece in (sounds.clip(name), sounds.silence(0.6))])
    path = sounds.encode(tmp_path / "voice.amr", wave, "libopencore_amrnb", 8000)
    stretches = [stretch async for stretch in transcriber.transcribe(path, Hints())]
    assert {stretch.language for stretch in stretches} == {"zh"}
    truth = "".join((sounds.AUDIO / f"{name}.txt").read_text(encoding="utf-8") for name in names)
    assert score(truth, text_of(stretches), "zh").rate < 0.6  # classical verse at 8 kHz, 30 characters


async def test_names_to_expect_are_heard(transcriber: SpeechTranscriber, tmp_path: Path) -> None:
    """MODELS: hints repair names; without them the base model hears 玄皇 and 列掌."""
    path = sounds.write_wav(tmp_path / "names.wav", sounds.clip("zh_pangrama"))
    hints = Hints(language="zh", names=("恒力达", "天地玄黄", "宿列张"))
    text = text_of([stretch async for stretch in transcriber.transcribe(path, hints)])
    assert "天地玄黄" in text
    assert "宿列张" in text
    assert "恒力达" not in text


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole(transcriber: SpeechTranscriber, long_call: Path) -> list[Stretch]:
    """The long call, heard undisturbed."""
    stretches = await heard(transcriber, long_call)
    assert len(stretches) == 2
    return stretches


async def test_a_killed_process_costs_one_stretch(
    transcriber: SpeechTranscriber, long_call: Path, whole: list[Stretch]
) -> None:
    """Killed in the middle of the second stretch: the first is not heard again, nothing is lost."""
    asked = transcriber.worker.asked
    interrupted = transcriber.transcribe(long_call, ENGLISH)
    stretches = [await anext(interrupted)]
    rest = asyncio.ensure_future(anext(interrupted))
    while transcriber.worker.asked < asked + 3:  # probe, first and second stretch
        await asyncio.sleep(0.01)
    os.kill(transcriber.worker.pid or 0, signal.SIGKILL)
    stretches.append(await rest)
    assert [one async for one in interrupted] == []
    assert transcriber.worker.asked - asked == 4  # the second stretch twice
    assert text_of(stretches) == text_of(whole)


async def test_goes_on_where_it_was(transcriber: SpeechTranscriber, long_call: Path, whole: list[Stretch]) -> None:
    """After a restart of the bot, stretches that are kept are not heard again, and no other comes out."""
    first = whole[0]
    await transcriber.close()
    asked = transcriber.worker.asked
    rest = await heard(transcriber, long_call, [first])
    assert [stretch.number for stretch in rest] == [1]
    assert transcriber.worker.asked - asked == 2
    assert rest[0].start == first.end
    assert text_of(rest) == text_of(whole[1:])
    ids = [said.id for stretch in (first, *rest) for said in stretch.utterances]
    assert len(ids) == len(set(ids))


async def test_a_process_that_hangs_is_replaced(speech_data: Path) -> None:
    transcriber = SpeechTranscriber(Speech(), speech_data, look_seconds=0.2, hang_seconds=3.0)
    await transcriber.probe(sounds.CALL)
    before = transcriber.worker.pid or 0
    os.kill(before, signal.SIGSTOP)
    assert (await transcriber.probe(sounds.CALL)).channels == 1
    assert transcriber.worker.pid != before
    assert not psutil.pid_exists(before)
    await transcriber.close()


async def test_the_process_is_polite_and_knows_no_secrets(
    transcriber: SpeechTranscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D10: what reads strangers' files doesn't have the bot's credentials; chats go first."""
    monkeypatch.setenv("XIAOCE_SLACK__BOT_TOKEN", "xoxb-secret")
    await transcriber.probe(sounds.CALL)
    process = psutil.Process(transcriber.worker.pid)
    assert process.nice() == min(19, os.nice(0) + 10)
    assert not [name for name in process.environ() if name.startswith("XIAOCE_")]


async def test_the_process_ends_when_there_is_nothing_to_do(speech_data: Path) -> None:
    transcriber = SpeechTranscriber(Speech(), speech_data, idle_seconds=0.5, look_seconds=0.2)
    await transcriber.probe(sounds.CALL)
    pid = transcriber.worker.pid or 0
    while psutil.pid_exists(pid) and transcriber.worker.pid:
        await asyncio.sleep(0.1)
    assert (await transcriber.probe(sounds.CALL)).channels == 1
    assert transcriber.worker.pid != pid
    await transcriber.close()


async def test_refusals_say_what_to_do(transcriber: SpeechTranscriber, tmp_path: Path) -> None:
    """A16: refused with the reason, in a sentence."""
    path = sounds.write_wav(tmp_path / "silence.wav", sounds.silence(10))
    for ask in (transcriber.probe(path), anext(transcriber.transcribe(path, Hints()))):
        with pytest.raises(UnusableRecording) as refused:
            await ask
        assert refused.value.reason == "silent"
        assert len(str(refused.value)) > 10


async def test_a_model_that_isnt_there_is_named(tmp_path: Path) -> None:
    transcriber = SpeechTranscriber(Speech(model=str(tmp_path)), tmp_path / "data")
    with pytest.raises(ConfigurationError, match=r"speech\.model"):
        await anext(transcriber.transcribe(sounds.CALL, ENGLISH))
    await transcriber.close()


async def test_each_channel_is_a_speaker(transcriber: SpeechTranscriber, tmp_path: Path) -> None:
    """A17: stereo with crosstalk: everybody's words once, with the right speaker, in order."""
    one, other = turns()
    path = sounds.write_wav(tmp_path / "stereo.wav", one + 0.1 * other, other + 0.1 * one)
    stretches = await heard(transcriber, path)
    spoken = await transcriber.speakers(path, stretches, ENGLISH)
    fox = [said for said in spoken if "fox" in said.text]
    assert [said.speaker for said in fox] == ["Speaker 1", "Speaker 1"]
    assert {said.speaker for said in spoken if said not in fox} == {"Speaker 2"}
    assert (fox[0].start or 0) < 3 < (fox[1].start or 0)


async def test_two_recordings_take_turns(transcriber: SpeechTranscriber, tmp_path: Path, long_call: Path) -> None:
    """A short recording doesn't wait for the end of a long one."""
    short = sounds.write_wav(tmp_path / "short.wav", sounds.read(sounds.CALL)[: 10 * 16000])
    ended: list[str] = []

    async def work(name: str, path: Path) -> None:
        await heard(transcriber, path)
        ended.append(name)

    await asyncio.gather(work("long", long_call), work("short", short))
    assert ended == ["short", "long"]
