"""Words of time as a table: a pattern, and how it is read. Longer matches win, so the order says nothing. Pure data."""

from __future__ import annotations

import re

from knowledge.clauses.numerals import ENGLISH_WORD
from knowledge.metrics.periods import month, quarter, week, year
from knowledge.questions.moments import (
    FESTIVALS,
    Reader,
    ago,
    day_back,
    day_of_month,
    edge_of_month,
    edge_of_year,
    english_weekday,
    festival,
    first_of_year,
    full_date,
    impossible,
    month_and_day,
    of,
    part_of_year,
    recent,
    third_of_month,
    weekday,
    weekend,
    whole_year,
    year_and_month,
)

_HAN = "一二两三四五六七八九十"
_N = rf"(?:\d{{1,4}}|[{_HAN}]{{1,3}}|半)"
_SMALL = rf"(?:\d{{1,2}}|[{_HAN}]{{1,3}})"
_FREE = rf"(?<![\d.近前后每第–/{_HAN}])"  # a number begins here
_YEAR = r"(?:(?P<year>(?<!\d)(?:20)?\d\d(?=年)|(?<!\d)20\d\d)年?的?\s?|(?P<rel>今年|本年度?|去年|前年|明年)的?)?"
_MONTH = (
    r"\b(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b(?! i\b)\.?"
)
_EN_YEAR = r"(?:,?\s(?:of\s)?(?P<year>20\d\d)\b|\s(?:of\s)?(?P<rel>last year|this year)\b)?"
_IN = r"(?:\b(?:in|of|during|for|on|over|within) )?(?:\bthe )?"
_WEEK = r"(?:周(?!末)|个?星期(?!天)|个?礼拜(?!天)|个?\s?week\b)"
_QUARTER = r"(?:个?(?:自然|财务)?季度|个?财季|季(?!节)|个?\s?quarter\b)"
_SO_FAR = r"(?:以来|至今|到现在|到目前|到今天|里|内)?"

