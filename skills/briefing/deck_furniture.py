"""What every page has besides its content: foot, number, speaker's notes."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from skills.briefing.deck_letters import Fonts, letter
from skills.briefing.deck_shapes import Pen
from skills.briefing.deck_template import kind_of

if TYPE_CHECKING:
    from skills.briefing.deck_template import Look

_SIZES = (10, 9, 8)
_NUMBER = "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}"  # any constant one: it only tells fields apart


def furnish(slide: Any, look: Look, footer: str) -> None:
    """The layout's own places for foot and number are filled, those for content that stayed empty are taken away."""
    for placeholder in list(slide.placeholders):
        if not (placeholder.has_text_frame and placeholder.text_frame.text):
            placeholder.element.getparent().remove(placeholder.element)
    for kind in ("ftr", "sldNum"):
        for place in slide.slide_layout.placeholders:
            if kind_of(place) == kind and place.width:
                _filled(slide, place, footer, look)
                break


def speak(slide: Any, text: str, fonts: Fonts) -> None:
    """Notes for who presents it; a template whose notes have no place for text has none."""
    frame = slide.notes_slide.notes_text_frame
    if frame is None:
        return
    frame.text = text
    for paragraph in frame.paragraphs:
        for run in paragraph.runs:
            letter(run.font, fonts)


def _filled(slide: Any, place: Any, footer: str, look: Look) -> None:
    """A copy of the layout's, as PowerPoint makes one: where it is, the layout says."""
    from pptx.oxml.ns import qn

    element = deepcopy(place.element)
    number = max((one.shape_id for one in slide.shapes), default=1) + 1
    element.find(f".//{qn('p:cNvPr')}").set("id", str(number))
    element.find(qn("p:spPr")).clear()
    frame = element.find(qn("p:txBody"))
    for paragraph in frame.findall(qn("a:p")):
        frame.remove(paragraph)
    frame.append(_number(look.fonts) if kind_of(place) == "sldNum" else frame.makeelement(qn("a:p"), {}))
    slide.element.cSld.spTree.append(element)
    if kind_of(place) == "ftr":
        Pen(slide, look.fonts).fill(slide.shapes[-1], footer, _SIZES)


def _number(fonts: Fonts) -> Any:
    """The page's number, counted by the programme that shows it."""
    from pptx.oxml import parse_xml
    from pptx.oxml.ns import nsdecls

    field = f'<a:fld id="{_NUMBER}" type="slidenum"><a:rPr lang="{fonts.tag}"/><a:t>‹#›</a:t></a:fld>'
    return parse_xml(f"<a:p {nsdecls('a')}>{field}</a:p>")
