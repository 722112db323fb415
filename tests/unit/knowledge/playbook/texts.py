"""Texts of cards for tests."""

from __future__ import annotations

CARD = """---
id: price
kind: talktrack
language: zh
title: 客户说太贵了
situation: 第一次听到报价
triggers:
  - 客户说太贵了怎么回
  - 你们价格比别人高
stage: [quote, negotiation]
industry: []
product: [RZ-L]
owner: 周敏
version: 3
valid_until: 2028-12-31
links:
  - title: 三年总成本
    url: https://docs.example/tco
---
## 要点
先认同预算压力，再换算成每件成本。

## 步骤
1. 复述他的数。

## 这样说
> "王总，我理解。"

## 避免
- 不要马上降价。

## 依据
- 2025 年打样记录。
"""

RIVAL = """---
id: rival
kind: competitor
language: zh
title: 对手恒力达
competitor: 恒力达
aliases: [HLD, Henglida]
triggers: [客户拿恒力达来比]
owner: 周敏
version: 1
valid_until: 2028-12-31
test_reports:
  - {title: 新报告, url: "https://docs.example/new", date: 2026-03-01}
  - {title: 旧报告, url: "https://docs.example/old", date: 2025-03-01}
---
## 要点
不比报价，比每米成本。
## 对比
| 指标 | 我们 | 对方 | 来源 |
|---|---|---|---|
| 速度 | 10 | 8 | 打样 |
"""


def changed(old: str, new: str, text: str = CARD) -> str:
    """A card with one thing replaced, which must be there."""
    assert old in text
    return text.replace(old, new, 1)


def line_of(part: str, text: str) -> int:
    """Number of the first line that contains a part, from 1."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)
