"""The competitors of this installation's playbook, for commands that look for signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cli.common import open_database

if TYPE_CHECKING:
    from config.settings import Settings
    from knowledge.playbook.card import PlaybookCard
    from knowledge.playbook.vocabulary import Vocabulary


async def stored_competitors(settings: Settings, vocabulary: Vocabulary) -> list[PlaybookCard]:
    """Competitor cards as they are stored now; none in a new installation."""
    from knowledge.playbook.parse import parse_card

    with open_database(settings) as database:
        rows = await database.read(lambda store: store.playbook.all())
    return [parse_card(row.text, vocabulary, row.id) for row in rows if row.kind == "competitor"]
