"""帮助: lists what one can ask, by role, each a tap away, and answers hello."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.contracts import Card, Context, Example, Happening, Message, Outcome, Reply, Role, Skill
from bot.contracts.skill import Ask
from skills.help.cards import hello_card, help_card
from skills.help.offers import in_turn, is_greeting, offers, question_of


class HelpSkill:
    """Knows the other skills by their examples only."""

    name = "help"
    commands = ("帮助", "？", "?", "菜单")
    patterns = (
        r"(?i)^\s*/?(help|功能)[\s!！?？.]*$",  # not as a command: "help me answer him" asks for a talk-track
        r"^\s*(你|小策)?(能|可以|会)(做|干|帮我做|帮我)?(什么|啥|些什么|哪些)",
        r"^\s*(你好|您好|早上好|上午好|下午好|晚上好|嗨|哈喽|在吗|在不在)(小策|呀|啊)?[\s!！~～。.?？]*$",
        r"(?i)^\s*(hi|hello|hey|good (morning|afternoon|evening))( there| xiaoce)?[\s!.?]*$",
        r"(?i)^\s*what can (you|i) (do|ask)",
    )
    examples = (
        Example("帮助"),
        Example("你会什么"),
        Example("怎么用"),
        Example("有哪些功能"),
        Example("我可以问你什么"),
        Example("使用说明"),
        Example("你好"),
        Example("在吗"),
        Example("help", "en"),
        Example("what can you do", "en"),
        Example("what can I ask you", "en"),
        Example("how does this work", "en"),
        Example("hi", "en"),
        Example("good morning", "en"),
    )
    roles: frozenset[Role] = frozenset()
    private = False

    def __init__(self, skills: Callable[[], Sequence[Skill]]) -> None:
        """`skills` is called at each question, so that it may include this one."""
        self._skills = skills

    async def at_home(self, context: Context) -> Sequence[Card]:
        """What one can ask, to tap."""
        known = offers(self._skills(), context.person.role, context.language, besides=self.name)
        card = hello_card(context.person.name, known, context.language)
        return [replace(card, id=f"home-help-{context.person.id}-{context.language}")]

    def prompts(self, role: Role, language: str) -> Sequence[str]:
        """Questions that a role may ask, one of each kind first."""
        return in_turn(offers(self._skills(), role, language, besides=self.name))

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Answer a message, or ask what a button says."""
        if not isinstance(happening, Message):
            return []
        skills, role = self._skills(), context.person.role
        if happening.press and (asked := question_of(happening.press.action, skills, role, self.name)):
            return [Ask(asked)]
        known = offers(skills, role, context.language, besides=self.name)
        if is_greeting(happening.text):
            return [Reply(context.to, card=hello_card(context.person.name, known, context.language))]
        return [Reply(context.to, card=help_card(known, context.language))]
