"""assistant.threads.*: what an assistant thread shows besides its messages."""

from __future__ import annotations

from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.hub import Change
from tests.emulators.slack.ledger import Outcome
from tests.emulators.slack.methods.content import LOOKS
from tests.emulators.slack.methods.method import SPECIAL, TIER_4, Answer, Call, Method
from tests.emulators.slack.shapes.schema import Fields, Items, Spec, Text
from tests.emulators.slack.world import Thread

PLACE: dict[str, Spec] = {"channel_id": Text(required=True, least=1), "thread_ts": Text(required=True, least=1)}
SCOPES = ("assistant:write", "chat:write")
PROMPTS = 4


def set_status(call: Call) -> Answer:
    """assistant.threads.setStatus: 正在…; an answer or an empty status takes it away."""
    thread = _thread(call)
    thread.status = call.args["status"]
    return _told(call)


def set_prompts(call: Call) -> Answer:
    """assistant.threads.setSuggestedPrompts."""
    thread = _thread(call)
    thread.prompts_title, thread.prompts = call.args.get("title", ""), call.args["prompts"]
    return _told(call)


def set_title(call: Call) -> Answer:
    """assistant.threads.setTitle."""
    thread = _thread(call)
    thread.title = call.args["title"]
    return _told(call)


def _thread(call: Call) -> Thread:
    room = call.world.rooms.for_bot(call.args["channel_id"])
    if room.find(call.args["thread_ts"]) is None:
        raise SlackError("invalid_thread_ts")
    return call.world.threads.setdefault((room.id, call.args["thread_ts"]), Thread())


def _told(call: Call) -> Answer:
    world, channel, ts = call.world, call.args["channel_id"], call.args["thread_ts"]
    world.note(Outcome.STATUS, channel, call.method, call.args, ts)
    world.hub.tell(world.rooms.get(channel).members, Change("thread", channel, ts))
    return {}


METHODS = (
    Method(
        "assistant.threads.setStatus",
        set_status,
        {**PLACE, **LOOKS, "status": Text(required=True), "loading_messages": Items(Text(), most=10)},
        SCOPES,
        SPECIAL,
        writes=True,
    ),
    Method(
        "assistant.threads.setSuggestedPrompts",
        set_prompts,
        {
            **PLACE,
            "title": Text(),
            "prompts": Items(
                Fields({"title": Text(required=True, least=1), "message": Text(required=True, least=1)}),
                required=True,
                least=1,
                most=PROMPTS,
            ),
        },
        SCOPES,
        TIER_4,
        writes=True,
    ),
    Method(
        "assistant.threads.setTitle",
        set_title,
        {**PLACE, "title": Text(required=True, least=1)},
        SCOPES,
        TIER_4,
        writes=True,
    ),
)
