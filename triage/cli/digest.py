"""`triage digest`: what handlers get every working day, to look at beforehand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from triage.cli.options import SettingsOption
from triage.clock import SystemClock


def command(
    config: SettingsOption,
    preview: Annotated[
        Path | None,
        typer.Option("--preview", help="Write the HTML to this file; without it, text is printed."),
    ] = None,
) -> None:
    """Show the digest as it would be sent now; sends nothing."""
    from triage.assembly import policies_of, register_of
    from triage.schedule.mailing import preview as rendered
    from triage.settings import load_settings

    settings = load_settings(config)
    clock = SystemClock()
    register = register_of(settings, clock)
    html, text = rendered(register, policies_of(settings), settings, clock.now())
    if preview is None:
        typer.echo(text)
    else:
        preview.write_text(html, encoding="utf-8")
        typer.echo(f"Written to {preview}.")
