"""The interactive elements, and where each may stand."""

from __future__ import annotations

from collections.abc import Mapping

from tests.emulators.slack.shapes.schema import Anything, Fields, Flag, Items, Number, OneOf, Spec, Text
from tests.emulators.slack.shapes.texts import (
    ACTION_ID,
    CONFIRM,
    COUNT,
    DISPATCH,
    GROUPS,
    OPTIONS,
    SLACK_FILE,
    option,
    plain,
)

BUTTON_TEXT, VALUE, PLACEHOLDER = 75, 2000, 150
ID: dict[str, Spec] = {"action_id": ACTION_ID}
MENU: dict[str, Spec] = {**ID, "placeholder": plain(PLACEHOLDER), "confirm": CONFIRM, "focus_on_load": Flag()}
TYPED: dict[str, Spec] = {
    **ID,
    "placeholder": plain(PLACEHOLDER),
    "dispatch_action_config": DISPATCH,
    "focus_on_load": Flag(),
}
FILTER = Fields(
    {
        "include": Items(Text(choices=("im", "mpim", "private", "public")), least=1),
        "exclude_external_shared_channels": Flag(),
        "exclude_bot_users": Flag(),
    }
)
BUTTON = Fields(
    {
        **ID,
        "text": plain(BUTTON_TEXT, required=True),
        "url": Text(most=3000),
        "value": Text(most=VALUE),
        "style": Text(choices=("primary", "danger")),
        "confirm": CONFIRM,
        "accessibility_label": Text(most=75),
    }
)
IMAGE = Fields(
    {
        "image_url": Text(least=1, most=3000),
        "slack_file": SLACK_FILE,
        "alt_text": Text(required=True, least=1, most=2000),
    },
    any_of=("image_url", "slack_file"),
)
STATIC = {**MENU, "options": OPTIONS, "option_groups": GROUPS}
CONVERSATIONS: dict[str, Spec] = {**MENU, "default_to_current_conversation": Flag(), "filter": FILTER}
RESPONSE_URL: dict[str, Spec] = {"response_url_enabled": Flag()}
SELECTS: dict[str, Fields] = {
    "static_select": Fields({**STATIC, "initial_option": option()}, any_of=("options", "option_groups")),
    "users_select": Fields({**MENU, "initial_user": Text()}),
    "conversations_select": Fields({**CONVERSATIONS, **RESPONSE_URL, "initial_conversation": Text()}),
    "channels_select": Fields({**MENU, **RESPONSE_URL, "initial_channel": Text()}),
}
MULTI_SELECTS: dict[str, Fields] = {
    "multi_static_select": Fields(
        {**STATIC, "initial_options": Items(option(), least=1, most=100), "max_selected_items": COUNT},
        any_of=("options", "option_groups"),
    ),
    "multi_users_select": Fields({**MENU, "initial_users": Items(Text()), "max_selected_items": COUNT}),
    "multi_conversations_select": Fields(
        {**CONVERSATIONS, "initial_conversations": Items(Text()), "max_selected_items": COUNT}
    ),
    "multi_channels_select": Fields({**MENU, "initial_channels": Items(Text()), "max_selected_items": COUNT}),
}
DATE, TIME = r"\d{4}-\d{2}-\d{2}", r"\d{2}:\d{2}"
PICKERS: dict[str, Fields] = {
    "datepicker": Fields({**MENU, "initial_date": Text(pattern=DATE)}),
    "timepicker": Fields({**MENU, "initial_time": Text(pattern=TIME), "timezone": Text()}),
}
DATETIME: dict[str, Fields] = {
    "datetimepicker": Fields({**ID, "confirm": CONFIRM, "focus_on_load": Flag(), "initial_date_time": Number(low=0)})
}
TEN = Items(option(rich=True), required=True, least=1, most=10)
BOXES: dict[str, Fields] = {
    "checkboxes": Fields(
        {
            **ID,
            "options": TEN,
            "initial_options": Items(option(rich=True), least=1, most=10),
            "confirm": CONFIRM,
            "focus_on_load": Flag(),
        }
    ),
    "radio_buttons": Fields(
        {
            **ID,
            "options": TEN,
            "initial_option": option(rich=True),
            "confirm": CONFIRM,
            "focus_on_load": Flag(),
        }
    ),
}
OVERFLOW: dict[str, Fields] = {
    "overflow": Fields(
        {**ID, "options": Items(option(with_url=True), required=True, least=1, most=5), "confirm": CONFIRM}
    )
}
INPUTS: dict[str, Fields] = {
    "plain_text_input": Fields(
        {
            **TYPED,
            "initial_value": Text(most=3000),
            "multiline": Flag(),
            "min_length": Number(low=0, high=3000),
            "max_length": Number(low=1, high=3000),
        }
    ),
    "email_text_input": Fields({**TYPED, "initial_value": Text()}),
    "url_text_input": Fields({**TYPED, "initial_value": Text()}),
    "number_input": Fields(
        {
            **TYPED,
            "is_decimal_allowed": Flag(required=True),
            "initial_value": Text(),
            "min_value": Text(),
            "max_value": Text(),
        }
    ),
    "file_input": Fields({**ID, "filetypes": Items(Text()), "max_files": Number(low=1, high=10)}),
    "rich_text_input": Fields({**TYPED, "initial_value": Anything()}),
}
FEEDBACK = Fields(
    {
        "text": plain(75, required=True),
        "value": Text(required=True, most=VALUE),
        "accessibility_label": Text(most=75),
    },
    required=True,
)
CONTEXT_ACTIONS: dict[str, Fields] = {
    "feedback_buttons": Fields({**ID, "positive_button": FEEDBACK, "negative_button": FEEDBACK}),
    "icon_button": Fields(
        {
            **ID,
            "icon": Text(required=True, choices=("trash",)),
            "text": plain(75, required=True),
            "value": Text(most=VALUE),
            "confirm": CONFIRM,
            "accessibility_label": Text(most=75),
            "visible_to_user_ids": Items(Text()),
        }
    ),
}


def _merged(*groups: Mapping[str, Fields]) -> dict[str, Fields]:
    return {name: shape for group in groups for name, shape in group.items()}


CHOSEN = _merged(SELECTS, MULTI_SELECTS, PICKERS, BOXES)
IN_SECTION = OneOf(_merged({"button": BUTTON, "image": IMAGE}, CHOSEN, OVERFLOW))
IN_ACTIONS = OneOf(_merged({"button": BUTTON}, CHOSEN, DATETIME, OVERFLOW))
IN_INPUT = OneOf(_merged(CHOSEN, DATETIME, INPUTS), required=True)
IN_CONTEXT_ACTIONS = OneOf(CONTEXT_ACTIONS)
INTERACTIVE: frozenset[str] = frozenset(
    _merged({"button": BUTTON}, CHOSEN, DATETIME, OVERFLOW, INPUTS, CONTEXT_ACTIONS)
)
