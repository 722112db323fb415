"""规则: a sentence becomes a rule; it is shown with its history before it is switched on (A7)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.contracts import Card, CardUpdate, Context, Example, Happening, Message, Outcome, Press, Remember, Reply, Role
from config.locales import t
from skills.rules.cards import Maker, rule_of_card
from skills.rules.desk import Asker, RuleDesk, Shown
from skills.rules.numbers import HAN, number
from skills.rules.understanding import LONGEST, is_rule
from storage.repositories.rules import Rule, State

_N = rf"(?P<n>\d{{1,2}}|[{HAN}]{{1,2}})"
_MANAGE = re.compile(
    r"^\s*(?:请|帮我|把)*(?P<do>停用|关闭|关掉|停掉|暂停|启用|打开|恢复|开启|删除|删掉|去掉)(?:第)?"
    rf"(?:{_N}\s*[条个号]?\s*的?规则|规则\s*{_N.replace('<n>', '<m>')})[。.!！\s]*$"
    r"|^\s*(?P<en>turn off|disable|stop|switch off|turn on|enable|switch on|delete|remove) rule "
    r"(?:number |no\.? )?(?P<e>\d{1,2})[.!\s]*$",
    re.IGNORECASE,
)
_OFF, _ON = re.compile(r"停|关|暂|off|disable|stop"), re.compile(r"启|打|恢|开|on|enable")
_LIST = (
    r"我的(提醒)?规则|(有|定了|设了)(哪些|什么|几条)(提醒)?规则|规则(列表|清单|怎么(定|写|设))|"
    r"怎么(定|写|设)(一?条)?规则|(怎么|如何).{0,20}(提醒|通知)我"
)
_LIST_EN = r"(?i)\bmy rules\b|\b(list|show|which)( me)?( my| the)? rules\b|\bhow do i (make|add|write) a rule\b"
_EDIT = re.compile(r"^\s*(?:改成|改为|换成|变成|只要|只算|只听|change (?:it )?to|make it|only)[\s:：]*", re.IGNORECASE)
_PART = re.compile(
    rf"^\s*(?:\d{{1,3}}|[{HAN}]{{1,3}}|半)\s*(?:次|回|遍|个?(?:天|周|星期|月))|^\s*(?:不算|只算)?问句|^\s*同?一次(?:通话|沟通)|"
    r"^\s*(?:\d{1,3}|one|two|three|four|five) (?:times?|days?|weeks?|months?)\b|^\s*(?:once|twice|questions? only)\b|"
    r"^\s*within \b",
    re.IGNORECASE,
)
LONGEST_EDIT = 30  # characters of a change in words: 改成三次


class RulesSkill:
    """Keeps rules in storage; the conversation keeps which one is being changed and which were listed."""

    name = "rules"
    commands = ("规则", "我的规则", "rules")
    patterns = (_MANAGE.pattern, _LIST, _LIST_EN)
    examples = (
        Example("客户说两次竞品就提醒我", shown=True),
        Example("我的规则", shown=True),
        Example("客户一周内问三次交期就告诉我"),
        Example("只要客户嫌贵就通知我"),
        Example("通话里客户提到“再考虑”就提醒我"),
        Example("我方答应客户一件事就提醒我，放进汇总"),
        Example("停用规则 1"),
        Example("删除规则 2"),
        Example("怎么定一条规则"),
        Example("remind me when the customer asks about delivery twice", "en", shown=True),
        Example("my rules", "en", shown=True),
        Example("tell me whenever a customer mentions a competitor", "en"),
        Example("alert me if the customer complains three times within a week", "en"),
        Example("turn off rule 1", "en"),
    )
    roles: frozenset[Role] = frozenset()
    private = True

    def __init__(self, desk: RuleDesk, public_url: str) -> None:
        self._desk = desk
        self._public_url = public_url

    async def claims(self, text: str, context: Context) -> bool:
        """A rule's sentence; and, while one is being changed, what changes it."""
        if is_rule(text):
            return True
        return bool(context.memory.get("editing")) and _edits(text)

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a message or a press."""
        if not isinstance(happening, Message):
            return []
        if happening.press:
            return await self._pressed(happening.press, context)
        text = happening.text.strip()
        if found := _MANAGE.match(text):
            return await self._managed(found, context)
        editing = await self._editing(text, context)
        if editing is not None:
            return await self._reworded(editing, text, context)
        return await self._new(text, context) if is_rule(text) else await self._listed(context)

    async def _new(self, text: str, context: Context) -> list[Outcome]:
        if len(text) > LONGEST:
            return [self._fault("long", context)]
        shown = await self._desk.draft(text, _asker(context))
        return self._answer(shown, context)

    async def _editing(self, text: str, context: Context) -> Rule | None:
        """The rule that is being changed in words."""
        id_ = str(context.memory.get("editing", ""))
        if not id_ or not (is_rule(text) or _edits(text)):
            return None
        return await self._desk.own(id_, context.person)

    async def _reworded(self, rule: Rule, text: str, context: Context) -> list[Outcome]:
        words = text if is_rule(text) else _EDIT.sub("", text)
        shown = await self._desk.reword(rule, words, _asker(context))
        return self._answer(shown, context)

    def _answer(self, shown: Shown | str, context: Context) -> list[Outcome]:
        if isinstance(shown, str):
            return [self._fault(shown, context)]
        return [Reply(context.to, card=self._card(shown, context)), Remember({})]

    async def _listed(self, context: Context, id_: str = "") -> list[Outcome]:
        rules = await self._desk.listed(_asker(context))
        card = self._maker(context).listing(rules, self._desk.most, id_)
        return [Reply(context.to, card=card), Remember({"listed": [rule.id for rule, _ in rules]})]

    async def _managed(self, found: re.Match[str], context: Context) -> list[Outcome]:
        """停用规则 2: by the numbers that were shown last, else by those that would be shown now."""
        at, verb = number(found["n"] or found["m"] or found["e"]), found["do"] or found["en"]
        shown = list(context.memory.get("listed", ()))
        ids = shown or [rule.id for rule, _ in await self._desk.listed(_asker(context))]
        rule = await self._desk.own(ids[at - 1], context.person) if 0 < at <= len(ids) else None
        if rule is None:
            return [Reply(context.to, self._t("no_number", context, number=at))]
        done = await self._do(rule, "off" if _OFF.search(verb) else "on" if _ON.search(verb) else "delete", context)
        return [Reply(context.to, done)]

    async def _do(self, rule: Rule, what: str, context: Context) -> str:
        """Switch or delete; what to say of it."""
        if what == "delete":
            await self._desk.drop(rule, _asker(context))
            return self._t("done.delete", context, rule=rule.sentence)
        state: State = "live" if what == "on" else "off"
        if not await self._desk.switch(rule, state, _asker(context)):
            return self._t("done.full", context, most=self._desk.most)
        return self._t(f"done.{what}", context, rule=rule.sentence)

    async def _pressed(self, press: Press, context: Context) -> list[Outcome]:
        verb, _, id_ = press.action.partition("_")
        if verb in {"on", "off"} and id_:
            return await self._switched(press, verb, id_, context)
        rule = await self._desk.own(rule_of_card(press.card_id), context.person)
        if rule is None:
            return [Reply(context.to, t("xiaoce.card_gone", context.language))]
        if press.action == "change":
            return await self._change(rule, press, context)
        return await self._decided(rule, press, context)

    async def _switched(self, press: Press, verb: str, id_: str, context: Context) -> list[Outcome]:
        """A button of the list, which is shown anew in its place."""
        rule = await self._desk.own(id_, context.person)
        notice = await self._do(rule, verb, context) if rule else self._t("gone", context)
        reply, memory = await self._listed(context, press.card_id)
        card = replace(reply.card, notice=notice) if isinstance(reply, Reply) and reply.card else None
        return [Reply(context.to, card=card, update=CardUpdate(press.card_id, press.handle)), memory]

    async def _change(self, rule: Rule, press: Press, context: Context) -> list[Outcome]:
        """With a form's answers at once; else it is asked for in words."""
        if not press.values:
            return [Reply(context.to, self._t("change", context)), Remember({"editing": rule.id})]
        shown = await self._desk.fill_in(rule, press.values, _asker(context))
        if isinstance(shown, str):
            return [self._fault(shown, context)]
        card = replace(self._card(shown, context), id=press.card_id, notice=self._t("done.change", context))
        return [Reply(context.to, card=card, update=CardUpdate(press.card_id, press.handle))]

    async def _decided(self, rule: Rule, press: Press, context: Context) -> list[Outcome]:
        """启用, 停用, 不要."""
        what = {"enable": "on", "disable": "off", "decline": "delete"}.get(press.action, "")
        if not what:
            return []
        notice = await self._do(rule, what, context)
        now = await self._desk.own(rule.id, context.person)
        if now is None:
            card = Card(press.card_id, headline=notice, source=t("rules.title", context.language))
        else:
            shown = await self._desk.shown(now, _asker(context))
            card = replace(self._card(shown, context), id=press.card_id, notice=notice)
        return [Reply(context.to, card=card, update=CardUpdate(press.card_id, press.handle))]

    def _card(self, shown: Shown, context: Context) -> Card:
        return self._maker(context).preview(shown.rule, shown.definition, shown.preview, shown.kept, shown.customer)

    def _fault(self, fault: str, context: Context) -> Reply:
        return Reply(context.to, self._maker(context).fault(fault))

    def _maker(self, context: Context) -> Maker:
        return Maker(context.language, self._public_url, self._desk.subjects.kinds)

    def _t(self, key: str, context: Context, **values: object) -> str:
        return t(f"rules.{key}", context.language, **values)


def _asker(context: Context) -> Asker:
    return Asker(context.person, context.language, context.now)


def _edits(text: str) -> bool:
    """Whether it says what should be different: 改成三次, 一天内; not a question about something else."""
    return len(text) <= LONGEST_EDIT and (_EDIT.match(text) is not None or _PART.match(text) is not None)
