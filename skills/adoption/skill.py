"""新人爬坡: days to the first won deal, by hiring cohort, with and without prompts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.contracts import Card, Context, Example, Happening, Message, Outcome, Reply, Role, Section
from config.locales import t
from skills.adoption.people import Newcomers, newcomers
from skills.adoption.ramp import cohorts, compare, curve
from skills.adoption.words import Words

if TYPE_CHECKING:
    from storage.database import Database

READERS = frozenset({Role.MANAGER, Role.DIRECTOR, Role.SALES_OPS, Role.ADMIN})


class AdoptionSkill:
    """Answers with groups only: nobody is named, nobody is compared with anybody."""

    name = "adoption"
    commands = ("新人爬坡", "爬坡")
    patterns = (
        r"新(人|员工|同事|销售).{0,10}(第一单|首单|出单|开单|上手|爬坡)",
        r"(多久|多长时间|几天|多少天).{0,4}(能)?(出|开|拿|签).{0,2}(第一单|首单|单)",
        r"(?i)\b(new hires?|newcomers?|new reps?)\b.{0,40}\b(first deal|ramp)|\bramp[- ]?up\b",
    )
    examples = (
        Example("新人多久出第一单", shown=True, roles=READERS),
        Example("新人爬坡情况"),
        Example("新员工上手要多少天"),
        Example("新销售首单平均几天"),
        Example("有提示的新人是不是出单更快"),
        Example("提示对新人有没有用"),
        Example("今年入职的人多久开单"),
        Example("各批新人的首单天数"),
        Example("how long do new hires take to their first deal", "en", shown=True, roles=READERS),
        Example("new hire ramp", "en"),
        Example("do prompts help new reps win sooner", "en"),
        Example("days to first deal by cohort", "en"),
    )
    roles = READERS
    private = True

    def __init__(self, database: Database, public_url: str, time_zone: str) -> None:
        self._database = database
        self._public_url = public_url
        self._zone = ZoneInfo(time_zone)

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """One card about the people whom the asker may see."""
        if not isinstance(happening, Message) or happening.press:
            return []
        found = await self._database.read(lambda store: newcomers(store, context.person, self._zone))
        if not found.starts:
            return [Reply(context.to, t("adoption.none", context.language))]
        return [Reply(context.to, card=self._card(found, context))]

    def _card(self, found: Newcomers, context: Context) -> Card:
        today, words, language = context.now.astimezone(self._zone).date(), Words(context.language), context.language
        all_, compared = curve(found.starts, today), compare(found.starts, today)
        groups = [words.line(words.cohort(year, half), one) for year, half, one in cohorts(found.starts, today)]
        both = [
            words.line(t("adoption.with", language), compared.with_),
            words.line(t("adoption.without", language), compared.without),
            words.verdict(compared),
        ]
        return Card(
            f"ramp-{uuid4().hex}",
            headline=t("adoption.headline", language, median=words.median(all_), n=all_.n, won=all_.won),
            summary=t("adoption.few_all" if all_.few else "adoption.summary", language),
            source=t("adoption.title", language),
            sections=(
                Section(t("adoption.by_cohort", language), "\n".join(f"- {line}" for line in groups)),
                Section(t("adoption.by_prompts", language), "\n".join(f"- {line}" for line in both)),
                Section(t("adoption.how", language), f"{words.basis(found)}\n\n{words.landmark(compared)}"),
            ),
            url=f"{self._public_url}/ramp",
            unfolded=True,
        )
