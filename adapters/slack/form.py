"""A button's form on its way through Slack: packed into the button, opened as a modal, read from its submission. Pure.

The adapter keeps nothing, and a modal must open within 3 seconds of the press, so the form travels with the button.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from adapters.common.language import language
from adapters.common.text import clean, shorten, units
from adapters.slack.mrkdwn import plain
from bot.contracts.card import Field, Form
from bot.contracts.message import Press
from config.locales import t

VALUE, TITLE, LABEL, OPTION_LABEL = 2000, 24, 150, 75
OPTIONS, OPTION_VALUE, INITIAL = 100, 150, 3000
CALLBACK = "xiaoce_form"
_OPEN, _PACKED = "form:", "formz:"
_LARGEST = 64 * 1024  # bytes of an unpacked form: what we packed is never larger


@dataclass(frozen=True, slots=True)
class Asked:
    """A press that a form must be shown for."""

    form: Form
    press: Press
    conversation: str
    trigger: str


def packed(form: Form) -> str:
    """The form as a button's value; "" when it is too large for one, and the press then comes without answers."""
    text = json.dumps(asdict(form), ensure_ascii=False, separators=(",", ":"))
    if units(_OPEN + text) <= VALUE:
        return _OPEN + text
    small = _PACKED + base64.urlsafe_b64encode(zlib.compress(text.encode("utf-8", "replace"), 9)).decode()
    return small if len(small) <= VALUE else ""


def unpacked(value: object) -> Form | None:
    """The form of a button's value; None when there is none."""
    if not isinstance(value, str):
        return None
    try:
        if value.startswith(_OPEN):
            return _form(json.loads(value[len(_OPEN) :]))
        if value.startswith(_PACKED):
            return _form(json.loads(_inflated(base64.urlsafe_b64decode(value[len(_PACKED) :]))))
    except (ValueError, TypeError, KeyError, zlib.error):
        return None
    return None


def modal(asked: Asked) -> dict[str, Any]:
    """The view for views.open. What the submission must bring back stands in its private_metadata."""
    press = asked.press
    meta = {"card": press.card_id, "action": press.action, "handle": press.handle, "to": asked.conversation}
    cancel = t("slack.form.cancel", language(asked.form.title))
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "private_metadata": json.dumps(meta, ensure_ascii=False),
        "title": _plain(asked.form.title, TITLE),
        "submit": _plain(asked.form.submit, TITLE),
        "close": _plain(cancel, TITLE),
        "blocks": [_input(field) for field in asked.form.fields],
    }


def submitted(view: Mapping[str, Any]) -> tuple[Press, str] | None:
    """The press with its answers, and the conversation that it belongs to; None for a view that isn't ours."""
    if view.get("callback_id") != CALLBACK:
        return None
    try:
        meta = json.loads(view["private_metadata"])
        press = Press(str(meta["card"]), str(meta["action"]), str(meta["handle"]), _answers(view))
        return press, str(meta["to"])
    except (ValueError, TypeError, KeyError):
        return None


def _answers(view: Mapping[str, Any]) -> dict[str, str]:
    state = view.get("state")
    values = state.get("values") if isinstance(state, Mapping) else None
    found: dict[str, str] = {}
    for block, elements in values.items() if isinstance(values, Mapping) else ():
        for element in elements.values() if isinstance(elements, Mapping) else ():
            found[str(block)] = clean(_answer(element)).strip()
    return found


def _answer(element: object) -> str:
    if not isinstance(element, Mapping):
        return ""
    chosen = element.get("selected_option")
    value = chosen.get("value") if isinstance(chosen, Mapping) else element.get("value")
    return value if isinstance(value, str) else ""


def _input(field: Field) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": field.key,
        "label": _plain(field.label, LABEL),
        "optional": not field.required,
        "element": _choice(field) if field.choices else _text(field),
    }


def _text(field: Field) -> dict[str, Any]:
    element: dict[str, Any] = {"type": "plain_text_input", "action_id": field.key, "multiline": field.lines > 1}
    if field.value:
        element["initial_value"] = clean(field.value)[:INITIAL]
    return element


def _choice(field: Field) -> dict[str, Any]:
    options = {value: _option(value, label) for value, label in field.choices[:OPTIONS] if len(value) <= OPTION_VALUE}
    element: dict[str, Any] = {
        "type": "static_select",
        "action_id": field.key,
        "options": list(options.values()),
    }
    if field.value in options:
        element["initial_option"] = options[field.value]
    return element


def _option(value: str, label: str) -> dict[str, Any]:
    return {"text": _plain(label, OPTION_LABEL), "value": value}


def _plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": shorten(" ".join(plain(clean(text)).split()), limit) or "·"}


def _inflated(data: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    found = unpacker.decompress(data, _LARGEST)
    if unpacker.unconsumed_tail:
        raise ValueError("larger than any form")
    return found


def _form(data: Mapping[str, Any]) -> Form:
    fields = tuple(
        Field(**{**field, "choices": tuple((str(value), str(label)) for value, label in field["choices"])})
        for field in data["fields"]
    )
    return Form(str(data["title"]), str(data["submit"]), fields)
