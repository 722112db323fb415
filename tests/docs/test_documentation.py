"""What isn't documented doesn't exist: settings, commands, skills, locales and terms are held against the docs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import cli
from bot.cli.settings import as_markdown, describe
from config.locales import LANGUAGES, load
from config.settings import Settings

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").rglob("*.md"))]
SHOWN_PATTERN = re.compile(r"\]\((?!https?://|#|mailto:)([^)\s#]+)")
OURS = [ROOT / folder for folder in ("bot", "skills", "knowledge", "adapters", "storage", "config")]


def commands() -> Iterator[tuple[str, str]]:
    root = get_command(cli)
    for name, command in root.commands.items():  # type: ignore[attr-defined]  # a typer.Typer is a click group
        for sub in getattr(command, "commands", {"": None}):
            yield name, sub


def test_the_settings_page_is_the_settings() -> None:
    written = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == as_markdown(describe(Settings)), "run: xiaoce settings --markdown > docs/settings.md"


def test_every_setting_has_a_meaning() -> None:
    assert [name for name, _, meaning in describe(Settings) if not meaning] == []


@pytest.mark.parametrize(("name", "sub"), list(commands()))
def test_every_command_is_in_the_readme(name: str, sub: str) -> None:
    line = next((line for line in README.splitlines() if line.startswith(f"| `xiaoce {name}`")), "")
    assert line, f"README.md has no line for `xiaoce {name}`"
    assert not sub or f"`{sub}`" in line, f"README.md doesn't name `xiaoce {name} {sub}`"


@pytest.mark.parametrize(
    "skill", sorted(path.parent for path in (ROOT / "skills").glob("*/skill.py")), ids=lambda p: p.name
)
def test_every_skill_says_what_it_does(skill: Path) -> None:
    assert len((skill / "README.md").read_text(encoding="utf-8")) > 200
    for language in LANGUAGES:
        assert load(language)[f"{skill.name}.title"]


def test_languages_say_the_same_things() -> None:
    chinese, english = (set(load(language)) for language in ("zh", "en"))
    assert chinese ^ english == set()


def test_placeholders_agree_between_languages() -> None:
    def fields(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)", text))

    different = [key for key in load("zh") if fields(load("zh")[key]) != fields(load("en")[key])]
    assert different == []


def test_every_text_that_code_asks_for_exists() -> None:
    asked = {
        key
        for folder in OURS
        for path in folder.rglob("*.py")
        for key in re.findall(r'\b(?:t|say)\(\s*"([a-z_]+(?:\.[a-z_0-9]+)+)"', path.read_text(encoding="utf-8"))
    }
    assert asked
    assert asked - set(load("zh")) == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = SHOWN_PATTERN.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_code_and_docs_name_no_machine() -> None:
    pattern = re.compile(r"/wo" + "rk/|/fa" + r"rm/|pypi\.o" + r"rg|pythonho" + "sted")
    guilty = [
        str(path.relative_to(ROOT))
        for folder in [*OURS, ROOT / "tests", ROOT / "docs"]
        for path in folder.rglob("*")
        if path.suffix in {".py", ".md", ".yaml", ".html", ".js", ".css", ".jsonl", ".toml"}
        and pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert guilty == []
