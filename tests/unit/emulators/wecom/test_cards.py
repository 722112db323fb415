"""PROTOCOLS, WeCom template_card: hard limits, task_id, response_code."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.emulators.wecom import ManualClock, Outcome, WecomEmulator
from tests.unit.emulators.wecom.samples import CARDS
from tests.unit.emulators.wecom.support import ApiClient, CallbackApp

Card = dict[str, Any]


@pytest.mark.parametrize("card", CARDS, ids=[card["card_type"] for card in CARDS])
async def test_a_full_card_of_each_type_arrives(api: ApiClient, emulator: WecomEmulator, card: Card) -> None:
    answer = await api.card(card)
    assert answer["errcode"] == 0
    assert emulator.ledger.delivered_to("zhangmin")[0].payload == card
    assert ("response_code" in answer) == ("interaction" in card["card_type"] or "action_menu" in card)
    assert (emulator.violations, emulator.warnings) == ([], [])


def option(number: int) -> Card:
    return {"id": str(number), "text": str(number)}


def select(number: int, options: int = 2) -> Card:
    return {"question_key": str(number), "option_list": [option(i) for i in range(options)]}


def button(number: int) -> Card:
    return {"text": "好", "key": str(number)}


OVER: list[tuple[str, str, Any]] = [
    ("text_notice", "horizontal_content_list", [{"keyname": "a", "value": "b"}] * 7),
    ("text_notice", "jump_list", [{"title": "a"}] * 4),
    ("text_notice", "card_action", {"type": 0}),
    ("text_notice", "card_action", {"type": 1}),
    ("text_notice", "quote_area", {"type": 1, "quote_text": "没有链接"}),
    ("text_notice", "action_menu", {"action_list": []}),
    ("news_notice", "vertical_content_list", [{"title": "a"}] * 5),
    ("news_notice", "card_image", {"url": "https://example.com/a.png", "aspect_ratio": 3}),
    ("news_notice", "main_title", {"title": ""}),
    ("button_interaction", "button_list", [button(i) for i in range(7)]),
    ("button_interaction", "button_list", []),
    ("button_interaction", "button_list", [button(1), button(1)]),
    ("button_interaction", "button_list", [{"text": "好", "key": "钥" * 342}]),
    ("button_interaction", "button_list", [{"text": "没有 key"}]),
    ("button_interaction", "button_selection", select(1, 11)),
    ("multiple_interaction", "select_list", [select(i) for i in range(4)]),
    ("multiple_interaction", "select_list", [select(1), select(1)]),
    ("multiple_interaction", "select_list", [select(1, 11)]),
    ("vote_interaction", "checkbox", select(1, 21)),
    ("vote_interaction", "checkbox", {"question_key": "q", "option_list": [{"id": "选" * 43, "text": "a"}]}),
    ("vote_interaction", "submit_button", {"text": "提交"}),
]


@pytest.mark.parametrize(("card_type", "field", "value"), OVER)
async def test_hard_limits(api: ApiClient, card_type: str, field: str, value: Any) -> None:
    card = copy.deepcopy(next(card for card in CARDS if card["card_type"] == card_type))
    assert (await api.card({**card, field: value}))["errcode"] == 40058


AT_THE_LIMIT: list[tuple[str, str, Any]] = [
    ("text_notice", "horizontal_content_list", [{"keyname": "a", "value": "b"}] * 6),
    ("text_notice", "jump_list", [{"title": "a"}] * 3),
    ("news_notice", "vertical_content_list", [{"title": "a"}] * 4),
    ("button_interaction", "button_list", [button(i) for i in range(6)]),
    ("multiple_interaction", "select_list", [select(i, 10) for i in range(3)]),
    ("vote_interaction", "checkbox", select(1, 20)),
]


@pytest.mark.parametrize(("card_type", "field", "value"), AT_THE_LIMIT)
async def test_the_limit_itself_is_allowed(api: ApiClient, card_type: str, field: str, value: Any) -> None:
    card = copy.deepcopy(next(card for card in CARDS if card["card_type"] == card_type))
    assert (await api.card({**card, field: value}))["errcode"] == 0


@pytest.mark.parametrize("task_id", ["", "有汉字", "a b", "x" * 129])
async def test_task_id_must_be_right(api: ApiClient, button_card: Card, task_id: str) -> None:
    assert (await api.card({**button_card, "task_id": task_id}))["errcode"] == 42014


async def test_task_id_is_unique(api: ApiClient, button_card: Card) -> None:
    assert (await api.card(button_card))["errcode"] == 0
    assert (await api.card(button_card, touser="liwei"))["errcode"] == 42014


async def test_without_a_callback_url_interactive_cards_are_refused(
    api: ApiClient, emulator: WecomEmulator, button_card: Card
) -> None:
    emulator.set_callback(None)
    assert (await api.card(button_card))["errcode"] == 43012


async def test_long_titles_are_only_warned_about(api: ApiClient, emulator: WecomEmulator, button_card: Card) -> None:
    button_card["main_title"]["title"] = "题" * 37
    assert (await api.card(button_card))["errcode"] == 0
    assert len(emulator.warnings) == 1


def update(code: str, **what: Any) -> Card:
    return {"userids": ["zhangmin"], "agentid": 1000002, "response_code": code, **what}


async def press(api: ApiClient, emulator: WecomEmulator, app: CallbackApp, card: Card) -> str:
    msgid = (await api.card(card))["msgid"]
    await emulator.callbacks.press_button("zhangmin", msgid, "approve")
    return str(app.received[-1]["ResponseCode"])


async def test_a_pressed_button_is_greyed_by_its_code(
    api: ApiClient, emulator: WecomEmulator, app: CallbackApp, button_card: Card
) -> None:
    code = await press(api, emulator, app, button_card)
    answer = await api.post("message/update_template_card", update(code, button={"replace_name": "已同意"}))
    assert answer == {"errcode": 0, "errmsg": "ok", "invaliduser": []}
    bubble = emulator.chats.of("zhangmin")[0]
    assert (bubble.content["replace_text"], bubble.pressed) == ("已同意", "")
    assert len(emulator.ledger.of(Outcome.UPDATED, place="zhangmin")) == 1
    with pytest.raises(ValueError, match="greyed"):
        await emulator.callbacks.press_button("zhangmin", bubble, "approve")


async def test_a_whole_new_card_takes_the_place(
    api: ApiClient, emulator: WecomEmulator, app: CallbackApp, button_card: Card
) -> None:
    code = await press(api, emulator, app, button_card)
    renewed = {**button_card, "main_title": {"title": "已同意"}, "replace_text": "已同意"}
    body = update(code, template_card=renewed) | {"userids": ["zhangmin", "Stranger"]}
    answer = await api.post("message/update_template_card", body)
    assert (answer["errcode"], answer["invaliduser"]) == (0, ["stranger"])
    assert emulator.chats.of("zhangmin")[0].content == renewed
    assert emulator.violations == []


async def test_a_code_works_once(api: ApiClient, emulator: WecomEmulator, app: CallbackApp, button_card: Card) -> None:
    code = await press(api, emulator, app, button_card)
    body = update(code, button={"replace_name": "好"})
    answers = [(await api.post("message/update_template_card", body))["errcode"] for _ in range(2)]
    assert answers == [0, 42022]


@pytest.mark.parametrize(("hours", "errcode"), [(71, 0), (72, 40058)])
async def test_a_code_lives_72_hours(
    api: ApiClient,
    emulator: WecomEmulator,
    app: CallbackApp,
    clock: ManualClock,
    button_card: Card,
    hours: int,
    errcode: int,
) -> None:
    code = await press(api, emulator, app, button_card)
    clock.advance(hours=hours)
    await api.token()
    body = update(code, button={"replace_name": "好"})
    assert (await api.post("message/update_template_card", body))["errcode"] == errcode


BAD_UPDATES: list[tuple[int, Callable[[Card], Card]]] = [
    (40058, lambda body: body | {"response_code": "made-up"}),
    (40058, lambda body: {k: v for k, v in body.items() if k != "button"}),
    (82001, lambda body: body | {"userids": []}),
    (301002, lambda body: body | {"agentid": 5}),
]


@pytest.mark.parametrize(("errcode", "change"), BAD_UPDATES)
async def test_wrong_updates(
    api: ApiClient,
    emulator: WecomEmulator,
    button_card: Card,
    errcode: int,
    change: Callable[[Card], Card],
) -> None:
    code = (await api.card(button_card))["response_code"]
    body = change(update(code, button={"replace_name": "好"}))
    assert (await api.post("message/update_template_card", body))["errcode"] == errcode
    assert emulator.ledger.of(Outcome.UPDATED) == []


async def test_a_replaced_card_answers_to_its_new_task_id(
    api: ApiClient, emulator: WecomEmulator, app: CallbackApp, button_card: Card
) -> None:
    code = await press(api, emulator, app, button_card)
    renewed = {**button_card, "task_id": "quote-1-second"}
    await api.post("message/update_template_card", update(code, template_card=renewed))
    await emulator.callbacks.press_button("zhangmin", "quote-1-second", "reject")
    assert app.received[-1]["TaskId"] == "quote-1-second"


async def test_a_press_that_was_not_taken_can_be_made_again(
    api: ApiClient, emulator: WecomEmulator, app: CallbackApp, button_card: Card
) -> None:
    await api.card(button_card)
    app.statuses = [500] * 4
    assert not (await emulator.callbacks.press_button("zhangmin", "quote-1", "approve")).ok
    bubble = emulator.chats.of("zhangmin")[0]
    assert (bubble.pressed, bubble.note) == ("", "HTTP 500")
    assert (await emulator.callbacks.press_button("zhangmin", "quote-1", "approve")).ok
    assert (bubble.pressed, bubble.note) == ("approve", "")
