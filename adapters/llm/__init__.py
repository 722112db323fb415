"""An optional language model, through LangChain. `language_model` is all that the composition root needs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.contracts.model import NoModel

if TYPE_CHECKING:
    from adapters.llm.adapter import KnownNames, LanguageModel
    from adapters.llm.budget import Ledger
    from adapters.llm.notice import Report
    from adapters.llm.tally import Tally
    from bot.contracts.clock import Clock
    from config.groups.llm import Llm


def language_model(
    settings: Llm, *, names: KnownNames, ledger: Ledger, report: Report, tally: Tally, clock: Clock, zone: ZoneInfo
) -> LanguageModel | NoModel:
    """The model that the settings name; one that always does without when they name none. Imports LangChain later."""
    if not settings.enabled:
        return NoModel()
    from adapters.llm.adapter import LanguageModel

    return LanguageModel(settings, names=names, ledger=ledger, report=report, tally=tally, clock=clock, zone=zone)
