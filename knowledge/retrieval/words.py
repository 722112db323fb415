"""Cuts a text into what the keyword index counts: words, parts of codes, and pairs of characters."""

import functools
import itertools
import re
import threading
import warnings
from typing import Any

from knowledge.retrieval.folding import fold
from knowledge.retrieval.language import HAN, is_chinese

_RUNS = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:[-.+#&][^\W_{HAN}]+)*[+#%]*")
_CODE_PARTS = re.compile(rf"[^\W_{HAN}]+")
_loading = threading.Lock()


def tokens_of(text: str) -> list[str]:
    """All tokens of a text, with repeats. Chinese gives words and character pairs, codes give their parts."""
    found: list[str] = []
    for run in _RUNS.findall(fold(text).lower()):
        found.extend(_han_tokens(run) if is_chinese(run) else _latin_tokens(run))
    return found


def _han_tokens(run: str) -> list[str]:
    # Words catch meaning, pairs catch what the dictionary cuts wrongly (names, slips of the transcriber).
    words = list(_segmenter().cut_for_search(run))
    return words + ["".join(pair) for pair in itertools.pairwise(run)]


def _latin_tokens(run: str) -> list[str]:
    parts = _CODE_PARTS.findall(run)
    return [run, *parts] if len(parts) > 1 or parts != [run] else [run]


def _segmenter() -> Any:
    with _loading:
        return _load_segmenter()


@functools.cache
def _load_segmenter() -> Any:
    """jieba with its dictionary (0.8 s, once), without the cache file and the log lines it makes by default."""
    with warnings.catch_warnings():
        # Old escapes in its source and its import of pkg_resources; neither is ours to repair.
        warnings.simplefilter("ignore")
        import jieba

        segmenter = jieba.Tokenizer()
        segmenter.FREQ, segmenter.total = segmenter.gen_pfdict(segmenter.get_dict_file())
    segmenter.initialized = True
    return segmenter
