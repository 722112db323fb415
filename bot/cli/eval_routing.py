"""`xiaoce eval routing`: does the right skill answer what people type?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.cli.common import console, existing, progress, run_async, say, settings_and_logs
from bot.contracts.errors import BadInput
from bot.contracts.person import OPERATOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.contracts import Person
    from bot.flows.router import Route
    from bot.process import App
    from config.settings import Settings

Verdict = Literal["right", "offered", "asked", "wrong"]
VERDICTS: tuple[Verdict, ...] = ("right", "offered", "asked", "wrong")


class Sentence(BaseModel):
    """One line: what somebody in a role types, and the skills that may answer; none: the bot should ask back."""

    model_config = ConfigDict(extra="ignore")

    text: str
    role: str = "rep"
    lang: Literal["zh", "en"] = "zh"
    skill: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence and where it went."""

    sentence: Sentence
    route: Route

    @property
    def verdict(self) -> Verdict:
        """`offered`: asked back, with a right skill among the buttons."""
        wanted, route = self.sentence.skill, self.route
        if route.skill in wanted or (not wanted and not route.skill):
            return "right"
        if route.skill:
            return "wrong"
        if set(route.candidates) & set(wanted):
            return "right" if route.how == "closed" else "offered"
        return "asked"


def routing(
    questions: Path = typer.Option(..., help='JSON lines {"text","role","lang","skill":[names]}.'),
    wrong: bool = typer.Option(False, "--wrong", help="Show what didn't reach its skill."),
) -> None:
    """Right, asked back with and without the right button, and wrong, of each role."""
    settings = settings_and_logs()
    with progress(say("operator.eval.routing")) as tell:
        judged = run_async(_routed(settings, _sentences(existing(questions)), tell))
    _print(judged)
    if wrong:
        _print_wrong(judged)


def _sentences(file: Path) -> list[Sentence]:
    found = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            found.append(Sentence.model_validate_json(line))
        except ValidationError as error:
            raise BadInput(say("operator.eval.bad_line", file=file.name, number=number, error=_first(error))) from None
    return found


def _first(error: ValidationError) -> str:
    return str(error.errors(include_url=False, include_input=False)[0]["msg"])


async def _routed(settings: Settings, sentences: Sequence[Sentence], tell: Callable[[int, int], None]) -> list[Judged]:
    from bot.app import build

    app = build(settings)
    try:
        app.migrate()
        await app.playbook.refresh()
        await app.router.refresh()
        people = await _people(app)
        judged = []
        for number, sentence in enumerate(sentences, 1):
            judged.append(Judged(sentence, await _route(app, sentence, people)))
            tell(number, len(sentences))
        return judged
    finally:
        await app.stop()


async def _people(app: App) -> dict[str, Person]:
    """One of each role: the first by number."""
    found = await app.database.read(lambda store: store.people.visible_to(OPERATOR))
    return {person.role.value: person for person in reversed(found)}


async def _route(app: App, sentence: Sentence, people: dict[str, Person]) -> Route:
    """As the first message of a conversation."""
    from bot.contracts import Address, Context

    if (person := people.get(sentence.role)) is None:
        raise BadInput(say("operator.eval.no_person", role=sentence.role, roles=", ".join(sorted(people))))
    context = Context(person, Address("console", "eval"), sentence.lang, app.clock.now())
    return await app.router.route(sentence.text, context, "")


def _print(judged: Sequence[Judged]) -> None:
    from rich.table import Table

    table = Table(say("operator.eval.role"), "n", *(say(f"operator.eval.{one}") for one in VERDICTS), "%")
    roles = list(dict.fromkeys(one.sentence.role for one in judged))
    for role in (*roles, ""):
        chosen = [one for one in judged if role in ("", one.sentence.role)]
        counts = Counter(one.verdict for one in chosen)
        share = f"{100 * counts['right'] / max(1, len(chosen)):.1f}"
        name = say(f"console.role.{role}") if role else say("operator.eval.all_roles")
        table.add_row(name, str(len(chosen)), *(str(counts[one]) for one in VERDICTS), share)
    console.print(table)


def _print_wrong(judged: Sequence[Judged]) -> None:
    for one in judged:
        if one.verdict != "right":
            went = one.route.skill or json.dumps(one.route.candidates)
            wanted = ", ".join(one.sentence.skill) or "?"
            asked = f"{one.verdict} · {one.sentence.role} · {one.sentence.text}"
            console.print(f"{asked}\n  + {wanted}\n  - {went} ({one.route.how})", markup=False, highlight=False)
