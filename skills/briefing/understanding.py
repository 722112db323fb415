"""What a sentence asks of the morning meeting: which day, whose, as a card or as slides. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge.briefing.types import Scope

PATTERNS = (
    r"(晨会|早会|晨报|早报)",
    r"(今天|今早|明早|早上).{0,4}(最该|最值得|先|该|要)(做|干|抓|处理)(什么|啥|哪|的)",
    r"上(周|星期|礼拜)的?(行动|措施|动作).{0,6}(有没有用|有用吗|效果|怎么样|管用)",
    r"(?i:\bmorning (meeting|brief|briefing)\b|^\s*(daily )?brief\b|\btop (3|three) (things|opportunities)\b"
    r"|\bwhat should (i|we) do first\b|\bdid last week'?s actions? (help|work))",
)
_SLIDES = re.compile(r"(?i)幻灯|ppt|slides?\b|\bdeck\b")
_OUTCOMES = re.compile(rf"(?i){PATTERNS[2]}|\blast week'?s actions?\b")
_DAY = re.compile(r"(?<!\d)([12]\d{3})[-/.年](\d{1,2})[-/.月](\d{1,2})")
_SHORT = re.compile(r"(?<!\d)(\d{1,2})月(\d{1,2})[日号]?")
_BACK = {"今天": 0, "今早": 0, "昨天": 1, "昨日": 1, "前天": 2, "today": 0, "yesterday": 1}
_SHARED = re.compile(r"([\w一-鿿]{2,12}?)的?(?:晨会|早会|晨报|早报)")
_FILLING = re.compile(
    r"\d|今天|昨天|前天|今早|[年月日号]|看看?|打开|发|给我|我们?|的|一下|请|本|团队|开|要|生成|做|出|想|这|那|个|份"
)
_REGIONS = frozenset({"华东", "华南", "华北", "华中", "西南", "西北", "东北"})


@dataclass(frozen=True, slots=True)
class Question:
    """`said`: the team or region that was named, "" for one's own; `wrong_day`: words of a date that doesn't exist."""

    day: date
    said: str = ""
    slides: bool = False
    outcomes: bool = False  # only what became of last week's actions
    wrong_day: str = ""


def understand(text: str, scopes: Sequence[Scope], today: date) -> Question:
    """Of the scopes that the asker may choose, the longest name that occurs; a name that isn't among them is kept as it
    was said, so that it can be refused."""
    day, wrong = _day(text, today)
    named = [name for one in scopes if (name := one.name) and name in text]
    named += [name for one in scopes if (name := one.name) and name.removesuffix("组") in text]
    said = max(named, key=len, default="")
    return Question(day, said or _stranger(text), bool(_SLIDES.search(text)), bool(_OUTCOMES.search(text)), wrong)


def parse_day(said: str, today: date) -> date | None:
    """2026-11-20, 11月20日, 昨天, yesterday; None where it is no date."""
    day, wrong = _day(said.strip(), today)
    plain = said.strip().casefold()
    return None if wrong or (day == today and plain not in {"今天", "today", today.isoformat()}) else day


def _day(text: str, today: date) -> tuple[date, str]:
    if found := _DAY.search(text) or _SHORT.search(text):
        parts = [int(one) for one in found.groups()]
        try:
            day = date(*parts) if len(parts) == 3 else date(today.year, *parts)
        except ValueError:
            return today, found.group()
        later = len(parts) == 2 and day > today
        return (day.replace(year=today.year - 1) if later and day.month != 2 else day), ""
    back = next((days for word, days in _BACK.items() if word in text.casefold()), 0)
    return today - timedelta(days=back), ""


def _stranger(text: str) -> str:
    """华西组的晨会: a name in front of the word that is no scope of the asker's; words of time and courtesy aren't."""
    found = _SHARED.search(text)
    word = _FILLING.sub("", found.group(1)) if found else ""
    return word if word.endswith(("组", "区", "部")) or word in _REGIONS else ""
