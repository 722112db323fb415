"""Sentences that the morning meeting answers."""

from __future__ import annotations

from bot.contracts import Example

COMMANDS = ("晨会", "早会", "brief")
EXAMPLES = (
    Example("晨会", shown=True),
    Example("今天最该做什么", shown=True),
    Example("看看华东组的晨会"),
    Example("昨天的晨会"),
    Example("发一份晨会幻灯片"),
    Example("上周的行动有没有用"),
    Example("今天晨会说什么"),
    Example("我们组早会的三件事"),
    Example("今天先抓哪三件事"),
    Example("11月20日的晨会"),
    Example("morning meeting", "en", shown=True),
    Example("what should we do first today", "en", shown=True),
    Example("did last week's actions help", "en"),
    Example("the top three opportunities today", "en"),
)
