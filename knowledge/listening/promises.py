"""Who promised what by when: rules over what was said, in Chinese and English. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from bot.contracts.listening import Dialogue, Side, Utterance
from knowledge.listening.due import due_in

LONGEST = 120  # characters of a task
_SENTENCES = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?|\n")
_DO = (
    "发|寄|传|给|确认|回复|答复|安排|准备|做|提供|报|申请|出具|出|整理|约|拜访|送|更新|核实|落实|联系|跟进|补|打电话|带"
    "|查|算|催"
)
_ZH = re.compile(
    rf"(?:我们?|咱们?|我这边|我们这边)[^，,。？?]{{0,14}}?(?:{_DO})[^，,。]{{0,24}}"
    rf"|(?:明天|后天|今天|周[一二三四五六日天]|星期[一二三四五六日天]|月底|下周)[^，,。？?]{{0,6}}(?:{_DO})[^，,。]{{0,10}}[您你]"
)
_BINDS = re.compile(
    r"会|来|马上|尽快|一定|负责|保证|这就|回去|回头|给[您你贵]|[发寄传报回送][给]?[您你贵]|跟[您你]|和[您你]"
)
_EN = re.compile(
    r"(?i)\b(?:(?:i|we)(?:'ll| will|'m going to|'re going to| can get| promise to)|let me)\s+(?:\w+\s+){0,2}?"
    r"(?:send|e?mail|share|call|get|check|confirm|prepare|arrange|put|schedule|follow|provide|quote|ship|update|forward|"
    r"book|bring|find|draft|set|ask)\b"
)
_NO = re.compile(
    r"没有?(?:办法|法)|没法|不能|不会|无法|不用|没[有]?答应|已经|昨天|刚才|刚刚|上次|上周|前天|如果|要是|假如|的话|[吗么呢][？?]?$|[？?]$"
)
_EN_NO = re.compile(r"(?i)\b(if|can't|cannot|won't|unable|already|yesterday)\b|\?$")


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise, as it was said."""

    utterance_id: str
    text: str
    side: Side
    due: date | None = None


def promises_of(dialogue: Dialogue, said: date, sure: Collection[str] = ()) -> list[Promise]:
    """All promises in order. `sure`: ids of utterances in which a classifier is certain of one."""
    return [promise for utterance in dialogue.utterances for promise in _of(utterance, said, utterance.id in sure)]


def _of(utterance: Utterance, said: date, sure: bool) -> list[Promise]:
    sentences = [found.group().strip() for found in _SENTENCES.finditer(utterance.text)]
    hits = [sentence for sentence in sentences if sentence and is_promise(sentence, said)]
    if not hits and sure:
        hits = [utterance.text.strip()]
    return [Promise(utterance.id, hit[:LONGEST], utterance.side, due_in(hit, said)) for hit in hits]


def is_promise(sentence: str, said: date) -> bool:
    """Whether the speaker binds themselves to do something for the other side."""
    if _EN.search(sentence):
        return not _EN_NO.search(sentence)
    found = _ZH.search(sentence)
    if found is None or _NO.search(sentence):
        return False
    return bool(_BINDS.search(sentence)) or due_in(sentence, said) is not None
