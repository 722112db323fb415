"""The settings file: read as text that Windows editors write too, and searched for the line of a setting."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from bot.contracts.errors import ConfigurationError
from config.languages import operator_language
from config.locales import t

SETTINGS_FILE = "xiaoce.toml"
_TABLE = re.compile(r"\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
_KEY = re.compile(r"""["']?([\w.-]+)["']?\s*=""")
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


def read_settings_file() -> dict[str, Any]:
    """What the file says; nothing when there is none. Raises ConfigurationError that names line and remedy."""
    if not Path(SETTINGS_FILE).exists():
        return {}
    text = _text()
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        line = (at and at[1]) or len(text.splitlines())
        raise _fault("toml", line=line, problem=_AT.sub("", str(error))) from error


def line_of(key: str) -> int | None:
    """Line of a dotted key in the settings file; None when it isn't there (set by environment)."""
    table = ""
    for number, line in enumerate(_text().splitlines() if Path(SETTINGS_FILE).is_file() else [], 1):
        if found := _TABLE.match(line.strip()):
            table = found[1]
            if table == key:
                return number
        elif (found := _KEY.match(line.strip())) and f"{table}.{found[1]}".lstrip(".") == key:
            return number
    return None


def _text() -> str:
    try:
        data = Path(SETTINGS_FILE).read_bytes()
        return data.decode("utf-8-sig")  # Windows' Notepad puts a mark before the text
    except OSError as error:
        raise _fault("unreadable", reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise _fault("encoding", line=data[: error.start].count(b"\n") + 1) from error


def _fault(key: str, **values: object) -> ConfigurationError:
    return ConfigurationError(t(f"settings.file.{key}", operator_language(), file=SETTINGS_FILE, **values))
