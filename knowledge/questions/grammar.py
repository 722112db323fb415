"""The rules in their order: from the pieces of a sentence to a draft of a plan. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.metrics.plan import Kind, Order, Threshold
from knowledge.metrics.registry import Registry
from knowledge.questions.doubts import impossible, other_questions, targets_nothing
from knowledge.questions.filters import Fits, read_either, read_exclusions, read_people, read_values
from knowledge.questions.grouping import compares, read_comparison, read_groups, read_share
from knowledge.questions.lexicon import Lexicon
from knowledge.questions.listing import is_list, make_list, table_of
from knowledge.questions.measured import Measured
from knowledge.questions.measuring import measure
from knowledge.questions.outcome import Fault, Scope
from knowledge.questions.ranking import can_rank, read_order
from knowledge.questions.reading import read, rewritten
from knowledge.questions.sentence import Draft, Sentence
from knowledge.questions.supposing import read_change, supposes
from knowledge.questions.thresholds import Bound, fits_unit, measured, read_bounds
from knowledge.questions.when import read_grain, read_span, to_its_end

_MONEY = 10_000  # from there a bare number bounds money
_MODELS: tuple[str, ...] = ("last_non_direct", "first", "last", "linear", "time_decay", "position")
_MODELS += ("w_shaped", "full_path", "shapley", "markov")


@dataclass(slots=True)
class Parsed:
    """What the rules made of a sentence. `left`: words that no rule used; `fault`: what can't be asked at all."""

    sentence: Sentence
    draft: Draft
    measured: Measured
    left: tuple[str, ...] = ()
    fault: Fault | None = None


def parse(text: str, scope: Scope, lexicon: Lexicon) -> Parsed:
    """Of a folded text. `scope.last` says what can be filtered where the text itself names no metric."""
    sentence = Sentence.of(text, read(rewritten(text, lexicon), lexicon, scope.today))
    found = measure(sentence, scope.registry, lexicon)
    if (fault := impossible(sentence) or read_either(sentence)) is not None:
        return Parsed(sentence, Draft(), found, fault=fault)
    draft = Draft(kind=_kind(sentence))
    if draft.kind == "why" and (reason := _reason(sentence, found, scope.registry)):
        draft.kind, draft.by = "value", [reason]
    _read_model(sentence, draft)
    if not read_span(sentence, draft, scope.today):
        return Parsed(sentence, draft, found, left=sentence.left() or (text,))
    read_grain(sentence, draft, scope.today)
    fits = _fits(sentence, found, scope)
    if draft.kind == "what_if" and not read_change(sentence, draft, found, fits):
        return Parsed(sentence, draft, found, fault=Fault("change", {"said": text}))
    if draft.kind == "what_if" and scope.last is None and targets_nothing(draft, found):
        return Parsed(sentence, draft, found, fault=Fault("target", {"said": text}))
    _read_rows(sentence, draft, found, fits, scope)
    if draft.span is not None and draft.kind == "value" and draft.metrics and _are_due(draft, scope.registry):
        draft.span = to_its_end(draft.span, scope.today)
    _finish(sentence, draft)
    if scope.last is not None and not found.all:
        sentence.take("list", "drop")
    if draft.kind == "why" and any(len(one.values) > 1 for one in draft.where) and sentence.has("compare"):
        return Parsed(sentence, draft, found, left=(text,))  # why one is below another: no change to take apart
    left = (*sentence.left(), *other_questions(sentence, draft, found, scope))
    return Parsed(sentence, draft, found, left if draft.kind == "list" else (*left, *found.doubts))


def _kind(sentence: Sentence) -> Kind:
    if supposes(sentence):
        return "what_if"
    if sentence.take("why"):
        return "why"
    return "evidence" if sentence.take("evidence") else "value"


def _reason(sentence: Sentence, found: Measured, registry: Registry) -> str:
    """丢单是什么原因: nothing changed, and the reasons are noted with the rows."""
    said = [one.said for one in sentence.tokens if one.cue("why")]
    if sentence.has("moved", "changed") or not any("原因" in one or "reason" in one for one in said):
        return ""
    reasons = [name for name, one in registry.dimensions.items() if "原因" in one.title.zh]
    fitting = [one for one in reasons if found.names and registry.can_break(found.names[0], one)]
    return fitting[0] if len(fitting) == 1 else ""


def _read_model(sentence: Sentence, draft: Draft) -> None:
    for model in _MODELS:
        if not draft.model and sentence.take(f"model.{model}"):
            draft.model = model
            draft.by.append("channel")


def _fits(sentence: Sentence, found: Measured, scope: Scope) -> Fits:
    """Dimensions by which all that is asked can be filtered; those of one that may be meant where several may be."""
    registry = scope.registry
    dimensions = set(registry.dimensions)
    if found.names:
        return {one for one in dimensions if all(_can_break(registry, name, one) for name in found.names)}
    if found.open:
        return {one for one in dimensions if any(_can_break(registry, name, one) for name in found.all)}
    if table := table_of(sentence, found, registry):
        return {one for one in dimensions if table in registry.dimensions[one].at}
    if scope.last is not None:
        return {one for one in dimensions if all(_can_break(registry, name, one) for name in scope.last.metrics)}
    return dimensions


