"""views.*: modals and the App Home."""

from __future__ import annotations

from typing import Any

from tests.emulators.slack.desk import View
from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.hub import Change
from tests.emulators.slack.ledger import Outcome
from tests.emulators.slack.methods.method import TIER_4, Answer, Call, Method
from tests.emulators.slack.shapes.schema import Anything, Text
from tests.emulators.slack.shapes.views import check_view

VIEW = Anything(required=True)
HASH = Text()


def open_view(call: Call) -> Answer:
    """views.open: once, and within 3 seconds of the press."""
    view = _modal(call)
    trigger = call.world.triggers.exchange(call.args["trigger_id"])
    return _shown(call, call.world.desk.open(trigger.user, view))


def push_view(call: Call) -> Answer:
    """views.push: on top of the modal in which the press happened."""
    view = _modal(call)
    trigger = call.world.triggers.exchange(call.args["trigger_id"])
    if not trigger.view_id:
        raise SlackError("invalid_trigger_id")
    return _shown(call, call.world.desk.push(trigger.view_id, view))


def update_view(call: Call) -> Answer:
    """views.update."""
    view = _modal(call)
    if "view_id" not in call.args and "external_id" not in call.args:
        raise SlackError("invalid_arguments", ["missing required field: view_id"])
    found = call.world.desk.find(call.args.get("view_id", ""), call.args.get("external_id", ""))
    return _shown(call, call.world.desk.update(found, view, call.args.get("hash", "")))


def publish_home(call: Call) -> Answer:
    """views.publish."""
    world, user, content = call.world, call.args["user_id"], call.args["view"]
    _switch(call)
    check_view(content, "home")
    if user not in world.workspace.users:
        raise SlackError("user_not_found")
    view = world.desk.publish(user, content, call.args.get("hash", ""))
    world.note(Outcome.HOME, user, call.method, view.content, view.id)
    world.hub.tell([user], Change("home"))
    return {"view": world.view_json(view.id)}


def _modal(call: Call) -> dict[str, Any]:
    _switch(call)
    content: dict[str, Any] = call.args["view"]
    check_view(content, "modal")
    return content


def _switch(call: Call) -> None:
    if call.world.faults.refuse_blocks:
        raise SlackError("invalid_arguments", ["refused by a switch [json-pointer:/view/blocks]"])


def _shown(call: Call, view: View) -> Answer:
    call.world.note(Outcome.VIEW, view.user, call.method, view.content, view.id)
    call.world.show_views(view.user)
    return {"view": call.world.view_json(view.id)}


TRIGGER = Text(required=True, least=1)
METHODS = (
    Method("views.open", open_view, {"trigger_id": TRIGGER, "view": VIEW}, per_minute=TIER_4, writes=True),
    Method("views.push", push_view, {"trigger_id": TRIGGER, "view": VIEW}, per_minute=TIER_4, writes=True),
    Method(
        "views.update",
        update_view,
        {"view_id": Text(), "external_id": Text(), "hash": HASH, "view": VIEW},
        per_minute=TIER_4,
        writes=True,
    ),
    Method(
        "views.publish",
        publish_home,
        {"user_id": Text(required=True), "hash": HASH, "view": VIEW},
        per_minute=TIER_4,
        writes=True,
    ),
)
