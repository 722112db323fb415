"""The files that customers bring: every line is taken, or named with what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.contracts.errors import BadInput
from bot.contracts.listening import Dialogue
from knowledge.risk.cases import read_cases
from knowledge.risk.inputs import TextScores

TALK: dict[str, Any] = {
    "customer_id": "C1",
    "utterances": [
        {"text": "报价发您了", "side": "ours", "at": "2026-03-02T09:00:00+08:00"},
        {"text": "太贵了", "side": "theirs", "at": "2026-03-02T10:00:00+08:00"},
        {"text": "您跟谁比？", "side": "ours", "at": "2026-03-02T11:00:00+08:00"},
        {"text": "算了", "side": "theirs", "at": "2026-03-02T12:00:00+08:00"},
    ],
}

LATER = {"as_of": "2026-03-09T12:00:00+08:00"}


def test_features_and_dialogues_may_be_mixed(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        {"features": {"talk_ratio": 0.4, "patience": None}, "label": 0, "split": "mine"},
        {
            "dialogue": TALK,
            "time": {"as_of": "2026-03-09T12:00:00+08:00"},
            "signals": {"price_objection": 0.9},
            "label": 1,
        },
    )
    first, second = read_cases(path)
    assert (first.values["talk_ratio"], first.values["patience"], first.label) == (0.4, None, 0)
    assert (second.values["objection"], second.values["commitment"]) == (0.9, 0.0)
    assert second.values["days_since_contact"] == 7.0
    assert second.values["question_rate"] == 0.5
    assert (second.label, second.group) == (1, "C1")


def test_the_detector_is_asked_for_what_a_line_does_not_bring(tmp_path: Path) -> None:
    def reader(dialogue: Dialogue) -> TextScores:
        assert [one.text for one in dialogue.utterances][1] == "太贵了"
        return TextScores(sentiment={"1": -0.5}, signals={"price_objection": 0.7})

    path = _write(
        tmp_path,
        {"dialogue": TALK, "label": 1},
        {"dialogue": TALK, "signals": {}, "label": 1},
        {"dialogue": TALK, "label": 1},
    )
    assert [case.values["objection"] for case in read_cases(path, reader)] == [0.7, 0.0, 0.7]
    assert [case.values["objection"] for case in read_cases(path)] == [None, 0.0, None]


def test_equal_lines_belong_together(tmp_path: Path) -> None:
    """A copy in both parts would flatter the model."""
    path = _write(tmp_path, *[{"features": {"talk_ratio": ratio}, "label": 0} for ratio in (0.4, 0.4, 0.5)])
    groups = [case.group for case in read_cases(path)]
    assert groups[0] == groups[1] != groups[2]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "line 2.*JSON"),
        ('{"label": 1}', "either features or dialogue"),
        ('{"features": {}, "dialogue": {}, "label": 1}', "either features or dialogue"),
        ('{"features": {}}', "label is missing"),
        ('{"features": {}, "label": 2}', "label"),
        ('{"features": {"talkratio": 0.5}, "label": 1}', "Unknown features: talkratio"),
        ('{"features": {"talk_ratio": "0.5"}, "label": 1}', "talk_ratio"),
        ('{"features": {"talk_ratio": 50}, "label": 1}', "talk_ratio can't be 50"),
        ('{"features": {"talk_ratio": NaN}, "label": 1}', "line 2"),
        ('{"dialogue": {"utterances": [{"text": "hi", "side": "mine"}]}, "label": 1}', "side"),
        ('{"dialogue": {"utterances": "hello"}, "label": 1}', "utterances"),
        ('{"dialogue": {"utterances": [{"text": "a", "at": "yesterday"}]}, "label": 1}', "at"),
    ],
)
def test_a_bad_line_is_named_with_its_number(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text('{"features": {}, "label": 1}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"data\.jsonl, line 2") as caught:
        read_cases(path, lang="en")
    assert caught.match(problem)


def test_times_with_and_without_a_zone_are_not_compared(tmp_path: Path) -> None:
    path = _write(tmp_path, {"dialogue": TALK, "time": {"as_of": "2026-03-09T12:00:00"}, "label": 1})
    with pytest.raises(BadInput, match="时区"):
        read_cases(path)


@pytest.mark.parametrize("contents", [b"", b"\n\n"], ids=["empty", "blank"])
def test_an_empty_file_is_said_so(tmp_path: Path, contents: bytes) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes(contents)
    with pytest.raises(BadInput, match="是空的"):
        read_cases(path)


def test_another_encoding_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "data.jsonl"
    path.write_bytes('{"id": "报价", "features": {}, "label": 1}'.encode("gbk"))
    with pytest.raises(BadInput, match="UTF-8"):
        read_cases(path)
    with pytest.raises(BadInput, match="UTF-8"):
        read_cases(tmp_path)


def _write(folder: Path, *lines: dict[str, Any]) -> Path:
    path = folder / "data.jsonl"
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path
