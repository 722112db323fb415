"""HTML to the text that a reader sees: no scripts, nothing hidden, quotes marked with ">"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

LONGEST = 4_000_000  # characters that are read
DEEPEST = 4_000  # elements within elements; a parser's time grows with the square
LONGEST_TAG = 50_000  # characters; likewise

_GONE = {"script", "style", "head", "title", "template", "noscript", "svg", "object", "iframe", "select", "textarea"}
_BLOCKS = {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "dd"}
_BLOCKS |= {"dt", "section", "article", "header", "footer", "center", "form", "blockquote", "tbody", "thead"}
_CLOSE_THEMSELVES = {
    "p",
    "li",
    "td",
    "th",
    "tr",
    "br",
    "img",
    "hr",
    "meta",
    "link",
    "input",
    "col",
    "option",
    "dd",
    "dt",
}
_CELL = "\x00"
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?![.\d])", re.I)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})[^<>]*+>?")
_SPACES = re.compile(r"[^\S\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def text_of(html: str) -> str:
    """What the page says, block by block on lines of their own; cells of a row are parted by tabs."""
    html = html[:LONGEST].replace(_CELL, "")
    seen = "".join(_pieces(html)) if _is_sane(html) else _TAG.sub("\n", html)
    lines = "\n".join(_line(line) for line in seen.split("\n"))
    return _EMPTY_LINES.sub("\n\n", lines).strip()


def _line(line: str) -> str:
    return "\t".join(_SPACES.sub(" ", cell).strip() for cell in line.split(_CELL)).strip("\t")


def _is_sane(html: str) -> bool:
    """Whether a parser takes it in good time; what isn't loses its tags and no more."""
    depth = 0
    for match in _TAG.finditer(html):
        if len(match[0]) > LONGEST_TAG:
            return False
        if match[2].lower() not in _CLOSE_THEMSELVES:
            depth = max(0, depth - 1) if match[1] else depth + 1
            if depth > DEEPEST:
                return False
    return True


def _pieces(html: str) -> Iterator[str]:
    """Texts and breaks in order, without recursion."""
    from selectolax.lexbor import LexborHTMLParser

    quotes = 0
    walk: list[tuple[LexborNode, bool]] = []  # a node, and whether it is left
    root = LexborHTMLParser(html).root
    if root is not None:
        walk.append((root, False))
    while walk:
        node, left = walk.pop()
        tag = node.tag or ""
        if left:
            quotes -= tag == "blockquote"
            yield "\n" + "> " * min(quotes, 5)
            continue
        if node.next is not None:
            walk.append((node.next, False))
        if tag == "-text":
            yield _said(node, quotes)
        elif not _is_hidden(node, tag):
            quotes += tag == "blockquote"
            yield _begun(tag, quotes)
            if tag in _BLOCKS and tag not in {"br", "hr"}:
                walk.append((node, True))
            if node.child is not None:
                walk.append((node.child, False))


def _said(node: LexborNode, quotes: int) -> str:
    text = node.text(deep=True)
    in_pre = node.parent is not None and node.parent.tag == "pre"
    return text.replace("\n", "\n" + "> " * min(quotes, 5)) if in_pre else text.replace("\n", " ")


def _begun(tag: str, quotes: int) -> str:
    if tag in _BLOCKS:
        return "\n" + "> " * min(quotes, 5)
    return _CELL if tag in {"td", "th"} else ""


def _is_hidden(node: LexborNode, tag: str) -> bool:
    if tag in _GONE or (tag.startswith(("-", "!")) and tag != "-document"):
        return True
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))
