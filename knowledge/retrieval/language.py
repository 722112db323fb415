"""Which language a text is in: for the keyword index, where words of one aren't found in another, and for answers."""

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


_PLAIN_WORD = re.compile(rf"[^\W\d_{HAN}]+(['’-][^\W\d_{HAN}]+)*")  # no code, address or model number
_AROUND_WORDS = ".,;:!?()[]\"'“”‘’…"
_CHINESE_GRAMMAR = re.compile(r"[的了吗呢吧么怎哪谁我你您他她请帮看说是按比给把嫌想要几]|多少|为何")
_CHINESE_SENTENCE = 4  # characters; fewer, or without grammar, are a name, which an English reader writes too


def spoken_language(text: str) -> str:
    """ "zh" or "en" when the text is clearly a sentence of it; "" for names, codes, numbers and mixtures."""
    if is_chinese(text):
        long_enough = len(_HAN_CHARACTER.findall(text)) >= _CHINESE_SENTENCE
        return "zh" if long_enough and _CHINESE_GRAMMAR.search(text) else ""
    words = [word for one in text.split() if _PLAIN_WORD.fullmatch(word := one.strip(_AROUND_WORDS))]
    written_small = any(word.islower() for word in words)  # "Henglida Laser Pro" is three names
    return "en" if written_small and is_other_sentence(" ".join(words)) else ""
