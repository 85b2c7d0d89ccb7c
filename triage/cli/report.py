"""`triage report`: a week's or a month's figures and complaint register, as they are mailed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from triage.cli.options import JsonOption, SettingsOption, policies_from, policy_named, zone_from
from triage.clock import SystemClock
from triage.errors import BadInput


def command(
    config: SettingsOption,
    week: Annotated[
        str | None, typer.Option("--week", help="ISO week, such as 2026-W10.", metavar="WEEK")
    ] = None,
    month: Annotated[
        str | None, typer.Option("--month", help="Month, such as 2026-03.", metavar="MONTH")
    ] = None,
    policy: Annotated[str | None, typer.Option(help="Only of this policy.")] = None,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write it with charts to this file.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", help="Write the complaint register to this file.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Report a week or a month; without one of these, the month before this one."""
    from triage.assembly import register_of, templates_of
    from triage.schedule import report_view
    from triage.schedule.report import month_before, month_named, week_named
    from triage.schedule.reporting import report_of
    from triage.settings import load_settings

    if week and month:
        raise BadInput("--week and --month were both given", remedy="Name one of them")
    settings = load_settings(config)
    clock = SystemClock()
    zone = zone_from(config)
    if week:
        period = week_named(week, zone)
    elif month:
        period = month_named(month, zone)
    else:
        period = month_before(clock.now().astimezone(zone).date(), zone)
    if policy is not None:
        policy_named(policies_from(config), policy)
    told = report_of(register_of(settings, clock), period, None if policy is None else (policy,))
    if html is not None:
        html.write_text(report_view.as_html(told, templates_of(settings)), encoding="utf-8")
        typer.echo(f"Written to {html}.", err=True)
    if csv is not None:
        csv.write_text(report_view.as_csv(told, zone), encoding="utf-8", newline="")
        typer.echo(f"Written to {csv}.", err=True)
    if as_json:
        for row in report_view.as_rows(told, zone):
            typer.echo(json.dumps(row, ensure_ascii=False))
    elif html is None and csv is None:
        typer.echo(report_view.as_text(told))
