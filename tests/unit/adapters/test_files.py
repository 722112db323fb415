"""Names and types of files come from people, so they are made safe and looked at."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.common.files import disposition_name, media_type, safe_name


@pytest.mark.parametrize(
    ("claimed", "safe"),
    [
        ("报价 2025.xlsx", "报价 2025.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("..", "file"),
        ("", "file"),
        ("a\x00b\nc.txt", "abc.txt"),
        ("evil\u202etxt.exe", "eviltxt.exe"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        (' "a"<b>?.txt ', "_a__b__.txt"),
        (".hidden", "hidden"),
        ("\udc80x.pdf", "x.pdf"),
    ],
)
def test_safe_names(claimed: str, safe: str) -> None:
    assert safe_name(claimed) == safe


@given(st.text(max_size=300))
def test_any_name_becomes_safe(claimed: str) -> None:
    name = safe_name(claimed)
    assert 0 < len(name.encode()) <= 120
    assert not set(name) & set('/\\<>:"|?*\x00\n')
    assert name not in (".", "..")


def test_long_names_keep_their_extension() -> None:
    assert safe_name("长" * 200 + ".pptx").endswith("长.pptx")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="a b.mp3"', "a b.mp3"),
        ("attachment; filename=a.mp3; size=5", "a.mp3"),
        ("attachment; filename*=UTF-8''%E6%8A%A5%E4%BB%B7.pdf; filename=\"x.pdf\"", "报价.pdf"),
        ('attachment; filename="报价.pdf"', "报价.pdf"),
        ("inline", ""),
        ("", ""),
    ],
)
def test_disposition(header: str, name: str) -> None:
    assert disposition_name(header) == name


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"#!AMR\n\x3c", "audio/amr"),
        (b"#!AMR-WB\n", "audio/amr-wb"),
        (b"\x02#!SILK_V3", "audio/silk"),
        (b"\x1aE\xdf\xa3\x9f", "video/webm"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
        (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
        (b"%PDF-1.7", "application/pdf"),
        ("姓名,金额\n".encode(), "text/plain"),
        (b"\x00\x01\x02", "application/octet-stream"),
        (b"PK\x03\x04broken", "application/zip"),
        (b"", "application/octet-stream"),
    ],
)
def test_types_by_content(tmp_path: Path, head: bytes, found: str) -> None:
    path = tmp_path / "x.exe"
    path.write_bytes(head)
    assert media_type(path) == found


def test_text_cut_inside_a_character_is_text(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"a" + "中".encode() * 3000)
    assert media_type(path) == "text/plain"


def test_office_files_are_told_from_archives(tmp_path: Path) -> None:
    for folder, ending in (("xl", "sheet"), ("word", "document"), ("ppt", "presentation"), ("other", "zip")):
        with zipfile.ZipFile(tmp_path / folder, "w") as archive:
            archive.writestr(f"{folder}/x.xml", "x")
        assert media_type(tmp_path / folder).endswith(ending)
