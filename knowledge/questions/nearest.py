"""What can be asked instead of what wasn't understood: three questions, and metrics that resemble the words. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from config.locales import t
from knowledge.questions.lexicon import Lexicon
from knowledge.questions.outcome import Ambiguous, Choice, Outcome, Scope, Understood, Unknown

_SHAPES = ("value", "by", "trend")
_USUAL = ("leads", "win_rate", "payments_received")  # where nothing resembles the words
_ALIKE = 72.0  # of 100: enough to ask whether it is meant, never to answer with it
_QUESTIONS = 3


def nearest(text: str, scope: Scope) -> tuple[str, ...]:
    """Three questions that can be asked, about the metrics whose words resemble the text most."""
    registry = scope.registry
    metrics = [name for name in _ranked(text, scope) if not registry.metrics[name].missing][:_QUESTIONS]
    said = []
    for shape, name in zip(_SHAPES, metrics, strict=False):
        dimension = _dimension(name, scope)
        title = registry.metrics[name].title.of(scope.language)
        form = "value" if shape == "by" and not dimension else shape
        if registry.is_now(name):
            form = "now" if form != "by" else "by_now"
        by = registry.dimensions[dimension].title.of(scope.language) if dimension else ""
        said.append(t(f"understanding.near.{form}", scope.language, metric=title, dimension=by))
    return tuple(said)


def _dimension(metric: str, scope: Scope) -> str:
    usual = ("channel", "region", "product", "rep")
    return next(
        (one for one in usual if one in scope.registry.dimensions and scope.registry.can_break(metric, one)), ""
    )


def _ranked(text: str, scope: Scope) -> list[str]:
    usual = [one for one in _USUAL if one in scope.registry.metrics]
    if not text:
        return [*usual, *scope.registry.metrics]
    scores = _scores(text, scope)
    best = [name for name, score in sorted(scores.items(), key=lambda one: -one[1]) if score >= 45]
    return list(dict.fromkeys([*best, *usual, *scope.registry.metrics]))


def _scores(text: str, scope: Scope) -> dict[str, float]:
    from rapidfuzz import fuzz  # imported here: only what wasn't understood needs it

    return {
        name: max(fuzz.partial_ratio(word.lower(), text) for word in (one.title.zh, one.title.en, *one.title.synonyms))
        for name, one in scope.registry.metrics.items()
    }


def alike(
    sentence: str,
    outcome: Unknown,
    scope: Scope,
    words: Lexicon,
    again: Callable[[str, Scope, Lexicon], Outcome],
) -> Ambiguous | None:
    """Did you mean …? Where one unmatched word resembles a metric's and the rest is understood with that metric."""
    if len(outcome.unmatched) != 1:
        return None
    said = outcome.unmatched[0]
    if said == sentence:
        return None
    from rapidfuzz import fuzz, process

    known = [word for word, meanings in words.words.items() if any(one.kind == "metric" for one in meanings)]
    found = process.extract(said, known, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=6)
    choices: dict[str, Choice] = {}
    for word, _, _ in found:
        second = again(sentence.replace(said, f" {word} ", 1), replace(scope, last=None), words)
        if isinstance(second, Understood) and second.plan.metrics:
            title = scope.registry.metrics[second.plan.metrics[0]].title.of(scope.language)
            choices.setdefault(title, Choice(title, second.plan))
    return Ambiguous(said, tuple(choices.values())[:_QUESTIONS], alike=True) if choices else None
