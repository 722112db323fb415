"""From Markdown's common part to Slack's mrkdwn: *bold*, _italic_, ~struck~, `code`, <url|links>, quotes, fences.

mrkdwn has no headings, lists or tables: headings become bold lines, lists get bullets, narrow tables are drawn in a
fence and wide ones become lists. Everything else is escaped, so nobody is mentioned by what a text quotes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from adapters.common.tables import Table, read_table
from adapters.slack.tables import drawn

URL = 2048  # bytes; Slack's buttons take 3000 characters
BREAK = "\u200b"  # zero width: makes Slack see the mark between Chinese characters, which have no spaces

_INLINE = re.compile(
    r"\\(?P<escaped>[\\`*_{}\[\]()#+\-.!|~>])"
    r"|`(?P<code>[^`\n]+)`"
    r"|!?\[(?P<label>[^\[\]\n]*)\]\(\s*<?(?P<url>(?:[^()\s<>]|\([^()\s]*\))*)>?(?:\s[^()\n]*)?\)"
    r"|<(?P<auto>https?://[^\s<>]+)>"
    r"|\*\*(?P<bold>\S(?:[^\n]*?\S)??)\*\*(?!\*)|(?<![\w_])__(?P<bold2>\S(?:[^\n]*?\S)??)__(?![\w_])"
    r"|~~(?P<struck>\S(?:[^\n~]*?\S)??)~~"
    r"|(?<![*\w])\*(?P<italic>[^\s*](?:[^*\n]*?[^\s*])??)\*(?![*\w])"
    r"|(?<![_\w])_(?P<italic2>[^\s_](?:[^_\n]*?[^\s_])??)_(?![_\w])"
    r"|(?P<bare>https?://[^\s<>\"'，。；、！？）】》|]+)"
)
_MARKS = {"bold": "*", "bold2": "*", "struck": "~", "italic": "_", "italic2": "_"}
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$")
_ITEM = re.compile(r"^(\s*)[-*+]\s+(?=\S)")
_NUMBER = re.compile(r"^(\s*)(\d{1,9})[.)]\s+(?=\S)")
_QUOTE = re.compile(r"^\s{0,3}>\s?")
_RULE = re.compile(r"\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})")


def to_mrkdwn(text: str) -> str:
    """The same content in mrkdwn, escaped."""
    return _Writer(marks=True).text(text)


def plain(text: str) -> str:
    """The words only and unescaped, for buttons, headers and other places that show no marks."""
    return _Writer(marks=False).text(text).strip()


def escape(text: str) -> str:
    """The three characters that mean something to Slack."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def link(url: str, label: str) -> str:
    """A link; only its label when the address may not be shown."""
    words = escape(label.replace("|", "¦").replace("\n", " ").strip())
    if not is_web(url):
        return words
    address = escape(url).replace("|", "%7C")
    return f"<{address}|{words}>" if words else f"<{address}>"


def is_web(url: str) -> bool:
    """Whether a link may be shown: http or https, without spaces or control characters, at most 2048 bytes."""
    return bool(re.fullmatch(r"https?://[^\s\x00-\x1f\x7f<>\"]+", url)) and len(url.encode("utf-8", "replace")) <= URL


