"""The catalogue as a table, for docs/events.md. Pure."""

from __future__ import annotations

from knowledge.events.types import Catalog

_COLUMNS = ("Event", "中文", "Sent", "From", "Keys", "Typically heard by", "Versions", "Deadline")


def table(catalog: Catalog) -> str:
    """Markdown, one row a type, in the catalogue's order."""
    rows = []
    for one in catalog:
        cells = (
            f"`{one.name}`",
            one.named(),
            one.what["en"],
            ", ".join(one.producers),
            ", ".join(one.keys),
            ", ".join(one.listeners),
            str(one.newest.number),
            one.sla,
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join([f"| {' | '.join(_COLUMNS)} |", "|---" * len(_COLUMNS) + "|", *rows])
