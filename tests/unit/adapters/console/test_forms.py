"""A8: what a button asks, and that only an answer to it is taken."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from adapters.console.translate import address_of
from bot.contracts import Action, Field, Form, Press, Reply
from bot.flows.forms import LONGEST_ANSWER, asked_for
from tests.unit.adapters.console.conftest import talk_track
from tests.unit.adapters.console.test_chat import HOSTILE, dangers

TO = address_of("u1")
REASONS = (("stage", "阶段不对"), ("old", "内容过时"))
WHY = Form(
    "不适用",
    "提交",
    (Field("reason", "为什么", REASONS, required=False), Field("note", "补充", required=False, lines=3)),
)
CARD = talk_track(actions=(Action("useful", "有用"), Action("not_fit", "不适用", form=WHY)))


def press(**values: object) -> dict[str, object]:
    return {"id": str(uuid.uuid4()), "card": "card-1", "action": "not_fit", "values": values}


async def test_a_card_brings_its_form_along(rep, desk):
    await desk.say(Reply(TO, card=CARD))
    html = (await (await rep.get("/chat/history")).json())["entries"][0]["html"]
    form = html.split('<template data-form="not_fit">')[1].split("</template>")[0]
    assert form.count('type="radio"') == 2
    assert f'maxlength="{LONGEST_ANSWER}"' in form
    assert "required" not in form
    assert html.count('aria-haspopup="dialog"') == 1
    await desk.say(Reply(TO, card=replace(CARD, pressed="not_fit")))
    assert "<template" not in (await (await rep.get("/chat/history")).json())["entries"][1]["html"], "asked once"


async def test_cards_of_before_there_were_forms_are_shown(rep, desk):
    payload = desk.adapter.render(Reply(TO, card=CARD))[0]
    payload["card"]["actions"] = [{"key": "useful", "label": "有用", "style": "primary", "url": ""}]
    desk.store("u1", "out", payload=payload)
    entries = (await (await rep.get("/chat/history")).json())["entries"]
    assert 'data-key="useful"' in entries[0]["html"]


async def test_answers_come_with_the_press_and_empty_ones_are_none(rep, desk):
    desk.quiet = True
    assert (await rep.post("/chat/presses", json=press(reason="stage", note=" 客户\r\n已签\0 "))).status == 202
    assert (await rep.post("/chat/presses", json=press(reason="", note=" "))).status == 202
    assert [message.press.values for message in desk.received] == [{"reason": "stage", "note": "客户\n已签"}, {}]


@pytest.mark.parametrize(
    "values",
    [
        {"note": "x" * 301},
        {"note": 5},
        {"note": None},
        {"No te": "x"},
        {"": "x"},
        {f"k{number}": "x" for number in range(21)},
        ["note"],
        "note",
    ],
)
async def test_what_no_form_sends_is_refused(rep, desk, values):
    assert (await rep.post("/chat/presses", json=press() | {"values": values})).status == 400
    assert desk.received == []


def test_only_what_the_card_asked_counts():
    """Keys of that button's form, offered choices, short texts; nothing for a button without a form."""
    given = {"reason": "stage", "note": "好", "role": "admin"}
    assert asked_for(CARD, Press("card-1", "not_fit", values=given)) == {"reason": "stage", "note": "好"}
    assert asked_for(CARD, Press("card-1", "not_fit", values={"reason": "admin", "note": "x" * 301})) == {}
    assert asked_for(CARD, Press("card-1", "useful", values=given)) == {}
    assert asked_for(CARD, Press("card-1", "gone", values=given)) == {}
    assert asked_for(CARD, Press("card-1", "not_fit")) == {}


async def test_nothing_in_a_form_becomes_markup_of_its_own(rep, desk):
    fields = (
        Field("a", HOSTILE, ((HOSTILE, HOSTILE),)),
        Field("b", HOSTILE, value=HOSTILE),
        Field("c", HOSTILE, lines=2, value=HOSTILE),
    )
    card = talk_track(actions=(Action("x", "y", form=Form(HOSTILE, HOSTILE, fields)),))
    await desk.say(Reply(TO, card=card))
    html = (await (await rep.get("/chat/history")).json())["entries"][0]["html"]
    assert "&lt;script&gt;" in html
    assert dangers(html) == ["form"], "ours"
