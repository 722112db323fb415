"""The metrics of the lineage graph: config/lineage/metrics.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

import config
from bot.contracts.errors import ConfigurationError
from knowledge.lines import BadYaml, read_lines
from knowledge.mapping.entities import load_entities

FILE = Path(config.__file__).parent / "lineage" / "metrics.yaml"


class Metric(BaseModel):
    """A number that people ask for, and the business fields that it is made of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    title: Mapping[str, str]
    definition: Mapping[str, str]
    fields: tuple[str, ...]  # entity.field

    def named(self, lang: str = "zh") -> str:
        """Its title."""
        return self.title.get(lang) or self.title["zh"]

    def defined(self, lang: str = "zh") -> str:
        """How it is computed, in a sentence."""
        return self.definition.get(lang) or self.definition["zh"]


@cache
def load_metrics(file: Path = FILE) -> Mapping[str, Metric]:
    """Every metric by its key. Raises ConfigurationError with file, line and remedy."""
    label = f"config/lineage/{file.name}"
    entities = load_entities()
    try:
        lines = read_lines(file.read_text(encoding="utf-8"), label)
        metrics = {key: Metric.model_validate({**tree, "key": key}) for key, tree in lines.tree.items()}
    except (BadYaml, ValidationError, TypeError) as error:
        raise ConfigurationError(f"{label}: {error}. Compare it with config/lineage/README.md.") from error
    for key, metric in metrics.items():
        for path in metric.fields:
            entity, _, field = path.partition(".")
            if entity not in entities or field not in entities[entity].fields:
                raise ConfigurationError(lines.fault((key, "fields"), f"{path!r} isn't a business field. Correct it."))
    return metrics
