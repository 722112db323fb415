"""What the endpoint was asked, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def system(self) -> str:
        """The rules that it was given."""
        return self._said("system")

    @property
    def data(self) -> str:
        """What it was given to work on."""
        return self._said("user")

    @property
    def everything(self) -> str:
        """All that left the machine, as text."""
        headers = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{self.path}\n{headers}\n{json.dumps(self.body, ensure_ascii=False)}"

    def _said(self, role: str) -> str:
        return "\n".join(str(message["content"]) for message in self.body["messages"] if message["role"] == role)
