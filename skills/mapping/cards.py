"""Cards about where numbers come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote
from uuid import uuid4

from bot.contracts import Card, Section
from config.locales import t
from knowledge.lineage.graph import Flow, Lineage
from knowledge.lineage.metrics import Metric
from skills.mapping.trail import Trail, described


class LineageCards:
    """In one language, with links to one console."""

    def __init__(self, lineage: Lineage, versions: Mapping[str, int], lang: str, public_url: str) -> None:
        self._lineage, self._versions, self._lang, self._url = lineage, versions, lang, public_url

    def overview(self) -> Card:
        """What there is."""
        filled = [name for name in self._lineage.entities if self._lineage.sources_of(name)]
        counts = {
            "sources": len(self._lineage.definitions),
            "entities": len(filled),
            "metrics": len(self._lineage.metrics),
        }
        missing = [f"- {one.named(self._lang)}" for name, one in self._lineage.entities.items() if name not in filled]
        sections = [self._section("sources", self._source_lines(self._lineage.definitions))]
        return self._card(self._t("overview", **counts), [*sections, self._section("missing", missing)], "/lineage")

    def metric(self, metric: Metric) -> Card:
        """Definition, mapping and sources of a metric."""
        flows = [one for path in metric.fields for one in self._lineage.into(*path.split("."))]
        _, sources = self._lineage.upstream(metric)
        missing = ["- " + self._titled(*path.split(".")) for path in self._lineage.missing(metric)]
        said = self._t("metric", title=metric.named(self._lang), definition=metric.defined(self._lang))
        sections = [
            self._section("mapping", self._lines(flows)),
            self._section("sources", self._source_lines([one for one in self._lineage.definitions if one in sources])),
            self._section("missing", missing),
        ]
        return self._card(said, sections, f"/lineage?focus=metric:{metric.key}")

    def field(self, entity: str, field: str) -> Card:
        """Mapping and sources of a business field, or of all of an entity's."""
        flows = self._lineage.into(entity, field)
        title = self._titled(entity, field) if field else self._lineage.entities[entity].named(self._lang)
        sources = dict.fromkeys(one.source for one in flows)
        of = self._lineage.entities[entity]
        named = of.fields[field].named(self._lang) if field else title
        said = (
            self._t("field", entity=of.named(self._lang), title=named, count=len(sources))
            if flows
            else self._t("nothing", title=title)
        )
        metrics = [one.named(self._lang) for one in self._lineage.metrics_of(entity, field)]
        sections = [
            self._section("mapping", self._lines(flows)),
            self._section("sources", self._source_lines(sources)),
            self._section("used", ["、".join(metrics)] if metrics else []),
        ]
        focus = f"?focus=field:{field}" if field else ""
        return self._card(said, sections, f"/lineage/{entity}{focus}")

    def record(self, trail: Trail) -> Card:
        """A record, field by field, with what stood in the sources."""
        title = self._lineage.entities[trail.entity].named(self._lang)
        said = self._t("record", title=title, id=trail.record_id, count=len(trail.rows))
        lines = [
            f"- {step.title} **{step.value}** ← "
            + "；".join(f"{column or '='} “{stood}”" for _, column, stood in step.came)
            + (f"（{step.how}）" if step.how else "")
            for step in trail.steps
            if step.came
        ]
        rows = [
            f"- {self._title_of(row.source)} · {t('lineage.row', self._lang, line=row.line, load=row.load_id)}"
            for row in trail.rows
        ]
        sections = [self._section("mapping", lines), self._section("rows", rows)]
        return self._card(said, sections, f"/lineage/{trail.entity}?record={quote(trail.record_id)}")

    def _lines(self, flows: Sequence[Flow]) -> list[str]:
        lines = []
        for one in flows:
            entity, how = self._lineage.entities[one.entity], described(one.rule, self._lang)
            values = {
                "entity": entity.named(self._lang),
                "field": entity.fields[one.field].named(self._lang),
                "source": self._lineage.definitions[one.source].title,
                "column": one.column or "=",
                "how": f"（{how}）" if how else "",
            }
            lines.append(self._t("line", **values))
        return lines

    def _source_lines(self, sources: Mapping[str, object] | Sequence[str]) -> list[str]:
        found = [self._lineage.definitions[name] for name in sources]
        systems = {one.system: t(f"lineage.system.{one.system}", self._lang) for one in found}
        return [
            self._t("version", title=one.title, system=systems[one.system], version=self._versions.get(one.source, 0))
            for one in found
        ]

    def _title_of(self, source: str) -> str:
        """A source that was removed has no title any more."""
        found = self._lineage.definitions.get(source)
        return found.title if found else source

    def _titled(self, entity: str, field: str) -> str:
        one = self._lineage.entities[entity]
        return f"{one.named(self._lang)} · {one.fields[field].named(self._lang)}"

    def _section(self, key: str, lines: Sequence[str]) -> Section:
        return Section(self._t(key), "\n".join(lines))

    def _card(self, headline: str, sections: Sequence[Section], path: str) -> Card:
        shown = tuple(one for one in sections if one.body)
        source = t("lineage.title", self._lang)
        return Card(
            f"lineage-{uuid4().hex}",
            headline=headline,
            source=source,
            sections=shown,
            url=f"{self._url}{path}",
            unfolded=True,
        )

    def _t(self, key: str, **values: object) -> str:
        return t(f"lineage.chat.{key}", self._lang, **values)
