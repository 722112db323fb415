"""A16: on whose side somebody speaks: by their telephone line, by name, by a name's sound; else nobody guesses."""

from __future__ import annotations

import pytest

from adapters.speech.utterances import line_of
from bot.contracts.listening import Side, Utterance
from knowledge.listening.sides import Known, sides_of

pytest.importorskip("pypinyin")
OURS, THEIRS, UNKNOWN = Side.OURS, Side.THEIRS, Side.UNKNOWN
NAMES = Known(ours=["张敏", "王强", "锐泽智能装备"], theirs=["恒锐精密", "恒锐"], heard=["张敏", "锐泽智能装备"])


def talk(*lines: tuple[str, str]) -> list[Utterance]:
    return [Utterance(f"0-{n}", text, speaker=speaker) for n, (speaker, text) in enumerate(lines)]


def sides(said: list[Utterance], known: Known = NAMES) -> tuple[Side, ...]:
    found = sides_of(said, known)
    return found["1"], found["2"]


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("您好，我是锐泽的张敏", (OURS, THEIRS)),
        ("您好，我是张民", (OURS, THEIRS)),  # as a transcriber writes it
        ("您好，我是瑞泽智能装备的小李", (OURS, THEIRS)),
        ("喂，我们是横瑞的", (THEIRS, OURS)),
        ("您好，我是王墙", (UNKNOWN, UNKNOWN)),  # sounds like a colleague whose recording it isn't
        ("张民在吗", (UNKNOWN, UNKNOWN)),  # asked for, not introduced
        ("我是采购的老李", (UNKNOWN, UNKNOWN)),
    ],
)
def test_names_are_known_by_their_sound_too(first: str, expected: tuple[Side, Side]) -> None:
    assert sides(talk(("1", first), ("2", "嗯，您说"))) == expected


def test_the_line_tells_and_a_contradiction_is_unknown() -> None:
    """Words count against a line that was set the wrong way round: then nobody is known."""
    lines = {"1": THEIRS, "2": OURS}
    known = Known(NAMES.ours, NAMES.theirs, lines=lines)
    assert sides(talk(("1", "喂"), ("2", "您好")), known) == (THEIRS, OURS)
    assert sides(talk(("1", "喂"), ("2", "我是张敏")), known) == (THEIRS, OURS)
    assert sides(talk(("1", "我是张敏"), ("2", "您好")), known) == (UNKNOWN, UNKNOWN)


@pytest.mark.parametrize(("id_", "line"), [("0a-3", "left"), ("12b-0", "right"), ("0-3", ""), ("0-3-1", "")])
def test_an_utterance_knows_its_line(id_: str, line: str) -> None:
    assert line_of(id_) == line
