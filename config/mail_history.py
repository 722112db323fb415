"""Where a mail's own words end and the mail that it answers or forwards begins, as mail programs write it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LONGEST = 300  # characters of a line that can be a separator
_NEAR = 6  # lines within which a header block names at least three headers

_RULE = re.compile(
    r"^[\s>]{0,4}[-_—=*]{2,40}\s{0,4}(?:原始邮件|原邮件|原始信件|转发的?邮件|转发邮件信息|回复的?原?邮件|邮件原文"
    r"|Original(?: Message| Mail)?|Forwarded [Mm]essage|Forwarded by\b.{0,80}|Replied Message)\s{0,4}[-_—=*]{0,40}\s*$",
    re.I,
)
_BEGIN_FORWARDED = re.compile(r"^\s{0,4}Begin forwarded message:\s*$", re.I)
_ATTRIBUTION = re.compile(
    r"^\s{0,4}(?:On\s.{4,200}\swrote\s?:|.{0,120}写道\s?[:：]"
    r"|.{0,120}\bwrote\s?:|Le\s.{4,200}a écrit\s?:|Am\s.{4,200}schrieb\b.{0,80}:)\s*$"
)
_ATTRIBUTION_BEGINS = re.compile(r"^\s{0,4}(?:On\s|At\s\d{4}|在\s?\d{4}).{4,160}$")  # goes on in the next line
_HEADER = re.compile(
    r"^\s{0,4}\*{0,2}(From|Sent|Date|To|Cc|Subject|发件人|寄件者|寄件人|发送时间|发送日期|日期|时间|收件人|抄送|主题|主旨)\*{0,2}\s?[:：]",
    re.I,
)
_FROM = re.compile(r"^\s{0,4}\*{0,2}(?:From|发件人|寄件者|寄件人)\*{0,2}\s?[:：]", re.I)
_QUOTED = re.compile(r"^\s{0,3}[>|＞]")
_SIGNATURE = re.compile(r"^--\s?$")
_BAR = re.compile(r"^\s*[_\-—=]{10,}\s*$")


@dataclass(frozen=True, slots=True)
class Parted:
    """`spans` are the mail's own words; `earlier` is where an earlier mail begins (the text's length if none does)."""

    spans: tuple[tuple[int, int], ...]
    earlier: int


def part(text: str) -> Parted:
    """Own words and earlier mail. Linear in the text's length, whatever it holds."""
    lines = list(_lines(text))
    spans: list[tuple[int, int]] = []
    signed = False
    for number, (start, line) in enumerate(lines):
        if _begins_earlier(lines, number):
            return Parted(tuple(spans), start)
        signed = signed or bool(_SIGNATURE.match(line))
        if not (signed or _QUOTED.match(line) or _is_attribution(lines, number)):
            spans.append((start, start + len(line)))
    return Parted(tuple(spans), len(text))


def own_words(text: str) -> str:
    """The text without what others wrote before, without quoted lines and without the signature below "-- "."""
    return "\n".join(text[start:end] for start, end in part(text).spans).strip()


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.splitlines(keepends=True):
        yield start, line.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")
        start += len(line)


def _begins_earlier(lines: list[tuple[int, str]], number: int) -> bool:
    line = lines[number][1]
    if len(line) > _LONGEST:
        return False
    if _RULE.match(line) or _BEGIN_FORWARDED.match(line):
        return True
    if _FROM.match(line) or _BAR.match(line):
        return _is_block(lines, number + (0 if _FROM.match(line) else 1))
    return _is_attribution(lines, number) and not _quotes_follow(lines, number)


def _is_block(lines: list[tuple[int, str]], number: int) -> bool:
    near = [line for _, line in lines[number : number + _NEAR] if len(line) <= _LONGEST]
    names = {found[1].lower() for line in near if (found := _HEADER.match(line))}
    return len(names) >= 3 and bool(near) and bool(_FROM.match(near[0]))


def _is_attribution(lines: list[tuple[int, str]], number: int) -> bool:
    """`On … wrote:`, also where a mail program broke it in two."""
    line = lines[number][1]
    if len(line) > _LONGEST:
        return False
    if _ATTRIBUTION.match(line):
        return True
    if not _ATTRIBUTION_BEGINS.match(line) or number + 1 >= len(lines):
        return False
    following = lines[number + 1][1]
    return len(following) <= _LONGEST and bool(_ATTRIBUTION.match(f"{line} {following}"))


def _quotes_follow(lines: list[tuple[int, str]], number: int) -> bool:
    """Whether quoted lines stand below an attribution: then answers may stand between them."""
    return any(_QUOTED.match(line) for _, line in lines[number + 1 : number + 5])
