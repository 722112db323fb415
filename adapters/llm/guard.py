"""Nothing that a model says reaches a reader unless its source says it: figures, names, links. Pure.

The source is what the text was written from (material and question). Doubt is refused: the caller has a plain answer.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from adapters.llm.figures import answer_figures, figures, supported
from adapters.llm.links import links, without_links
from adapters.llm.names import Names, strangers, words
from adapters.llm.units import Figure

_REFUSING = re.compile(
    r"作为(?:一个|一名)?(?:人工智能|AI|语言模型|大模型)|我(?:只)?是(?:一个|一名)?(?:人工智能|AI|语言模型)|"
    r"我(?:暂时|目前)?(?:无法|不能|没法|没办法)(?:为您|帮您|继续)?(?:回答|协助|帮助|提供|满足|完成|讨论)|"
    r"\bas an? (?:AI|artificial intelligence|language model|large language model)\b|\bI(?:'m| am) (?:just )?an AI\b|"
    r"\bI(?:'m| am)? (?:can(?:'|’)t|cannot|can not|unable to) (?:help|assist|answer|provide|comply|discuss)\b",
    re.IGNORECASE,
)
_INVISIBLE = frozenset({"Cf", "Cc", "Co", "Cs"})
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Za-z]+")
_ALWAYS = "，。；！？…\n"
_BEFORE_SPACE = ".!?;:,"
_SENTENCE_END = re.compile(r"[。！？…\n]|[.!?](?=\s|$)")


@dataclass(frozen=True)
class Source:
    """What a text may be written from, read once. Made by `source_of`."""

    text: str  # without links
    figures: frozenset[Figure]
    links: frozenset[str]
    words: frozenset[str]
    known: Names


def source_of(*texts: str, known: Names | None = None) -> Source:
    """The source that these texts are. `known`: names of people, customers and competitors, wherever they stand."""
    whole = "\n".join(texts)
    bare = without_links(whole)
    return Source(bare, figures(bare) | answer_figures(bare), links(whole), words(bare), known or Names())


def faults(text: str, source: Source) -> list[str]:
    """What the text says and the source doesn't, for the log; empty when all is well."""
    bare = without_links(text)
    return [
        *(f"link {link}" for link in sorted(links(text) - source.links)),
        *(f"figure {kind or 'number'} {value}" for kind, value in _unsupported(bare, source)),
        *(f"name {name}" for name in strangers(bare, source.text, source.words, source.known)),
        *(["mark"] if "⟦" in text or "⟧" in text else []),
        *(["refusal"] if _REFUSING.search(text) and not _REFUSING.search(source.text) else []),
    ]


def _unsupported(bare: str, source: Source) -> list[Figure]:
    return sorted((f for f in answer_figures(bare) if not supported(f, source.figures)), key=repr)


def in_language(text: str, language: str) -> bool:
    """Whether the text is in the language that was asked for; names and figures of the other one don't count much."""
    chinese, latin = len(_CHINESE.findall(text)), len(_LETTER.findall(text))
    if chinese + latin == 0:
        return True
    share = chinese / (chinese + 2 * latin)  # a Latin word says about as much as two characters
    return share >= 0.3 if language == "zh" else share <= 0.4


def clean(text: str) -> str:
    """Without invisible characters, which could hide a link from us or turn a line around for the reader."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _INVISIBLE).strip()


def settled(text: str) -> str:
    """The clauses of an unfinished text that nothing to come can change: no half number, word or link at the end."""
    for end in range(len(text), 0, -1):
        mark = text[end - 1]
        if mark in _ALWAYS or (mark in _BEFORE_SPACE and text[end : end + 1].isspace()):
            return text[:end].rstrip()
    return ""


def shortened(text: str, limit: int) -> str | None:
    """The text up to the last sentence that fits into `limit` characters; None when that leaves too little of it."""
    if len(text) <= limit:
        return text
    ends = [m.end() for m in _SENTENCE_END.finditer(text, 0, limit + 1) if m.end() <= limit]
    cut = text[: ends[-1]].rstrip() if ends else ""
    return cut if len(cut) * 3 >= limit else None
