"""A7 as a conversation: a sentence, a preview with buttons, changes in words and by form, the list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.contracts import Address, Card, Context, Message, Person, Press, Remember, Reply
from skills.rules.definition import definition_of
from storage.repositories.rules import Rule
from tests.unit.skills.rules.conftest import OTHER, REP, Team, says

RIVAL = "恒力达昨天也来报过价了"


class Talk:
    """One person and the skill; memory is kept as the conversation flow keeps it."""

    def __init__(self, team: Team, person: Person = REP, language: str = "zh") -> None:
        self.team, self.person, self.language = team, person, language
        self.memory: dict[str, object] = {}

    async def say(self, text: str) -> Reply:
        return await self._happen("text", text)

    async def press(self, card: Card, action: str, **values: str) -> Reply:
        return await self._happen("press", "", Press(card.id, action, "h", values))

    async def claims(self, text: str) -> bool:
        return await self.team.skill.claims(text, self._context())

    async def rules(self) -> list[Rule]:
        return [rule for rule, _ in await self.team.rules.listed(self.team.asker(self.person))]

    def _context(self) -> Context:
        return Context(self.person, Address("console", "x"), self.language, self.team.clock.at, self.memory)

    async def _happen(self, kind: str, text: str, press: Press | None = None) -> Reply:
        message = Message("m", "console", "x", self.person.id, kind, self.team.clock.at, text, press=press)  # type: ignore[arg-type]  # one of MessageKind
        outcomes = await self.team.skill.handle(message, self._context())
        for outcome in outcomes:
            if isinstance(outcome, Remember):
                self.memory = dict(outcome.values)
        [reply] = [outcome for outcome in outcomes if isinstance(outcome, Reply)]
        return reply


def card_of(reply: Reply) -> Card:
    assert reply.card is not None, reply.text
    return reply.card


async def test_from_a_sentence_to_a_live_rule(team: Team) -> None:
    """What was understood, with its history; nothing is on before 启用; the card changes in place."""
    await team.write(says(1, RIVAL), says(2, RIVAL))
    team.clock.at += timedelta(hours=1)
    talk = Talk(team)
    assert await talk.claims("客户说两次竞品就提醒我")
    card = card_of(await talk.say("客户说两次竞品就提醒我"))
    assert card.headline == "我理解为：7 天内客户 2 次提到“竞品”，就提醒您"
    assert "上个月会触发 0 次，这个月到现在 1 次。" in card.summary
    assert RIVAL in card.sections[0].body
    assert [action.key for action in card.actions] == ["enable", "change", "decline"]
    assert await talk.rules() == []
    pressed = await talk.press(card, "enable")
    assert pressed.update is not None
    assert card_of(pressed).id == card.id
    assert card_of(pressed).notice.startswith("已启用")
    assert [rule.state for rule in await talk.rules()] == ["live"]


async def test_no_thanks_leaves_nothing(team: Team) -> None:
    talk = Talk(team)
    card = card_of(await talk.say("客户说两次竞品就提醒我"))
    assert card_of(await talk.press(card, "decline")).actions == ()
    again = await talk.press(card, "enable")
    assert again.card is None
    assert again.text
    assert await talk.rules() == []


async def test_a_rule_is_changed_in_words_where_there_is_no_form(team: Team) -> None:
    """改, then 改成三次: everything else stays, and the rule says what it is now."""
    talk = Talk(team)
    card = card_of(await talk.say("客户说两次竞品就提醒我"))
    assert "改成三次" in (await talk.press(card, "change")).text
    for words in ("改成三次", "三次", "一天内", "只算问句", "只要我方", "改成“备件”"):
        assert await talk.claims(words), words
    for words in ("客户说太贵了怎么回", "我的客户有哪些", "谢谢", "我的规则"):
        assert not await talk.claims(words), words
    changed = card_of(await talk.say("改成三次"))
    assert "3 次提到“竞品”" in changed.headline
    await talk.press(changed, "enable")
    [rule] = await talk.rules()
    assert (rule.sentence, rule.version) == ("7 天内客户 3 次提到“竞品”，就提醒我", 2)
    assert definition_of(rule.definition).kind == "competitor_mention"


async def test_a_form_changes_every_part(team: Team) -> None:
    talk = Talk(team)
    card = card_of(await talk.say("客户说两次竞品就提醒我"))
    form = {"about": "备件", "times": "4", "speaker": "any", "question": "only", "days": "1"}
    changed = card_of(await talk.press(card, "change", **form))
    assert changed.headline == "我理解为：1 天内任何一方 4 次问到“备件”，就提醒您"
    fault = await talk.press(changed, "change", **{**form, "times": "0"})
    assert "1 到 20" in fault.text


async def test_what_is_not_understood_gets_three_examples(team: Team) -> None:
    talk = Talk(team)
    for text in ("客户说就提醒我", "客户说两次竞品就提醒主管", "客户说99次竞品就提醒我"):
        answer = (await talk.say(text)).text
        assert answer.count("\n- ") == 3, answer
    assert await talk.rules() == []


async def test_the_list_is_managed_by_number_and_by_button(team: Team) -> None:
    """我的规则, 停用规则 1, 删除规则 1; another person's numbers are their own."""
    talk = Talk(team)
    assert "还没有规则" in card_of(await talk.say("我的规则")).headline
    await team.rule("客户说两次竞品就提醒我")
    team.clock.at = team.clock.at.replace(minute=5)
    await team.rule("客户提到交期就提醒我")
    card = card_of(await talk.say("我的规则"))
    assert card.summary.splitlines()[0].startswith("1. 客户提到交期就提醒我 · 已启用")
    assert [action.label for action in card.actions] == ["停用 1", "停用 2"]
    assert "已停用" in (await talk.say("停用规则 2")).text
    switched = card_of(await talk.press(card, card.actions[0].key))
    assert switched.id == card.id
    assert [rule.state for rule in await talk.rules()] == ["off", "off"]
    assert "没有第 7 条" in (await talk.say("删除第7条规则")).text
    assert "已删除" in (await talk.say("delete rule 1")).text
    assert len(await talk.rules()) == 1
    stranger = Talk(team, OTHER)
    assert (await stranger.press(card, "off_" + (await talk.rules())[0].id)).card is not None
    assert "没有第 1 条" in (await stranger.say("启用规则 1")).text


async def test_somebody_elses_rule_is_gone_for_others(team: Team) -> None:
    """D9: cards are pressed by their owner only, whatever is sent."""
    card = card_of(await Talk(team).say("客户说两次竞品就提醒我"))
    reply = await Talk(team, OTHER).press(card, "enable")
    assert reply.card is None
    assert await Talk(team).rules() == []


async def test_in_english(team: Team) -> None:
    talk = Talk(team, language="en")
    card = card_of(await talk.say("remind me when the customer asks about delivery twice"))
    assert card.headline == "I understand: remind you when the customer asks about “delivery” 2 times within 7 days"
    assert any("lead time" in fact.value for fact in card.facts)


@pytest.mark.parametrize("text", ["客户说太贵了怎么回", "我的客户有哪些", "改成三次", "三次"])
async def test_other_sentences_are_left_to_others(team: Team, text: str) -> None:
    assert not await Talk(team).claims(text)
