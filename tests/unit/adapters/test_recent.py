"""Memories that forget."""

from __future__ import annotations

from adapters.common.recent import Recent


def test_what_was_set_longest_ago_is_forgotten() -> None:
    memory: Recent[str, int] = Recent(2)
    memory["a"], memory["b"] = 1, 2
    memory["a"] = 3  # set again: the latest now
    memory["c"] = 4
    assert dict(memory) == {"a": 3, "c": 4}
    assert memory.setdefault("d", 5) == 5
    assert dict(memory) == {"c": 4, "d": 5}
