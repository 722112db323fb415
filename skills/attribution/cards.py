"""The cards: the point in the first line, the rest folded."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from bot.contracts import Card, Section
from skills.attribution.changes import changes
from skills.attribution.desk import Found
from skills.attribution.lines import Line
from skills.attribution.words import Words

IN_CHAT = ("first", "last", "linear", "position", "shapley")  # beside the asked one: more don't fit a chat
ROWS = 10


def overview(found: Found, rows: Sequence[Line], words: Words, public_url: str) -> Card:
    """What every channel brought."""
    best = rows[0]
    headline = words.tell(
        "headline",
        what=words.what(found.question),
        channel=words.channel(best.channel),
        share=words.share(best),
        trust=words.trust(best),
    )
    return _card(found, rows, words, public_url, headline, words.basis(found))


def of_channel(
    found: Found, line: Line, rows: Sequence[Line], words: Words, public_url: str, *, how: bool = False
) -> Card:
    """What one channel brought; `how`: and how that was counted, at once."""
    question = found.question
    headline = words.tell(
        "channel_headline",
        channel=words.channel(line.channel),
        number=words.number(question, line.credit),
        what=words.what(question),
        unit=words.unit(question),
        share=words.share(line),
        trust=words.trust(line),
    )
    told = words.tell("thin_channel", channel=words.channel(line.channel)) if line.thin else words.basis(found)
    told = f"{words.method(found)}\n\n{told}" if how else told
    link = public_url + question.address("/attribution/journeys", channel=line.channel)
    return _card(found, rows, words, public_url, headline, told, url=link)


def disagreement(found: Found, rows: Sequence[Line], words: Words, public_url: str) -> Card:
    """Why models differ."""
    told = words.gaps(rows)
    several = sum(line.gap is not None for line in rows)
    headline = words.tell("gap_headline", count=several) if several else told[0]
    return _card(found, rows, words, public_url, headline, "\n\n".join(told if several else told[1:]))


def without(found: Found, rows: Sequence[Line], words: Words, public_url: str) -> Card | None:
    """What would be lost without some channels; None when there is nothing to lose."""
    removal = found.answer.without(found.question.removed)
    if removal is None:
        return None
    return _card(found, rows, words, public_url, words.removal(removal, found, rows), words.tell("removal_means"))


def changed(found: Found, rows: Sequence[Line], words: Words, public_url: str) -> Card | None:
    """What is new since the estimate before; None when there is none."""
    since = changes(found.seen.runs, found.question.model)
    if since is None:
        return None
    first, *rest = words.changes(since, rows)
    return _card(found, rows, words, public_url, first, "\n\n".join(rest))


def _card(
    found: Found, rows: Sequence[Line], words: Words, public_url: str, headline: str, summary: str, url: str = ""
) -> Card:
    stale = words.stale(found)
    return Card(
        f"attribution-{uuid4().hex}",
        headline=headline,
        summary="\n\n".join(part for part in (stale, summary) if part),
        source=words.tell("source", model=words.model(found.question.model), at=words.day(found.built_at)),
        sections=tuple(_sections(found, rows, words)),
        url=url or public_url + found.question.address(),
    )


def _sections(found: Found, rows: Sequence[Line], words: Words) -> list[Section]:
    sections = [
        Section(words.tell("section.models"), _models(found, rows, words)),
        Section(words.tell("section.sure"), _sure(rows, words)),
    ]
    if any(line.spent is not None for line in rows):
        sections.append(Section(words.tell("section.money"), _money(found, rows, words)))
    return [*sections, Section(words.tell("section.method"), words.method(found))]


def _models(found: Found, rows: Sequence[Line], words: Words) -> str:
    model = found.question.model
    names = [model, *(name for name in IN_CHAT if name != model and name in found.answer.results)]
    head = [words.tell("channel"), words.tell("column.trust"), *(words.model(name) for name in names)]
    body = [
        [words.channel(line.channel), f"{line.trust.percent}%", *(f"{line.others.get(one, 0.0):.1f}%" for one in names)]
        for line in rows[:ROWS]
    ]
    return _table(head, body)


def _sure(rows: Sequence[Line], words: Words) -> str:
    told = []
    for line in rows[:ROWS]:
        thin = words.tell("thin") if line.thin else ""
        sure = f"{words.share(line)}, {words.trust(line)}{words.rank(line)}{thin}"
        told.append(f"- {words.channel(line.channel)}: {sure}")
    return "\n".join((*told, "", words.tell("sure_means")))


def _money(found: Found, rows: Sequence[Line], words: Words) -> str:
    money = found.question.money
    names = ("channel", "trust", "spent", "each", "roas") if money else ("channel", "trust", "spent", "each")
    body = []
    for line in (one for one in rows if one.spent is not None):
        each = words.yuan(line.each) if line.each is not None else "–"
        roas = f"{line.roas:,.1f}" if line.roas is not None else "–"
        cells = [words.channel(line.channel), f"{line.trust.percent}%", words.yuan(line.spent or 0.0), each, roas]
        body.append(cells[: len(names)])
    return _table([words.tell(f"column.{name}") for name in names], body[:ROWS])


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    rows = (head, ["---"] * len(head), *body)
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows)
