"""`xiaoce retention`: delete what is older than `retention.*_days`. The server does it every night by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import typer

from bot.cli.common import console, open_database, run_async, settings_and_logs
from config.languages import operator_language
from config.locales import t

if TYPE_CHECKING:
    from bot.flows.retention import RetentionFlow


def retention(dry_run: bool = typer.Option(False, help="Only count what would go.")) -> None:
    """Delete old messages, replies, files and audit entries now, as the settings `retention.*_days` say."""
    from bot.contracts.clock import SystemClock
    from bot.flows.retention import BY_DEFAULT, RetentionFlow

    settings = settings_and_logs()
    with open_database(settings) as database:
        counts = run_async(_work(RetentionFlow(database, SystemClock(), settings.retention, settings.data), dry_run))
    if not counts.keys() - set(BY_DEFAULT):
        console.print(_say("for_ever"), highlight=False)
    for kind, count in counts.items():
        console.print(_say("would_go" if dry_run else "gone", kind=_say(f"kinds.{kind}"), count=count), highlight=False)


async def _work(flow: RetentionFlow, dry_run: bool) -> Mapping[str, int]:
    return await (flow.preview() if dry_run else flow.run())


def _say(key: str, **values: object) -> str:
    return t(f"operate.retention.{key}", operator_language(), **values)
