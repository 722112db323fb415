"""The options of each kind of origin: a misspelt one is a fault, not ignored."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from adapters.sources.faults import refused
from adapters.sources.file_rows import OPTIONS
from bot.contracts.sources import Origin

# kind -> (needed, allowed)
_OPTIONS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "file": (("path",), OPTIONS),
    "folder": (("path",), ("files", *OPTIONS)),
    "database": (("url", "table"), ("schema", "cursor", "expects")),
    "rest": (("url",), ("path", "params", "headers", "auth", "records", "pages", "cursor", "since", "expects")),
}


def known_options(origin: Origin) -> None:
    """Raises SourceRefused for an unknown kind, a missing option, or one that the kind doesn't have."""
    if origin.kind not in _OPTIONS:
        raise refused("kind", kind=origin.kind)
    needed, allowed = _OPTIONS[origin.kind]
    for option in needed:
        if not origin.options.get(option):
            raise refused("option_missing", kind=origin.kind, option=option)
    for option in origin.options:
        if option not in (*needed, *allowed):
            near = get_close_matches(option, (*needed, *allowed), 1) or [name for name in allowed if name != "expects"]
            raise refused("option_unknown", kind=origin.kind, option=option, near="、".join((*needed, *near)))


def is_tabular(origin: Origin) -> bool:
    """Whether every row has every column, so that one which is missing has been renamed or taken away."""
    path = str(origin.options.get("path") or "").lower()
    said = str(origin.options.get("format") or "").lower()
    nested = said in {"json", "jsonl", "ndjson"} or (not said and path.endswith((".json", ".jsonl", ".ndjson")))
    files = str(origin.options.get("files") or "").lower()
    nested = nested or (origin.kind == "folder" and not said and files.endswith((".json", ".jsonl", ".ndjson")))
    return origin.kind == "database" or (origin.kind in {"file", "folder"} and not nested)
