"""A layered drawing: columns of boxes, each column ordered so that few lines cross, and the lines. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP, BETWEEN = 220, 46, 12, 130  # of a box; between boxes; between columns. In the drawing's units
TOP = 34  # for the columns' titles
_SWEEPS = 4  # more than that changes nothing


@dataclass(frozen=True, slots=True)
class Node:
    """Something to draw."""

    id: str
    title: str
    note: str = ""
    href: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A node with its place."""

    node: Node
    x: float
    y: float
    state: str = ""  # "on", "off", or "" when nothing is looked at


@dataclass(frozen=True, slots=True)
class Line:
    """A curve from one box to another."""

    path: str
    kind: str  # "flow" between columns, "link" within one
    state: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a template draws as SVG."""

    width: float
    height: float
    boxes: Sequence[Box]
    lines: Sequence[Line]
    heads: Sequence[tuple[float, str]]


def draw(
    heads: Sequence[str],
    columns: Sequence[Sequence[Node]],
    edges: Collection[tuple[str, str]],
    links: Collection[tuple[str, str]] = (),
    focus: str = "",
) -> Drawing:
    """Columns from left to right; `edges` go to the right, `links` within the fixed column. The longest column keeps
    its order if it is the middle one; the others follow what they are connected with. `focus`: an id; all that leads
    to it and comes of it stands out."""
    ordered = _ordered(columns, edges)
    lit = _connected(focus, edges) if focus else frozenset()
    tall = max((len(column) for column in ordered), default=0)
    boxes: dict[str, Box] = {}
    for number, column in enumerate(ordered):
        top = TOP + (tall - len(column)) * (HEIGHT + GAP) / 2
        for row, node in enumerate(column):
            place = (number * (WIDTH + BETWEEN), top + row * (HEIGHT + GAP))
            boxes[node.id] = Box(node, *place, _state(lit, node.id))
    lines = [_line(boxes[one], boxes[two], lit) for one, two in edges if one in boxes and two in boxes]
    lines += [_arc(boxes[one], boxes[two], lit) for one, two in links if one in boxes and two in boxes]
    width = len(columns) * (WIDTH + BETWEEN) - BETWEEN
    titles = [(number * (WIDTH + BETWEEN), head) for number, head in enumerate(heads)]
    return Drawing(width, TOP + tall * (HEIGHT + GAP), list(boxes.values()), lines, titles)


def _ordered(columns: Sequence[Sequence[Node]], edges: Collection[tuple[str, str]]) -> list[list[Node]]:
    """Barycentres (Sugiyama, Tagawa & Toda 1981) around the middle column, which keeps its order."""
    found = [list(column) for column in columns]
    middle = len(found) // 2
    beside: dict[str, list[str]] = {}
    for one, two in edges:
        beside.setdefault(one, []).append(two)
        beside.setdefault(two, []).append(one)
    for _ in range(_SWEEPS):
        for number in [*range(middle - 1, -1, -1), *range(middle + 1, len(found))]:
            inner = found[number + 1 if number < middle else number - 1]
            places = {node.id: row for row, node in enumerate(inner)}
            centre = {node.id: _centre(beside.get(node.id, ()), places) for node in found[number]}
            found[number].sort(key=lambda node, centre=centre: centre[node.id])  # type: ignore[misc]  # the default only fixes the loop's value
    return found


def _centre(others: Sequence[str], places: Mapping[str, int]) -> float:
    rows = [places[one] for one in others if one in places]
    return sum(rows) / len(rows) if rows else float(len(places))


def _connected(focus: str, edges: Collection[tuple[str, str]]) -> frozenset[str]:
    """What leads to a node and what comes of it."""
    found = {focus}
    for start, end in ((0, 1), (1, 0)):
        waiting = [focus]
        while waiting:
            one = waiting.pop()
            new = [edge[end] for edge in edges if edge[start] == one and edge[end] not in found]
            found.update(new)
            waiting += new
    return frozenset(found)


def _state(lit: Collection[str], *ids: str) -> str:
    if not lit:
        return ""
    return "on" if all(id_ in lit for id_ in ids) else "off"


def _line(one: Box, two: Box, lit: Collection[str]) -> Line:
    x1, y1, x2, y2 = one.x + WIDTH, one.y + HEIGHT / 2, two.x, two.y + HEIGHT / 2
    bend = (x2 - x1) / 2
    path = f"M{x1:.0f} {y1:.0f} C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    return Line(path, "flow", _state(lit, one.node.id, two.node.id))


def _arc(one: Box, two: Box, lit: Collection[str]) -> Line:
    """Between neighbours straight down; else around, the further the wider."""
    upper, lower = sorted((one, two), key=lambda box: box.y)
    if lower.y - upper.y <= HEIGHT + GAP:
        x = upper.x + WIDTH / 2
        path = f"M{x:.0f} {upper.y + HEIGHT:.0f} V{lower.y:.0f}"
    else:
        x, bend = upper.x, min(20 + (lower.y - upper.y) / 12, 55)
        y1, y2 = upper.y + HEIGHT * 0.7, lower.y + HEIGHT * 0.3
        path = f"M{x:.0f} {y1:.0f} C{x - bend:.0f} {y1 + 10:.0f} {x - bend:.0f} {y2 - 10:.0f} {x:.0f} {y2:.0f}"
    return Line(path, "link", _state(lit, one.node.id, two.node.id))
