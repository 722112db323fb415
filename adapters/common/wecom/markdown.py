"""From Markdown's common part to the subset that WeCom shows: headings, bold, links, inline code, quotes.

WeCom has no tables, lists, italics, images or fences: tables become lists, the rest loses its marks.
Links that aren't http(s) lose their address, so that nothing else can be opened from a chat; so do links to this
machine itself (web.public_url isn't set), which no phone can open.
"""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from adapters.common.tables import read_table

_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\(\s*<?((?:[^()\s<>]|\([^()\s]*\))*)>?(?:\s[^()\n]*)?\)")
_CODE = re.compile(r"(`[^`\n]+`)")
_SHOWN = re.compile(r"(?m)^#{1,6} |^> ?|\*\*[^*\n]+\*\*|\[[^\]\n]+\]\(https?://|`[^`\n]+`")
_ITEM = re.compile(r"^(\s*)[*+] (?=\S)")
_ITALIC = re.compile(r"(?<![*\w])\*(?![*\s])([^*\n]+?)(?<![*\s])\*(?![*\w])")


def is_web(url: str) -> bool:
    """Whether a link may be shown: http(s) to another machine, no spaces or controls, at most 2048 bytes."""
    shaped = re.fullmatch(r"https?://[^\s\x00-\x1f\x7f<>\"]+", url) and len(url.encode()) <= 2048
    return bool(shaped) and not _is_this_machine(url)


def _is_this_machine(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # brackets that hold no address
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


def has_formatting(text: str) -> bool:
    """Whether a message needs `markdown`; plain `text` is also readable in the WeChat plug-in, so it is preferred."""
    return bool(_SHOWN.search(text))


def to_wecom(text: str) -> str:
    """The same content in WeCom's subset."""
    return "\n".join(_line(line) for line in _without_tables(text.split("\n")) if not _is_mark(line))


def safe_links(text: str) -> str:
    """The same Markdown, for places that show all of it; only links that no phone should open lose their address."""
    pieces = _CODE.split(text)
    return "".join(
        piece if odd % 2 else _LINK.sub(lambda match: _link(match[1], match[2]), piece)
        for odd, piece in enumerate(pieces)
    )


def plain(text: str) -> str:
    """The words only, for card fields, which show no marks."""
    lines = [re.sub(r"^\s*(?:#{1,6} |> ?)", "", line) for line in to_wecom(text).split("\n")]
    words = _LINK.sub(r"\1", "\n".join(lines))
    return re.sub(r"\*\*|`", "", words).strip()


def one_line(text: str) -> str:
    """`plain`, with every run of white space made one space."""
    return " ".join(plain(text).split())


def _is_mark(line: str) -> bool:
    """A line that only draws: a fence or a horizontal rule."""
    return line.lstrip().startswith("```") or bool(re.fullmatch(r"\s*(?:-{3,}|\*{3,}|_{3,})\s*", line))


def _line(line: str) -> str:
    pieces = _CODE.split(line)  # inline code stays as it is
    return "".join(piece if odd % 2 else _prose(piece, first=not odd) for odd, piece in enumerate(pieces))


def _prose(piece: str, *, first: bool) -> str:
    piece = _LINK.sub(lambda match: _link(match[1], match[2]), piece)
    piece = re.sub(r"__([^_\n]+)__", r"**\1**", re.sub(r"~~([^~\n]+)~~", r"\1", piece))
    piece = _ITALIC.sub(r"\1", _ITEM.sub(r"\1- ", piece) if first else piece)
    return piece


def _link(label: str, url: str) -> str:
    if not is_web(url):
        return label
    return f"[{label or url}]({url})"


def _without_tables(lines: list[str]) -> list[str]:
    out: list[str] = []
    position = 0
    while position < len(lines):
        table = read_table(lines, position)
        out += [f"- {item}" for item in table.as_list(_boldless)] if table else [lines[position]]
        position += table.lines if table else 1
    return out


def _boldless(label: str) -> str:
    return label.replace("**", "")
