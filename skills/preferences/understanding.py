"""Which setting a sentence changes. Pure."""

from __future__ import annotations

import re

_ENGLISH = re.compile(r"英文|英语|english", re.IGNORECASE)
_CHINESE = re.compile(r"中文|汉语|普通话|chinese|mandarin", re.IGNORECASE)
_NEGATED = re.compile(r"(别|不要|不想|不用)再?(说|用|讲|回)?\s*$|\b(no|not|don't|stop)\b[^.]*$", re.IGNORECASE)


def wanted_language(text: str) -> str:
    """ "zh" or "en" when the sentence asks for one; "" when it names none, or both without a preference."""
    found = {language: match for language, word in (("en", _ENGLISH), ("zh", _CHINESE)) if (match := word.search(text))}
    wanted = [language for language, match in found.items() if not _NEGATED.search(text[: match.start()])]
    if len(wanted) == 1:
        return wanted[0]
    if not wanted and len(found) == 1:  # "别说英文了": then the other one
        return "zh" if "en" in found else "en"
    return ""
