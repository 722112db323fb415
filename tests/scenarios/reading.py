"""What a person reads on each platform, line by line, without marks and without what is folded away."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

_LINK = re.compile(r"<([^<>|\n]+)\|([^<>\n]*)>")
_BARE = re.compile(r"<([^<>\n]+)>")
_MARKS = re.compile(r"(?<![\w*_~])[*_~](?=\S)|(?<=\S)[*_~](?![\w*_~])|`")
_MARKDOWN_LINK = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)")
_RULE = re.compile(r"\s*\|?(\s*:?-+:?\s*\|)+\s*:?-*:?\s*")
_ESCAPED = re.compile(r"\\([\\`*_\[\]<>|#~])")
_DETAILS = re.compile(r"<details >.*?</details>", re.DOTALL)
_TIME = re.compile(r"<time.*?</time>", re.DOTALL)
_FORM = re.compile(r"<template.*?</template>", re.DOTALL)
_INLINE = re.compile(r"</?(?:a|strong|em|code|b|i|small)(?: [^>]*)?>")
_TAG = re.compile(r"<[^>]+>")
_BULLET = re.compile(r"^(?:[•\-◦▪]\s+|>\s*|#+\s+|\d+(?:\.\s+|、))")
_BETWEEN = re.compile(r"[\n：；·│|:;]|(?<=[\u3400-\u9fff\d]) +| +(?=[\u3400-\u9fff\d])")
_UNREAD = frozenset({"key", "task_id", "card_type", "url", "type", "style", "card_action", "submit_button"})


def pieces(words: str) -> frozenset[str]:
    """What was said: sentences, labels, values, table cells, however they are laid out."""
    lines = (_BULLET.sub("", " ".join(line.split())) for line in words.splitlines())
    found = (piece.strip() for line in lines for piece in _BETWEEN.split(line))
    return frozenset(piece for piece in found if piece)


def mrkdwn_words(payload: Mapping[str, Any]) -> str:
    """The words of a Slack message, view or home: of its blocks, or of its text where it has none."""
    blocks = payload.get("blocks")
    return "\n".join(_block_texts(blocks)) if blocks else plain(str(payload.get("text", "")))


def plain(mrkdwn: str) -> str:
    """mrkdwn as it is seen: without marks, links as their labels."""
    text = _BARE.sub(r"\1", _LINK.sub(r"\2", mrkdwn.replace("\u200b", "")))
    return html.unescape(_MARKS.sub("", text))


def wecom_words(payload: Any) -> str:
    """The words of a WeCom message: without ids and addresses, links of Markdown as their labels."""
    if isinstance(payload, Mapping):
        return "\n".join(wecom_words(inner) for name, inner in payload.items() if name not in _UNREAD)
    if isinstance(payload, list):
        return "\n".join(wecom_words(inner) for inner in payload)
    return _MARKDOWN_LINK.sub(r"\1", payload).replace("**", "") if isinstance(payload, str) else ""


def stream_words(markdown: str) -> str:
    """The words of what the AI bot writes: all of Markdown is shown there, tables too."""
    lines = (line for line in markdown.splitlines() if not _RULE.fullmatch(line))
    return wecom_words(_ESCAPED.sub(r"\1", "\n".join(lines)))


def page_words(entries: Sequence[Mapping[str, Any]]) -> str:
    """The words of what the console shows, without what is folded away and the forms that a press would open."""
    shown = (_FORM.sub("", _TIME.sub("", _DETAILS.sub("", entry["html"]))) for entry in entries)
    return "\n".join(html.unescape(_TAG.sub("\n", _INLINE.sub(" ", page))) for page in shown)


def _block_texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for inner in value for text in _block_texts(inner)]
    if not isinstance(value, Mapping):
        return []
    if value.get("type") in ("mrkdwn", "plain_text") and isinstance(value.get("text"), str):
        return [plain(value["text"]) if value["type"] == "mrkdwn" else value["text"]]
    return [text for inner in value.values() for text in _block_texts(inner)]
