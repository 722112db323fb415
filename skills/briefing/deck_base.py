"""Our own look, where a company has no template: 16:9, quiet colours and fonts as the console's, four layouts."""

from __future__ import annotations

from typing import Any

from skills.briefing.deck_letters import CHINESE
from skills.briefing.deck_measure import Box

WIDTH, HEIGHT = 960, 540  # points
LATIN = "Arial"
KEPT = ("title", "obj", "titleOnly", "blank")  # layouts; the others are of another shape of page
COLOURS = {
    "dk1": "18211E", "lt1": "FFFFFF", "dk2": "56625D", "lt2": "EEF2F0", "accent1": "0B6B5D", "accent2": "8A5A00",
    "accent3": "B3261E", "accent4": "868F8B", "accent5": "5CC8B2", "accent6": "E9B95C", "hlink": "0B6B5D",
    "folHlink": "56625D",
}  # fmt: skip
"""Those of the console's `base.css`, by what they are for: ink, surface, soft, sunken, accent, warn, danger, …"""
PLACES = {
    "title": Box(48, 26, 864, 72),
    "body": Box(48, 120, 864, 360),
    "obj": Box(48, 120, 864, 360),
    "ctrTitle": Box(88, 128, 784, 96),
    "subTitle": Box(88, 240, 784, 170),
    "ftr": Box(48, 506, 560, 22),
    "dt": Box(616, 506, 160, 22),
    "sldNum": Box(832, 506, 80, 22),
}
BARS = {"title": Box(48, 136, 10, 270), "titleOnly": Box(0, 34, 10, 56), "obj": Box(0, 34, 10, 56)}
"""A bar in the accent's colour, by layout."""
_INKS = {"subTitle": "tx1", "ftr": "tx2", "sldNum": "tx2", "dt": "tx2"}
_SIZES = {"titleStyle": "2600", "bodyStyle": "1800"}


def our_look() -> Any:
    """An empty presentation."""
    from pptx import Presentation
    from pptx.util import Pt

    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Pt(WIDTH), Pt(HEIGHT)
    master = presentation.slide_master
    for layout in list(master.slide_layouts):
        if layout.element.get("type") not in KEPT:
            master.slide_layouts.remove(layout)
    _theme(master)
    _styles(master)
    for holder in (master, *master.slide_layouts):
        _places(holder)
    for layout in master.slide_layouts:
        if bar := BARS.get(layout.element.get("type")):
            _bar(layout, bar)
    return presentation


def _theme(master: Any) -> None:
    """Colours and fonts, so that what people add by hand looks alike."""
    from pptx.opc.constants import RELATIONSHIP_TYPE
    from pptx.opc.oxml import serialize_part_xml
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import qn

    part = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme = parse_xml(part.blob)
    theme.set("name", "Xiaoce")
    for name, colour in COLOURS.items():
        slot = theme.find(f".//{qn(f'a:{name}')}")
        slot[:] = [slot.makeelement(qn("a:srgbClr"), {"val": colour})]
    for fonts in (*theme.iter(qn("a:majorFont")), *theme.iter(qn("a:minorFont"))):
        fonts.find(qn("a:latin")).set("typeface", LATIN)
        fonts.find(qn("a:ea")).set("typeface", CHINESE)
        for font in fonts.iter(qn("a:font")):
            if font.get("script") == "Hans":
                font.set("typeface", CHINESE)
    part.blob = serialize_part_xml(theme)


def _styles(master: Any) -> None:
    """Headlines to the left, bold, and small enough to be sentences."""
    from pptx.oxml.ns import qn

    for style, size in _SIZES.items():
        for level in master.element.iter(qn(f"p:{style}")):
            for paragraph in level:
                paragraph.set("algn", "l")
                for run in paragraph.iter(qn("a:defRPr")):
                    run.set("sz", size)
                    if style == "titleStyle":
                        run.set("b", "1")


def _places(holder: Any) -> None:
    from pptx.oxml.ns import qn
    from pptx.util import Pt

    for shape in holder.placeholders:
        kind = shape.element.find(f".//{qn('p:ph')}").get("type", "obj")
        box = PLACES.get(kind)
        if box is None:
            continue
        shape.left, shape.top, shape.width, shape.height = (Pt(x) for x in (box.left, box.top, box.width, box.height))
        for properties in shape.element.iter(qn("a:lvl1pPr")):
            properties.set("algn", "r" if kind in {"sldNum", "dt"} else "l")
            if ink := _INKS.get(kind):
                _inked(properties, ink)
        for body in shape.element.iter(qn("a:bodyPr")):
            body.set("anchor", {"ctrTitle": "b", "subTitle": "t", "body": "t", "obj": "t"}.get(kind, "ctr"))
            body.set("lIns", "0")
            body.set("rIns", "0")


def _inked(properties: Any, ink: str) -> None:
    """In a colour of the theme as it is, without the tint of the original."""
    from pptx.oxml.ns import qn

    for colour in properties.iter(qn("a:schemeClr")):
        colour.set("val", ink)
        colour[:] = []


def _bar(layout: Any, box: Box) -> None:
    """Behind everything else; python-pptx adds shapes to slides only."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    left, top, width, height = (round(x * 12700) for x in (box.left, box.top, box.width, box.height))
    place = f'<a:xfrm><a:off x="{left}" y="{top}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
    fill = '<a:solidFill><a:schemeClr val="accent1"/></a:solidFill><a:ln><a:noFill/></a:ln>'
    shape = parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="99" name="Bar"/><p:cNvSpPr/><p:nvPr userDrawn="1"/>'
        f'</p:nvSpPr><p:spPr>{place}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{fill}</p:spPr></p:sp>'
    )
    layout.element.cSld.spTree.insert(2, shape)
