"""B14: what PowerPoint repairs or refuses a file for, and LibreOffice overlooks: references, ids, order of elements."""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import Any

import pytest
from lxml import etree

from tests.unit.skills.briefing.deck_reading import kept

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_SHAPE = "{http://schemas.openxmlformats.org/presentationml/2006/main}cNvPr"
_SERIES = "{http://schemas.openxmlformats.org/drawingml/2006/chart}ser"
# ECMA-376, part 1, 21.2: CT_BarSer and CT_LineSer are sequences.
_ORDER = ("idx", "order", "tx", "spPr", "invertIfNegative", "marker", "dPt", "dLbls", "cat", "val", "smooth")


@pytest.mark.parametrize("name", ["usual", "extreme"])
def test_the_package_is_whole(name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(kept(name))) as package:
        names = package.namelist()
        parts = {one: etree.fromstring(package.read(one)) for one in names if one.endswith((".xml", ".rels"))}
    assert len(names) == len(set(names))
    typed = parts["[Content_Types].xml"]
    endings = {one.get("Extension") for one in typed} - {None}
    overrides = {one.get("PartName") for one in typed} - {None}
    assert {one[1:] for one in overrides} <= set(names)
    assert all(f"/{one}" in overrides or one.rpartition(".")[2] in endings for one in names)
    targets = {rels: dict(_targets(rels, part)) for rels, part in parts.items() if rels.endswith(".rels")}
    assert {one for found in targets.values() for one in found.values()} <= set(names)
    for one, part in parts.items():
        known = targets.get(f"{posixpath.dirname(one)}/_rels/{posixpath.basename(one)}.rels", {})
        used = {value for node in part.iter() for key, value in node.attrib.items() if key.startswith(_RELATION)}
        assert one.endswith(".rels") or used <= set(known), one
        ids = [node.get("id") for node in part.iter(_SHAPE)]
        assert len(ids) == len(set(ids)), one
        for series in part.iter(_SERIES):
            places = [_ORDER.index(etree.QName(node).localname) for node in series]
            assert places == sorted(places), one


def _targets(rels: str, part: Any) -> list[tuple[str, str]]:
    """(id, part) of everything inside that is referred to."""
    folder = posixpath.dirname(posixpath.dirname(rels))
    inside = [one for one in part if one.get("TargetMode") != "External"]
    return [(one.get("Id"), posixpath.normpath(posixpath.join("/", folder, one.get("Target")))[1:]) for one in inside]