_TABLE: tuple[tuple[str, Reader], ...] = (
    (rf"今[天日]|当[天日]|{_IN}\btoday\b", day_back(0)),
    (r"昨[天日]|\byesterday\b", day_back(1)),
    (r"前天|\bthe day before yesterday\b", day_back(2)),
    (r"大前天", day_back(3)),
    (r"明[天日]|\btomorrow\b", day_back(-1)),
    (rf"(?:本|这一?|当){_WEEK}{_SO_FAR}|{_IN}(?:this week|wtd|week to date)\b", of(week, 0)),
    (rf"上一?{_WEEK}|{_IN}(?:last|previous|prior) week\b", of(week, 1)),
    (rf"(?:上上|前一){_WEEK}|{_IN}week before last\b", of(week, 2)),
    (rf"上上上{_WEEK}", of(week, 3)),
    (rf"下一?{_WEEK}|{_IN}next week\b", of(week, -1)),
    (
        rf"(?:本|这一?个?|当)(?:月份?|\s?month\b){_SO_FAR}|月初(?:至今|到现在|以来)"
        rf"|{_IN}(?:this month|mtd|month to date)\b",
        of(month, 0),
    ),
    (rf"上一?个?(?:月份?|\s?month\b)|{_IN}(?:last|previous|prior) month\b", of(month, 1)),
    (rf"上上一?个?月份?|{_IN}month before last\b", of(month, 2)),
    (rf"下一?个?月份?|{_IN}next month\b", of(month, -1)),
    (
        rf"(?:本|这一?|当前?){_QUARTER}{_SO_FAR}|季初(?:至今|到现在|以来)"
        rf"|{_IN}(?:(?:this|current) quarter|qtd|quarter to date)\b",
        of(quarter, 0),
    ),
    (rf"上一?{_QUARTER}|{_IN}(?:last|previous|prior) quarter\b", of(quarter, 1)),
    (rf"上上{_QUARTER}|{_IN}quarter before last\b", of(quarter, 2)),
    (rf"下一?{_QUARTER}|{_IN}next quarter\b", of(quarter, -1)),
    (
        rf"(?:今年|本年|这一年|当年)度?{_SO_FAR}|年初(?:至今|到现在|以来)"
        rf"|{_IN}(?:ytd|this year(?: so far| to date)?|year[ -]to[ -]date)\b",
        of(year, 0),
    ),
    (rf"去年(?:全年|一整?年|度)?|上一?年度?|{_IN}(?:last|previous|prior) year\b", of(year, 1)),
    (rf"前年(?:全年|一整?年)?|{_IN}year before last\b", of(year, 2)),
    (r"明年(?:全年)?|\bnext year\b", of(year, -1)),
    (
        rf"(?:(?P<past>最近|近|过去|这)的?|前)(?P<n>{_N})个?(?P<unit>天|日|周|星期|礼拜|月|(?(past)(?:季度?|年)|(?!)))"
        r"(?!份)(?:以来|之?内|里|间)?",
        recent,
    ),
    (
        rf"{_IN}(?:last|past|previous|recent|trailing) (?P<n>\d{{1,4}}|{ENGLISH_WORD}|half a)"
        r" (?P<unit>days?|weeks?|months?|quarters?|years?)\b",
        recent,
    ),
    (rf"(?P<n>\d{{1,3}}|[{_HAN}]{{1,3}})(?P<unit>天|个?星期|周|个?月|年)(?:之|以)?前", ago),
    (rf"\b(?P<n>\d{{1,3}}|{ENGLISH_WORD}) (?P<unit>days?|weeks?|months?|years?) ago\b", ago),
    (
        rf"(?P<which>上+|下|本|这)?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])(?!个?[条月季年天周{_HAN}])",
        weekday,
    ),
    (r"(?P<which>上+|这|本|下)?个?周末|(?:\b(?:on|over|at) )?(?:\bthe )?(?P<en>last|this) weekend\b", weekend),
    (r"(?:\bon )?\b(?P<which>last|this)? ?(?P<name>mon|tues|wednes|thurs|fri|satur|sun)day\b", english_weekday),
    (r"(?P<rel>今|去|前|明)?年(?P<end>初|底|末)", edge_of_year),
    (rf"{_YEAR}(?:{_FREE}(?P<n>{_SMALL})|(?P<which>上+个?|本|这个?))月(?P<end>初|底|末)", edge_of_month),
    (r"全年", of(year, 0)),
    (
        rf"(?:(?P<rel>今年|去年|前年)的?)?前(?P<n>[{_HAN}]|\d{{1,2}})个?(?P<unit>季度|(?(rel)月|(?!)))",
        first_of_year,
    ),
    (rf"{_YEAR}(?<![a-z])q(?P<n>[1-4])(?![\da-z])", part_of_year(3)),
    (rf"{_IN}\bq(?P<n>[1-4])\b(?: of)?{_EN_YEAR}", part_of_year(3)),
    (rf"{_YEAR}(?:第|{_FREE})(?P<n>[1-4一二三四])个?(?:季度?|财季)", part_of_year(3)),
    (rf"{_IN}\b(?P<word>first|second|third|fourth) quarter\b{_EN_YEAR}", part_of_year(3)),
    (rf"{_YEAR}(?P<half>[上下])半年", part_of_year(6)),
    (rf"{_YEAR}(?<![a-z])h(?P<n>[12])(?![\da-z])", part_of_year(6)),
    (rf"{_IN}\bh(?P<n>[12])\b(?: of)?{_EN_YEAR}", part_of_year(6)),
    (rf"{_IN}\b(?P<word>first|second) half\b(?: of)?{_EN_YEAR}", part_of_year(6)),
    (rf"{_YEAR}{_FREE}(?P<n>{_SMALL})月份?(?!{_SMALL}[日号])", part_of_year(1)),
    (r"(?<![\d-])(?P<year>20\d\d)[-./](?P<n>0?\d|1\d)(?![\d./-])", year_and_month),
    (rf"{_IN}{_MONTH}(?! \d{{1,2}}(?!\d)){_EN_YEAR}", part_of_year(1)),
    (rf"{_YEAR}{_FREE}(?P<m>{_SMALL})月(?P<d>{_SMALL})[日号]?(?!个)", month_and_day),
    (
        rf"{_FREE}(?P<m>\d{{1,2}})[./](?P<d>\d{{1,2}})(?=[日号\s]*[-~到至—–]\s?\d{{1,2}}[./]\d{{1,2}}(?!\d))[日号]?",
        month_and_day,
    ),
    (r"(?<=[-~到至—–])(?P<m>\d{1,2})[./](?P<d>\d{1,2})(?![\d.%万亿千])[日号]?", month_and_day),
    (rf"{_FREE}(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})(?!\d)", month_and_day),
    (rf"{_IN}{_MONTH} (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d){_EN_YEAR}", month_and_day),
    (rf"{_IN}\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH}{_EN_YEAR}", month_and_day),
    (r"(?<!\d)(?P<year>20\d\d)[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?(?!\d)", full_date),
    (rf"(?P<which>上+个?月|本月|这个?月)?的?{_FREE}(?P<d>{_SMALL})[号日](?!线|楼)", day_of_month),
    (rf"{_YEAR}(?P<n>{_SMALL})月份?(?P<part>[上中下])旬", third_of_month),
    (r"(?P<which>上+个?月|本月|这个?月)(?P<part>[上中下])旬", third_of_month),
    (r"(?<!\d)(?P<year>(?:20)?\d\d)年(?:度|全年)?(?!前|内|来|以)", whole_year),
    (r"\b(?:in|of|for|during) (?P<year>20\d\d)\b", whole_year),
    (rf"{_YEAR}(?P<feast>{'|'.join(FESTIVALS)})(?:期间|假期|节)?", festival),
    (rf"{_FREE}(?:1[3-9]|[2-9]\d|0)月(?:份|\d{{1,2}}[日号])?|(?<![a-z])q[5-9]\b|第[五六七八九十5-9]季度", impossible),
    (r"(?<!\d)(?:3[2-9]|[4-9]\d)[日号](?!线|楼)", impossible),
)
PATTERNS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple((re.compile(one, re.ASCII), read) for one, read in _TABLE)
