"""One way to write a name, so that names can be compared; in Python and in queries."""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, func


def fold(text: str) -> str:
    """Full-width, case and spaces don't count: ＡＢＢ 中国 = abb中国."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def contains(text: Any, part: Any) -> ColumnElement[bool]:
    """Whether `part` (not empty) occurs in `text`, exactly.

    LIKE would take wildcards and, on SQLite, ignore case; instr and strpos exist on one database each.
    """
    rest: ColumnElement[str] = func.replace(text, part, "")
    return rest.is_distinct_from(text)