@dataclass(frozen=True, slots=True)
class _Writer:
    """Goes through Markdown once and writes it with Slack's marks, or with none."""

    marks: bool

    def text(self, text: str) -> str:
        out: list[str] = []
        lines = text.split("\n")
        position = 0
        while position < len(lines):
            taken, shown = self._block(lines, position)
            out += shown
            position += taken
        return "\n".join(out)

    def _block(self, lines: list[str], position: int) -> tuple[int, list[str]]:
        """How many lines belong together, and how they are shown."""
        if fence := _FENCE.match(lines[position]):
            return self._fenced(lines, position, fence[1][0] * 3)
        if table := read_table(lines, position):
            return table.lines, self._table(table)
        return 1, [self._line(lines[position])]

    def _fenced(self, lines: list[str], position: int, mark: str) -> tuple[int, list[str]]:
        rest = range(position + 1, len(lines))
        end = next((n for n in rest if lines[n].strip().startswith(mark) and not lines[n].strip(" `~")), len(lines))
        inside = [self._escape(line).replace("```", "'''") for line in lines[position + 1 : end]]
        return end + 1 - position, self._code(inside)

    def _code(self, lines: list[str]) -> list[str]:
        return ["```", *lines, "```"] if self.marks and lines else lines

    def _table(self, table: Table) -> list[str]:
        narrow = drawn(table, [[plain(cell) for cell in row] for row in table.rows])
        if narrow:
            return self._code([self._escape(row).replace("```", "'''") for row in narrow])
        return [f"• {self._inline(item)}" for item in table.as_list(plain)]

    def _line(self, line: str) -> str:
        if _RULE.fullmatch(line):
            return "———"
        if heading := _HEADING.match(line):
            return self._heading(heading[1])
        if quote := _QUOTE.match(line):
            return self._quoted(line[quote.end() :])
        if item := _ITEM.match(line):
            return f"{_indent(item[1])}{'◦' if len(item[1]) >= 2 else '•'} {self._inline(line[item.end() :])}"
        if number := _NUMBER.match(line):
            return f"{_indent(number[1])}{number[2]}. {self._inline(line[number.end() :])}"
        return self._inline(line)

    def _heading(self, words: str) -> str:
        inner = self._inline(words, within="*")
        return f"*{inner}*" if self.marks and inner and "<" not in inner else inner

    def _quoted(self, rest: str) -> str:
        inner = self._line(rest)
        return f"> {inner}".rstrip() if self.marks else inner

    def _inline(self, text: str, within: str = "") -> str:
        """`within`: the marks that we are inside of, which must not come again."""
        out, last = "", 0
        for match in _INLINE.finditer(text):
            out += self._escape(text[last : match.start()])
            piece, marked = self._piece(match, within)
            out += (BREAK if marked and _needs_break(out[-1:]) else "") + piece
            last = match.end()
            out += BREAK if marked and _needs_break(text[last : last + 1]) else ""
        return out + self._escape(text[last:])

    def _piece(self, match: re.Match[str], within: str) -> tuple[str, bool]:
        """A piece as it is shown, and whether marks stand around it."""
        kind, value = _kind(match)
        if kind in _MARKS:
            return self._marked(value, _MARKS[kind], within)
        if kind == "code":
            return (f"`{escape(value)}`", True) if self.marks else (value, False)
        if kind == "url":
            return self._link(value, match["label"], within), False
        if kind in ("auto", "bare"):
            return self._link(value, "", within), False
        return self._escape(value), False

    def _marked(self, value: str, mark: str, within: str) -> tuple[str, bool]:
        inner = self._inline(value, within + mark)
        if not self.marks or mark in within:
            return inner, False
        return f"{mark}{inner}{mark}", True

    def _link(self, url: str, label: str, within: str) -> str:
        if not self.marks:
            return plain(label) if label else url
        if not is_web(url):
            return self._inline(label, within)
        return link(url, plain(label))

    def _escape(self, text: str) -> str:
        return escape(text) if self.marks else text


def _kind(match: re.Match[str]) -> tuple[str, str]:
    """Which part of _INLINE matched, and its words."""
    if match["label"] is not None:
        return "url", match["url"]
    kind = str(match.lastgroup)
    return kind, match[kind]


def _indent(spaces: str) -> str:
    return "    " * min(len(spaces.expandtabs(4)) // 2, 3)


def _needs_break(neighbour: str) -> bool:
    """Whether Slack would not see a mark beside this character: only spaces and ASCII punctuation let it."""
    if not neighbour or neighbour.isspace() or neighbour == BREAK:
        return False
    return neighbour.isalnum() or ord(neighbour) > 127
