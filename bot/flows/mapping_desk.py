"""What the mapping canvas asks for: definitions that hold, and the first rows of a source. The flows do the work."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from adapters.sources.adapter import SourceReaders
from bot.contracts import Person
from bot.contracts.errors import BadInput, ConfigurationError, SourceRefused
from bot.contracts.sources import Origin, RawRow
from bot.flows.sources import SourcesFlow
from bot.flows.sources_definitions import Definitions
from config.locales import t
from knowledge.mapping.faults import BadDefinition


class MappingKeeper:
    """As `skills.mapping.ports.Keeper` asks."""

    def __init__(self, flow: SourcesFlow, definitions: Definitions, readers: SourceReaders) -> None:
        self._flow, self._definitions, self._readers = flow, definitions, readers

    async def apply(self, text: str, note: str, by: Person, after: int, language: str) -> str:
        """Make a definition hold and map its rows anew; "" or the sentence that says why not."""
        try:
            applied = await self._definitions.apply(text, t("mapping.title", language), by.id, note=note, after=after)
        except BadDefinition as error:
            return error.sentence(language)
        except (BadInput, ConfigurationError, SourceRefused) as error:
            return str(error)
        await self._flow.begin(applied.source)
        return ""

    async def look(self, origin: Origin, rows: int) -> Sequence[RawRow]:
        """The first rows; other systems may take their time, so on a thread of its own."""
        return await asyncio.to_thread(self._readers.look, origin, rows)
