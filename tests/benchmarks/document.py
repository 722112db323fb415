"""docs/measurements.md: what is between markers is ours, what is around them was written by hand and stays."""

from __future__ import annotations

import re

from tests.benchmarks.machine import ROOT

DOCUMENT = ROOT / "docs" / "measurements.md"


def write_section(name: str, text: str) -> None:
    """Replace what stands between `<!-- bench:NAME -->` and `<!-- /bench -->`. Raises LookupError without markers."""
    page = DOCUMENT.read_text(encoding="utf-8")
    section = f"<!-- bench:{name} -->\n{text.strip()}\n<!-- /bench -->"
    pattern = re.compile(rf"<!-- bench:{re.escape(name)} -->.*?<!-- /bench -->", re.DOTALL)
    changed, found = pattern.subn(lambda _: section, page)
    if not found:
        raise LookupError(f"{DOCUMENT.name} has no place for `{name}`: add <!-- bench:{name} --><!-- /bench --> to it.")
    DOCUMENT.write_text(changed, encoding="utf-8")
