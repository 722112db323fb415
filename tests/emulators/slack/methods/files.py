"""files.*: the three steps of an upload, and what a file is."""

from __future__ import annotations

from typing import Any

from tests.emulators.slack.cabinet import MAX_BYTES, StoredFile
from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.methods.content import Content, good_blocks, thread_of
from tests.emulators.slack.methods.method import TIER_4, Answer, Call, Method
from tests.emulators.slack.methods.publish import bot_post, publish
from tests.emulators.slack.shapes.schema import Anything, Fields, Items, Number, Text


def get_upload_url(call: Call) -> Answer:
    """files.getUploadURLExternal: step one."""
    world = call.world
    file = world.files.reserve(world.workspace.bot_user_id, call.args["filename"], call.args["length"])
    return {"upload_url": f"{world.base_url}/upload/v1/{file.key}", "file_id": file.id}


def complete(call: Call) -> Answer:
    """files.completeUploadExternal: step three; without a channel nobody sees the file."""
    world = call.world
    channels = [name for name in call.args.get("channels", "").split(",") if name]
    rooms = [_room(call, name) for name in [call.args.get("channel_id", ""), *channels] if name]
    thread = thread_of(world, rooms[0], call.args.get("thread_ts", "")) if rooms else ""
    blocks = good_blocks(world, call.args.get("blocks"))
    for room in rooms:
        world.buckets.message(room.id)
    files = [world.files.complete(item["id"], item.get("title", "")) for item in call.args["files"]]
    shown = [_json(call, file) for file in files]
    for room in rooms:
        content = Content(call.args.get("initial_comment", ""), blocks, None)
        post = bot_post(world, content, thread, files=shown, subtype="file_share")
        publish(world, room, post, call.method)
        for file in files:
            file.share(room, post.ts)
    return {"files": [{"id": file.id, "title": file.title or file.name} for file in files]}


def info(call: Call) -> Answer:
    """files.info."""
    file = _json(call, call.world.files.get(call.args["file"]))
    return {"file": file, "comments": [], "response_metadata": {"next_cursor": ""}}


def _room(call: Call, name: str) -> Any:
    try:
        return call.world.rooms.for_bot(name)
    except SlackError as error:
        raise SlackError("invalid_channel" if error.error == "channel_not_found" else error.error) from error


def _json(call: Call, file: StoredFile) -> dict[str, Any]:
    return file.as_json(call.world.base_url, call.world.workspace.team_id)


METHODS = (
    Method(
        "files.getUploadURLExternal",
        get_upload_url,
        {
            "filename": Text(required=True, least=1),
            "length": Number(required=True, low=1, high=MAX_BYTES),
            "alt_txt": Text(most=1000),
            "snippet_type": Text(),
        },
        ("files:write",),
        TIER_4,
        json=False,
        writes=True,
    ),
    Method(
        "files.completeUploadExternal",
        complete,
        {
            "files": Items(Fields({"id": Text(required=True), "title": Text()}), required=True, least=1),
            "channel_id": Text(),
            "channels": Text(),
            "thread_ts": Text(),
            "initial_comment": Text(),
            "blocks": Anything(),
        },
        ("files:write",),
        TIER_4,
        writes=True,
    ),
    Method(
        "files.info",
        info,
        {"file": Text(required=True), "count": Number(), "page": Number(), "limit": Number(), "cursor": Text()},
        ("files:read",),
        TIER_4,
        json=False,
    ),
)
