"""A question in the words of the schema where people move or merge them: 赔付总金额 is 总 and 赔付金额. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from knowledge.tables.naming import HAN

_MOVED = ("总", "平均", "最高", "最低", "最大", "最小")
_COUNTS = ("数量", "次数", "人数", "数", "量", "额")
_TOTALS = ("总数", "总量", "总数量", "总次数")
_QUOTED_KIND = re.compile(r'("[^"]+")\s*(?:这个|两个|二|三|四)?(?:字样|个字|字|一词|词语)(?!段|数)')
_PLACE = re.compile(r"第([一二三四五六七八九十\d]+)(高|大|多|长|贵|重|低|少|小|短|早|晚)的?")


class Rewording:
    """Knows the names of numbers in one schema."""

    def __init__(self, numbers: Iterable[str], rows: Mapping[str, str]) -> None:
        """`rows`: what the name of a row may be called → what it is."""
        self._rows = rows
        self._names = tuple(dict.fromkeys(name for name in numbers if len(name) > 2 and HAN.search(name)))

    def reword(self, text: str) -> str:
        """The same question; what can't be reworded stays as it is."""
        text = _PLACE.sub(r"最\2的第\1名", _QUOTED_KIND.sub(r"\1", text))
        for said, written in self._rows.items():
            text = text.replace(said, written)
        for name in self._names:
            for said, written in self._ways(name):
                if said in text and said not in self._names:
                    text = text.replace(said, written)
        return text

    def _ways(self, name: str) -> Iterable[tuple[str, str]]:
        """投诉总数 → 总投诉数量; 赔付总金额 → 总赔付金额."""
        for place in range(2, len(name)):
            for word in _MOVED:
                yield name[:place] + word + name[place:], word + name
        stem = next((name[: -len(end)] for end in _COUNTS if name.endswith(end)), "")
        if len(stem) > 1:
            for total in _TOTALS:
                yield stem + total, f"总{name}"
