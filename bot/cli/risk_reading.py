"""Reads labelled conversations for the risk commands, looking for signals where a line brings none."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.common import open_database, progress, say, settings_and_logs
from config.languages import operator_language

if TYPE_CHECKING:
    from bot.contracts.listening import Dialogue
    from config.settings import Settings
    from knowledge.risk.cases import Case, History, Reader
    from knowledge.risk.inputs import TextScores, TimeFacts
    from knowledge.signals.detector import Detector
    from storage.database import Database


def cases_of(data: Path, *, labelled: bool = True, only: int | None = None) -> list[Case]:
    """All cases of a file, or that of one line, with the signals of its dialogues. Raises BadInput with the remedy."""
    from knowledge.risk.cases import read_cases

    with _reader() as reader, _history() as history:
        return read_cases(data, reader, history, labelled=labelled, only=only, lang=operator_language())


@contextmanager
def _history() -> Iterator[History]:
    """Who decides and who takes part, of deals that this installation knows; it is opened for the first."""
    from bot.flows.risk_reading import with_deal

    with ExitStack() as opened, asyncio.Runner() as runner:
        databases: list[Database] = []

        def history(dialogue: Dialogue, facts: TimeFacts) -> TimeFacts:
            if not dialogue.deal_id or facts.as_of is None or facts.as_of.tzinfo is None:
                return facts
            if not databases:
                databases.append(opened.enter_context(open_database(settings_and_logs())))

            return runner.run(databases[0].read(lambda store: with_deal(store, dialogue, facts)))

        yield history


@contextmanager
def _reader() -> Iterator[Reader]:
    """Reads one dialogue after the other. The detector (a second) is made for the first: features need none."""
    from knowledge.risk.reading import read_dialogue

    made: list[Detector] = []
    read = 0
    with asyncio.Runner() as runner, progress(say("risk.cli.reading")) as tell:

        def reader(dialogue: Dialogue) -> TextScores:
            nonlocal read
            if not made:
                made.append(runner.run(_detector(settings_and_logs())))
            read += 1
            tell(read, read)
            return runner.run(read_dialogue(made[0], dialogue))

        yield reader


async def _detector(settings: Settings) -> Detector:
    from bot.cli.competitors import stored_competitors
    from knowledge.playbook.vocabulary import Vocabulary
    from knowledge.retrieval.embedder import make_embedder
    from knowledge.signals.detector import Detector
    from knowledge.signals.load import load_kinds
    from knowledge.signals.names import rival_names

    vocabulary = Vocabulary.load()
    names = rival_names(await stored_competitors(settings, vocabulary), vocabulary)
    return await Detector.make(load_kinds(), make_embedder("use"), names)
