"""`triage demo`: the main job, shown on embedded servers."""

from __future__ import annotations

from typing import Annotated

import typer


def command(
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave it running, with its ports printed.")
    ] = False,
) -> None:
    """Show the whole way from mailbox to acknowledgement, on servers of its own."""
    from triage.demo.show import show

    show(keep=keep)
