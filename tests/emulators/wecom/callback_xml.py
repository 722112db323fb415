"""The plaintext of callbacks: messages and events as the documentation shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Body = dict[str, Any]


def to_xml(fields: Mapping[str, Any]) -> str:
    """`<xml>…</xml>`; strings in CDATA, numbers bare, mappings nested, lists as repeated elements."""
    return f"<xml>{_children(fields)}</xml>"


def _children(fields: Mapping[str, Any]) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    if isinstance(value, Mapping):
        return f"<{name}>{_children(value)}</{name}>"
    if isinstance(value, str):
        escaped = value.replace("]]>", "]]]]><![CDATA[>")
        return f"<{name}><![CDATA[{escaped}]]></{name}>"
    return f"<{name}>{value}</{name}>"


def text(content: str) -> Body:
    """A text message."""
    return {"MsgType": "text", "Content": content}


def image(media_id: str, url: str) -> Body:
    """A picture."""
    return {"MsgType": "image", "PicUrl": url, "MediaId": media_id}


def voice(media_id: str, audio_format: str = "amr") -> Body:
    """A voice message."""
    return {"MsgType": "voice", "MediaId": media_id, "Format": audio_format}


def video(media_id: str, thumb_media_id: str) -> Body:
    """A film."""
    return {"MsgType": "video", "MediaId": media_id, "ThumbMediaId": thumb_media_id}


def file(media_id: str, filename: str, size: int) -> Body:
    """A file. The documentation doesn't describe it; the fields are those that users report."""
    return {"MsgType": "file", "MediaId": media_id, "Title": filename, "FileName": filename, "FileSize": size}


def location(latitude: float, longitude: float, label: str, scale: int = 15) -> Body:
    """A place."""
    place = {"Location_X": latitude, "Location_Y": longitude, "Scale": scale, "Label": label}
    return {"MsgType": "location", **place, "AppType": "wxwork"}


def link(title: str, description: str, url: str, picture: str = "") -> Body:
    """A shared link."""
    return {"MsgType": "link", "Title": title, "Description": description, "Url": url, "PicUrl": picture}


def event(name: str, key: str = "", **fields: Any) -> Body:
    """An event; `fields` go in as they are."""
    return {"MsgType": "event", "Event": name, "EventKey": key, **fields}


def card_event(name: str, key: str, task_id: str, card_type: str, code: str, selected: Mapping[str, list[str]]) -> Body:
    """A pressed button (template_card_event) or menu entry (template_card_menu_event) of a card."""
    items = [
        {"QuestionKey": question, "OptionIds": {"OptionId": list(options)}} for question, options in selected.items()
    ]
    chosen = {"SelectedItems": {"SelectedItem": items}} if items else {}
    return event(name, key, TaskId=task_id, CardType=card_type, ResponseCode=code, **chosen)
