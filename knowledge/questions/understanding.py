"""The way from a sentence to a plan, or to what is asked back."""

from __future__ import annotations

from dataclasses import replace

from knowledge.metrics.plan import Plan
from knowledge.questions.choosing import CHOICES, choose, choose_changed, counts_of, ranked_by
from knowledge.questions.cities import city_in, with_province
from knowledge.questions.followups import changed, follows
from knowledge.questions.grammar import Parsed, parse
from knowledge.questions.lexicon import Lexicon, lexicon
from knowledge.questions.nearest import alike, nearest
from knowledge.questions.outcome import Ambiguous, Choice, Fault, Outcome, Piece, Scope, Understood, Unknown
from knowledge.questions.pieces import pieces
from knowledge.questions.proposals import checked
from knowledge.questions.reading import folded
from knowledge.questions.typos import corrections

LONGEST = 300  # characters; longer texts tell a story


def understand(text: str, scope: Scope) -> Outcome:
    """What a sentence asks. Never raises, whatever was written."""
    if len(text) > LONGEST:
        return Unknown("long", nearest=nearest("", scope))
    sentence = folded(text)
    if not any(character.isalnum() for character in sentence):
        return Unknown("nothing", nearest=nearest("", scope))
    words = lexicon(scope)
    outcome = _outcome(sentence, scope, words)
    if isinstance(outcome, Unknown) and outcome.reason == "words":
        outcome = _corrected(sentence, outcome, scope, words)
    return _checked(outcome, scope)


def _checked(outcome: Outcome, scope: Scope) -> Outcome:
    """What the grammar made goes through the same check as what a model proposes."""
    if not isinstance(outcome, Understood):
        return outcome
    found = checked(outcome.plan, scope)
    return found if isinstance(found, Fault) else outcome


def is_question(text: str, scope: Scope) -> bool:
    """Whether a sentence surely asks for figures: it is understood whole, and something is asked for."""
    sentence = folded(text) if len(text) <= LONGEST else ""
    if not sentence:
        return False
    words = lexicon(scope)
    parsed = parse(sentence, scope, words)
    going_on = scope.last is not None and follows(parsed, sentence)
    outcome = _follow_up(sentence, parsed, scope) if going_on else _finished(sentence, parsed, scope)
    if isinstance(outcome, Fault):
        return bool(parsed.measured.all) or going_on or outcome.reason == "standing"
    return not isinstance(outcome, Unknown) and (going_on or _asks(parsed))


def _asks(parsed: Parsed) -> bool:
    """客户压价 names a thing and tells of it; 上周客户 and 多少客户 ask."""
    sentence = parsed.sentence
    if any(not sentence.tokens[place].has("rows") for place in (*parsed.measured.places, *parsed.measured.open)):
        return True
    told = replace(parsed.draft.plan(), metrics=(), where=())
    return told != Plan() or sentence.has("ask", "me", "my_team", "my_region")


def _outcome(sentence: str, scope: Scope, words: Lexicon) -> Outcome:
    parsed = parse(sentence, scope, words)
    if scope.last is not None and follows(parsed, sentence):
        return _follow_up(sentence, parsed, scope)
    return _finished(sentence, parsed, scope)


def _finished(sentence: str, parsed: Parsed, scope: Scope) -> Outcome:
    if parsed.fault is not None:
        return parsed.fault
    if parsed.left:
        return ranked_by(parsed, scope) or Unknown("words", parsed.left)
    if not parsed.measured.all and not parsed.draft.rows:
        return counts_of(parsed, scope) or Unknown("words", (sentence,))
    if parsed.measured.open:
        return choose(parsed, scope)
    return Understood(parsed.draft.plan(), pieces(parsed))


def _follow_up(sentence: str, parsed: Parsed, scope: Scope) -> Outcome:
    if parsed.fault is not None:
        return parsed.fault
    if parsed.left or scope.last is None:
        return Unknown("words", parsed.left)
    if parsed.measured.open:
        return choose_changed(parsed, scope, scope.last)
    plan = changed(scope.last, parsed, scope.registry)
    if plan is None:
        return Unknown("words", (sentence,))
    return Understood(plan, pieces(parsed), changed=True)


def _corrected(sentence: str, outcome: Unknown, scope: Scope, words: Lexicon) -> Outcome:
    """Typing errors, where only one correction gives a plan; else what resembles the words."""
    found: dict[Plan, Understood] = {}
    for text, said, meant in corrections(sentence, outcome.unmatched, words):
        second = _outcome(text, scope, words)
        if isinstance(second, Understood):
            marked = tuple(replace(one, said=said, guessed=True) if one.said == meant else one for one in second.pieces)
            if not any(one.guessed for one in marked):
                marked = (*marked, Piece(said, "cue", meant, guessed=True))
            found.setdefault(second.plan.normal(), replace(second, pieces=marked))
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        choices = tuple(Choice(_label(one, scope), one.plan) for one in found.values())
        return Ambiguous(" ".join(outcome.unmatched), choices[:CHOICES], alike=True)
    if city := city_in(outcome.unmatched):
        return _of_its_province(sentence, city, outcome, scope, words)
    return alike(sentence, outcome, scope, words, _outcome) or replace(outcome, nearest=nearest(sentence, scope))


def _of_its_province(sentence: str, city: str, outcome: Unknown, scope: Scope, words: Lexicon) -> Unknown:
    """No table has cities: the question of the province, where that can be asked, is offered first."""
    other = with_province(sentence, city)
    near = (other,) if isinstance(_outcome(other, scope, words), Understood) else ()
    return Unknown("city", (city,), (*near, *nearest(sentence, scope))[:3])


def _label(one: Understood, scope: Scope) -> str:
    guessed = next((piece for piece in one.pieces if piece.guessed), None)
    return (guessed.value or guessed.name) if guessed else ""
