"""What a message asks for, seen from the conversation so far. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from knowledge.playbook.vocabulary import Vocabulary
from skills.talktracks.courtesies import courtesy

Kind = Literal["question", "elliptic", "shift", "next", "pick", "unfold", "fold", "language", "courtesy", "list"]

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
NEXT = (
    r"(?i)^\s*((这个|这条|这张|都|还是)?(不行|不好|不对|不合适|不适用|不是这个|没用|no)[\s,，。.!！]*)?(请|再|给我)*"
    r"(换一?[个条种张](说法|话术)?|(还有(没有)?|有没有)(别的|其他的?|其它的?)?(说法|讲法|话术|办法|方法|回答|回法|选择)?"
    r"|有?(别的|其他的?)(说法|讲法|话术|办法|方法)?|更多|下一[个条张]|[再另]?来一[个条])" + _END
    + r"|^(is there |are there |do you have )?(show me |give me |got |any )*(an)?(other|others|more|next)"
    r"( one| ones| options?| ways?( to say (it|this|that))?)?\s*" + _END
)  # fmt: skip
_NEXT = re.compile(NEXT)
_SHOW = (
    r"(我们|公司|现在|都)*(有哪些|哪些是?|有什么|有多少|列出|看看|所有|全部|查看|list|show|which|what)"
    r"( me| our| all| the| are)*"
)
LISTS = {
    "rivals": rf"(?i)^\s*({_SHOW})?\s*"
    r"(竞品卡?|竞争对手|对手|竞对|competitors?( cards?)?|battle ?cards?)( do we have| are there)?"
    r"((都|现在|一共)?(有|是)?(哪些|谁|哪几[家个]|什么|几[家个])|列表|清单|一览|名单)?\s*" + _END,
    "talktracks": rf"(?i)^\s*({_SHOW}\s*(话术|talk ?tracks?)(库|卡|can i use| do we have| are there)*"
    r"|话术库?((都|里|现在|一共)*有(哪些|什么|多少)|列表|清单|目录|大全))\s*" + _END,
}  # fmt: skip
_KINDS_OF_LIST = {word: re.compile(pattern) for word, pattern in LISTS.items()}
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
    """What is wanted. `word`: the language for "language", the courtesy for "courtesy", "rivals" or "talktracks" for
    "list"; `place`: from 1, for "pick"."""

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
    if word := next((word for word, pattern in _KINDS_OF_LIST.items() if pattern.match(text)), ""):
        return Asked("list", word)
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
