"""A company's own template (B14): its layouts, colours and fonts; what can't be used is refused with the remedy."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pptx import Presentation
from pptx.enum.dml import MSO_FILL
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.util import Pt

from bot.contracts.errors import ConfigurationError
from skills.briefing.deck import check_template
from skills.briefing.deck_theme import contrast
from tests.unit.skills.briefing.deck_briefs import extreme, usual
from tests.unit.skills.briefing.deck_reading import opened, outside, texts, too_full, typefaces, written

_SECTIONS = (
    '<p:extLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:ext uri="{521415D9-36F7-43E2-'
    'AB2F-B90AF26B5E84}"><p14:sectionLst xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main"/></p:ext>'
    "</p:extLst>"
)
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024)
_TYPES = "[Content_Types].xml"


def of_a_company() -> Any:
    """4:3, an orange theme, two sample pages in a section, a logo at the top and a line at the foot."""
    presentation = Presentation()
    for at in range(2):
        presentation.slides.add_slide(presentation.slide_layouts[at]).shapes.title.text = "样例页"
    presentation.element.append(parse_xml(_SECTIONS))
    part = presentation.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    part.blob = part.blob.replace(b"4F81BD", b"E07B00").replace(
        b'<a:ea typeface=""/>', '<a:ea typeface="华文细黑"/>'.encode()
    )
    return presentation


def saved(presentation: Any, path: Path) -> Path:
    """As a file."""
    presentation.save(str(path))
    return path


def retyped(path: Path, old: bytes, new: bytes) -> Path:
    """With another word in its list of types."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, part.replace(old, new) if name == _TYPES else part)
    path.write_bytes(out.getvalue())
    return path


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """The company's file."""
    return saved(of_a_company(), tmp_path / "company.pptx")


@pytest.mark.parametrize("told", [pytest.param(usual, id="usual"), pytest.param(extreme, id="extreme")])
def test_the_companys_layouts_fonts_and_colours_are_used(template: Path, told: Callable[[], Any]) -> None:
    found = opened(written(told(), template=template))
    assert (found.slide_width.pt, found.slide_height.pt) == (720, 540)
    names = [slide.slide_layout.name for slide in found.slides]
    assert names == ["Title Slide"] + ["Title Only"] * (len(names) - 1)
    assert typefaces(found) == {("+mn-lt", "+mn-ea"), ("+mj-lt", "+mj-ea")}
    assert outside(found) == []
    assert too_full(found) == []
    colours = {one.get("val") for slide in found.slides for one in slide.element.iter(qn("a:srgbClr"))}
    assert colours == set()  # all of the theme, none of ours


def test_its_sample_pages_are_gone_with_what_refers_to_them(template: Path) -> None:
    found = opened(written(usual(), template=template))
    assert all("样例页" not in texts(slide) for slide in found.slides)
    assert found.element.find(qn("p:extLst")) is None
    with zipfile.ZipFile(io.BytesIO(written(usual(), template=template))) as package:
        slides = [name for name in package.namelist() if name.startswith("ppt/slides/slide")]
    assert len(slides) == len(found.slides)


def test_a_potx_is_as_good(template: Path) -> None:
    plain = written(usual(), template=template)
    retyped(template, b"presentation.main+xml", b"template.main+xml")
    assert written(usual(), template=template) == plain


def test_without_a_layout_of_titles_only_the_emptiest_is_taken(tmp_path: Path) -> None:
    presentation = of_a_company()
    for layout in list(presentation.slide_layouts)[2:]:
        presentation.slide_layouts.remove(layout)
    path = saved(presentation, tmp_path / "two.pptx")
    found = opened(written(usual(), template=path))
    assert {slide.slide_layout.name for slide in list(found.slides)[1:]} <= {"Title Slide", "Title and Content"}
    kept = [
        one.placeholder_format.type for slide in found.slides for one in slide.placeholders if not one.text_frame.text
    ]
    assert kept == []  # none that says "click to add text"


def test_without_any_title_it_goes_to_the_usual_place(tmp_path: Path) -> None:
    presentation = Presentation()
    for layout in list(presentation.slide_layouts):
        if layout.name != "Blank":
            presentation.slide_layouts.remove(layout)
    found = opened(written(usual(), template=saved(presentation, tmp_path / "blank.pptx")))
    assert "上周有 17 次报价" in texts(found.slides[1])
    assert outside(found) == []


