"""The deck from the console: saved under a name that says what it is, or refused with the remedy (B14)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.contracts import PageRequest
from bot.contracts.person import OPERATOR
from config.briefing import load_brief_rules
from config.groups.briefing import Briefing
from skills.briefing.desk import BriefDesk
from skills.briefing.pages import BriefPage, brief_pages
from storage.database import Database
from tests.unit.skills.briefing.deck_briefs import ZONE
from tests.unit.skills.briefing.deck_reading import VOCABULARY, opened, texts

pytestmark = pytest.mark.asyncio(loop_scope="session")
ASKED = PageRequest(viewer=OPERATOR, language="zh", query={"day": "2026-11-20"})


class Friday:
    """Half past eight in Shanghai, 2026-11-20."""

    def now(self) -> datetime:
        """Always the same."""
        return datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


def desk(folder: Path, template: Path | None = None) -> BriefDesk:
    """With a data folder of its own."""
    return BriefDesk(load_brief_rules(), VOCABULARY, ZONE, "http://127.0.0.1", folder, template)


def page(company: Database, folder: Path, template: Path | None = None) -> BriefPage:
    """Of the small company."""
    return BriefPage(company, desk(folder, template), Friday(), Briefing())


async def test_the_slides_are_a_file_named_by_team_and_day(company: Database, tmp_path: Path) -> None:
    found = await page(company, tmp_path).slides(ASKED)
    assert found.file is not None
    assert "全公司晨会 2026-11-20" in texts(opened(found.file.path.read_bytes()).slides[0])
    shown = await page(company, tmp_path).show(ASKED)
    assert shown.values["saved_as"] == "晨会-全公司-2026-11-20"
    paths = [one.route for one in brief_pages(company, desk(tmp_path), Friday(), Briefing())]
    assert "/brief/slides/{name}" in paths


async def test_a_template_that_cannot_be_used_is_said_above_the_page(company: Database, tmp_path: Path) -> None:
    found = await page(company, tmp_path, tmp_path / "gone.pptx").slides(ASKED)
    assert (found.template, found.status, found.file) == ("brief.html", 400, None)
    assert "找不到幻灯片模板 gone.pptx" in found.values["wrong"]
