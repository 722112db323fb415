"""The report of a rehearsal as a card."""

from __future__ import annotations

from bot.contracts import Action, Card, Fact, Section
from config.locales import t
from skills.sandbox.telling import BROKEN, PASSED, Line, facts, headline, lines, why
from storage.repositories.rehearsals import Rehearsal


def report_card(rehearsal: Rehearsal, lang: str, address: str, *, live: bool) -> Card:
    """`live`: whether production is open now. `address`: of the console."""
    report, state = rehearsal.report, rehearsal.state
    found = lines(report, lang)
    opened = "passed" if live and state == PASSED else "live" if live else "still"
    page = f"{address}/systems/{rehearsal.system}/rehearsal/{rehearsal.id}"
    bad, advice = ([one for one in found if not one.ok and one.required is must] for must in (True, False))
    sections = [
        (t("sandbox.mend", lang), [t("sandbox.card.bad", lang, title=one.title, text=one.text) for one in bad]),
        (t("sandbox.advice", lang), [t("sandbox.card.bad", lang, title=one.title, text=one.text) for one in advice]),
        (t("sandbox.checked", lang), [_line(one, lang) for one in found]),
    ]
    summary = " ".join(part for part in (why(state, report, lang), t(f"sandbox.opened.{opened}", lang)) if part)
    return Card(
        id=f"rehearsal:{rehearsal.id}",
        headline=headline(f"{rehearsal.system}/{rehearsal.subscription}", state, report, lang),
        summary=summary,
        source=t("sandbox.source", lang),
        facts=tuple(Fact(*one) for one in facts(report, lang)) if state != BROKEN else (),
        sections=tuple(Section(title, "\n".join(body)) for title, body in sections if body),
        actions=(Action("page", t("sandbox.card.page", lang), url=page),),
        url=page,
        unfolded=state != PASSED,
    )


def _line(one: Line, lang: str) -> str:
    return t("sandbox.card.line", lang, mark=one.mark, title=one.title, rule=one.rule, text=one.text)
