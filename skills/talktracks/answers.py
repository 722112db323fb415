"""From a question to the card that answers it, for this viewer and this conversation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.contracts import Card, Context
from config.locales import t
from knowledge.playbook.card import PlaybookCard
from knowledge.playbook.finding import LONGEST_QUESTION, Found
from knowledge.playbook.playbook import Playbook
from skills.talktracks.cards import BUTTONS, Maker
from skills.talktracks.numbered import Numbered
from skills.talktracks.thread import Shown
from skills.talktracks.understanding import Asked, language_of, understand

if TYPE_CHECKING:
    from storage.database import Database
    from storage.store import Store

GUESSES = 3  # titles on a card that says that nothing fits
LISTED = 2  # alternatives on a card that answers
QUEUE = 6  # alternatives that "more" goes through


@dataclass(frozen=True, slots=True)
class Answer:
    """A chat card and what the conversation keeps of it. `gap`: nothing fitted; `empty`: nothing was asked."""

    card: Card | None
    shown: Shown
    gap: bool = False
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """What is known besides the words: language wanted, and the customer named, if the viewer may see it."""

    language: str
    customer: str = ""
    names: tuple[str, ...] = ()  # every way in which the text names that customer
    industry: str = ""


class Answers:
    """Finds talk-tracks and puts them on cards."""

    def __init__(self, playbook: Playbook, database: Database, public_url: str) -> None:
        self.playbook = playbook
        self._database = database
        self._public_url = public_url

    def maker(self, language: str, today: date) -> Maker:
        """The card maker for a language."""
        return Maker(self.playbook.vocabulary, language, self._public_url, today)

    async def moment(self, text: str, context: Context) -> Moment:
        """Language and customer. Customers whom the viewer may not see are words like any other."""

        def look(store: Store) -> tuple[dict[str, Any], list[Any]]:
            preferences = store.preferences.get(context.person.id)
            return preferences, store.customers.mentioned_in(context.person, text)

        preferences, customers = await self._database.read(look)
        language = preferences.get("language") or language_of(text) or context.language
        customer = max(customers, key=lambda found: len(found.name), default=None)
        if customer is None:
            return Moment(language)
        industry = self.playbook.vocabulary.mentioned("industries", customer.industry or "")
        return Moment(language, customer.name, (customer.name, customer.short_name), industry)

    def understand(self, text: str, last: Shown | None, moment: Moment) -> Asked:
        """Question or follow-up."""
        names = tuple(name for name in moment.names if name)
        return understand(text, self.playbook.vocabulary, follows=last is not None, names=names)

    async def question(self, text: str, moment: Moment, today: date) -> Answer:
        """A question that stands for itself."""
        asked = Shown("", moment.language, text[:LONGEST_QUESTION], industry=moment.industry)
        asked = replace(asked, customer=moment.customer)
        return self._answer(await self._find(asked, today), asked, today)

    async def follow_up(self, text: str, last: Shown, moment: Moment, today: date, *, shift: bool) -> Answer:
        """A question that leans on the one before. `shift`: it only changes stage, industry or customer."""
        found_words = self.playbook.vocabulary
        asked = replace(
            last,
            question=last.about,
            subject="",
            language=moment.language,
            stage=found_words.mentioned("stages", text) or last.stage,
            product=found_words.mentioned("products", text) or last.product,
            industry=moment.industry or found_words.mentioned("industries", text) or last.industry,
            customer=moment.customer or last.customer,
        )
        if not shift:
            found, asked = await self._better(asked, text, today)
            return self._answer(found, asked, today)
        same = self.again(asked, today) if self._suits(asked, today) else None
        return same or self._answer(await self._find(asked, today), asked, today)

    def listing(self, word: str, moment: Moment, today: date) -> Answer:
        """What the playbook holds, or ("rivals") its competitor cards."""
        maker = self.maker(moment.language, today)
        cards = self.playbook.valid(moment.language, today)
        shown = Shown("", moment.language, "")
        if word != "rivals":
            return Answer(maker.contents(cards), shown)
        rivals = [card for card in cards if card.names]
        ids = tuple(card.id for card in rivals)
        return Answer(maker.rivals(rivals), replace(shown, queue=ids, listed=ids))

    def _suits(self, asked: Shown, today: date) -> bool:
        """Whether the card shown last was written for just what is asked about now."""
        card = self.playbook.version(asked.card, asked.language, today)
        return card is not None and asked.stage in card.stage and not asked.occasion.misses(card)

    def show(self, id_: str, shown: Shown, today: date, *, told_in: str = "") -> Answer | None:
        """A certain talk-track, as an alternative to what was shown; None when it is no longer valid.

        Where it isn't written in the wanted language, a note says so: in the wanted one, or in `told_in`.
        """
        card = self.playbook.version(id_, shown.language, today)
        if card is None:
            return None
        same_list = id_ == shown.card or id_ in shown.listed
        subject = shown.subject if id_ == shown.card else card.title
        queue = tuple(other for other in shown.queue if other != id_)
        shown = replace(shown, card=id_, subject=subject, queue=queue, listed=shown.listed if same_list else ())
        shown = self._listing_others(shown, card.language, today)
        return Answer(self._card(card, shown, today, told_in=told_in), shown)

    def again(self, shown: Shown, today: date) -> Answer | None:
        """The card that was shown last, as a new one; None when nothing fitted or it is no longer valid."""
        return self.show(shown.card, shown, today) if shown.card else None

    def picked(self, shown: Shown, place: int, today: date) -> Answer | None:
        """The title with this number, counted from 1, on the list that is on the screen; None when there is none."""
        return self.show(shown.listed[place - 1], shown, today) if 0 < place <= len(shown.listed) else None

    def others(self, shown: Shown, language: str, today: date, count: int = LISTED) -> list[PlaybookCard]:
        """The next alternatives that are valid and written in the language of the card that lists them."""
        versions = [self.playbook.card(id_, language, today) for id_ in shown.queue]
        return [card for card in versions if card][:count]

    async def rebuild(self, id_: str, language: str, today: date) -> Shown | None:
        """What to keep of a card that the conversation has forgotten: its title stands for the question."""
        card = self.playbook.version(id_, language, today)
        if card is None:
            return None
        found = await self.playbook.find(card.title, language=language, today=today, without={id_})
        return Shown(id_, language, card.title, _ids(found)[:QUEUE])

    async def _better(self, asked: Shown, text: str, today: date) -> tuple[Found, Shown]:
        """A follow-up that says something new: by itself if that fits, else together with the former question,
        then best with a card that was not just shown. With the question that it turned out to be."""
        new = replace(asked, question=text)
        alone = await self._find(new, today)
        if alone.fits and not alone.doubt:
            return alone, new
        together = replace(asked, question=f"{asked.question[: LONGEST_QUESTION // 2]} {text}")
        other = await self._find(together, today, without={asked.card})
        if other.fits and not other.doubt:
            return other, together
        return (alone, new) if alone.fits else (await self._find(together, today), together)

    async def _find(self, asked: Shown, today: date, without: Collection[str] = ()) -> Found:
        return await self.playbook.find(
            asked.question,
            language=asked.language,
            today=today,
            stage=asked.stage or None,
            industry=asked.industry or None,
            product=asked.product or None,
            without=without,
        )

    def _answer(self, found: Found, asked: Shown, today: date) -> Answer:
        occasion = found.occasion
        shown = replace(asked, stage=occasion.stage, industry=occasion.industry, product=occasion.product)
        if found.best is None:
            return self._none(found, shown, today)
        shown = replace(shown, card=found.best.id, queue=_ids(found)[1 : QUEUE + 1], listed=())
        shown = self._listing_others(shown, found.best.language, today)
        return Answer(self._card(found.best, shown, today, misses=found.misses, doubt=found.doubt), shown)

    def _none(self, found: Found, shown: Shown, today: date) -> Answer:
        """Nothing fits: titles that may have been meant, in the asker's language only."""
        most = BUTTONS if found.unknown else GUESSES
        guesses = [card for card in found.alternatives if card.language == shown.language][:most]
        ids = tuple(card.id for card in guesses)
        shown = replace(shown, card="", queue=ids, listed=ids)
        empty = found.reason == "empty_query"
        maker = self.maker(shown.language, today)
        card = None if empty else maker.no_answer(guesses, self.keeper(), found.unknown)
        return Answer(card, shown, gap=not empty, empty=empty)

    def _card(
        self,
        card: PlaybookCard,
        shown: Shown,
        today: date,
        *,
        misses: tuple[str, ...] = (),
        doubt: bool = False,
        told_in: str = "",
    ) -> Card:
        """A chat card wholly in the language of its talk-track; only the note that it is another is in the asker's."""
        maker, others = self.maker(card.language, today), self._numbered(shown, card.language, today)
        remarks = list(maker.missed(card, shown, misses))
        if doubt:
            remarks.insert(0, maker.doubt(card, others))
        if card.language != shown.language:
            remarks.insert(0, t(f"talktracks.no_{shown.language}_version", told_in or shown.language))
        return maker.answer(card, shown, others, remarks)

    def _listing_others(self, shown: Shown, language: str, today: date) -> Shown:
        """With a list of alternatives, if there is none on the screen to which numbers belong."""
        listed = shown.listed or tuple(card.id for card in self.others(shown, language, today))
        return replace(shown, listed=listed)

    def _numbered(self, shown: Shown, language: str, today: date) -> Numbered:
        """What is listed beside the card itself, under the numbers that it keeps."""
        versions = {n: self.playbook.card(id_, language, today) for n, id_ in enumerate(shown.listed, 1)}
        return {number: card for number, card in versions.items() if card and card.id != shown.card}

    def keeper(self) -> str:
        """Who owns most of the playbook, so whom to ask for a new talk-track; "" while it is empty."""
        owners = Counter(card.owner for card in self.playbook.cards())
        return owners.most_common(1)[0][0] if owners else ""


def _ids(found: Found) -> tuple[str, ...]:
    cards = ([found.best] if found.best else []) + list(found.alternatives)
    return tuple(card.id for card in cards)
