"""Whose a record of another system is: by its keys, else by an equal name. Pure; where two fit, nobody is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.identity.names import name_key
from storage.fold import fold

if TYPE_CHECKING:
    from storage.repositories.linkables import Linkable


@dataclass(frozen=True, slots=True)
class Found:
    """A customer, and by what: "key" or "name"."""

    customer_id: str
    how: str


class Directory:
    """Customers by name. `heads`: customers that were merged → the kept one."""

    def __init__(self, names: Iterable[tuple[str, str]], heads: Mapping[str, str]) -> None:
        """`names`: (id, name) of every customer, merged ones too: their names still mean the kept one."""
        self._heads = heads
        self._written: dict[str, set[str]] = {}
        self._keys: dict[str, set[str]] = {}
        for id_, name in names:
            head = heads.get(id_, id_)
            self._written.setdefault(fold(name), set()).add(head)
            if key := name_key(name):
                self._keys.setdefault(key, set()).add(head)

    def find(self, record: Linkable) -> Found | None:
        """None: nobody known, or two who may not be one."""
        if record.customer_id:
            return Found(self._heads.get(record.customer_id, record.customer_id), "key")
        if not record.name.strip():
            return None
        return self._only(self._written.get(fold(record.name))) or self._only(self._keys.get(name_key(record.name)))

    def _only(self, found: set[str] | None) -> Found | None:
        return Found(next(iter(found)), "name") if found and len(found) == 1 else None
