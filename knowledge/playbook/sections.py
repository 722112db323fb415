"""The body of a playbook file: second-level headings and the Markdown under each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.playbook.fault import Fault

# What authors may write as a heading, in either language; all lower case.
HEADINGS = {
    "要点": "point", "point": "point", "key point": "point", "the point": "point", "headline": "point",
    "步骤": "steps", "steps": "steps",
    "这样说": "say", "say": "say", "say this": "say", "say it like this": "say", "what to say": "say",
    "避免": "avoid", "avoid": "avoid", "don't": "avoid",
    "依据": "basis", "basis": "basis", "evidence": "basis", "facts": "basis",
    "对比": "comparison", "comparison": "comparison", "compare": "comparison",
}  # fmt: skip
SHOWN_HEADINGS = "要点 (Key point)、步骤 (Steps)、这样说 (Say this)、避免 (Avoid)、依据 (Basis)、对比 (Comparison)"


@dataclass(frozen=True, slots=True)
class Part:
    """One section's Markdown and the line of its heading."""

    body: str
    line: int


def read_sections(lines: Sequence[str], first_line: int, source: str) -> tuple[dict[str, Part], list[Fault]]:
    """Sections by name, and what is wrong with headings. A section that is wrong is left out."""
    parts: dict[str, Part] = {}
    faults: list[Fault] = []
    for heading, line, body in _cut(lines, first_line):
        name = HEADINGS.get(heading.lower())
        if heading == "" and body:
            faults.append(Fault(source, line, "stray_text"))
        elif heading and name is None:
            faults.append(Fault(source, line, "unknown_section", heading, {"known": SHOWN_HEADINGS}))
        elif name in parts:
            faults.append(Fault(source, line, "repeated_section", heading))
        elif name is not None:
            parts[name] = Part(body, line)
    return parts, faults


def _cut(lines: Sequence[str], first_line: int) -> list[tuple[str, int, str]]:
    """(heading, its line, text below), the text before the first heading under ""."""
    starts = [n for n, line in enumerate(lines) if line.startswith("## ")]
    edges = [*starts, len(lines)]
    before = ("", first_line, "\n".join(lines[: edges[0]]).strip())
    after = [
        (lines[start][3:].strip(), first_line + start, "\n".join(lines[start + 1 : end]).strip())
        for start, end in zip(starts, edges[1:], strict=True)
    ]
    return [before, *after]
