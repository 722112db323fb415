"""How a thing is said: denied, quoted from somebody, supposed, in jest, over and done with, or asked.

"没说太贵", "你上次说太贵", "要是太贵", "哈哈太贵" and "以前嫌贵，现在值" hold the same words and mean something else.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

Span = tuple[int, int]

_CHOICE = re.compile(r"([能可是要行好对有])(?:不|没)\1|能否|可否|是否|不但|不仅|不光|不止|不过|不然|不错|要不")
_DENIAL = re.compile(
    r"(?:没|没有|从没|从来没|从来不|从不|并没|并不|不|不是|别|谁|哪里?|哪有|谈不上|不至于|毫无|毫不|无需|不用|不必|严禁|禁止|拒绝|不准|"
    r"不允许|不会|不能|未)(?:人|有|过|再|是|说|嫌|觉得|认为|感觉|打算|想|想要|要|要求|允许|许|收|拿|搞|做|给|跟|和|找|联系|"
    r"看|比|对比|接触|考虑|准备|需要|你|你们|我|我们|他|的|什么|任何|到|收受|提|提过|提供){0,4}$"
)
_DENIAL_EN = re.compile(
    r"(?:\b(?:not|never|no|nobody|none|without|nothing|neither|refuse to|hardly)\b|n['’]t\b)(?:\W+\w+){0,4}\W*$", re.I
)
_SAID_NOT = re.compile(
    r"(?:没|没有|从没|从来没|不|不是|可没|谁)(?:人)?(?:说|嫌|觉得|认为|要求|答应|生气|发火)|谈不上|"
    r"\b(?:never|did ?n['’]t|do ?n['’]t|not|nobody) (?:say|said|think|thought|saying|asking|claim|upset|angry)\b",
    re.I,
)
_QUOTED = re.compile(
    r"(?:你|您|你们)(?:[^，。,.!?！？]{0,4})?(?:上次|上回|之前|昨天|前天|那天|刚才|早先)?(?:不是|也|都|还)?(?:说|讲|提|答应|承诺|保证|报|要求)(?:过|的|了|起|到)|"
    r"(?:你|您|你们)(?:上次|上回|之前|昨天|那天|刚才)[^，。,.!?！？]{0,6}(?:说|讲|提|答应|报)|听(?:说|讲|人说)|据说|有人(?:说|嫌|觉得|因|拿|收)|"
    r"(?:别人|别的客户|其他客户|别的厂|隔壁|人家|他们|网上|新闻|老(?![板总大爷婆公妈])[\u4e00-\u9fff]|群里)[^，。,.!?！？]{0,5}(?:说|嫌|觉得|讲|写|投诉|要求|抱怨|骂|退|取消|以前|签)|"
    r"\b(?:you|he|she|they)(?: \w+)? (?:said|told|mentioned|promised|offered|claimed|asked)|\bi (?:heard|read)\b|"
    r"\b(?:said|told) (?:that )?(?:other|another)|\b(?:other|another) (?:customer|client|plant|compan)\w*",
    re.I,
)
_MARKS = re.compile(r"[“\"「『]([^”\"」』]{1,60})[”\"」』]")
_SUPPOSED = re.compile(
    r"如果|要是|假如|假设|假使|万一|倘若|若是|将来|等以后|也许|或许|说不定|"
    r"\b(?:if|suppose|supposing|in case|perhaps|might|hypothetically)\b",
    re.I,
)
_JOKING = re.compile(
    r"哈哈|嘿嘿|呵呵|嘻嘻|玩笑|逗你|逗我|闹着玩|[😂🤣😄😆😁😜😝]|\[(?:偷笑|呲牙|捂脸|坏笑|破涕为笑)\]|"
    r"\b(?:lol|haha\w*|kidding|joking|just a joke)\b",
    re.I,
)
_OVER = re.compile(
    r"(?:以前|之前|原来|过去|当时|当初|去年|曾经|一开始)[^。]*(?:现在|如今|后来|已经|这次)(?!.*(?:还是|依然|照样|又))|"
    r"(?:问题|事情?|故障)?(?:已经|都)(?:解决|修好|处理好|弄好)|"
    r"\b(?:used to|last year|at first|back then)\b.*\b(?:now|but)\b",
    re.I,
)
_ASKS = re.compile(
    r"[?？]\s*$|(?:吗|么|呢|吧不|没有|不行|行不|好不好|是不是|对不对|对吗|是吗)[。.!！\s]*$|^(?:请问|为什么|怎么|什么时候|多少|哪|谁)|"
    r"^(?:what|when|where|who|why|how|which|do|does|did|is|are|can|could|would|will|any|have|has)\b",
    re.I,
)
_CLAUSE = re.compile(r"[，,。.;；!！?？:：\n]|但是?|可是|不过|然而|\bbut\b|\bhowever\b", re.I)


@dataclass(frozen=True, slots=True)
class Frames:
    """Which frames lie around a place of a sentence, or around the whole of it."""

    denied: bool = False
    quoted: bool = False
    supposed: bool = False
    joking: bool = False
    over: bool = False

    @property
    def count(self) -> int:
        """How many."""
        return self.denied + self.quoted + self.supposed + self.joking + self.over


def frames_at(text: str, span: Span | None) -> Frames:
    """The frames around what stands at `span`; around the whole sentence where no place is known."""
    supposed, joking, over = _around_all(text)
    return Frames(_is_denied(text, span), _is_quoted(text, span), supposed, joking, over)


@functools.lru_cache(256)
def _around_all(text: str) -> tuple[bool, bool, bool]:
    return bool(_SUPPOSED.search(text)), bool(_JOKING.search(text)), bool(_OVER.search(text))


def is_question(text: str) -> bool:
    """Whether it asks for something, with or without a question mark (transcripts have none)."""
    return bool(_ASKS.search(text.strip()))


@functools.lru_cache(256)
def _said_not(text: str) -> bool:
    return bool(_SAID_NOT.search(text))


@functools.lru_cache(256)
def _quotation_begins(text: str) -> int | None:
    cue = _QUOTED.search(text)
    return cue.start() if cue else None


def _is_denied(text: str, span: Span | None) -> bool:
    if span is None:
        return _said_not(text)
    before = _CHOICE.sub("", text[_clause_start(text, span[0]) : span[0]])
    return bool(_DENIAL.search(before) or _DENIAL_EN.search(before))


def _is_quoted(text: str, span: Span | None) -> bool:
    begins = _quotation_begins(text)
    if begins is not None and (span is None or begins <= span[0]):
        return True
    return span is not None and any(m.start(1) <= span[0] and span[1] <= m.end(1) for m in _MARKS.finditer(text))


def _clause_start(text: str, at: int) -> int:
    return max((cut.end() for cut in _CLAUSE.finditer(text, 0, at)), default=0)
