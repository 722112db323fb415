"""The lineage as OpenLineage events (openlineage.io/spec 2-0-2), with the columnLineage and schema facets.

One COMPLETE event for each source: its dataset in, the entity's dataset out. Any catalogue that reads OpenLineage
(Marquez, DataHub, OpenMetadata) can take them in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from knowledge.lineage.graph import Flow, Lineage
from knowledge.mapping.rule import Definition

if TYPE_CHECKING:
    from openlineage.client.event_v2 import RunEvent

NAMESPACE = "xiaoce"
_IDENTITY = ("unit", "currency", "currency_from", "format")


def events(lineage: Lineage, versions: Mapping[str, int], at: datetime, producer: str) -> Iterator[RunEvent]:
    """One event a source; `versions`: of the definitions; `producer`: a URL of this installation. A run's id is that
    of source and version: it stays the same as long as the definition does."""
    for definition in lineage.definitions.values():
        yield _event(lineage, definition, versions.get(definition.source, 0), at, producer)


def as_dicts(lineage: Lineage, versions: Mapping[str, int], at: datetime, producer: str) -> list[dict[Any, Any]]:
    """The same as JSON objects."""
    from openlineage.client.serde import Serde

    return [Serde.to_dict(event) for event in events(lineage, versions, at, producer)]


def _event(lineage: Lineage, definition: Definition, version: int, at: datetime, producer: str) -> RunEvent:
    from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
    from openlineage.client.facet_v2 import documentation_job, schema_dataset

    flows = [flow for flow in lineage.flows if flow.source == definition.source]
    entity = lineage.entities[definition.entity]
    columns = [schema_dataset.SchemaDatasetFacetFields(name=name) for name in definition.columns]
    fields = [
        schema_dataset.SchemaDatasetFacetFields(
            name=name, type=entity.fields[name].type, description=entity.fields[name].named()
        )
        for name in definition.fields
    ]
    facets = {
        "schema": schema_dataset.SchemaDatasetFacet(fields=fields),
        "columnLineage": _columns(definition, flows),
    }
    return RunEvent(
        eventTime=at.isoformat(),
        eventType=RunState.COMPLETE,
        run=Run(runId=str(uuid5(NAMESPACE_URL, f"{NAMESPACE}/{definition.source}/{version}"))),
        job=Job(
            namespace=NAMESPACE,
            name=f"load.{definition.source}",
            facets={"documentation": documentation_job.DocumentationJobFacet(description=definition.title)},
        ),
        producer=producer,
        inputs=[
            InputDataset(
                namespace=_namespace(definition),
                name=definition.source,
                facets={"schema": schema_dataset.SchemaDatasetFacet(fields=columns)},
            )
        ],
        outputs=[OutputDataset(namespace=NAMESPACE, name=definition.entity, facets=facets)],
    )


def _columns(definition: Definition, flows: list[Flow]) -> Any:
    from openlineage.client.facet_v2 import column_lineage_dataset as facet

    read: dict[str, list[Flow]] = {}
    for flow in flows:
        if flow.column:
            read.setdefault(flow.field, []).append(flow)
    return facet.ColumnLineageDatasetFacet(
        fields={
            name: facet.Fields(
                inputFields=[
                    facet.InputField(
                        namespace=_namespace(definition),
                        name=definition.source,
                        field=one.column,
                        transformations=[
                            facet.Transformation(type="DIRECT", subtype=_subtype(one), description="", masking=False)
                        ],
                    )
                    for one in some
                ]
            )
            for name, some in read.items()
        }
    )


def _subtype(flow: Flow) -> str:
    """A value that is taken as it is, or one that is computed from it."""
    rule = flow.rule
    plain = not rule.words and len(rule.sources) == 1 and not any(getattr(rule, name) for name in _IDENTITY)
    return "IDENTITY" if plain else "TRANSFORMATION"


def _namespace(definition: Definition) -> str:
    return f"{NAMESPACE}.{definition.system}"
