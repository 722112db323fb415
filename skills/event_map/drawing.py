"""The map as columns of boxes: systems that tell, what they tell, systems that listen. Pure, but for the picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from config.locales import t
from knowledge.lineage.layout import HEIGHT, WIDTH, Drawing, Node, draw
from knowledge.pictures import FONTS, png
from skills.event_map.wiring import Wire, Wiring

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"
SCALE = 1.5  # pixels for each unit
OWN = "own"  # the node of our deadlines


def draw_map(wiring: Wiring, wires: Sequence[Wire], lang: str, focus: str = "") -> Drawing:
    """Of these types. `focus`: the id of a box; all that leads to it and comes of it stands out."""
    told = {by.name: by for one in wires for by in one.producers}
    heard = {by.system.name: by.system for one in wires for by in one.listeners}
    open_ = {by.system.name for one in wires for by in one.listeners if by.state == "live"}
    sending = [_system("from", name, one.title) for name, one in told.items()]
    types = [_type(one, lang) for one in wires]
    closed = t("event_map.closed", lang)
    hearing = [_system("to", name, one.title, "" if name in open_ else closed) for name, one in heard.items()]
    if any(one.rules for one in wires):
        hearing.append(Node(f"to:{OWN}", t("event_map.own", lang), t("event_map.own_note", lang), "/sla", "own"))
    edges = {(f"from:{by.name}", f"type:{one.type.name}") for one in wires for by in one.producers}
    edges |= {(f"type:{one.type.name}", f"to:{by.system.name}") for one in wires for by in one.listeners}
    edges |= {(f"type:{one.type.name}", f"to:{OWN}") for one in wires if one.rules}
    heads = [t(f"event_map.head.{name}", lang) for name in ("from", "types", "to")]
    known = {node.id for node in (*sending, *types, *hearing)}
    return draw(heads, [sending, types, hearing], sorted(edges), (), focus if focus in known else "")


def picture(drawing: Drawing, title: str, note: str) -> bytes | None:
    """PNG; None on a machine that has no Chinese letters and would draw boxes. Blocking."""
    svg = _template().render(drawing=drawing, title=title, note=note, box=(WIDTH, HEIGHT), fonts=FONTS)
    return png(svg, SCALE)


def _system(side: str, name: str, title: str, state: str = "") -> Node:
    return Node(
        f"{side}:{name}", title, " · ".join(filter(None, (name, state))), f"/events/map?focus={side}:{name}", "system"
    )


def _type(wire: Wire, lang: str) -> Node:
    kind = "type" if wire.is_told and wire.is_heard else "loose"
    name = wire.type.name
    return Node(f"type:{name}", wire.type.named(lang), name, f"/events/map/{name}", kind)


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("map.svg")
