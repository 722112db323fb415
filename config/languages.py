"""The two languages: how people write their names, and which one this machine's operator reads."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping

# code -> words that mean it, the one to suggest first; people's lists and the playbook take the same ones
WORDS: Mapping[str, tuple[str, ...]] = {
    "zh": ("zh", "中文", "汉语", "chinese"),
    "en": ("en", "英文", "英语", "english"),
}


def named(word: str) -> str | None:
    """The code of a language that a person wrote down; case, width and spaces don't count. None when unknown."""
    folded = unicodedata.normalize("NFKC", word).casefold().strip()
    return next((code for code, words in WORDS.items() if folded in words), None)


def operator_language() -> str:
    """English where the terminal's locale is English, else Chinese."""
    chosen = next((value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), "")
    return "en" if chosen.lower().startswith("en") else "zh"
