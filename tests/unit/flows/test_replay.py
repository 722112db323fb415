"""A10: a day of the sample company again, under the three mute levels and after halving the response rate."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import open_playbook
from bot.coaching import make_desk, make_ears
from bot.flows.replay import Day, read_day
from config.groups.coaching import Coaching
from config.sample_company.generate import generate
from config.settings import load_settings
from skills.coaching.replay import Answered, replay
from storage.database import Database
from storage.imports.chats import import_chats
from storage.imports.customers import import_customers
from storage.imports.deals import import_deals, import_stages
from storage.imports.people import import_people

TODAY, DAY = date(2026, 11, 23), date(2026, 10, 15)
EVERYBODY = Coaching(scope="all")


async def _day(folder: Path) -> Day:
    settings = load_settings(data=folder / "data")
    settings.data.mkdir()
    database = Database(settings.database_url)
    database.migrate()
    generate(folder / "sample", today=TODAY)
    chats = partial(import_chats, zone=ZoneInfo(settings.time_zone))
    for load, file in (
        (import_people, "hr/people.csv"),
        (import_customers, "crm/customers.csv"),
        (import_deals, "crm/opportunities.csv"),
        (import_stages, "crm/stage_history.csv"),
        (chats, "chat"),
    ):
        await load(database, folder / "sample" / file)
    desk = make_desk(settings)
    try:
        return await read_day(database, make_ears(database, open_playbook(settings, database), desk), desk, DAY)
    finally:
        database.close()


async def test_a_sample_day_under_three_levels_and_half_the_responses(tmp_path: Path) -> None:
    """A9, A10: basic tells managers of broken promises only; smart tells most; half the responses, fewer prompts."""
    day = await _day(tmp_path)
    usual = {person: Answered(16, 20) for person in day.rates}
    half = {person: rate.halved for person, rate in usual.items()}
    told = {level: replay(day.items, level, usual, EVERYBODY) for level in ("basic", "scene", "smart")}
    promises = [item for item in day.items if item.manages and item.finding.kind == "reply_overdue"]
    assert 0 < told["basic"]["sent"] <= len(promises)
    assert told["basic"]["sent"] <= told["scene"]["sent"] < told["smart"]["sent"]
    less = replay(day.items, "smart", half, EVERYBODY)
    assert less["sent"] < told["smart"]["sent"]
    assert less["sent"] + less["digest"] < (told["smart"]["sent"] + told["smart"]["digest"]) / 2
    pilot = replay(day.items, "smart", usual, Coaching())
    assert 0 < pilot["sent"] < told["smart"]["sent"]
    assert sum(pilot.values()) == sum(less.values()) == len(day.items)
