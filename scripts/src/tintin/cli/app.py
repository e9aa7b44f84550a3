# SPDX-License-Identifier: Apache-2.0
"""The commands, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from tintin import __version__
from tintin.cli.application import application
from tintin.cli.convert import convert
from tintin.cli.data import data
from tintin.cli.energy import energy
from tintin.cli.info import info
from tintin.cli.new import new
from tintin.cli.one_line import OneLineGroup
from tintin.cli.pretrain import pretrain
from tintin.cli.train import train
from tintin.demo.cli import demo
from tintin.lifelong.cli import lifelong
from tintin.link.cli import run

app = typer.Typer(
    cls=OneLineGroup,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Train neural networks on microcontrollers, in integers.",
)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Train neural networks on microcontrollers, in integers."""
    if version:
        typer.echo(__version__)
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


COMMANDS = (new, convert, info, energy, train, data, pretrain, application, run, demo, lifelong)

for command in COMMANDS:
    app.command()(command)


def main() -> None:
    """Entry point of the `tintin` program."""
    app()
