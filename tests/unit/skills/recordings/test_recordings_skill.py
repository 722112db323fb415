"""A17: ids, wishes, cards and marked text of recordings."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.contracts.listening import Evidence, Side, Signal, Source
from knowledge.listening.promises import Promise
from knowledge.listening.summary import Point
from skills.recordings.cards import Maker
from skills.recordings.names import (
    asking_card,
    card_of,
    dialogue_of,
    dialogue_of_card,
    file_asked_about,
    is_recording,
    pick_key,
    picked,
)
from skills.recordings.pages import clock_of, marked
from skills.recordings.report import Report, report_of
from skills.recordings.understanding import Asked, asked
from storage.repositories.dialogues import DialogueRecord
from storage.repositories.files import FileRecord

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
REPORT = Report(
    [Point("u1", "价格太贵了")],
    [Promise("u2", "我周五前把报价发您", Side.OURS, date(2026, 11, 27)), Promise("u3", "下周给您答复", Side.THEIRS)],
    Point("u4", "下周三再聊"),
    False,
    {"说话人1": Side.OURS, "说话人2": Side.THEIRS},
    {"说话人1": {"share": 0.6}, "说话人2": {"share": 0.4}},
)
RECORD = DialogueRecord("rec-1", Source.RECORDING, NOW, customer_id="C1", title="a.wav", state="ready", seconds=630.0)


def test_a_file_has_one_dialogue_and_cards_lead_back() -> None:
    id_ = dialogue_of("m1#0")
    assert id_ == dialogue_of("m1#0") != dialogue_of("m1#1")
    assert dialogue_of_card(card_of(id_, "result")) == id_
    assert dialogue_of_card(asking_card(0)) == ""
    assert file_asked_about(asking_card(2), "m1") == "m1#2"


def test_a_customer_fits_into_a_button_or_is_not_offered() -> None:
    assert picked(pick_key("C-2026-0001")) == "C-2026-0001"
    assert pick_key("X" * 30) == ""


@pytest.mark.parametrize(
    ("name", "media_type", "expected"),
    [
        ("a.bin", "audio/amr", True),
        ("a.mp4", "video/mp4", True),
        ("a.MP3", "text/plain", True),
        ("voice.silk", "application/octet-stream", True),
        ("a.pdf", "application/pdf", False),
        ("mp3", "text/plain", False),
    ],
)
def test_what_counts_as_a_recording(name: str, media_type: str, expected: bool) -> None:
    assert is_recording(FileRecord("f", "files/f", name, media_type, 1, "", NOW)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("完成 1", Asked("close", 1)),
        ("完成第2件。", Asked("close", 2)),
        ("不用做 3", Asked("close", 3, drop=True)),
        ("done 1", Asked("close", 1)),
        ("drop 2", Asked("close", 2, drop=True)),
        ("我的待办", Asked("tasks")),
        ("上次和铭岳的通话说了什么", Asked("last")),
        ("what was said in the last call", Asked("last")),
        ("我的录音", Asked("list")),
        ("12", Asked("list")),
    ],
)
def test_wishes(text: str, expected: Asked) -> None:
    assert asked(text) == expected


def test_the_report_survives_storage() -> None:
    assert report_of(REPORT.to_json()) == REPORT
    assert report_of(None) == Report([], [])


def test_the_first_line_carries_the_point() -> None:
    """A risk before promises, promises before calm; unknown speakers before everything."""
    maker = Maker("zh", "https://x")
    risk = Signal("price_objection", 0.9, (Evidence("rec-1", "u1", "价格太贵了"),))
    assert maker.result(RECORD, "铭岳", REPORT, [risk]).headline == "铭岳：客户觉得价格高"
    card = maker.result(RECORD, "铭岳", REPORT, [])
    assert card.headline.startswith("铭岳：您答应了 1 件事")
    assert "我方说了 60%" in card.summary
    assert "下一步：下周三再聊" in card.summary
    assert "我周五前把报价发您（11-27 前）" in card.sections[0].body
    unknown = Report(sides={"说话人1": Side.UNKNOWN, "说话人2": Side.UNKNOWN})
    asking = maker.result(RECORD, "铭岳", unknown, [risk])
    assert "哪位是您" in asking.headline
    assert [action.key for action in asking.actions][:2] == ["side_0", "side_1"]


def test_cited_words_are_marked_and_nothing_is_lost() -> None:
    pieces = marked("我觉得价格太贵了，再看看", ["价格太贵了", "没有这句"])
    assert pieces == [("我觉得", False), ("价格太贵了", True), ("，再看看", False)]
    assert "".join(text for text, _ in marked("aa", ["a", "aa"])) == "aa"


def test_moments_are_shown_as_people_read_them() -> None:
    assert [clock_of(seconds) for seconds in (0, 187.9, 3787)] == ["0:00", "3:07", "1:03:07"]
