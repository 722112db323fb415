"""The card that tells an owner that nothing goes out any more."""

from __future__ import annotations

from datetime import datetime

from bot.contracts import Action, Card, Fact
from config.locales import t
from knowledge.events.systems import System


def disabled_card(
    system: System,
    name: str,
    reason: str,
    since: datetime,
    held: int,
    lang: str,
    address: str,
    trouble: str,
    now: datetime,
) -> Card:
    """`since`: when it began to fail; `trouble`: why this reader is told. Its id is unique per incident."""
    page = f"{address}/systems/{system.name}"
    hours = max(0, round((now - since).total_seconds() / 3600))
    return Card(
        id=f"disabled:{system.name}:{name}:{now:%Y%m%d%H%M%S}",
        headline=t("systems.card.disabled", lang, title=system.title, name=name),
        summary=" ".join(part for part in (t(f"systems.card.why.{reason}", lang, hours=hours), trouble) if part),
        source=t("systems.title", lang),
        facts=(
            Fact(t("systems.card.held", lang), str(held)),
            Fact(t("systems.card.todo", lang), t("systems.card.how", lang)),
        ),
        actions=(Action("page", t("systems.card.page", lang), url=page),),
        url=page,
        unfolded=True,
    )
