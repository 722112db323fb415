"""What waits in quarantine, as cards. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.contracts import Action, Card, Fact, Field, Form, Section
from config.locales import t
from knowledge.events.systems import System
from knowledge.events.types import Catalog
from knowledge.events.validation import sentence
from knowledge.events.waiting import Group

TYPE = "@type"  # as a mapping's field: the whole type is called otherwise there
LONGEST_REASON = 200
_FAULTS, _PAIRS, _GROUPS = 6, 6, 8
_ORIGINAL = 3000  # characters


@dataclass(frozen=True, slots=True)
class Maker:
    """Builds cards in one language."""

    language: str
    url: str  # of the page of the quarantine
    zone: ZoneInfo
    catalog: Catalog

    def group(self, group: Group, system: System | None, card_id: str) -> Card:
        """Events with the same fault, and what may be done with them."""
        return Card(
            card_id,
            headline=self.headline(group, system),
            summary=self._t("card.kept"),
            source=self._t("card.source"),
            facts=tuple(self._fact(group, one) for one in group.proposal[:3]),
            sections=tuple(self._sections(group)),
            actions=self.actions(group),
            url=f"{self.url}#{group.key}",
        )

    def overview(self, groups: Sequence[Group], systems: Mapping[str, System], today: int) -> Card:
        """Everything that waits, in lines."""
        count = sum(one.count for one in groups)
        lines = [f"- {self.headline(one, systems.get(one.producer))}" for one in groups[:_GROUPS]]
        if len(groups) > _GROUPS:
            lines.append(self._t("card.more", count=len(groups) - _GROUPS))
        sections = (Section(self._t("card.which"), "\n".join(lines)),) if lines else ()
        return Card(
            f"events-{uuid4().hex[:12]}",
            headline=self._t("card.waiting", count=count) if count else self._t("card.none"),
            summary=self._t("card.today", count=f"{today:,}"),
            source=self._t("card.source"),
            sections=sections,
            url=self.url,
            unfolded=bool(lines),
        )

    def headline(self, group: Group, system: System | None) -> str:
        """Who sent how many of what, and the first thing that is wrong."""
        values = {
            "system": system.title if system else group.producer,
            "type": self.type_named(group.type),
            "count": group.count,
        }
        if group.reason == "unknown_type":
            return self._t("card.unknown_type", **values)
        return self._t("card.unreadable", fault=self.faults(group)[0], **values)

    def faults(self, group: Group) -> list[str]:
        """What is wrong, one sentence each."""
        if group.reason == "unknown_type":
            return [self._t("reason.unknown_type", type=group.type)]
        type_ = self.catalog.get(group.type)
        said = [sentence(one, type_, self.language) for one in group.faults]
        return list(dict.fromkeys(said)) or [self._t("reason.unreadable")]

    def pair(self, group: Group, proposal: Mapping[str, Any]) -> str:
        """What is proposed: order_number 当作 订单编号 order_no."""
        given, field = str(proposal.get("given", "")), str(proposal.get("field", ""))
        if given == TYPE:
            return self._t("pair.type", given=group.type, field=field, title=self.type_named(field))
        type_ = self.catalog.get(group.type)
        title = type_.field_named(field, self.language) if type_ else field
        named = field if title == field else f"{title} {field}"
        how = self.how(str(proposal.get("convert", "")))
        if given == field:
            return self._t("pair.convert", field=named, how=how)
        return self._t("pair.rename", given=given, field=named) + (f"（{how}）" if how else "")

    def how(self, convert: str) -> str:
        """A conversion in words; "" for none."""
        name, _, argument = convert.partition(":")
        return self._t(f"convert.{name}", argument=argument) if name else ""

    def type_named(self, name: str) -> str:
        """A type's title, or its name."""
        type_ = self.catalog.get(name)
        return type_.named(self.language) if type_ else name

    def original(self, envelope: Mapping[str, Any]) -> str:
        """An event as it came, to be read in a chat."""
        text = json.dumps(envelope, ensure_ascii=False, indent=1, default=str)
        cut = text if len(text) <= _ORIGINAL else text[:_ORIGINAL] + "\n…"
        return f"```\n{cut}\n```"

    def actions(self, group: Group) -> tuple[Action, ...]:
        """What may be done."""
        approve = (
            Action("approve", self._t("button.approve"), "primary")
            if group.proposal
            else Action("retry", self._t("button.retry"))
        )
        return (
            approve,
            Action("original", self._t("button.original")),
            Action("discard", self._t("button.discard"), "danger", form=self._form()),
        )

    def _fact(self, group: Group, proposal: Mapping[str, Any]) -> Fact:
        given = group.type if proposal.get("given") == TYPE else str(proposal.get("given", ""))
        return Fact(given, str(proposal.get("field", "")))

    def _sections(self, group: Group) -> list[Section]:
        faults = "\n".join(f"- {one}" for one in self.faults(group)[:_FAULTS])
        pairs = [self._proposed(group, one) for one in group.proposal[:_PAIRS]]
        said = "\n".join(f"- {one}" for one in pairs) if pairs else self._t("card.no_proposal")
        return [Section(self._t("card.wrong"), faults), Section(self._t("card.proposed"), said)]

    def _proposed(self, group: Group, one: Mapping[str, Any]) -> str:
        sample = str(one.get("sample", ""))
        return self.pair(group, one) + (self._t("pair.sample", sample=sample) if sample else "")

    def _form(self) -> Form:
        reason = Field("reason", self._t("form.reason"), lines=2)
        return Form(self._t("form.title"), self._t("form.submit"), (reason,))

    def _t(self, key: str, **values: object) -> str:
        return t(f"events.{key}", self.language, **values)
