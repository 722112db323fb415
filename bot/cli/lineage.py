"""`xiaoce lineage`: where numbers come from, for people, or as OpenLineage events for a catalogue."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, open_database, run_async, say, settings_and_logs
from config.languages import operator_language

if TYPE_CHECKING:
    from rich.tree import Tree

    from knowledge.lineage.graph import Lineage

PRODUCER = "urn:xiaoce"  # where the console has no address of its own


def lineage(
    openlineage: bool = typer.Option(False, "--openlineage", help="As OpenLineage run events, one JSON a line."),
) -> None:
    """Draw where numbers come from: metrics, business fields, the sources' fields; what isn't connected is named."""
    from bot.contracts.clock import SystemClock
    from knowledge.lineage.openlineage import as_dicts
    from skills.mapping.trail import read_lineage

    settings = settings_and_logs()
    with open_database(settings) as database:
        found, versions = run_async(database.read(read_lineage))
    if openlineage:
        for event in as_dicts(found, versions, SystemClock().now(), settings.web.public_url or PRODUCER):
            typer.echo(json.dumps(event, ensure_ascii=False))
    else:
        console.print(_tree(found, operator_language()), highlight=False, markup=False)


def _tree(found: Lineage, lang: str) -> Tree:
    from rich.tree import Tree

    top = Tree(say("lineage.title"))
    for metric in found.metrics.values():
        branch = top.add(f"{metric.named(lang)}: {metric.defined(lang)}")
        for path in metric.fields:
            entity, _, field = path.partition(".")
            title = f"{found.entities[entity].named(lang)} · {found.entities[entity].fields[field].named(lang)}"
            came = [f"{found.definitions[one.source].title} · {one.column or '='}" for one in found.into(entity, field)]
            branch.add(f"{title} ← {'；'.join(came) or say('lineage.not_connected')}")
    return top
