"""A company's own template as a file: read, checked, and emptied of its sample pages."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from typing import Any

from bot.contracts.errors import ConfigurationError
from config.locales import t

LARGEST = 200  # MB unpacked
SMALLEST = (453, 255)  # points: 16 × 9 cm
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how files of Office before 2007 begin, and encrypted ones of today
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MAIN = b"application/vnd.openxmlformats-officedocument.presentationml.%s.main+xml"
_MACROS = b"macroEnabled.main+xml"
_TYPES = "[Content_Types].xml"
_ZIPPED = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError)
MALFORMED = (
    *_ZIPPED, KeyError, ValueError, AttributeError, TypeError, IndexError, AssertionError, SyntaxError, StopIteration,
)  # fmt: skip
"""What python-pptx raises on files that aren't what they claim to be (lxml's errors are SyntaxErrors)."""


def open_template(path: Path, language: str) -> Any:
    """Without its own pages. Raises ConfigurationError that names the file and the remedy."""
    from pptx import Presentation
    from pptx.exc import PythonPptxError

    content = _as_presentation(_content(path, language), path, language)
    try:
        presentation: Any = Presentation(io.BytesIO(content))
        _emptied(presentation)
        size = presentation.slide_width.pt, presentation.slide_height.pt
    except (PythonPptxError, *MALFORMED) as error:
        raise fault("broken", path, language, reason=type(error).__name__) from error
    if size[0] < SMALLEST[0] or size[1] < SMALLEST[1]:
        width, height = (round(one / 72 * 2.54, 1) for one in size)
        raise fault("small", path, language, width=width, height=height)
    return presentation


def _content(path: Path, language: str) -> bytes:
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise fault("missing", path, language) from error
    except OSError as error:
        raise fault("unreadable", path, language, reason=error.strerror or type(error).__name__) from error
    if content.startswith(_OLD):
        raise fault("locked" if _ENCRYPTED in content else "old", path, language)
    if not content.startswith(b"PK"):
        raise fault("other", path, language)
    return content


def _as_presentation(content: bytes, path: Path, language: str) -> bytes:
    """A .potx becomes a .pptx: they differ by one word in the list of types."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(one.file_size for one in package.infolist()) > LARGEST * 2**20:
                raise fault("too_large", path, language, limit=LARGEST)
            types = package.read(_TYPES)
            if _MACROS in types:
                raise fault("macros", path, language)
            if _MAIN % b"template" in types:
                return _retyped(package, types.replace(_MAIN % b"template", _MAIN % b"presentation"))
    except KeyError as error:  # a zip, but not one of Office
        raise fault("other", path, language) from error
    except _ZIPPED as error:
        raise fault("broken", path, language, reason=type(error).__name__) from error
    if _MAIN % b"presentation" not in types:
        raise fault("other", path, language)
    return content


def _retyped(package: zipfile.ZipFile, types: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed:
        for name in package.namelist():
            changed.writestr(name, types if name == _TYPES else package.read(name))
    return out.getvalue()


def _emptied(presentation: Any) -> None:
    """Pages go with what refers to them: sections and custom shows, or PowerPoint would call the file damaged."""
    from pptx.oxml.ns import qn

    root = presentation.element
    slides = root.sldIdLst
    for one in list(slides) if slides is not None else []:
        slides.remove(one)
        presentation.part.drop_rel(one.rId)
    for name in ("custShowLst", "extLst"):
        for found in root.findall(qn(f"p:{name}")):
            root.remove(found)


def fault(key: str, path: Path, language: str, **values: object) -> ConfigurationError:
    """What is wrong with it, and what to do."""
    return ConfigurationError(t(f"briefing.deck.errors.{key}", language, file=path.name, **values))
