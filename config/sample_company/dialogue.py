"""Writes one conversation: how it opens, what is asked, and the steps that win or lose the deal."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from config.sample_company import phrases
from config.sample_company.opportunities import LOST, WON, Opportunity

STAGE_NAMES = ("objection_response", "value_reanchor", "timed_close")
_STAGED_SHARE = 0.72  # of won deals


@dataclass(frozen=True)
class Line:
    """One message to be; `stage` names the turning point it is, or is empty."""

    by_rep: bool
    text: str
    stage: str = ""


def dialogue(dice: Random, deal: Opportunity) -> list[Line]:
    """The lines of a deal's conversation, slots unfilled. Open deals stop at the objection, or before it."""
    start = _pair(dice.choice(phrases.OPENINGS), rep_first=True)
    asked = dice.sample(phrases.QUESTIONS[deal.model.family], dice.randint(1, 2))
    start += [line for pair in asked for line in _pair(pair)]
    if deal.outcome == WON:
        return start + (_staged(dice, deal) if dice.random() < _STAGED_SHARE else _smooth(dice))
    if deal.outcome == LOST:
        return start + _lost(dice, deal)
    return [*start, _customer(dice, phrases.OBJECTIONS)] if dice.random() < 0.6 else start


def _staged(dice: Random, deal: Opportunity) -> list[Line]:
    steps = [_customer(dice, phrases.OBJECTIONS), *_response(dice), *_reanchor(dice, deal)]
    if dice.random() < 0.4:
        steps += _pair(dice.choice(phrases.SMOOTH))
    return steps + _close(dice) + _pair(dice.choice(phrases.WRAPS))


def _smooth(dice: Random) -> list[Line]:
    pairs = [*dice.sample(phrases.SMOOTH, 2), dice.choice(phrases.WRAPS)]
    return [line for pair in pairs for line in _pair(pair)]


def _lost(dice: Random, deal: Opportunity) -> list[Line]:
    """The ways to lose: give in, hurry, stop half-way, or take the steps in the wrong order."""
    ways = (
        _weak(dice),
        _response(dice) + _weak(dice),
        _response(dice) + _reanchor(dice, deal),
        _close(dice)[:1] + _weak(dice),
        _close(dice)[:1] + _response(dice),
        _reanchor(dice, deal)[:1] + _weak(dice),
    )
    end = [_customer(dice, phrases.FADES), _rep(dice, phrases.NUDGES)]
    return [_customer(dice, phrases.OBJECTIONS), *dice.choices(ways, (34, 18, 14, 14, 8, 12))[0], *end]


def _response(dice: Random) -> list[Line]:
    return [
        _rep(dice, phrases.RESPONSES, STAGE_NAMES[0], phrases.RESPONSE_TAILS),
        _customer(dice, phrases.REPLIES_TO_RESPONSE),
    ]


def _reanchor(dice: Random, deal: Opportunity) -> list[Line]:
    value = dice.choice(phrases.VALUES[deal.model.family])
    line = _rep(dice, phrases.REANCHORS, STAGE_NAMES[1], phrases.VALUE_TAILS)
    said = replace(line, text=line.text.replace("{value}", value))
    return [said, _customer(dice, phrases.REPLIES_TO_VALUE)]


def _close(dice: Random) -> list[Line]:
    return [_rep(dice, phrases.CLOSES, STAGE_NAMES[2], phrases.CLOSE_TAILS), _customer(dice, phrases.REPLIES_TO_CLOSE)]


def _weak(dice: Random) -> list[Line]:
    return [_rep(dice, phrases.WEAK_ANSWERS)]


def _rep(dice: Random, choices: Sequence[str], stage: str = "", tails: Sequence[str] = ()) -> Line:
    """One of the sentences, half the time with an afterthought."""
    tail = dice.choice(tails) if tails and dice.random() < 0.5 else ""
    return Line(True, dice.choice(phrases.STARTS) + dice.choice(choices) + tail, stage)


def _customer(dice: Random, choices: Sequence[str]) -> Line:
    return Line(False, dice.choice(choices))


def _pair(pair: tuple[str, str], *, rep_first: bool = False) -> list[Line]:
    return [Line(rep_first, pair[0]), Line(not rep_first, pair[1])]