def test_words_keep_clear_of_the_logo_and_the_foot(tmp_path: Path) -> None:
    presentation = of_a_company()
    master = presentation.slide_master
    line = presentation.slides[0].shapes.add_textbox(0, Pt(480), Pt(720), Pt(60))
    master.element.cSld.spTree.append(line._element)
    found = opened(written(usual(), template=saved(presentation, tmp_path / "foot.pptx")))
    drawn = [one for one in found.slides[1].shapes if not one.is_placeholder]
    assert max(one.top + one.height for one in drawn) <= Pt(480)


def test_words_keep_clear_of_a_bar_at_the_side(tmp_path: Path) -> None:
    presentation = of_a_company()
    bar = presentation.slides[0].shapes.add_textbox(Pt(30), Pt(60), Pt(40), Pt(400))
    presentation.slide_master.element.cSld.spTree.append(bar._element)
    found = opened(written(usual(), template=saved(presentation, tmp_path / "bar.pptx")))
    drawn = [one for one in found.slides[1].shapes if not one.is_placeholder]
    assert min(one.left for one in drawn) >= Pt(70)


def test_drawings_that_fill_the_page_are_its_ground(tmp_path: Path) -> None:
    presentation = of_a_company()
    for left, top, across, down in ((0, 0, 720, 200), (0, 440, 720, 100), (0, 0, 130, 540), (350, 0, 130, 540)):
        drawn = presentation.slides[0].shapes.add_textbox(*map(Pt, (left, top, across, down)))
        presentation.slide_master.element.cSld.spTree.append(drawn._element)
    found = opened(written(usual(), template=saved(presentation, tmp_path / "ground.pptx")))
    assert outside(found) == []
    assert too_full(found) == []


def test_on_a_dark_theme_panels_are_outlined_where_they_would_hide_words(tmp_path: Path) -> None:
    presentation = of_a_company()
    colours = presentation.slide_master.element.find(qn("p:clrMap"))
    colours.set("tx1", "lt1")
    colours.set("bg1", "dk1")
    found = opened(written(usual(), template=saved(presentation, tmp_path / "dark.pptx")))
    panels = [one for one in found.slides[1].shapes if one.has_text_frame and not one.text_frame.text]
    assert [one.fill.type == MSO_FILL.SOLID for one in panels] == [False, False, True]  # the last: the action's bar


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("000000", "FFFFFF") == pytest.approx(21)
    assert contrast("18211E", "EEF2F0") > 4.5


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _without_layouts() -> Any:
    presentation = Presentation()
    for layout in list(presentation.slide_layouts):
        presentation.slide_layouts.remove(layout)
    return presentation


def _tiny() -> Any:
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Pt(100), Pt(90)
    return presentation


FAULTY: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: path.unlink(), "找不到幻灯片模板"),
    "a folder": (_folder, "读不了幻灯片模板"),
    "password": (lambda path: path.write_bytes(_OLD + "EncryptedPackage".encode("utf-16-le")), "去掉密码"),
    "old ppt": (lambda path: path.write_bytes(_OLD), "旧格式 .ppt"),
    "a picture": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" * 9), "不是幻灯片文件"),
    "empty": (lambda path: path.write_bytes(b""), "不是幻灯片文件"),
    "cut short": (lambda path: path.write_bytes(path.read_bytes()[:9000]), "损坏"),
    "another zip": (lambda path: zipfile.ZipFile(path, "w").close(), "不是幻灯片文件"),
    "a document": (
        lambda path: retyped(path, b"presentationml.presentation", b"wordprocessingml.document"), "不是幻灯片文件"
    ),
    "macros": (
        lambda path: retyped(path, b"vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
                             b"vnd.ms-powerpoint.presentation.macroEnabled.main+xml"), "带宏"),
    "no layout": (lambda path: saved(_without_layouts(), path), "没有任何版式"),
    "tiny": (lambda path: saved(_tiny(), path), "页面太小"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTY)
def test_a_file_that_cannot_be_used_is_refused_with_the_remedy(template: Path, name: str) -> None:
    spoil, said = FAULTY[name]
    spoil(template)
    with pytest.raises(ConfigurationError, match=said) as refused:
        check_template(template, "zh")
    assert "company.pptx" in str(refused.value)
    assert str(template.parent) not in str(refused.value)  # whoever presses the button needn't know the folder
    with pytest.raises(ConfigurationError, match=r"[Tt]emplate|presentation"):
        check_template(template, "en")


def test_parts_missing_inside_are_a_damaged_file(template: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(template) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            if "slideMaster1.xml" not in name:
                after.writestr(name, before.read(name))
    template.write_bytes(out.getvalue())
    with pytest.raises(ConfigurationError, match="损坏"):
        check_template(template, "zh")


def test_no_template_is_no_fault() -> None:
    check_template(None, "zh")
