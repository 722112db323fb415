"""A15: playbook files become cards, or say what to mend and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.locales import load
from knowledge.playbook.fault import BadCard, Fault
from knowledge.playbook.files import read_folder
from knowledge.playbook.parse import parse_card
from knowledge.playbook.vocabulary import Vocabulary
from tests.unit.knowledge.playbook.texts import CARD, RIVAL, changed, line_of

WORDS = Vocabulary.load()


def faults_of(text: str) -> tuple[Fault, ...]:
    with pytest.raises(BadCard) as error:
        parse_card(text, WORDS, "price.md")
    return error.value.faults


def test_talktrack() -> None:
    card = parse_card(CARD, WORDS)
    assert (card.id, card.kind, card.language, card.version) == ("price", "talktrack", "zh", 3)
    assert card.triggers == ("客户说太贵了怎么回", "你们价格比别人高")
    assert (card.stage, card.industry, card.product) == (("quote", "negotiation"), (), ("RZ-L",))
    assert card.valid_until == date(2028, 12, 31)
    assert card.point == "先认同预算压力，再换算成每件成本。"
    assert card.steps == "1. 复述他的数。"
    assert card.links[0].url == "https://docs.example/tco"


def test_competitor() -> None:
    card = parse_card(RIVAL, WORDS)
    assert card.names == ("恒力达", "HLD", "Henglida")
    assert card.newest_report is not None
    assert card.newest_report.title == "新报告"
    assert card.comparison.count("\n") == 2


def test_last_day_is_still_valid() -> None:
    card = replace(parse_card(CARD, WORDS), valid_until=date(2026, 7, 15))
    assert not card.expired(date(2026, 7, 15))
    assert card.expired(date(2026, 7, 16))


@pytest.mark.parametrize("text", ["\ufeff" + CARD, CARD.replace("\n", "\r\n"), CARD.rstrip(), CARD + "\n\n"])
def test_what_editors_do_to_files_does_no_harm(text: str) -> None:
    assert parse_card(text, WORDS) == parse_card(CARD, WORDS)


@pytest.mark.parametrize(
    ("text", "key", "about", "where"),
    [
        (changed("title: 客户说太贵了\n", ""), "missing", "title", "---"),
        (changed("owner: 周敏", "owner:"), "missing", "owner", "owner:"),
        (changed("triggers:", "trigers:"), "unknown_key", "trigers", "trigers:"),
        (changed("2028-12-31", "2028-02-30"), "bad_date", "valid_until", "valid_until"),
        (changed("2028-12-31", "明年底"), "bad_date", "valid_until", "valid_until"),
        (changed("version: 3", "version: three"), "not_a_number", "version", "version"),
        (changed("version: 3", "version: -1"), "not_a_number", "version", "version"),
        (changed("kind: talktrack", "kind: talk"), "not_allowed", "kind", "kind"),
        (changed("language: zh", "language: fr"), "not_allowed", "language", "language"),
        (changed("[quote, negotiation]", "[quote, 谈判中]"), "not_allowed", "stage", "stage"),
        (changed("id: price", "id: Price 1"), "bad_id", "id", "id:"),
        (changed("id: price", "id: ../../etc"), "bad_id", "id", "id:"),
        (changed("https://docs", "javascript://docs"), "bad_link", "links", "links"),
        (
            changed("  - title: 三年总成本\n    url: https://docs.example/tco", "  - 三年"),
            "not_links",
            "links",
            "links",
        ),
        (changed("title: 客户说太贵了", "title: [a, b]"), "not_a_text", "title", "title"),
        (changed("owner: 周敏", "owner: {a: {b: c}}"), "odd_value", "owner", "owner"),
        (changed("owner: 周敏", "owner: 周敏\nowner: 何佳"), "repeated_key", "owner", "owner: 何佳"),
        (changed("## 步骤", "## 步聚"), "unknown_section", "步聚", "## 步聚"),
        (changed("## 避免", "## 步骤"), "repeated_section", "步骤", '王总，我理解。"'),
        (changed("## 要点\n", "你好\n## 要点\n"), "stray_text", "", "你好"),
        (changed("先认同预算压力", "很长" * 40), "long_point", "要点", "很长"),
        (changed("每件成本。\n", "每件成本。\n再一行\n"), "long_point", "要点", "先认同"),
        (changed("title: 客户", "title: 客户: 说"), "bad_yaml", "", "title"),
        (changed("---\n", "", CARD), "no_head", "", "id: price"),
        (CARD.split("\n---\n")[0], "unclosed_head", "", "---"),
        ("---\n- a\n---\n", "not_a_mapping", "", "- a"),
        ("", "no_head", "", ""),
        ("---\n" + "[" * 3_000 + "\n---\n", "bad_yaml", "", "[["),
        (changed("aliases: [HLD, Henglida]", "aliases: [{a: b}]", RIVAL), "not_a_list", "aliases", "aliases"),
        (changed("competitor: 恒力达\n", "", RIVAL), "missing", "competitor", "---"),
        (changed("## 对比", "## 依据", RIVAL), "missing_section", "对比", "## 要点"),
        (changed("date: 2025-03-01", "date: 2025-13-01", RIVAL), "bad_date", "test_reports", "test_reports"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) and "\n" not in value else "",
)
def test_fault_names_line_and_field(text: str, key: str, about: str, where: str) -> None:
    fault = next(fault for fault in faults_of(text) if fault.key == key)
    assert fault.about == about
    if where:
        expected = line_of(where, text) + (2 if key == "repeated_section" else 0)
        assert fault.line == expected
    for language in ("zh", "en"):
        assert fault.sentence(language).startswith(f"price.md:{fault.line}: ")


def test_all_faults_of_a_file_are_found_at_once() -> None:
    text = changed("version: 3", "version: x", changed("2028-12-31", "2028-99-99", changed("owner: 周敏", "owner:")))
    assert [fault.key for fault in faults_of(text)] == ["missing", "not_a_number", "bad_date"]


def test_too_long_text_is_refused() -> None:
    assert faults_of("---\n" + "[" * 9_000 + "\n---\n")[0].key == "long_head"
    assert faults_of(CARD + "啊" * 60_000)[0].key == "too_long"


def test_aliases_in_yaml_are_not_expanded() -> None:
    """A "billion laughs" file costs nothing."""
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    for before, name in pairwise("abcdefghi"):
        bomb += f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    assert {fault.key for fault in faults_of(changed("id: price\n", "id: price\n" + bomb))} == {"odd_value"}


def sentences_of(text: str) -> list[str]:
    """What is wrong with a text, in both languages."""
    try:
        parse_card(text, WORDS)
    except BadCard as error:
        return [fault.sentence(language) for fault in error.faults for language in ("zh", "en")]
    return ["a card"]


@given(st.text(max_size=300))
def test_any_text_is_a_card_or_has_faults(noise: str) -> None:
    for text in (noise, f"---\n{noise}\n---\n", changed("客户说太贵了\n", f"{noise}\n")):
        assert all(sentences_of(text))
        assert sentences_of(text)


def test_every_fault_has_a_sentence_in_both_languages() -> None:
    keys = {key for key in load("zh") if key.startswith("playbook.fault.")}
    assert keys == {key for key in load("en") if key.startswith("playbook.fault.")}
    source = "".join(path.read_text() for path in Path("knowledge/playbook").glob("*.py"))
    assert [key for key in keys if f'"{key.removeprefix("playbook.fault.")}"' not in source] == []


class TestFolder:
    """One bad file doesn't stop the others."""

    def test_each_bad_file_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(CARD)
        (tmp_path / "b.md").write_bytes(changed("id: price", "id: gbk").encode("gbk"))
        (tmp_path / "c.md").write_text(changed("id: price", "id: price"))
        (tmp_path / "d.md").write_bytes(b"\xff\xfe" + CARD.encode("utf-16-le"))
        (tmp_path / "e.md").write_bytes(b"x" * 300_000)
        (tmp_path / "f.md").mkdir()
        (tmp_path / "README.md").write_text("# not a card")
        (tmp_path / "deep").mkdir()
        (tmp_path / "deep" / "g.md").write_text(RIVAL)
        seen: list[tuple[int, int]] = []
        cards, faults = read_folder(tmp_path, WORDS, lambda done, total: seen.append((done, total)))
        assert {found.card.id for found in cards} == {"price", "rival"}
        assert {fault.source: fault.key for fault in faults} == {
            "b.md": "not_utf8",
            "c.md": "duplicate",
            "d.md": "not_utf8",
            "e.md": "too_large",
            "f.md": "unreadable",
        }
        assert seen[-1] == (7, 7)

    def test_gbk_is_recognised_and_its_line_named(self, tmp_path: Path) -> None:
        (tmp_path / "b.md").write_bytes(CARD.encode("gbk"))
        [fault] = read_folder(tmp_path, WORDS)[1]
        assert fault.sentence("zh").startswith("b.md:5: 文件不是 UTF-8 编码（像是 GBK）")

    def test_duplicate_names_the_other_file(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(CARD)
        (tmp_path / "b.md").write_text(CARD)
        [fault] = read_folder(tmp_path, WORDS)[1]
        assert "a.md" in fault.sentence("zh")
        assert fault.source == "b.md"

    def test_two_languages_are_not_duplicates(self, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text(CARD)
        (tmp_path / "a.en.md").write_text(changed("language: zh", "language: en"))
        cards, faults = read_folder(tmp_path, WORDS)
        assert (len(cards), faults) == (2, [])

    def test_empty_folder_is_said(self, tmp_path: Path) -> None:
        assert [fault.key for fault in read_folder(tmp_path, WORDS)[1]] == ["no_files"]


def test_sample_company_has_no_faults() -> None:
    cards, faults = read_folder(Path("config/sample_company/playbook"), WORDS)
    assert [str(fault) for fault in faults] == []
    assert len(cards) > 100
