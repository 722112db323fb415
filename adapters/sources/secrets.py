"""Secrets stand in definitions as `${name}`: put in just before reading, taken out of what is kept or said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from pydantic import SecretStr

from adapters.sources.faults import refused

_REFERENCE = re.compile(r"\$\{([A-Za-z0-9_]+)\}")
_WHOLE = re.compile(r"[^$]*\$\{[A-Za-z0-9_]+\}[^$]*")
_SECRET = re.compile(
    r"(?i)^key$|(?:^|[_-])(password|passwd|pwd|secret|token|authorization|cookie|(api|app|access|subscription)[_-]?key)$"
)
_MARK, _LITERAL = "${", "$\x01{"  # what a source itself says is never a name of ours
EXAMPLE = "${NAME}"
_SHORTEST = 4  # characters: a shorter one can't be told from chance


class Secrets:
    """The values of the settings `sources.secrets`, by name; case doesn't matter."""

    def __init__(self, values: Mapping[str, SecretStr]) -> None:
        known = {name.lower(): value.get_secret_value() for name, value in values.items()}
        # The longest first: of one that contains another nothing may be left over.
        self._values = dict(sorted(known.items(), key=lambda one: -len(one[1])))

    def put_in(self, value: Any) -> Any:
        """The same with every `${name}` replaced, at any depth. Raises SourceRefused for a name that has no value."""
        if isinstance(value, str):
            return _REFERENCE.sub(lambda found: self._value(found[1]), value)
        if isinstance(value, Mapping):
            return {key: self.put_in(one) for key, one in value.items()}
        return [self.put_in(one) for one in value] if isinstance(value, list) else value

    def take_out(self, value: Any) -> Any:
        """The same with every secret named again, for positions, faults and logs."""
        if isinstance(value, str):
            for name, secret in self._values.items():
                for form in {secret, quote(secret, safe="")} if len(secret) >= _SHORTEST else ():
                    value = value.replace(form, f"${{{name}}}")
            return value
        if isinstance(value, Mapping):
            return {key: self.take_out(one) for key, one in value.items()}
        return [self.take_out(one) for one in value] if isinstance(value, list) else value

    def keep(self, position: Any) -> Any:
        """A position as it may be kept: without secrets, and with a `${name}` that the source itself wrote marked as
        such. Else a service could ask for our secrets in the address of its next page."""
        return self.take_out(_replaced(position, _MARK, _LITERAL))

    def restore(self, position: Any) -> Any:
        """What `keep` was given."""
        return _replaced(self.put_in(position), _LITERAL, _MARK)

    def _value(self, name: str) -> str:
        if not self._values.get(name.lower()):
            raise refused("no_secret", name=name, variable=f"XIAOCE_SOURCES__SECRETS__{name.upper()}")
        return self._values[name.lower()]


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, Mapping):
        return {key: _replaced(one, old, new) for key, one in value.items()}
    return [_replaced(one, old, new) for one in value] if isinstance(value, list) else value


def check(options: Mapping[str, Any]) -> None:
    """Raises SourceRefused when a secret stands in the definition itself."""
    for name, value in _texts(options):
        if _SECRET.search(name) and value and not _WHOLE.fullmatch(value):
            raise refused("inline_secret", option=name, example=EXAMPLE)
        if "://" in value and _password_in(value):
            raise refused("inline_password", option=name, example=EXAMPLE)


def _texts(options: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """(Name of the option, its text), at any depth."""
    if isinstance(options, Mapping):
        for key, value in options.items():
            yield from _texts(value, str(key))
    elif isinstance(options, list):
        for value in options:
            yield from _texts(value, name)
    elif options is not None:
        yield name, str(options)


def _password_in(url: str) -> bool:
    try:
        parts = urlsplit(url)
        said = [parts.password or "", *(value for key, value in parse_qsl(parts.query) if _SECRET.search(key))]
    except ValueError:
        return False
    return any(one and not _WHOLE.fullmatch(one) for one in said)
