"""What a person sees of the bot before asking: cards of every skill that has something to show."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from adapters.slack.ports import Home
from bot.contracts import Address, AtHome, Card, Clock, Context, Person, Role, Skill
from bot.flows.reach import language_of
from config.locales import t
from storage.database import Database
from storage.store import Store

Prompts = Callable[[Role, str], Sequence[str]]
STRANGER = "home-stranger"


class HomeDesk:
    """Fulfils `adapters.slack.ports.HomeSource`."""

    def __init__(
        self, database: Database, skills: Sequence[Skill], prompts: Prompts, clock: Clock, channel: str
    ) -> None:
        self._database = database
        self._skills = skills
        self._prompts = prompts
        self._clock = clock
        self._channel = channel

    async def home(self, sender: str) -> Home:
        """The cards. They are stored, so that presses find them; a stranger learns how to get in."""
        person, language = await self._who(sender)
        if person is None:
            return Home(language, [Card(STRANGER, headline=t("xiaoce.stranger", language, account=sender))])
        to = Address(self._channel, sender)
        context = Context(person, to, language, self._clock.now())
        shown = [
            (skill.name, card)
            for skill in self._skills
            if isinstance(skill, AtHome) and (not skill.roles or person.role in skill.roles)
            for card in await skill.at_home(context)
        ]
        await self._database.write(lambda store: self._keep(store, shown, to, person))
        return Home(language, [card for _, card in shown])

    async def prompts(self, sender: str) -> Sequence[str]:
        """Questions to begin with; none for strangers."""
        person, language = await self._who(sender)
        return self._prompts(person.role, language) if person else ()

    async def _who(self, sender: str) -> tuple[Person | None, str]:
        def look(store: Store) -> tuple[Person | None, str]:
            person = store.people.by_account(self._channel, sender)
            if person is None:
                return None, "zh"
            return person, language_of(store, person)

        return await self._database.read(look)

    def _keep(self, store: Store, shown: Sequence[tuple[str, Card]], to: Address, person: Person) -> None:
        now = self._clock.now()
        for skill, card in shown:
            store.cards.add(card, skill, to, person.id, "", now)
            store.cards.replace(card, now)
