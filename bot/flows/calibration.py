"""The month's calibration (A12): figures, and changes replayed on history, for three parties to agree on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from bot.contracts import Adapter, Clock, Person, Reply, Role
from bot.contracts.person import OPERATOR
from bot.flows.delivery import DeliveryFlow
from bot.flows.listening import Ears
from bot.flows.persist import persistently
from bot.flows.reach import address_of, language_of
from config.groups.calibration import Calibration as Rules
from knowledge.signals.calibration import Calibration, in_force, labels_change, threshold_change, told_from
from knowledge.working_days import is_working_day
from skills.calibration.agenda import Figure, as_stored, figures_of
from skills.calibration.cards import Maker
from skills.calibration.history import Told, labels_to_learn, told_of_kind
from skills.calibration.replaying import Past, Replay, best_threshold, better, halves, replay
from skills.coaching.casework import Desk
from storage.database import Database
from storage.repositories.agendas import Agenda
from storage.repositories.labels import Label
from storage.repositories.proposals import Proposal
from storage.store import Store

if TYPE_CHECKING:
    from knowledge.signals.detector import Detector

SKILL = "calibration"
CRON = "30 9 1-12 * *"  # the first working day is among them, whatever the holidays


@dataclass(frozen=True, slots=True)
class _Case:
    """One kind: its past, what was labelled, and how it is found now."""

    kind: str
    told: Sequence[Told]
    labels: Sequence[Label]
    now: Calibration
    least: float  # the score from which it is told now


class CalibrationFlow:
    """Drafts; deciding is the skill's. Nothing here changes how prompts are found."""

    def __init__(
        self,
        database: Database,
        ears: Ears,
        desk: Desk,
        delivery: DeliveryFlow,
        adapters: Mapping[str, Adapter],
        clock: Clock,
        rules: Rules,
        public_url: str,
    ) -> None:
        self._database = database
        self._ears = ears
        self._desk = desk
        self._delivery = delivery
        self._adapters = adapters
        self._clock = clock
        self._rules = rules
        self._public_url = public_url

    async def monthly(self, slot: datetime) -> None:
        """On the first working day, or the next one that the bot is up, once a month."""
        local = slot.astimezone(self._desk.zone)
        month = f"{local:%Y-%m}"
        drafted = await persistently(lambda: self._database.read(lambda store: store.agendas.of_month(month)))
        if drafted is not None or not is_working_day(local.date()):
            return
        begin = datetime.combine(local.date().replace(day=1), time(), self._desk.zone)
        before = (begin - timedelta(days=1)).replace(day=1)
        judged = await persistently(lambda: self._database.read(lambda store: store.prompts.judged(before, begin)))
        found = [await self._proposal(month, kind) for kind in self._learnable()]
        figures, proposals = figures_of(judged), [one for one in found if one is not None]
        await persistently(lambda: self._database.write(lambda store: self._keep(store, month, figures, proposals)))

    def _learnable(self) -> list[str]:
        """Kinds of words: those of facts have numbers in `config/signals/`, which no label moves."""
        return [kind.key for kind in self._desk.kinds.values() if kind.method == "text" and kind.policy.tell]

    async def _proposal(self, month: str, kind: str) -> Proposal | None:
        """The change of a kind that is worth most; None where there are few labels, or nothing helps."""
        now = self._clock.now()
        since = now - timedelta(days=self._rules.history_days)
        case = await persistently(lambda: self._database.read(lambda store: self._case(store, kind, since, now)))
        if len({label.signal_id for label in case.labels}) < self._rules.least_labels:
            return None
        found = await self._best(case)
        if found is None:
            return None
        change, replayed = found
        figures = {**replayed.stored(), "days": self._rules.history_days}
        return Proposal(f"{month}-{kind}", month, now, change, figures)

    def _case(self, store: Store, kind: str, since: datetime, until: datetime) -> _Case:
        now = in_force(store)
        told, labels = told_of_kind(store, kind, since, until), labels_to_learn(store, kind)
        return _Case(kind, told, labels, now, told_from(now.of(self._desk.kinds)[kind]))

    async def _best(self, case: _Case) -> tuple[dict[str, Any], Replay] | None:
        before = await _scores(await self._ears.detector(), case.kind, case.told)
        after = await _scores(await self._taught(case, case.labels), case.kind, case.told)
        past = [Past(one.truth, was, is_) for one, was, is_ in zip(case.told, before, after, strict=True)]
        taught = replay(past, case.least, case.least, await self._repeated(case, before))
        threshold = best_threshold(past, case.least)
        chosen = better(taught, threshold)
        if isinstance(chosen, Replay):
            return labels_change(case.kind, tuple(label.id for label in case.labels)), chosen
        if threshold is None or chosen is None:
            return None
        return threshold_change(case.kind, case.least, threshold[0]), threshold[1]

    async def _repeated(self, case: _Case, before: Sequence[float]) -> int:
        """Labelled prompts that the other half of the labels silences: they say it in other words."""
        count = 0
        first, second = halves({label.signal_id for label in case.labels})
        for mine, others in ((first, second), (second, first)):
            scored = zip(case.told, before, strict=True)
            told = [one for one, was in scored if one.signal_id in mine and was >= case.least]
            teachers = [label for label in case.labels if label.signal_id in others]
            if told and teachers:
                scores = await _scores(await self._taught(case, teachers), case.kind, told)
                count += sum(score < case.least for score in scores)
        return count

    async def _taught(self, case: _Case, labels: Sequence[Label]) -> Detector:
        change = labels_change(case.kind, tuple(label.id for label in labels))
        texts = tuple((label.kind, label.text) for label in labels)
        return await self._ears.would_be(case.now.plus(change, texts))

    def _keep(self, store: Store, month: str, figures: Sequence[Figure], proposals: Sequence[Proposal]) -> None:
        now = self._clock.now()
        if not store.agendas.add(Agenda(month, now, as_stored(figures))):
            return  # another process was quicker
        for proposal in proposals:
            store.proposals.add(proposal)
            store.audit.add(SKILL, "calibration.propose", proposal.id, {"kind": proposal.change["kind"]}, now)
        wrong = [figure for figure in figures if figure.wrong]
        for person in self._invited(store, proposals) if proposals or wrong else ():
            self._invite(store, month, person, wrong, len(proposals))

    def _invited(self, store: Store, proposals: Sequence[Proposal]) -> list[Person]:
        """Who leads, who speaks for the algorithm, and the salespeople whose labels are talked about."""
        named = [id_ for one in proposals for id_ in one.change.get("labels", ())]
        labellers = {label.by for label in store.labels.these(named)}
        roles = {Role.MANAGER, Role.DIRECTOR, *self._rules.algorithm}
        return [one for one in store.people.visible_to(OPERATOR) if one.role in roles or one.id in labellers]

    def _invite(self, store: Store, month: str, person: Person, wrong: Sequence[Figure], waiting: int) -> None:
        to, language = address_of(store, person, self._adapters), language_of(store, person)
        if to is None:
            return
        kinds = self._desk.kinds
        named = [(kinds[one.kind].title[language] if one.kind in kinds else one.kind, one) for one in wrong]
        card = Maker(language, self._public_url).agenda(month, named, waiting)
        store.cards.add(card, SKILL, to, person.id, "", self._clock.now())
        rendered = self._adapters[to.channel].render(Reply(to, card=card))
        self._delivery.post(store, f"calibration:{month}:{person.id}", "", to, rendered)


async def _scores(detector: Detector, kind: str, told: Sequence[Told]) -> list[float]:
    """The highest score of each one's sentences."""
    flat = [sentence for one in told for sentence in one.sentences]
    scores = iter(await detector.score_texts(flat))
    return [max((next(scores).get(kind, 0.0) for _ in one.sentences), default=0.0) for one in told]
