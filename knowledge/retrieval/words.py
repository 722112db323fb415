"""Cuts a text into what the keyword index counts: words, parts of codes, and pairs of characters."""

import functools
import itertools
import re

from knowledge.retrieval.dictionary import segmenter
from knowledge.retrieval.folding import fold
from knowledge.retrieval.language import HAN, is_chinese

REMEMBERED = 4096
"""Texts: a playbook's sentences are in two collections, and a question is cut for each search that it causes."""
_RUNS = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:[-.+#&][^\W_{HAN}]+)*[+#%]*")
_CODE_PARTS = re.compile(rf"[^\W_{HAN}]+")


def tokens_of(text: str) -> list[str]:
    """All tokens of a text, with repeats. Chinese gives words and character pairs, codes give their parts."""
    return list(_tokens(text))


@functools.lru_cache(REMEMBERED)
def _tokens(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for run in _RUNS.findall(fold(text).lower()):
        found.extend(_han_tokens(run) if is_chinese(run) else _latin_tokens(run))
    return tuple(found)


def _han_tokens(run: str) -> list[str]:
    # Words catch meaning, pairs catch what the dictionary cuts wrongly (names, slips of the transcriber).
    words = list(segmenter().cut_for_search(run))
    return words + ["".join(pair) for pair in itertools.pairwise(run)]


def _latin_tokens(run: str) -> list[str]:
    parts = _CODE_PARTS.findall(run)
    return [run, *parts] if len(parts) > 1 or parts != [run] else [run]
