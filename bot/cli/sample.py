"""`xiaoce sample`: the fictional company that shows what Xiaoce can do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import typer

from bot.cli.common import console, progress, say
from bot.contracts.errors import BadInput

group = typer.Typer(help="The sample company.", no_args_is_help=True)


@group.callback()
def _sample() -> None:
    """Keep `sample` a group, whatever the number of its commands."""


@group.command("generate")
def generate(
    folder: Path,
    today: str = typer.Option("", help="Dates are relative to this day, YYYY-MM-DD; empty: today."),
    calls: bool = typer.Option(False, help="Also speak the two recorded calls (needs espeak-ng)."),
) -> None:
    """Write the sample company's exports, as its CRM, HR, finance and service systems would."""
    from config.sample_company.calls import render_calls
    from config.sample_company.finance_database import make_finance_database
    from config.sample_company.generate import generate as write

    day = _day(today) if today else date.today()  # noqa: DTZ011  # the operator's own day is meant
    with progress(say("operator.sample.progress")):
        manifest = write(folder, today=day)
        make_finance_database(folder)
        spoken = render_calls(folder) if calls else None
    console.print(say("operator.sample.written", count=len(manifest.files), folder=folder))
    if spoken is not None:
        console.print(str(spoken))


@group.command("order")
def order(
    amount: int = typer.Option(200_000, min=1, help="CNY; from 1,000,000 on HR looks for people, too."),
    item: str = typer.Option("光纤激光切割机", help="With 非标 in it the ERP makes no purchase order."),
    customer: str = typer.Option("C0021", help="Number of the customer who confirms."),
    region: str = typer.Option("华东", help="The customer's region."),
) -> None:
    """Print the event of a customer who confirms an order now, for `xiaoce events send - --system crm`."""
    import json
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    name = f"SO{now:%m%d%H%M%S}"
    data = {"order_no": name, "amount_cny": amount, "customer_no": customer, "region": region, "item": item}
    event = {"specversion": "1.0", "id": f"sample-{name}", "source": "/crm", "type": "order.confirmed", "subject": name}
    print(json.dumps({**event, "time": now.isoformat(), "datacontenttype": "application/json", "data": data}))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(say("operator.sample.no_day", text=text)) from error
