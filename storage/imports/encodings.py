"""How a text is encoded: by its mark, else by what can be read and looks like words."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from storage.imports.report import ImportRefused

_CHUNK = 1 << 20  # bytes
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_COMMON = 0.9  # of the letters that aren't ASCII: with fewer common ones it may be another encoding


def find_encoding(path: Path) -> str:
    """UTF-16 by its mark or its zeros, else UTF-8 if the whole file is, else GB18030, unless the text then reads like
    nothing while Big5 or Windows-1252 makes sense of it. Raises ImportRefused."""
    with path.open("rb") as file:
        head = file.read(_CHUNK)
    if head.startswith(_MARKS):
        return "utf-16"
    if wide := _without_mark(head):
        return wide
    if b"\0" not in head:
        if _is_encoded(path, "utf-8-sig"):
            return "utf-8-sig"
        if (found := _likely(head)) != "gb18030" and _is_encoded(path, found):
            return found
        if _is_encoded(path, "gb18030"):
            return "gb18030"
    raise ImportRefused("encoding", file=path.name)


def _without_mark(head: bytes) -> str:
    """UTF-16 that has no mark: separators and line ends have a zero on the same side, all over."""
    sample = head[: 1 << 12]
    sample = sample[: len(sample) // 2 * 2]
    for name, at in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros, others = sample[at::2].count(0), sample[1 - at :: 2].count(0)
        if sample and not others and zeros * 20 > len(sample):
            return name
    return ""


def _likely(head: bytes) -> str:
    """The encoding under which most letters are common ones; GB18030 where nothing is better."""
    if _common(head, "gb18030") >= _COMMON:
        return "gb18030"
    return max(("gb18030", "big5", "cp1252"), key=lambda name: _common(head, name))


def _common(head: bytes, encoding: str) -> float:
    """The share of characters beyond ASCII that are common ones, 0 to 1; 0 when it can't be read so."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return 0.0
    beyond = [character for character in text if character > "\x7f"]
    return sum(_is_common(character, encoding) for character in beyond) / len(beyond) if beyond else 1.0


def _is_common(character: str, encoding: str) -> bool:
    if encoding == "cp1252":
        return character.isalpha() or character in "€£“”‘’–—°"
    written = character.encode(encoding)
    if encoding == "big5":
        return 0xA1 <= written[0] <= 0xC6  # punctuation and the 5401 frequent characters
    return len(written) == 2 and (0xB0 <= written[0] <= 0xD7 or written[0] in (0xA1, 0xA3))  # level 1 of GB 2312


def _is_encoded(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
