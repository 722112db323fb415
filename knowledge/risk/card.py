"""The model card: what a model was trained on, how good it is on conversations it hasn't seen, how to go back."""

from __future__ import annotations

from collections.abc import Iterator

from config.locales import t
from knowledge.risk.features import FEATURES
from knowledge.risk.figures import TARGET_PRECISION, Figures, Share
from knowledge.risk.model import RiskModel


def card(model: RiskModel, lang: str = "zh") -> str:
    """Markdown, in the language of who trained it."""
    origin = model.origin
    values = {
        "version": model.version,
        "at": f"{origin.at:%Y-%m-%d %H:%M %Z}" if origin.at else "—",
        "by": origin.by or "—",
        "data": origin.data or "—",
        "digest": origin.data_digest[:16] or "—",
        "cases": origin.cases,
        "current": "—" if origin.current_version is None else origin.current_version,
    }
    parts = [t(f"risk.card.{origin.kind}", lang, **values), _threshold(model, lang)]
    if origin.kind == "trained":
        parts += [_measures(model, lang), _curve(origin.held_out, lang)]
    parts += [_weights(model, lang), t("risk.card.limits", lang), t("risk.card.back", lang, current=values["current"])]
    return "\n\n".join(parts) + "\n"


def interval(found: Share | None) -> str:
    """“.950 (.870–.990), 57/60”; a dash where nothing could be measured."""
    return f"{found.value:.3f} ({found.low:.3f}–{found.high:.3f}), {found.hits}/{found.n}" if found else "—"


def _threshold(model: RiskModel, lang: str) -> str:
    if model.high is None:
        return t("risk.card.never", lang, target=f"{TARGET_PRECISION:.1%}")
    if model.origin.validation is None:
        return t("risk.card.unchecked", lang, high=f"{model.high:.2f}")
    found = model.origin.validation.precision
    reached = "reached" if found and found.low >= TARGET_PRECISION else "likely"
    values = {"high": f"{model.high:.3f}", "target": f"{TARGET_PRECISION:.1%}", "found": interval(found)}
    return t(f"risk.card.{reached}", lang, **values)


def _measures(model: RiskModel, lang: str) -> str:
    origin = model.origin
    named = (("validation", origin.validation), ("held_out", origin.held_out), ("current", origin.current_held_out))
    rows = [_row(t(f"risk.card.{name}", lang), figures) for name, figures in named if figures]
    return "\n".join([t("risk.card.measures", lang), "|---|---|---|---|---|---|---|", *rows])


def _row(name: str, found: Figures) -> str:
    area = "—" if found.auc is None else f"{found.auc:.3f}"
    cells = (name, found.n, found.positives, interval(found.precision), interval(found.recall), area)
    return f"| {' | '.join(str(cell) for cell in cells)} | {found.brier:.3f} |"


def _curve(found: Figures | None, lang: str) -> str:
    bins = found.curve if found else ()
    rows = [f"| {one.n} | {one.predicted:.2f} | {one.happened:.2f} |" for one in bins]
    return "\n".join([t("risk.card.curve", lang), "|---|---|---|", *rows])


def _weights(model: RiskModel, lang: str) -> str:
    return "\n".join([t("risk.card.weights", lang), "|---|---|---|---|---|---|---|", *_terms(model, lang)])


def _terms(model: RiskModel, lang: str) -> Iterator[str]:
    for feature in FEATURES:
        term = model.terms[feature.key]
        numbers = f"{term.mean:.3f} | {term.spread:.3f} | {term.weight:+.3f} | {term.missing:+.3f}"
        told = term.source if model.origin.kind == "prior" else str(term.known)
        yield f"| {feature.title(lang)} (`{feature.key}`) | {feature.unit} | {numbers} | {told} |"
