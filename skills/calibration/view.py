"""A proposal as it is read, by whoever reads it: on the page and on a card. Examples are those that they may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts.person import OPERATOR, Person
from config.locales import load, t
from knowledge.signals.calibration import LABELS
from knowledge.signals.kind import Kind
from skills.calibration.deciding import may_revert, may_speak_for, parties_of
from storage.repositories.proposals import PARTIES, Party, Proposal

if TYPE_CHECKING:
    from storage.repositories.labels import Label
    from storage.store import Store

EXAMPLES = 3
MOST_LABELS = 500  # the latest that a reader may see, looked through for examples


@dataclass(frozen=True, slots=True)
class Approval:
    """One party, and who spoke for it; "" while nobody did."""

    party: str
    who: str
    when: str


@dataclass(frozen=True, slots=True)
class View:
    """Words only."""

    id: str
    month: str
    state: str
    title: str  # the kind
    change: str
    replay: str  # in one line
    grounds: tuple[str, ...]  # the same with all figures
    approvals: tuple[Approval, ...]
    examples: tuple[str, ...]
    may: tuple[tuple[Party, str], ...]  # for whom the reader can approve it
    may_refuse: bool
    may_revert: bool
    version: int
    closed: str  # who refused it or took it back, when and why


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and what is needed to put it into words."""

    person: Person
    language: str
    zone: ZoneInfo
    kinds: Mapping[str, Kind]
    algorithm: Collection[str]

    def views(self, store: Store, proposals: Sequence[Proposal]) -> list[View]:
        """One for each."""
        who = {id_ for one in proposals for id_ in (*one.approvers, one.closed_by) if id_}
        names = {OPERATOR.id: self._t("operator"), **store.people.names(who)}
        labels = store.labels.visible_to(self.person, limit=MOST_LABELS) if proposals else []
        return [self._view(one, names, labels) for one in proposals]

    def title(self, kind: str) -> str:
        """What the kind is called."""
        return self.kinds[kind].title[self.language] if kind in self.kinds else kind

    def _view(self, one: Proposal, names: Mapping[str, str], labels: Sequence[Label]) -> View:
        kind = str(one.change.get("kind", ""))
        parties = parties_of(self.person, self.algorithm)
        may = may_speak_for(self.person, one, self.algorithm)
        closed_by = names.get(one.closed_by, one.closed_by)
        values = {"who": closed_by, "when": self._day(one.closed_at), "note": one.note or self._t("no_reason")}
        return View(
            one.id,
            one.month,
            one.state,
            self.title(kind),
            self._change(one.change),
            self._t("replay", **one.replay),
            self._grounds(one.replay),
            tuple(self._approval(one, party, names) for party in PARTIES),
            tuple(self._example(label) for label in _of(one, kind, labels)[:EXAMPLES]),
            tuple((party, self._t(f"party.{party}")) for party in may),
            bool(parties) and one.state == "open",
            may_revert(self.person, one, self.algorithm),
            one.version,
            self._t("closed", **values) if one.closed_by else "",
        )

    def _change(self, change: Mapping[str, object]) -> str:
        if change.get("what") == LABELS:
            named = change.get("labels")
            return self._t("change.labels", count=len(named) if isinstance(named, list) else 0)
        return self._t("change.threshold", old=change.get("from"), new=change.get("to"))

    def _grounds(self, replay: Mapping[str, object]) -> tuple[str, ...]:
        known = ("grounds",) if replay.get("repeated") is None else ("grounds", "repeated")
        return tuple(self._t(key, **replay) for key in known)

    def _approval(self, one: Proposal, party: Party, names: Mapping[str, str]) -> Approval:
        given = one.approvals.get(party)
        label = self._t(f"party.{party}")
        if given is None:
            return Approval(label, "", "")
        return Approval(label, names.get(given["by"], given["by"]), self._day(datetime.fromisoformat(given["at"])))

    def _example(self, label: Label) -> str:
        key, _, words = label.reason.partition(": ")
        named = f"coaching.why_wrong.wrong_{key}"
        said = [t(named, self.language) if named in load(self.language) else key, words]
        why = " · ".join(part for part in said if part)
        return self._t("example", quote=label.text, why=why or self._t("no_reason"))

    def _day(self, at: datetime | None) -> str:
        return f"{at.astimezone(self.zone):%Y-%m-%d}" if at else ""

    def _t(self, key: str, **values: object) -> str:
        return t(f"calibration.{key}", self.language, **values)


def _of(proposal: Proposal, kind: str, labels: Sequence[Label]) -> list[Label]:
    """The labels behind it: those that it names, or else the wrong ones of its kind."""
    named = set(proposal.change.get("labels", ()))
    mine = [label for label in labels if label.kind == kind and label.verdict == "wrong" and label.text]
    return [label for label in mine if label.id in named] if named else mine
