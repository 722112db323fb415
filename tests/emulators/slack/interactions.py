"""Presses, submissions and commands, as the payloads that Slack makes of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.emulators.slack.desk import View
from tests.emulators.slack.posts import as_json
from tests.emulators.slack.rooms import Post, Room
from tests.emulators.slack.shapes.blocks import choices_of, elements_of
from tests.emulators.slack.world import World

Chosen = str | list[str] | None
# What the answer of each element is called in payloads.
WORDS = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
SINGLE = {"static_select", "radio_buttons", "overflow"}
MANY = {"multi_static_select", "checkboxes"}
NAMED = {
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}


def find_element(blocks: list[dict[str, Any]], action_id: str) -> tuple[str, dict[str, Any]]:
    """The block_id and element of an action_id; LookupError when there is none."""
    for block in blocks:
        for _, element in elements_of(block):
            if element.get("action_id") == action_id:
                return block["block_id"], element
    raise LookupError(f"no element with action_id {action_id!r}")


def answer_of(element: Mapping[str, Any], chosen: Chosen) -> dict[str, Any]:
    """What a person has put into an element, as in `state.values` and `actions`."""
    kind: str = element["type"]
    if kind in WORDS:
        return {"type": kind, "value": chosen if chosen is not None else element.get("initial_value")}
    if kind in SINGLE:
        found = _option(element, chosen) if isinstance(chosen, str) else element.get("initial_option")
        return {"type": kind, "selected_option": found}
    if kind in MANY:
        wanted = [_option(element, value) for value in chosen] if isinstance(chosen, list) else None
        return {"type": kind, "selected_options": element.get("initial_options", []) if wanted is None else wanted}
    if kind in NAMED:
        name = NAMED[kind]
        return {"type": kind, name: chosen if chosen is not None else element.get(name.replace("selected", "initial"))}
    return {"type": kind}


def is_empty(answer: Mapping[str, Any]) -> bool:
    """Whether a required input would hold the person back."""
    return all(not value for name, value in answer.items() if name != "type")


def state_of(view: View, values: Mapping[str, Chosen]) -> dict[str, Any]:
    """`state.values` of a modal; ValueError when Slack's client wouldn't send it."""
    state: dict[str, Any] = {}
    unknown = set(values)
    for block in (block for block in view.content["blocks"] if block["type"] == "input"):
        element = block["element"]
        answer = answer_of(element, values.get(element["action_id"], values.get(block["block_id"])))
        unknown -= {element["action_id"], block["block_id"]}
        if is_empty(answer) and not block.get("optional"):
            raise ValueError(f"{element['action_id']}: please fill in this required field")
        _check_length(element, answer)
        state[block["block_id"]] = {element["action_id"]: answer}
    if unknown:
        raise ValueError(f"the modal has no inputs {sorted(unknown)}")
    return state


def action(world: World, block_id: str, element: Mapping[str, Any], chosen: Chosen) -> dict[str, Any]:
    """One entry of `actions`."""
    made: dict[str, Any] = {"action_id": element["action_id"], "block_id": block_id, "type": element["type"]}
    if element["type"] == "button":
        made.update({name: element[name] for name in ("text", "value", "style") if name in element})
    elif element["type"] == "feedback_buttons":
        made["value"] = chosen
    else:
        made.update(answer_of(element, chosen))
    return {**made, "action_ts": world.rooms.stamps.next()}


def pressed_in_message(
    world: World, user: str, room: Room, post: Post, actions: list[dict[str, Any]]
) -> dict[str, Any]:
    """block_actions of a message."""
    container = {
        "type": "message",
        "message_ts": post.ts,
        "channel_id": room.id,
        "is_ephemeral": bool(post.only_for),
        **({"thread_ts": post.thread_ts} if post.thread_ts else {}),
    }
    return {
        **_common(world, user, "block_actions", world.triggers.issue(user)),
        "container": container,
        "channel": {"id": room.id, "name": "directmessage" if room.kind == "im" else room.name},
        "message": as_json(post, world.workspace),
        "state": {"values": {}},
        "response_url": response_url(world, user, room, post.ts),
        "actions": actions,
    }


def pressed_in_view(world: World, view: View, actions: list[dict[str, Any]]) -> dict[str, Any]:
    """block_actions of a modal or an App Home."""
    shown = world.view_json(view.id)
    modal = view.content["type"] == "modal"
    return {
        **_common(world, view.user, "block_actions", world.triggers.issue(view.user, view.id if modal else "")),
        "container": {"type": "view", "view_id": view.id},
        "view": shown,
        "state": shown["state"],
        "actions": actions,
    }


def submitted(world: World, view: View) -> dict[str, Any]:
    """view_submission."""
    trigger = world.triggers.issue(view.user, view.id)
    common = _common(world, view.user, "view_submission", trigger)
    return {**common, "view": world.view_json(view.id), "response_urls": []}


def closed(world: World, view: View, *, cleared: bool) -> dict[str, Any]:
    """view_closed, for modals that asked for it."""
    common = _common(world, view.user, "view_closed", "")
    del common["trigger_id"]
    return {**common, "view": world.view_json(view.id), "is_cleared": cleared}


def command(world: World, user: str, room: Room, name: str, text: str) -> dict[str, str]:
    """A slash command: a flat form."""
    space = world.workspace
    return {
        "token": space.verification_token,
        "team_id": space.team_id,
        "team_domain": "emulated",
        "channel_id": room.id,
        "channel_name": "directmessage" if room.kind == "im" else room.name,
        "user_id": user,
        "user_name": user.lower(),
        "command": name,
        "text": text,
        "api_app_id": space.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url(world, user, room),
        "trigger_id": world.triggers.issue(user),
    }


def response_url(world: World, user: str, room: Room, ts: str = "") -> str:
    """An address for answers, good for 30 minutes and five uses."""
    key = world.triggers.issue_response(user, room.id, ts)
    return f"{world.base_url}/response/{world.workspace.team_id}/{key}"


def _common(world: World, user: str, kind: str, trigger: str) -> dict[str, Any]:
    space = world.workspace
    return {
        "type": kind,
        "user": {"id": user, "username": user.lower(), "name": user.lower(), "team_id": space.team_id},
        "api_app_id": space.app_id,
        "token": space.verification_token,
        "trigger_id": trigger,
        "team": {"id": space.team_id, "domain": "emulated"},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _option(element: Mapping[str, Any], value: str) -> dict[str, Any]:
    found = next((option for option in choices_of(dict(element)) if option["value"] == value), None)
    if found is None:
        raise LookupError(f"no option {value!r}")
    return {"text": found["text"], "value": found["value"]}


def _check_length(element: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    words = answer.get("value") or ""
    if words and not element.get("min_length", 0) <= len(words) <= element.get("max_length", 3000):
        raise ValueError(f"{element['action_id']}: the length isn't allowed")
