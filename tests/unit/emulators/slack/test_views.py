"""Modals and homes: triggers, hashes, stacks, submissions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulators.slack import ManualClock, Outcome, SlackEmulator
from tests.unit.emulators.slack.support import (
    USER,
    ApiClient,
    EventsApp,
    actions,
    button,
    modal,
    plain,
    section,
    text_input,
)


@pytest.fixture
async def trigger(emulator: SlackEmulator, app: EventsApp) -> str:
    await emulator.callbacks.command(USER, "退回")
    return str(app.received[0]["trigger_id"])


async def test_a_trigger_opens_one_modal_within_3_seconds(
    api: ApiClient, emulator: SlackEmulator, app: EventsApp, clock: ManualClock, trigger: str
) -> None:
    assert (await api.call("views.open", trigger_id="1.2.x", view=modal()))["error"] == "invalid_trigger_id"
    clock.advance(seconds=3)
    assert (await api.call("views.open", trigger_id=trigger, view=modal()))["ok"]
    assert (await api.call("views.open", trigger_id=trigger, view=modal()))["error"] == "exchanged_trigger_id"
    await emulator.callbacks.command(USER, "退回")
    clock.advance(seconds=3.1)
    late = await api.call("views.open", trigger_id=app.received[1]["trigger_id"], view=modal())
    assert late["error"] == "expired_trigger_id"
    (opened,) = emulator.ledger.of(Outcome.VIEW)
    assert opened.channel == USER


async def test_what_a_person_fills_in_comes_back(
    api: ApiClient, emulator: SlackEmulator, app: EventsApp, trigger: str
) -> None:
    choice = {"type": "static_select", "action_id": "who", "options": [{"text": plain("李伟"), "value": "li"}]}
    blocks = [text_input(), {"type": "input", "block_id": "b2", "label": plain("谁"), "element": choice}]
    view = (await api.call("views.open", trigger_id=trigger, view=modal(*blocks, private_metadata="card-1")))["view"]
    with pytest.raises(ValueError, match="required"):
        await emulator.callbacks.submit(view["id"], {"reason": "太贵"})
    outcome = await emulator.callbacks.submit(view["id"], {"reason": "太贵", "who": "li"})
    assert outcome.errors == {}
    body = app.received[-1]
    assert (body["type"], body["view"]["private_metadata"]) == ("view_submission", "card-1")
    values = body["view"]["state"]["values"]
    assert values["reason-block"]["reason"] == {"type": "plain_text_input", "value": "太贵"}
    assert values["b2"]["who"]["selected_option"]["value"] == "li"
    assert emulator.world.desk.stack_of(USER) == []


@pytest.mark.parametrize(
    ("answer", "errors", "left"),
    [
        (None, {}, 0),
        ({"response_action": "clear"}, {}, 0),
        ({"response_action": "errors", "errors": {"reason-block": "太短"}}, {"reason-block": "太短"}, 1),
        ({"response_action": "update", "view": modal(section("谢谢"))}, {}, 1),
        ({"response_action": "push", "view": modal(section("还有"))}, {}, 2),
    ],
)
async def test_answers_to_a_submission(
    api: ApiClient,
    emulator: SlackEmulator,
    app: EventsApp,
    trigger: str,
    answer: Any,
    errors: dict[str, str],
    left: int,
) -> None:
    view = (await api.call("views.open", trigger_id=trigger, view=modal()))["view"]
    app.answer = answer
    outcome = await emulator.callbacks.submit(view["id"], {"reason": "太贵"})
    assert outcome.errors == errors
    assert len(emulator.world.desk.stack_of(USER)) == left
    assert emulator.violations == []


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "close"},
        {"response_action": "errors", "errors": {"nowhere": "?"}},
        {"response_action": "update", "view": modal(title=plain("t" * 25))},
        {"ok": True},
    ],
)
async def test_wrong_answers_to_a_submission(
    api: ApiClient, emulator: SlackEmulator, app: EventsApp, trigger: str, answer: Any
) -> None:
    view = (await api.call("views.open", trigger_id=trigger, view=modal()))["view"]
    app.answer = answer
    outcome = await emulator.callbacks.submit(view["id"], {"reason": "太贵"})
    assert "trouble" in outcome.errors[""]
    assert len(emulator.violations) == 1


async def test_an_app_that_fails_leaves_the_modal_open(
    api: ApiClient, emulator: SlackEmulator, app: EventsApp, trigger: str
) -> None:
    view = (await api.call("views.open", trigger_id=trigger, view=modal()))["view"]
    app.statuses = [500]
    outcome = await emulator.callbacks.submit(view["id"], {"reason": "太贵"})
    assert "trouble" in outcome.errors[""]
    assert len(app.received) == 2  # a press is sent once
    assert len(emulator.world.desk.stack_of(USER)) == 1


async def test_updates_and_hashes(api: ApiClient, trigger: str) -> None:
    view = (await api.call("views.open", trigger_id=trigger, view=modal(external_id="mine")))["view"]
    args = {"external_id": "mine", "hash": view["hash"]}
    assert (await api.call("views.update", view=modal(external_id="mine"), **args))["ok"]
    assert (await api.call("views.update", view=modal(), **args))["error"] == "hash_conflict"
    assert (await api.call("views.update", view=modal(), view_id="V0"))["error"] == "not_found"
    assert (await api.call("views.update", view=modal()))["error"] == "invalid_arguments"


async def test_three_modals_on_top_of_each_other(
    api: ApiClient, emulator: SlackEmulator, app: EventsApp, trigger: str
) -> None:
    content = modal(actions(button("more")), notify_on_close=True)
    assert (await api.call("views.push", trigger_id=trigger, view=content))["error"] == "invalid_trigger_id"
    await emulator.callbacks.command(USER, "退回")
    opened = await api.call("views.open", trigger_id=app.received[-1]["trigger_id"], view=content)
    top = opened["view"]["id"]
    answers = []
    for _ in range(3):
        await emulator.callbacks.press_in_view(top, "more")
        answers.append(await api.call("views.push", trigger_id=app.received[-1]["trigger_id"], view=content))
        top = answers[-1].get("view", {}).get("id", top)
    assert [answer.get("error") for answer in answers] == [None, None, "push_limit_reached"]
    closed = await emulator.callbacks.close_view(top, everything=True)
    assert [delivery.payload["is_cleared"] for delivery in closed] == [True] * 3
    assert emulator.world.desk.stack_of(USER) == []


async def test_homes(api: ApiClient, emulator: SlackEmulator, app: EventsApp) -> None:
    home = {"type": "home", "blocks": [section("早"), actions(button("today"))]}
    first = await api.call("views.publish", user_id=USER, view=home)
    assert (await api.call("views.publish", user_id=USER, view=home, hash="old"))["error"] == "hash_conflict"
    assert (await api.call("views.publish", user_id="U0WHO", view=home))["error"] == "user_not_found"
    await emulator.callbacks.open_home(USER)
    assert (app.events[0]["type"], app.events[0]["tab"]) == ("app_home_opened", "home")
    assert app.events[0]["view"]["id"] == first["view"]["id"]
    await emulator.callbacks.press_in_view(first["view"]["id"], "today")
    press = app.received[-1]
    assert (press["container"]["type"], press["view"]["type"], press["actions"][0]["action_id"]) == (
        "view",
        "home",
        "today",
    )
    assert (await api.call("views.open", trigger_id=press["trigger_id"], view=modal()))["ok"]