def _can_break(registry: Registry, metric: str, dimension: str) -> bool:
    """Of what has no table yet nothing is known: anything goes, and the answer says why there is none."""
    return registry.can_break(metric, dimension)


def _read_rows(sentence: Sentence, draft: Draft, found: Measured, fits: Fits, scope: Scope) -> None:
    read_people(sentence, draft, scope, fits)
    read_exclusions(sentence, draft, fits)
    bounds = read_bounds(sentence)
    table = _listed_before(sentence, found, scope) or table_of(sentence, found, scope.registry)
    if draft.kind == "value" and not draft.model and is_list(sentence, found, scope.registry, bounds, table):
        make_list(sentence, draft, found, scope.registry, bounds, table)
        found.open.clear()
        read_values(sentence, draft, _of_table(scope.registry, draft.rows))
        return
    if draft.kind == "value":
        read_groups(sentence, draft, fits, bounded=bool(bounds))
        if not read_share(sentence, draft, fits, _is_rate(scope.registry, found)):
            draft.share = scope.last is not None and not found.all and sentence.take("share")
    read_values(sentence, draft, fits)
    if draft.kind == "value":
        read_comparison(sentence, draft, fits)
        _settle(found, draft, bounds, scope.registry)
        _bound(sentence, draft, found, bounds, scope)
        _rank(sentence, draft, found, scope)
    draft.metrics = list(found.names)


def _listed_before(sentence: Sentence, found: Measured, scope: Scope) -> str:
    """The table of the list before, which words without a thing of their own go on about."""
    last = scope.last
    if last is None or last.kind != "list" or found.names or any(one.has("rows") for one in sentence.tokens):
        return ""
    return last.rows


def _of_table(registry: Registry, table: str) -> Fits:
    return {name for name, one in registry.dimensions.items() if table in one.at}


def _are_due(draft: Draft, registry: Registry) -> bool:
    """Sums of what has a day to come; of a rate only what is past counts."""
    metrics = [registry.metrics[name] for name in draft.metrics]
    return not draft.grain and all(one.time == "due" and one.unit == "yuan" for one in metrics)


def _is_rate(registry: Registry, found: Measured) -> bool:
    return bool(found.names) and all(registry.metrics[name].unit == "rate" for name in found.names)


def _settle(found: Measured, draft: Draft, bounds: list[Bound], registry: Registry) -> None:
    """逾期超过100万的客户: of several metrics the one that such a number can bound."""
    for place, several in list(found.open.items()):
        fitting = [
            name
            for name in several
            if all(_is_size(one, registry, name) for one in bounds)
            and all(registry.can_break(name, by) for by in draft.by)
        ]
        if bounds and len(fitting) == 1:
            del found.open[place]
            found.places.append(place)
            found.names.append(fitting[0])


def _is_size(bound: Bound, registry: Registry, metric: str) -> bool:
    unit = registry.metrics[metric].unit
    return fits_unit(bound.number, unit) and (bound.number.value < _MONEY or unit == "yuan")


def _bound(sentence: Sentence, draft: Draft, found: Measured, bounds: list[Bound], scope: Scope) -> None:
    last = scope.last.metrics[:1] if scope.last else ()
    for bound in bounds:
        metric = found.near(bound.place) or (last[0] if last else "")
        by = draft.by or (scope.last.by if scope.last and not found.names else ())
        if not metric or not by or not fits_unit(bound.number, scope.registry.metrics[metric].unit):
            sentence.spent -= bound.places
            continue
        unit = scope.registry.metrics[metric].unit
        draft.having.append(Threshold(metric, bound.operator, measured(bound.number, unit)))
        if len(found.names) > 1:
            at = found.names.index(metric)
            del found.names[at], found.places[at]


def _rank(sentence: Sentence, draft: Draft, found: Measured, scope: Scope) -> None:
    if compares(draft):
        sentence.take("top", "bottom", "best", "worst", "fast", "slow")
        return
    last = scope.last if not found.names else None
    if not can_rank(draft) and not (last and (last.by or last.grain)):
        if draft.against:
            sentence.take("top", "bottom", "best", "worst", "fast", "slow")
        return
    metric = found.names[-1] if found.names else (last.metrics[0] if last and last.metrics else "")
    if not metric:
        return
    ranked = read_order(sentence, scope.registry, metric)
    if ranked is not None:
        draft.order, draft.limit = Order(metric, ranked[0]), ranked[1]
    elif sentence.has("which") and draft.by and not draft.having:
        sentence.take("which")


def _finish(sentence: Sentence, draft: Draft) -> None:
    """What belongs to no breakdown, and nouns that only stand by."""
    if draft.kind in ("why", "evidence"):
        draft.by, draft.order, draft.limit, draft.grain = [], None, None, ""
        sentence.take("top", "bottom", "fast", "slow", "best", "worst", "each")
    if len(draft.metrics) > 1 or draft.grain or draft.kind == "list":
        sentence.take("each")
    columns = sentence.open("column") if draft.kind == "list" else []  # elsewhere a column's name asks for something
    for place in (*sentence.open("rows"), *columns, *sentence.open("dimension")):
        sentence.spent.add(place)
