"""Blocks: which there are, where they may stand, and the rules that hold between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal

from tests.emulators.slack.shapes.elements import IMAGE, IN_ACTIONS, IN_CONTEXT_ACTIONS, IN_INPUT, IN_SECTION
from tests.emulators.slack.shapes.rich_text import RICH_TEXT, TABLE
from tests.emulators.slack.shapes.schema import Fields, Flag, Items, OneOf, Problem, Spec, Text
from tests.emulators.slack.shapes.texts import BLOCK_ID, SLACK_FILE, plain, words

Surface = Literal["message", "modal", "home"]

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
TOTAL_TEXT = 13_200  # reported by users, not documented
MARKDOWN_TEXT = 12_000
ID: dict[str, Spec] = {"block_id": BLOCK_ID}
CONTEXT = OneOf({**words(3000).of, "image": IMAGE})
EVERYWHERE: dict[str, Fields] = {
    "section": Fields(
        {
            **ID,
            "text": words(3000),
            "fields": Items(words(2000), least=1, most=10),
            "accessory": IN_SECTION,
            "expand": Flag(),
        },
        any_of=("text", "fields"),
    ),
    "header": Fields({**ID, "text": plain(150, required=True)}),
    "divider": Fields(ID),
    "context": Fields({**ID, "elements": Items(CONTEXT, required=True, least=1, most=10)}),
    "actions": Fields({**ID, "elements": Items(IN_ACTIONS, required=True, least=1, most=25)}),
    "image": Fields(
        {
            **ID,
            "image_url": Text(least=1, most=3000),
            "slack_file": SLACK_FILE,
            "alt_text": Text(required=True, least=1, most=2000),
            "title": plain(2000),
        },
        any_of=("image_url", "slack_file"),
    ),
    "input": Fields(
        {
            **ID,
            "label": plain(2000, required=True),
            "element": IN_INPUT,
            "hint": plain(2000),
            "optional": Flag(),
            "dispatch_action": Flag(),
        }
    ),
    "rich_text": Fields({**ID, "elements": RICH_TEXT}),
    "video": Fields(
        {
            **ID,
            "alt_text": Text(required=True),
            "title": plain(200, required=True),
            "title_url": Text(),
            "thumbnail_url": Text(required=True),
            "video_url": Text(required=True),
            "author_name": Text(most=50),
            "description": plain(200),
            "provider_name": Text(),
            "provider_icon_url": Text(),
        }
    ),
}
IN_MESSAGES: dict[str, Fields] = {
    **EVERYWHERE,
    "markdown": Fields({**ID, "text": Text(required=True, least=1, most=MARKDOWN_TEXT)}),
    "table": Fields({**ID, **TABLE}),
    "context_actions": Fields({**ID, "elements": Items(IN_CONTEXT_ACTIONS, required=True, least=1, most=5)}),
}


def blocks_of(surface: Surface, *, required: bool = False) -> Items:
    """The list of blocks that a surface takes."""
    if surface == "message":
        return Items(OneOf(IN_MESSAGES), required=required, most=MESSAGE_BLOCKS)
    return Items(OneOf(EVERYWHERE), required=required, most=VIEW_BLOCKS)


def check_blocks(blocks: Any, surface: Surface, path: str = "/blocks") -> list[Problem]:
    """Everything that is wrong with the blocks, shape first."""
    problems = list(blocks_of(surface).check(blocks, path))
    return problems or [*_unique_blocks(blocks, path), *_unique_actions(blocks, path), *_options(blocks, path)]


def total_text(value: Any) -> int:
    """Characters of all text in blocks."""
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(total_text(part) for part in value.values())
    return sum(total_text(part) for part in value) if isinstance(value, list) else 0


def elements_of(block: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The interactive elements of one block, with their pointers inside it."""
    found: list[tuple[str, dict[str, Any]]] = [
        (name, block[name]) for name in ("accessory", "element") if name in block
    ]
    if block["type"] in ("actions", "context_actions"):
        found += [(f"elements/{index}", element) for index, element in enumerate(block["elements"])]
    return found


def _unique_blocks(blocks: list[dict[str, Any]], path: str) -> Iterator[Problem]:
    seen = Counter(block["block_id"] for block in blocks if "block_id" in block)
    for index, block in enumerate(blocks):
        if seen.get(block.get("block_id", ""), 0) > 1:
            yield Problem(f"{path}/{index}/block_id", f'`block_id` "{block["block_id"]}" already exists')
    tables = [index for index, block in enumerate(blocks) if block["type"] == "table"]
    for index in tables[1:]:
        yield Problem(f"{path}/{index}", "only one table allowed")


def _unique_actions(blocks: list[dict[str, Any]], path: str) -> Iterator[Problem]:
    for index, block in enumerate(blocks):
        seen: set[str] = set()
        for pointer, element in elements_of(block):
            name = element.get("action_id")
            if name in seen:
                at = f"{path}/{index}/{pointer}/action_id"
                yield Problem(at, f'`action_id` "{name}" already exists')
            if name:
                seen.add(name)


def _options(blocks: list[dict[str, Any]], path: str) -> Iterator[Problem]:
    """What is chosen at first must be among the choices."""
    for index, block in enumerate(blocks):
        for pointer, element in elements_of(block):
            choices = choices_of(element)
            initial = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
            if choices and any(option not in choices for option in initial):
                yield Problem(f"{path}/{index}/{pointer}", "initial option must match one of the options")
            if "options" in element and "option_groups" in element:
                yield Problem(f"{path}/{index}/{pointer}", "only one of options and option_groups allowed")


def choices_of(element: dict[str, Any]) -> list[dict[str, Any]]:
    """The options of a menu, those in groups too."""
    grouped = [option for group in element.get("option_groups", []) for option in group["options"]]
    return [*element.get("options", []), *grouped]
