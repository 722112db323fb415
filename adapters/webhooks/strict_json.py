"""JSON as the standard has it. What Python lets pass is found: NaN, keys said twice, nesting without end, halves of
characters. A fault belongs to the value that has it: of a list only that item is unusable.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

DEEPEST = 32  # levels within one event


class NotJson(ValueError):
    """The text isn't JSON at all."""


class _Odd(dict[str, Any]):
    """What stands where a value can't be used. A mapping, so that whatever looks at it finds nothing in it."""

    def __init__(self, fault: str, word: str) -> None:
        super().__init__()
        self.fault, self.word = fault, word


def read(body: bytes) -> Any:
    """The value; `fault_in` says of each part whether it can be used. Raises NotJson."""
    try:
        text = body.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_mapping, parse_constant=_constant, parse_float=_number)
    except UnicodeDecodeError as error:
        raise NotJson("not UTF-8") from error
    except RecursionError as error:
        raise NotJson("nested too deeply") from error
    except ValueError as error:  # among them numbers of thousands of digits
        raise NotJson(str(error)[:200]) from error


def fault_in(value: Any) -> tuple[str, str] | None:
    """(fault, the word it is about) of the first unusable part: twice, number, text or deep. None: all is well."""
    stack = [(value, 1)]
    while stack:
        one, depth = stack.pop()
        if isinstance(one, str):
            if not is_sound(one):
                return "text", one[:40].encode("ascii", "backslashreplace").decode()
        elif isinstance(one, _Odd):
            return one.fault, one.word
        elif isinstance(one, Mapping | list):
            if depth > DEEPEST:
                return "deep", str(DEEPEST)
            inner = [*one, *one.values()] if isinstance(one, Mapping) else one
            stack += [(part, depth + 1) for part in inner]
    return None


def is_sound(text: str) -> bool:
    """Whether every database takes it: no NUL, no half of a character."""
    if text.isascii():
        return "\x00" not in text
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # on purpose
    return _Odd("twice", twice[:40])


def _constant(word: str) -> Any:
    return _Odd("number", word)


def _number(text: str) -> Any:
    found = float(text)
    return found if math.isfinite(found) else _Odd("number", text[:40])
