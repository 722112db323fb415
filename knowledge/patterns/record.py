"""A mined pattern as it is kept: stages, effect, and quotes of whole examples. And back again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from knowledge.patterns.case import Case, Quote, Step
from knowledge.patterns.effect import Counts, Effect
from knowledge.patterns.mine import Found, Mined
from knowledge.patterns.move import Move
from knowledge.patterns.sequences import places
from storage.repositories.patterns import Pattern

MOST_EXAMPLES = 24  # deals that are quoted, of as many people as there are: everybody sees their own
GONE = "gone_since"  # in `effect`: the day of the first run that didn't find it any more


def pattern_of(
    found: Found, cases: Sequence[Case], moves: Mapping[str, Move], mined: Mined, since: date, at: datetime, owner: str
) -> Pattern:
    """What is kept of it. Quotes of one example share its number; stage 0 is the customer's words before."""
    stages = tuple(_stage(moves[key]) for key in found.moves)
    effect = {
        **asdict(found.effect.counts),
        "low": found.effect.low,
        "high": found.effect.high,
        "chance": found.effect.chance,
        "tried": found.effect.tried,
        "within": dict(found.effect.within),
        "trigger_share": found.trigger_share,
        "won": mined.won,
        "lost": mined.lost,
        "since": since.isoformat(),
        "until": at.date().isoformat(),
    }
    name = " → ".join(moves[key].title["zh"] for key in found.moves)
    return Pattern(pattern_id(found.moves), name, at, stages, _quotes(found, cases), effect, found.trigger, owner)


def pattern_id(moves: Sequence[str]) -> str:
    """The same for the same stages, so that a later run finds it again."""
    return "-".join(moves)


def effect_of(pattern: Pattern) -> Effect:
    """The effect as figures."""
    kept = pattern.effect
    counts = Counts(*(int(kept[name]) for name in ("won_with", "with_", "won_without", "without")))
    return Effect(counts, kept["low"], kept["high"], kept["chance"], kept["tried"], kept["within"])


def renewed(known: Pattern | None, new: Pattern) -> Pattern:
    """The new findings with what people decided about the pattern before; another version where figures changed."""
    if known is None:
        return new
    before, now = ((one.stages, one.trigger, effect_of(one), GONE in one.effect) for one in (known, new))
    version = known.version if before == now else known.version + 1
    return replace(new, owner_id=known.owner_id or new.owner_id, version=version, state=known.state)


def gone(known: Pattern, on: date) -> Pattern:
    """The same, marked as not found any more; the first such day stays."""
    return replace(known, effect={GONE: on.isoformat(), **known.effect})


def _stage(move: Move) -> dict[str, Any]:
    return {"move": move.key, "title": dict(move.title), "means": dict(move.means)}


def _quotes(found: Found, cases: Sequence[Case]) -> tuple[dict[str, Any], ...]:
    examples = [steps for number in found.cases if (steps := _steps(cases[number], found.moves))]
    examples.sort(key=lambda steps: -sum(step.sureness for step in steps))
    chosen = _of_many_people(examples)[:MOST_EXAMPLES]
    return tuple(quote for number, steps in enumerate(chosen, 1) for quote in _example(number, steps, found.trigger))


def _steps(case: Case, moves: Sequence[str]) -> list[Step]:
    at = places(case.moves, tuple(moves))
    return [case.steps[place] for place in at or ()]


def _of_many_people(examples: Sequence[Sequence[Step]]) -> list[Sequence[Step]]:
    """The best of each salesperson first, then everybody's second best, and so on."""
    rounds: list[tuple[int, int]] = []
    seen: dict[str, int] = {}
    for place, steps in enumerate(examples):
        person = steps[0].quote.person_id
        seen[person] = seen.get(person, 0) + 1
        rounds.append((seen[person], place))
    return [examples[place] for _, place in sorted(rounds)]


def _example(number: int, steps: Sequence[Step], trigger: str) -> list[dict[str, Any]]:
    before = steps[0].after.get(trigger)
    told = [_quote(number, 0, before)] if before else []
    return [*told, *(_quote(number, stage, step.quote) for stage, step in enumerate(steps, 1))]


def _quote(number: int, stage: int, quote: Quote) -> dict[str, Any]:
    kept = asdict(quote) | {"at": quote.at.isoformat() if quote.at else ""}
    return {"example": number, "stage": stage, **kept}
