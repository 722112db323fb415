"""Rich text and tables."""

from __future__ import annotations

from tests.emulators.slack.shapes.schema import Fields, Flag, Items, Number, OneOf, Spec, Text

STYLE = Fields(
    {
        name: Flag()
        for name in ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
    }
)
STYLED: dict[str, Spec] = {"style": STYLE}
PARTS = Items(
    OneOf(
        {
            "text": Fields({**STYLED, "text": Text(required=True)}),
            "link": Fields({**STYLED, "url": Text(required=True, least=1), "text": Text(), "unsafe": Flag()}),
            "user": Fields({**STYLED, "user_id": Text(required=True)}),
            "channel": Fields({**STYLED, "channel_id": Text(required=True)}),
            "usergroup": Fields({**STYLED, "usergroup_id": Text(required=True)}),
            "emoji": Fields({**STYLED, "name": Text(required=True), "unicode": Text(), "skin_tone": Number()}),
            "date": Fields(
                {
                    **STYLED,
                    "timestamp": Number(required=True),
                    "format": Text(required=True),
                    "url": Text(),
                    "fallback": Text(),
                }
            ),
            "broadcast": Fields({**STYLED, "range": Text(required=True, choices=("here", "channel", "everyone"))}),
            "color": Fields({"value": Text(required=True)}),
        }
    ),
    required=True,
)
SECTION = Fields({"elements": PARTS})
BORDER = Number(low=0, high=1)
RICH_TEXT = Items(
    OneOf(
        {
            "rich_text_section": SECTION,
            "rich_text_list": Fields(
                {
                    "elements": Items(OneOf({"rich_text_section": SECTION}), required=True, least=1),
                    "style": Text(required=True, choices=("bullet", "ordered")),
                    "indent": Number(low=0, high=8),
                    "offset": Number(low=0),
                    "border": BORDER,
                }
            ),
            "rich_text_preformatted": Fields({"elements": PARTS, "border": BORDER, "language": Text()}),
            "rich_text_quote": Fields({"elements": PARTS, "border": BORDER}),
        }
    ),
    required=True,
    least=1,
)
CELL = OneOf({"raw_text": Fields({"text": Text(required=True)}), "rich_text": Fields({"elements": RICH_TEXT})})
TABLE: dict[str, Spec] = {
    "rows": Items(Items(CELL, least=1, most=20), required=True, least=1, most=100),
    "column_settings": Items(
        Fields({"align": Text(choices=("left", "center", "right")), "is_wrapped": Flag()}), most=20
    ),
}
