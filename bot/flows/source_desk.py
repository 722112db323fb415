"""What the pages of sources do: load now, mend and drop refused rows, apply definitions. The flows do the work."""

from __future__ import annotations

from collections.abc import Mapping

from bot.contracts import Person
from bot.contracts.errors import BadInput, ConfigurationError, SourceRefused
from bot.flows.sources import SourcesFlow
from bot.flows.sources_definitions import Definitions
from bot.flows.sources_mending import Mending
from config.locales import t
from knowledge.mapping.faults import BadDefinition


class PageDesk:
    """As `skills.freshness.ports.SourceDesk` asks."""

    def __init__(self, flow: SourcesFlow, definitions: Definitions, mending: Mending) -> None:
        self._flow, self._definitions, self._mending = flow, definitions, mending

    async def begin(self, source: str, by: Person) -> None:
        """Load it now, unless it is being loaded."""
        await self._flow.begin(source)

    async def mend(self, refusal_id: int, data: Mapping[str, str], by: Person) -> str:
        """Try a refused row with other values, at once; "" or the sentence that says why not."""
        try:
            source = await self._mending.edit(refusal_id, data, by.id)
        except (BadInput, ConfigurationError) as error:
            return str(error)
        await self._flow.begin(source, "replay")
        return ""

    async def drop(self, source: str, refusal_id: int, by: Person) -> None:
        """Never mind that row."""
        await self._mending.drop(source, [refusal_id], by.id)

    async def apply(self, text: str, by: Person, language: str) -> tuple[str, str]:
        """Make a definition hold and load by it; (source, ""), or ("", every fault with its line)."""
        try:
            applied = await self._definitions.apply(text, t("freshness.page.pasted", language), by.id)
        except BadDefinition as error:
            return "", error.sentence(language)
        except (BadInput, ConfigurationError, SourceRefused) as error:
            return "", str(error)
        await self._flow.begin(applied.source)
        return applied.source, ""
