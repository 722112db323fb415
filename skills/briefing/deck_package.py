"""A presentation as bytes: the same ones for the same brief, whenever and wherever it is written."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime, time
from typing import Any

_BEGINNING = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can tell
_WRITTEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_XLSX, _CORE = re.compile(r"ppt/embeddings/[^/]+\.xlsx"), "docProps/core.xml"


def packed(presentation: Any, title: str, author: str, moment: datetime | date) -> bytes:
    """With its properties; `moment`: up to when its data is, which counts as the time of writing."""
    at = moment if isinstance(moment, datetime) else datetime.combine(moment, time(), UTC)
    at = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties = presentation.core_properties
    properties.title = properties.subject = title[:255]
    properties.author = properties.last_modified_by = author
    properties.created = properties.modified = at
    properties.revision = 1
    out = io.BytesIO()
    presentation.save(out)
    return _steady(out.getvalue(), f"{at:%Y-%m-%dT%H:%M:%SZ}".encode())


def _steady(content: bytes, written: bytes) -> bytes:
    """Without the moments at which the package and the workbooks of its charts were written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name)
            if _XLSX.fullmatch(name):
                part = _steady(part, written)
            elif name == _CORE:
                part = _WRITTEN.sub(rb"\g<1>" + written + rb"\g<2>", part)
            entry = zipfile.ZipInfo(name, _BEGINNING)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            after.writestr(entry, part)
    return out.getvalue()
