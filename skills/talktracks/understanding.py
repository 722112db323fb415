"""What a message asks for, seen from the conversation so far. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from knowledge.playbook.vocabulary import Vocabulary

Kind = Literal["question", "elliptic", "shift", "next", "language"]

_END = r"(吧|呢|吗|呀|啊|please|thanks|谢谢)?[\s。.!！?？~～]*$"
_ENGLISH = re.compile(
    r"^(那|要|给我|来个|换成|切成|翻译成|译成|用|有)*\s*(英文|英语|english)(版|版本|的|怎么说|说一遍)*" + _END
    + r"|^((and|now|give me|say it|the|an?)\s+)*(in\s+)?english(\s+version)?\s*" + _END,
    re.IGNORECASE,
)  # fmt: skip
_CHINESE = re.compile(
    r"^(那|要|给我|来个|换成|切成|翻译成|译成|用|有)*\s*(中文|汉语|chinese)(版|版本|的|怎么说|说一遍)*" + _END
    + r"|^((and|now|give me|say it|the|a)\s+)*(in\s+)?chinese(\s+version)?\s*" + _END,
    re.IGNORECASE,
)  # fmt: skip
_NEXT = re.compile(
    r"^(请|再|给我)*(换一?[个条种]|还有(别的|其他的|没有)?|更多|下一[个条]|来一[个条]|别的)" + _END
    + r"|^(show me |give me |got |any )*(an)?(other|others|more|next)( one| ones| options?)?\s*" + _END,
    re.IGNORECASE,
)  # fmt: skip
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
    """What is wanted. `language` only for kind "language"."""

    kind: Kind
    language: str = ""


def understand(text: str, vocabulary: Vocabulary, *, follows: bool, names: Iterable[str] = ()) -> Asked:
    """Sort a message. `follows`: a talk-track was shown before; `names`: customers that the text mentions."""
    if follows:
        if _ENGLISH.match(text):
            return Asked("language", "en")
        if _CHINESE.match(text):
            return Asked("language", "zh")
        if _NEXT.match(text):
            return Asked("next")
        if len(text) <= LONGEST_ELLIPSIS and _ELLIPTIC.search(text):
            return Asked("elliptic" if _says_more(text, vocabulary, names) else "shift")
    return Asked("question")


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
