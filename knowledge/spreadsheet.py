"""Text in cells of files that people open in a spreadsheet: none of it may be run as a formula."""

from __future__ import annotations

GUARD = "'"  # before it a spreadsheet takes whatever follows as text
COMPUTED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What begins a formula, in full width too. OWASP, CSV Injection."""


def guarded(cell: str) -> str:
    """The cell as text; a number, negative ones too, stays one."""
    return GUARD + cell if cell.startswith(COMPUTED) and not _is_number(cell) else cell


def bare(cell: str) -> str:
    """What `guarded` was given."""
    return cell.removeprefix(GUARD) if cell[1:2] and cell[1:2] in COMPUTED else cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
