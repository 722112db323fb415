"""Whether something is a question, as far as the words tell: transcripts often lack the question mark. Pure."""

from __future__ import annotations

import re

_MARK = re.compile(r"[?？]")
_CHINESE = re.compile(
    r"(吗|么|呢|吧|没有|不)[。，,.!！]*$"
    r"|什么|怎么|怎样|如何|为何|为啥|多少|多久|多大|哪[里儿个些位家种款]|谁|几[点个年月天号位家套台]"
    r"|(是不是|能不能|有没有|可不可以|要不要|对不对|行不行|好不好|会不会|可否|能否|是否)"
)
_STATEMENT = re.compile(r"(那么|这么|要么|好吧|行吧|对吧|没什么|不怎么|好几[个年天家]|什么的|怎么也|无论|不管|谁都)")
_SENTENCE_END_ONLY = re.compile(r"(不|没有|吧)[。，,.!！]*$")
_ENGLISH = re.compile(
    r"^\W*((so|and|but|well|ok|okay|oh|um)\W+)*"
    r"(who|what|when|where|why|which|how|whose|"
    r"(is|are|was|were|do|does|did|can|could|will|would|should|shall|may|have|has|had)(n't)?\s+"
    r"(i|you|he|she|it|we|they|there|this|that|these|those|your|the|any|anyone|somebody))\b",
    re.IGNORECASE,
)


def is_question(text: str) -> bool:
    """Whether an utterance asks something."""
    if _MARK.search(text):
        return True
    if _ENGLISH.search(text):
        return True
    return _asks_in_chinese(text)


def _asks_in_chinese(text: str) -> bool:
    rest = _STATEMENT.sub("", text)
    found = _CHINESE.search(rest)
    return found is not None and not _SENTENCE_END_ONLY.fullmatch(found.group())
