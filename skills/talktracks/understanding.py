"""What a message asks for, seen from the conversation so far. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from knowledge.playbook.vocabulary import Vocabulary
from skills.talktracks.courtesies import courtesy

Kind = Literal["question", "elliptic", "shift", "next", "pick", "unfold", "fold", "language", "courtesy"]

_END = r"(吧|呢|吗|呀|啊|please|pls|thanks|谢谢)?[\s。.!！?？~～]*$"
# Asks for one card in another language; "以后用英文", "speak English" are for good and belong to skills/preferences.
_ONCE = (
    r"^\s*((请|麻烦|那|再|能|要|给我|给|发我|来|看|个|一个|一下|一份|有没有|有|翻译成|译成|翻成)*\s*"
    r"(({words})(版本?|翻译|的)?(怎么[说讲])?|用({words})(怎么[说讲]|再?[说讲]一[遍下]))"
    r"|((please|pls|and|now|can|could|i|you|we|have|get|see|show|give|send|say|translate|put|do|is|there|me|it|this|"
    r"that|the|same|card|an?)\s+)*((in|to|into)\s+)?({words})(\s+(version|one|card|text))?)\s*" + _END
)
ONCE = {code: _ONCE.format(words=words) for code, words in (("en", "英文|英语|english"), ("zh", "中文|汉语|chinese"))}
_LANGUAGES = {code: re.compile(pattern, re.IGNORECASE) for code, pattern in ONCE.items()}
_CHANGE = re.compile(r"^\s*(换|切|改)成")  # alone it is for good; here something was shown that it may mean
_NEXT = re.compile(
    r"^(请|再|给我)*(换一?[个条种]|还有(别的|其他的|没有)?|更多|下一[个条]|来一[个条]|别的)" + _END
    + r"|^(show me |give me |got |any )*(an)?(other|others|more|next)( one| ones| options?)?\s*" + _END,
    re.IGNORECASE,
)  # fmt: skip
_PICK = re.compile(r"^\s*(第|看|选|#|no\.?|number|option)?\s*(?P<n>\d{1,6})\s*[个条号.。)）、]?\s*$", re.IGNORECASE)
_UNFOLD = re.compile(
    r"^\s*(展开|全文|详细|详情|unfold|expand|details?|more details?)(看看|一下|说说)?" + _END, re.IGNORECASE
)
_FOLD = re.compile(r"^\s*(收起|折叠|fold|collapse)" + _END, re.IGNORECASE)
_ELLIPTIC = re.compile(
    r"^(那|要是|如果|假如|万一|但|可是|然后)|^(and|but|what if|what about|how about|then|if)\b|呢[。？?!！\s]*$",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"那么|那|要是|如果|阶段|环节|行业|客户|的|对于|对|在|是|到了|到|呢|吗|怎么办|怎么样|"
    r"\b(what|how|about|and|if|in|at|the|stage|for|customers?|then|is|it|they|are|we|with)\b|[\s\W_]+",
    re.IGNORECASE,
)
LONGEST_ELLIPSIS = 40  # characters; longer sentences stand for themselves


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted. `word`: the language for "language", the courtesy for "courtesy"; `place`: from 1, for "pick"."""

    kind: Kind
    word: str = ""
    place: int = 0


def understand(text: str, vocabulary: Vocabulary, *, follows: bool, names: Iterable[str] = ()) -> Asked:
    """Sort a message. `follows`: a talk-track was shown before; `names`: customers that the text mentions."""
    if asked := _command(text):
        return asked
    if follows and len(text) <= LONGEST_ELLIPSIS and _ELLIPTIC.search(text):
        return Asked("elliptic" if _says_more(text, vocabulary, names) else "shift")
    return Asked("question")


def _command(text: str) -> Asked | None:
    """What is the same whatever came before."""
    if word := courtesy(text):
        return Asked("courtesy", word)
    if language := next((code for code, once in _LANGUAGES.items() if once.match(_CHANGE.sub("", text))), ""):
        return Asked("language", language)
    if number := _PICK.match(text):
        return Asked("pick", place=int(number["n"]))
    kinds: tuple[tuple[Kind, re.Pattern[str]], ...] = (("next", _NEXT), ("unfold", _UNFOLD), ("fold", _FOLD))
    return next((Asked(kind) for kind, pattern in kinds if pattern.match(text)), None)


def language_of(text: str) -> str:
    """ "zh" when there is any Chinese, "en" when there are only latin letters, "" when neither."""
    if re.search(r"[\u3400-\u9fff]", text):
        return "zh"
    return "en" if re.search(r"[A-Za-z]{2}", text) else ""


def _says_more(text: str, vocabulary: Vocabulary, names: Iterable[str]) -> bool:
    """Whether anything is left besides a stage, an industry, a product or a customer."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    for terms in ("stages", "industries", "products"):
        text = vocabulary.without(terms, text)
    return bool(_FILLER.sub("", text))
