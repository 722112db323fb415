"""What people ask under load: the sample playbook's own situations in other words, and everything beside them."""

from __future__ import annotations

import random
from collections.abc import Iterator

from knowledge.playbook.files import read_folder
from knowledge.playbook.vocabulary import Vocabulary
from tests.benchmarks.machine import ROOT

PLAYBOOK = ROOT / "config" / "sample_company" / "playbook"
SEED = 20260301  # every run asks the same, in the same order
SHARES = {"chinese": 60, "english": 12, "customers": 12, "help": 6, "unknown": 10}  # percent
LANGUAGES = {"chinese": "zh", "english": "en"}  # the kinds that come from the playbook's triggers

_AROUND = {
    "chinese": ("{}", "{}怎么办", "请问{}，怎么接", "想问下，{}", "刚才客户电话里这样：{}", "{}？在线等"),
    "english": ("{}", "Quick one: {}", "On the phone just now: {}", "{} Any advice?"),
}
_OTHERS = {
    "customers": ("我的客户有哪些", "我有几个客户", "华东有多少客户", "家电行业的客户有多少", "my customers"),
    "help": ("帮助", "你好", "help", "在吗", "你能做什么"),
    "unknown": ("今天食堂吃什么", "帮我订一张去成都的机票", "股票明天会涨吗", "asdf qwer", "世界杯谁赢了"),
}


def questions() -> Iterator[str]:
    """Without end."""
    dice, sentences = random.Random(SEED), _sentences()
    kinds, weights = list(SHARES), list(SHARES.values())
    while True:
        kind = dice.choices(kinds, weights)[0]
        yield dice.choice(_AROUND.get(kind, ("{}",))).format(dice.choice(sentences[kind]))


def _sentences() -> dict[str, tuple[str, ...]]:
    found, _ = read_folder(PLAYBOOK, Vocabulary.load())
    triggers = {
        name: tuple(t for file in found if file.card.language == language for t in file.card.triggers)
        for name, language in LANGUAGES.items()
    }
    return {**_OTHERS, **triggers}
