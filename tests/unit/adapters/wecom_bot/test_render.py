"""Replies → payloads, each within WeCom's limits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.wecom_bot.render import CONTENT_BYTES, fitting, for_callbacks, for_socket
from bot.contracts.card import Action, Card, Section
from bot.contracts.reply import Address, CardUpdate, OutgoingFile, Reply

TO, CONSOLE = Address("wecom_bot", "user:zhangsan"), "https://bot.example.com"
CARD = Card(
    id="c1", headline="先认同，再拆总成本", sections=(Section("话术", "三步"),), actions=(Action("useful", "有用"),)
)


def test_text_keeps_its_markdown_but_not_dangerous_links() -> None:
    table = "| 人 | 次 |\n|---|---|\n| 张三 | 3 |"
    links = "[官网](https://example.com) [坏](javascript:alert) [本机](http://127.0.0.1/x) `[a](b:c)`"
    [payload] = for_socket(Reply(TO, text=f"{table}\n<think>{links}</think>"), CONSOLE)
    assert payload["content"] == f"{table}\n[官网](https://example.com) 坏 本机 `[a](b:c)`"


def test_a_callback_gets_text_and_card_in_one_answer() -> None:
    [payload] = for_callbacks(Reply(TO, text="可以这样说", card=CARD), CONSOLE)
    assert (payload["call"], payload["content"], payload["lead"]) == ("answer", "可以这样说", "先认同，再拆总成本")
    assert payload["card"]["card_type"] == "button_interaction"
    assert "三步" in payload["words"]


def test_a_socket_gets_one_call_each() -> None:
    file = OutgoingFile("decks/a.pptx", "晨会.pptx", "application/octet-stream")
    payloads = for_socket(Reply(TO, text="看", card=CARD, files=(file,)), CONSOLE)
    assert [(payload["call"], "card" in payload) for payload in payloads] == [
        ("answer", False), ("answer", True), ("file", False)
    ]  # fmt: skip


@pytest.mark.parametrize("render", [for_callbacks, for_socket])
def test_a_press_is_answered_by_its_card(render: Any) -> None:
    reply = Reply(TO, card=CARD, update=CardUpdate("c1", "task-1|zhangsan"))
    [payload] = render(reply, CONSOLE)
    assert (payload["call"], payload["task_id"], payload["user"]) == ("update", "task-1", "zhangsan")


def test_a_card_that_cannot_be_drawn_is_said() -> None:
    [payload] = for_callbacks(Reply(TO, card=Card(id="c", headline="只有一句话")), "")
    assert payload == {"call": "answer", "content": "**只有一句话**"}


def test_files_are_pointed_to_where_they_cannot_be_sent() -> None:
    file = OutgoingFile("a.pptx", "晨会.pptx", "application/octet-stream")
    [payload] = for_callbacks(Reply(TO, text="好了", files=(file,)), CONSOLE)
    assert ("晨会.pptx" in payload["content"], CONSOLE in payload["content"]) == (True, True)


def test_very_long_text_says_that_it_is_cut() -> None:
    text = "很长的一句话。" * 4000
    parts = for_callbacks(Reply(TO, text=text), CONSOLE)
    assert len(parts) == 2
    assert parts[1]["content"].endswith(f"（内容过长，全文见 {CONSOLE}）")
    assert all(len(part["content"].encode()) <= CONTENT_BYTES for part in parts)
    whole = for_socket(Reply(TO, text=text), CONSOLE)
    assert sum(part["content"].count("很长") for part in whole) == 4000


@settings(max_examples=40, deadline=None)
@given(st.text(), st.integers(1, 3000))
def test_whatever_is_said_fits(text: str, times: int) -> None:
    for render in (for_callbacks, for_socket):
        for payload in render(Reply(TO, text=text * times, card=CARD), CONSOLE):
            json.dumps(payload, ensure_ascii=False).encode()
            assert len(payload.get("content", "").encode()) <= CONTENT_BYTES
    assert len(fitting(text * times).encode()) <= CONTENT_BYTES
