"""Who and what a text names: people with titles, companies, books, capitalised words, and the names we know. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

# Surnames that hardly begin or end other words: 高, 方, 于, 成 and the like would find 高总额 and 对方总部.
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许吕施张孔曹严魏陶姜戚谢邹喻苏潘葛范彭鲁韦苗袁柳鲍史唐费薛雷贺倪汤滕殷罗毕郝邬傅齐康伍余顾孟黄穆萧尹姚邵汪祁毛禹狄贝臧戴宋庞熊纪舒屈项祝董梁杜阮蓝闵季贾路江童颜郭梅林刁钟徐邱骆夏蔡田樊胡凌霍虞柯莫房解丁邓杭洪包左石崔吉龚程邢裴陆荣翁荀甄曲储靳段焦侯宓全秋仲伊宁仇甘武符刘景詹束龙叶幸韶黎薄印白怀蒲邰赖卓屠蒙池乔谭劳申冉郦桑桂牛尚柴瞿阎连习艾容向古易慎戈廖庾居衡步都耿满匡文寇广欧"  # noqa: E501  # one table
_COMMON = frozenset("全步都满广文向古易居劳连容解包白左石印秋束幸怀路项康项储段申尚余喻")  # begin too many words
_TITLES = (
    "总监|经理|主任|工程师|先生|女士|小姐|太太|老师|董事长|厂长|处长|科长|部长|院长|局长|行长|店长|会计|律师|博士|教授|"
    "总(?![共体的量额数计成部线价经结公会统括之要而有归和在额])|工(?![作业程厂艺具资人序期商])|董(?!事)"
)
TITLED = re.compile(f"[{''.join(sorted(set(_SURNAMES) - _COMMON))}](?:{_TITLES})")
_COMPANY = re.compile(
    r"([\u4e00-\u9fff]{2})(公司|集团|股份|银行|医院|大学|研究院|事务所|实业|科技(?!含量|感|化|进步|发展))"
)
_GENERIC = frozenset("我们贵本该各家的这那此某大小新老好他你她所有其对方户在和与是为由及或等向到给让请从将被把跟您")
_TITLE = re.compile(r"《([^《》\n]{1,60})》")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’][A-Za-z]+)?")
_CJK = re.compile(r"[々〇\u3400-\u9fff]")
# Latin words that Chinese office prose is full of and that claim nothing.
_OFFICE = frozenset(["ok", "vs", "app", "pdf", "ppt", "word", "excel", "email", "mail", "faq", "ps", "pk", "to"])
_HONORIFICS = frozenset(["mr", "mrs", "ms", "dr", "i", "i'm", "i'll", "i've", "i'd"])
_CALENDAR = frozenset({
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "monday",
    "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mondays", "fridays", "am", "pm",
})  # fmt: skip
_SENTENCE_START = re.compile(r"(?:^|[.!?:;。！？：；\n]|[-*#>•·(（\"“‘\[])[\s\"“‘(*_#>-]*$")


class Names:
    """Names that somebody gave us, found fast in any text. Latin ones as whole words, whatever their case."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._by_start: dict[str, list[str]] = defaultdict(list)
        for name in sorted({name.strip() for name in names if len(name.strip()) > 1}):
            self._by_start[name[:2].casefold()].append(name)

    def within(self, text: str) -> list[str]:
        """The names that stand in the text, longest first."""
        low = text.casefold()
        starts = {low[i : i + 2] for i in range(len(low) - 1)} & self._by_start.keys()
        found = [name for start in starts for name in self._by_start[start] if _stands(name.casefold(), low)]
        return sorted(found, key=lambda name: (-len(name), name))


def pattern_of(name: str) -> re.Pattern[str]:
    """Finds a name: Latin letters and digits around it would make it another word."""
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])" if _latin(name) else re.escape(name), re.I)


def words(text: str) -> frozenset[str]:
    """Every Latin word, small."""
    return frozenset(_small(match[0]) for match in _LATIN.finditer(text))


def strangers(text: str, source_text: str, source_words: frozenset[str], known: Names) -> list[str]:
    """Names in a text that its source doesn't have. Both without links."""
    chinese = (
        [m[0] for m in TITLED.finditer(text)] + [m[1] for m in _TITLE.finditer(text)] + _companies(text, source_text)
    )
    given = [name for name in known.within(text) if not _stands(name.casefold(), source_text.casefold())]
    foreign = sorted({c for c in text if _foreign(c)} - set(source_text))
    return [*given, *(n for n in [*chinese, *foreign] if n not in source_text), *_latin_strangers(text, source_words)]


def mostly_chinese(text: str) -> bool:
    """Whether a text reads as Chinese: every Latin word in it is then a name or a term."""
    letters = len(_CJK.findall(text))
    return letters > 0 and letters >= len(_LATIN.findall(text))


def _foreign(character: str) -> bool:
    """A letter that is neither Chinese nor Latin: Cyrillic, say, in which a link or a name can be disguised."""
    return character > "\u024f" and character.isalpha() and not _CJK.match(character)


def _companies(text: str, source_text: str) -> list[str]:
    return [m[0] for m in _COMPANY.finditer(text) if m[1][-1] not in _GENERIC and m[1] not in source_text]


def _latin_strangers(text: str, source_words: frozenset[str]) -> list[str]:
    chinese = _CJK.search(text) is not None
    return [
        match[0]
        for match in _LATIN.finditer(text)
        if _small(match[0]) not in source_words
        and (_names_in_chinese(match[0]) if chinese else _names_in_english(match, text))
    ]


def _names_in_chinese(word: str) -> bool:
    return len(word) > 1 and _small(word) not in _OFFICE | _CALENDAR | _units()


def _names_in_english(match: re.Match[str], text: str) -> bool:
    word, small = match[0], _small(match[0])
    if word.islower() or small in _HONORIFICS | _CALENDAR | _OFFICE or len(word) == 1:
        return False
    if not (word[0].isupper() and word[1:].islower()):
        return small not in _units()  # SAP, iPhone
    started = _SENTENCE_START.search(text[max(0, match.start() - 12) : match.start()])
    return not (started and small in common_words())


def _small(word: str) -> str:
    return word.casefold().replace("’", "'").removesuffix("'s")


def _stands(name: str, text: str) -> bool:
    return name in text and (not _latin(name) or pattern_of(name).search(text) is not None)


def _latin(name: str) -> bool:
    return name[0].isascii() and name[-1].isascii()


@cache
def common_words() -> frozenset[str]:
    """English words with which sentences begin and that name nobody."""
    return frozenset(Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").split())


@cache
def _units() -> frozenset[str]:
    """Units, which the figures are compared with."""
    units: Mapping[str, str] = {"physical": "mm cm km kg kw kwh mpa hz bar rpm gb mb ms ml", "money": "rmb cny usd eur"}
    return frozenset(" ".join(units.values()).split())
