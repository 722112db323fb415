"""Cutting text to WeCom's limits, which count bytes, without dropping a byte or breaking a character.

WeCom cuts an over-long message silently, so everything that leaves is measured here first.
"""

from __future__ import annotations

from collections.abc import Callable

import regex

MESSAGE_BYTES = 2048  # text and markdown content of message/send and appchat/send
NUMBER_BYTES = 24  # room for "(12345/12345)\n"
_LOOKAHEAD = 64  # code points after the window, to see whether the last grapheme goes on
_ENDINGS = ("\n\n", "\n", tuple("。！？!?；;…"), tuple("，,、：: "))  # best place for a break first
_CLAUSE = regex.compile(r"[。！？；，、]|[.,;!?](?=\s)")
_WORD = r"[[\p{L}\p{M}\p{N}'’._%-]--[\p{Han}\p{Hiragana}\p{Katakana}]]"
_IN_WORD = regex.compile(_WORD * 2, regex.V1)  # a word's character, followed by another
_LOOSE = " \n。，、；：.,;:·-–—“‘\"'(（「《"  # looks lost before …


def size(text: str) -> int:
    """Bytes as WeCom counts them."""
    return len(text.encode())


def split_text(text: str, limit: int = MESSAGE_BYTES) -> list[str]:
    """Parts of at most `limit` bytes (at least 4) that join to `text` again, in order.

    A break is put at the end of a paragraph, line, sentence or clause when one lies in the second half of the
    part, else between two graphemes. Only a single grapheme larger than `limit` is broken, between code points.
    """
    parts, start = [], 0
    while start < len(text):
        end = _end_of_part(text, start, limit)
        parts.append(text[start:end])
        start = end
    return parts


def numbered(text: str, limit: int = MESSAGE_BYTES) -> list[str]:
    """The text in messages of at most `limit` bytes; "(2/3)" stands before each when there are several."""
    if size(text) <= limit:
        return [text] if text.strip() else []
    parts = split_text(text, limit - NUMBER_BYTES)
    return [f"({number}/{len(parts)})\n{part}" for number, part in enumerate(parts, 1)]


def shorten(text: str, limit: int, measure: Callable[[str], int] = len) -> str:
    """At most `limit` code points (or whatever `measure` counts), with … where something is missing.

    Cut at the end of a clause near the end, else of a word; between graphemes when a word is too long for that.
    """
    if measure(text) <= limit:
        return text
    seen = text[: limit + _LOOKAHEAD]
    ends = [match.end() for match in regex.finditer(r"\X", seen) if measure(seen[: match.end()]) < limit]
    return text[: _border(text, ends)].rstrip(_LOOSE) + "…" if ends else "…"


def shorten_bytes(text: str, limit: int) -> str:
    """At most `limit` bytes, cut between graphemes, without a mark."""
    return text if size(text) <= limit else split_text(text, limit)[0]


def _end_of_part(text: str, start: int, limit: int) -> int:
    window = text[start : start + limit]
    fitting = len(window.encode()[:limit].decode(errors="ignore"))  # code points that fit whole
    if start + fitting >= len(text):
        return len(text)
    seen = text[start : start + fitting + _LOOKAHEAD]
    ends = [match.end() for match in regex.finditer(r"\X", seen) if match.end() <= fitting]
    return start + (_best(window, ends) if ends else fitting)


def _best(window: str, ends: list[int]) -> int:
    late = [end for end in reversed(ends) if end * 2 >= ends[-1]]
    for ending in _ENDINGS:
        for end in late:
            if window.endswith(ending, 0, end):
                return end
    return ends[-1]


def _border(text: str, ends: list[int]) -> int:
    """The best place to cut: a clause's end in the last quarter, a word's in the second half, else the last."""
    last = ends[-1]
    for end in reversed(ends):
        if end * 4 < last * 3:
            break
        if _CLAUSE.match(text, end - 1):
            return end
    words = (end for end in reversed(ends) if end * 2 >= last and not _IN_WORD.match(text, end - 1))
    return next(words, last)
