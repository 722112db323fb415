"""`xiaoce doctor`: is everything in order? Each fault says how to mend it."""

from __future__ import annotations

import typer

from bot.cli.common import console, run_async


def doctor() -> None:
    """Check settings, folders, database, models, callbacks and platforms' credentials."""
    from bot.cli.checkup import examine

    healthy = True
    for finding in run_async(examine()):
        mark = "[green]✓[/green]" if finding.well else "[red]✗[/red]"
        console.print(f"{mark} {finding.what}", highlight=False)
        if not finding.well:
            healthy = False
            console.print(f"    {finding.remedy}", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(0 if healthy else 1)
