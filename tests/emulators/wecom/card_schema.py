"""The parts of a template card and which card type has which."""

from __future__ import annotations

from tests.emulators.wecom.schema import Fields, Items, Number, Spec, Text

KEY_BYTES, OPTION_ID_BYTES, TASK_ID_BYTES = 1024, 128, 128

KEY = Text(required=True, max_bytes=KEY_BYTES)
LINK: dict[str, Spec] = {"type": Number(low=0, high=2), "url": Text(), "appid": Text(), "pagepath": Text()}
OPTION: dict[str, Spec] = {"id": Text(required=True, max_bytes=OPTION_ID_BYTES), "text": Text(required=True)}

SOURCE = Fields({"icon_url": Text(), "desc": Text(), "desc_color": Number(low=0, high=3)})
ACTION_MENU = Fields(
    {
        "desc": Text(),
        "action_list": Items(Fields({"text": Text(required=True), "key": KEY}), required=True, least=1, most=3),
    }
)
TITLE: dict[str, Spec] = {"title": Text(), "desc": Text()}
QUOTE_AREA = Fields({**LINK, "title": Text(), "quote_text": Text()})
HORIZONTAL = Items(
    Fields(
        {
            "type": Number(low=0, high=3),
            "keyname": Text(required=True),
            "value": Text(),
            "url": Text(),
            "media_id": Text(),
            "userid": Text(),
        }
    ),
    most=6,
)
JUMP_LIST = Items(Fields({**LINK, "title": Text(required=True)}), most=3)
VERTICAL = Items(Fields({"title": Text(required=True), "desc": Text()}), most=4)
IMAGE_TEXT = Fields({**LINK, "title": Text(), "desc": Text(), "image_url": Text(required=True)})
CARD_IMAGE = Fields({"url": Text(required=True), "aspect_ratio": Number(low=1.3, high=2.25, integer=False)})
BUTTON = Fields(
    {
        "type": Number(low=0, high=1),
        "text": Text(required=True),
        "style": Number(low=1, high=4),
        "key": Text(max_bytes=KEY_BYTES),
        "url": Text(),
    }
)
SELECT: dict[str, Spec] = {
    "question_key": KEY,
    "title": Text(),
    "selected_id": Text(max_bytes=OPTION_ID_BYTES),
    "option_list": Items(Fields(OPTION), required=True, least=1, most=10),
    "disable": Number(low=0, high=1),
}
CHECKBOX = Fields(
    {
        "question_key": KEY,
        "mode": Number(low=0, high=1),
        "disable": Number(low=0, high=1),
        "option_list": Items(Fields({**OPTION, "is_checked": Number(low=0, high=1)}), required=True, least=1, most=20),
    },
    required=True,
)
SUBMIT = Fields({"text": Text(required=True), "key": KEY}, required=True)

SHARED: dict[str, Spec] = {
    "card_type": Text(required=True),
    "source": SOURCE,
    "task_id": Text(),  # its rules have an error code of their own
    "main_title": Fields(TITLE),
    "card_action": Fields(LINK),
}
BODY: dict[str, Spec] = {
    "action_menu": ACTION_MENU,
    "quote_area": QUOTE_AREA,
    "horizontal_content_list": HORIZONTAL,
}
TITLED: dict[str, Spec] = {**SHARED, "main_title": Fields(TITLE, required=True)}

CARDS: dict[str, Fields] = {
    "text_notice": Fields(
        {
            **SHARED,
            **BODY,
            "emphasis_content": Fields(TITLE),
            "sub_title_text": Text(),
            "jump_list": JUMP_LIST,
            "card_action": Fields(LINK, required=True),
        }
    ),
    "news_notice": Fields(
        {
            **TITLED,
            **BODY,
            "image_text_area": IMAGE_TEXT,
            "card_image": CARD_IMAGE,
            "vertical_content_list": VERTICAL,
            "jump_list": JUMP_LIST,
            "card_action": Fields(LINK, required=True),
        }
    ),
    "button_interaction": Fields(
        {
            **TITLED,
            **BODY,
            "sub_title_text": Text(),
            "button_selection": Fields(SELECT),
            "button_list": Items(BUTTON, required=True, least=1, most=6),
        }
    ),
    "vote_interaction": Fields(
        {key: spec for key, spec in TITLED.items() if key != "card_action"}
        | {"checkbox": CHECKBOX, "submit_button": SUBMIT}
    ),
    "multiple_interaction": Fields(
        {key: spec for key, spec in TITLED.items() if key != "card_action"}
        | {"select_list": Items(Fields(SELECT), required=True, least=1, most=3), "submit_button": SUBMIT}
    ),
}
INTERACTIVE = ("button_interaction", "vote_interaction", "multiple_interaction")
ADVISED_CHARACTERS = {  # longer text is cut with an ellipsis on the phone
    ("main_title", "title"): 36,
    ("main_title", "desc"): 44,
    ("source", "desc"): 20,
    ("sub_title_text",): 160,
}
