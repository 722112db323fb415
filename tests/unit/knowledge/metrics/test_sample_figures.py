"""B9, D9: planted facts of the sample company, and the funnel's own figures, come out of the registry's SQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.contracts.person import OPERATOR, Person
from knowledge.metrics.explaining import explain
from knowledge.metrics.loading import load_registry
from knowledge.metrics.periods import Period
from knowledge.metrics.plan import Filter, Plan, Span
from knowledge.metrics.refusals import NotAnswerable
from knowledge.metrics.running import Sources, run
from knowledge.metrics.values import known_values
from storage.warehouse import Warehouse
from tests.unit.knowledge.metrics.sample_rows import sample_rows
from tests.unit.knowledge.metrics.small_company import ZONE

pytestmark = pytest.mark.asyncio(loop_scope="module")

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)
EVER = Span(date(2000, 1, 1), TODAY)
LAST_WEEK = Span(date(2026, 11, 9), date(2026, 11, 15))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sample(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sources]:
    folder = tmp_path_factory.mktemp("figures")
    database = await sample_rows(migrated_sqlite, folder, TODAY)
    warehouse = Warehouse(database, folder / "warehouse", 128)
    yield Sources(load_registry(), database, warehouse, ZONE)
    await warehouse.close()
    database.close()


async def person(sample: Sources, id_: str) -> Person:
    found = await sample.database.read(lambda store: store.people.get(id_))
    assert found
    return found


async def test_planted_facts(sample: Sources) -> None:
    """480 of 1,500 leads invalid, of which 200 (41.7 %) became opportunities; 新能源 12 %; 17 quotes last week."""
    invalid = await run(Plan(metrics=("invalid_rate",), span=EVER), OPERATOR, NOW, sample)
    assert invalid.whole.cells["invalid_rate"] == (480.0, 1500)
    rejected = Filter("invalid_reason", ("",), "not_in")
    came = await run(Plan(metrics=("lead_to_deal",), where=(rejected,), span=EVER), OPERATOR, NOW, sample)
    assert came.whole.cells["lead_to_deal"] == (200.0, 480)
    weak = await run(Plan(metrics=("mql_to_sql",), by=("industry",), span=EVER), OPERATOR, NOW, sample)
    assert (weak.groups[-1].key, round(weak.groups[-1].values["mql_to_sql"] or 0, 2)) == (("新能源",), 0.12)
    quotes = await run(Plan(metrics=("unexplained_quotes",), span=LAST_WEEK), OPERATOR, NOW, sample)
    assert quotes.whole.values == {"unexplained_quotes": 17.0}
    mine = await run(Plan(metrics=("unexplained_quotes",), span=LAST_WEEK, by=("team",)), OPERATOR, NOW, sample)
    assert sum(one.values["unexplained_quotes"] or 0 for one in mine.groups) == 17.0


@pytest.mark.parametrize("id_", ["", "E3001", "E5001"])
@pytest.mark.parametrize("dimension", ["channel", "industry", "region"])
async def test_the_funnel_says_the_same(sample: Sources, id_: str, dimension: str) -> None:
    """Counted on the rows by the funnel, counted on the copy by the registry: one number."""
    viewer = await person(sample, id_) if id_ else OPERATOR
    since, until = Period(EVER.first, EVER.last).bounds(ZONE)
    cells = await sample.database.read(
        lambda store: store.funnel.cells(viewer, (dimension,), since=since, until=until, as_of=NOW, zone=ZONE)
    )
    plan = Plan(metrics=("mql_to_sql", "lead_to_deal", "lead_to_won"), by=(dimension,), span=EVER)
    found = await run(plan, viewer, NOW, sample)
    ours = {one.key: [one.cells[name] for name in plan.metrics] for one in found.groups}
    assert ours == {
        key: [(one.sql, one.leads), (one.deals, one.leads), (one.won, one.leads)] for key, one in cells.items()
    }


async def test_why_reproduces_the_change(sample: Sources) -> None:
    """B10: the parts of every dimension add up to the change; leads are compared at the same age."""
    span = Span(date(2026, 10, 1), date(2026, 10, 31))
    found = await explain(Plan(kind="why", metrics=("mql_to_sql",), span=span), OPERATOR, NOW, sample)
    assert found.rates
    assert found.before_as_of == datetime(2026, 10, 21, 0, 30, tzinfo=UTC)  # thirty days ago
    assert {"channel", "industry", "region"} <= set(found.dimensions)
    for one in found.rates.dimensions.values():
        assert one.rate_effect + one.mix_effect == pytest.approx(found.after - found.before)
    sums = await explain(Plan(kind="why", metrics=("won_amount",), span=span), OPERATOR, NOW, sample)
    plain = await run(Plan(metrics=("won_amount",), span=span, against="before"), OPERATOR, NOW, sample)
    assert sums.sums
    assert plain.before_whole
    assert (sums.before, sums.after) == (plain.before_whole.values["won_amount"], plain.whole.values["won_amount"])
    for one in sums.sums.dimensions.values():
        assert sum(part.effect for part in one.parts) == pytest.approx(sums.sums.change)


async def test_why_is_not_for_others(sample: Sources) -> None:
    rep = await person(sample, "E1001")
    with pytest.raises(NotAnswerable, match="whole"):
        await explain(Plan(kind="why", metrics=("mql_to_sql",)), rep, NOW, sample)
    with pytest.raises(NotAnswerable, match="why"):
        await explain(Plan(kind="why", metrics=("visitors",)), OPERATOR, NOW, sample)
    with pytest.raises(NotAnswerable, match="now"):
        await explain(Plan(kind="why", metrics=("pipeline",)), OPERATOR, NOW, sample)


async def test_values_with_their_names(sample: Sources) -> None:
    values = await known_values(sample.warehouse, sample.registry)
    assert values["rep"]["E1001"] == "张敏"
    assert values["campaign"]["CP101"].endswith("关键词投放")
    assert {"华东", "华南", "华北", "华中", "西南"} <= set(values["region"])
    assert set(values["result"]) == {"open", "won", "lost"}
    assert await known_values(sample.warehouse, sample.registry) is values
