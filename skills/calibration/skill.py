"""校准: the month's false positives, what could be changed, and the three parties' yes or no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts import Card, CardUpdate, Context, Example, Happening, Message, Outcome, Press, Reply
from config.groups.calibration import Calibration as Rules
from config.locales import t
from skills.calibration import deciding
from skills.calibration.agenda import read_stored
from skills.calibration.cards import APPROVE, Maker, proposal_of
from skills.calibration.view import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.signals.kind import Kind
    from storage.database import Database
    from storage.store import Store

SHOWN = 3  # proposals in one answer; the page has all


class CalibrationSkill:
    """Reads the agenda that the schedule drafted; what is agreed on applies from the same moment."""

    name = "calibration"
    commands = ("校准", "三方校准", "误报率")
    patterns = (
        r"^\s*(看看?|打开|这个月的?|本月的?|月度)?\s*(三方)?校准(议程|提案|会)?[\s。!！?？]*$",
        r"误报率",
        r"(?i)^\s*(the )?(monthly )?calibration( agenda| proposals)?[\s.!?]*$|\bfalse (alarm|positive) rate",
    )
    examples = (
        Example("校准", shown=True, roles=deciding.PARTICIPANTS),
        Example("这个月的校准议程"),
        Example("哪类提示误报最多"),
        Example("误报率是多少"),
        Example("有哪些校准提案要我同意"),
        Example("提示老是误报，什么时候校准"),
        Example("门槛什么时候调的"),
        Example("三方校准走到哪一步了"),
        Example("monthly calibration", "en", shown=True, roles=deciding.PARTICIPANTS),
        Example("what is the false alarm rate of prompts", "en"),
        Example("which calibration proposals wait for me", "en"),
        Example("which prompts are wrong most often", "en"),
    )
    roles = deciding.PARTICIPANTS
    private = True

    def __init__(
        self, database: Database, kinds: Mapping[str, Kind], rules: Rules, public_url: str, time_zone: str
    ) -> None:
        self._database = database
        self._kinds = kinds
        self._rules = rules
        self._public_url = public_url
        self._zone = ZoneInfo(time_zone)

    async def handle(self, happening: Happening, context: Context) -> Sequence[Outcome]:
        """Show the agenda, or take a yes or no."""
        if not isinstance(happening, Message):
            return []
        if happening.press is None:
            cards = await self._database.read(lambda store: [self._agenda(store, context), *self._open(store, context)])
        elif happening.press.action == "show":
            cards = await self._database.read(lambda store: self._open(store, context))
        else:
            return await self._pressed(happening.press, context)
        return [Reply(context.to, card=card) for card in cards]

    async def _pressed(self, press: Press, context: Context) -> Sequence[Outcome]:
        card = await self._database.write(lambda store: self._decided(store, press, context))
        if card is None:
            return [Reply(context.to, t("xiaoce.card_gone", context.language))]
        return [Reply(context.to, card=card, update=CardUpdate(press.card_id, press.handle))]

    def _decided(self, store: Store, press: Press, context: Context) -> Card | None:
        id_, note, algorithm = proposal_of(press.card_id), press.values.get("note", ""), self._rules.algorithm
        if press.action.startswith(APPROVE):
            party = press.action.removeprefix(APPROVE)
            outcome = deciding.approve(store, id_, party, context.person, context.now, algorithm)
        elif press.action in {"refuse", "revert"}:
            act = deciding.refuse if press.action == "refuse" else deciding.revert
            outcome = act(store, id_, note, context.person, context.now, algorithm)
        else:
            return None
        proposal = store.proposals.get(id_)
        if proposal is None:
            return None
        [view] = self._reader(context).views(store, [proposal])
        notice = t(f"calibration.outcome.{outcome}", context.language, version=proposal.version)
        return self._maker(context).proposal(view, press.card_id, notice)

    def _agenda(self, store: Store, context: Context) -> Card:
        latest = next(iter(store.agendas.latest(1)), None)
        figures = read_stored(latest.figures) if latest else []
        reader = self._reader(context)
        named = [(reader.title(one.kind), one) for one in figures if one.wrong]
        month = latest.month if latest else f"{context.now.astimezone(self._zone):%Y-%m}"
        return self._maker(context).agenda(month, named, len(store.proposals.open()), shown=True)

    def _open(self, store: Store, context: Context) -> list[Card]:
        maker = self._maker(context)
        views = self._reader(context).views(store, store.proposals.open()[:SHOWN])
        return [maker.proposal(view) for view in views]

    def _reader(self, context: Context) -> Reader:
        return Reader(context.person, context.language, self._zone, self._kinds, self._rules.algorithm)

    def _maker(self, context: Context) -> Maker:
        return Maker(context.language, self._public_url)
