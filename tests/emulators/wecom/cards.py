"""Template cards: the rules that a shape alone cannot say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.emulators.common.record import Record
from tests.emulators.wecom.card_schema import ADVISED_CHARACTERS, CARDS, INTERACTIVE, TASK_ID_BYTES
from tests.emulators.wecom.errors import ApiError
from tests.emulators.wecom.media import MediaStore
from tests.emulators.wecom.schema import Fields, Problem, Text

Card = dict[str, Any]
TASK_ID = re.compile(r"[0-9A-Za-z_\-@]+")
LINK_NEEDS = {1: "url", 2: "appid"}
HORIZONTAL_NEEDS = {1: "url", 2: "media_id", 3: "userid"}


def check_card(card: Any, record: Record, media: MediaStore, *, update: bool = False) -> Card:
    """The card, if it is right; unknown fields become violations, the rest 40058 or 42014."""
    if not isinstance(card, dict) or card.get("card_type") not in CARDS:
        raise ApiError(40058, "invalid card_type")
    refuse(_problems(card, update), record)
    _check_task_id(card, update)
    for item in card.get("horizontal_content_list", ()):
        if item.get("type") == 2:
            media.require(item["media_id"], "file")
    record.warnings.extend(_too_long(card))
    return card


def refuse(problems: Iterator[Problem], record: Record) -> None:
    """Note unknown fields, refuse the rest (40058)."""
    found = list(problems)
    for problem in found:
        if problem.unknown:
            record.violation(str(problem))
    if wrong := [str(problem) for problem in found if not problem.unknown]:
        raise ApiError(40058, "; ".join(wrong))


def needs_callback(card: Card) -> bool:
    """Whether the card can call back, and therefore needs a callback URL (43012)."""
    return card["card_type"] in INTERACTIVE or bool(card.get("action_menu"))


def _problems(card: Card, update: bool) -> Iterator[Problem]:
    shape = CARDS[card["card_type"]]
    if update and card["card_type"] in INTERACTIVE:
        shape = Fields({**shape.of, "replace_text": Text()})
    broken = list(shape.check(card, "template_card"))
    yield from broken
    if any(not problem.unknown for problem in broken):
        return  # the rules below rely on the shape
    yield from _links(card)
    yield from _words(card)
    yield from _keys(card)


def _links(card: Card) -> Iterator[Problem]:
    for name in ("card_action", "quote_area", "image_text_area"):
        yield from _needs(card.get(name, {}), LINK_NEEDS, name)
    for jump in card.get("jump_list", ()):
        yield from _needs(jump, LINK_NEEDS, "jump_list")
    for item in card.get("horizontal_content_list", ()):
        yield from _needs(item, HORIZONTAL_NEEDS, "horizontal_content_list")
    for button in card.get("button_list", ()):
        needed = "url" if button.get("type") == 1 else "key"
        yield from _needs({**button, "type": 1}, {1: needed}, "button_list")
    if card["card_type"].endswith("_notice") and card["card_action"].get("type") not in LINK_NEEDS:
        yield Problem("template_card.card_action.type", "must be 1 or 2")


def _needs(item: Card, needs: dict[int, str], name: str) -> Iterator[Problem]:
    needed = needs.get(item.get("type", 0))
    if needed and not item.get(needed):
        yield Problem(f"template_card.{name}.{needed}", "missing")


def _words(card: Card) -> Iterator[Problem]:
    title = card.get("main_title", {}).get("title")
    if card["card_type"] == "text_notice":
        if not title and not card.get("sub_title_text"):
            yield Problem("template_card", "main_title.title and sub_title_text are both empty")
    elif not title:
        yield Problem("template_card.main_title.title", "missing")
    if card["card_type"] == "news_notice" and not (card.get("card_image") or card.get("image_text_area")):
        yield Problem("template_card", "card_image and image_text_area are both missing")


def _keys(card: Card) -> Iterator[Problem]:
    keys = [button.get("key") for button in card.get("button_list", ()) if button.get("type") != 1]
    actions = [action["key"] for action in card.get("action_menu", {}).get("action_list", ())]
    questions = [select["question_key"] for select in card.get("select_list", ())]
    for name, values in (("button_list", keys), ("action_list", actions), ("select_list", questions)):
        if len(set(values)) < len(values):
            yield Problem(f"template_card.{name}", "the same key twice")
    for question in selects(card):
        ids = [option["id"] for option in question["option_list"]]
        if len(set(ids)) < len(ids):
            yield Problem(f"template_card.{question['question_key']}", "the same option id twice")


def selects(card: Card) -> list[Card]:
    """The questions on a card: its drop-downs and its check boxes."""
    found = [card[name] for name in ("button_selection", "checkbox") if name in card]
    return found + list(card.get("select_list", ()))


def _check_task_id(card: Card, update: bool) -> None:
    task_id = card.get("task_id", "")
    if not task_id:
        if needs_callback(card) and not update:
            raise ApiError(42014, "task_id missing")
    elif not TASK_ID.fullmatch(task_id) or len(task_id.encode()) > TASK_ID_BYTES:
        raise ApiError(42014, "task_id has digits, letters and _-@ only, 128 at most")


def _too_long(card: Card) -> Iterator[str]:
    for path, most in ADVISED_CHARACTERS.items():
        value: Any = card
        for name in path:
            value = value.get(name, "") if isinstance(value, dict) else ""
        if len(value) > most:
            yield f"template_card.{'.'.join(path)} has {len(value)} characters, {most} are shown"
