"""Markdown of replies and cards to HTML that can't harm: no raw HTML, no images, no scripts in links."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

SCHEMES = frozenset({"http", "https", "mailto", "tel"})


def to_html(text: str) -> Markup:
    """Safe HTML of Markdown's common part with tables; a single line break stays one."""
    return Markup(_parser().render(text))  # noqa: S704  the parser escapes all HTML of its input


def safe_url(url: str) -> str:
    """The address if a click on it is harmless, else "": web, mail, telephone, or a path of this console."""
    address = url.strip()
    if any(ord(char) <= 32 for char in address):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme:
        return address if parts.scheme.lower() in SCHEMES else ""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else ""


def is_external(url: str) -> bool:
    """Whether the address leaves the console."""
    return not url.startswith("/")


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    parser.enable(["table", "strikethrough"]).disable("image")
    parser.validateLink = lambda url: bool(safe_url(url))  # type: ignore[method-assign]  # its documented hook
    parser.core.ruler.push("label_cells", _label_cells)
    parser.add_render_rule("link_open", _link_open)
    parser.add_render_rule("table_open", _table_open)
    parser.add_render_rule("table_close", _table_close)
    return parser


def _label_cells(state: StateCore) -> None:
    """Name each cell's column, for narrow windows, where rows stand below each other and heads are not seen."""
    heads: list[str] = []
    column = 0
    for token, after in pairwise(state.tokens):
        if token.type == "table_open":
            heads = []
        elif token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            heads.append(after.content)
        elif token.type == "td_open":
            token.attrSet("data-label", heads[column] if column < len(heads) else "")
            column += 1


def _link_open(
    self: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    token = tokens[index]
    if is_external(str(token.attrGet("href") or "")):
        token.attrSet("target", "_blank")
    token.attrSet("rel", "noopener noreferrer")
    return self.renderToken(tokens, index, options, env)


def _table_open(*_: object) -> str:
    # A wide table scrolls in its own box, which the keyboard can reach, instead of widening the page.
    return '<div class="scroll" tabindex="0"><table class="stacks">\n'


def _table_close(*_: object) -> str:
    return "</table></div>\n"
