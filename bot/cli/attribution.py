"""`xiaoce attribution`: what each channel is worth, from files of anybody's journeys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.common import say

if TYPE_CHECKING:
    from knowledge.journeys.model_settings import ModelSettings
    from knowledge.journeys.paths import Paths
    from knowledge.journeys.reading.path_file import PathFile
    from knowledge.journeys.reading.touch_file import TouchFile
    from knowledge.journeys.report import Report

group = typer.Typer(help="What each channel contributed to conversions (归因).", no_args_is_help=True)
ALL = "all"


@group.callback()
def _attribution() -> None:
    """Keep `attribution` a group, whatever the number of its commands."""


@group.command("run")
def run(
    paths: Path | None = typer.Option(None, help="CSV or Parquet: path, total_conversions, …_value, total_null."),
    touches: Path | None = typer.Option(None, help="CSV or Parquet: journey_id, position or time, channel."),
    journeys: Path | None = typer.Option(None, help="With --touches: journey_id, converted, value."),
    model: list[str] = typer.Option([ALL], help="A model by name; may be given several times; all: every usual one."),
    order: int = typer.Option(1, min=1, help="Markov: so many touches make a state."),
    null: bool = typer.Option(True, help="Markov: journeys that didn't convert are walks that end in null."),
    self_loops: bool = typer.Option(False, "--self-loops", help="Markov: keep steps from a state to itself."),
    half_life: float = typer.Option(168.0, min=1e-6, help="Time decay: hours after which a touch counts half."),
    direct: list[str] = typer.Option([], help="A name of direct traffic; may be given several times."),
    rate_size: int = typer.Option(0, min=0, help="shapley_rate: only the last so many channels of a set; 0: all."),
    draws: int = typer.Option(1000, min=0, max=100_000, help="Redraws for the intervals; 0: none."),
    remove: list[str] = typer.Option([], help="What would be lost without A,B; may be given several times."),
    memory: int = typer.Option(2048, min=64, help="Megabytes that reading and sorting may use; the rest goes to disk."),
    like: str = typer.Option("", help="As channelattribution, mam or shapley-attribution would count."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON, for other programs."),
) -> None:
    """Credits of channels by one model or several, with intervals. Nothing is stored."""
    from bot.cli.attribution_output import as_document, print_report
    from knowledge.journeys.compatibility import convention
    from knowledge.journeys.report import report

    convention_ = convention(like)
    settings = _settings(half_life, direct, order, self_loops, null, rate_size)
    models = _models(model, touches is not None)
    source = _source(paths, touches, journeys, memory, hours="time_decay" in models)
    groups = [_names(one) for one in remove]
    with _Told(source) as told:
        found = report(told, models, settings, draws=draws, removals=groups, like=convention_)
    _refuse_untimed(found, model)
    if as_json:
        print(as_document(found, source.found, draws))
    else:
        print_report(found, source.found)


def _settings(
    half_life: float, direct: list[str], order: int, self_loops: bool, null: bool, rate_size: int
) -> ModelSettings:
    from knowledge.journeys.model_settings import DIRECT, ModelSettings

    names = tuple(direct) or DIRECT
    return ModelSettings(half_life, names, order, self_loops, null, rate_size)


def _source(
    paths: Path | None, touches: Path | None, journeys: Path | None, memory: int, *, hours: bool
) -> PathFile | TouchFile:
    """What to count. Raises BadInput when the files don't go together."""
    from bot.contracts.errors import BadInput
    from knowledge.journeys.reading.path_file import PathFile
    from knowledge.journeys.reading.touch_file import TouchFile

    if paths and not touches and not journeys:
        return PathFile(paths, memory)
    if touches and journeys and not paths:
        return TouchFile(touches, journeys, memory, hours)
    raise BadInput(say("attribution_engine.which_files"))


def _models(asked: list[str], timed: bool) -> tuple[str, ...]:
    """The models by name. Raises BadInput at an unknown one."""
    from bot.contracts.errors import BadInput
    from knowledge.journeys.models import MODELS, USUAL

    names = dict.fromkeys(name for one in asked for name in (USUAL if one == ALL else (one,)))
    for name in names:
        if name not in MODELS:
            raise BadInput(say("attribution_engine.unknown_model", model=name, known=", ".join((*MODELS, ALL))))
    return tuple(name for name in names if timed or name != "time_decay" or ALL not in asked)


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in listed.split(",") if name.strip())


def _refuse_untimed(found: Report, asked: list[str]) -> None:
    """Time decay asked for by name where nobody knows when touches happened is refused, not left out."""
    from bot.contracts.errors import BadInput

    if "time_decay" in asked and "time_decay" not in found.counts.models:
        raise BadInput(say("attribution_engine.needs_hours"))


class _Told:
    """The source, with a line on standard error that says how far reading has come."""

    def __init__(self, source: Iterable[Paths]) -> None:
        from rich.console import Console

        self._source = source
        self._line = Console(stderr=True).status(say("attribution_engine.cli.reading", touches=0))

    def __enter__(self) -> _Told:
        self._line.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._line.stop()

    def __iter__(self) -> Iterator[Paths]:
        read = 0
        for chunk in self._source:
            read += len(chunk.tokens)
            self._line.update(say("attribution_engine.cli.reading", touches=f"{read:,}"))
            yield chunk
        self._line.update(say("attribution_engine.cli.answering"))
