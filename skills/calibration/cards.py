"""The agenda and its proposals as cards. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from bot.contracts import Action, Card, Fact, Field, Form, Section
from config.locales import t
from skills.calibration.agenda import Figure
from skills.calibration.view import View

APPROVE = "approve_"
_PREFIX = "cal"


@dataclass(frozen=True, slots=True)
class Maker:
    """Builds cards in one language."""

    language: str
    public_url: str

    def agenda(self, month: str, figures: Sequence[tuple[str, Figure]], waiting: int, *, shown: bool = False) -> Card:
        """(kind's name, figures), and how many proposals wait; `shown`: their cards come with it."""
        lines = "\n".join(self.figure(title, one) for title, one in figures)
        return Card(
            f"{_PREFIX}-{uuid4().hex[:12]}-",
            headline=self._t("card.headline" if waiting else "card.nothing", month=month, count=waiting),
            summary=self._t("card.summary" if figures else "card.no_figures"),
            source=self._t("title"),
            sections=(Section(self._t("card.figures"), lines),) if lines else (),
            actions=(Action("show", self._t("card.show"), "primary"),) if waiting and not shown else (),
            url=f"{self.public_url}/calibration",
        )

    def proposal(self, view: View, card_id: str = "", notice: str = "", pressed: str = "") -> Card:
        """One proposal with the buttons that the reader has."""
        return Card(
            card_id or f"{_PREFIX}-{uuid4().hex[:12]}-{view.id}",
            headline=self._t("card.proposal", kind=view.title, change=view.change),
            summary=view.replay,
            source=self._t("card.source", month=view.month),
            facts=tuple(self._fact(view)),
            sections=tuple(self._sections(view)),
            actions=self._actions(view),
            url=f"{self.public_url}/calibration",
            notice=notice,
            pressed=pressed,
        )

    def figure(self, title: str, one: Figure) -> str:
        """One kind in one line."""
        if one.rate is None or one.low is None or one.high is None:
            return self._t("card.unseen", kind=title, sent=one.sent)
        shares = {"rate": f"{one.rate:.0%}", "low": f"{one.low:.0%}", "high": f"{one.high:.0%}"}
        return self._t("card.figure", kind=title, sent=one.sent, n=one.looked_at, wrong=one.wrong, **shares)

    def _fact(self, view: View) -> list[Fact]:
        state = self._t(f"state.{view.state}", version=view.version)
        given = [Fact(one.party, f"{one.who} {one.when}" if one.who else self._t("waits")) for one in view.approvals]
        return [Fact(self._t("card.state"), state), *given]

    def _sections(self, view: View) -> list[Section]:
        found = [Section(self._t("card.grounds"), "\n".join(f"- {one}" for one in view.grounds))]
        if view.examples:
            found.append(Section(self._t("card.examples"), "\n".join(f"- {one}" for one in view.examples)))
        if view.closed:
            found.append(Section(self._t("card.closed"), view.closed))
        return found

    def _actions(self, view: View) -> tuple[Action, ...]:
        found = [Action(f"{APPROVE}{party}", self._t(f"card.approve.{party}"), "primary") for party, _ in view.may]
        if view.may_refuse:
            found.append(Action("refuse", self._t("refuse"), form=self._form("refuse", required=False)))
        if view.may_revert:
            found.append(Action("revert", self._t("revert"), "danger", form=self._form("revert", required=True)))
        return tuple(found)

    def _form(self, what: str, *, required: bool) -> Form:
        note = Field("note", self._t("reason"), required=required, lines=2)
        return Form(self._t(f"form.{what}"), self._t(what), (note,))

    def _t(self, key: str, **values: object) -> str:
        return t(f"calibration.{key}", self.language, **values)


def proposal_of(card_id: str) -> str:
    """The proposal that a card shows; "" for an agenda."""
    prefix, _, rest = card_id.partition("-")
    return rest.partition("-")[2] if prefix == _PREFIX else ""
