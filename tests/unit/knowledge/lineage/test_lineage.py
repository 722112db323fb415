"""B3: the lineage is drawn by itself, and exported as OpenLineage."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import attr
import pytest
from openlineage.client.event_v2 import RunEvent
from openlineage.client.facet_v2 import column_lineage_dataset, schema_dataset

from bot.contracts.errors import ConfigurationError
from knowledge.lineage.graph import CHAIN, Lineage, make_lineage
from knowledge.lineage.layout import HEIGHT, Node, draw
from knowledge.lineage.metrics import load_metrics
from knowledge.lineage.openlineage import as_dicts, events
from knowledge.mapping.definition import parse
from knowledge.mapping.entities import load_entities
from tests.unit.knowledge.mapping.sources import PAYMENTS

AT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def lineage() -> Lineage:
    return make_lineage([parse(PAYMENTS, "x")], load_entities(), load_metrics())


def test_the_chain_is_linked_from_campaign_to_payment(lineage: Lineage) -> None:
    linked = {(one.entity, one.to) for one in lineage.links}
    assert {
        ("touch", "campaign"),
        ("touch", "lead"),
        ("deal", "lead"),
        ("contract", "deal"),
        ("payment", "contract"),
    } <= linked
    assert set(CHAIN) <= set(lineage.entities)


def test_a_metric_knows_its_sources_and_what_is_not_connected(lineage: Lineage) -> None:
    assert lineage.upstream(lineage.metrics["received"]) == ({"payment"}, {"finance_payments"})
    assert lineage.missing(lineage.metrics["received"]) == []
    assert "deal.amount" in lineage.missing(lineage.metrics["won"])
    assert [one.column for one in lineage.into("payment", "amount")] == ["amount_cny"]
    assert {one.key for one in lineage.metrics_of("payment", "paid")} == {"received"}


def test_the_drawing_places_everything_and_focus_follows_the_lines() -> None:
    columns = [[Node("a", "A"), Node("b", "B")], [Node("x", "X"), Node("y", "Y")], [Node("m", "M")]]
    drawing = draw(["1", "2", "3"], columns, [("a", "y"), ("b", "x"), ("y", "m")], [("x", "y")], focus="m")
    places = {box.node.id: (box.x, box.y) for box in drawing.boxes}
    assert len(set(places.values())) == 5
    assert places["b"][1] < places["a"][1], "so that the lines don't cross"
    assert {box.node.id: box.state for box in drawing.boxes} == {
        "a": "on",
        "y": "on",
        "m": "on",
        "b": "off",
        "x": "off",
    }
    assert all(y + HEIGHT <= drawing.height for _, y in places.values())
    assert draw([], [[], [], []], []).boxes == []


def test_events_are_as_the_specification_says(lineage: Lineage) -> None:
    """The package's classes are generated from the specification's JSON schemas: what they take, and give back with
    nothing lost, follows it."""
    [event] = events(lineage, {"finance_payments": 3}, AT, "https://xiaoce.example")
    assert isinstance(event, RunEvent)
    attr.validate(event)
    [data] = as_dicts(lineage, {"finance_payments": 3}, AT, "https://xiaoce.example")
    assert (data["producer"], data["eventType"], data["schemaURL"]) == (
        "https://xiaoce.example",
        "COMPLETE",
        "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    )
    facets = data["outputs"][0]["facets"]
    _same(column_lineage_dataset.Fields, column_lineage_dataset.ColumnLineageDatasetFacet, facets["columnLineage"])
    assert schema_dataset.SchemaDatasetFacet(
        fields=[schema_dataset.SchemaDatasetFacetFields(**field) for field in facets["schema"]["fields"]]
    )
    came = facets["columnLineage"]["fields"]["amount"]["inputFields"][0]
    assert (came["namespace"], came["name"], came["field"]) == ("xiaoce.finance", "finance_payments", "amount_cny")
    assert came["transformations"][0]["subtype"] == "TRANSFORMATION"
    again = as_dicts(lineage, {"finance_payments": 3}, AT, "https://xiaoce.example")[0]
    other = as_dicts(lineage, {"finance_payments": 4}, AT, "https://xiaoce.example")[0]
    assert data["run"]["runId"] == again["run"]["runId"] != other["run"]["runId"]


def _same(part: Any, whole: Any, facet: dict[str, Any]) -> None:
    read = {
        name: part(inputFields=[_input(one) for one in field["inputFields"]]) for name, field in facet["fields"].items()
    }
    assert whole(fields=read).fields.keys() == facet["fields"].keys()


def _input(data: dict[str, Any]) -> Any:
    made = [column_lineage_dataset.Transformation(**one) for one in data["transformations"]]
    return column_lineage_dataset.InputField(**{**data, "transformations": made})


def test_a_metric_of_a_field_that_is_none_stops_the_start(tmp_path: Any) -> None:
    file = tmp_path / "metrics.yaml"
    file.write_text(
        "x:\n  title: {zh: 甲, en: X}\n  definition: {zh: 甲, en: X}\n  fields: [payment.amonut]\n", encoding="utf-8"
    )
    with pytest.raises(ConfigurationError, match=r"metrics\.yaml:4.*amonut"):
        load_metrics(file)
