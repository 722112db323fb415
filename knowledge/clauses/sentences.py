"""A text as sentences with their places. Lines that a mail program broke are joined; what is too long is cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from config.mail_history import part

LONGEST = 1200  # characters of a sentence; what is longer is cut
MOST = 400_000  # characters of a text that are read: a contract of 200 pages

_END = re.compile(r"[。！？!?；](?=[\s\S])|;(?=\s)|(?<=[A-Za-z)\]\"%\d]{2})\.(?=\s)|(?<=[a-z)]{3})\.(?=[A-Z])")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|No|Nos|Inc|Ltd|Co|Corp|Sec|Art|approx|excl|incl|vs|St|Tel)|\b[A-Z])$", re.I
)
_ITEM = re.compile(
    r"\s{0,8}(?:[-*•·▪○]|[(（]?\d{1,2}[.、)）]|[(（]?[一二三四五六七八九十]{1,3}[、.)）]|[a-z][.)]\s|[|│])"
)
_KEYED = re.compile(r"[^:：,，。]{1,16}[:：]")
_WORDS = re.compile(r"[\u3400-\u9fff]")


class Sentence(NamedTuple):
    """text[start:end] of the original. `heads` says that what follows belongs to it ("交货期：")."""

    start: int
    end: int
    heads: bool


def sentences(text: str, *, whole: bool = False) -> Iterator[Sentence]:
    """The sentences of a text's own words; `whole` takes earlier mails too."""
    text = text[:MOST]
    spans = ((0, len(text)),) if whole else part(text).spans
    for start, end in _paragraphs(text, _line_spans(text, spans) if whole else spans):
        yield from _cut(text, start, end)


def _line_spans(text: str, spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    found, start = [], 0
    for line in text.splitlines(keepends=True):
        found.append((start, start + len(line.rstrip("\r\n"))))
        start += len(line)
    return tuple(found) if found else spans


def _paragraphs(text: str, lines: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int]]:
    """Lines, joined where one ends for want of room only."""
    waiting: tuple[int, int] | None = None
    last = 0  # where the waiting paragraph's last line begins
    for start, end in lines:
        if waiting and start - waiting[1] <= 2 and _goes_on(text[last : waiting[1]], text[start:end]):
            waiting = (waiting[0], end)
        else:
            if waiting:
                yield waiting
            waiting = (start, end)
        last = start
        if waiting[1] - waiting[0] > LONGEST:
            yield waiting
            waiting = None
    if waiting:
        yield waiting


def _goes_on(line: str, following: str) -> bool:
    if not following.strip() or not line.strip() or _ITEM.match(following) or _KEYED.match(following[:20]):
        return False
    if line.rstrip()[-1] in "。！？!?；;:：.|":
        return False
    return len(line) >= (28 if _WORDS.search(line[-12:]) else 50)


def _cut(text: str, start: int, end: int) -> Iterator[Sentence]:
    at = start
    for match in _END.finditer(text, start, end):
        if match[0] == "." and _ABBREVIATION.search(text[max(at, match.start() - 8) : match.start()]):
            continue
        yield from _bounded(text, at, match.end())
        at = match.end()
    yield from _bounded(text, at, end)


def _bounded(text: str, start: int, end: int) -> Iterator[Sentence]:
    for at in range(start, end, LONGEST):
        stop = min(at + LONGEST, end)
        piece = text[at:stop]
        bare = piece.strip()
        if bare:
            begin = at + len(piece) - len(piece.lstrip())
            yield Sentence(begin, begin + len(bare), bare[-1] in ":：")
