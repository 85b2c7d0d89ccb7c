"""`triage run`: the service; `triage check`: whether all that it needs is in order."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import typer

from triage.cli.options import SettingsOption
from triage.clock import SystemClock


def run(
    config: SettingsOption,
    once: Annotated[
        bool, typer.Option("--once", help="Take in what is there, send what is queued, and end.")
    ] = False,
) -> None:
    """Watch the mailboxes, acknowledge, and keep every term. SIGTERM ends it, exit 0."""
    from triage.settings import load_settings

    settings = load_settings(config)  # before what takes seconds to load
    from triage.logs import configure
    from triage.seat import seat
    from triage.service import build
    from triage.understanding.judge import load_judge

    configure(settings.log)
    judge = load_judge()

    async def main(worker: str) -> None:
        service = build(settings, judge, SystemClock(), worker)
        if once:
            await service.once()
            return
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await service.run(stop)

    with seat(settings.register_url.rpartition("@")[2]) as worker:
        asyncio.run(main(worker))


def check(config: SettingsOption) -> None:
    """Log in to every mailbox, SMTP and the database; validate policies and templates."""
    from triage import checks
    from triage.settings import load_settings

    settings = load_settings(config)
    results = list(checks.all_checks(settings, SystemClock()))
    width = max(len(result.what) for result in results)
    for result in results:
        mark = "ok   " if result.fault is None else "FAULT"
        typer.echo(f"{mark} {result.what:<{width}}  {result.fault or result.found}")
    faults = sum(result.fault is not None for result in results)
    if faults:
        typer.echo(f"\n{faults} of {len(results)} checks failed.")
        raise typer.Exit(1)
    typer.echo("\nAll is in order.")
