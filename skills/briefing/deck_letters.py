"""Colours and typefaces. Colours are those of the presentation's theme, so a company's template keeps its own.

python-pptx tells few of its types, so its objects are Any here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

INK, SOFT, ACCENT, PANEL = "TEXT_1", "TEXT_2", "ACCENT_1", "BACKGROUND_2"
CHINESE = "微软雅黑"
_CHINESE_LIKE = {"panose": "020B0503020204020204", "pitchFamily": "34", "charset": "-122"}
"""By which a machine without that font finds the nearest one."""


@dataclass(frozen=True, slots=True)
class Fonts:
    """Typefaces of Latin and of Chinese letters; beginning with + they are the theme's. `tag`: the language's."""

    latin: str
    chinese: str
    tag: str


def paint(colour: Any, name: str) -> None:
    """A colour of the theme; with a lighter neighbour as "TEXT_2+0.5"."""
    from pptx.enum.dml import MSO_THEME_COLOR

    name, _, brightness = name.partition("+")
    colour.theme_color = getattr(MSO_THEME_COLOR, name)
    if brightness:
        colour.brightness = float(brightness)


def letter(font: Any, fonts: Fonts) -> None:
    """Latin and East Asian typeface of a run; after its colour, as the format wants them in this order."""
    font.name = fonts.latin
    letters(font._rPr, fonts)


def letters(properties: Any, fonts: Fonts) -> None:
    """The East Asian typeface beside the Latin one, which is there already; python-pptx has no name for it."""
    from pptx.oxml.ns import qn
    from pptx.oxml.xmlchemy import OxmlElement

    for old in properties.findall(qn("a:ea")):
        properties.remove(old)
    east = OxmlElement("a:ea")
    east.set("typeface", fonts.chinese)
    for name, value in {} if fonts.chinese.startswith("+") else _CHINESE_LIKE.items():
        east.set(name, value)
    properties.find(qn("a:latin")).addnext(east)
    properties.set("lang", fonts.tag)
    properties.set("altLang", "en-US" if fonts.tag == "zh-CN" else "zh-CN")


def describe(shape: Any, text: str) -> None:
    """What a screen reader says of a drawing."""
    from pptx.oxml.ns import qn

    if text:
        next(shape.element.iter(qn("p:cNvPr"))).set("descr", text)
