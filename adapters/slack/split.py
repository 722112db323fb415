"""Cutting mrkdwn to Slack's limits: between lines where possible, never inside a link, an entity or a grapheme."""

from __future__ import annotations

import regex

from adapters.common.text import units

_ATOM = regex.compile(r"<[^<>\n]*>|&(?:amp|lt|gt);|\X")
_FENCE = "```"
_ENDINGS = (tuple("。！？!?；;…"), tuple("，,、：: "))  # best place for a break within a line first


def split_mrkdwn(text: str, limit: int) -> list[str]:
    """Parts of at most `limit` UTF-16 units, in order. A fence that is cut is closed and opened again."""
    parts: list[str] = []
    part: list[str] = []
    fenced = False
    for line in text.split("\n"):
        for piece in _pieces(line, limit - 2 * units(_FENCE) - 4):
            if part and _length(part) + units(piece) + 1 + (units(_FENCE) + 1 if fenced else 0) > limit:
                parts.append("\n".join([*part, _FENCE] if fenced else part))
                part = [_FENCE] if fenced else []
            part.append(piece)
        if line == _FENCE:
            fenced = not fenced
    parts.append("\n".join([*part, _FENCE] if fenced else part))
    return [kept for part in parts if (kept := part.strip("\n")) and kept.strip() and kept != f"{_FENCE}\n{_FENCE}"]


def _length(lines: list[str]) -> int:
    return sum(units(line) + 1 for line in lines)


def _pieces(line: str, limit: int) -> list[str]:
    """The line, or what it must be cut into."""
    if units(line) <= limit:
        return [line]
    pieces: list[str] = []
    atoms: list[str] = []
    used = 0
    for atom in _atoms(line, limit):
        if used + units(atom) > limit:
            kept = _best(atoms)
            pieces.append("".join(atoms[:kept]))
            atoms = atoms[kept:]
            used = sum(units(each) for each in atoms)
        atoms.append(atom)
        used += units(atom)
    return [*pieces, "".join(atoms)] if atoms else pieces


def _atoms(line: str, limit: int) -> list[str]:
    found = []
    for atom in _ATOM.findall(line):
        found += [atom] if units(atom) <= limit else list(atom)  # a link or a grapheme larger than a message
    return found


def _best(atoms: list[str]) -> int:
    """After how many atoms to cut: after a sentence or clause in the second half, else as late as possible."""
    for ending in _ENDINGS:
        for count in range(len(atoms), len(atoms) // 2, -1):
            if atoms[count - 1].endswith(ending):
                return count
    return len(atoms)
