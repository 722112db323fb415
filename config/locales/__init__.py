"""What users read. Every sentence is in `*.zh.yaml` and `*.en.yaml` beside this file, none in code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from bot.contracts.errors import ConfigurationError
from config.yaml_file import read_yaml

FOLDER = Path(__file__).parent
LANGUAGES = ("zh", "en")


def t(key: str, lang: str = "zh", **values: object) -> str:
    """The sentence under a dotted key, with `{name}` filled in. Unknown languages read Chinese.

    Raises ConfigurationError when the key doesn't exist: tests call every key, so users never meet it.
    """
    texts = load(lang if lang in LANGUAGES else "zh")
    if key not in texts:
        raise ConfigurationError(f"config/locales has no {lang} text for {key!r}: add it to the .{lang}.yaml files.")
    return texts[key].format(**values) if values else texts[key]


@cache
def load(lang: str) -> Mapping[str, str]:
    """All texts of a language, keyed by dotted path. A key in two files is an error."""
    texts: dict[str, str] = {}
    for path in sorted(FOLDER.glob(f"*.{lang}.yaml")):
        for key, value in _flatten(read_yaml(path) or {}):
            if key in texts:
                raise ConfigurationError(f"config/locales/{path.name}: {key!r} is defined twice; remove one.")
            texts[key] = value
    return texts


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in tree.items():
        dotted = f"{prefix}{key}"
        pairs += _flatten(value, f"{dotted}.") if isinstance(value, Mapping) else [(dotted, str(value))]
    return pairs
