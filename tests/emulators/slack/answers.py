"""What the app may answer to a submission, to a command, and at a response_url."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.emulators.slack.delivery import Delivery
from tests.emulators.slack.desk import View
from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.ledger import Outcome
from tests.emulators.slack.methods.content import Content, good_blocks, thread_of
from tests.emulators.slack.methods.publish import bot_post, change, delete, publish, whisper
from tests.emulators.slack.rooms import Room
from tests.emulators.slack.shapes.schema import Anything, Fields, Flag, Text
from tests.emulators.slack.shapes.views import check_view
from tests.emulators.slack.triggers import Response
from tests.emulators.slack.world import World

SUBMISSION = {
    "clear": Fields({"response_action": Text()}),
    "errors": Fields({"response_action": Text(), "errors": Anything(required=True)}),
    "update": Fields({"response_action": Text(), "view": Anything(required=True)}),
    "push": Fields({"response_action": Text(), "view": Anything(required=True)}),
}
MESSAGE = Fields(
    {
        "text": Text(),
        "blocks": Anything(),
        "response_type": Text(choices=("in_channel", "ephemeral")),
        "replace_original": Flag(),
        "delete_original": Flag(),
        "thread_ts": Text(),
        "mrkdwn": Flag(),
    }
)
TROUBLE = "We had some trouble connecting. Try again?"


@dataclass(frozen=True)
class Submission:
    """What became of a submitted modal: it closed or changed, or says what is wrong."""

    delivery: Delivery
    errors: dict[str, str] = field(default_factory=dict)  # by block_id; "" for the whole


class Answers:
    """Does what the app's answers say."""

    def __init__(self, world: World) -> None:
        self._world = world

    def to_submission(self, view: View, delivery: Delivery) -> Submission:
        """Close, change or mark the modal."""
        if not delivery.ok:
            return Submission(delivery, {"": TROUBLE})
        answer = delivery.answer or {}
        try:
            errors = self._follow(view, answer)
        except SlackError as error:
            self._world.record.violation(f"the answer to view_submission was refused: {error}")
            errors = {"": TROUBLE}
        self._world.show_views(view.user)
        return Submission(delivery, errors)

    def to_command(self, user: str, room: Room, delivery: Delivery) -> None:
        """Words in the answer to a command are shown; to the person alone unless in_channel."""
        answer = delivery.answer if delivery.ok else None
        if not answer:
            return
        response = Response(user, room.id, self._world.clock.now())
        try:
            self.to_response(response, answer if isinstance(answer, dict) else {"text": answer}, "command")
        except SlackError as error:
            self._world.record.violation(f"the answer to a command was refused: {error}")

    def to_response(self, response: Response, body: dict[str, Any], method: str = "response_url") -> None:
        """A message, or a change of the one that was pressed; raises SlackError when it is wrong."""
        world, room = self._world, self._world.rooms.get(response.channel)
        if problems := list(MESSAGE.check(body, "")):
            raise SlackError("invalid_arguments", problems)
        original = room.find(response.ts) if response.ts else None
        if body.get("delete_original") and original:
            delete(world, room, original, method)
            return
        content = Content(body.get("text", ""), good_blocks(world, body.get("blocks")), None)
        if not content.text and not content.blocks:
            raise SlackError("no_text")
        if body.get("replace_original") and original:
            change(world, room, original, content, method)
            return
        thread = thread_of(world, room, body.get("thread_ts", ""))
        if body.get("response_type") == "in_channel":
            publish(world, room, bot_post(world, content, thread), method)
        else:
            whisper(world, room, bot_post(world, content, thread, only_for=response.user), method)

    def _follow(self, view: View, answer: Any) -> dict[str, str]:
        desk = self._world.desk
        if not answer:
            desk.close(view)
            return {}
        action = answer.get("response_action") if isinstance(answer, dict) else None
        if action not in SUBMISSION:
            raise SlackError("invalid_arguments", [f"unknown response_action {action!r}"])
        if problems := list(SUBMISSION[action].check(answer, "")):
            raise SlackError("invalid_arguments", problems)
        if action == "errors":
            return _errors(view, answer["errors"])
        if action == "clear":
            desk.close(view, everything=True)
            return {}
        check_view(answer["view"], "modal")
        shown = desk.update(view, answer["view"]) if action == "update" else desk.push(view.id, answer["view"])
        self._world.note(Outcome.VIEW, view.user, f"view_submission {action}", shown.content, shown.id)
        return {}


def _errors(view: View, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.content["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not errors.keys() <= inputs:
        raise SlackError("invalid_arguments", [f"errors must name input blocks: {errors!r}"])
    return {block: str(words) for block, words in errors.items()}
