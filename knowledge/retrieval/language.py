"""Which language a text is in, as far as the keyword index cares: words of one aren't found in another."""

import re

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
"""Chinese characters, for use inside a regular expression's brackets."""
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_LETTERS = re.compile(rf"[^\W\d_{HAN}]{{2,}}")
SENTENCE_WORDS = 3
"""Fewer words without Chinese are a name or a code, which both languages use."""


def is_chinese(text: str) -> bool:
    """Whether it has any Chinese character; a Chinese sentence may be full of codes and names."""
    return _HAN_CHARACTER.search(text) is not None


def is_other_sentence(text: str) -> bool:
    """Whether it is a sentence, not just a name, in a language without Chinese characters."""
    return not is_chinese(text) and len(_LETTERS.findall(text)) >= SENTENCE_WORDS
