"""Modals and the App Home."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.emulators.slack.errors import SlackError
from tests.emulators.slack.shapes.blocks import blocks_of, check_blocks
from tests.emulators.slack.shapes.schema import Fields, Flag, OneOf, Problem, Spec, Text
from tests.emulators.slack.shapes.texts import plain

VIEW_BYTES = 250 * 1024
TITLE, METADATA = 24, 3000
COMMON: dict[str, Spec] = {
    "private_metadata": Text(most=METADATA),
    "callback_id": Text(most=255),
    "external_id": Text(most=255),
}
MODAL = Fields(
    {
        **COMMON,
        "title": plain(TITLE, required=True),
        "blocks": blocks_of("modal", required=True),
        "submit": plain(TITLE),
        "close": plain(TITLE),
        "clear_on_close": Flag(),
        "notify_on_close": Flag(),
        "submit_disabled": Flag(),
    }
)
HOME = Fields({**COMMON, "blocks": blocks_of("home", required=True)})


def check_view(view: Any, kind: str) -> None:
    """Raise invalid_arguments or view_too_large when Slack would refuse the view."""
    shape = OneOf({kind: MODAL if kind == "modal" else HOME})
    problems = list(shape.check(view, "/view"))
    if not problems:
        problems = [*check_blocks(view["blocks"], "modal", "/view/blocks"), *_submittable(view, kind)]
    if problems:
        raise SlackError("invalid_arguments", problems)
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        raise SlackError("view_too_large")


def _submittable(view: dict[str, Any], kind: str) -> Iterator[Problem]:
    if kind == "modal" and "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        yield Problem("/view", "missing required field: submit")
