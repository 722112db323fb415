"""The files of signals with line numbers, so that a fault can be named by its place."""

from __future__ import annotations

from pathlib import Path

from bot.contracts.errors import ConfigurationError
from knowledge import lines
from knowledge.lines import BadYaml, Lines

__all__ = ["Lines", "read_lines"]


def read_lines(path: Path) -> Lines:
    """Read a file. Raises ConfigurationError when it isn't YAML, isn't a mapping, or says a key twice."""
    label = f"config/signals/{path.name}"
    try:
        return lines.read_lines(path.read_text(encoding="utf-8"), label)
    except BadYaml as error:
        raise ConfigurationError(f"{label}:{error.line}: {_remedy(error)}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{label}: {error}. Save it as YAML in UTF-8.") from error


def _remedy(error: BadYaml) -> str:
    if error.problem == "twice":
        return f"{error.key!r} is there twice; remove one."
    if error.problem == "not_a_mapping":
        return "begin each signal with its key and a colon."
    return f"{error.problem}. Correct the YAML."
