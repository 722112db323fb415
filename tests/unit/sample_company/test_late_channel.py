"""B12: the planted late channel, found through the sample's own definitions, readers, loads and lights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.sources.adapter import Limits, SourceReaders
from bot.flows.freshness_look import Looking
from bot.flows.sources import SourcesFlow
from bot.flows.sources_definitions import Definitions
from config.groups.freshness import Freshness
from config.groups.sources import Sources
from config.sample_company.manifest import Manifest
from storage.database import Database
from storage.imports.files import ImportedTables
from tests.unit.sample_company.conftest import TODAY

SHANGHAI = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime.combine(TODAY, time(), SHANGHAI)
DEFINITIONS = Path("config/sample_company/sources")


@dataclass
class Clock:
    """Stands still."""

    def now(self) -> datetime:
        """When the sample's day begins."""
        return MIDNIGHT


async def test_one_channel_is_red_and_all_others_are_green(
    folder: Path, manifest: Manifest, migrated_sqlite_url: str
) -> None:
    """展会扫码 61 hours late; whose campaigns it has answers for it."""
    database, clock = Database(migrated_sqlite_url), Clock()
    readers = SourceReaders([folder], ImportedTables(1_000_000), {}, Limits())
    loads = SourcesFlow(database, None, clock, readers, Sources(), "Asia/Shanghai")
    for name in ("marketing_campaigns", "marketing_touches"):
        path = DEFINITIONS / f"{name}.yaml"
        await Definitions(database, clock, readers).apply(path.read_text(encoding="utf-8"), path.name, "operator")
        load = await loads.run(name)
        assert load.state == "done", load.fault
    looking = Looking(Freshness(), SHANGHAI)
    seen = await database.read(lambda store: looking.look(store, MIDNIGHT))
    channels = {one.part: one for one in seen.lights.values() if one.part}
    late = manifest.facts.late_channel
    assert len(channels) == 8
    assert {part for part, one in channels.items() if one.colour == "red"} == {late.channel}
    assert {one.colour for part, one in channels.items() if part != late.channel} == {"green"}
    assert channels[late.channel].hours_late(MIDNIGHT) == late.hours == 61
    assert channels[late.channel].owner_id == "E5002", "its campaigns are theirs"
    assert [fault.subject for fault in seen.late()] == [f"marketing_touches/{late.channel}"]
    database.close()
