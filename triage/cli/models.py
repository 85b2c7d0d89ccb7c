"""`triage models`: the language model, trained and measured from the texts of the checkout."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="The language model: train, evaluate.")
