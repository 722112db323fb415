"""Personal data leaves as ⟦P1⟧ and comes back as it was: no model needs to know who somebody is. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from adapters.llm.figures import WIDE
from adapters.llm.names import TITLED, Names, pattern_of

_END = r"(?![A-Za-z0-9])"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_GAP = r"[ \t\-‐‑–—.·]?"
_PERSONAL = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]+[ ]?@[ ]?[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+",  # e-mail
        rf"(?<![A-Za-z0-9])[1-9]\d{{5}}{_GAP}(?:18|19|20)\d{{2}}{_GAP}\d{{4}}{_GAP}\d{{3}}[\dXx]{_END}",  # ID card
        rf"(?<!\d)[1-9]\d{{5}}{_GAP}\d{{6}}{_GAP}\d{{3}}(?!\d)",  # ID card of the first generation
        rf"(?<![A-Za-z0-9])\d(?:{_GAP}\d){{12,18}}(?!\d)",  # bank card, in groups or not
        rf"(?<!\d)(?:(?:\+|00)?86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)",  # mobile
        rf"(?<!\d)(?:[(（]0\d{{2,3}}[)）]|0\d{{2,3}}){_GAP}\d{{3,4}}{_GAP}\d{{4}}(?!\d)"
        r"(?:(?:转|ext\.?|-)[ ]?\d{1,5})?",  # with area code
        rf"(?<!\d)[48]00{_GAP}\d{{3,4}}{_GAP}\d{{3,4}}(?!\d)",  # 400 and 800 numbers
        rf"(?<![\dA-Za-z])\+\d{{1,3}}(?:{_GAP}\(?\d{{1,4}}\)?){{2,5}}(?!\d)",  # abroad
        r"(?<=微信号)[ ：:是为]{0,3}[A-Za-z][\w\-]{4,19}|(?<=微信)[ ：:是为]{0,3}[A-Za-z][\w\-]{4,19}"
        r"|(?<=wechat)(?:[ ]?id)?[ ：:]{0,3}(?!pay|work|official|group)[A-Za-z][\w\-]{5,19}",
        r"(?<=qq)(?:号)?[ ：:是]{0,3}[1-9]\d{4,10}",
        r"(?<![A-Za-z0-9])[EGDSPH]\d{8}(?![A-Za-z0-9])",  # passport
        rf"[{_PROVINCES}][A-Z][·]?[A-Z0-9]{{5,6}}{_END}",  # plate
    )
)
_MARK = re.compile(r"⟦\s*P\s*(\d{1,4})\s*⟧|【\s*P(\d{1,4})\s*】|\[{1,2}\s*P(\d{1,4})\s*\]{1,2}", re.IGNORECASE)
_UNFORGEABLE = str.maketrans({"⟦": "〔", "⟧": "〕"})


@dataclass
class Mask:
    """One conversation's placeholders: the same value has the same placeholder in every text."""

    known: Names = field(default_factory=Names)
    _marks: dict[str, str] = field(default_factory=dict)  # value -> placeholder
    _values: dict[int, str] = field(default_factory=dict)  # number -> value

    def hide(self, text: str) -> str:
        """The text with a placeholder for all that is personal; marks that stand in it already lose their meaning."""
        text = text.translate(_UNFORGEABLE)
        for pattern in _PERSONAL:
            text = self._replace(pattern, text)
        for name in self.known.within(text):
            text = self._replace(pattern_of(name), text)
        return self._replace(TITLED, text)

    def restore(self, text: str) -> str:
        """The text with the values back; a placeholder that we never gave stays, for the guard to refuse."""
        return _MARK.sub(self._value, text)

    def restore_all(self, value: Any) -> Any:
        """The same for every text inside lists and mappings, as JSON has them."""
        if isinstance(value, str):
            return self.restore(value)
        if isinstance(value, Mapping):
            return {key: self.restore_all(inner) for key, inner in value.items()}
        if isinstance(value, Iterable):
            return [self.restore_all(inner) for inner in value]
        return value

    def _replace(self, pattern: re.Pattern[str], text: str) -> str:
        """Matched on plain digits, since numbers are also typed full-width; placeholders are left alone."""
        pieces = re.split(r"(⟦P\d+⟧)", text)
        return "".join(piece if i % 2 else self._replace_in(pattern, piece) for i, piece in enumerate(pieces))

    def _replace_in(self, pattern: re.Pattern[str], text: str) -> str:
        plain, done, parts = text.translate(WIDE), 0, []
        for match in pattern.finditer(plain):
            parts += [text[done : match.start()], self._mark(text[match.start() : match.end()])]
            done = match.end()
        return "".join((*parts, text[done:]))

    def _mark(self, value: str) -> str:
        if value not in self._marks:
            number = len(self._marks) + 1
            self._marks[value], self._values[number] = f"⟦P{number}⟧", value
        return self._marks[value]

    def _value(self, match: re.Match[str]) -> str:
        return self._values.get(int(match[1] or match[2] or match[3]), match[0])
