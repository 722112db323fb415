"""Closed deals of a software house with what was said in them: most won ones pass answer, value, close in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random

from bot.contracts.listening import Dialogue, Side, Source, Utterance
from knowledge.patterns.case import Talk
from storage.repositories.customers import Customer
from storage.repositories.deals import Deal
from storage.repositories.dialogues import DialogueRecord
from storage.store import Store

STAGES = ("concern_response", "value_reanchor", "timed_close")
NAME = "异议响应 → 价值重锚 → 限时促成"
OBJECTIONS = ("年费有点高", "比我们现在用的贵了快一倍", "预算不够啊", "这么贵，老总不会同意的")
OURS: Mapping[str, Sequence[str]] = {
    "concern": (
        "您嫌年费高，我能体会，请问您是按账号在算，还是按整个部门在算？",
        "我懂您的难处，老总最在意的是哪个指标？",
        "先谢谢您直说，觉得高是跟现在的软件比出来的吗？",
    ),
    "value": (
        "别看一年八万，光是少加的班就省了十二万",
        "三年下来的总花费，我们其实比租服务器便宜",
        "一个月少出两次错账，省下来的罚款就把年费盖过去了",
    ),
    "close": (
        "年底的活动价就到周五，下周恢复原价",
        "实施顾问十二月只剩一个档期，这周定得下来就给您留着",
        "要在新财年用上，合同最晚月底得签",
    ),
    "weak": ("我回去问问领导能不能再申请点优惠", "那我把安装费给您免了", "真的没法再便宜了"),
    "plain": ("演示视频发您了", "支持，电脑和手机都能用", "账号今天下午开通"),
}
_WON = ("concern", "value", "close")
_LOST = (("weak",), ("concern", "weak"), ("concern", "value"), ("close", "concern"), ("value", "weak"))


def talks(people: Sequence[str], many: int = 120, seed: int = 11) -> list[Talk]:
    """Every second deal is won."""
    dice = Random(seed)
    return [_talk(dice, number, people[number // 2 % len(people)], won=number % 2 == 0) for number in range(many)]


def keep(store: Store, owners: Mapping[str, str], today: date) -> None:
    """The same in storage: deals closed a day apart, up to yesterday. `owners`: salesperson -> their customer."""
    for place, talk in enumerate(talks(list(owners))):
        person, [dialogue] = talk.about["rep"], talk.dialogues
        closed = today - timedelta(days=1 + place)
        at = datetime(closed.year, closed.month, closed.day, 2, tzinfo=UTC)
        if store.customers.get(owners[person]) is None:
            store.customers.upsert(Customer(owners[person], f"客户{owners[person]}", owner_id=person, region="华东"))
        result = "won" if talk.won else "lost"
        deal = Deal(talk.deal_id, owners[person], owner_id=person, closed=closed, result=result)  # type: ignore[arg-type]  # one of the two
        store.deals.upsert_all([deal])
        store.dialogues.open(
            DialogueRecord(
                dialogue.id, Source.CHAT, at, owners[person], person, talk.deal_id, begun_at=at, room=dialogue.id
            )
        )
        said = [
            Utterance(one.id, one.text, one.side, one.speaker, at + timedelta(minutes=minute))
            for minute, one in enumerate(dialogue.utterances)
        ]
        store.dialogues.finish(dialogue.id, said)


def _talk(dice: Random, number: int, person: str, *, won: bool) -> Talk:
    way = _WON if won and dice.random() < 0.8 else dice.choice(_LOST)
    ours = [dice.choice(OURS[name]) for name in ("plain", *way, "plain")]
    said = [Utterance("t", dice.choice(OBJECTIONS), Side.THEIRS, "陈经理")]
    said += [Utterance(f"u{at}", text, Side.OURS, "小李") for at, text in enumerate(ours)]
    dialogue = Dialogue(f"talk-{number}", Source.CHAT, tuple(said), person_id=person)
    return Talk(f"deal-{number}", won, (dialogue,), {"rep": person})
