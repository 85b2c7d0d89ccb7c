"""`triage models`: the language model, trained from the texts of the checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from triage import resources
from triage.errors import BadInput

app = typer.Typer(no_args_is_help=True, help="The language model: train it anew.")


@app.callback()
def group() -> None:
    """Take the subcommand's name, even while there is only one."""


@app.command()
def train(
    data: Annotated[
        Path, typer.Option(help="Folder with mails/, short/ and sentences/ (JSON lines).")
    ] = Path("nlp_models/training"),
    out: Annotated[Path, typer.Option(help="Where the model is written.")] = Path(
        "nlp_models/model"
    ),
    seed: Annotated[int, typer.Option(help="The same seed gives the same model.")] = 0,
) -> None:
    """Train the model from text; needs nothing from the network."""
    from triage.policy.load import load_policies
    from triage.understanding import training

    if not (data / "mails").is_dir():
        raise BadInput(
            "holds no training text", where=str(data), remedy="Run it in a checkout, or use --data"
        )
    policies = load_policies(resources.policies())
    figures = training.train(data, out, policies, seed=seed, report=typer.echo)
    typer.echo(f"Trained on {figures.mails} mails and {figures.sentences} sentences: {out}")
