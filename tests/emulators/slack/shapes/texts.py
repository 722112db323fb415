"""Text, options and confirmations: the small objects of which blocks are made."""

from __future__ import annotations

from tests.emulators.slack.shapes.schema import Fields, Flag, Items, Number, OneOf, Spec, Text

URL = r"https?://\S+"


def plain(most: int, *, required: bool = False, least: int = 1) -> Fields:
    """A plain_text object with at most so many characters."""
    return Fields(
        {"text": Text(required=True, least=least, most=most), "emoji": Flag()}, required=required, type="plain_text"
    )


def words(most: int, *, required: bool = False) -> OneOf:
    """A plain_text or mrkdwn object with at most so many characters."""
    text = Text(required=True, least=1, most=most)
    kinds = {
        "plain_text": Fields({"text": text, "emoji": Flag()}),
        "mrkdwn": Fields({"text": text, "verbatim": Flag()}),
    }
    return OneOf(kinds, required=required)


def option(description: int = 75, *, with_url: bool = False, rich: bool = False) -> Fields:
    """One choice of a menu; `rich` labels may hold mrkdwn (radio buttons, check boxes)."""
    of: dict[str, Spec] = {
        "text": words(75, required=True) if rich else plain(75, required=True),
        "value": Text(required=True, least=1, most=150),
        "description": words(description) if rich else plain(description),
    }
    return Fields({**of, "url": Text(most=3000)} if with_url else of)


OPTIONS = Items(option(), least=1, most=100)
GROUPS = Items(
    Fields({"label": plain(75, required=True), "options": Items(option(), required=True, least=1, most=100)}),
    least=1,
    most=100,
)
CONFIRM = Fields(
    {
        "title": plain(100, required=True),
        "text": words(300, required=True),
        "confirm": plain(30, required=True),
        "deny": plain(30, required=True),
        "style": Text(choices=("primary", "danger")),
    }
)
DISPATCH = Fields(
    {"trigger_on_actions_on": Items(Text(choices=("on_enter_pressed", "on_character_entered")), least=1, most=2)}
)
SLACK_FILE = Fields({"id": Text(), "url": Text()}, any_of=("id", "url"))
ACTION_ID = Text(least=1, most=255)
BLOCK_ID = Text(least=1, most=255)
COUNT = Number(low=1)
